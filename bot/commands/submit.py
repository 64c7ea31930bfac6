"""`/submit [challenge]` with code: runs it in isolation, judges what came back, explains what failed."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import Action, NoticeCard
from bot.closer import following, look
from bot.commands import Command
from bot.consent import told_first
from bot.explaining import explanation_card, improved, seen_before
from bot.messages import Reply
from bot.running import busy_card, source_of
from bot.services import Context
from bot.store import Recorded, SubmissionRecord
from bot.topics import find_challenge
from bot.tutor import Asking, Explanation, Who
from bot.verdicts import report_json, verdict_card
from challenges.model import Challenge, Report, Verdict
from runner.fair import Busy


async def handle(context: Context) -> Reply:
    """Grade the code that came with the request."""
    challenge = await _challenge(context)
    if isinstance(challenge, Reply):
        return challenge
    source = source_of(context.request)
    if not source.strip():
        return _no_code(challenge)
    try:
        async with context.services.turns.turn(client=str(context.user.id), group=str(context.group.id)):
            known = await context.store.submission_by_key(context.request.idempotency_key)
            if known is not None:
                text = f"This submission was {known.verdict}; nothing changed."
                return Reply((NoticeCard(title="Already graded", text=text),))
            report = await context.services.grader.grade(challenge, source, context.services.run)
            recorded = await context.store.record_submission(_record(context, challenge, source, report))
    except Busy as busy:
        return Reply((busy_card(busy, "Not graded yet"),))
    return await _reply(context, challenge, source, report, recorded)


async def _challenge(context: Context) -> Challenge | Reply:
    bank = context.services.challenges
    name = context.request.args or await context.store.focus(context.user.id)
    if not name:
        text = "Open a challenge first, or name it: /submit <name>, with your code on the lines below."
        return Reply(
            (
                NoticeCard(
                    title="Which challenge?",
                    text=text,
                    actions=(Action("Open a challenge", "challenge", primary=True),),
                ),
            )
        )
    found = find_challenge(bank, name)
    if isinstance(found, Challenge):
        return found
    actions = (
        *(Action(bank[slug].title, f"challenge {slug}") for slug in found),
        Action("All challenges", "challenge list"),
    )
    return Reply(
        (
            NoticeCard(
                title="No such challenge",
                text=f"No challenge is called “{name[:60]}”, so nothing was run.",
                actions=actions,
            ),
        )
    )


def _no_code(challenge: Challenge) -> Reply:
    text = f"Send your code below the command:\n/submit {challenge.slug}\n<your code>\nor attach it as a .py file."
    actions = (Action("Show the challenge", f"challenge {challenge.slug}", primary=True),)
    return Reply((NoticeCard(title="There is no code to grade", text=text, actions=actions),))


def _record(context: Context, challenge: Challenge, source: str | bytes, report: Report) -> SubmissionRecord:
    return SubmissionRecord(
        idem=context.request.idempotency_key,
        user_id=context.user.id,
        group_id=context.group.id,
        slug=challenge.slug,
        level=challenge.level,
        source=source if isinstance(source, str) else source.decode("utf-8", "replace"),
        verdict=report.verdict.value,
        report_json=report_json(report),
        score=_score(report),
        misconceptions=tuple(w.misconception for w in challenge.wrong if w.name == report.matches),
        local_day=context.today,
        tz=context.user.tz,
        at=context.request.received_at,
    )


def _score(report: Report) -> float:
    passed = sum(case.verdict is Verdict.ACCEPTED for case in report.cases) + report.hidden_passed
    return passed / max(1, len(report.cases) + report.hidden_total)


async def _reply(
    context: Context, challenge: Challenge, source: str | bytes, report: Report, recorded: Recorded
) -> Reply:
    card = verdict_card(challenge, report, recorded)
    if report.verdict in (Verdict.ACCEPTED, Verdict.INTERNAL):
        return Reply((card,))
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    tutor, who = context.services.tutor, Who(context.user.id, context.group.id)
    attempt_id = recorded.attempt.id if recorded.attempt else None
    begun = await look(context, challenge, text, report, tutor.explain(challenge, text, report), attempt_id)
    explained = begun.said
    if recorded.attempt is not None and (earlier := await seen_before(context, recorded.attempt)):
        explained = replace(explained, text=f"{explained.text}\n{earlier}")
    if attempt_id is not None:
        await context.store.save_explanation(
            attempt_id, explained.source, explained.text, line=explained.line, specific=explained.specific
        )
    cards = (card, explanation_card(challenge, explained, attempt_id))
    if not await tutor.available(who):
        return Reply(cards, followup=following(begun, None))
    if notice := await told_first(context):
        return Reply((*cards, notice), followup=following(begun, None))

    async def more(best: Explanation) -> Reply | None:
        return await improved(context, Asking(challenge, text, report, best, who), attempt_id)

    return Reply(cards, followup=following(begun, more))


COMMAND = Command(
    name="submit",
    summary="run and grade your code",
    usage="/submit [challenge], with the code on the lines below or as a file",
    help="Runs your code in isolation on visible and hidden cases, shows what each visible case gave, and explains a failure.\n"
    "Try as often as you like; the first passes earn the most.\nExample: /submit <challenge> and, below it, your code",
    handle=handle,
    order=32,
)

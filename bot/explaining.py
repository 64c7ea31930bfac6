"""Turns an explanation from the tutor into a card, and what is kept of a try into a question for the tutor."""

from __future__ import annotations

from bot.cards import Action, ExplanationCard
from bot.messages import Reply
from bot.services import Context
from bot.store import Attempt, Mistake
from bot.store.tutor_votes import Turn
from bot.tutor import Asking, Explanation, Who
from bot.tutor.exceptions import explain_fault
from bot.verdicts import read_report
from challenges.model import Challenge, Verdict
from runner import Fault

SOURCES = {
    "syntax": "reading your code",
    "exception": "the exception and your line",
    "shape": "the shape of your result",
    "known": "a known mistake",
    "numeric": "comparing the numbers",
    "check": "a rule of the statement",
    "place": "changing a copy of your code",
    "pattern": "reading your code",
    "case": "the smallest failing case",
    "limit": "the limits of a run",
    "ai": "written by AI, may be wrong",
}


def fault_card(fault: Fault, source: str) -> ExplanationCard:
    """The card for what stopped a program that nobody judges."""
    explained = explain_fault(fault, source, "")
    return ExplanationCard(
        title="What stopped it",
        text=explained.text,
        source=SOURCES[explained.source],
        specific=explained.specific,
        code_line=explained.code_line,
        line=explained.line,
    )


def explanation_card(challenge: Challenge, explained: Explanation, attempt_id: int | None = None) -> ExplanationCard:
    """The card for one explanation of a failed submission; who has an attempt can say whether it helped."""
    by_ai = explained.source == "ai"
    return ExplanationCard(
        title="A hint" if by_ai else "What went wrong",
        text=explained.text,
        source=SOURCES.get(explained.source, explained.source),
        specific=explained.specific,
        code_line=explained.code_line,
        line=explained.line,
        by_ai=by_ai,
        actions=(
            Action("Edit and try again", f"challenge {challenge.slug}", primary=True),
            Action("Hint (−10 % XP)", f"hint {challenge.slug}"),
            *practise_actions(challenge),
            *vote_actions(attempt_id, by_ai=by_ai),
        ),
    )


def practise_actions(challenge: Challenge) -> tuple[Action, ...]:
    """The button that leads from a challenge to questions on the concept it is most about."""
    return tuple(Action("Practise this topic", f"quiz {concept}") for concept in challenge.concepts[:1])


def vote_actions(attempt_id: int | None, *, by_ai: bool = False) -> tuple[Action, ...]:
    """The two buttons that say whether the explanation of an attempt helped; none without one."""
    if attempt_id is None:
        return ()
    about = f"{attempt_id} ai" if by_ai else str(attempt_id)
    return Action("Helpful", f"vote yes {about}"), Action("Not helpful", f"vote no {about}")


async def seen_before(context: Context, attempt: Attempt) -> str:
    """Where the learner went the same way before, as a line of ours; "" where they did not."""
    if not attempt.misconceptions:
        return ""
    places = [_place(context, before) for before in await context.store.same_mistake(attempt)]
    named = list(dict.fromkeys(filter(None, places)))
    return f"The same idea misled you before, in {' and in '.join(named)}." if named else ""


def _place(context: Context, attempt: Attempt) -> str:
    """What an attempt was about, in words of content."""
    if attempt.kind == "challenge":
        challenge = context.services.challenges.get(attempt.item_id)
        return f"the challenge “{challenge.title}”" if challenge else ""
    item = context.services.track.item(attempt.item_id)
    concept = context.services.track.concept(item.concept) if item else None
    return f"a question on “{concept.title}” ({attempt.local_day:%-d %B})" if concept else ""


async def improved(context: Context, about: Asking, attempt_id: int | None) -> Reply | None:
    """Ask the assistant for more, keep what it says, and show it; None when it has nothing that may be shown."""
    better = await context.services.tutor.improve(about)
    if better is None:
        return None
    if attempt_id is not None:
        await context.store.voices.add_turn(attempt_id, Turn("", better.text), f"more {attempt_id} {about.rung}")
    return Reply((explanation_card(about.challenge, better, attempt_id),))


def asking(context: Context, kept: Mistake, rung: int = 1) -> Asking | None:
    """What to ask the tutor about a failed try as the store has it; None when there is nothing left to ask about."""
    challenge = context.services.challenges.get(kept.submission.slug) if kept.submission else None
    if challenge is None or kept.submission is None or kept.explanation is None or not kept.submission.source:
        return None
    report = read_report(kept.submission.report_json)
    if report is None or report.verdict in (Verdict.ACCEPTED, Verdict.INTERNAL):
        return None
    said = kept.explanation
    offline = Explanation(source=said.source, specific=said.specific, text=said.body, line=said.line)
    who = Who(context.user.id, context.group.id)
    return Asking(challenge, kept.submission.source, report, offline, who, rung)

"""`/vote yes|no`: whether the latest explanation helped. One vote each, which may change; wording is judged by it, never learners."""

from __future__ import annotations

from bot.cards import Action, NoticeCard, Tone
from bot.commands import Command
from bot.messages import Reply
from bot.services import Context

YES, NO = ("yes", "y", "true"), ("no", "n", "false")
AI = "ai"


async def handle(context: Context) -> Reply:
    """Keep a vote on the explanation named, or on the latest one."""
    word, _, rest = context.request.args.lower().partition(" ")
    if word not in (*YES, *NO):
        actions = (Action("It helped", "vote yes"), Action("It did not", "vote no"))
        return _notice("Did the last explanation help?", "Both answers make explanations better.", *actions)
    number, _, what = rest.partition(" ")
    if what not in ("", AI) or (number and not number.isdecimal()):
        return _notice("Which explanation?", "Say /vote yes or /vote no; it goes to the latest one.")
    attempt_id = int(number[:18]) if number else await _latest(context)
    helpful = word in YES
    voices, me = context.store.voices, context.user.id
    if attempt_id is None or not await voices.vote(me, attempt_id, by_ai=what == AI, helpful=helpful):
        return _notice("Nothing to judge", "There is no such explanation of yours. /explain shows the latest one.")
    if helpful:
        return _notice("Thank you", "Noted. /vote no changes your mind.", tone=Tone.GOOD)
    return await _after_no(context)


async def _latest(context: Context) -> int | None:
    mistake = await context.store.last_mistake(context.user.id)
    return mistake.attempt.id if mistake else None


async def _after_no(context: Context) -> Reply:
    """An explanation that did not help leaves somebody stuck, so there is a way on."""
    mistake = await context.store.last_mistake(context.user.id)
    hint: tuple[Action, ...] = ()
    if mistake is not None and mistake.submission is not None:
        hint = (Action("A hint (−10 % XP)", f"hint {mistake.submission.slug}"),)
    elif mistake is not None and (item := context.services.track.item(mistake.attempt.item_id)) is not None:
        hint = (Action("Another question on it", f"quiz {item.concept}"),)
    text = "Thank you, that helps to write better ones. Ask about it in your own words: /ask <your question>"
    return _notice("Noted", text, *hint, Action("Read it again", "explain"))


def _notice(title: str, text: str, *actions: Action, tone: Tone = Tone.INFO) -> Reply:
    return Reply((NoticeCard(title=title, text=text, tone=tone, actions=actions),))


COMMAND = Command(
    name="vote",
    summary="say whether the last explanation helped",
    usage="/vote <yes | no>",
    help="Says whether the latest explanation helped you. One vote for each explanation, and you may change it."
    " It is used to write better ones.\nExamples: /vote yes, /vote no",
    handle=handle,
    order=39,
)

"""`/run` with code: runs it in isolation, shows what it printed, and explains what stopped it. Judges and keeps nothing."""

from __future__ import annotations

from bot.cards import Card, ExplanationCard, NoticeCard
from bot.commands import Command
from bot.explaining import fault_card
from bot.messages import Reply
from bot.running import busy_card, run_card, run_code, source_of
from bot.services import Context
from runner import Outcome
from runner.fair import Busy


async def handle(context: Context) -> Reply:
    """Run the code that came with the request, or that is written behind the command."""
    source = source_of(context.request) or context.request.args
    if not source.strip():
        text = "Send your code below the command:\n/run\n<your code>\nor attach it as a .py file."
        return Reply((NoticeCard(title="There is no code to run", text=text),))
    try:
        result = await run_code(context, source)
    except Busy as busy:
        return Reply((busy_card(busy, "Not run yet"),))
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    explained: tuple[ExplanationCard, ...] = ()
    if result.outcome is Outcome.ERROR and result.fault is not None:
        explained = (fault_card(result.fault, text),)
    cards: tuple[Card, ...] = (run_card(result), *explained)
    return Reply(cards)


COMMAND = Command(
    name="run",
    summary="run your code, without grading it",
    usage="/run, with the code on the lines below or as a file",
    help="Runs a program in isolation, with the libraries it imports, and shows what it printed; an error is explained.\n"
    "Nothing is graded or kept.\nExample: /run print(sum(range(5)))",
    handle=handle,
    order=33,
)

"""`/help [command]`: every command in a line, or one in full; `/help xp` says how XP is counted."""

from __future__ import annotations

import difflib

from bot import xp
from bot.cards import HelpCard, Markdown
from bot.commands import Command, discover
from bot.messages import Reply
from bot.services import Context


async def handle(context: Context) -> Reply:
    """List the commands, or explain the named one."""
    commands = discover()
    name = context.request.args.lower().removeprefix("/")
    if name == "xp":
        return Reply((HelpCard(title="How XP is counted", rows=(), text=Markdown(xp.DESCRIPTION)),))
    near = difflib.get_close_matches(name, commands, n=1, cutoff=0.6)
    if near:
        command = commands[near[0]]
        return Reply(
            (
                HelpCard(
                    title=f"/{command.name}: {command.summary}",
                    rows=((command.usage, ""),),
                    text=Markdown(command.help),
                ),
            )
        )
    rows = tuple((f"/{command.name}", command.summary) for command in commands.values())
    intro = "Five questions a day, and challenges whose code really runs. Start with **/daily**; answer with the buttons, or with **/answer**."
    return Reply((HelpCard(title="What you can do here", rows=rows, text=Markdown(intro)),))


COMMAND = Command(
    name="help",
    summary="what you can do here",
    usage="/help [command | xp]",
    help="Lists the commands, or explains one; /help xp says how XP is counted.\nExamples: /help, /help challenge, /help xp",
    handle=handle,
    order=90,
)

"""The line to type in, with the commands that fit what is being typed. The list itself is moved by `page.js`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.events import GenericEventArguments

from bot.commands import Command
from bot.platforms.web.parts import box, tag

SEND_LINE = "(e) => { e.preventDefault(); const text = epochbot.take(e.target); if (text !== null) emit(text); }"
ARROW = "M3.4 20.4 21 12 3.4 3.6 3.4 10.1 15 12 3.4 13.9z"


def build_composer(commands: dict[str, Command], send_line: Callable[[str], Awaitable[Any]]) -> None:
    """Lay out the message line."""

    async def sent(event: GenericEventArguments) -> None:
        await send_line(event.args if isinstance(event.args, str) else "")

    known = [{"name": f"/{c.name}", "summary": c.summary, "usage": c.usage} for c in commands.values()]
    with box("form", "composer", autocomplete="off", aria_label="Message").on("submit", sent, js_handler=SEND_LINE):
        box("ul", "fitting", id_="fitting", role="listbox", aria_label="Commands that fit", hidden="")
        tag("p", "", "unseen", id_="fitting-count", role="status")
        with box("div", "line"):
            tag("label", "Message", "unseen", for_="message")
            box(
                "textarea",
                "message",
                id_="message",
                rows="1",
                placeholder="Answer, or / for commands",
                aria_autocomplete="list",
                aria_controls="fitting",
                spellcheck="false",
                autocapitalize="off",
                enterkeyhint="send",
                data_commands=json.dumps(known),
            )
            send = box("button", "button primary send", type="submit", aria_label="Send")
            with send, box("svg", viewBox="0 0 24 24", width="20", height="20", aria_hidden="true"):
                box("path", d=ARROW, fill="currentColor")

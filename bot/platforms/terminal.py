"""The terminal host: lines in, plain text out; also scripted, when standard input is not a terminal.

Code for `/submit` is a file named on the line, or lines typed until a single dot.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.cards import ChallengeCard
from bot.dispatch import Dispatcher
from bot.messages import Actor, Attachment, Place, Reply, Request, parse_line
from bot.platforms.plain import render

END_OF_CODE = "."
MAX_FILE = 1_000_000
GREETING = (
    "Epochbot: five questions a day, and code that really runs. Type /daily to begin, /help for more, /quit to leave."
)


@dataclass(frozen=True, slots=True)
class Terminal:
    """One person at one terminal."""

    dispatcher: Dispatcher
    actor: Actor
    place: Place
    now: Callable[[], datetime]
    new_key: Callable[[], str]
    out: TextIO

    async def converse(self, lines: TextIO, interactive: bool) -> None:
        """Read commands until the input ends or the person leaves."""
        if interactive:
            self._say(GREETING)
        while True:
            if interactive:
                self.out.write("\n> ")
                self.out.flush()
            line = lines.readline()
            if not line or line.strip().lower() in ("/quit", "/exit", "quit", "exit"):
                return
            if not line.strip() and not interactive:
                continue
            if not interactive:
                self._say(f"> {line.rstrip()}")
            await self._answer(line, lines)

    async def _answer(self, line: str, lines: TextIO) -> None:
        request = self._request(line, lines)
        if isinstance(request, str):
            self._say(request)
            return
        if request.command == "submit":
            self._say("Running your code in isolation …")
        reply = await self.dispatcher.handle(request)
        self._show(reply)
        more = await reply.followup() if reply.followup else None
        if more is not None:
            self._show(more)

    def _request(self, line: str, lines: TextIO) -> Request | str:
        command, args, _ = parse_line(line)
        body, attachments = "", tuple[Attachment, ...]()
        if command == "submit":
            name, _, file = args.rpartition(" ")
            if args.endswith(".py"):
                found = _read(Path(file).expanduser())
                if isinstance(found, str):
                    return found
                args, attachments = name, (found,)
            else:
                body = _typed(lines)
        return Request(self.actor, self.place, command, args, self.new_key(), self.now(), body, attachments)

    def _show(self, reply: Reply) -> None:
        for card in reply.cards:
            text = render(card)
            if isinstance(card, ChallengeCard):
                text += f"\nOr type /submit {card.slug}, then your code, then a line with a single dot."
            self._say(text)

    def _say(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()


def _read(path: Path) -> Attachment | str:
    try:
        with path.open("rb") as file:
            return Attachment(path.name, file.read(MAX_FILE + 1))
    except OSError as fault:
        return f"I cannot read {path}: {fault.strerror}. Give the path of a .py file, or type the code after /submit."


def _typed(lines: TextIO) -> str:
    code = []
    for line in iter(lines.readline, ""):
        if line.rstrip("\n") == END_OF_CODE:
            break
        code.append(line)
    return "".join(code)


def utf8(stream: TextIO) -> TextIO:
    """The stream, never failing on a character: bad bytes in are replaced, odd characters out are too."""
    if stream in (sys.stdin, sys.stdout) and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return stream

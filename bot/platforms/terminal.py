"""The terminal host: lines in, plain text out; also scripted, when standard input is not a terminal.

Code for `/submit` and `/run` is a file named on the line, or lines typed until a single dot.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.cards import ChallengeCard, FileCard
from bot.dispatch import MAX_FILE, Dispatcher
from bot.messages import Actor, Attachment, Place, Reply, Request, parse_line
from bot.platforms.plain import clean, render

END_OF_CODE = "."
TAKING_CODE = ("submit", "run")
LEAVE = ("/quit", "/exit", "quit", "exit")
GREETING = (
    "Epochbot: five questions a day, and code that really runs. Type /daily to begin, /help for more, /quit to leave."
)


@dataclass(frozen=True, slots=True)
class Terminal:
    """One person at one terminal. With `interactive`, there is a greeting and a prompt; without, lines are echoed."""

    dispatcher: Dispatcher
    actor: Actor
    place: Place
    now: Callable[[], datetime]
    new_key: Callable[[], str]
    lines: TextIO
    out: TextIO
    interactive: bool
    exports: Path | None = None  # the folder for files that are sent here

    async def converse(self) -> None:
        """Read commands until the input ends or the person leaves."""
        if self.interactive:
            self._say(GREETING)
        for line in self._asked():
            if line.strip().lower() in LEAVE:
                return
            if line.strip() or self.interactive:
                await self._answer(line)

    def _asked(self) -> Iterator[str]:
        while True:
            if self.interactive:
                self.out.write("\n> ")
                self.out.flush()
            line = self.lines.readline()
            if not line:
                return
            if line.strip() and not self.interactive:
                self._say(f"> {clean(line).strip()}")
            yield line

    async def _answer(self, line: str) -> None:
        request = self._request(line)
        if isinstance(request, str):
            self._say(request)
            return
        if request.command in TAKING_CODE:
            self._say("Running your code in isolation …")
        reply = await self.dispatcher.handle(request)
        self._show(reply)
        more = await reply.followup() if reply.followup else None
        if more is not None:
            self._show(more)

    def _request(self, line: str) -> Request | str:
        command, args, _ = parse_line(line)
        body, attachments = "", tuple[Attachment, ...]()
        if (code := command.lower()) in TAKING_CODE:
            command = code
            args, file = _name_and_file(args)
            if file:
                found = _read(file)
                if isinstance(found, str):
                    return found
                attachments = (found,)
            elif command == "submit" or not args:
                body = self._typed()
        return Request(self.actor, self.place, command, args, self.new_key(), self.now(), body, attachments)

    def _typed(self) -> str:
        if self.interactive:
            self._say("Type or paste your code; a line with a single dot ends it.")
        return "".join(iter(self._line_of_code, ""))

    def _line_of_code(self) -> str:
        line = self.lines.readline()
        return "" if line.strip("\r\n") == END_OF_CODE else line

    def _show(self, reply: Reply) -> None:
        for card in reply.cards:
            text = render(card)
            if isinstance(card, ChallengeCard):
                text += f"\nOr type /submit {card.slug}, then your code, then a line with a single dot."
            if isinstance(card, FileCard) and self.exports is not None:
                text += f"\n{_save(self.exports, card)}"
            self._say(text)

    def _say(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()


def _name_and_file(args: str) -> tuple[str, str]:
    """What follows /submit: a challenge, a .py file, both in this order, or neither. A path may hold spaces."""
    if not args.endswith(".py"):
        return args, ""
    first, _, rest = args.partition(" ")
    if not rest or os.sep in first or _is_file(args):
        return "", args
    return first, rest.strip()


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long, or with a NUL: no name of a file
        return False


def _read(name: str) -> Attachment | str:
    try:
        path = Path(name).expanduser()
        with path.open("rb") as file:
            return Attachment(path.name, file.read(MAX_FILE + 1))
    except (OSError, ValueError, RuntimeError) as fault:  # a NUL in the name; nobody's home folder
        why = fault.strerror if isinstance(fault, OSError) else "that is no file name"
        return f"I cannot read {clean(name)}: {why}. Give the path of a .py file, or type the code after /submit."


def _save(folder: Path, card: FileCard) -> str:
    """Keep a file for its owner's eyes alone, and say where."""
    path = folder / card.name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(card.content)
    except OSError as fault:
        return f"It could not be saved as {path}: {fault.strerror}."
    return f"Saved as {path}"


def utf8(stream: TextIO) -> TextIO:
    """The stream, never failing on a character: bad bytes in are replaced, odd characters out are too."""
    if stream in (sys.stdin, sys.stdout) and hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return stream

"""Turns what a learner's code raised into plain text and numbers, in the learner's terms.

Runs inside the box, so it may meet exceptions whose every method is hostile; nothing here lets one out.
"""
from __future__ import annotations

import builtins
from types import TracebackType

MESSAGE_CHARS = 2000
LINE_CHARS = 300
FRAMES_HEAD, FRAMES_TAIL = 4, 12

FaultFields = tuple[str, str, int | None, int | None, str, str]
"""Type, message, line, offset, source line, traceback: what `Fault` is made of outside."""


class Source:
    """A learner's text, for showing the line something happened on."""

    def __init__(self, text: str, filename: str) -> None:
        """Keep the lines of one file."""
        self.filename = filename
        self.text = text
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")  # as the compiler counts them

    def line(self, number: int | None) -> str:
        """Return one line without its indentation, or nothing."""
        if number is None or not 1 <= number <= len(self.lines):
            return ""
        return self.lines[number - 1].strip()[:LINE_CHARS]


def _text(error: BaseException) -> str:
    try:
        text = str(error)
        return str.__getitem__(text, slice(MESSAGE_CHARS))
    except BaseException:  # a learner's __str__ may raise anything
        return "(its message could not be shown)"


def _names(error: BaseException) -> tuple[str, str]:
    """Return the nearest builtin's name, and the class's own name when that is another."""
    mro = type.__dict__["__mro__"].__get__(type(error))
    own = str(type.__dict__["__qualname__"].__get__(type(error)))[:LINE_CHARS]
    for cls in mro:
        name = type.__dict__["__qualname__"].__get__(cls)
        if getattr(builtins, name, None) is cls:
            return name, "" if cls is mro[0] else own
    return "BaseException", own


def _positions(trace: TracebackType | None, filename: str) -> list[tuple[int, str]]:
    """List line and function of the frames that are the learner's own."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == filename:
            found.append((trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return found


def _frame_text(source: Source, position: tuple[int, str]) -> str:
    line, function = position
    text = source.line(line)
    return f'  File "{source.filename}", line {line}, in {function}\n' + (f"    {text}\n" if text else "")


def _traceback(source: Source, positions: list[tuple[int, str]], last: str) -> str:
    frames = [_frame_text(source, position) for position in positions]
    if len(frames) > FRAMES_HEAD + FRAMES_TAIL:
        left_out = len(frames) - FRAMES_HEAD - FRAMES_TAIL
        frames[FRAMES_HEAD:-FRAMES_TAIL] = [f"  ... {left_out} more ...\n"]
    head = "Traceback (most recent call last):\n" if frames else ""
    return head + "".join(frames) + last


def from_syntax_error(error: SyntaxError, source: Source) -> FaultFields:
    """Describe code that does not compile."""
    name, _own = _names(error)
    message = str(error.msg)[:MESSAGE_CHARS]
    line = source.line(error.lineno)
    shown = f'  File "{source.filename}", line {error.lineno}\n    {line}\n{name}: {message}'
    return name, message, error.lineno, error.offset, line, shown


def from_exception(error: BaseException, source: Source) -> FaultFields:
    """Describe what a run raised, with the frames that are the learner's own."""
    name, own = _names(error)
    text = _text(error)
    message = f"{own}: {text}" if own else text
    # By the base's own descriptor: a learner's class may have put anything over it.
    trace = BaseException.__dict__["__traceback__"].__get__(error)
    positions = _positions(trace, source.filename)
    line = positions[-1][0] if positions else None
    last = f"{own or name}: {text}" if text else own or name
    return name, message[:MESSAGE_CHARS], line, None, source.line(line), _traceback(source, positions, last)

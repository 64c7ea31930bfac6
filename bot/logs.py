"""Logs on standard error: lines to read in a terminal, else one JSON object each. Without code, names and secrets.

What people send never becomes part of a line: an exception is told by its type and where it happened in our files, because
its message may quote them; at the level `debug`, on one's own machine, the message is there as well. Secrets that are set
are blanked wherever they might turn up.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Collection, Iterable
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
SHORTEST_SECRET = 8  # characters; hiding shorter ones would garble every line
MOST_FRAMES = 20
NOISY = ("aiohttp", "discord", "slack_bolt", "slack_sdk", "websockets", "httpx", "httpx2", "anthropic")
"""Libraries whose lines below a warning may hold what people sent."""


def set_up(level_name: str, stream: TextIO, secrets: Collection[str] = ()) -> None:
    """Settle how this process logs, its libraries included."""
    level = logging.getLevelNamesMapping()[level_name.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Faults(with_message=level <= logging.DEBUG),
        _Blank(secrets),
    ]
    last: Processor = _last(stream)
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder([]), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    handler.addFilter(_worth_a_line)  # here, for some libraries set the levels of their loggers themselves
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.split(".")[0] not in NOISY


def _last(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


class _Faults:
    """Puts what an exception was, and where, in the place of the exception."""

    def __init__(self, *, with_message: bool) -> None:
        self._with_message = with_message

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        if (error := _raised(event.pop("exc_info", None))) is not None:
            event["exception"] = "\n".join(self._told(error))
        return event

    def _told(self, error: BaseException | None) -> Iterable[str]:
        while error is not None:
            yield f"{type(error).__name__}: {error}" if self._with_message else type(error).__name__
            frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
            yield from (f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _raised(given: Any) -> BaseException | None:
    """The exception that a line was logged with: itself, as a triple, or the one at hand."""
    if isinstance(given, BaseException):
        return given
    return given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given else None


class _Blank:
    """Hides the secrets that are set."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = sorted((s for s in secrets if len(s) >= SHORTEST_SECRET), key=len, reverse=True)

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        return {key: self._clean(value) for key, value in event.items()} if self._secrets else event

    def _clean(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._clean(one) for one in value]
        if isinstance(value, dict):
            return {key: self._clean(one) for key, one in value.items()}
        if isinstance(value, bool | int | float | None) or type(value).__module__ == "logging":
            return value
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

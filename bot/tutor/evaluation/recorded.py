"""Answers of a model, kept so that they can be measured again without a key: one JSON object a line.

The first line says what the answers are: `{"explainer", "model", "prompt", "sdk", "date"}`. Each line after it is one answer:
`{"key", "source", "specific", "text", "line"}`, or `{"key", "withheld": true}` where the gates held everything back. A key is the
challenge's slug and the beginning of the SHA-256 of the submission, so that an answer to changed content is not found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.tutor.explanation import Explanation


class RecordingError(ValueError):
    """A file of recorded answers that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where answers come from: who explained, with which model, prompt (by hash) and SDK, and on which day."""

    explainer: str
    model: str
    prompt: str
    sdk: str
    date: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Answers by key; None where everything was held back."""

    origin: Origin
    answers: Mapping[str, Explanation | None]


def read(path: Path) -> Recording:
    """Read a file of recorded answers.

    Raises:
        RecordingError: it cannot be read as one.
    """
    try:
        lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
        origin = Origin(**json.loads(lines[0]))
        answers = dict(_answer(json.loads(line)) for line in lines[1:])
    except OSError as fault:
        raise RecordingError(f"{path} cannot be read: {fault.strerror}.") from None
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise RecordingError(f"{path} holds no recorded answers: {fault}.") from None
    return Recording(origin, answers)


def _answer(found: dict[str, Any]) -> tuple[str, Explanation | None]:
    if found.get("withheld"):
        return str(found["key"]), None
    line = found["line"]
    said = Explanation(
        source=str(found["source"]),
        specific=bool(found["specific"]),
        text=str(found["text"]),
        line=None if line is None else int(line),
    )
    return str(found["key"]), said


def write(path: Path, recording: Recording) -> None:
    """Write recorded answers, sorted, so that two recordings can be compared line by line.

    Raises:
        OSError: the file cannot be written.
    """
    path.write_text("\n".join(_lines(recording.origin, recording.answers.items())) + "\n", "utf-8")


def _lines(origin: Origin, answers: Iterable[tuple[str, Explanation | None]]) -> Iterator[str]:
    yield json.dumps(asdict(origin))
    for key, said in sorted(answers, key=lambda pair: pair[0]):
        kept: dict[str, Any] = {"key": key}
        if said is None:
            kept["withheld"] = True
        else:
            kept |= {"source": said.source, "specific": said.specific, "text": said.text, "line": said.line}
        yield json.dumps(kept, ensure_ascii=False)

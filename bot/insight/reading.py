"""From the log and the content to what statistics look at: what each answer chose, and what each item offers.

Pure. An answer is graded again as its item was shown, so that letters become texts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from math import comb
from typing import Any

from bot.insight.items import Response, Shape
from bot.store.insights_rows import FirstAnswer
from quizzes.grade import Graded, grade
from quizzes.items import Bug, Choice, Item, Kind, Order, Short, Track
from quizzes.present import present

TYPED = (Kind.NUMERIC, Kind.OUTPUT, Kind.FILL, Kind.SHORT)
"""Kinds whose answers are the learner's own text."""
COVERED = 0.5
"""The share of its points from which a free text counts as understood."""


@dataclass(frozen=True, slots=True)
class Read:
    """A first answer with its item. `picked` are the options chosen, right and wrong, as texts."""

    answer: FirstAnswer
    item: Item
    picked: tuple[str, ...]

    @property
    def wrong(self) -> bool:
        """Whether something is to be learnt from it."""
        return self.answer.score < COVERED if self.answer.formative else not self.answer.correct

    @property
    def said(self) -> str:
        """What was answered, to be shown to others: options by their text, typed answers as typed."""
        return "; ".join(self.picked) or " ".join(self.answer.text.split())


def content_hash(item: Item) -> str:
    """Name the content that decides how an item does: what is shown and what is right; not its explanation or label."""
    kept = _told({"prompt": item.prompt, "code": item.code, "kind": item.kind, "body": asdict(item.body)})
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _told(value: Any) -> Any:
    """Leave out what is empty, so that a field added to the format later does not make every item new."""
    if isinstance(value, Mapping):
        return {key: _told(part) for key, part in value.items() if part not in ("", (), None, {}, [])}
    return [_told(part) for part in value] if isinstance(value, list | tuple) else value


def readings(answers: Iterable[FirstAnswer], track: Track, since: Mapping[str, datetime]) -> list[Read]:
    """Read every answer given to content that still stands; of items that are gone or new since then nothing is known."""
    found = []
    for answer in answers:
        item = track.item(answer.item_id)
        if item is not None and (item.id not in since or answer.at >= since[item.id]):
            found.append(Read(answer, item, _picked(item, answer)))
    return found


def _picked(item: Item, answer: FirstAnswer) -> tuple[str, ...]:
    if not isinstance(item.body, Choice | Bug):
        return ()
    shown = present(item, int(answer.seed))
    graded = grade(item, shown, answer.text)
    if not isinstance(graded, Graded):
        return ()
    return tuple(option.text for option in shown.options if f"{option.label}: {option.text}" in graded.chosen)


def responses(read: Iterable[Read]) -> list[Response]:
    """What item statistics look at: every answer that was marked, with its distractors or typical wrong answers."""
    return [
        Response(one.answer.user_id, one.item.id, one.answer.correct, one.picked or one.answer.misconceptions)
        for one in read
        if not one.answer.formative
    ]


def shape(item: Item) -> Shape:
    """What an item offers: its distractors (of kinds without options its typical wrong answers), and blind luck's share."""
    body = item.body
    if isinstance(body, Choice):
        n = len(body.answers) + len(body.options)
        luck = 1 / n if item.kind is Kind.SINGLE else 1 / (2**n - 1)
        return Shape(tuple(option.text for option in body.options), luck)
    if isinstance(body, Bug):
        lines = sum(bool(line.strip()) for line in item.code.split("\n"))
        return Shape(tuple(option.text for option in body.options), 1 / (max(1, lines) * (1 + len(body.options))))
    if isinstance(body, Short):
        return Shape()
    names = dict.fromkeys(path.misconception for path in body.wrong)
    return Shape(tuple(names), _luck(body))


def _luck(body: object) -> float:
    """Blind luck at putting steps in order; typing the right text by luck does not happen."""
    if isinstance(body, Order):
        n, k = len(body.steps) + len(body.distractors), len(body.steps)
        ways = 1.0 / comb(n, k)
        for left in range(2, k + 1):
            ways /= left
        return ways
    return 0.0


def typical(item: Item) -> dict[str, str]:
    """What the author says to each misconception of an item."""
    body = item.body
    if isinstance(body, Choice | Bug):
        return {option.misconception: option.feedback for option in body.options}
    if isinstance(body, Short):
        return {}
    return {path.misconception: path.feedback for path in body.wrong}


def option_feedback(item: Item) -> dict[str, str]:
    """What the author says to each wrong option; nothing for kinds without options."""
    return {option.text: option.feedback for option in item.body.options} if isinstance(item.body, Choice | Bug) else {}

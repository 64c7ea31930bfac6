"""From one `[[item]]` table to an Item, with every fault noted. Knows the nine kinds' fields; reads no files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from quizzes.faults import Faults, Table
from quizzes.items import (
    Body,
    Bug,
    Choice,
    Fill,
    Item,
    Kind,
    Match,
    Numeric,
    Option,
    Order,
    Output,
    Rubric,
    Short,
    Tolerance,
    WrongPath,
)

PROFILES = ("stdlib", "numpy", "sklearn", "torch")


def read_item(data: Mapping[str, Any], section: str, faults: Faults) -> Item | None:
    """Read one item; None when anything about it is wrong, so that nobody is asked a broken question."""
    name = data.get("id")
    table = Table(data, name if isinstance(name, str) and name else f"item without id ({_hint(data)})", faults)
    kind = _kind(table)
    item = _item(table, kind, section) if kind else None
    if kind:
        table.close()
    return item if table.sound else None


def _hint(data: Mapping[str, Any]) -> str:
    return str(data.get("prompt", "no prompt")).strip()[:40]


def _kind(table: Table) -> Kind | None:
    text = table.text("kind")
    if text in list(Kind):
        return Kind(text)
    if text:
        table.fault(f"unknown kind {text!r}; choose one of {', '.join(Kind)}")
    return None


def _item(table: Table, kind: Kind, section: str) -> Item:
    item = Item(
        id=table.text("id"),
        concept=table.text("concept"),
        section=section,
        kind=kind,
        difficulty=table.whole("difficulty"),
        source=table.text("source"),
        prompt=table.text("prompt").strip(),
        explanation=table.text("explanation").strip(),
        code=table.text("code", "").rstrip(),
        profile=table.text("profile", "stdlib"),
        quarantined=table.text("quarantined", ""),
        body=_BODIES[kind](table),
    )
    if item.difficulty not in range(4):
        table.fault(f"`difficulty` is {item.difficulty}; it goes from 0 (easy) to 3 (hard)")
    if item.profile not in PROFILES:
        table.fault(f"unknown profile {item.profile!r}; choose one of {', '.join(PROFILES)}")
    if kind in (Kind.OUTPUT, Kind.FILL, Kind.BUG) and not item.code:
        table.fault(f"`code` is missing; a {kind} item shows some")
    return item


def _options(table: Table) -> tuple[Option, ...]:
    return tuple(_option(row, table) for row in table.tables("option"))


def _option(data: Mapping[str, Any], parent: Table) -> Option:
    with_parent = _inner(data, parent, "option", str(data.get("text", "")))
    option = Option(
        with_parent.text("text").strip(),
        with_parent.text("misconception"),
        with_parent.text("feedback").strip(),
    )
    with_parent.close()
    return option


def _inner(data: Mapping[str, Any], parent: Table, what: str, name: str) -> Table:
    return Table(data, f"{parent.where}, {what} {name[:40]!r}" if name else f"{parent.where}, {what}", parent.faults)


def _wrongs(table: Table, read: Callable[[Table], WrongPath]) -> tuple[WrongPath, ...]:
    found = []
    for row in table.tables("wrong"):
        name = str(row.get("when", row.get("answer", row.get("step", ""))))
        inner = _inner(row, table, "wrong", name)
        found.append(read(inner))
        inner.close()
    return tuple(found)


def _wrong_value(table: Table) -> WrongPath:
    when = table.text("when", "")
    answer = "" if when else table.scalar("answer")
    return WrongPath(when=when, answer=answer, misconception=table.text("misconception"), feedback=_feedback(table))


def _wrong_text(table: Table) -> WrongPath:
    answer = table.text("answer").strip("\n")
    return WrongPath(answer=answer, misconception=table.text("misconception"), feedback=_feedback(table))


def _wrong_filling(table: Table) -> WrongPath:
    return WrongPath(
        answer=table.text("answer").strip(),
        blank=table.whole("blank", 1),
        misconception=table.text("misconception"),
        feedback=_feedback(table),
    )


def _wrong_step(table: Table) -> WrongPath:
    step = table.text("step").strip()
    return WrongPath(step=step, misconception=table.text("misconception", ""), feedback=_feedback(table))


def _wrong_pair(table: Table) -> WrongPath:
    left, right = table.text("left").strip(), table.text("right").strip()
    return WrongPath(left=left, right=right, misconception=table.text("misconception", ""), feedback=_feedback(table))


def _feedback(table: Table) -> str:
    return table.text("feedback").strip()


def _single(table: Table) -> Body:
    return Choice((table.text("answer").strip(),), _options(table))


def _multi(table: Table) -> Body:
    return Choice(_stripped(table.texts("answers")), _options(table))


def _numeric(table: Table) -> Body:
    generator = table.text("generator", "")
    if generator and table.has("answer"):
        table.fault("has both `generator` and `answer`; keep one, the generator computes its answer")
    answer = None if generator else table.number("answer")
    if generator and table.has("answer"):
        table.scalar("answer")
    return Numeric(generator, answer, _tolerance(table), table.text("unit", ""), _wrongs(table, _wrong_value))


def _tolerance(table: Table) -> Tolerance | None:
    if not table.has("tolerance"):
        return None
    inner = _inner(table.table("tolerance"), table, "tolerance", "")
    tolerance = Tolerance(float(inner.number("rel", 0.0)), float(inner.number("abs", 0.0)))
    inner.close()
    if tolerance.rel < 0 or tolerance.abs < 0 or tolerance.rel >= 1:
        table.fault("`tolerance` must not be negative, and `rel` is a share below 1, such as 0.01")
    return tolerance


def _output(table: Table) -> Body:
    return Output(table.text("answer").strip("\n"), _wrongs(table, _wrong_text))


def _fill(table: Table) -> Body:
    blanks = tuple(_stripped(row) for row in table.rows("blanks", str))
    return Fill(blanks, table.text("check", "").strip("\n"), _wrongs(table, _wrong_filling))


def _order(table: Table) -> Body:
    either = table.rows("either", int, ())
    if any(len(pair) != 2 for pair in either):
        table.fault("`either` holds pairs of neighbours, such as [[1, 2]], counted from 0")
        either = ()
    return Order(
        _stripped(table.texts("steps")),
        _stripped(table.texts("distractors", ())),
        either,
        _wrongs(table, _wrong_step),
    )


def _match(table: Table) -> Body:
    pairs = table.rows("pairs", str)
    if any(len(pair) != 2 or not all(side.strip() for side in pair) for pair in pairs):
        table.fault('`pairs` holds pairs of texts, such as [["left", "right"], …]')
        pairs = ()
    return Match(
        tuple((left.strip(), right.strip()) for left, right in pairs),
        _stripped(table.texts("spare", ())),
        _wrongs(table, _wrong_pair),
    )


def _bug(table: Table) -> Body:
    return Bug(table.whole("line"), table.text("answer").strip(), _options(table))


def _short(table: Table) -> Body:
    rubric = []
    for row in table.tables("rubric"):
        inner = _inner(row, table, "rubric", str(row.get("point", "")))
        rubric.append(Rubric(inner.text("point").strip(), _stripped(inner.texts("keywords"))))
        inner.close()
    return Short(tuple(rubric), table.text("model_answer").strip())


def _stripped(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts)


_BODIES: dict[Kind, Callable[[Table], Body]] = {
    Kind.SINGLE: _single,
    Kind.MULTI: _multi,
    Kind.NUMERIC: _numeric,
    Kind.OUTPUT: _output,
    Kind.FILL: _fill,
    Kind.ORDER: _order,
    Kind.MATCH: _match,
    Kind.BUG: _bug,
    Kind.SHORT: _short,
}

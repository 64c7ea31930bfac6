"""What is wrong with content, said so that its author can act. Also: reading one TOML table strictly.

Knows tables and types, not what an item is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

_NAMES = {bool: "true/false", str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to repair: where, and what to do."""

    file: str
    item: str  # the item, concept or table; empty for the whole file
    message: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.item}" if self.item else self.file
        return f"{place}: {self.message}"


@dataclass(slots=True)
class Faults:
    """Collects faults, so that an author sees all of them at once."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, item: str, message: str) -> None:
        """Note one fault of this file."""
        self.found.append(Fault(self.file, item, message))


class Table:
    """One TOML table being read: every key asked for once, wrong and unknown ones noted as faults."""

    def __init__(self, data: Mapping[str, Any], where: str, faults: Faults) -> None:
        self.where = where
        self._data, self.faults = data, faults
        self._asked: set[str] = set()
        self._before = len(faults.found)

    def fault(self, message: str) -> None:
        """Note something wrong with this table."""
        self.faults.add(self.where, message)

    @property
    def sound(self) -> bool:
        """Whether nothing has been wrong since this table was opened."""
        return len(self.faults.found) == self._before

    def has(self, key: str) -> bool:
        """Tell whether the key is there at all, without asking for it."""
        return key in self._data

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text; required and not blank unless there is a default."""
        value = self._get(key, default)
        if not isinstance(value, str):
            return self._wrong(key, value, "a text in quotes", "")
        if not value.strip() and default is None:
            self.fault(f"`{key}` is empty; write its text")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """Read a whole number."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            return self._wrong(key, value, "a whole number without quotes", 0)
        return value

    def number(self, key: str, default: float | None = None) -> int | float:
        """Read a finite number, whole or not."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return self._wrong(key, value, "a number without quotes", 0)
        if not abs(value) < 1e300:
            return self._wrong(key, value, "a finite number", 0)
        return value

    def scalar(self, key: str) -> str | int | float:
        """Read a number or a text."""
        value = self._get(key, None)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return self._wrong(key, value, "a number or a text", "")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Read a list of texts; required and not empty unless there is a default."""
        value = self._get(key, default)
        if not isinstance(value, (list, tuple)) or not all(isinstance(x, str) and x.strip() for x in value):
            return self._wrong(key, value, 'a list of texts, such as ["one", "two"]', ())
        if not value and default is None:
            self.fault(f"`{key}` is an empty list; name at least one")
        return tuple(value)

    def rows(self, key: str, of: type, default: tuple[()] | None = None) -> tuple[tuple[Any, ...], ...]:
        """Read a list of lists whose inner values all have one type."""
        value = self._get(key, default)
        lists = isinstance(value, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in value)
        if not lists or not all(type(x) is of for row in value for x in row):
            return self._wrong(key, value, f"a list of lists of {'texts' if of is str else 'whole numbers'}", ())
        return tuple(tuple(row) for row in value)

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        """Read an array of tables, `[[…]]`; none there is an empty list."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            return self._wrong(key, value, f"written as [[{key}]] tables", [])
        return value

    def table(self, key: str) -> Mapping[str, Any]:
        """Read one table; none there is an empty one."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            return self._wrong(key, value, "a table, such as { rel = 0.01 }", {})
        return value

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._data.keys() - self._asked:
            near = difflib.get_close_matches(key, self._asked, n=1)
            advice = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(sorted(self._asked))}"
            self.fault(f"unknown key `{key}`; {advice}")

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._data.get(key, default)

    def _wrong(self, key: str, value: Any, wanted: str, instead: T) -> T:
        if key in self._data:
            self.fault(f"`{key}` must be {wanted}, not {_named(value)}")
        else:
            self.fault(f"`{key}` is missing; it must be {wanted}")
        return instead


def _named(value: Any) -> str:
    return f"{_NAMES.get(type(value), type(value).__name__)} ({str(value)[:40]!r})"


def twice(values: Iterable[str]) -> Iterator[str]:
    """Name each value that comes a second time."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)

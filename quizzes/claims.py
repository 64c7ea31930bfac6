"""What items claim about running code, as plain data: whoever can run code in isolation proves it. Executes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizzes.items import Fill, Item, Output, Track
from quizzes.load import file_of


class Expectation(StrEnum):
    """What must happen when a claim's source runs."""

    PRINTS = "prints"  # it ends well and prints `stdout` (compare with `quizzes.graders.printed.same_output`)
    PASSES = "passes"  # it ends without an exception
    FAILS = "fails"  # it raises


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One program and what it is said to do."""

    file: str
    item: str
    about: str  # which filling or output this is, for the author
    source: str
    profile: str
    expects: Expectation
    stdout: str = ""


def claims(track: Track) -> list[Claim]:
    """List everything a track claims about running code."""
    return [claim for item in track.items for claim in _claims(item)]


def fill_in(code: str, fillings: Sequence[str]) -> str:
    """Put fillings in the blanks of a fill item's code."""
    for number, filling in enumerate(fillings, 1):
        code = code.replace(f"__{number}__", filling)
    return code


def _claims(item: Item) -> Iterator[Claim]:
    if isinstance(item.body, Output):
        yield _claim(item, "its output", item.code, Expectation.PRINTS, item.body.answer)
    if isinstance(item.body, Fill):
        for number, blank in enumerate(item.body.blanks, 1):
            for filling in blank:
                yield _filled(item, item.body, number, filling, Expectation.PASSES)
        for path in item.body.wrong if item.body.check else ():
            yield _filled(item, item.body, path.blank, str(path.answer), Expectation.FAILS)


def _filled(item: Item, body: Fill, number: int, filling: str, expects: Expectation) -> Claim:
    fillings = [filling if n == number else blank[0] for n, blank in enumerate(body.blanks, 1)]
    source = f"{fill_in(item.code, fillings)}\n{body.check}\n"
    return _claim(item, f"blank {number} filled with {filling!r}", source, expects)


def _claim(item: Item, about: str, source: str, expects: Expectation, stdout: str = "") -> Claim:
    return Claim(
        file=file_of(item),
        item=item.id,
        about=about,
        source=source,
        profile=item.profile,
        expects=expects,
        stdout=stdout,
    )

"""The leak gate: whatever tells the fix, in code or in words, is found by doing it; what only helps is let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.claude.gates.edits import MOST, programs
from bot.tutor.claude.gates.leak import leaks, overlap
from bot.tutor.claude.gates.pieces import pieces
from bot.tutor.claude.gates.program import Program
from challenges.model import Challenge, Report, Verdict

MEAN = "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n    return total / (len(values) - 1)\n"
FIXES: dict[str, tuple[str, str]] = {
    "a span": (MEAN, "Divide by `len(values)`."),
    "instead of": (MEAN, "You should use `len(values)` instead of `len(values) - 1`."),
    "not": (MEAN, 'It has to be "len(values)", not "len(values) - 1".'),
    "bare": (MEAN, "On line 5 write len(values) rather than len(values) - 1 and you are done."),
    "the line": (MEAN, "Change line 5 to `return total / len(values)`."),
    "the line, bare": (MEAN, "Line 5 should read return total / len(values) then."),
    "a fence": (MEAN, "So:\n```python\n    return total / len(values)\n```"),
    "the whole": (MEAN, "```python\ndef mean(values):\n    return sum(values) / len(values)\n```"),
    "the whole, unfenced": (MEAN, "Write\ndef mean(values):\n    return sum(values) / len(values)\n"),
    "two spans": (MEAN, "First `total / 1`, and then `len(values)` below it: `return total / len(values)`."),
    "removed words": (MEAN, "Remove the `- 1` at the end of the last line."),
    "a comparison": (
        "def mean(values):\n    n = total = 0\n    while n < len(values) - 1:\n        total += values[n]\n        n += 1\n    return total / len(values)\n",
        "On line 3, use less than or equal to instead of less than.",
    ),
    "a return": (MEAN.replace("    return total / (len(values) - 1)", "    total / len(values)"), "Add a return at the end."),
    "an operator": (MEAN.replace("total / (len(values) - 1)", "total * len(values)"), "On line 5 divide, do not multiply."),
    "a sign": (MEAN.replace("+=", "-=").replace("(len(values) - 1)", "len(values)"), "Flip the sign on line 4."),
    "an indent": (
        "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n        return total / len(values)\n",
        "Move the return out of the loop.",
    ),
    "a number": (MEAN.replace("= 0", "= 1").replace("(len(values) - 1)", "len(values)"), "The number on line 2 has to be 0."),
    "a number, spoken": (MEAN.replace("= 0", "= 1").replace("(len(values) - 1)", "len(values)"), "Start total at zero instead of one."),
    "a name": (MEAN.replace("(len(values) - 1)", "len(total)").replace("len(total)", "value"), "On line 5, `value` should be `len(values)`."),
    "a colon": (MEAN.replace("values:\n        total", "values\n        total").replace("(len(values) - 1)", "len(values)"), "Line 3 lacks a colon."),
    "the head of a block": (
        MEAN.replace("in values", "in values[1:]").replace("(len(values) - 1)", "len(values)"),
        "Line 3 should read for value in values: and no more.",
    ),
    "a deletion": (MEAN.replace("(len(values) - 1)", "len(values)").replace("    return", "    total = 0\n    return"), "Delete line 5."),
}  # fmt: skip
INNOCENT = (
    "Look at line 5. By what do you divide there, and how many values did you add?",
    "Your total is right. Read line 5 aloud: what does `len(values) - 1` count for a list of two?",
    "A mean shares the total among all values equally. Work the case [1, 3] out on paper and compare.",
    "Think of two friends who share three sweets each: nobody is left out when the heap is shared.",
)


async def really(challenge: Challenge, variants: Mapping[str, str], failing: Sequence[str]) -> tuple[str, ...]:
    """Which programs work out a mean."""
    return tuple(name for name, source in variants.items() if is_mean(source))


def is_mean(source: str) -> bool:
    """Whether a program of the tests' own making works out a mean."""
    scope: dict[str, Any] = {}
    try:
        exec(source, scope)  # noqa: S102 - made of the tests' own code
        return all(scope["mean"](list(v)) == sum(v) / len(v) for v in ((1, 2, 6), (4, 4), (7, 1, 1, 3)))
    except (
        ArithmeticError,
        LookupError,
        NameError,
        TypeError,
        ValueError,
        AttributeError,
        SyntaxError,
        RecursionError,
    ):
        return False


@pytest.fixture
def challenge(bank: dict[str, Challenge]) -> Challenge:
    """A challenge whose solution shares nothing with these texts, so that only running tells."""
    return bank["add-up"]


REPORT = Report(verdict=Verdict.WRONG, cases=(), hidden_passed=0, hidden_total=1)


@pytest.mark.parametrize("kind", FIXES)
async def test_what_can_be_done_to_the_program_and_then_passes_was_the_answer(challenge: Challenge, kind: str) -> None:
    source, text = FIXES[kind]
    assert not is_mean(source)
    assert await leaks(challenge, source, REPORT, f"You are close. {text}", really) == "tried"


@pytest.mark.parametrize("text", INNOCENT)
async def test_what_only_helps_is_let_through(challenge: Challenge, text: str) -> None:
    assert await leaks(challenge, MEAN, REPORT, text, really) == ""


async def test_a_part_of_our_solution_is_known_without_running(shipped_bank: dict[str, Challenge]) -> None:
    challenge = shipped_bank["canary-decision"]
    text = "Work out `(e2 / n2 - e1 / n1) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2))` first."
    assert [overlap(challenge, challenge.starter, text), overlap(challenge, challenge.solution, text)] == [True, False]
    assert not overlap(challenge, challenge.starter, "Compare `n1` with `n2`, or `min_requests`.")


@given(st.text(st.sampled_from("`'\"“”()[]=<>+-*/., \nabreturn01if:"), max_size=120))
def test_any_text_makes_only_so_many_programs_all_of_which_parse_and_differ(text: str) -> None:
    made = programs(MEAN, text, "mean")
    assert len(made) <= MOST
    assert len(set(made)) == len(made)
    assert MEAN not in made
    for source in made:
        Program(source)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Use `a + b` here", ["a + b"]),
        ("```python\nx = 1\n```", ["x = 1\n"]),
        ("It is “a[0]”, and not ‘b’.", ["a[0]"]),
        ("divide by n minus one", ["n - 1"]),
        ("set axis to one", ["axis=1"]),
        ("Plain words only.", []),
    ],
)
def test_code_is_found_however_it_is_written(text: str, found: list[str]) -> None:
    assert [piece.code for piece in pieces(text) if piece.marked or len(piece.code) > 2] == found

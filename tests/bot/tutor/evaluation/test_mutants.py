"""Mutants are one change each, readable, at the line they name, and new with every seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tutor.evaluation.mutants import Mutant, every_mutant, mutants
from bot.tutor.evaluation.operators import OPERATORS
from challenges.model import Challenge

SOURCE = '''"""Sums."""
def total(rows: list[int], scale: float = 1.0) -> float:
    """The sum, at least 0."""
    kept = [row for row in rows if row > 0]
    for row in kept[1:]:
        scale += row
    return max(scale, 0) if kept else -scale
'''


def made(operator: str, source: str = SOURCE) -> list[str]:
    """The lines that mutants of one kind have in the place of ours."""
    return [m.source.split("\n")[m.line - 1].strip() for m in every_mutant(source) if m.operator == operator]


def test_each_kind_makes_the_mistake_it_is_named_after() -> None:
    assert {
        kind: made(kind) for kind in ("comparison", "dropped filter", "dropped sign", "similar function", "no return")
    } == {
        "comparison": ["kept = [row for row in rows if row >= 0]"],
        "dropped filter": ["kept = [row for row in rows if True]"],
        "dropped sign": ["return max(scale, 0) if kept else scale"],
        "similar function": ["return min(scale, 0) if kept else -scale"],
        "no return": ["max(scale, 0) if kept else -scale"],
    }
    assert made("overwrites") == ["scale = row", "scale -= row"]
    assert made("leaves early") == ["scale += row"]  # the break stands on the line below it
    assert made("slice") == ["for row in kept[:]:", "for row in kept[1:-1]:"]
    assert made("swapped arguments") == ["return max(0, scale) if kept else -scale"]


def test_calls_lose_what_beginners_forget() -> None:
    source = "def f(x):\n    y = x.copy()\n    return np.sum(y, axis=1, keepdims=True)\n"
    assert made("axis", source) == ["return np.sum(y, axis=0, keepdims=True)"]
    assert made("dropped keyword", source) == ["return np.sum(y, keepdims=True)", "return np.sum(y, axis=1)"]
    assert made("dropped call", source) == ["y = x"]
    assert made("true/false", source) == ["return np.sum(y, axis=1, keepdims=False)"]


def test_nothing_but_what_runs_is_changed() -> None:
    kept = ('"""Sums."""', "def total(rows: list[int], scale: float = 1.0) -> float:", '    """The sum, at least 0."""')
    assert all(tuple(m.source.split("\n")[:3]) == kept for m in every_mutant(SOURCE))


def test_every_mutant_of_our_content_is_one_change_at_its_line_and_every_kind_occurs(
    shipped_bank: dict[str, Challenge],
) -> None:
    kinds: Counter[str] = Counter()
    for challenge in shipped_bank.values():
        ours = challenge.solution.split("\n")
        for mutant in every_mutant(challenge.solution):
            kinds[mutant.operator] += 1
            theirs = mutant.source.split("\n")
            changed = [n for n, pair in enumerate(zip(ours, theirs, strict=False), 1) if pair[0] != pair[1]]
            assert not changed or min(abs(n - mutant.line) for n in changed) <= 1
    assert len(OPERATORS) >= 12
    assert set(kinds) == set(OPERATORS)
    assert sum(kinds.values()) > 1_000


@settings(max_examples=15)
@given(st.integers(), st.integers(min_value=0, max_value=60))
def test_a_seed_makes_the_same_mutants_and_no_more_than_asked_for(seed: int, most: int) -> None:
    challenge = _challenge()
    first, again = (list(mutants(challenge, Random(seed), most)) for _ in range(2))  # noqa: S311 - no secret
    assert first == again
    assert len(first) == min(most, len(list(every_mutant(SOURCE))))
    assert len(set(first)) == len(first)


def test_kinds_come_in_turn_and_seeds_differ() -> None:
    challenge = _challenge()
    kinds = {m.operator for m in every_mutant(SOURCE)}
    assert {m.operator for m in mutants(challenge, Random(1), len(kinds))} == kinds  # noqa: S311 - no secret
    orders = {tuple(mutants(challenge, Random(seed), 10)) for seed in range(8)}  # noqa: S311 - no secret
    assert len(orders) > 1


def test_letters_of_two_bytes_do_not_move_the_change() -> None:
    source = 'def f(x):\n    π = "ä"; return x + 1\n'
    assert Mutant('def f(x):\n    π = "ä"; return x - 1\n', 2, "arithmetic") in list(every_mutant(source))


def _challenge() -> Challenge:
    from pathlib import Path

    from challenges.load import load_challenges

    bank, _ = load_challenges(Path(__file__).parents[2] / "sample" / "challenges")
    return replace(next(iter(bank.values())), solution=SOURCE)

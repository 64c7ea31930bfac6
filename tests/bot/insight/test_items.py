"""Item statistics: held against scipy, against what a simulation of learners finds, and against words an author acts on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats as reference

from bot.insight.items import (
    JUDGED_FROM,
    LEAST_PAIRS,
    LEAST_REST,
    ItemStats,
    Response,
    Shape,
    Word,
    item_statistics,
    point_biserial,
    word_for,
)
from quizzes.generators import seeded

ANY = Shape()


def responses(table: list[list[int | None]]) -> list[Response]:
    """One response per number of a table: learners down, items across; None is not met."""
    return [
        Response(learner, f"i{item}", bool(right))
        for learner, row in enumerate(table)
        for item, right in enumerate(row)
        if right is not None
    ]


def judged(table: list[list[int | None]]) -> list[ItemStats]:
    """The statistics of a table's items."""
    return item_statistics(responses(table), {f"i{n}": ANY for n in range(len(table[0]))})


TABLES = st.integers(LEAST_PAIRS, 40).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(0, 1), min_size=LEAST_REST + 1, max_size=LEAST_REST + 1), min_size=n, max_size=n
    )
)


@settings(deadline=None)
@given(table=TABLES)
def test_discrimination_is_the_corrected_point_biserial_of_scipy(table: list[list[int]]) -> None:
    found = judged([list(row) for row in table])
    grid = np.array(table)
    for n, stats in enumerate(found):
        item, rest = grid[:, n], grid.sum(axis=1) - grid[:, n]
        assert stats.difficulty == pytest.approx(item.mean())
        if np.ptp(item) == 0 or np.ptp(rest) == 0:
            assert stats.discrimination is None
        else:
            assert stats.discrimination == pytest.approx(reference.pointbiserialr(item, rest).statistic, abs=1e-9)


@settings(deadline=None)
@given(table=TABLES, seed=st.integers(0, 99))
def test_neither_the_order_of_answers_nor_later_ones_change_anything(table: list[list[int]], seed: int) -> None:
    found = responses([list(row) for row in table])
    shapes = {f"i{n}": ANY for n in range(len(table[0]))}
    mixed = found[:]
    seeded(str(seed)).shuffle(mixed)
    later = [replace(one, correct=not one.correct) for one in found]
    first = item_statistics(found, shapes)
    assert item_statistics([*found, *later], shapes) == first
    assert item_statistics(mixed, shapes) == first


@settings(deadline=None)
@given(table=TABLES)
def test_numbers_stay_in_their_ranges(table: list[list[int]]) -> None:
    for stats in judged([list(row) for row in table]):
        assert 0 <= (stats.difficulty or 0) <= 1
        assert -1 - 1e-9 <= (stats.discrimination or 0) <= 1 + 1e-9
        assert -1 <= (stats.upper_lower or 0) <= 1


def test_who_met_easier_items_does_not_look_better() -> None:
    """Twenty learners of equal skill; half of them met easy items beside, half hard ones. The item's answers are by skill."""
    easy, hard = [1, 1, 1, 1, 0], [0, 0, 0, 0, 1]
    rows: list[list[int | None]] = []
    for n in range(20):
        rest = easy if n % 2 else hard
        rows.append([n % 2, *(rest if n % 2 else [None] * 5), *([None] * 5 if n % 2 else rest)])
    (stats, *_) = judged(rows)
    assert (
        stats.discrimination is None
    )  # everyone did on the rest as those who met the same: there is nothing to tell apart
    raw = [sum(x for x in row[1:] if x is not None) / 5 for row in rows]
    assert reference.pointbiserialr([row[0] for row in rows], raw).statistic == pytest.approx(
        1
    )  # the naive way is fooled


def test_learners_who_met_little_else_are_not_correlated() -> None:
    table: list[list[int | None]] = [[n % 2, *([n % 2] * (LEAST_REST - 1))] for n in range(40)]
    assert {(s.answers, s.discrimination, s.upper_lower) for s in judged(table)} == {(40, None, None)}
    assert {s.word for s in judged(table)} == {Word.KEEP}


def test_the_upper_and_lower_27_percent_are_compared() -> None:
    """Of 100 learners the 27 best on the rest get it right, the others do not: D is 1, and r follows."""
    rng = np.random.default_rng(3)
    skill = np.linspace(0.05, 0.95, 100)
    rest = rng.random((100, 30)) < skill[:, None]
    order = np.argsort(rest.sum(axis=1), kind="stable")
    right = np.zeros(100, dtype=int)
    right[order[-27:]] = 1
    table = [[int(right[n]), *map(int, rest[n])] for n in range(100)]
    stats = judged(table)[0]  # type: ignore[arg-type]  # whole numbers, none missing
    assert (stats.upper_lower, stats.difficulty) == (1.0, 0.27)
    assert (stats.discrimination or 0) > 0.6


@pytest.mark.parametrize(
    ("answers", "p", "r", "chance", "word"),
    [
        (0, None, None, 0.0, Word.EARLY),
        (7, 0.0, None, 0.5, Word.EARLY),
        (8, 0.25, -0.9, 0.34, Word.BELOW_CHANCE),
        (29, 0.2, -0.9, 0.33, Word.BELOW_CHANCE),
        (29, 0.5, -0.9, 0.33, Word.EARLY),
        (30, 0.5, -0.01, 0.33, Word.SUSPECT),
        (30, 0.05, -0.2, 0.0, Word.SUSPECT),
        (30, 0.5, 0.19, 0.33, Word.INSPECT),
        (30, 0.19, 0.4, 0.0, Word.INSPECT),
        (30, 0.91, 0.4, 0.0, Word.INSPECT),
        (30, 0.2, 0.2, 0.0, Word.KEEP),
        (30, 0.9, 0.2, 0.0, Word.KEEP),
        (300, 0.6, None, 0.0, Word.KEEP),
        (300, 1.0, None, 0.0, Word.INSPECT),
    ],
)
def test_the_word(answers: int, p: float | None, r: float | None, chance: float, word: Word) -> None:
    assert word_for(answers, p, r, chance) is word


def test_distractors_work_from_five_percent_on() -> None:
    shape = Shape(("near", "far", "never"), 0.25)
    chosen = [("near",)] * 18 + [("far",)] * 2 + [()] * 20
    found = [Response(n, "i", not what, what) for n, what in enumerate(chosen)]
    (stats,) = item_statistics(found, {"i": shape})
    assert stats.use == (("near", 0.45), ("far", 0.05), ("never", 0.0))
    assert stats.efficiency == pytest.approx(2 / 3)


def test_of_few_answers_no_efficiency_is_told_and_an_item_without_any_is_there() -> None:
    found = item_statistics([Response(1, "a", False, ("x",))], {"a": Shape(("x", "y")), "b": Shape(("z",))})
    assert [(s.item, s.answers, s.difficulty, s.efficiency, s.word) for s in found] == [
        ("a", 1, 0.0, None, Word.EARLY),
        ("b", 0, None, None, Word.EARLY),
    ]
    assert found[0].use == (("x", 1.0), ("y", 0.0))


def test_nobody_differs_no_correlation() -> None:
    ones, varied = np.ones(20), np.arange(20.0)
    assert (
        point_biserial(ones, varied),
        point_biserial(varied % 2, ones),
        point_biserial(varied[:9] % 2, varied[:9]),
    ) == (
        None,
        None,
        None,
    )


# How well mis-keyed items are found, by simulation


def r_of(n: int, rng: np.random.Generator, *, mis_keyed: bool, items: int = 150) -> float | None:
    """r of one item among learners who each answered many: Rasch-like, with guessing at one in four on most items.

    Of a mis-keyed item the key is the distractor that half of those take who do not know; whoever knows is marked wrong.
    """
    skill, hard = rng.normal(size=n), rng.normal(size=items + 1)
    luck = np.where(rng.random(items + 1) < 0.6, 0.25, 0.0)
    luck[0] = 0.25
    knows = rng.random((n, items + 1)) < 1 / (1 + np.exp(-1.2 * (skill[:, None] - hard)))
    right = knows | (rng.random((n, items + 1)) < luck)
    if mis_keyed:
        right[:, 0] = ~knows[:, 0] & (rng.random(n) < 0.5)
    return point_biserial(right[:, 0].astype(float), right[:, 1:].mean(axis=1))


def flagged(n: int, *, mis_keyed: bool, runs: int = 800) -> float:
    """The share of simulated items that r < 0 flags."""
    rng = np.random.default_rng(20261123 + n)
    return float(np.mean([(r := r_of(n, rng, mis_keyed=mis_keyed)) is not None and r < 0 for _ in range(runs)]))


@pytest.mark.parametrize(("n", "found", "wrongly"), [(10, 0.72, 0.16), (30, 0.89, 0.04), (100, 0.98, 0.0)])
def test_mis_keyed_items_are_found_as_often_as_simulated_before(n: int, found: float, wrongly: float) -> None:
    assert flagged(n, mis_keyed=True) == pytest.approx(found, abs=0.05)
    assert flagged(n, mis_keyed=False) == pytest.approx(wrongly, abs=0.04)


def test_whole_tables_of_thirty_learners_find_the_planted_key() -> None:
    """Through the whole path, ten tables: the one mis-keyed item of forty is suspected in most, the others hardly ever."""
    rng = np.random.default_rng(8)
    hits = false = 0
    for _ in range(10):
        skill, hard = rng.normal(size=JUDGED_FROM), rng.normal(size=40)
        knows = rng.random((JUDGED_FROM, 40)) < 1 / (1 + np.exp(-1.2 * (skill[:, None] - hard)))
        knows[:, 0] = ~knows[:, 0] & (rng.random(JUDGED_FROM) < 0.5)
        words = [stats.word for stats in judged([[int(x) for x in row] for row in knows])]
        hits += words[0] is Word.SUSPECT
        false += sum(word is Word.SUSPECT for word in words[1:])
    assert (hits >= 7, false / 390 <= 0.06) == (True, True)

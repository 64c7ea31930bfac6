"""The benchmark measures what it names, in little; its names and its form are what others rely on."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.store.bench import NAMES, QUICK, NoBaseline, Sizes, measure
from bot.store.bench.measure import figure, percentile
from bot.store.bench.other import ask


async def test_every_figure_comes_with_its_baseline_and_progress_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    found = await measure(tmp_path, QUICK, said.append)
    assert [one.name for one in found] == list(NAMES)
    assert [one.unit for one in found] == ["1/s", "ms", "ms", "ms", "s", "s", "ms"]
    assert all(one.value > 0 and one.baseline > 0 and one.ratio > 0 and one.note for one in found)
    assert set(asdict(found[0])) >= {"name", "value", "unit", "baseline", "ratio"}
    assert len(said) == 7


def test_the_full_sizes_are_those_that_the_names_promise() -> None:
    full = Sizes()
    assert (full.fewer_members, full.more_members, full.events) == (100_000, 1_000_000, 1_000_000)
    assert (full.answers_per_s, full.answers >= 1_000) == (200, True)


@pytest.mark.parametrize(
    ("value", "baseline", "more", "ratio"),
    [(2.0, 8.0, False, 4.0), (8.0, 2.0, True, 4.0), (8.0, 2.0, False, 0.25), (2.0, 0.0, True, 0.0)],
)
def test_a_ratio_above_one_is_always_the_better(value: float, baseline: float, more: bool, ratio: float) -> None:
    assert figure("x", value, "s", baseline, "", more_is_better=more).ratio == ratio


def test_percentiles() -> None:
    assert [percentile(range(100), per_cent) for per_cent in (0, 50, 99, 100)] == [0, 50, 99, 99]
    assert percentile([3.0], 99) == 3.0


async def test_the_baseline_is_another_process_that_leaves_a_file_of_its_own(tmp_path: Path) -> None:
    found = await ask(tmp_path / "single.db", 20, 5)
    assert (found["per_s"] > 0, found["p99_ms"] > 0, (tmp_path / "single.db").exists()) == (True, True, True)
    assert "aiosqlite" not in sys.modules, "two ways to the same library never meet in one process"


async def test_a_baseline_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoBaseline, match="unable to open database file"):
        await ask(tmp_path / "nowhere" / "single.db", 20, 5)

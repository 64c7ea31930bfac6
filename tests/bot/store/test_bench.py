"""The benchmark measures what it names, in little."""

from __future__ import annotations

from pathlib import Path

from bot.store import bench


async def test_measures_come_with_their_baselines(tmp_path: Path) -> None:
    found = await bench.measure(tmp_path, writes=500, answers=20)
    assert [(one.name, one.unit) for one in found] == [("durable_writes_per_s", "1/s"), ("answer_path_p99", "ms")]
    assert all(one.value > 0 and one.baseline > 0 and one.ratio > 0 for one in found)


async def test_group_commit_beats_a_commit_per_row(tmp_path: Path) -> None:
    assert (await bench.durable_writes_per_s(tmp_path, 2000)).ratio > 1

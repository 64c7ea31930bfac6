"""The measurement of chat: a short form over real sockets, and what it makes of its figures."""

from __future__ import annotations

from pathlib import Path

from tests.bench.bot_load import Answered, measure, report


async def test_every_answer_of_a_crowd_is_acknowledged_and_stored_once(tmp_path: Path) -> None:
    said: list[str] = []
    figures = await measure(tmp_path, 8, 40.0, said.append)
    rows = {row["name"]: row for row in figures["results"]}
    assert list(rows) == ["ack_p99", "ack_p50", "ack_p99_burst", "answers_per_s", "lost", "duplicated"]
    assert (rows["lost"]["value"], rows["duplicated"]["value"], figures["learners"]) == (0, 0, 8)
    assert all(rows[name]["value"] > 0 < rows[name]["baseline"] for name in ("ack_p99", "answers_per_s"))
    assert len(said) == 4


def test_figures_stand_beside_those_of_the_bare_bot() -> None:
    ours = {kind: Answered([10.0] * 9 + [30.0], 2.0) for kind in ("steady", "burst")}
    bare = {kind: Answered([5.0] * 10, 0.5) for kind in ("steady", "burst")}
    rows = {row["name"]: row for row in report(ours, bare, 10, 7.0, 1, 2)["results"]}
    assert rows["answers_per_s"] == {
        "name": "answers_per_s",
        "value": 5.0,
        "unit": "1/s",
        "baseline": 20.0,
        "ratio": 0.25,
    }
    assert (rows["ack_p50"]["value"], rows["ack_p50"]["ratio"]) == (10.0, 2.0)
    assert (rows["lost"]["value"], rows["duplicated"]["value"]) == (1, 2)

"""`epochbot simulate`: a table for people, one JSON object for programs, and who did best said aloud."""

from __future__ import annotations

import pytest

from bot.cli.simulate import reading
from quizzes.items import Track
from quizzes.simulation import Outcome


def outcome(policy: str, known: float) -> Outcome:
    """What a policy may have done."""
    return Outcome(policy, {30: 1.0}, known, 0.8, 0.7, 0.6, 12.0)


def test_people_read_a_table_and_what_to_make_of_it(epochbot) -> None:
    done = epochbot("simulate", "--learners", "2", "--days", "4")
    lines = done.out.splitlines()
    assert done.code == 0
    assert lines[0].startswith("2 made-up learners, 4 days, up to five questions a day out of ")
    assert [line[:28].strip() for line in lines[3:7]] == [
        "ours",
        "ours, a memory per question",
        "random",
        "fixed order",
    ]
    assert "first sight (Elo)" in done.out
    assert "proves nothing about people" in lines[-1]
    assert done.err == ""  # no bar where nobody looks


def test_programs_read_one_object_that_is_the_same_for_the_same_seed(epochbot) -> None:
    first, again = (epochbot("simulate", "--learners", "1", "--days", "3", "--seed", "7", "--json") for _ in range(2))
    assert first.json == again.json
    assert first.json.keys() == {
        "track",
        "learners",
        "days",
        "seed",
        "policies",
        "skill",
        "memory",
        "difficulty",
        "placement",
    }
    assert (first.json["learners"], first.json["days"], first.json["seed"]) == (1, 3, 7)


@pytest.mark.parametrize(
    "words", [("--learners", "0"), ("--days", "0"), ("--days", "soon"), ("--policy", "x")], ids=repr
)
def test_a_wrong_use_is_exit_code_2(epochbot, words: tuple[str, ...]) -> None:
    done = epochbot("simulate", *words)
    assert (done.code, done.out) == (2, "")


def test_it_is_said_when_another_way_does_better(shipped_track: Track) -> None:
    worse = (outcome("ours", 0.5), outcome("random", 0.4), outcome("fixed order", 0.75))
    assert reading(shipped_track, worse).startswith(
        "“fixed order” ends with more concepts known than our choice, 75% to 50%. "
    )
    better = (outcome("ours", 0.8), outcome("random", 0.4), outcome("fixed order", 0.75))
    assert (
        reading(shipped_track, better)
        == "Our choice ends with most concepts known: 80%, the next best (fixed order) 75%."
    )

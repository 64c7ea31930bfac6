"""`epochbot eval tutor`: a table for people, one object for programs, recorded answers without a key, and Claude with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.eval import reading
from bot.tutor.evaluation.measures import Summary
from tests.fakes import claude_wire as wire
from tests.fakes.claude_server import serving
from tests.fakes.claude_wire import Recorded, Step

ONE = ("eval", "tutor", "--only", "prompt-template", "--seed", "5")


def summary(origin: str, **changes: Any) -> Summary:
    """Figures an explainer may have."""
    good = {
        "explainer": "offline", "origin": origin, "specimens": 20, "explained": 20, "specific": 0.8, "leaks": 0, "unfinished": 0,
        "overlaps": 0, "grounded": 1.0, "cite_a_line": 0.5, "line_right": 0.9, "form_fits": 1.0, "median_words": 60.0,
        "median_grade": 6.0, "stable": 1.0,
    }  # fmt: skip
    return Summary(**{**good, **changes})


def test_people_read_a_table_and_programs_the_same_figures(epochbot, tmp_path: Path) -> None:
    done = epochbot(*ONE, "--mutants", "1")
    lines = done.out.splitlines()
    assert (done.code, done.err) == (0, "Seed 5; --seed 5 makes the same mistakes again.\n")
    assert lines[0].split()[:4] == ["explainer", "part", "n", "explained"]
    assert [line.split()[:4] for line in lines[1:3]] == [
        ["offline", "authored", "3", "100%"],
        ["offline", "mutant", "1", "100%"],
    ]
    assert "whether people learn from it, no figure here says." in lines[-1]


def test_recorded_answers_are_measured_without_a_key(epochbot, tmp_path: Path) -> None:
    first = epochbot(*ONE, "--mutants", "0", "--json").json
    said = first["explainers"][0]["explanations"]
    assert first["explainers"][0]["judged"] is None
    kept = [{"explainer": "claude", "model": "claude-haiku-5-5", "prompt": "p1", "sdk": "2.12.0", "date": "2026-11-23"}]
    kept.append(
        {
            "key": said[0]["key"],
            "source": "ai",
            "specific": True,
            "text": "Look at line 999 of `frobnicate`.",
            "line": 999,
        }
    )
    kept.append({"key": said[1]["key"], "withheld": True})
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(map(json.dumps, kept)))
    offline, replay = epochbot(*ONE, "--mutants", "0", "--json", "--recorded", path).json["explainers"]
    assert offline["explanations"] == said
    assert (replay["model"], replay["prompt"], replay["date"]) == ("claude-haiku-5-5", "p1", "2026-11-23")
    assert (replay["parts"][0]["explained"], replay["parts"][0]["grounded"], replay["parts"][0]["line_right"]) == (
        1,
        0,
        0,
    )
    assert replay["explanations"][0]["ungrounded"] == ["line 999", "frobnicate"]


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("--only", "no-such"), "There is no challenge 'no-such'"),
        (("--recorded", "none.jsonl"), "none.jsonl cannot be read"),
        (("--live",), "set ANTHROPIC_API_KEY, or measure recorded answers"),
        (("--mutants", "-1"), "0 or more"),
        (("--model", "x"), "need --live"),
        (("--save", "x.json"), "need --live"),
    ],
    ids=repr,
)
def test_a_wrong_use_says_what_to_do(epochbot, words: tuple[str, ...], advice: str) -> None:
    done = epochbot("eval", "tutor", *words)
    assert (done.code, done.out) == (2, "")
    assert advice in done.err


def test_claude_is_measured_judged_and_recorded_with_a_key(
    epochbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the stand-in: an explainer that never proves anything, a kind judge, and a learner who repairs nothing."""

    def mind(request: Recorded) -> Step:
        fields = request.body["output_config"]["format"]["schema"]["properties"]
        return wire.structured(
            {name: "yes" if "enum" in shape else 0 if name == "line" else "" for name, shape in fields.items()}
        )

    path = tmp_path / "answers.jsonl"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as claude:
        claude.brain = mind
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test-of-eval")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.address)
        found = epochbot(
            *ONE, "--mutants", "0", "--json", "--live", "--model", "claude-of-tomorrow", "--save", path
        ).json
        assert claude.complaints == []
        asked = {request.body["model"] for request in claude.record}
    offline, live = found["explainers"]
    assert (live["model"], live["parts"][0]["explained"], live["judged"]["texts"]) == ("claude-of-tomorrow", 0, 0)
    assert offline["judged"]["texts"] == offline["parts"][0]["specimens"]
    assert {name: share["value"] for name, share in offline["judged"]["yes"].items()} == dict.fromkeys(
        offline["judged"]["yes"], 1.0
    )
    assert offline["judged"]["helped"]["value"] == 0.0
    assert len(offline["judged"]["yes"]) == 9
    assert asked == {"claude-of-tomorrow", "claude-sonnet-5-5", "claude-opus-5-5"}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert (lines[0]["model"], [line["withheld"] for line in lines[1:]]) == ("claude-of-tomorrow", [True] * 3)


def test_what_is_wrong_is_said_aloud() -> None:
    good, bad = summary("authored"), summary("mutant", specific=0.55, leaks=2, unfinished=3)
    assert reading([good]) == (
        "80% of 20 mistakes we know get a named cause; no text holds code that passes the tests when put in. "
        "Named is not the same as understood: whether people learn from it, no figure here says."
    )
    assert "55% of 20 mistakes nobody wrote a rule for get a named cause; 2 of the texts hold code" in reading(
        [good, bad]
    )
    assert "(3 texts had more ways to try than were tried)" in reading([good, bad])

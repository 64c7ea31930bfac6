"""`epochbot grade SLUG FILE`: a verdict with its cases, counts and explanation, and an exit code that is the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from challenges.model import Challenge

SLUG = "byte-pair-merges"
KEYS = {"verdict", "cases", "hidden", "explanation", "isolation", "wall_ms"}


@pytest.fixture(scope="session")
def challenge(shipped_bank: dict[str, Challenge]) -> Challenge:
    """A challenge we ship that needs no library."""
    return shipped_bank[SLUG]


def test_the_reference_is_accepted_with_every_case(epochbot, tmp_path: Path, challenge: Challenge) -> None:
    (tmp_path / "x.py").write_text(challenge.solution)
    done = epochbot("grade", SLUG, "x.py", "--json")
    report = done.json
    assert (done.code, report["verdict"], report["explanation"], set(report)) == (0, "accepted", None, KEYS)
    assert report["hidden"]["passed"] == report["hidden"]["total"] >= 5
    assert {case["verdict"] for case in report["cases"]} == {"accepted"}
    assert set(report["cases"][0]) == {"name", "verdict", "input", "expected", "got", "message", "printed"}


def test_a_known_mistake_is_named_in_its_authors_words(epochbot, tmp_path: Path, challenge: Challenge) -> None:
    mistake = challenge.wrong[0]
    (tmp_path / "x.py").write_text(mistake.source)
    done = epochbot("grade", SLUG, "x.py", "--json")
    assert (done.code, done.json["verdict"], done.json["explanation"]) == (
        1,
        mistake.verdict.value,
        {"source": "known", "specific": True, "text": mistake.explanation},
    )


@pytest.mark.parametrize(
    ("source", "verdict", "kind"),
    [
        (b"", "error", "exception"),
        (b"def learn_merges(", "error", "syntax"),
        (b"def learn_merges(*args):\n    return 1 / 0\n", "error", "exception"),
        (b"def learn_merges(*args):\n    return None\n", "wrong", "shape"),
        (b"\xff\xfe\x00\x01", "error", "syntax"),
        (b"def learn_merges(*args):\n    raise ValueError('\\ud800\\x1b[2J')\n", "error", "exception"),
        (b"import os\nos._exit(0)\n", "error", "exception"),
    ],
    ids=repr,
)
def test_anything_else_is_judged_and_explained(
    epochbot, tmp_path: Path, source: bytes, verdict: str, kind: str
) -> None:
    (tmp_path / "x.py").write_bytes(source)
    done = epochbot("grade", SLUG, "x.py", "--json")
    report = done.json
    assert (done.code, report["verdict"], report["explanation"]["source"]) == (1, verdict, kind)
    assert 1 <= len(report["explanation"]["text"]) <= 1900
    assert "\ud800" not in done.out


def test_as_text_it_reads_like_the_chat(epochbot, tmp_path: Path, challenge: Challenge) -> None:
    (tmp_path / "x.py").write_text(challenge.wrong[0].source)
    done = epochbot("grade", SLUG, "x.py")
    assert (done.code, done.out.splitlines()[0]) == (1, "Not yet: some values differ")
    assert challenge.wrong[0].explanation in done.out
    assert "Hidden cases: " in done.out


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("byte-pair-merge", "x.py"), None),
        (("zzzz", "x.py"), "There is no challenge 'zzzz'."),
        ((SLUG, "missing.py"), "Cannot read missing.py: No such file or directory."),
        ((SLUG,), "the following arguments are required: file"),
    ],
    ids=repr,
)
def test_a_wrong_use_is_exit_code_2_with_advice(
    epochbot, tmp_path: Path, words: tuple[str, ...], advice: str | None
) -> None:
    (tmp_path / "x.py").write_text("x = 1")
    done = epochbot("grade", *words)
    expected = (1, "") if advice is None else (2, advice)
    assert (done.code, expected[1] in done.err) == (expected[0], True), done.err

"""What the doctor makes of a host's isolation: the level, how limits are kept, and one fix for each thing at fault."""

from __future__ import annotations

import pytest

from bot.cli.doctor import _tell
from bot.doctor import Finding, judge_isolation
from runner import Isolation
from runner.probe import Check, Report, Way

GOOD = Check("files", True, "reading /etc/passwd: ENOENT", "It would matter.", "")
NO_GROUPS = Check("groups", False, "control groups: none", "It is slower.", "Delegate some.")
PART = Check("user", False, "making a user namespace: EPERM", "All rests on it.", "Switch it on.")
SANDBOX = Check("sandbox", False, "No jail came up (EPERM)", "Nothing runs.", "Switch it on.")
WAYS = (
    Way("control groups, version 2", tested=False, held=False, found="none here"),
    Way("control groups, version 1", tested=True, held=True, found="stopped"),
    Way("a watch from outside", tested=True, held=False, found="went on"),
)
STRONG = Report(Isolation.STRONG, (GOOD,), (), WAYS[:2])
NONE = Report(Isolation.NONE, (SANDBOX,), (PART,))
HOLDS = Report(Isolation.REDUCED, (GOOD, GOOD, NO_GROUPS))
BROKEN = Report(
    Isolation.NONE, (NO_GROUPS, Check("fork", False, "starting a process: worked", "It matters.", "Do not."))
)


def test_a_strong_host_says_how_limits_are_kept_and_which_ways_were_tested() -> None:
    assert judge_isolation(STRONG, None, Isolation.STRONG, allowed=False) == [
        Finding(
            "isolation",
            "isolation is strong",
            True,
            "Limits are kept by control groups, version 1. At least strong is asked for.",
        ),
        Finding("isolation", "files", True, "reading /etc/passwd: ENOENT"),
        Finding("isolation", "limits by control groups, version 2", True, "not tested here: none here"),
        Finding("isolation", "limits by control groups, version 1", True, "tested here: stopped"),
    ]


@pytest.mark.parametrize(("wanted", "enough"), [(Isolation.REDUCED, True), (Isolation.STRONG, False)])
def test_a_reduced_host_is_enough_only_where_no_more_is_asked_for(wanted: Isolation, enough: bool) -> None:
    level, _files, groups = judge_isolation(Report(Isolation.REDUCED, (GOOD, NO_GROUPS)), None, wanted, allowed=False)
    assert (level.what, level.ok, bool(level.fix)) == ("isolation is reduced", enough, not enough)
    assert groups == Finding("isolation", "groups", False, "control groups: none. It is slower.", "Delegate some.")


def test_a_way_that_was_tried_and_failed_is_a_fault_with_a_fix() -> None:
    *_others, way = judge_isolation(Report(Isolation.STRONG, (GOOD,), (), WAYS), None, Isolation.REDUCED, allowed=False)
    assert (way.what, way.ok, way.detail) == ("limits by a watch from outside", False, "tested here: went on")
    assert "Delegate=yes" in way.fix


def test_where_no_jail_comes_up_contained_mode_is_offered_and_not_taken() -> None:
    level, contained, sandbox, part = judge_isolation(NONE, HOLDS, Isolation.REDUCED, allowed=False)
    assert (level.what, level.ok) == ("isolation is none", False)
    assert contained == Finding(
        "isolation",
        "contained mode would hold, but is not allowed",
        False,
        "It is reduced.",
        "Accept its weaker walls with EPOCHBOT_CONTAINED=1; runner/README.md says which they are.",
    )
    assert [(f.ok, f.fix) for f in (sandbox, part)] == [(False, "Switch it on."), (False, "Switch it on.")]
    assert part.detail == "making a user namespace: EPERM. All rests on it."


@pytest.mark.parametrize(("wanted", "enough"), [(Isolation.REDUCED, True), (Isolation.STRONG, False)])
def test_once_allowed_and_proven_contained_mode_is_reduced_and_nothing_else_is_missed(
    wanted: Isolation, enough: bool
) -> None:
    level, contained, *rest = judge_isolation(NONE, HOLDS, wanted, allowed=True)
    assert (level.what, level.ok) == ("isolation is reduced", enough)
    assert contained == Finding("isolation", "contained mode holds", True, "2 walls were tried, and all of them hold.")
    assert [(f.what, f.ok, f.fix) for f in rest] == [("sandbox", True, ""), ("part: user", True, "")]


@pytest.mark.parametrize("allowed", [True, False])
def test_contained_mode_that_does_not_hold_is_a_fault_and_the_level_stays_none(allowed: bool) -> None:
    level, contained, *rest = judge_isolation(NONE, BROKEN, Isolation.REDUCED, allowed=allowed)
    assert (level.what, level.ok) == ("isolation is none", False)
    assert contained == Finding(
        "isolation",
        "contained mode does not hold either",
        False,
        "starting a process: worked. It matters.",
        "Do not.",
    )
    assert [f.ok for f in rest] == [False, False]


def test_one_fix_for_several_faults_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    faults = [Finding("isolation", name, False, "", fix) for name, fix in (("a", "Do."), ("b", "Do."), ("c", "Undo."))]
    _tell(faults)
    assert capsys.readouterr().out == (
        "isolation\n"
        "  FAULT a\n        fix: Do.\n"
        "  FAULT b\n        fix: the same\n"
        "  FAULT c\n        fix: Undo.\n"
        "3 things need attention.\n"
    )

"""Judging: only equal values on every case are accepted, and hidden inputs reach no byte that a learner reads."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.tutor.offline import explain
from bot.verdicts import report_dict, verdict_card
from challenges.attempt import Attempt
from challenges.examine import examine
from challenges.judge import judge, plain, uncompared, value_fault
from challenges.model import GRAVITY, Case, Challenge, Compare, CompareKind, Report, Verdict
from challenges.prepare import Drawn
from runner import Fault, Isolation, Outcome, Result, Returned
from runner.values import Opaque, Tagged

Shape = Callable[..., tuple[tuple[Case, ...], Result]]
SOURCE = "def add(a):\n    raise ValueError(a)\n"
HIDDEN = "31337271828"  # a hidden input


def ok(value: Any, **fields: Any) -> Returned:
    return Returned(id="", outcome=Outcome.OK, value=value, **fields)


def failed(outcome: Outcome, **fault: Any) -> Returned:
    made = Fault(**{"type": "ValueError", "message": "no", "line": 2, **fault})
    return Returned(id="", outcome=outcome, fault=made)


EXPECTED = {"c0": 0, "c1": 10, "c2": 20}


def verdict(challenge: Challenge, cases: tuple[Case, ...], result: Result) -> Verdict:
    return judge(challenge, None, cases, result, EXPECTED).verdict


def test_equal_values_on_every_case_are_accepted(challenge: Challenge, run_of: Shape) -> None:
    cases, result = run_of(ok(0), ok(10), ok(20), wall_ms=12.5)
    report = judge(challenge, None, cases, result, EXPECTED)
    assert report.verdict is Verdict.ACCEPTED
    assert (report.hidden_passed, report.hidden_total, report.hidden_failure) == (2, 2, None)
    assert (report.fault, report.detail, report.mismatch, report.wall_ms) == (None, "", None, 12.5)
    assert [(case.name, case.given, case.expected, case.got) for case in report.cases] == [("case 0", "0", "0", "0")]


@pytest.mark.parametrize("at", range(3))
def test_one_other_value_is_wrong(challenge: Challenge, run_of: Shape, at: int) -> None:
    values = [ok(n * 10 + (n == at)) for n in range(3)]
    assert verdict(challenge, *run_of(*values)) is Verdict.WRONG


@pytest.mark.parametrize("at", range(3))
def test_a_missing_value_is_our_fault_and_never_a_pass(challenge: Challenge, run_of: Shape, at: int) -> None:
    values = [None if n == at else ok(n * 10) for n in range(3)]
    assert verdict(challenge, *run_of(*values)) is Verdict.INTERNAL


def test_a_missing_value_of_a_run_that_timed_out_is_a_timeout(challenge: Challenge, run_of: Shape) -> None:
    assert verdict(challenge, *run_of(ok(0), ok(10), outcome=Outcome.TIMEOUT)) is Verdict.TIMEOUT


def test_no_case_at_all_is_our_fault(challenge: Challenge) -> None:
    result = Result(outcome=Outcome.OK, isolation=Isolation.STRONG)
    assert judge(challenge, None, (), result, {}).verdict is Verdict.INTERNAL


def test_equal_values_of_a_run_that_broke_a_rule_are_not_accepted(challenge: Challenge, run_of: Shape) -> None:
    for outcome in Outcome:
        if outcome is not Outcome.OK:
            cases, result = run_of(ok(0), ok(10), ok(20), outcome=outcome)
            assert verdict(challenge, cases, result) is Verdict(outcome.value)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(GRAVITY[:-1], 2)))
def test_the_graver_of_two_failures_is_the_verdict(
    challenge: Challenge, run_of: Shape, one: Verdict, other: Verdict
) -> None:
    backs = [ok(99) if v is Verdict.WRONG else failed(Outcome(v.value)) for v in (other, one)]
    cases, result = run_of(ok(0), *backs)
    report = judge(challenge, None, cases, result, EXPECTED)
    assert (report.verdict, report.hidden_failure, report.hidden_passed) == (one, one, 0)


def test_an_opaque_value_is_never_right_even_if_a_check_likes_it(challenge: Challenge, run_of: Shape) -> None:
    liked = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    cases, result = run_of(ok(Opaque("Net", "0")), ok(10), ok(20))
    report = judge(liked, lambda _args, _got, _right: None, cases, result, EXPECTED)
    assert report.verdict is Verdict.WRONG
    assert report.cases[0].message.startswith("Your code returned a Net object, which cannot be compared")


def test_changed_arguments_are_wrong_where_they_matter(challenge: Challenge, run_of: Shape) -> None:
    cases, result = run_of(ok(0, args_after=(7,)), ok(10, args_after=(1,)), ok(20, args_after=(2,)))
    report = judge(challenge, None, cases, result, EXPECTED)
    assert (report.verdict, report.cases[0].message) == (
        Verdict.WRONG,
        "Your code changed its arguments; work on a copy instead.",
    )
    free = replace(challenge, keep_inputs=False)
    assert judge(free, None, cases, result, EXPECTED).verdict is Verdict.ACCEPTED


def test_arguments_with_nan_in_them_are_not_called_changed(challenge: Challenge) -> None:
    case = Case(id="c0", name="gap", visible=True, args=([1.0, math.nan], np.array([math.nan])))
    back = Returned(id="c0", outcome=Outcome.OK, value=0, args_after=([1.0, float("nan")], np.array([float("nan")])))
    result = Result(outcome=Outcome.OK, isolation=Isolation.STRONG, returned=(back,))
    assert judge(challenge, None, (case,), result, {"c0": 0}).verdict is Verdict.ACCEPTED


def test_of_two_answers_to_one_case_the_first_counts(challenge: Challenge, run_of: Shape) -> None:
    cases, result = run_of(ok(1), ok(10), ok(20))
    twice = replace(result, returned=(*result.returned, replace(result.returned[0], value=0)))
    assert verdict(challenge, cases, twice) is Verdict.WRONG


@pytest.mark.parametrize("error", [ValueError, MemoryError, StopIteration, RecursionError, BufferError, KeyError])
def test_a_check_that_chokes_on_a_value_found_a_wrong_one(challenge: Challenge, run_of: Shape, error: type) -> None:
    def check(_args: object, _got: object, _right: object) -> str | None:
        raise error

    checked = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    report = judge(checked, check, *run_of(ok(0), ok(10), ok(20)), EXPECTED)
    assert report.verdict is Verdict.WRONG
    assert report.cases[0].message == "The returned value, an int, does not have the expected form."


def test_a_challenge_without_the_check_it_asks_for_accepts_nothing(challenge: Challenge, run_of: Shape) -> None:
    checked = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    report = judge(checked, None, *run_of(ok(0), ok(10), ok(20)), EXPECTED)
    assert (report.verdict, report.cases[0].message) == (Verdict.WRONG, "This challenge has no check.")


def test_a_check_explains_a_difference_but_cannot_excuse_it(challenge: Challenge) -> None:
    case = Case(id="c0", name="x", visible=True, args=())
    assert value_fault(challenge, lambda _a, _g, _r: "Because.", case, 1, 2) == "Because."
    assert value_fault(challenge, lambda _a, _g, _r: None, case, 1, 2) == "the result is 1; expected 2."
    assert value_fault(challenge, lambda _a, _g, _r: "Never asked.", case, 2, 2) is None


def test_no_check_ever_meets_a_value_that_is_far_too_large(challenge: Challenge, run_of: Shape) -> None:
    def check(_args: object, got: Any, _right: object) -> str | None:
        raise AssertionError(len(got))

    checked = replace(challenge, compare=Compare(kind=CompareKind.CHECK))
    report = judge(
        checked, check, *run_of(ok([0] * 10**5), ok("x" * 10**6), ok({n: n for n in range(10**5)})), EXPECTED
    )
    assert report.verdict is Verdict.WRONG
    assert report.cases[0].message == "the result, a list, has 100001 elements in all; the right one has 1."
    assert report.cases[0].got == "<list> (far too large to show)"


def nest(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "got",
    [
        nest(38),
        [[0] * 480] * 480,
        np.zeros(10**6),
        np.zeros((2,) * 20),
        {n: n for n in range(10**5)},
        [1 << 65_000] * 250,
        1 << 65_000,
        "x" * 8_000_000,
        np.array(["x" * 9_999] * 50),
        {"a": np.zeros((6,) * 7)},
    ],
    ids=["deep", "lists", "array", "axes", "dict", "ints", "int", "text", "texts", "nested"],
)
@pytest.mark.parametrize("kind", list(CompareKind))
def test_a_hostile_value_is_judged_wrong_at_once(
    challenge: Challenge, run_of: Shape, got: Any, kind: CompareKind
) -> None:
    checked = replace(challenge, compare=Compare(kind=kind))
    began = time.process_time()
    report = judge(checked, lambda _a, _g, _r: "no", *run_of(ok(got), ok(got), ok(got)), EXPECTED)
    assert report.verdict is Verdict.WRONG
    assert explain(checked, SOURCE, report).text
    assert time.process_time() - began < 2


def test_tensors_and_frames_are_judged_by_what_they_hold() -> None:
    frame = Tagged("frame", {"columns": ["a"], "values": [np.arange(2)]})
    found = plain([Tagged("tensor", np.arange(2)), (frame,), {"k": Tagged("tensor", np.zeros(1))}])
    assert repr(found) == repr([np.arange(2), ({"columns": ["a"], "values": [np.arange(2)]},), {"k": np.zeros(1)}])


anything = st.one_of(
    st.sampled_from([0, 10, 20]),
    st.integers(),
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=3),
    st.just(Opaque("T", "0")),
    st.lists(st.integers(), max_size=2),
)
some_returned = st.builds(
    Returned,
    id=st.sampled_from(["c0", "c1", "c2", "c9"]),
    outcome=st.sampled_from([Outcome.OK, Outcome.OK, Outcome.OK, *Outcome]),
    value=anything,
    args_after=st.none() | st.tuples(st.integers(0, 2)),
    fault=st.none() | st.builds(Fault, type=st.text(), message=st.text(), line=st.none() | st.integers(1, 9)),
    stdout=st.text(max_size=5),
)
some_result = st.builds(
    Result,
    outcome=st.sampled_from([Outcome.OK, Outcome.OK, *Outcome]),
    isolation=st.just(Isolation.STRONG),
    returned=st.lists(some_returned, max_size=6).map(tuple)
    | st.permutations([Returned(id=f"c{n}", outcome=Outcome.OK, value=n * 10) for n in range(3)]).map(tuple),
    detail=st.text(max_size=9),
)


@given(result=some_result)
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_accepted_means_that_every_case_came_back_equal(challenge: Challenge, result: Result) -> None:
    cases = tuple(Case(id=f"c{n}", name=f"case {n}", visible=n == 0, args=(n,)) for n in range(3))
    first = {back.id: back for back in reversed(result.returned)}

    def right(case: Case) -> bool:
        back = first.get(case.id)
        if back is None or back.outcome is not Outcome.OK:
            return False
        kept = back.args_after in (None, case.args)
        return kept and type(back.value) is int and back.value == EXPECTED[case.id]

    earned = result.outcome is Outcome.OK and all(map(right, cases))
    assert (judge(challenge, None, cases, result, EXPECTED).verdict is Verdict.ACCEPTED) == earned


def told(challenge: Challenge, report: Report) -> str:
    """All that a learner can read of a report."""

    class NoRecord:
        xp_gained = 0
        day_counted = False

    explained = explain(challenge, SOURCE, report)
    card = verdict_card(challenge, report, NoRecord())  # type: ignore[arg-type]  # only read for accepted ones
    return json.dumps([report_dict(report), asdict(card), asdict(explained)], ensure_ascii=False, default=str)


LEAKS: dict[str, Returned] = {
    "its message": failed(Outcome.ERROR, message=HIDDEN),
    "its class": failed(Outcome.ERROR, type=HIDDEN, message=""),
    "a class that is no exception": failed(Outcome.ERROR, type="print", message=HIDDEN),
    "its line": failed(Outcome.ERROR, line=31337271, message=""),
    "its column": failed(Outcome.ERROR, type="SyntaxError", offset=31337271, message=""),
    "its source line": failed(Outcome.ERROR, source_line=HIDDEN),
    "its traceback": failed(Outcome.ERROR, traceback=HIDDEN),
    "a forged signal": failed(Outcome.ERROR, type="Signal", message=HIDDEN),
    "the text of a limit": failed(Outcome.OUTPUT_LIMIT, type="OutputLimit", message=HIDDEN),
    "the text of a violation": failed(Outcome.VIOLATION, type="Violation", message=HIDDEN),
    "what it prints": replace(ok(0), stdout=HIDDEN),
    "the value": ok(int(HIDDEN)),
    "the shape of an array": ok(np.empty((0, 31337271))),
    "the name of a class": ok(Opaque(HIDDEN, HIDDEN)),
    "the length of a list": ok([0] * 31337),
    "the keys of a dict": ok({HIDDEN: 1}),
    "a large text": ok(HIDDEN * 10_000),
    "changed arguments": ok(10, args_after=(int(HIDDEN),)),
}


@pytest.mark.parametrize("kind", [CompareKind.EXACT, CompareKind.CHECK])
@pytest.mark.parametrize("expected", [int(HIDDEN) + 1, np.zeros((3, 4)), [1, 2]], ids=["int", "array", "list"])
@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_hidden_case_tells_nothing_of_its_inputs(
    challenge: Challenge, run_of: Shape, leak: Returned, expected: Any, kind: CompareKind
) -> None:
    checked = replace(challenge, compare=Compare(kind=kind))

    def check(_args: Any, got: Any, right: Any) -> str | None:
        return None if type(got) is int and got == right == 0 else f"{got} is not {right}: {HIDDEN}"

    said = [back.fault.message for back in [leak] if back.fault]
    cases, result = run_of(ok(0), leak, ok(20), stdout=HIDDEN, stderr=HIDDEN, detail=" ".join(said), fault=leak.fault)
    report = judge(checked, check, cases, result, {"c0": 0, "c1": expected, "c2": 20}, SOURCE)
    text = told(checked, report)
    assert report.verdict is not Verdict.ACCEPTED
    assert "31337" not in text
    assert "(3, 4)" not in text


@pytest.mark.parametrize("leak", ["its message", "the text of a limit", "the text of a violation"])
def test_the_same_in_a_visible_case_is_told(challenge: Challenge, run_of: Shape, leak: str) -> None:
    cases, result = run_of(LEAKS[leak], ok(10), ok(20))
    report = judge(challenge, None, cases, result, EXPECTED, SOURCE)
    assert HIDDEN in told(challenge, report)


def test_a_hidden_fault_keeps_its_class_and_line_and_says_where_it_is(challenge: Challenge, run_of: Shape) -> None:
    cases, result = run_of(ok(0), failed(Outcome.ERROR, message=HIDDEN), ok(20))
    report = judge(challenge, None, cases, result, EXPECTED, SOURCE)
    assert report.fault == Fault(type="ValueError", message="", line=2, source_line="raise ValueError(a)")
    text = explain(challenge, SOURCE, report).text
    assert text.startswith("Line 2: ValueError\n")
    assert "Only hidden cases show it." in text


def test_a_fault_of_a_visible_case_is_told_before_a_hidden_one(challenge: Challenge, run_of: Shape) -> None:
    backs = (failed(Outcome.ERROR, message="hidden"), failed(Outcome.ERROR, message="seen", traceback="all of it"))
    cases, result = run_of(*backs, visible=(False, True))
    report = judge(challenge, None, cases, result, EXPECTED, SOURCE)
    assert report.fault == backs[1].fault


def test_a_timeout_in_a_hidden_case_says_after_how_long(challenge: Challenge, run_of: Shape) -> None:
    stopped = "stopped after 2 s, all the time there was"
    backs = (
        failed(Outcome.TIMEOUT, type="NotRun", message="not run, because an earlier call ended the run", line=None),
        failed(Outcome.TIMEOUT, type="Timeout", message=stopped, line=None),
    )
    cases, result = run_of(*backs, visible=(True, False))
    report = judge(challenge, None, cases, result, EXPECTED, SOURCE)
    assert (report.verdict, report.detail) == (Verdict.TIMEOUT, "Stopped after 2 s, all the time there was.")
    assert report.fault == Fault(type="Timeout", message=stopped)


@pytest.mark.parametrize("outcome", Outcome)
def test_values_that_nobody_could_look_at_are_wrong_at_best(
    challenge: Challenge, run_of: Shape, outcome: Outcome
) -> None:
    cases, result = run_of(ok(0), ok(10), ok(20), outcome=outcome, wall_ms=7.0)
    report = uncompared(cases, result, "Too much.")
    assert report.verdict is (Verdict.WRONG if outcome is Outcome.OK else Verdict(outcome.value))
    assert (report.cases, report.hidden_passed, report.hidden_total) == ((), 0, 2)
    assert (report.hidden_failure, report.wall_ms) == (Verdict.WRONG, 7.0)
    assert report.detail == "Too much." or outcome is not Outcome.OK


def test_a_fault_is_still_told_where_other_values_were_too_much(challenge: Challenge, run_of: Shape) -> None:
    cases, result = run_of(failed(Outcome.ERROR, message="seen"), ok(10), ok(20))
    report = uncompared(cases, result, "Too much.", SOURCE)
    assert (report.verdict, report.detail, report.fault) == (Verdict.ERROR, "Too much.", result.returned[0].fault)


SLIP = {
    "c0": Returned(id="c0", outcome=Outcome.OK, value=7),
    "forgets_second/c0": Returned(id="forgets_second/c0", outcome=Outcome.OK, value=7),
    "multiplies/c0": Returned(id="multiplies/c0", outcome=Outcome.OK, value=8),
}


@pytest.mark.parametrize(
    ("value", "known", "verdict", "suspects"),
    [
        (0, SLIP, Verdict.ACCEPTED, None),
        (7, SLIP, Verdict.WRONG, ("forgets_second",)),
        (9, SLIP, Verdict.WRONG, ()),
        (7, None, Verdict.WRONG, None),
    ],
)
@pytest.mark.parametrize("source", [SOURCE, SOURCE.encode() + b"\xff"], ids=["text", "bytes"])
def test_a_run_is_examined_beside_what_known_mistakes_answer(
    challenge: Challenge,
    run_of: Shape,
    value: int,
    known: dict[str, Returned] | None,
    verdict: Verdict,
    suspects: tuple[str, ...] | None,
    source: str | bytes,
) -> None:
    cases, result = run_of(ok(value), ok(10), ok(20))
    attempt = Attempt(drawn=Drawn(entropy=1, cases=cases), expected=EXPECTED, known=known)
    found = examine(challenge, attempt, source, result)
    assert (found.report.verdict, found.suspects) == (verdict, suspects)


def test_texts_with_halves_of_characters_can_be_stored(challenge: Challenge, run_of: Shape) -> None:
    bad = failed(Outcome.ERROR, message="\ud800", traceback="\ud800", source_line="\ud800")
    report = judge(challenge, None, *run_of(bad, ok("\ud800"), ok(20)), EXPECTED, SOURCE)
    assert told(challenge, report).encode("utf-8")

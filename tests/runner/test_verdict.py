"""Outcomes follow from evidence alone, gravest first."""

from __future__ import annotations

import itertools
import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner import Call, Fault, Isolation, Job, Limits, Outcome
from runner.job import PRECEDENCE, gravest
from runner.values import encode
from runner.verdict import CAGED, Evidence, Reading, Usage, ended_early, ends_box, read_call, read_frame, result

LIMITS = Limits(wall_s=2, memory_bytes=64 << 20, stdout_bytes=10, stderr_bytes=20, result_bytes=1000)


def frame(answer: object) -> bytes:
    """Write an answer as the box would."""
    data = encode(answer)
    return CAGED + struct.pack(">I", len(data)) + data


GOOD = Evidence(id="a", started=True, raw=frame(("ok", 5, None)))


def _read(evidence: Evidence) -> Reading:
    return read_call(evidence, LIMITS, echoed=None, earlier=Outcome.OK)


def test_a_value_in_one_frame_is_ok() -> None:
    """The plain case."""
    assert _read(GOOD) == Reading(Outcome.OK, 5)


EVIDENCE = {
    Outcome.INTERNAL: {"broken": "no box"},
    Outcome.TIMEOUT: {"timed_out": True},
    Outcome.MEMORY: {"out_of_memory": True},
    Outcome.OUTPUT_LIMIT: {"full": "stdout"},
    Outcome.VIOLATION: {"raw": GOOD.raw + b"x"},
    Outcome.ERROR: {"raw": frame(("fault", "ValueError", "m", 1, None, "", ""))},
}


@pytest.mark.parametrize(("graver", "lesser"), list(itertools.combinations(EVIDENCE, 2)))
def test_the_graver_of_two_holds(graver: Outcome, lesser: Outcome) -> None:
    """Internal, timeout, memory, output limit, violation, error: in this order."""
    both = replace(GOOD, **{**EVIDENCE[lesser], **EVIDENCE[graver]})
    assert _read(both).outcome is graver


def test_the_order_of_evidence_is_the_order_of_outcomes() -> None:
    """One table states it, the other must agree."""
    assert [*EVIDENCE, Outcome.OK] == list(PRECEDENCE)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(Outcome)))
def test_the_gravest_is_one_of_them_and_none_is_graver(outcomes: list[Outcome]) -> None:
    """And OK when there is nothing to say."""
    found = gravest(outcomes)
    assert found in (outcomes or [Outcome.OK])
    assert all(PRECEDENCE.index(found) <= PRECEDENCE.index(outcome) for outcome in outcomes)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=64))
def test_no_bytes_but_a_frame_are_ok(raw: bytes) -> None:
    """Whatever is written, only one well-formed value makes a value."""
    reading = read_frame(raw, 0, echoed=None, cap=1000)
    assert reading.outcome in (Outcome.ERROR, Outcome.VIOLATION)
    assert reading.value is None


@pytest.mark.parametrize(
    ("answer", "echoed", "outcome"),
    [
        (("ok", 1, (2,)), 1, Outcome.OK),
        (("ok", 1, None), 1, Outcome.VIOLATION),
        (("ok", 1, (2, 3)), 1, Outcome.VIOLATION),
        (("ok", 1, [2]), 1, Outcome.VIOLATION),
        (("ok", 1, ()), None, Outcome.VIOLATION),
        (("ok", 1), None, Outcome.VIOLATION),
        (["ok", 1, None], None, Outcome.VIOLATION),
        (("fault", "E", "m", 1, 2, "s", "t"), None, Outcome.ERROR),
        (("fault", 5, "m", 1, 2, "s", "t"), None, Outcome.VIOLATION),
        (("limit", "too long"), None, Outcome.OUTPUT_LIMIT),
        (("limit",), None, Outcome.OUTPUT_LIMIT),
        (("accepted",), None, Outcome.VIOLATION),
        ((), None, Outcome.VIOLATION),
    ],
)
def test_an_answer_has_one_of_three_shapes(answer: object, echoed: int | None, outcome: Outcome) -> None:
    """A value, a fault, or a value too large."""
    assert read_frame(frame(answer)[1:], 0, echoed=echoed, cap=1000).outcome is outcome


def test_a_fault_is_cut_and_its_numbers_checked() -> None:
    """Nothing in it is long, and a line is a sensible number or none."""
    answer = ("fault", "E" * 200, "m" * 3000, -1, "2", 7, "t")
    fault = read_frame(frame(answer)[1:], 0, echoed=None, cap=10_000).fault
    assert fault == Fault(type="E" * 100, message="m" * 2000, traceback="t")


def test_signals_are_named_in_plain_words() -> None:
    """The number alone helps nobody."""
    assert "segmentation fault" in ended_early(11).message
    assert ended_early(44).message == "your code was ended by signal 44"
    assert ended_early(0) == Fault(type="Exit", message="your code exited before returning")
    assert ended_early(256) == ended_early(0)


def test_the_box_goes_on_after_errors_only() -> None:
    """After a limit or an end there is nothing left to ask."""
    over = [{"timed_out": True}, {"out_of_memory": True}, {"full": "stderr"}, {"raw": None}, {"started": False}]
    assert [ends_box(replace(GOOD, **change)) for change in over] == [True] * 5
    assert not ends_box(GOOD)
    assert not ends_box(replace(GOOD, raw=b"", status=9))


JOB = Job(source="", entry="f", calls=tuple(Call(id=name, args=()) for name in "abc"), limits=LIMITS)


def test_calls_after_the_end_share_its_outcome_and_say_that_they_were_not_run() -> None:
    """They are not passes, and not failures of their own."""
    late = replace(GOOD, id="b", timed_out=True, raw=None)
    seen = [GOOD, late, Evidence(id="c", skipped=True)]
    whole = result(JOB, seen, Usage(), Isolation.STRONG, lingering=False)
    assert [(one.id, one.outcome, one.fault.type if one.fault else "") for one in whole.returned] == [
        ("a", Outcome.OK, ""),
        ("b", Outcome.TIMEOUT, "Timeout"),
        ("c", Outcome.TIMEOUT, "NotRun"),
    ]
    assert (whole.outcome, whole.detail) == (Outcome.TIMEOUT, "Stopped after 2 s, all the time there was.")


def test_a_box_that_lingers_makes_it_internal() -> None:
    """A result is not given as good while something of the run may still live."""
    whole = result(JOB, [replace(GOOD, id=name) for name in "abc"], Usage(), Isolation.STRONG, lingering=True)
    assert (whole.outcome, whole.detail) == (Outcome.INTERNAL, "The box did not end when it was told to.")


def test_a_box_that_ended_by_itself_is_internal_and_never_ok() -> None:
    """No answer, and no evidence of why."""
    assert _read(replace(GOOD, raw=None)).outcome is Outcome.INTERNAL
    assert _read(replace(GOOD, started=False, raw=b"\0mount: no")).fault.message == "the cage did not close: mount: no"


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("the value needs more than the 8388464 bytes allowed", "the value needs more than the 8 MB allowed"),
        ("the value needs 1600 bytes, more than the 1000 allowed", "the value needs 1.6 KB, more than the 1000 bytes allowed"),
        ("the value has more than 100000 parts", "the value has more than 100000 parts"),
    ],
)
def test_a_number_of_bytes_is_told_as_people_would(said: str, message: str) -> None:
    """Other numbers stay as they are."""
    fault = read_frame(frame(("limit", said))[1:], 0, echoed=None, cap=1000).fault
    assert fault == Fault(type="OutputLimit", message=message)

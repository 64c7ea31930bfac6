"""Preparing: visible cases stand still, hidden ones follow the entropy, and nothing trusted reaches a learner's box."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenges.model import Case, Challenge
from challenges.prepare import (
    REFERENCE,
    TRUSTED_TIME,
    CasesError,
    box_seed,
    draw_cases,
    learner_job,
    load_namespace,
    trusted_job,
)

entropies = st.integers(0, 2**128)
SAME_CHALLENGE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)


def drawn(challenge: Challenge, entropy: int) -> tuple[Case, ...]:
    return draw_cases(load_namespace(challenge), challenge, entropy)


@given(one=entropies, other=entropies)
@SAME_CHALLENGE
def test_only_hidden_cases_follow_the_entropy(challenge: Challenge, one: int, other: int) -> None:
    a, b = drawn(challenge, one), drawn(challenge, other)
    assert a[:2] == b[:2]
    assert [case.visible for case in a] == [True, True] + [False] * 6
    assert (a[2:] == b[2:]) == (one == other)


@given(entropy=entropies)
@SAME_CHALLENGE
def test_the_same_entropy_gives_the_same_jobs(challenge: Challenge, entropy: int) -> None:
    cases = drawn(challenge, entropy)
    assert cases == drawn(challenge, entropy)
    assert learner_job(challenge, "x", cases, entropy) == learner_job(challenge, "x", cases, entropy)


@given(entropy=entropies)
@SAME_CHALLENGE
def test_a_learners_job_calls_every_case_once_and_holds_no_answer(challenge: Challenge, entropy: int) -> None:
    cases = drawn(challenge, entropy)
    job = learner_job(challenge, "their code", cases, entropy)
    assert {call.id: call.args for call in job.calls} == {case.id: case.args for case in cases}
    assert len(job.calls) == len(cases)
    assert (job.source, job.entry, job.driver, job.limits) == ("their code", "add", "", challenge.limits)
    assert all(call.echo_args for call in job.calls)
    assert challenge.solution not in repr(job)


def test_the_order_of_calls_differs_between_attempts(challenge: Challenge) -> None:
    orders = {tuple(call.id for call in learner_job(challenge, "", drawn(challenge, n), n).calls) for n in range(20)}
    assert len(orders) > 15


@given(entropy=entropies)
@SAME_CHALLENGE
def test_no_hidden_case_runs_before_a_visible_one(challenge: Challenge, entropy: int) -> None:
    cases = drawn(challenge, entropy)
    job = learner_job(challenge, "", tuple(reversed(cases)), entropy)
    assert {call.id for call in job.calls[:2]} == {case.id for case in cases if case.visible}


@given(entropy=entropies)
@SAME_CHALLENGE
def test_cases_share_a_fork_where_no_driver_looks_on(challenge: Challenge, entropy: int) -> None:
    job = learner_job(challenge, "", drawn(challenge, entropy), entropy)
    assert [call.group for call in job.calls] == ["cases"] * 8


def test_where_a_driver_looks_on_no_two_calls_share_a_fork(challenge: Challenge) -> None:
    driven = replace(challenge, driver="def drive(learner, a, b):\n    return learner.add(a, b)\n")
    job = learner_job(driven, "", drawn(driven, 1), 1)
    assert {call.group for call in job.calls} == {""}


@given(entropy=entropies)
def test_the_seed_of_a_box_is_not_the_entropy(entropy: int) -> None:
    assert 0 <= box_seed(entropy) < 2**32
    assert box_seed(entropy) == box_seed(entropy)
    assert box_seed(entropy) != box_seed(entropy + 1)
    assert box_seed(entropy) != entropy % 2**32


@given(entropy=entropies)
@SAME_CHALLENGE
def test_the_numbers_a_box_draws_foretell_no_hidden_input(challenge: Challenge, entropy: int) -> None:
    cases = drawn(challenge, entropy)
    told = learner_job(challenge, "", cases, entropy).seed
    assert drawn(challenge, entropy)[2:] == cases[2:]  # the control: whoever had the entropy would know them all
    assert not {case.args for case in drawn(challenge, told)[2:]} & {case.args for case in cases[2:]}


def test_a_trusted_job_runs_every_solution_on_every_case_with_time_to_spare(challenge: Challenge) -> None:
    cases = drawn(challenge, 1)
    job = trusted_job(challenge, cases, 1, {REFERENCE: "import numpy", "other": "pass"})
    assert [call.id for call in job.calls] == [f"{name}/{case.id}" for name in (REFERENCE, "other") for case in cases]
    assert job.calls[0].args == (REFERENCE, False, "add", *cases[0].args)
    assert job.limits.wall_s == challenge.limits.wall_s * TRUSTED_TIME
    assert job.limits.result_bytes == 2 * challenge.limits.result_bytes
    assert [call.group for call in job.calls] == ["trusted"] * 8 + ["other/cases"] * 8
    assert "import numpy" in str(job.source)  # where the runner looks for what to import ahead of the clock
    assert job.seed == learner_job(challenge, "", cases, 1).seed


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("import nothing_of_this_name", "does not run: ModuleNotFoundError"),
        ("x = 1 / 0", "does not run: ZeroDivisionError"),
        ("def cases(:", "does not run: SyntaxError"),
        ("cases = 3", "has no cases\\(rng\\) function"),
        ("def cases(rng):\n    yield 'a', True, (1,)\n    yield 'b', True", "fails at case 1: ValueError"),
        ("def cases(rng):\n    yield 'a', True, 7", "fails at case 0: TypeError"),
        ("def cases(rng):\n    yield rng.no_such_draw()", "fails at case 0: AttributeError"),
    ],
)
def test_a_broken_cases_file_is_named_with_what_is_wrong(challenge: Challenge, cases: str, said: str) -> None:
    with pytest.raises(CasesError, match=f"add/cases.py {said}"):
        drawn(replace(challenge, cases=cases), 1)

"""There is always an explanation, the most telling evidence comes first, and it fits into a message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.tutor import Explanation
from bot.tutor.offline import HIDDEN_INPUTS, LIMITS, MAX_TEXT, NOTHING_SEEN, PRINTED, RETURNED, explain
from challenges.grade import grade
from challenges.model import CaseReport, Challenge, Mismatch, Report, Verdict
from runner import Fault, Run
from runner.values import Opaque

WRONG = Report(verdict=Verdict.WRONG, cases=(), hidden_passed=0, hidden_total=6)
ERROR_CASE = CaseReport(name="one", verdict=Verdict.ERROR, given="", expected="", got="")


def told(explained: Explanation) -> tuple[str, bool, str]:
    """What a learner is told, and on what grounds; that the next step ends it is checked on the way."""
    assert explained.text.strip().endswith(explained.next_step)
    return explained.source, explained.specific, explained.text


@pytest.fixture
def challenge(bank: dict[str, Challenge]) -> Challenge:
    """A challenge whose function is called `add_up`."""
    return bank["add-up"]


def mismatch(expected: Any, got: Any, *, visible: bool = True, message: str = "", args: Any = ([1, 2],)) -> Report:
    """A report whose smallest failing case gave `got`."""
    case = Mismatch(case="two numbers", visible=visible, args=args, expected=expected, got=got, message=message)
    return replace(WRONG, mismatch=case)


@pytest.mark.parametrize("verdict", LIMITS, ids=str)
def test_a_limit_is_explained_before_anything_else(challenge: Challenge, verdict: Verdict) -> None:
    report = replace(WRONG, verdict=verdict, detail="Stopped after 5 s.", matches="forgets_last")
    text = f"Stopped after 5 s. {LIMITS[verdict]}"
    assert told(explain(challenge, "", report)) == ("limit", True, text)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("wrote more than 64 KB to stdout", PRINTED),
        ("wrote more than 64 KB to stderr", PRINTED),
        ("returned more than the 8 MB allowed", RETURNED),
        ("the value is nested more than 40 levels deep, or contains itself", RETURNED),
        ("", LIMITS[Verdict.OUTPUT_LIMIT]),
    ],
)
def test_too_much_printed_and_too_much_returned_are_told_apart(challenge: Challenge, message: str, text: str) -> None:
    report = replace(
        WRONG, verdict=Verdict.OUTPUT_LIMIT, fault=Fault(type="OutputLimit", message=message), detail="So."
    )
    assert told(explain(challenge, "", report)) == ("limit", True, f"So. {text}")


def test_a_loop_without_an_end_is_named(challenge: Challenge) -> None:
    source = "def add_up(numbers):\n    n, total = 0, 0\n    while n < 3:\n        total += 1\n    return total\n"
    explained = explain(challenge, source, replace(WRONG, verdict=Verdict.TIMEOUT, detail="Stopped after 5 s."))
    assert (explained.line, explained.code_line) == (3, "while n < 3:")
    assert explained.text.startswith("Stopped after 5 s. Line 3: Nothing in this loop changes what its condition asks")


@pytest.mark.parametrize(("passed", "text"), [(7, "1 of 8 hidden ones does not."), (6, "2 of 8 hidden ones do not.")])
def test_hidden_cases_that_fail_are_counted_in_good_grammar(challenge: Challenge, passed: int, text: str) -> None:
    passes = replace(ERROR_CASE, verdict=Verdict.ACCEPTED)
    report = replace(mismatch(2715, 9, visible=False), cases=(passes,), hidden_passed=passed, hidden_total=8)
    assert text in explain(challenge, "", report).text


def test_every_known_mistake_of_the_shipped_challenges_is_told_in_its_authors_words(
    shipped_bank: dict[str, Challenge],
) -> None:
    known = [(c, w) for c in shipped_bank.values() for w in c.wrong if w.verdict in (Verdict.WRONG, Verdict.ERROR)]
    explained = [explain(c, w.source, replace(WRONG, verdict=w.verdict, matches=w.name)) for c, w in known]
    assert [(*told(said), said.misconception) for said in explained] == [
        ("known", True, w.explanation, w.misconception) for _, w in known
    ]
    assert all((said.line is not None) is said.proven for said in explained)
    assert len(known) >= 36


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("def add_up(numbers):\n    return sum(numbers[:-1])\n", "known", "You stop one number too early"),
        ("def add_up(numbers):\n    return sum(numbers) - numbers[0]\n", "exception", "An index is past the end"),
        ("def add_up(numbers):\n    return -sum(numbers)\n", "numeric", "right but for the sign"),
        ("def add_up(numbers):\n    sum(numbers)\n", "shape", "add_up returned None"),
        ("def add_up(numbers):\n    numbers.append(0)\n    return sum(numbers)\n", "shape", "Line 2"),
        ("def add_up(numbers)\n    return 0\n", "syntax", "A colon is missing"),
        ("def add(numbers):\n    return 0\n", "exception", "The grader looks for something called “add_up”"),
        (
            "def add_up(numbers):\n    total = 7\n    return total\n",
            "pattern",
            "add_up is given “numbers” and never looks at it",
        ),
        (
            "def add_up(numbers):\n    return 7 + 0 * len(numbers)\n",
            "case",
            "The case “nothing” shows it: for [], you returned 7, and 0 was expected. Work this one out",
        ),
    ],
)
async def test_what_a_real_box_reports_leads_to_the_right_kind_of_explanation(
    challenge: Challenge, boxed: Run, source: str, kind: str, text: str
) -> None:
    explained = explain(challenge, source, await grade(challenge, source, boxed, lambda: 7))
    assert (explained.source, text in explained.text) == (kind, True), explained


@pytest.mark.parametrize(
    ("expected", "got", "text"),
    [
        (3, None, "add_up returned None. A path through your function ends without a return; every path needs one."),
        (
            np.zeros((2, 3)),
            np.zeros((3, 2)),
            "Your result has shape (3, 2), and (2, 3) was expected: it is transposed. Check which axis is which.",
        ),
        (
            np.zeros(3),
            np.zeros((3, 1)),
            "Your result has shape (3, 1), and (3,) was expected. Check the axis of each sum or mean, and what is kept.",
        ),
        (
            [1, 2],
            [1],
            (
                "The number of values you returned is 1; 2 was expected. Only the last one is missing from your list. "
                "Check where your loop or slice starts and ends."
            ),
        ),
        (
            (1, np.zeros(3)),
            (1, np.zeros(4)),
            (
                "In part 2 of what you return: Your result has shape (4,), and (3,) was expected. "
                "Check the axis of each sum or mean, and what is kept."
            ),
        ),
        (
            {"mean": 1, "n": 2},
            {"mean": 1},
            "Your dictionary has other keys than expected: it lacks 'n'. Compare them with the statement’s.",
        ),
        (
            {"mean": 1},
            {"mean": 1, "n": 2},
            "Your dictionary has other keys than expected: 'n' does not belong there. Compare them with the statement’s.",
        ),
        (
            [1, 2],
            "[1, 2]",
            "You returned a str; a list was expected. Read again what the statement says to return.",
        ),
        (
            np.zeros(2),
            [0, 0],
            "add_up returned a list; return a numpy array, np.array(...), not a list.",
        ),
        (
            np.zeros(2),
            (0, 0),
            "add_up returned a tuple; return a numpy array, np.array(...), not a tuple.",
        ),
        (
            True,
            1,
            "You returned an int; a bool was expected. Read again what the statement says to return.",
        ),
    ],
)
def test_the_kind_of_thing_returned_is_compared_first(challenge: Challenge, expected: Any, got: Any, text: str) -> None:
    source, specific, said = told(explain(challenge, "", mismatch(expected, got)))
    what, _, advice = text.rpartition(". ")
    assert (source, specific) == ("shape", True)
    where = "in part 2 " if what.startswith("In part 2") else ""
    assert said.startswith(
        f"{f'{what}. ' if what else ''}The case “two numbers” shows it: for [1, 2], {where}you returned "
    )
    assert said.endswith(f" was expected. {advice}")


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        (np.zeros((271, 3)), np.zeros((3, 271))),
        (np.zeros(271), np.zeros(3)),
        ([0] * 271, [1]),
        ({"key271": 1}, {}),
        ((1, np.zeros(271)), (1, np.zeros(4))),
        (271, "text271"),
        (271.5, 543.0),
        (2715, 9),
        ([1, 2], Opaque("class271", "<object 271>")),
    ],
    ids=repr,
)
def test_a_hidden_case_tells_neither_sizes_nor_values(challenge: Challenge, expected: Any, got: Any) -> None:
    report = mismatch(expected, got, visible=False, args=([271, 2715],))
    assert "271" not in explain(challenge, "", report).text


def test_of_several_parts_the_first_that_differs_is_shown_and_a_long_input_is_not(challenge: Challenge) -> None:
    parts = explain(challenge, "", mismatch((1.5, "a"), (1.5, "b"))).text
    assert parts.startswith(
        "The case “two numbers” shows it: for [1, 2], in part 2 you returned 'b', and 'a' was expected."
    )
    named = explain(
        challenge, "", mismatch({"mean": "x", "n": 2}, {"mean": "y", "n": 2}, args=(list(range(999, 1099)), "t" * 150))
    ).text
    assert named.startswith("The case “two numbers” shows it: in 'mean' you returned 'y', and 'x' was expected.")


def test_what_a_driver_tells_is_told_as_the_learner_knows_it(challenge: Challenge) -> None:
    driven = replace(challenge, driver="def drive(learner, x): ...")
    raised = explain(driven, "", mismatch({"returned": 3}, {"raised": "ValueError"}))
    assert raised.text == (
        "Your code raised an exception where it should return a value. The case “two numbers” shows it: for [1, 2], "
        "you returned an exception ('ValueError'), and 3 was expected. Read which inputs the statement allows."
    )
    silent = explain(driven, "", mismatch({"raised": "ValueError"}, {"returned": 3}))
    assert silent.text.startswith("Your code returned a value where an exception should be raised.")


def test_a_rule_that_a_check_names_is_told_and_two_values_alone_are_not_a_rule(challenge: Challenge) -> None:
    checked = replace(challenge, cases='def check(a, r, e):\n    return "Keep all rows together."\n')
    rule = explain(checked, "", mismatch(3, 8, message="Keep all rows together."))
    assert told(rule)[:2] == ("check", True)
    assert rule.text.startswith("Keep all rows together. The case “two numbers” shows it: for [1, 2], you returned 8")
    hidden = explain(checked, "", mismatch(271, 8, visible=False, message="Keep all rows together."))
    assert hidden.text.startswith("Keep all rows together. A hidden case shows it")
    secret = explain(checked, "", mismatch(271, 8, visible=False, message="Row 271 is apart: keep all rows together."))
    assert (secret.source, "271" in secret.text) == ("case", False)
    values = explain(checked, "", mismatch(3, 8, message="F1 should be 3; yours is 8."))
    assert told(values)[:2] == ("case", False)
    assert "for [1, 2], our check says: F1 should be 3; yours is 8." in values.text


def test_an_exception_only_hidden_cases_show_says_so(challenge: Challenge) -> None:
    fault = Fault(type="ZeroDivisionError", message="division by zero", line=2, source_line="return 1 / n")
    hidden = replace(WRONG, verdict=Verdict.ERROR, fault=fault)
    seen = replace(hidden, cases=(ERROR_CASE,))
    source = "def add_up(n):\n    return 1 / n"
    first, second, third = explain(challenge, source, hidden).text.split("\n")
    assert third == f"Only hidden cases show it. {HIDDEN_INPUTS}"
    assert explain(challenge, source, seen).text == f"{first}\n{second}\nIt happened in the case “one”."
    shown = replace(hidden, cases=(replace(ERROR_CASE, given="[1, 2]"),))
    assert explain(challenge, source, shown).text.endswith("\nIt happened in the case “one”, for [1, 2].")


def test_without_any_evidence_there_still_is_an_explanation(challenge: Challenge) -> None:
    assert told(explain(challenge, "", WRONG)) == ("case", False, NOTHING_SEEN)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=2000)
    | st.builds(np.zeros, st.integers(0, 9)),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
FAULTS = st.none() | st.builds(
    Fault, type=st.text(max_size=40), message=st.text(max_size=3000), line=st.integers(-1, 9)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([v for v in Verdict if v not in (Verdict.ACCEPTED, Verdict.INTERNAL)]),
    ANYTHING,
    ANYTHING,
    FAULTS,
    st.booleans(),
    st.text(max_size=4000),
)
def test_any_failed_report_gets_an_explanation_that_fits(
    challenge: Challenge, verdict: Verdict, expected: Any, got: Any, fault: Fault | None, visible: bool, text: str
) -> None:
    report = replace(mismatch(expected, got, visible=visible), verdict=verdict, fault=fault, detail=text)
    explained = explain(challenge, text, report)
    assert 1 <= len(explained.text) <= MAX_TEXT

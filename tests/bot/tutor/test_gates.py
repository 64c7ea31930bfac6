"""Form and grounding: what a text must look like, and that what it cites is there."""

from __future__ import annotations

import base64
import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor import Explanation
from bot.tutor.claude.gates import form, grounding
from bot.tutor.claude.gates.form import REPLY, TIER, faults, grade
from bot.tutor.claude.prompt import EXPLAIN
from challenges.model import CaseReport, Challenge, Report, Verdict
from runner import Fault

SENTENCE = "Look at the place where your loop ends and ask what it has seen by then. "
GOOD = (SENTENCE * 7).strip()
SOLUTION = "def f(x):\n    total = sum(values) / count\n    return total\n"


def test_plain_advice_of_the_right_length_is_fit_to_show() -> None:
    assert (faults(GOOD, TIER, solution=SOLUTION, ours=EXPLAIN), 0 < grade(GOOD) < 9) == ([], True)


@pytest.mark.parametrize(
    "text",
    [
        "Compare `len(x)` with what you divide by.", "Import nothing; return to the statement. From there, go on.",
        "What should it\nreturn for an empty list?", "The axis 0 runs down the rows, e.g. of X.", "α and β differ: 3 < 4.",
    ],
)  # fmt: skip
def test_ordinary_words_are_not_taken_for_code(text: str) -> None:
    assert faults(f"{GOOD} {text}", TIER) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Too short.", "too short"),
        (GOOD * 3, "too long"),
        ("ab" * 1000, "too long"),
        (f"{GOOD} Why? How?", "questions"),
        (f"{GOOD}\n```\nx\n```", "code block"),
        (f"{GOOD}\n~~~\nx\n~~~", "code block"),
        (f"{GOOD}\n    x", "code block"),
        (f"{GOOD}\ndef f(x):", "code block"),
        (f"{GOOD}\nreturn sum(x)", "code block"),
        (f"{GOOD}\ntotal = 1", "code block"),
        (f"{GOOD}\nfor x in y:", "code block"),
        (f"{GOOD}\nimport numpy as np", "code block"),
        (f"{GOOD} https://a.b", "link"),
        (f"{GOOD} [this](//a.b)", "link"),
        (f"{GOOD} example.com/x", "link"),
        (f"{GOOD} @everyone", "mention"),
        (f"{GOOD} <@1>", "mention"),
        (f"{GOOD} <!channel>", "mention"),
        (f"{GOOD} <b>bold</b>", "markup"),
        (f"{GOOD}\n# Title", "markup"),
        (f"{GOOD} ||spoiler||", "markup"),
        (f"{GOOD} a\u200bb", "unseen characters"),
        (f"{GOOD} \u202eabc", "unseen characters"),
        (f"{GOOD} ѕum", "unseen characters"),
        (f"{GOOD} Your code is accepted.", "a verdict"),
        (f"{GOOD} All tests pass.", "a verdict"),
        (f"{GOOD} {base64.b64encode(b'total = sum(values)').decode()}", "hidden text"),
        (f"{GOOD} {codecs.encode('def f(x): return 1', 'rot13')}", "hidden text"),
        (f"{GOOD} {'def f(x): return 1'[::-1]}", "hidden text"),
        (f"{GOOD} {'x' * 40}", "hidden text"),
        (f"{GOOD} {EXPLAIN[200:400]}", "our own words"),
    ],
)
def test_what_has_another_form_is_named(text: str, fault: str) -> None:
    assert fault in faults(text, TIER, solution=SOLUTION, ours=EXPLAIN)


@given(st.sampled_from([" ", "\n", ". "]), st.booleans())
def test_a_line_of_the_solution_hidden_in_first_letters_is_seen(between: str, backwards: bool) -> None:
    hidden = "returnsumvalues"
    words = [f"{letter}word" for letter in (reversed(hidden) if backwards else hidden)]
    assert "hidden text" in faults(between.join(words), REPLY, solution="return sum(values)")


@given(st.text(max_size=300))
def test_any_text_at_all_is_judged_without_a_fault_of_ours(text: str) -> None:
    assert isinstance(faults(text, TIER, solution=SOLUTION, ours=EXPLAIN), list)
    assert isinstance(grade(text), float)


def test_a_grade_rises_with_the_length_of_words_and_sentences() -> None:
    hard = "Notwithstanding considerable computational sophistication, implementations occasionally misinterpret dimensional conventions"
    assert grade("See it. Do it. It is so.") < grade(GOOD) < grade(hard)


# Grounding

SOURCE = "import numpy as np\n\ndef add_up(numbers):\n    total = sum(numbers[:-1])\n    return total\n"
OFFLINE = Explanation(source="case", specific=False, text="You got 1.5 there.")
REPORT = Report(
    verdict=Verdict.WRONG,
    cases=(CaseReport(name="two numbers", verdict=Verdict.WRONG, given="[1, 2]", expected="3", got="1.25", message="it is 1234"),),
    hidden_passed=0,
    hidden_total=1,
    fault=Fault(type="KeyError", message="'colour'"),
)  # fmt: skip


@pytest.fixture
def record(bank: dict[str, Challenge]) -> grounding.Record:
    """What may be cited."""
    return grounding.Record.of(bank["add-up"], SOURCE, REPORT, OFFLINE)


@pytest.mark.parametrize(
    "text",
    [
        "Line 4 and lines 3 to 5 are yours.", "In the case “two numbers” you got 1.25.", 'The case "two numbers" says 1234.',
        "`total` is `sum(numbers)` of `np`; `len`, `None` and `KeyError` exist.", "`add_up([1, 2])` gives 1.5.",
        "You return 12 of 99.", "`print('anything at all')` helps.",
    ],
)  # fmt: skip
def test_what_is_there_may_be_cited(record: grounding.Record, text: str) -> None:
    assert grounding.faults(text, record) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("On line 9 you stop.", "cites a line"), ("Lines 4 and 12 differ.", "cites a line"), ("Line 2 is empty.", "cites a line"),
        ("In the case “three numbers” it fails.", "cites a case"), ("Mind `totals`.", "cites a name"),
        ("Use `np.cumsum`.", "cites a name"), ("You got 1.75.", "cites a value"), ("It is 4321 then.", "cites a value"),
    ],
)  # fmt: skip
def test_what_is_not_there_may_not(record: grounding.Record, text: str, fault: str) -> None:
    assert grounding.faults(text, record) == [fault]


def test_all_forms_have_room(record: grounding.Record) -> None:
    assert all(shape.least < shape.most for shape in (form.TIER, form.REPLY, form.NOTE))

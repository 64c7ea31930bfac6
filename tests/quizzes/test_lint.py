from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quizzes.items import (
    Bug,
    Choice,
    Fill,
    Heading,
    Item,
    Kind,
    LearningPath,
    Match,
    Numeric,
    Option,
    Order,
    Output,
    Rubric,
    Short,
    Tolerance,
    Track,
    WrongPath,
)
from quizzes.lint import lint
from quizzes.load import load_track

SAMPLE = load_track(Path(__file__).parent / "sample_track")[0]
WORDS = " ".join(["word"] * 61)


def said(item_id: str, **changes: object) -> list[str]:
    """Lint the sample with one item changed; what is said about that item."""
    sections = tuple(
        replace(s, items=tuple(replace(i, **changes) if i.id == item_id else i for i in s.items))
        for s in SAMPLE.sections
    )
    changed = replace(SAMPLE, sections=sections)
    return [fault.message for fault in lint(changed) if fault.item == changes.get("id", item_id)]


def body(item_id: str, **changes: object) -> object:
    return replace(SAMPLE.item(item_id).body, **changes)


def option(text: str, misconception: str = "a-reason", feedback: str = "That is not the reason here.") -> Option:
    return Option(text, misconception, feedback)


def wrong(**fields: object) -> WrongPath:
    return WrongPath(misconception="a-reason", feedback="That is not the reason here.", **fields)


def test_the_sample_track_is_clean():
    assert lint(SAMPLE) == []


ONE = "split-single-01"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "Split_1"}, "id must be kebab-case"),
        ({"prompt": WORDS + "?"}, "prompt has 61 words; at most 60"),
        ({"explanation": WORDS + " " + WORDS}, "explanation has 122 words; at most 80"),
        ({"explanation": "Because."}, "explanation has under 8 words"),
        ({"code": "\n".join("x" * 13)}, "code has 13 lines; at most 12"),
        ({"prompt": "What leaked"}, "prompt must end in a question mark"),
        ({"prompt": "Which of these is not fitted?"}, "prompt asks what is not so"),
        ({"prompt": "Which of these isn't fitted?"}, "prompt asks what is not so"),
        ({"prompt": "Everything here is fitted except what?"}, "prompt says `except`"),
        ({"prompt": "What is {tp} here?"}, "prompt has {tp}, but the item has no generator"),
        ({"source": "Elsewhere: Split"}, "source must begin with a heading of its section: Data"),
        ({"source": "Data: Gardening"}, "source names no bullet of 'Data': Split; Metrics"),
    ],
)
def test_wording_is_checked(changes, expected):
    assert [m for m in said(ONE, **changes) if m.startswith(expected)]


@pytest.mark.parametrize(
    "prompt",
    [
        "Which of these is NOT fitted?",
        "What did it already know that it will not know later?",
        "It does not converge. Which change helps?",
        "Pick the cause:",
        "Name the cause.",
        "The cause is `__`",
        "Everything EXCEPT what is fitted?",
    ],
)
def test_fair_prompts_pass(prompt):
    assert said(ONE, prompt=prompt) == []


@pytest.mark.parametrize(
    ("answer", "texts", "expected"),
    [
        ("a", ("b",), "has 1 wrong options; write two or three"),
        ("a", ("b", "c", "d", "e"), "has 4 wrong options; write two or three"),
        ("mean", ("Mean.", "spread"), "option 'mean' is there twice"),
        (
            "the mean, and with it the spread of every test row",
            ("the labels", "nothing"),
            "the answer has 50 characters",
        ),
        ("a", ("all of the above", "c"), "option 'all of the above': write what it means"),
        ("a", ("None of these", "c"), "option 'None of these': write what it means"),
        ("a", ("it always leaks", "c"), "option 'it always leaks' says 'always'"),
        ("Only means", ("b", "c"), "option 'Only means' says 'Only'"),
        ("what the scaler saw", ("labels", "nothing"), "the word 'scaler' of the prompt stands in the answer alone"),
    ],
)
def test_options_are_checked(answer, texts, expected):
    made = Choice((answer,), tuple(option(text) for text in texts))
    assert [m for m in said(ONE, body=made) if m.startswith(expected)]


def test_words_shared_with_a_wrong_option_give_nothing_away():
    made = Choice(("what the scaler saw",), (option("what scalers do"), option("nothing")))
    assert said(ONE, body=made) == []


def test_short_answers_may_be_the_longest():
    assert said(ONE, body=Choice(("54 or more",), (option("9"), option("216")))) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"prompt": "Which are fitted?"}, "prompt must say how many to choose"),
        ({"body": Choice(("a", "b"), ())}, "has 2 right and 0 wrong options"),
    ],
)
def test_multi_says_how_many(changes, expected):
    assert [m for m in said("split-multi-01", **changes) if m.startswith(expected)]


@pytest.mark.parametrize(
    ("misconception", "feedback", "expected"),
    [
        ("two words", "Long enough to be useful.", "misconception 'two words' must be one word"),
        ("m", "No.", "feedback 'No.' is too short"),
    ],
)
def test_wrong_options_need_a_reason_and_an_answer(misconception, feedback, expected):
    made = Choice(("a",), (option("b", misconception, feedback), option("c")))
    assert [m for m in said(ONE, body=made) if m.startswith(expected)]


NUMBER = "precision-numeric-01"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"body": Numeric("no_such")}, "unknown generator 'no_such'"),
        (
            {"prompt": "Of {flagged} mails {rightly} are spam?"},
            "prompt uses {rightly}; confusion_precision has flagged, tp, fn",
        ),
        ({"prompt": "It is {answer} of {tp}?"}, "prompt uses {answer}"),
        ({"prompt": "What is it?"}, "neither prompt nor code shows a number"),
        ({"body": Numeric("confusion_precision")}, "has no [[item.wrong]]; choose from the generator's paths: recall"),
        ({"body": Numeric("confusion_precision", wrong=(wrong(when="recal"),))}, "unknown wrong path 'recal'"),
        (
            {"body": Numeric("confusion_precision", wrong=(wrong(answer=3),))},
            "a wrong value of a generated item needs `when`",
        ),
        (
            {"body": Numeric("confusion_precision", None, Tolerance(rel=0.9), "", (wrong(when="recall"),))},
            "wrong path 'recall' is within tolerance of the answer for flagged = ",
        ),
    ],
)
def test_generated_numbers_are_checked(changes, expected):
    assert [m for m in said(NUMBER, **changes) if m.startswith(expected)], said(NUMBER, **changes)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (Numeric(answer=10), "has no [[item.wrong]]"),
        (Numeric(answer=10.0, wrong=(wrong(answer=10.05),)), "wrong answer 10.05 is within tolerance"),
        (Numeric(answer=10, wrong=(wrong(answer="ten"),)), "wrong answer 'ten' is not a number"),
        (Numeric(answer=10, wrong=(wrong(when="recall"),)), "wrong path 'recall' needs a generator"),
    ],
)
def test_fixed_numbers_are_checked(made, expected):
    assert [m for m in said("precision-fixed-01", body=made) if m.startswith(expected)]


@pytest.mark.parametrize(
    ("item_id", "changes", "expected"),
    [
        ("loop-output-01", {"body": Output("1")}, "has no [[item.wrong]]"),
        (
            "loop-output-01",
            {"body": Output("1", (wrong(answer=" 1 "),))},
            "wrong output ' 1 ' would be graded as right",
        ),
        ("loop-output-01", {"code": "print("}, "code is not Python"),
        ("loop-fill-01", {"code": "x = __1__"}, "code has the blanks [1] and `blanks` has 2 lists"),
        ("loop-fill-01", {"body": Fill((("a",), ()), "")}, "every blank needs at least one accepted filling"),
        ("loop-fill-01", {"body": Fill((("a",), ("b",)), "")}, "has no [[item.wrong]]"),
        (
            "loop-fill-01",
            {"body": Fill((("a",), ("b",)), "", (wrong(answer="a", blank=3),))},
            "wrong filling 'a' is for blank 3",
        ),
        (
            "loop-fill-01",
            {"body": Fill((("a",), ("b",)), "", (wrong(answer=" b", blank=2),))},
            "wrong filling ' b' would be graded as right",
        ),
        ("loop-fill-01", {"body": Fill((("a b",), ("c",)), "", (wrong(answer="d"),))}, "code is not Python"),
        ("split-order-01", {"body": Order(("a", "b", "c"))}, "has 3 steps and 0 distractors"),
        ("split-order-01", {"body": Order(("a", "b", "c", "A."))}, "step 'a' is there twice"),
        ("split-order-01", {"body": Order(tuple("abcd"), either=((0, 2),))}, "`either` has [0, 2]"),
        ("split-order-01", {"body": Order(tuple("abcd"), either=((3, 4),))}, "`either` has [3, 4]"),
        ("split-order-01", {"body": Order(tuple("abcd"), ("e",))}, "distractor 'e' has no [[item.wrong]]"),
        (
            "split-order-01",
            {"body": Order(tuple("abcd"), (), (), (wrong(step="e"),))},
            "feedback is for 'e', which is no distractor",
        ),
        ("shape-match-01", {"body": Match((("a", "b"),))}, "has 1 pairs and 0 spare"),
        (
            "shape-match-01",
            {"body": Match((("a", "x"), ("b", "x"), ("c", "y"), ("d", "z")), ("q",))},
            "'x' is there twice on one side",
        ),
        (
            "shape-match-01",
            {"body": body("shape-match-01", wrong=(wrong(left="a", right="b"),))},
            "feedback is for 'a' with 'b', which cannot",
        ),
        (
            "shape-match-01",
            {"body": body("shape-match-01", wrong=(wrong(left="a row", right="one"),))},
            "feedback is for 'a row' with 'one', which is right",
        ),
        ("loop-bug-01", {"body": Bug(9, "a", (option("b"), option("c")))}, "`line` is 9; the code has lines 1 to 5"),
        (
            "loop-bug-01",
            {"code": "x\n# y", "body": Bug(2, "a", (option("b"), option("c")))},
            "`line` is 2, which is blank or a comment",
        ),
        ("precision-short-01", {"body": Short((Rubric("p", ("k",)),), "k")}, "has 1 rubric points; two to four"),
        (
            "precision-short-01",
            {"body": body("precision-short-01", model_answer=WORDS)},
            "model answer has over 60 words",
        ),
        (
            "precision-short-01",
            {"body": body("precision-short-01", model_answer="Because so.")},
            "the model answer has no keyword",
        ),
    ],
)
def test_each_kind_has_its_own_rules(item_id, changes, expected):
    assert [m for m in said(item_id, **changes) if m.startswith(expected)], said(item_id, **changes)


def _with_items(*items: Item) -> Track:
    basics = replace(SAMPLE.sections[0], items=(*SAMPLE.sections[0].items, *items))
    return replace(SAMPLE, sections=(basics, *SAMPLE.sections[1:]))


def test_the_longest_answer_must_not_be_a_strategy():
    long_key = Choice(("the longest of all",), (option("short one here"), option("another one here")))
    made = [
        replace(SAMPLE.item(ONE), id=f"long-{n}", prompt=f"What is it, number {n}?", body=long_key) for n in range(5)
    ]
    messages = [fault.message for fault in lint(_with_items(*made))]
    assert messages == [
        "the answer is the longest option in 5 of 6 items; at most 40%: shorten answers or lengthen wrong options"
    ]
    assert lint(_with_items(*made[:4])) == []


def test_the_same_question_twice_is_a_fault():
    assert [str(f) for f in lint(_with_items(replace(SAMPLE.item(ONE), id="again-01")))] == [
        "quizzes/basics.toml: again-01: asks the same as split-single-01; drop one"
    ]


def test_concepts_headings_sections_and_paths_without_items_are_faults():
    empty = replace(SAMPLE.sections[1], items=())
    path = LearningPath(
        slug="p", title="P", months="1", focus="f", skills=("s",), prerequisites="n", sections=("gone",)
    )
    outline = (*SAMPLE.outline, Heading(title="Lost", section="gone"))
    track = replace(SAMPLE, sections=(SAMPLE.sections[0], empty), paths=(path,), outline=outline)
    assert [str(fault) for fault in lint(track)] == [
        "quizzes/gone.toml: section 'gone' has no file for heading 'Lost'",
        "quizzes/models.toml: heading 'Training' has no item; write one",
        "quizzes/models.toml: concept loops: has no item; write one or drop the concept",
        "quizzes/models.toml: concept shapes: has no item; write one or drop the concept",
        "track.toml: path p: sections without a file: gone",
    ]


def test_a_parent_heading_may_be_the_source_only_with_its_children_covered():
    models = replace(SAMPLE.sections[1], headings=("Models", "Training"))
    items = tuple(replace(item, source="Models: Loops") for item in models.items)
    track = replace(SAMPLE, sections=(SAMPLE.sections[0], replace(models, items=items)))
    assert [fault.message for fault in lint(track)] == ["heading 'Training' has no item; write one"]


def test_kinds_without_options_have_no_option_rules():
    assert {item.kind for item in SAMPLE.items} == set(Kind)

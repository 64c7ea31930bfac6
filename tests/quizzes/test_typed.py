from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.letters import Shown, by_text, read_labels
from quizzes.typed import LONGEST, Unreadable, cleaned, folded, plain, shown_back

SHOWN = (Shown("A", "The mean."), Shown("B", "the Mode"), Shown("C", "A median"))
NUMBERED = (Shown("A", "2"), Shown("B", "3"), Shown("C", "1"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u200fabc\u202e", "abc"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("```py\nx = 1\n```", "x = 1"),
        ("```\nx\n```", "x"),
        ("`x`", "x"),
        ("`a` and `b`", "`a` and `b`"),
        ("``", "``"),
        ("\n\nx  \n", "x  "),
        ("\ud800x", "x"),
    ],
)
def test_what_cannot_be_seen_and_code_quoting_are_dropped(text, expected):
    assert cleaned(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("ＡＢ１", "AB1"), ("٣٤", "34"), ("−1 – 2", "-1 - 2"), ("a\u00a0b", "a b"), ("Ⓒ", "C")]
)
def test_typography_that_means_the_same_is_folded(text, expected):
    assert plain(text) == expected


def test_texts_are_compared_without_case_spacing_and_final_punctuation():
    assert folded("  The  MEAN. ") == folded("the mean") == "the mean"


@given(st.text())
def test_no_text_breaks_cleaning_and_shown_text_is_short(text):
    assert len(cleaned(text)) <= LONGEST + 1
    assert len(shown_back(text)) <= 200
    folded(text)


def test_long_text_is_shown_back_with_an_ellipsis():
    assert shown_back("x" * 200) == "x" * 200
    assert shown_back("x" * 201) == "x" * 199 + "…"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("the mean", "A"),
        ("THE MODE!", "B"),
        ("a median", "C"),
        ("A) the mean", "A"),
        ("B: the mode", "B"),
        ("c median", None),
        ("A the mode", None),
        ("", None),
    ],
)
def test_an_option_is_found_by_its_own_text(text, label):
    assert by_text(text, SHOWN) == label


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("a", ("A",)),
        ("C A", ("C", "A")),
        ("ca", ("C", "A")),
        ("c, a", ("C", "A")),
        ("c > a", ("C", "A")),
        ("c→a", ("C", "A")),
        ("options C and A", ("C", "A")),
        ("31", ("C", "A")),
        ("A A", ("A", "A")),
        ("the mode; the mean", ("B", "A")),
        ("the mode\na median", ("B", "C")),
        ("A median", ("C",)),
    ],
)
def test_labels_are_read_in_the_order_typed(text, labels):
    assert read_labels(text, SHOWN, "B") == labels


def test_digits_are_not_places_where_options_are_numbers():
    assert read_labels("3", NUMBERED, "B") == ("B",)
    assert read_labels("12", NUMBERED, "a letter, such as B") == Unreadable(
        "“12” is not one of A to C. Type a letter, such as B."
    )


@pytest.mark.parametrize(
    "text", ["", "and", "?!", "D", "A D", "maybe", "🙂", "א", "9", "0", "ABCABCABCA", "the mean; or not"]
)
def test_what_is_no_label_is_unreadable(text):
    assert isinstance(read_labels(text, SHOWN, "B"), Unreadable)


@given(st.text(max_size=60))
def test_labels_are_always_shown_ones(text):
    result = read_labels(text, SHOWN, "B")
    assert isinstance(result, Unreadable) or set(result) <= set("ABC")

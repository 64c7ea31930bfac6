from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.numbers import Number, read_number, written
from quizzes.typed import Unreadable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.25", 0.25),
        (".25", 0.25),
        ("5.", 5),
        ("1/4", 0.25),
        (" 1 / 4 ", 0.25),
        ("½", 0.5),
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("2.5×10^-4", 0.00025),
        ("2.5 x 10^-4", 0.00025),
        ("2.5*10**-4", 0.00025),
        ("10^-3", 0.001),
        ("2.5·10⁻⁴", 0.00025),
        ("1,000", 1000),
        ("1_000", 1000),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("12,345,678", 12345678),
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567),
        ("0,25", 0.25),
        ("3,5", 3.5),
        ("0,125", 0.125),
        ("\u22120.5", -0.5),
        ("–3", -3),
        ("+7", 7),
        ("= 12", 12),
        ("≈0.3", 0.3),
        ("answer: 4", 4),
        ("The answer is 4.", 4),
        ("1,5/3", 0.5),
        ("-1/2", -0.5),
        ("１２", 12),
        ("٣", 3),
        ("`0.5`", 0.5),
        ("$3.20", 3.2),
        ("1'000", 1000),
        ("0", 0),
    ],
)
def test_numbers_are_read_the_ways_people_write_them(text, value):
    assert read_number(text) == Number(pytest.approx(value))


@pytest.mark.parametrize("text", ["25%", "25 %", "25 percent", "25 per cent", "25pct"])
def test_percent_is_kept_apart_from_the_number(text):
    assert read_number(text) == Number(25.0, percent=True)


@pytest.mark.parametrize("text", ["12 tokens", "12 token", "12tokens", "12 Tokens."])
def test_the_unit_may_be_typed_too(text):
    assert read_number(text, "tokens") == Number(12.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "9**9**9",
        "9^9^9",
        "1e999",
        "1e99999999",
        "10^999",
        "10**100000",
        "9" * 100_000,
        "1/0",
        "1/2/3",
        "one",
        "5-6",
        "--5",
        "1,2,3",
        "3 1/2",
        "12 apples",
        "0x10",
        "1e",
        "e5",
        "🙂",
        "שלום",
        "1 2",
        "True",
        "1,,000",
        "1.2.3",
        "__import__('os')",
        "²",
        "%",
        "/",
        "10^",
        "1e--3",
        "1\n2",
    ],
)
def test_what_is_not_one_number_is_unreadable_with_advice(text):
    result = read_number(text)
    assert isinstance(result, Unreadable)
    assert len(result.message) > 20


def test_a_comma_with_two_readings_is_asked_about():
    assert read_number("1,250") == Unreadable("Is that 1250 or 1.250? Type it without the comma.")


def test_a_comma_means_thousands_where_only_whole_numbers_make_sense():
    assert read_number("1,250", whole=True) == Number(1250.0)


@given(st.text(max_size=80))
def test_any_text_is_a_finite_number_or_unreadable(text):
    result = read_number(text, "tokens")
    assert isinstance(result, Unreadable) or abs(result.value) < 1e300


@given(st.text(alphabet="0123456789.,eE+-*/^x×%()_ '⁻¹²", max_size=30))
def test_any_jumble_of_digits_and_signs_is_a_finite_number_or_unreadable(text):
    result = read_number(text)
    assert isinstance(result, Unreadable) or abs(result.value) < 1e300


@given(st.floats(min_value=-1e12, max_value=1e12, allow_nan=False))
def test_python_floats_read_back(value):
    assert read_number(repr(value)) == Number(value)


@given(st.integers(-(10**12), 10**12))
def test_written_whole_numbers_read_back(value):
    assert read_number(written(value), whole=True) == Number(float(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (101770, "101,770"),
        (0.123456, "0.1235"),
        (2450.754, "2,450.75"),
        (3.0, "3"),
        (0.00025, "0.00025"),
        (-1500.5, "-1,500.5"),
    ],
)
def test_numbers_are_written_for_readers(value, text):
    assert written(value) == text

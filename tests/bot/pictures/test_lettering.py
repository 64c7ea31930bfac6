"""Letters: what the font has is drawn, accents are drawn over it, and what is missing shows as a box."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from bot.pictures.lettering import ACCENTS, DRAWN, LONGEST, Box, Letters, pieces, strokes
from bot.pictures.palette import PAPER, SCALE, Look, Sheet, fit, width_of


def shown(text: str) -> str:
    """A line with a box for every box, without accents."""
    return "".join("□" if isinstance(piece, Box) else piece.base for piece in pieces(text))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Mia", "Mia"),
        ("Zoé", "Zoe"),
        ("Łukasz Straße–Æsop", "Lukasz Strasse-AEsop"),
        ("Ａｄａ", "Ada"),  # letters of full width
        ("𝓐da", "Ada"),  # letters of mathematics
        ("田中", "□□"),
        ("שלום", "□□□□"),
        ("👩‍🎓 Ada", "□□ Ada"),  # one sign of two, with a joiner between
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("a\tb\nc\u00a0d", "a b c d"),
        ("\u0301\u0301", ""),
        ("", ""),
    ],
)
def test_a_text_is_drawn_as_well_as_it_can_be(text: str, drawn: str) -> None:
    assert shown(text) == drawn


def test_accents_stand_over_their_letters() -> None:
    assert list(pieces("Zoë ça")) == [Letters("Zoe ca", ((2, "\u0308"), (4, "\u0327")))]


def test_a_tower_of_accents_is_cut() -> None:
    [letters] = pieces("a" + "\u0301" * 90 + "b")
    assert letters == Letters("ab", ((0, "\u0301"), (0, "\u0301")))


def test_the_font_has_what_we_say_it_has() -> None:
    """And nothing else that we leave out; a newer font shows here."""
    font = ImageFont.load_default(40)
    missing = (font.getmask("\uffff").size, bytes(font.getmask("\uffff")))
    seen = {chr(code) for code in range(0x20, 0x2FFF) if font.getmask(chr(code)).size != (0, 0)}
    assert {sign for sign in DRAWN - {" "} if (font.getmask(sign).size, bytes(font.getmask(sign))) == missing} == set()
    assert DRAWN - {" "} <= seen


@settings(deadline=None)
@given(st.text(max_size=300))
def test_every_letter_drawn_is_in_the_font(text: str) -> None:
    for piece in pieces(text):
        if isinstance(piece, Letters):
            assert set(piece.base) <= DRAWN
            assert all(0 <= place < len(piece.base) and accent in ACCENTS for place, accent in piece.accents)
    assert sum(1 if isinstance(piece, Box) else len(piece.base) for piece in pieces(text)) <= 18 * LONGEST


@settings(deadline=None)
@given(st.text(max_size=120), st.integers(20, 300))
def test_what_is_fitted_fits(text: str, room: int) -> None:
    cut = fit(text, 14, room)
    assert width_of(cut, 14) <= room
    assert cut == text or cut.endswith("…")


def test_common_names_of_europe_keep_their_accents() -> None:
    """Every accent of Latin-1 and of Latin Extended-A that is a letter with a mark is drawn, not dropped."""
    marks = {unicodedata.normalize("NFD", chr(code))[1:] for code in range(0xC0, 0x180)} - {""}
    assert marks <= set(ACCENTS) | {"\u030c\u0307"}


@pytest.mark.parametrize("text", ["e", "é", "ê", "ç", "i", "í", "田"])
def test_letters_leave_ink_within_their_line(text: str) -> None:
    sheet = Sheet(40, 40)
    wide = sheet.text(10, 20, text, Look(20))
    box = sheet.image.convert("L").point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    left, top, right, bottom = (value / SCALE for value in box)
    assert (left >= 8, right <= 12 + wide, top >= 5, bottom <= 35) == (True,) * 4


def test_an_accent_takes_the_place_of_a_dot() -> None:
    """An í is no taller than an é, but for the width of a line."""
    tops = []
    for letter in "íé":
        sheet = Sheet(40, 40)
        sheet.text(10, 20, letter, Look(20))
        tops.append(sheet.image.convert("L").point(lambda value: 255 * (value < 200)).getbbox()[1])
    assert abs(tops[0] - tops[1]) <= 4
    assert strokes("\u0301", "i") != strokes("\u0301", "e")


@pytest.mark.parametrize("anchor", "lmr")
def test_a_line_stands_where_its_anchor_says(anchor: str) -> None:
    sheet, text = Sheet(200, 30), "HHHH"
    wide = sheet.text(100, 15, text, Look(14, anchor=anchor))
    box = sheet.image.convert("L").point(lambda value: 255 * (value < 200)).getbbox()
    assert box is not None
    expected = {"l": 100.0, "m": 100 - wide / 2, "r": 100 - wide}[anchor]
    assert abs(box[0] / SCALE - expected) < 3
    assert sheet.image.getpixel((0, 0)) == tuple(int(PAPER[n : n + 2], 16) for n in (1, 3, 5))

"""What holds of every picture: paper, colours, size, width, margins, words, and that nothing but the data is in it."""

from __future__ import annotations

import io
from functools import cache
from itertools import combinations, pairwise
from math import dist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageColor, ImageStat

from bot.cards import Bar, BoardLine, LeaderboardCard, PictureCard
from bot.pictures import ConceptHeat, MasteryCell, heat_picture, leaderboard_picture, mastery_picture, progress_picture
from bot.pictures.calendar import MARKS
from bot.pictures.palette import BLUE, COLOURS, FAINT, GREEN, GREY, GRID, INK, LEVELS, PAPER, SCALE, WHITE, WIDTH, Sheet
from tests.bot.pictures.look import GOLDEN, HOSTILE, everything, opened, seen_without_green, small

MARGIN_KEPT = 5  # points at both sides where nothing is ever drawn
MOST_BYTES = 60_000
AREA = 0.01  # of a picture; letters and their edges are less
SCREENS = 3.0  # a picture is never taller than that many times its width


@cache
def pictures() -> dict[str, PictureCard]:
    """One of everything."""
    return everything()


NAMES = sorted(everything())


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small_and_made_for_a_phone(name: str) -> None:
    card = pictures()[name]
    image = opened(card)
    assert len(card.png) < MOST_BYTES
    assert WIDTH * SCALE <= image.width <= WIDTH * SCALE * 1.05
    assert image.height <= image.width * SCREENS


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_on_paper_and_keeps_its_margins(name: str) -> None:
    image = opened(pictures()[name])
    wide = MARGIN_KEPT * SCALE
    edges = [
        image.crop((0, 0, wide, image.height)),
        image.crop((image.width - wide, 0, image.width, image.height)),
        image.crop((0, 0, image.width, 3 * SCALE)),
        image.crop((0, image.height - 3 * SCALE, image.width, image.height)),
    ]
    assert [edge.getcolors() for edge in edges] == [
        [(edge.width * edge.height, ImageColor.getrgb(PAPER))] for edge in edges
    ]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_fills_an_area_is_in_the_palette(name: str) -> None:
    image = opened(pictures()[name])
    palette = {ImageColor.getrgb(colour) for colour in COLOURS}
    edges = [
        colour
        for count, colour in image.getcolors(1 << 16)
        if colour not in palette and count > AREA * image.width * image.height
    ]
    assert edges == []


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_looks_as_it_did(name: str) -> None:
    """Letters may be drawn a little differently by another Pillow; anything else shows on a stamp."""
    now, then = small(pictures()[name]), Image.open(GOLDEN / f"{name}.png").convert("RGB")
    assert now.size == then.size
    difference = ImageChops.difference(now, then)
    assert max(ImageStat.Stat(difference).mean) < 2.5


def test_goldens_are_kept_of_what_there_is() -> None:
    assert sorted(path.stem for path in GOLDEN.glob("*.png")) == NAMES
    assert sum(path.stat().st_size for path in GOLDEN.glob("*.png")) < 100_000


def test_the_same_data_make_the_same_bytes() -> None:
    assert everything() == pictures()


def test_nothing_but_pixels_is_in_a_file() -> None:
    assert [name for name, card in pictures().items() if Image.open(io.BytesIO(card.png)).info] == []


@pytest.mark.parametrize("colour", COLOURS)
def test_every_colour_survives_the_file(colour: str) -> None:
    sheet = Sheet(40, 40)
    sheet.block((0, 0, 40, 40), colour)
    image = opened(PictureCard(name="a.png", png=sheet.png(), alt=""))
    assert image.getcolors() == [(80 * 80, ImageColor.getrgb(colour))]


def apart(one: str, other: str) -> float:
    """How far apart two colours are for people who do not see green."""
    return dist(seen_without_green(one), seen_without_green(other))


def test_colours_that_stand_side_by_side_are_told_apart_without_green() -> None:
    """A difference of 10 in CIELAB is plain to see; the palest two days differ in their sign as well."""
    pairs = [
        *combinations(MARKS.values(), 2),
        *pairwise((*LEVELS, GRID)),
        (GREEN, BLUE),
        (BLUE, GREY),
        (LEVELS[0], WHITE),
    ]
    assert [pair for pair in pairs if apart(*pair) < 10] == []
    assert apart("#c0392b", "#6b7a1f") < apart("#c0392b", "#2c6fb3")  # the control: red and olive come close


def test_levels_get_darker_for_whoever_sees_no_colour_at_all() -> None:
    brightness = [seen_without_green(colour)[0] for colour in LEVELS]
    assert all(lighter - darker > 12 for lighter, darker in pairwise(brightness))


@pytest.mark.parametrize("letters", [INK, FAINT])
@pytest.mark.parametrize("ground", [PAPER, MARKS["empty"]])
def test_letters_stand_out_from_their_ground(letters: str, ground: str) -> None:
    """4.5 to 1, as WCAG 2.2 asks of text."""
    light, dark = (luminance(colour) + 0.05 for colour in (ground, letters))
    assert light / dark >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [part / 255 for part in ImageColor.getrgb(colour)[:3]]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def named(name: str) -> list[PictureCard]:
    """Every picture that shows words of others, with these."""
    line = BoardLine(rank=1, name=name, xp=5, me=False)
    return [
        leaderboard_picture(LeaderboardCard(title=name, period=name, lines=(line,))),
        progress_picture((Bar(label=name, done=1, total=3),)),
        heat_picture((ConceptHeat(name, name, 3, 0.5),)),
        mastery_picture((MasteryCell(name, name, 0.1),)),
    ]


SIZES = [opened(card).size for card in named("a")]


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=80))
def test_no_name_moves_anything(name: str) -> None:
    """Only the pixels of its own line differ from those of a plain name, and the words beside the picture keep it whole."""
    for card, size in zip(named(name), SIZES, strict=True):
        image = opened(card)
        assert image.size == size
        right = image.crop((image.width - MARGIN_KEPT * SCALE, 0, image.width, image.height))
        assert right.getcolors() == [(right.width * right.height, ImageColor.getrgb(PAPER))]
    assert name in named(name)[0].alt


def test_the_worst_name_leaves_its_number_alone() -> None:
    """Between a name that is cut and the number at its right is a gap of paper."""
    card = leaderboard_picture(
        LeaderboardCard(title="t", period="p", lines=(BoardLine(rank=1, name=HOSTILE, xp=123456, me=False),))
    )
    line = opened(card).crop((300 * SCALE, 66 * SCALE, 376 * SCALE, 80 * SCALE)).convert("L")
    columns = [min(line.crop((x, 0, x + 1, line.height)).tobytes()) > 200 for x in range(line.width)]
    assert any(all(columns[x : x + 8 * SCALE]) for x in range(len(columns) - 8 * SCALE))

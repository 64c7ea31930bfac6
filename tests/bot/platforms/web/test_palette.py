"""Text can be read in both palettes: every colour of text keeps 4.5:1 on every surface it stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[4] / "bot" / "platforms" / "web" / "style.css").read_text("utf-8")
BLOCKS = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
LIGHT, DARK = ({**dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))} for block in BLOCKS)
SURFACES = {
    "ink": ("paper", "card", "mine", "good", "bad", "note", "warning", "code", "soft"),
    "faint": ("paper", "card", "code", "soft"),
    "link": ("card", "paper", "soft"),
    "on-accent": ("accent",),
    "card": ("ink",),
    "ok": ("card", "good"),
    "ko": ("card", "bad"),
    "py-keyword": ("code", "soft", "bad"),
    "py-string": ("code", "soft", "bad"),
    "py-value": ("code", "soft", "bad"),
    "py-comment": ("code", "soft", "bad"),
}
EDGES = {"edge": ("card", "paper"), "accent": ("card", "paper")}  # what shows where a control is, and the focus


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_it_should_be() -> None:
    """Black on white is 21, and a grey known to fail fails."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read_on_every_surface(palette: dict[str, str]) -> None:
    """4.5:1 for text, 3:1 for what shows where a control is."""
    text = [(ink, on, 4.5) for ink, surfaces in SURFACES.items() for on in surfaces]
    edges = [(ink, on, 3.0) for ink, surfaces in EDGES.items() for on in surfaces]
    ratios = {f"{ink} on {on}": (contrast(palette[ink], palette[on]), least) for ink, on, least in text + edges}
    assert {pair: ratio for pair, (ratio, least) in ratios.items() if ratio < least} == {}


def test_both_palettes_name_the_same_colours() -> None:
    """A colour without its dark counterpart would stay light at night."""
    assert LIGHT.keys() == DARK.keys()


def test_every_text_colour_in_use_is_among_those_measured() -> None:
    """A colour put on text later has to be measured too; nothing is coloured past the palette."""
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", CSS))
    assert used <= SURFACES.keys()
    rules = CSS[CSS.index("@layer") :]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s}])", rules) == []

"""Reading a number the way people write them: 0.25, 1/4, 25 %, 2.5×10⁻⁴, 1,000, 0,5. Never raises, never computes powers of input.

Knows nothing of questions. What could mean two numbers is not guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from quizzes.typed import Unreadable, cleaned, plain

_LONGEST = 64
_ADVICE = "Type one number, such as 0.25, 1/4, 25% or 2.5e-4."
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_PERCENT = re.compile(r"\s*(%|percent|per cent|pct\.?)$")
_POWER = re.compile(r"^(?:(.+?)\s*[x×*·]\s*)?10\s*(?:\^|\*\*)\s*\(?\s*([+-]?\s*\d{1,3})\s*\)?$")
_SCIENCE = re.compile(r"^(.*\d[.,]?)\s*e\s*([+-]?\d{1,3})$")
_FLOAT = re.compile(r"^\d+(\.\d+)?e[+-]?\d{1,3}$")
_GROUPS = (
    re.compile(r"^\d{1,3}(,\d{3})+(\.\d*)?$"),  # 1,000,000.5
    re.compile(r"^\d{1,3}([ _']\d{3})+([.,]\d*)?$"),  # 1 000 000,5
    re.compile(r"^\d+(_\d+)*(\.\d*)?$"),  # 1_0000
)
_DOT_GROUPS = re.compile(r"^\d{1,3}(\.\d{3}){2,}(,\d*)?$|^\d{1,3}(\.\d{3})+,\d*$")  # 1.000.000,5
_PLAIN = re.compile(r"^(\d+\.?\d*|\.\d+)$")
_COMMA_DECIMAL = re.compile(r"^\d*,\d+$")
_TWO_READINGS = re.compile(r"^[1-9]\d{0,2},\d{3}$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read; `percent` tells that it was written with a percent sign (and is not divided yet)."""

    value: float
    percent: bool = False


def read_number(text: str, unit: str = "", *, whole: bool = False) -> Number | Unreadable:
    """Read one number; `whole` tells that 1,250 can only mean a thousand and more."""
    if len(text) > _LONGEST:
        return Unreadable(f"That is too long for a number. {_ADVICE}")
    short = _bare(text, unit)
    if not short:
        return Unreadable(f"There is no number in that. {_ADVICE}")
    number, percent = _PERCENT.subn("", short)
    value = _signed(number.strip(), whole)
    if isinstance(value, Unreadable):
        return value
    if not isfinite(value):
        return Unreadable(f"That number is too large. {_ADVICE}")
    return Number(value, bool(percent))


def _bare(text: str, unit: str) -> str:
    raised = _RAISED.sub(lambda m: "^" + m[0].translate(_SUPERSCRIPT), cleaned(text))
    short = plain(raised).casefold().replace("\u2044", "/")
    short = re.sub(r"^(the answer is|answer|it is|it's)?\s*[:=~≈]?\s*", "", short)
    short = short.removeprefix("$").removeprefix("€").strip().rstrip(" .;!")
    if unit and unit != "%":
        short = re.sub(rf"\s*{re.escape(plain(unit).casefold().rstrip('s'))}(s|es)?$", "", short)
    return short


def _signed(text: str, whole: bool) -> float | Unreadable:
    sign = -1.0 if text.startswith("-") else 1.0
    value = _fraction(text.lstrip("+-").strip() if text[:1] in "+-" and text[:2] not in ("--", "++") else text, whole)
    return value if isinstance(value, Unreadable) else sign * value


def _fraction(text: str, whole: bool) -> float | Unreadable:
    if "/" not in text:
        return _scaled(text, whole)
    top, _, bottom = text.partition("/")
    if re.match(r"^\d+\s+\d+$", top.strip()):
        return Unreadable("A mixed fraction can be misread. Type it as one fraction or decimal, such as 7/2 or 3.5.")
    above, below = _scaled(top.strip(), whole), _scaled(bottom.strip(), whole)
    if isinstance(above, Unreadable):
        return above
    if isinstance(below, Unreadable):
        return below
    return above / below if below else Unreadable(f"A fraction cannot have 0 below the line. {_ADVICE}")


def _scaled(text: str, whole: bool) -> float | Unreadable:
    if _FLOAT.match(text):  # as Python writes it: one rounding, not two
        return float(text)
    for pattern in (_POWER, _SCIENCE):
        found = pattern.match(text)
        if found:
            front = 1.0 if found[1] is None else _decimal(found[1].strip(), whole)
            exponent = found[2].replace(" ", "")
            return front if isinstance(front, Unreadable) else front * float(f"1e{exponent}")
    return _decimal(text, whole)


def _decimal(text: str, whole: bool) -> float | Unreadable:
    if _TWO_READINGS.match(text) and not whole and not text.endswith(",000"):
        left, right = text.split(",")
        return Unreadable(f"Is that {left}{right} or {left}.{right}? Type it without the comma.")
    if _PLAIN.match(text):
        return float(text)
    if not text.startswith("0,") and any(groups.match(text) for groups in _GROUPS):
        return float(re.sub(r"[,_ '](?=\d{3}(\D|$))|_", "", text).replace(",", "."))
    if _DOT_GROUPS.match(text):
        return float(text.replace(".", "").replace(",", "."))
    if _COMMA_DECIMAL.match(text):
        return float(text.replace(",", "."))
    return Unreadable(f"I cannot read that as one number. {_ADVICE}")


def written(value: float) -> str:
    """Write a number for a reader: whole ones with groups of thousands, others with four significant digits."""
    if isinstance(value, int) or (value == round(value) and abs(value) < 1e15):
        return f"{value:,.0f}"
    if abs(value) >= 1000:
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:.4g}"

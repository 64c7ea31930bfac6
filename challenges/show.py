"""Turns values into short texts for people: inputs, expected and returned values on a report.

Works on decoded plain data only, and never lets one value flood a message.
"""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from runner.values import Opaque

_short = reprlib.Repr()
_short.maxlevel, _short.maxlist, _short.maxtuple, _short.maxdict = 5, 12, 12, 12
_short.maxstring, _short.maxlong, _short.maxother = 300, 60, 400


def show(value: Any, cap: int = 400) -> str:
    """A readable text of at most `cap` characters; the cut is marked."""
    text = _text(value)
    return text if len(text) <= cap else text[: cap - 2] + " …"


def show_args(args: tuple[Any, ...], cap: int = 600) -> str:
    """The arguments of a call as they would be typed."""
    text = ", ".join(_text(arg) for arg in args)
    return text if len(text) <= cap else text[: cap - 2] + " …"


def kind_of(value: Any) -> str:
    """The type as a learner would say it: "a list", "an array of shape (3,)", "a number"."""
    if isinstance(value, Opaque):
        return f"a {value.type_name} object"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _text(value: Any) -> str:
    if isinstance(value, Opaque):
        return f"<{value.type_name}> {value.text}"
    if isinstance(value, np.ndarray):
        body = np.array2string(value, threshold=24, edgeitems=3, precision=5, separator=", ", max_line_width=100)
        return body if value.size <= 24 else f"{body}  (shape {value.shape})"
    if isinstance(value, np.generic):
        return _text(value.item())
    if isinstance(value, float):
        return f"{value:.8g}" if abs(value) < 1e16 else repr(value)
    if isinstance(value, (list, tuple)) and len(value) <= 12:
        inner = ", ".join(_text(v) for v in value)
        ends = "[]" if isinstance(value, list) else "()"
        return f"{ends[0]}{inner}{',' if isinstance(value, tuple) and len(value) == 1 else ''}{ends[1]}"
    if isinstance(value, dict) and len(value) <= 12:
        return "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"
    return _short.repr(value)

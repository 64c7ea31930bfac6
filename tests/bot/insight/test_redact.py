"""What may say who wrote something is taken out; what is being learnt stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight.code import code_tokens, excerpt
from bot.insight.redact import GONE, redact

NAMES = ("Ada Lovelace", "Bo", "Jean-Luc", "Zoë")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ask ada.l+ml@example.co.uk", f"ask {GONE}"),
        ("<@12345> and <#C1|general> and <!here>", f"{GONE} and {GONE} and {GONE}"),
        ("hi @ada_l, look", f"hi {GONE}, look"),
        ("see https://x.org/?u=ada or www.ada.org/me", f"see {GONE} or {GONE}"),
        ("sk-ant-api03-abcdef0123 xoxb-123456-abcdef", f"{GONE} {GONE}"),
        ("0f3a9c81b7d64e20aa41deadbeef0042", GONE),
        ("call +44 20 7946 0958", f"call {GONE}"),
        ("ADA said so, lovelace too", f"{GONE} said so, {GONE} too"),
        ("Bo knows; bo is a word", f"{GONE} knows; bo is a word"),
        ("jean-luc and zoë", f"{GONE} and {GONE}"),
        ("zoe_mean = 1", "zoe_mean = 1"),
        ("ada_mean = 1", f"{GONE}_mean = 1"),
    ],
)
def test_what_is_personal_goes(text: str, left: str) -> None:
    assert redact(text, NAMES) == left


@pytest.mark.parametrize(
    "text",
    ["the mean is 2.25", "adapt the bounds", "x @ w + b", "0.123456789012", "a[@]", "np.linalg.norm(matrix_of_weights)",
     "12345678901.5", "K(x, y) = exp(-|x - y|^2)"],
)  # fmt: skip
def test_what_is_being_learnt_stays(text: str) -> None:
    assert redact(text, NAMES) == text


@settings(deadline=None)
@given(before=st.text("ab ,.", max_size=10), name=st.sampled_from(["Ada", "Lovelace", "Ada Lovelace"]))
def test_no_name_survives_as_a_word(before: str, name: str) -> None:
    left = redact(f"{before} {name}. {name.upper()}! ({name})", NAMES)
    assert "ada" not in left.casefold().split()
    assert "lovelace" not in left.casefold()


PROGRAM = '''
"""By Ada Lovelace, 1815."""
import os
from ada import secret

def area(width: float, height: float = 2) -> float:
    """Ask ada@example.com."""
    # my own idea, Ada
    note = "Ada was here"
    print(f"by {note}")
    return width * height  # done
'''


def test_an_excerpt_shows_structure_and_no_words() -> None:
    assert excerpt(PROGRAM, 9, 400) == "def area(width, height=2):\n    note = '…'\n    return width * height"


def test_an_excerpt_is_cut_with_a_mark() -> None:
    assert excerpt("a = 1\nb = 2\nc = 3", 2, 100) == "a = 1\nb = 2 …"
    assert excerpt("a = 1 + 2 + 3", 2, 7) == "a = 1 + …"


@pytest.mark.parametrize("broken", ['def f(:\n    x = "Ada"  # Ada', "x = 'Ada", 'x = """Ada\n', "# Ada\n(", "'Ada' ("])
def test_code_that_does_not_parse_loses_its_words_too(broken: str) -> None:
    assert "Ada" not in excerpt(broken, 9, 400)


def test_tokens_ignore_names_layout_and_what_does_nothing() -> None:
    twin = "def area(w, h=7):\n    memo = 'else'\n\n    return (w *\n        h)"
    ours = PROGRAM.replace("import os\n", "").replace("from ada import secret\n", "")
    assert code_tokens(ours) == code_tokens(twin)


@pytest.mark.parametrize(
    ("one", "other"),
    [("x.mean()", "x.sum()"), ("len(x)", "sum(x)"), ("a + b", "a - b"), ("f(axis=0)", "f(keep=0)"), ("x = True", "x = None"),
     ("import os", "from os import path"), ("if a:\n    b", "while a:\n    b")],
)  # fmt: skip
def test_tokens_differ_where_programs_do(one: str, other: str) -> None:
    assert code_tokens(f"def g(a, b, x):\n    r = 1\n{one}") != code_tokens(f"def g(a, b, x):\n    r = 1\n{other}")


@settings(deadline=None)
@given(source=st.text(max_size=200))
def test_any_text_has_tokens_and_an_excerpt(source: str) -> None:
    assert isinstance(code_tokens(source), list)
    assert len(excerpt(source, 3, 50)) <= 53

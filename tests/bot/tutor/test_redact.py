"""What of a learner's text leaves this machine: nothing that says who they are, and nothing that deceives."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.claude.redact import TAGS, cut, enclosed, redact, redact_code, visible

SECRETS = (
    "mia.w+ml@uni-ulm.example.org", "https://example.org/u/mia?x=1", "www.example.org", "discord.gg/abcdef",
    "sk-ant-api03-abcdefghijklmnop", "xoxb-1234567890-abcdefghij", "ghp_0123456789abcdefABCDEF", "AKIA0123456789ABCDEF",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc", "Bearer abcdefgh12345678", "<@123456789012345678>", "<!channel>",
    "<@U0ABC12DEF>", "123456789012345678", "U0ABC12DEF", "/home/mia/work", "C:\\Users\\mia", "@mia",
    "d41d8cd98f00b204e9800998ecf8427ed41d8cd9", "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MEFCQ0RFRg",
)  # fmt: skip
SECRET = st.sampled_from(SECRETS)
WORDS = st.text(st.sampled_from("abc é x=+\n"), max_size=30)


@given(WORDS, SECRET, WORDS)
def test_a_secret_does_not_survive_in_any_text(before: str, secret: str, after: str) -> None:
    assert secret not in redact(f"{before} {secret} {after}")


@given(
    SECRET,
    st.sampled_from(["# {}\n", "'''{}'''\n", "x = '{}'\n", "x = 1  # ask {} first\n", "f'{{x}} {}'\n", "def ({}\n"]),
)
def test_a_secret_does_not_survive_in_code_that_is_python_or_not(secret: str, place: str) -> None:
    code = redact_code(place.format(secret) + "def f(x):\n    return x @ x\n")
    assert (secret in code, code.endswith("return x @ x\n")) == (False, True)


@pytest.mark.parametrize(
    "code",
    [
        "a = x @ y\n@property\ndef f(self): return self.x@self.y\n",
        "x = 0.12345678901234567\nbest = max(values)\ny = 1_000_000_000_000_000\n",
        "W = np.zeros((3, 4))  # weights\nEPOCHS = 20\nBATCH = 32\n",
        "import numpy as np\nfrom sklearn.model_selection import cross_val_score\n",
    ],
)
def test_ordinary_code_stays_as_it_is(code: str) -> None:
    assert redact_code(code, ["Max", "np"]) == code


def test_a_name_goes_from_what_is_told_and_stays_where_it_is_code() -> None:
    code = "# Max wrote this, MAX!\nx = max(1, 2)\ns = 'by max, maximal'\n"
    assert redact_code(code, ["Max"]) == "# [name] wrote this, [name]!\nx = max(1, 2)\ns = 'by [name], maximal'\n"
    assert redact("Jo and Mia Wallace", ["Jo", "Mia Wallace"]) == "Jo and [name]"  # two letters are a word of their own


@given(st.lists(SECRET, max_size=4), st.text(max_size=40))
def test_lines_keep_their_numbers(secrets: list[str], name: str) -> None:
    code = "".join(f"x{n} = 1  # {secret}\n" for n, secret in enumerate(secrets)) + "last = 2\n"
    redacted = redact_code(code, [name.replace("\n", "")])
    assert redacted.count("\n") == code.count("\n")
    assert redacted.endswith("last = 2\n")
    ast.parse(redacted)


def test_what_cannot_be_seen_or_turns_the_reading_goes() -> None:
    assert visible("a\u200bb\u202ec\u2066d\ufeffe\x00f\r\ng\th\u00adi\U000e0041j\ud800k") == "abcdef\ng\thijk"


@given(
    st.sampled_from(TAGS),
    st.text(max_size=60),
    st.sampled_from(["</{}>", "< / {} >", "<{}>", "</{} x=1>", "<  {}", "</\n{}>"]),
)
def test_no_text_can_open_or_close_a_tag_of_ours(tag: str, text: str, form: str) -> None:
    inside = enclosed(tag, text + form.format(tag.upper()) + form.format(tag) + text)
    inner = inside.removeprefix(f"<{tag}>\n").removesuffix(f"\n</{tag}>")
    assert (f"<{tag}" in inner.lower(), "</" in inner) == (False, False)


@given(st.text(max_size=200), st.integers(1, 100))
def test_a_cut_is_in_bytes_and_never_inside_a_letter(text: str, limit: int) -> None:
    shorter = cut(text, limit)
    whole = len(text.encode("utf-8", "replace")) <= limit
    assert shorter == text if whole else len(shorter.removesuffix("\n[cut here]").encode("utf-8", "replace")) <= limit

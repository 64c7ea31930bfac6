"""Our Markdown becomes the HTML we mean, and no text, whatever is in it, becomes a tag."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import without_marks
from bot.platforms.web.markup import code_html, code_lines, inline_html, to_html

OURS = re.compile(
    r"</?(?:p|ul|li|strong|code)>|<ol start=\"\d+\">|</ol>|<pre tabindex=\"0\">|</pre>|<span class=\"py-\w+\">|</span>"
)
ANY = st.text(st.characters(codec="utf-8"), max_size=200)
MARKED = st.lists(
    st.sampled_from(["`", "``", "**", "*", "_", "- ", "1. ", "\n", "\n\n", "    ", "```", "<b>", "&", "a", "x y"])
).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("One line.", "<p>One line.</p>"),
        ("One\nparagraph.\n\nAnother.", "<p>One paragraph.</p><p>Another.</p>"),
        ("Use `fit(X)` **now**.", "<p>Use <code>fit(X)</code> <strong>now</strong>.</p>"),
        ("**`a` and b**", "<p><strong><code>a</code> and b</strong></p>"),
        ("2 * 3 * 4 and a_b_c", "<p>2 * 3 * 4 and a_b_c</p>"),
        ("`a ** b` is **not** bold", "<p><code>a ** b</code> is <strong>not</strong> bold</p>"),
        ("`` `tick` ``", "<p><code>`tick`</code></p>"),
        ("an ` alone", "<p>an ` alone</p>"),
        ("if x < 3 & y > 2", "<p>if x &lt; 3 &amp; y &gt; 2</p>"),
        ("- one\n- two\n  goes on", "<ul><li>one</li><li>two goes on</li></ul>"),
        ("Steps:\n1. one\n2. two", '<p>Steps:</p><ol start="1"><li>one</li><li>two</li></ol>'),
        ("3. three\n\n4. four", '<ol start="3"><li>three</li></ol><ol start="4"><li>four</li></ol>'),
        ("As in\n\n    f(1)\n\n    f(2)\n\nso.", '<p>As in</p><pre tabindex="0">f(<span class="py-value">1</span>)\n\nf(<span class="py-value">2</span>)</pre><p>so.</p>'),
        ("```python\nx = y\n```\nafter", '<pre tabindex="0">x = y</pre><p>after</p>'),
        ("```\nnever closed", '<pre tabindex="0">never closed</pre>'),
    ],
)  # fmt: skip
def test_markdown_becomes_the_html_we_mean(text: str, shown: str) -> None:
    """One row per thing the dialect has, and per thing it does not."""
    assert to_html(text) == shown


@given(ANY | MARKED)
def test_no_text_becomes_a_tag_of_its_own(text: str) -> None:
    """Whatever is written, only our own tags come out, and nothing else is left unescaped."""
    for made in (to_html(text), inline_html(text), code_html(text)):
        assert "<" not in OURS.sub("", made)
        assert ">" not in OURS.sub("", made)


@given(ANY)
def test_code_keeps_every_character(text: str) -> None:
    """Without the marks, code reads as it was written."""
    assert html.unescape(re.sub(r"<[^>]*>", "", code_html(text))) == text


@given(ANY)
def test_code_lines_are_the_lines_of_the_code(text: str) -> None:
    """Each line stands alone with its marks closed, and together they are the code."""
    lines = code_lines(text)
    assert [html.unescape(re.sub(r"<[^>]*>", "", line)) for line in lines] == text.split("\n")
    assert all(line.count("<span") == line.count("</span>") for line in lines)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("for x in y:  # why", ["keyword", "keyword", "comment"]),
        ("s = f'in {x}' + \"it's\"", ["string", "string"]),
        ('"""two\nlines"""', ["string"]),
        ("x1 = 1.5e-3 or None", ["value", "keyword", "value"]),
        ("format = information", []),
        ("print('# no comment')", ["string"]),
    ],
)
def test_python_words_are_marked(code: str, kinds: list[str]) -> None:
    """Keywords, strings, values and comments, and only whole words."""
    assert re.findall(r'class="py-(\w+)"', code_html(code)) == kinds


def test_marks_are_dropped_where_none_can_be_shown() -> None:
    """An entry of a select is plain words."""
    assert without_marks("**the** `recall` of a_b") == "the recall of a_b"

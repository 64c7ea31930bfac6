"""Nothing anyone writes acts in Slack, and what people typed there is read as they meant it."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards import Input, Markdown, NoticeCard, QuestionCard
from bot.commands import discover
from bot.platforms.plain import UNSAFE, clean
from bot.platforms.slack.blocks import pieces, texts
from bot.platforms.slack.escape import fallback, literal, typed_here, unescape
from bot.platforms.slack.markup import written
from bot.platforms.slack.messages import messages

ACTS = re.compile(r"<[!@#]|<https?:|[<>]")
NASTY = st.text(alphabet=st.sampled_from("<>@!#&;`*_~|:\u202e\u200b\x1b[0m \nabC12"), max_size=60)


@given(NASTY)
@example("<!channel> <@U2|Ben> <https://evil.example|x>")
def test_a_fallback_holds_no_mention_and_no_link_and_is_read_back_as_it_was(text: str) -> None:
    assert not ACTS.search(fallback(text))
    assert unescape(fallback(text)) == clean(text)


def test_without_the_escape_the_same_text_acts() -> None:
    """The control."""
    assert ACTS.search("<!channel>")


@given(NASTY)
def test_text_for_rich_text_moves_no_cursor_and_turns_no_direction(text: str) -> None:
    assert not UNSAFE.search(literal(text))


@given(NASTY, NASTY)
def test_blocks_hold_only_texts_in_which_slack_reads_nothing(title: str, text: str) -> None:
    kinds = {"header", "rich_text", "context", "actions"}
    question = QuestionCard(
        public_id="q1", label=title or "L", topic="T", prompt=Markdown(text), input=Input.ESSAY, expects="E"
    )
    for message in messages((NoticeCard(title=title, text=text), question)):
        assert {block["type"] for block in message.blocks} <= kinds
        assert "mrkdwn" not in repr([block["type"] for block in message.blocks])
        assert all(text and not UNSAFE.search(text) for text in texts(list(message.blocks)))
        assert not ACTS.search(message.text)


@given(st.text(max_size=400), st.integers(min_value=2, max_value=40))
def test_pieces_are_the_whole_text_but_for_the_breaks_between_them(text: str, most: int) -> None:
    found = list(pieces(text, most))
    assert all(len(piece) <= most for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.text(alphabet="ab*`-1. \n", max_size=80).filter(lambda text: "```" not in text))
def test_markdown_loses_no_letter(text: str) -> None:
    """What follows a fence names a language, and is not shown."""
    shown = "".join(texts(written(text)))
    assert [c for c in shown if c in "ab"] == [c for c in text if c in "ab"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("see <https://x.example/a?b=1>", "see https://x.example/a?b=1"),
        ("<http://df.mean|df.mean>()", "df.mean()"),
        ("x = y<z", "x = y<z"),
    ],
)
def test_what_slack_made_of_a_text_is_undone(sent: str, meant: str) -> None:
    assert unescape(sent) == meant


def test_every_command_is_named_as_it_is_typed_here_but_the_one_for_elsewhere() -> None:
    named = {name: typed_here(f"Type /{name}.") for name in discover()}
    assert named == {name: f"Type /{'' if name == 'link' else 'learn '}{name}." for name in discover()}

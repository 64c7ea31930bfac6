"""Every card reads well as plain text: nothing a card says is lost, and nothing in it moves a cursor."""

from __future__ import annotations

import re
import typing
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.cards import (
    Action,
    Bar,
    BoardLine,
    CaseLine,
    ChallengeCard,
    Choice,
    DayMark,
    ExplanationCard,
    FeedbackCard,
    Field,
    FileCard,
    FormCard,
    HelpCard,
    Input,
    LeaderboardCard,
    Markdown,
    NoticeCard,
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    TrackCard,
    TrackSection,
    VerdictCard,
)
from bot.platforms.plain import UNSAFE, WIDTH, clean, reflow, render

LONG = " ".join(f"word{n}" for n in range(60))
NASTY = "\x1b[2Jevil\u202etxt\u200b\u0007\r\nline"
ACTIONS = (Action("Do it", "daily", primary=True), Action("Or that", "settings path x"))
CASE = CaseLine(
    name="ties",
    passed=False,
    outcome="different value",
    given="[1, 2]",
    expected="3",
    got="4",
    message="off",
    printed="hi",
)
MATRIX = CaseLine(
    name="matrix", passed=True, outcome="passed", given="[[1, 2],\n [3, 4]]", expected="[[1],\n [2]]", got="[[1],\n [2]]",
    message="", printed="",
)  # fmt: skip
QUESTION = QuestionCard(
    public_id="q7f3", label="Question 1 of 5", topic="Trees", prompt=Markdown(f"Why?\n{LONG}"), input=Input.CHOICE,
    expects="Answer with a letter.", code="print(1)\n", choices=(Choice("A", Markdown(LONG)), Choice("B", Markdown("No"))),
    lefts=(Markdown("left"),), blanks=1, unit="tokens",
)  # fmt: skip
EVERY = (
    QUESTION,
    FeedbackCard(
        headline="Partly right", correct=False, score=0.5, chosen="B: no", right=Markdown("A: yes"),
        feedback=Markdown("- one\n- two"), explanation=Markdown(LONG), gains="+6 XP", actions=ACTIONS,
    ),
    ChallengeCard(
        slug="ridge", title="Ridge", level="easy", minutes=9, topic="Models", statement=Markdown("Write `f`.\n\n    f(1)"),
        starter="def f():\n    pass\n", status="2 tries so far", libraries="NumPy", actions=ACTIONS,
    ),
    VerdictCard(
        slug="ridge", title="Ridge", verdict="wrong", headline="Not yet", cases=(CASE, MATRIX), hidden="Hidden: 1 of 6.",
        detail="Stopped.", footer="Isolation: strong.", gains="+1 XP", actions=ACTIONS,
    ),
    RunCard(headline="It stopped", ok=False, printed="1\n2", detail=LONG, footer="Isolation: strong.", actions=ACTIONS),
    ExplanationCard(
        title="What went wrong", text=f"{LONG}\nsecond line", source="a known mistake", specific=True, code_line="x = 1",
        line=3, actions=ACTIONS,
    ),
    LeaderboardCard(
        title="Board", period="this week", lines=(BoardLine(rank=1, name="Ada", xp=9, me=True), BoardLine(rank=2, name="Ben", xp=1, me=False, sample=True)),
        note=LONG, actions=ACTIONS,
    ),
    StreakCard(current=3, best=7, freezes=2, today_done=True, headline="3 days", days=((date(2026, 1, 1), DayMark.DONE),)),
    ProgressCard(title="Progress", summary=LONG, bars=(Bar(label="Trees", done=1, total=4), Bar(label="Nets", done=0, total=0)), actions=ACTIONS),
    TrackCard(
        title="Track", summary=Markdown(LONG), sections=(TrackSection(title="Trees", questions=9, answered=4, challenges=1, here=True),), paths=(("ML", LONG),),
        projects=(("beginner", ("Iris", "Digits")),), path="ML", actions=ACTIONS,
    ),
    FormCard(title="Settings", fields=(Field("Zone", "settings zone", "UTC", LONG, ("UTC", "Europe/Paris")),)),
    HelpCard(title="Help", rows=(("/daily", "today"), ("/help", "this")), text=Markdown("Start with **/daily**.")),
    NoticeCard(title="Done", text=f"{LONG}\n• kept", actions=ACTIONS),
    PictureCard(name="x.png", png=b"PNG", alt="a calendar"),
    FileCard(name="x.json", content=b"{}", note=LONG),
)  # fmt: skip
# What a page shows by other means: ids of things, how a notice is coloured, a picture's file.
BY_OTHER_MEANS = {
    "input", "blanks", "unit", "verdict", "slug", "tone", "png", "content", "specific", "days", "passed", "here", "primary",
    "today_done", "me", "sample", "by_ai", "formative", "score", "correct", "current", "draft", "is_me", "name",
}  # fmt: skip


def words_of(value: Any) -> set[str]:
    """Every word of every text in a card."""
    if isinstance(value, Enum | bytes | bool | date) or value is None:
        return set()
    if isinstance(value, str | int | float):
        return set(re.findall(r"[\w+]+", str(value)))
    if is_dataclass(value):
        kept = [getattr(value, f.name) for f in fields(value) if f.name not in BY_OTHER_MEANS]
        return set().union(*map(words_of, kept))
    return set().union(*map(words_of, value))


def test_every_card_there_is_has_an_example_here() -> None:
    assert {type(card) for card in EVERY} == set(typing.get_args(cards.Card))


@pytest.mark.parametrize("card", EVERY, ids=lambda card: type(card).__name__)
def test_no_text_of_a_card_is_lost(card: cards.Card) -> None:
    shown = set(re.findall(r"[\w+]+", render(card)))
    missing = {word for word in words_of(card) if word.casefold() not in {s.casefold() for s in shown}}
    assert missing == set()


@pytest.mark.parametrize("card", EVERY, ids=lambda card: type(card).__name__)
def test_lines_of_prose_fit_a_terminal(card: cards.Card) -> None:
    assert max(map(len, render(card).splitlines())) <= WIDTH


@pytest.mark.parametrize(
    "card",
    [
        NoticeCard(title=NASTY, text=NASTY, actions=(Action(NASTY, NASTY),)),
        ExplanationCard(title=NASTY, text=NASTY, source=NASTY, specific=False, code_line=NASTY, line=1),
        LeaderboardCard(title=NASTY, period=NASTY, lines=(BoardLine(rank=1, name=NASTY, xp=3, me=False),)),
        FormCard(title="x", fields=(Field(NASTY, "settings name", NASTY, NASTY),)),
        VerdictCard(
            slug="x", title=NASTY, verdict="wrong", headline="h", hidden="", detail=NASTY, footer="",
            cases=(CaseLine(name=NASTY, passed=False, outcome="o", given=NASTY, expected=NASTY, got=NASTY, message=NASTY, printed=NASTY),),
        ),
    ],
    ids=lambda card: type(card).__name__,
)  # fmt: skip
def test_nothing_in_a_card_moves_a_cursor_or_turns_text_around(card: cards.Card) -> None:
    shown = render(card)
    assert (UNSAFE.search(shown), "\x1b" in shown, "\u202e" in shown, "\r" in shown) == (None, False, False, False)
    assert "[2Jeviltxt" in shown, "what remains is plain letters"


def test_a_question_reads_as_on_paper() -> None:
    card = QuestionCard(
        public_id="q7f3", label="Practice", topic="Trees", prompt=Markdown("Where is the\nfault?"), input=Input.BUG,
        expects="Answer with the line, then a letter.", code="x = [\n  1]\n", choices=(Choice("A", Markdown("Here,\nbecause")),),
    )  # fmt: skip
    assert render(card) == (
        "── Practice · Trees ─────────────────────────\n"
        "Where is the fault?\n"
        "   1 | x = [\n"
        "   2 |   1]\n"
        "  A) Here, because\n"
        "[q7f3] Answer with the line, then a letter."
    )


def test_rows_of_an_array_stay_below_each_other() -> None:
    lines = render(EVERY[3]).splitlines()
    start = lines.index("  ✓ matrix: passed")
    assert lines[start + 1 : start + 4] == ["      input:", "        [[1, 2],", "         [3, 4]]"]


def test_a_hint_by_ai_says_so() -> None:
    card = ExplanationCard(title="A hint", text="Look again.", source="written by AI", specific=True, by_ai=True)
    assert render(card) == "── A hint ───────────────────────────────────\nLook again.\nWritten by AI, may be wrong."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("- one\n  more\n- two", "- one more\n- two"),
        ("1. one\nmore\n2. two", "1. one more\n2. two"),
        ("text\n\n    x = 1\n    y = 2\n\nmore\ntext", "text\n\n    x = 1\n    y = 2\n\nmore text"),
        ("text:\n```python\nx = 1\n\n  y\n```\nmore\ntext", "text:\n    x = 1\n    \n      y\nmore text"),
        ("# Title\ntext\ngoes on", "# Title\ntext goes on"),
        ("| a | b |\n| c | d |\nend", "| a | b |\n| c | d |\nend"),
        ("a **bold\nword** and `2**3**4` and 2**3 and 4**5", "a bold word and `2**3**4` and 2**3 and 4**5"),
        ("**all of `x` is bold**", "all of `x` is bold"),
        ("x = 1\n- 2", "x = 1\n- 2"),
        ("", ""),
        ("```\nunclosed", "    unclosed"),
    ],
)
def test_markdown_is_filled_and_code_is_left_alone(written: str, shown: str) -> None:
    assert reflow(written) == shown


@given(st.text(alphabet="ab `*-1.#|>\n\t", max_size=200))
def test_filling_never_drops_a_letter(written: str) -> None:
    letters = re.sub(r"[^ab1]", "", written)
    assert re.sub(r"[^ab1]", "", reflow(written)) == letters or "```" in written


@given(st.text(max_size=300))
def test_clean_text_stays_as_it_is_and_any_text_can_be_cleaned(text: str) -> None:
    once = clean(text)
    assert (clean(once), UNSAFE.search(once)) == (once, None)


async def test_the_longest_statement_and_question_we_ship_read_well(shipped_track, shipped_bank, start) -> None:
    chat = start(track=shipped_track, challenges=shipped_bank)
    for slug in shipped_bank:
        said = await chat.say(f"/challenge {slug}")
        prose = [line for line in said.splitlines() if not line.startswith(("    ", "#"))]
        assert max(map(len, prose)) <= WIDTH + 30, slug
        assert "**" not in re.sub(r"`[^`]*`|^    .*$", "", said, flags=re.MULTILINE), slug

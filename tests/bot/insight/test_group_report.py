"""`/group report`: what admins read, and that no one can be found in it."""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import NoticeCard, PictureCard
from bot.insight import reading
from bot.insight.group_report import cards
from bot.insight.report import FEWEST, Material, cut, group_report, in_words, suggestion
from bot.platforms.plain import render
from bot.store.insights_rows import FailedCode, FirstAnswer, Report
from challenges.model import Challenge
from quizzes.items import Track
from quizzes.present import present

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
KEY = "held-out-single"


def said(track: Track, text: str) -> str:
    """The letter of an option of the one item, as the crowd is shown it."""
    item = track.item(KEY)
    assert item is not None
    return next(option.label for option in present(item, 7).options if option.text == text)


def words(reply) -> str:
    """A reply as one text on one line."""
    return " ".join(" ".join(render(card) for card in reply.cards).split())


async def test_five_learners_and_a_month_before(crowd, track: Track) -> None:
    speed, size = said(track, "A faster fit"), said(track, "A larger model")
    await crowd.answers([(f"L{n}", KEY, what) for n, what in enumerate(["right", "right", "right", size])], days_ago=45)
    await crowd.answers([(f"N{n}", KEY, what) for n, what in enumerate([size, size, size, speed, "right"])], days_ago=3)
    await crowd.answers([(f"N{n}", "sums-output", "right") for n in range(3)], days_ago=2)
    await crowd.answers([(f"N{n}", "peeking-bug", "wrong") for n in range(2)], days_ago=1)
    reply = await crowd.chat.reply("/group report")
    assert [type(card) for card in reply.cards] == [NoticeCard, PictureCard, NoticeCard]
    totals, picture, hardest = reply.cards
    assert totals.text.split("\n") == [
        "Last 30 days: 10 first answers, 0 failed submissions.",
        "40% were right, 35 points less than in the 30 days before.",
        "1 more topic had too few learners to be shown.",
        "Only what at least 3 learners share is shown, and nobody is named.",
    ]
    assert hardest.text.split("\n") == [
        "1. Held-out rows: 1 of 5 right (20%, 55 points less than in the 30 days before).",
        "   3 learners said: A larger model",
        "   What they are told: The size of a model is chosen, not split.",
        "   Ask: /quiz held-out (“What are held-out rows good for?”, held-out-single)",
    ]
    assert [(action.label, action.command) for action in hardest.actions] == [
        ("Quiz: Held-out rows", "quiz held-out"),
        ("As files", "group report csv"),
    ]
    assert (picture.png[:4], "Held-out rows" in picture.alt) == (b"\x89PNG", True)


async def test_a_small_group_gets_totals_alone_and_is_told_why(crowd) -> None:
    await crowd.answers([(name, item, "wrong") for name in ("Ann",) for item in (KEY, "sums-output")])
    assert words(await crowd.chat.reply("/group report")).endswith(
        "Last 30 days: 2 first answers, 0 failed submissions. There are 2 members here, so there are totals only: from 3 on, what is"
        " hard shows without showing who finds it so. Nobody is named."
    )


async def test_sample_members_do_not_make_a_group_large(crowd, chat) -> None:
    from bot.store import SampleMember

    samples = [SampleMember(f"S{n}", 10, (1,)) for n in range(9)]
    await chat.store.seed_demo_group(samples, platform=chat.place.platform, external_id=chat.place.external_id)
    assert "There is 1 member here" in words(await chat.reply("/group report"))


async def test_the_tables_come_as_files_with_what_three_learners_share(crowd, track: Track) -> None:
    speed, size = said(track, "A faster fit"), said(track, "A larger model")
    await crowd.answers([(f"N{n}", KEY, what) for n, what in enumerate([size, size, size, speed, "right"])])
    await crowd.answers([(f"N{n}", "peeking-bug", "wrong") for n in range(2)])
    items, topics = (await crowd.chat.reply("/group report csv")).cards
    assert (items.name, topics.name) == ("questions.csv", "topics.csv")
    (row,) = csv.DictReader(io.StringIO(items.content.decode("utf-8")))
    assert (row["item"], row["answers"], row["difficulty"]) == (KEY, "5", "0.200")
    assert row["distractor_use"] == "A larger model: 0.60"
    (topic,) = csv.DictReader(io.StringIO(topics.content.decode("utf-8")))
    assert (topic["concept"], topic["learners"], topic["asked"], topic["right"]) == ("held-out", "5", "5", "1")


async def test_a_small_group_gets_no_files(crowd) -> None:
    await crowd.answers([("Ann", KEY, "wrong")])
    (card,) = (await crowd.chat.reply("/group report csv")).cards
    assert (type(card), "totals only" in card.text) == (NoticeCard, True)


async def test_what_outsiders_do_is_not_in_it(crowd, track: Track) -> None:
    await crowd.answers([(f"N{n}", "sums-output", "right") for n in range(3)])
    for name in "XYZ":
        await crowd.member(name, joins=False)
    await crowd.answers([(name, KEY, "wrong") for name in "XYZ"])
    text = words(await crowd.chat.reply("/group report"))
    assert ("3 first answers" in text, "100% were right" in text, "Held-out" in text) == (True, True, False)


async def test_code_that_fails_alike_comes_with_a_nameless_example_and_something_to_ask(crowd, bank) -> None:
    (wrong,) = [w for w in bank["add-up"].wrong if w.name == "forgets_last"]
    for n, name in enumerate(["Ada Lovelace", "Alan", "Grace"]):
        own = wrong.source.replace("numbers", f"list_{n}").replace("def", f"# by {name}\ndef")
        await crowd.submit(name, "add-up", own)
    reply = await crowd.chat.reply("/group report")
    assert reply.cards[-1].text.split("\n") == [
        "3 learners in “Add up”",
        "   What they are told: You stop one number too early: the end of a slice is not part of it.",
        "   For example: def add_up(list_0):",
        "       return sum(list_0[:-1])",
        "   Ask: /quiz sums",
    ]


async def test_typed_answers_that_are_alike_are_shown_without_who_said_them(crowd) -> None:
    for name in ("Zelda", "Yves", "Xaver"):
        await crowd.answer(name, "sums-fill", f"{name}(x)")
        await crowd.answer(name, "sums-numeric", "10.0")
    text = words(await crowd.chat.reply("/group report"))
    assert "3 learners said: 10 What they are told: That is the sum; a mean divides it by the count." in text
    assert not [name for name in ("zelda", "yves", "xaver") if name in text.casefold()]


async def test_reports_of_members_are_shown_in_their_own_words(crowd, clock) -> None:
    ann = await crowd.member("Ann")
    out = await crowd.member("Out", joins=False)
    await crowd.store.insights.report(ann, "discord", Report(KEY, "key", "**B** is\nright, says Ann", clock()))
    await crowd.store.insights.report(out, "discord", Report(KEY, "typo", "from elsewhere", clock()))
    reply = await crowd.chat.reply("/group report")
    assert reply.cards[-1].title == "Reported questions"
    assert reply.cards[-1].text.split("\n") == [
        "held-out-single: the answer marked right is wrong. “**B** is right, says […]” (What are held-out rows good for?)",
        "Whoever runs the bot settles them: epochbot items --resolve ID.",
    ]


async def test_nobody_but_admins_sees_it(crowd) -> None:
    from bot.messages import Actor, Place, Request

    request = Request(Actor("discord", "9", "Eve"), Place("discord", "1", "G", "2"), "group", "report", "k", NOW)
    refused = await crowd.chat.dispatcher.handle(request)
    allowed = await crowd.chat.dispatcher.handle(replace(request, admin=True, idempotency_key="l"))
    assert (refused.cards[0].title, allowed.cards[0].title) == ("Not yours to change", "What the group finds hard")


async def test_an_item_in_quarantine_is_not_suggested(track: Track) -> None:
    assert suggestion(track, "held-out", ()).id == KEY  # type: ignore[union-attr]  # it is there
    assert suggestion(track, "held-out", {KEY}) is None
    assert suggestion(track, "scores", ()).id == "scores-short"  # type: ignore[union-attr]  # a free text is better than nothing


# Whoever did whatever, nothing is told of fewer than three


def answer(track: Track, user_id: int, item_id: str, right: bool, days_ago: int) -> FirstAnswer:
    """A first answer; wrong ones say the same."""
    at = NOW - timedelta(days=days_ago)
    letter = said(track, "A larger model")
    tags = () if right else ("sum-for-mean",)
    return FirstAnswer(user_id, item_id, right, float(right), False, letter if item_id == KEY else "10", "7", tags, at)


ACTS = st.lists(
    st.tuples(
        st.integers(1, 6), st.sampled_from([KEY, "sums-numeric", "sums-output"]), st.booleans(), st.integers(0, 70)
    ),
    max_size=30,
    unique_by=lambda act: act[:2],
)


@settings(deadline=None)
@given(acts=ACTS, coders=st.lists(st.integers(1, 6), max_size=8), members=st.integers(0, 6))
def test_nothing_shown_is_about_fewer_than_three_learners(
    track: Track, bank: dict[str, Challenge], acts: list[tuple[int, str, bool, int]], coders: list[int], members: int
) -> None:
    read = reading.readings([answer(track, *act) for act in acts], track, {})
    code = [FailedCode(n, "add-up", "def add_up(x):\n    return x[0]", "wrong", "{}", (), NOW) for n in coders]
    report = group_report(Material(track=track, challenges=bank, members=members, names=(), read=read, code=code), NOW)
    shown = [*(row.now.learners for row in report.concepts), *(one.learners for one in report.alike)]
    shown += [one.learners for _, common in report.answers for one in common]
    assert all(n >= FEWEST for n in shown)
    assert bool(shown) <= report.open
    for row in report.concepts:
        took_part = {who for who, item_id, _, ago in acts if track.item(item_id).concept == row.id and ago <= 30}  # type: ignore[union-attr]
        before = {who for who, item_id, _, ago in acts if track.item(item_id).concept == row.id and 30 < ago <= 60}  # type: ignore[union-attr]
        assert (row.now.learners, row.before is not None) == (len(took_part), len(before) >= FEWEST)
    assert (len(set(coders)) >= FEWEST and members >= FEWEST) <= any(one.title == "Add up" for one in report.alike)


@settings(deadline=None)
@given(acts=ACTS, members=st.integers(0, 6))
def test_any_report_can_be_written_down(track: Track, acts: list[tuple[int, str, bool, int]], members: int) -> None:
    read = reading.readings([answer(track, *act) for act in acts], track, {})
    report = group_report(Material(track=track, challenges={}, members=members, names=(), read=read, code=()), NOW)
    told = [card for card in cards(track, report, [], ()) if isinstance(card, NoticeCard)]
    assert told[0].title == "What the group finds hard"
    assert not re.search(r"\bNone\b|nan|\{", " ".join(card.text for card in told))


async def test_many_hard_topics_stay_readable(shipped_track: Track) -> None:
    """Seven learners who get everything wrong: five topics, eight reports, and no card longer than the narrowest platform takes."""
    pairs = itertools.product(range(7), shipped_track.items)
    wrong = [FirstAnswer(n, i.id, False, 0.0, False, "999", "7", (), NOW) for n, i in pairs]
    read = reading.readings(wrong, shipped_track, {})
    report = group_report(Material(track=shipped_track, challenges={}, members=7, names=(), read=read, code=()), NOW)
    told = [Report(item.id, "unclear", "x" * 500, NOW) for item in shipped_track.items[:40]]
    shown = [card for card in cards(shipped_track, report, told, ()) if isinstance(card, NoticeCard)]
    assert [card.title for card in shown] == [
        "What the group finds hard", "Hardest topics", "Mistakes that look alike", "Reported questions",
    ]  # fmt: skip
    assert max(len(card.text) for card in shown) < 4000
    assert "And 32 more." in shown[-1].text


@pytest.mark.parametrize(
    ("text", "most", "left"), [("a b", 9, "a b"), (" a\n b ", 9, "a b"), ("ab cd ef", 6, "ab …"), ("abcdef", 3, "ab …")]
)
def test_texts_are_cut_at_words(text: str, most: int, left: str) -> None:
    assert cut(text, most) == left


def test_names_of_misconceptions_become_words() -> None:
    assert (in_words("split=speed"), in_words("sum-for-mean"), in_words("")) == (
        "split taken for speed",
        "sum for mean",
        "",
    )

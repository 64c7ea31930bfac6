"""The nightly look at items, on a real store: what is mis-keyed goes into quarantine, and how it comes out again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.insight.items import JUDGED_FROM, Word
from bot.insight.review import Overview, overview, review_items
from bot.store.insights_rows import Report
from quizzes.items import Choice, Track

KEY = "held-out-single"
OTHERS = ("step-order-order", "peeking-multi", "peeking-bug", "sums-numeric", "sums-output", "sums-fill")


def mis_keyed(learners: int = JUDGED_FROM) -> list[tuple[str, str, str]]:
    """Every second learner does well, and just they are marked wrong on one item."""
    return [
        (f"L{n}", item_id, "right" if (n + (item_id == KEY)) % 2 == 0 else "wrong")
        for n in range(learners)
        for item_id in (*OTHERS, KEY)
    ]


def changed(track: Track, **fields: object) -> Track:
    """The course with a change to the one item."""
    sections = tuple(
        replace(s, items=tuple(replace(i, **fields) if i.id == KEY else i for i in s.items))  # type: ignore[arg-type]  # fields of an item
        for s in track.sections
    )
    return Track(slug=track.slug, title=track.title, sections=sections)


@pytest.fixture
async def services(crowd):
    """Services of a store in which thirty learners have answered everything."""
    await crowd.answers(mis_keyed())
    return crowd.chat.dispatcher.services


def line(seen: Overview, item_id: str):
    return next(one for one in seen.lines if one.item.id == item_id)


async def test_a_suspect_key_goes_into_quarantine_with_its_evidence(services, clock) -> None:
    insights = services.store.insights
    assert (await insights.quarantined(), await review_items(services)) == (frozenset(), [KEY])
    assert await insights.quarantined() == {KEY}
    (kept,) = await insights.quarantine()
    assert (kept.item_id, kept.since) == (KEY, clock())
    assert kept.evidence["answers"] == JUDGED_FROM
    assert kept.evidence["discrimination"] < -0.9
    assert (kept.evidence["difficulty"], kept.evidence["upper_lower"]) == (0.5, -1.0)
    assert (await review_items(services), await insights.quarantined()) == ([], {KEY})


async def test_the_good_items_stay(services) -> None:
    await review_items(services)
    seen = await overview(services.store, services.track)
    assert line(seen, KEY).quarantined
    assert {one.stats.word for one in seen.lines if one.item.id in OTHERS} == {Word.KEEP}
    assert line(seen, "scores-short").stats.answers == 0


async def test_of_fewer_answers_nothing_is_judged(crowd) -> None:
    await crowd.answers(mis_keyed(JUDGED_FROM - 1))
    services = crowd.chat.dispatcher.services
    assert await review_items(services) == []
    assert line(await overview(services.store, services.track), KEY).stats.word is Word.EARLY


async def test_what_an_operator_released_stays_out_until_its_content_changes(services, crowd, clock) -> None:
    insights = services.store.insights
    await review_items(services)
    clock.forward(days=1)
    assert [await insights.release(KEY), await insights.release(KEY)] == [True, False]
    assert (await review_items(services), await insights.quarantined()) == ([], frozenset())
    new = replace(services, track=changed(services.track, prompt="What are held-out rows for?"))
    assert await review_items(new) == []
    stats = line(await overview(new.store, new.track), KEY).stats
    assert (stats.answers, stats.word) == (0, Word.EARLY)
    await crowd.answers([(f"M{name}", item_id, what) for name, item_id, what in mis_keyed()])
    assert await review_items(new) == [KEY]


async def test_new_content_is_released_by_itself_and_begins_anew(services, clock) -> None:
    insights = services.store.insights
    await review_items(services)
    clock.forward(days=1)
    key = services.track.item(KEY)
    assert isinstance(key.body, Choice)
    mended = replace(services, track=changed(services.track, body=replace(key.body, answers=("A larger model",))))
    assert (await review_items(mended), await insights.quarantined()) == ([], frozenset())
    assert line(await overview(mended.store, mended.track), KEY).stats.answers == 0


async def test_a_new_explanation_changes_nothing(services, clock) -> None:
    await review_items(services)
    clock.forward(days=1)
    told = replace(services, track=changed(services.track, explanation="In other words.", difficulty=3))
    assert (await review_items(told), await services.store.insights.quarantined()) == ([], {KEY})


async def test_reports_by_three_learners_ask_to_inspect(services, crowd) -> None:
    insights = services.store.insights
    for name in ("L1", "L2", "L1"):
        user_id = await crowd.member(name)
        await insights.report(user_id, "discord", Report("sums-fill", "typo", "", crowd.chat.clock()))
    before = line(await overview(services.store, services.track), "sums-fill")
    await insights.report(await crowd.member("L3"), "discord", Report("sums-fill", "key", "", crowd.chat.clock()))
    after = line(await overview(services.store, services.track), "sums-fill")
    assert [(one.reporters, one.stats.word) for one in (before, after)] == [(2, Word.KEEP), (3, Word.INSPECT)]


async def test_clicks_too_fast_to_be_read_and_second_tries_do_not_count(crowd) -> None:
    services = crowd.chat.dispatcher.services
    await crowd.answer("Ann", KEY, "wrong", elapsed_ms=1999)
    await crowd.answer("Bob", KEY, "right", elapsed_ms=2000)
    await crowd.answer("Bob", KEY, "wrong")
    await crowd.answer("Cy", KEY, "wrong")
    stats = line(await overview(services.store, services.track), KEY).stats
    assert (stats.answers, stats.difficulty) == (2, 0.5)

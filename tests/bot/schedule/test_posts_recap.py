"""Mondays' look back: sums, names and hard concepts of the week before, without those who hide, and without blame."""

from __future__ import annotations

from datetime import date

import pytest

from bot.cards import PictureCard
from bot.schedule.posts.recap import card, hardest
from bot.store import BoardRow, Week
from tests.bot.schedule.village import Village, words

WEEK = Week(
    monday=date(2026, 11, 30),
    xp_by_day=(200, 0, 300, 0, 0, 100, 0),
    goal=500,
    active=8,
    streak=5,
    top=(BoardRow(1, 1, "Ada", 90),),
    steady=("Ada", "Ben"),
    steady_days=7,
    improved="Cleo",
    answers={},
)


@pytest.fixture
async def village(chat) -> Village:
    """A group whose week is told on Mondays at a quarter past nine."""
    made = Village(chat)
    await made.settle()
    await made.person("Ann", admin=True).say("/group setup question=off challenge=off")
    return made


async def test_a_week_is_told_with_a_picture_and_a_button_to_practise(village: Village) -> None:
    for day in (24, 25):
        village.chat.clock.at = village.chat.clock.at.replace(day=day, hour=10)
        await village.person("Ben").finish_today()
    for name in ("Ann", "Cleo", "Dora", "Emil"):
        await village.person(name).finish_today()
    await village.to(30, 9, 20)
    (post,) = village.discord.posts
    told, picture = post.cards
    assert isinstance(picture, PictureCard)
    assert picture.png.startswith(b"\x89PNG")
    lines = told.text.split("\n")
    assert told.title == "Your week: 23 to 29 November"
    assert lines[0].endswith("XP together: the goal was 100.")
    assert lines[1].startswith("5 of you learned")
    assert "On most days: Ben, 2 of 7." in lines
    assert any(line.startswith("Hardest: ") and line.endswith("Worth another look together.") for line in lines)
    practise = told.actions[0]
    assert practise.label.startswith("Practise ")
    assert (await village.person("Ben").say(f"/{practise.command}")).split()[0] in ("Practice", "No")


async def test_who_hides_is_in_no_sum_and_on_no_line(village: Village) -> None:
    await village.person("Ben").finish_today()
    await village.person("Zed").finish_today()
    await village.person("Zed").say("/settings board off")
    await village.person("Ben").say("/settings name The Gardener")
    await village.to(30, 9, 20)
    said = words(village.discord.posts[0].cards)
    assert ("Zed" in said, "Ben" in said, "The Gardener" in said, "1 of you learned" in said) == (
        False,
        False,
        True,
        True,
    )


async def test_a_week_in_which_nobody_learned_is_passed_over(village: Village) -> None:
    await village.to(30, 9, 20)
    assert village.discord.posts == []


async def test_the_week_ends_where_the_group_is(village: Village) -> None:
    """What is done on Monday before the post belongs to the new week."""
    await village.person("Ben").finish_today()
    group = await village.chat.store.ensure_group("discord", "77", "Garden")
    village.chat.clock.at = village.chat.clock.at.replace(day=30, hour=8)
    await village.person("Ann").finish_today()
    week = await village.chat.store.weeks.of(group, date(2026, 11, 23))
    later = await village.chat.store.weeks.of(group, date(2026, 11, 30))
    assert (week.active, later.active) == (1, 1)
    assert [sum(one.xp_by_day) > 0 for one in (week, later)] == [True, True]
    assert week.xp_by_day[1:] == (0,) * 6
    assert sum(week.xp_by_day) == (await village.chat.store.progress(await village.person("Ben").user_id())).xp


def test_a_week_in_words() -> None:
    assert card(WEEK, []).text == (
        "600 XP together: the goal is reached.\n8 of you learned; your group streak is 5 days.\n"
        "On most days: Ada, Ben, 7 of 7.\nFurthest above their own usual week: Cleo.\n"
        "Well done, all of you. A new week begins with everyone at zero."
    )
    assert card(WEEK, []).title == "Your week: 30 November to 6 December"


def test_a_concept_is_hard_from_five_answers_on_and_when_enough_were_wrong(track) -> None:
    by_concept: dict[str, list[str]] = {}
    for item in track.items:
        by_concept.setdefault(item.concept, []).append(item.id)
    (first, second, *_) = [items[0] for items in by_concept.values()]
    answers = {first: (10, 4), second: (10, 9), "gone": (50, 0)}
    assert [(concept.id, share) for concept, share in hardest(track, answers)] == [(track.item(first).concept, 0.4)]
    assert hardest(track, {first: (4, 0)}) == []

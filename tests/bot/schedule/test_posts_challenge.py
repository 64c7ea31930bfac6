"""The challenge of the day: one that suits the group, not again for long, opened by each for themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.schedule.posts.challenge import SHORTENED, choose, shortened
from bot.topics import LEVEL_ORDER
from tests.bot.schedule.village import TEAM, Village, words


@pytest.fixture
async def village(chat) -> Village:
    """A group whose challenge comes at noon."""
    made = Village(chat)
    await made.settle()
    return made


async def test_it_says_what_it_is_about_and_opens_for_whoever_presses(village: Village) -> None:
    await village.person("Ann", admin=True).say("/group setup question=off")
    await village.to(23, 12)
    (post,) = village.discord.posts
    (card,) = post.cards
    assert (card.title, post.thread, [action.label for action in card.actions]) == (
        "Challenge of the day: Add up",
        "",
        ["Open it"],
    )
    assert card.text == (
        "Easy, about 3 minutes · Measuring\n\n"
        "Write add_up(numbers): the sum of a list of whole numbers, and 0 for an empty list.\n\n"
        "It opens for you alone, with starter code."
    )
    assert (await village.person("Ben").say(card.actions[0].command)).startswith("Add up · easy, 3 min")


async def test_all_places_of_a_group_get_the_same_one(village: Village) -> None:
    ann, bob = village.person("Ann", admin=True), village.person("Bob", TEAM, admin=True)
    code = (await ann.say("/group code")).split("/group join ")[1].split()[0]
    await bob.say(f"/group join {code}")
    await bob.say("/group setup channel=here hour=8 zone=UTC challenge=13")
    await village.to(23, 9)
    await village.to(23, 12)
    await village.to(23, 13)
    assert words(village.slack.posts[-1].cards) == words(village.discord.posts[-1].cards)


def test_a_group_is_led_from_easy_ones_to_hard_ones(shipped_bank) -> None:
    easy = {slug for slug, one in shipped_bank.items() if one.level == "easy"}
    medium = next(slug for slug, one in shipped_bank.items() if one.level == "medium")
    levels = []
    for passes in ({}, dict.fromkeys(easy, 1), {**dict.fromkeys(shipped_bank, 2), medium: 1}):
        chosen = choose(shipped_bank.values(), [], passes, "1 2026-11-23")
        assert chosen is not None
        levels.append(chosen.level)
    assert levels == ["easy", "medium", "medium"]


@given(days=st.integers(1, 40), group=st.integers(1, 9))
def test_none_comes_again_while_another_fits(shipped_bank, days: int, group: int) -> None:
    easy = [slug for slug, one in shipped_bank.items() if LEVEL_ORDER[one.level] == 0]
    recent: list[str] = []
    for n in range(days):
        chosen = choose(shipped_bank.values(), recent, {}, f"{group} {date.fromordinal(740_000 + n)}")
        assert chosen is not None
        assert chosen.slug not in recent[: len(easy) // 2]
        recent.insert(0, chosen.slug)


def test_without_challenges_there_is_no_post() -> None:
    assert choose([], [], {}, "1") is None


@pytest.mark.parametrize(
    ("statement", "short"),
    [
        ("Write `f(x)`: **twice** x.\n\nMore follows.", "Write f(x): twice x."),
        ("# Title\n\nWords\nin two lines.", "Words in two lines."),
        ("```\ncode\n```\n\nThen words.", "Then words."),
        ("", ""),
    ],
)
def test_a_statement_is_shortened_to_its_first_words(statement: str, short: str) -> None:
    assert shortened(statement) == short


def test_every_statement_we_ship_is_short_and_whole_words(shipped_bank) -> None:
    for challenge in shipped_bank.values():
        short = shortened(challenge.statement)
        assert 20 < len(short) <= SHORTENED + 2, challenge.slug
        assert "`" not in short
        assert "**" not in short


async def test_a_challenge_that_is_gone_from_the_bank_gives_way_to_another(village: Village, bank) -> None:
    gone = replace(next(iter(bank.values())), slug="gone")
    assert choose([gone], ["add-up"], {"add-up": 3}, "1") == gone

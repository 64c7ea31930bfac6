"""The question of the day: one for the whole group, answered by each alone, resolved below it without names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import FeedbackCard, QuestionCard
from bot.messages import MAX_COMMAND_ID, Place
from bot.rounds import PUBLIC, SPREAD_FROM, Tally, answer_card, card_for_all, choose, counts, tally
from bot.store import Round, Spot
from bot.store.insights_rows import Suspicion
from quizzes.grade import answer_key
from quizzes.items import Kind
from quizzes.present import present
from tests.bot.schedule.village import TEAM, Person, Village, words

ELSEWHERE = Place("discord", "88", "Orchard", "2002")


@pytest.fixture
async def village(chat) -> Village:
    """A group whose question comes at nine."""
    made = Village(chat)
    await made.settle()
    return made


async def asked(village: Village) -> tuple[Round, str, str]:
    """Today's round with a right and a wrong answer to it."""
    group = await village.chat.store.ensure_group("discord", "77", "Garden")
    found = await village.chat.store.rounds.on(group.id, village.chat.clock().date())
    assert found is not None
    item = village.chat.dispatcher.services.track.item(found.item_id)
    shown = present(item, int(found.seed))
    right = answer_key(item, shown)
    wrong = next((one.label for one in shown.options if one.label not in right), "-987654")
    return found, right, wrong


async def test_everyone_reads_it_each_answers_alone_and_the_evening_resolves_it(village: Village) -> None:
    await village.to(23, 9)
    (post,) = village.discord.posts
    (card,) = post.cards
    assert isinstance(card, QuestionCard)
    assert (card.public_id, card.label, post.channel) == ("", "Question of the day", "1001")
    assert post.thread.startswith("Monday 23 November: ")
    _, right, wrong = await asked(village)
    for name, answer in (("Ann", right), ("Ben", right), ("Carl", wrong)):
        said = await village.person(name).reply(f"/today g1 {answer}")
        assert [type(one) for one in said.cards] == [FeedbackCard]
    await village.to(23, 21)
    reveal = village.discord.posts[-1]
    assert (reveal.reply_to, reveal.ping) == ("1", "")
    assert words(reveal.cards).startswith("The answer is out 3 people answered, 2 of them right (67 %).")
    assert not any(name in words(reveal.cards) for name in ("Ann", "Ben", "Carl"))
    assert await village.chat.store.rebuild_check() == []


async def test_a_first_answer_counts_and_a_second_press_shows_it_again(village: Village) -> None:
    await village.to(23, 9)
    _, right, wrong = await asked(village)
    village.chat.clock.forward(minutes=5)
    ben = village.person("Ben")
    assert "✓ Correct (+" in await ben.say(f"/today g1 {right}")
    assert (await ben.say(f"/today g1 {wrong}")).startswith("Already answered Your first answer counts")
    attempts = await village.chat.store.attempts(await ben.user_id())
    assert [(one.kind, one.correct) for one in attempts] == [("quiz", True)]


async def test_a_press_that_opens_it_gives_a_copy_that_waits_for_a_plain_answer(village: Village) -> None:
    await village.to(23, 9)
    _, right, _ = await asked(village)
    ben = village.person("Ben")
    opened, again = await ben.reply("/today g1"), await ben.reply("/today")
    assert [card.label for card in (*opened.cards, *again.cards)] == ["Question of the day"] * 2
    assert opened.cards[0].public_id == again.cards[0].public_id != ""
    village.chat.clock.forward(minutes=1)
    assert "✓ Correct" in await ben.say(right)


async def test_what_cannot_be_read_leaves_the_question_open(village: Village) -> None:
    await village.to(23, 9)
    said = await village.person("Ben").say("/today g1 none of them at all")
    assert said.startswith("I could not read that as an answer")
    assert await village.chat.store.rounds.answers(1) == []


async def test_an_answer_at_once_is_not_taken_for_a_guess_in_no_time(village: Village) -> None:
    """Whoever presses a letter has read the question for as long as it has been there."""
    await village.to(23, 9)
    _, right, _ = await asked(village)
    village.chat.clock.forward(hours=1)
    ben = village.person("Ben")
    await ben.say(f"/today g1 {right}")
    (attempt,) = await village.chat.store.attempts(await ben.user_id())
    assert attempt.elapsed_ms == 3_600_000
    assert (await village.chat.store.progress(await ben.user_id())).xp >= 4


async def test_members_on_another_platform_get_the_same_question_and_count_in_the_same_answer(village: Village) -> None:
    ann, bob = village.person("Ann", admin=True), village.person("Bob", TEAM, admin=True)
    code = (await ann.say("/group code")).split("/group join ")[1].split()[0]
    await bob.say(f"/group join {code}")
    await bob.say("/group setup channel=here hour=9 zone=UTC")
    await village.to(23, 9)
    assert [post.cards for post in village.slack.posts] == [post.cards for post in village.discord.posts]
    _, right, wrong = await asked(village)
    await bob.say(f"/today g1 {right}")
    await village.person("Ben").say(f"/today g1 {wrong}")
    await village.to(23, 21)
    for posts in (village.slack.posts, village.discord.posts):
        assert "2 people answered, 1 of them right (50 %)." in words(posts[-1].cards)


async def test_on_ones_own_machine_there_is_one_each_day_too(chat) -> None:
    first = await chat.say("/today")
    assert first.startswith("── Question of the day · ")
    assert await chat.say("/today") == first
    chat.clock.forward(days=1)
    assert (await chat.say("/today")) != first


async def test_after_the_answer_was_shown_it_is_shown_and_nothing_counts(village: Village) -> None:
    await village.to(23, 9)
    _, right, _ = await asked(village)
    await village.to(23, 21)
    late = village.person("Dora")
    said = await late.say(f"/today g1 {right}")
    assert said.startswith("The answer is out already This one no longer counts, but here it is. ✓ The answer Answer:")
    assert await village.chat.store.attempts(await late.user_id()) == []


async def test_where_the_answer_was_not_shown_yet_it_still_counts(village: Village) -> None:
    ann, bob = village.person("Ann", admin=True), village.person("Bob", TEAM, admin=True)
    code = (await ann.say("/group code")).split("/group join ")[1].split()[0]
    await bob.say(f"/group join {code}")
    await bob.say("/group setup channel=here hour=9 zone=UTC reveal=22")
    await village.to(23, 9)
    _, right, _ = await asked(village)
    await village.to(23, 21)
    assert "✓ Correct" in await bob.say(f"/today g1 {right}")


async def test_strangers_to_the_group_are_told_nothing(village: Village) -> None:
    await village.to(23, 9)
    for text in ("/today g1 A", "/today g1", "/today g99", "/today g0"):
        assert (await village.person("Eve", ELSEWHERE).say(text)).startswith("Nothing to answer")


async def test_two_accounts_that_become_one_count_once(village: Village) -> None:
    await village.to(23, 9)
    _, right, wrong = await asked(village)
    one, other = village.person("Ann"), village.person("Bob")
    await one.say(f"/today g1 {right}")
    await other.say(f"/today g1 {wrong}")
    store = village.chat.store
    said = await one.say("/link")
    code = next(word for word in said.split() if len(word) == 9 and word[4] == "-")
    assert (await other.say(f"/link {code}")).startswith("Linked")
    assert await store.rounds.answers(1) == [right]
    assert (await other.say("/today g1")).startswith("Already answered")
    assert await store.rebuild_check() == []


async def test_a_question_in_quarantine_is_not_asked(village: Village) -> None:
    track, insights = village.chat.dispatcher.services.track, village.chat.store.insights
    public = [item.id for item in track.items if item.kind in PUBLIC and item.difficulty <= 2]
    await insights.note_content(dict.fromkeys(public, "hash"))
    await insights.put_in_quarantine([Suspicion(item_id, "odd", "too odd") for item_id in public[1:]])
    await village.to(23, 9)
    found, _, _ = await asked(village)
    assert found.item_id == public[0]


# Choosing


@given(group=st.integers(1, 99), start=st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_half_the_bank_passes_before_a_question_comes_again(track, group: int, start: date) -> None:
    items = [item for item in track.items if item.kind in PUBLIC and item.difficulty <= 2]
    recent: list[str] = []
    for n in range(len(items)):
        chosen = choose(track.items, recent, {}, group, start + timedelta(days=n))
        assert chosen is not None
        assert chosen.id not in recent[: len(items) // 2]
        assert chosen == choose(track.items, recent, {}, group, start + timedelta(days=n))
        recent.insert(0, chosen.id)


@given(st.data())
def test_what_fewest_members_have_met_comes_first(track, data: st.DataObject) -> None:
    items = [item for item in track.items if item.kind in PUBLIC and item.difficulty <= 2]
    met = {item.id: data.draw(st.integers(0, 5), label=item.id) for item in items}
    chosen = choose(track.items, [], met, 1, date(2026, 11, 23))
    assert chosen is not None
    assert met[chosen.id] == min(met.values())


def test_with_nothing_fit_to_ask_there_is_no_question(track) -> None:
    essays = [item for item in track.items if item.kind is Kind.SHORT]
    assert choose(essays, [], {}, 1, date(2026, 11, 23)) is None


# Showing and counting


def shipped_round(item) -> Round:
    """A round of an item."""
    return Round(2**40, 1, date(2026, 11, 23), item.id, "7", None)  # type: ignore[arg-type]  # when it began is not shown


def test_every_item_we_ship_that_may_be_asked_has_buttons_that_fit_and_shows_no_answer(shipped_track) -> None:
    for item in shipped_track.items:
        if item.kind not in PUBLIC:
            continue
        card = card_for_all(shipped_track, shipped_round(item), item)
        assert card.actions
        assert all(len(action.command.encode()) <= MAX_COMMAND_ID - 10 for action in card.actions)
        assert len(card.actions) == (len(card.choices) if item.kind is Kind.SINGLE else 1), item.id


def test_every_answer_we_ship_can_be_resolved(shipped_track) -> None:
    for item in shipped_track.items:
        if item.kind in PUBLIC:
            shown = present(item, 7)
            card = answer_card(item, shown, tally(item, shown, [answer_key(item, shown)]))
            assert card.feedback.startswith("**Answer:** ")
            assert card.explanation


def test_counting_says_how_many_and_from_three_answers_on_how_they_spread(track) -> None:
    item = next(one for one in track.items if one.kind is Kind.SINGLE)
    shown = present(item, 7)
    right = answer_key(item, shown)
    wrong = next(line for line in shown.options if line.label not in right)
    few, many = [right, wrong.label], [right, wrong.label, wrong.label, "unreadable ?"]
    assert tally(item, shown, few) == Tally(2, 1)
    counted = tally(item, shown, many)
    assert (counted.answered, counted.right, counted.mistake) == (SPREAD_FROM, 1, wrong.text)
    assert counted.feedback == next(o.feedback for o in item.body.options if o.text == wrong.text)
    assert {(letter, count) for letter, _, count in counted.spread if count} == {(right, 1), (wrong.label, 2)}


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Tally(0, 0), "Nobody has answered this one, and that is fine. Here is how it goes; another one comes soon."),
        (Tally(1, 1), "1 person answered, and was right."),
        (Tally(1, 0), "1 person answered, and it was a hard one: nobody had it yet."),
        (Tally(2, 2), "2 people answered, all of them right."),
        (Tally(4, 1, (("A", False, 3), ("B", True, 1), ("C", False, 0))),
         "4 people answered, 1 of them right (25 %).\n· A ▇▇▇▇▇▇▇▇▇▇ 3\n✓ B ▇▇▇ 1\n· C 0"),
    ],
)  # fmt: skip
def test_counts_are_told_kindly_and_without_names(found: Tally, text: str) -> None:
    assert counts(found).text == text


# The answer's post


async def test_where_no_discussion_was_opened_the_answer_stays_behind_a_button(village: Village) -> None:
    village.discord.threads = False
    await village.to(23, 9)
    _, right, _ = await asked(village)
    await village.person("Ben").say(f"/today g1 {right}")
    await village.to(23, 21)
    (card,) = village.discord.posts[-1].cards
    assert [(action.label, action.command) for action in card.actions] == [("Show me the answer", "today g1")]
    assert "Answer:" not in words((card,))
    assert "✓ The answer" in await village.person("Carl").say(card.actions[0].command)


async def test_an_answer_is_shown_once_and_one_that_was_lost_is_built_again(village: Village) -> None:
    rounds, where = village.chat.store.rounds, Spot("discord", "77", "1001")
    await village.to(23, 9)
    assert [await rounds.reveal(1, where, delivery) for delivery in (8, 8, 9)] == [True, True, False]
    assert await rounds.reveal(1, replace(where, channel="1002"), 9)


async def test_no_answer_comes_without_a_question(village: Village) -> None:
    await village.to(23, 21)
    assert village.discord.posts == []
    await village.to(24, 9)
    await village.to(24, 21)
    kinds = [type(post.cards[0]).__name__ for post in village.discord.posts]
    assert kinds == ["QuestionCard", "NoticeCard"]
    village.discord.posts.clear()
    await Person(village, "Ann", admin=True).say("/group setup question=off challenge=off")
    await village.to(25, 21)
    assert village.discord.posts == []

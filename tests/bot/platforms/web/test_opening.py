"""A visit begins where the learner is: new, in the middle of a day, or done."""

from __future__ import annotations

from bot.cards import NoticeCard, QuestionCard
from bot.messages import Actor
from bot.platforms.web.opening import NEWCOMER, Opening, opening


async def begin(chat) -> Opening:
    """Open the page as the person of the chat."""
    actor = Actor("local", chat.name.lower(), chat.name)
    return await opening(chat.dispatcher.services, actor, chat.place, chat.clock())


def outline(begun: Opening) -> list[str]:
    """Titles and texts of notices, labels of questions."""
    return [
        f"{card.title}: {card.text}" if isinstance(card, NoticeCard) else card.label
        for card in begun.cards
        if isinstance(card, NoticeCard | QuestionCard)
    ]


async def test_a_newcomer_is_welcomed_and_nothing_is_posed(chat) -> None:
    """Looking is not starting: the day's questions are chosen when they are asked for."""
    begun = await begin(chat)
    assert begun == Opening((NEWCOMER,), newcomer=True, tz="UTC")
    assert await chat.questions() == []


async def test_a_day_begun_shows_what_is_left_and_the_question_that_waits(chat) -> None:
    """The very question, under the number it had."""
    await chat.say("/daily")
    first, *_ = await chat.questions()
    assert outline(await begin(chat)) == ["Welcome back: 5 of today’s questions are left.", "Question 1 of 5"]
    await chat.say(f"/answer {first.public_id} {chat.right(first)}")
    begun = await begin(chat)
    assert outline(begun) == ["Welcome back: 4 of today’s questions are left.", "Question 2 of 5"]
    assert isinstance(begun.cards[1], QuestionCard)
    assert begun.cards[1].public_id == (await chat.questions())[1].public_id


async def test_a_day_done_shows_the_streak_and_what_else_there_is(chat) -> None:
    """Nothing is asked; the next thing to do is a challenge."""
    await chat.say("/daily")
    for question in await chat.questions():
        await chat.say(f"/answer {question.public_id} {chat.right(question)}")
    begun = await begin(chat)
    assert outline(begun) == [
        "Welcome back: Today’s questions are done. A challenge or some practice is welcome any time. Your streak is 1 day."
    ]
    assert [action.command for action in begun.cards[0].actions if action.primary] == ["challenge"]


async def test_the_next_morning_new_questions_are_ready(chat) -> None:
    """A question left open yesterday is gone; today's are not chosen yet."""
    await chat.say("/daily")
    first, *_ = await chat.questions()
    await chat.say(f"/answer {first.public_id} {chat.right(first)}")
    chat.clock.forward(days=1)
    begun = await begin(chat)
    assert outline(begun) == ["Welcome back: Five new questions are ready for you."]
    assert [action.command for action in begun.cards[0].actions if action.primary] == ["daily"]


async def test_open_practice_waits_beside_the_questions_of_the_day(chat) -> None:
    """The latest two of practice; an answered one is gone."""
    await chat.say("/daily")
    for _ in range(3):
        await chat.say("/quiz")
    assert outline(await begin(chat))[1:] == ["Question 1 of 5", "Practice", "Practice"]


async def test_opening_the_page_changes_nothing(chat) -> None:
    """Two visits are alike, and no question is posed by looking."""
    await chat.say("/daily")
    before = await chat.questions()
    assert outline(await begin(chat)) == outline(await begin(chat))
    assert await chat.questions() == before

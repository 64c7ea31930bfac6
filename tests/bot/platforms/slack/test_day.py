"""A learner's whole day in Slack leaves behind what it leaves behind anywhere else, whatever goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from quizzes.items import Kind
from tests.bot.platforms.slack.conftest import Connect, Talk
from tests.bot.platforms.slack.test_talk import fields
from tests.fakes.slack_server import Seen, Trouble


async def answer(talk: Talk, asked: Seen, *, wrong: bool = False, times: int = 1) -> None:
    """Answer a question with whatever control it has."""
    question = next(q for q in await talk.questions() if q.public_id in json.dumps(list(asked.blocks)))
    said = talk.chat.wrong(question) if wrong else talk.chat.right(question)
    kind = talk.chat.item(question).kind
    if kind is Kind.SINGLE:
        await talk.fake.click(asked, f"answer:{question.public_id}:{said}", times=times)
    elif kind is Kind.MULTI:
        await talk.fake.command(f"answer {question.public_id} {said}", times=times)
    else:
        (form, *_) = await talk.fake.click(asked, f"form:{question.public_id}")
        await talk.fake.submit_view(form, fields(kind, said), shows=2, times=times)
    await talk.settled()


async def submit(talk: Talk, slug: str, code: str) -> None:
    """Open the challenge, write code into its form and send it."""
    (card,) = await talk.fake.command(f"challenge {slug}")
    (form,) = await talk.fake.click(card, talk.buttons(card)["Write your code"])
    await talk.fake.submit_view(form, {"code.0": code}, shows=3)
    await talk.settled()


async def end(talk: Talk, kind: Any) -> Any:
    """What the day left behind."""
    store, user = talk.chat.store, await talk.user_id()
    attempts = await store.attempts(user)
    streak = await store.streak(user, attempts[-1].local_day)
    group = await store.ensure_group("slack", "T1", "garden")
    board = {row.user_id: row.xp for row in await store.leaderboard(group.id)}
    quizzes = [a for a in attempts if a.kind == "quiz"]
    return kind(
        answers=len(quizzes),
        wrong_answers=sum(not a.correct for a in quizzes),
        submissions=tuple(a.verdict for a in attempts if a.kind == "challenge"),
        streak=streak.current,
        today_done=streak.today_done,
        xp_adds_up=board.get(user, 0) == (await store.progress(user)).xp > 0,
        projections_differ=bool(await store.rebuild_check()),
    )


def challenge(talk: Talk) -> tuple[str, str, str]:
    """A challenge, code that fails and code that passes."""
    bank = talk.chat.dispatcher.services.challenges
    slug = next(iter(bank))
    return slug, bank[slug].wrong[0].source, bank[slug].solution


async def test_a_day_in_slack_ends_as_a_day_anywhere(connect: Connect, played: Any) -> None:
    async with connect() as talk:
        for n in range(5):
            (asked,) = await talk.fake.command("daily")
            await answer(talk, asked, wrong=n == 1)
        slug, wrong, right = challenge(talk)
        await submit(talk, slug, wrong)
        await submit(talk, slug, right)
        assert await end(talk, type(played)) == played


async def test_a_day_of_faults_ends_the_same(connect: Connect, played: Any) -> None:
    """A restart between question and click, duplicates, 429, 500, a lost socket, a form asked for too late."""
    async with connect() as talk:
        fake, chat = talk.fake, talk.chat
        (asked,) = await fake.command("daily", times=2)
    async with connect(chat=chat) as talk:
        await answer(talk, asked, times=2)
        fake.inject("response_url", Trouble(status=429, retry_after=0))
        (asked,) = await fake.command("daily")
        await answer(talk, asked, wrong=True)
        fake.inject("response_url", Trouble(status=500))
        (asked,) = await fake.command("daily")
        await answer(talk, asked)
        await fake.disconnect()
        await fake.connected(fake.wire.connections + 1)
        (asked,) = await fake.command("daily")
        await answer(talk, asked)
        fake.abort()
        await fake.connected()
        (asked,) = await fake.command("daily")
        await answer(talk, asked, times=2)
        slug, wrong, right = challenge(talk)
        await submit(talk, slug, wrong)
        await submit(talk, slug, right)
        assert await end(talk, type(played)) == played


async def test_two_people_fill_in_the_same_form_at_once(connect: Connect) -> None:
    async with connect() as talk:
        slug, _, right = challenge(talk)
        forms = {}
        for user in ("U1", "U2"):
            (card,) = await talk.fake.command(f"challenge {slug}", user=user)
            (forms[user],) = await talk.fake.click(card, talk.buttons(card)["Write your code"], user=user)
        await asyncio.gather(
            *(talk.fake.submit_view(form, {"code.0": right}, user=user, shows=3) for user, form in forms.items())
        )
        await talk.settled()
        assert [len(await talk.attempts(user)) for user in ("U1", "U2")] == [1, 1]

"""The path of an answer: attempt, review, memory, ratings, XP and streak in one transaction, at a steady rate."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.store.bench import other
from bot.store.bench.measure import AT, Measure, Sizes, figure, percentile
from bot.store.rows import AnswerRecord, Question
from bot.store.store import Store

A_DAY = 5


async def answer_path_p99(folder: Path, sizes: Sizes) -> Measure:
    """Find the 99th percentile of recording an answer, from when it came; the baseline is one row by aiosqlite, at the same rate."""
    store = await Store.open(folder / "answers.db", now=lambda: AT)
    posed = await _pose(store, sizes.answers)
    loop, took = asyncio.get_running_loop(), []

    async def answer(question: Question, due: float) -> None:
        await store.record_answer(_record(question))
        took.append(loop.time() - due)

    first, tasks = loop.time(), []
    for number, question in enumerate(posed):
        due = first + number / sizes.answers_per_s
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(answer(question, due)))
    await asyncio.gather(*tasks)
    await store.close()
    theirs = await other.ask(folder / "rows.db", sizes.answers, 1, sizes.answers_per_s)
    note = f"at {sizes.answers_per_s} a second, from its coming to its being durable; the baseline writes one bare row"
    return figure("answer_path_p99", percentile(took, 99) * 1000, "ms", theirs["p99_ms"], note)


async def _pose(store: Store, answers: int) -> list[Question]:
    """Pose five questions each to as many learners as it takes; they answer in turns."""
    learners = -(-answers // A_DAY)
    sets = []
    for number in range(learners):
        user = await store.ensure_user("bench", str(number), "Bench")
        items = [(f"item {number % 100}.{slot}", "1") for slot in range(A_DAY)]
        sets.append(await store.pose(user.id, items, "daily", AT.date()))
    return [question for slot in range(A_DAY) for question in (one[slot] for one in sets)][:answers]


def _record(question: Question) -> AnswerRecord:
    return AnswerRecord(
        idem=question.public_id,
        user_id=question.user_id,
        question_id=question.id,
        answer_text="B",
        correct=True,
        score=1.0,
        verdict="correct",
        concept=f"concept {question.slot}",
        section="bench",
        local_day=AT.date(),
        tz="UTC",
        at=AT,
    )

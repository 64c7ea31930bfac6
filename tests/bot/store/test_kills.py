"""Killing the program at any moment loses no answer it has acknowledged, and nothing is half recorded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

ZYGOTE = """
# Forks one writing child after another and kills each at a random moment; imports once. Has no threads of its own.
import asyncio, json, os, random, select, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store import AnswerRecord, Store
AT = datetime(2026, 3, 4, tzinfo=UTC)
path, kills, rng = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))

async def answer_forever(store, user, round_, caller, out):
    for number in range(100_000):
        name = f"{round_}.{caller}.{number}"
        (question,) = await store.pose(user.id, [(name, "1")], "quiz", AT.date())
        await store.record_answer(AnswerRecord(idem=name, user_id=user.id, question_id=question.id, answer_text="B",
            correct=True, score=1.0, verdict="correct", local_day=AT.date(), tz="UTC", at=AT))
        os.write(out, name.encode() + b"\\n")

async def child(round_, out):
    store = await Store.open(path, now=lambda: AT)
    users = [await store.ensure_user("local", f"u{n}", f"U{n}") for n in range(8)]
    await asyncio.gather(*(answer_forever(store, user, round_, n, out) for n, user in enumerate(users)))

def one_round(round_):
    inn, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        asyncio.run(child(round_, out))
        os._exit(0)
    os.close(out)
    acked, enough = b"", rng.randrange(1, 40)
    while acked.count(b"\\n") < enough:
        part = os.read(inn, 65536)
        if not part:
            raise SystemExit("the child died by itself")
        acked += part
    select.select([], [], [], rng.random() * 0.003)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while part := os.read(inn, 65536):
        acked += part
    os.close(inn)
    return acked.decode().split()

async def check(acked):
    store = await Store.open(path, now=lambda: AT)  # runs the engine's quick check
    stored, paid = set(), 0
    for n in range(8):
        user = await store.ensure_user("local", f"u{n}", f"U{n}")
        stored |= {attempt.item_id for attempt in await store.attempts(user.id)}
    lost = [name for name in acked if name not in stored]
    wrong = [str(difference) for difference in await store.rebuild_check()]
    await store.close()
    return {"acknowledged": len(acked), "lost": lost, "wrong": wrong}

acked = [name for round_ in range(kills) for name in one_round(round_)]
print(json.dumps(asyncio.run(check(acked))))
"""


def killed(path: Path, kills: int, seed: int) -> dict[str, object]:
    command = [sys.executable, "-c", ZYGOTE, str(path), str(kills), str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_fifty_kills_lose_no_acknowledged_answer(path: Path) -> None:
    found = killed(path, 50, seed=1)
    acknowledged = found.pop("acknowledged")
    assert found == {"lost": [], "wrong": []}
    assert isinstance(acknowledged, int)
    assert acknowledged > 500


@pytest.mark.slow
def test_five_hundred_kills_lose_no_acknowledged_answer(path: Path) -> None:
    found = killed(path, 500, seed=2)
    found.pop("acknowledged")
    assert found == {"lost": [], "wrong": []}

"""`epochbot amnesty`: a neutral day for everyone, declared, listed and taken back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.__main__ import main
from bot.config import load_settings
from bot.store import Store

TODAY = datetime.now(UTC).date()


@pytest.fixture
def learner(tmp_path, monkeypatch) -> None:
    """A database with one learner, whom no group has."""
    monkeypatch.setenv("EPOCHBOT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    async def prepare() -> None:
        store = await Store.open(load_settings().database, now=lambda: datetime.now(UTC))
        await store.ensure_user("discord", "1", "Ann")
        await store.close()

    load_settings().database.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(prepare())


@pytest.mark.usefixtures("learner")
def test_an_outage_is_declared_listed_and_taken_back(capsys) -> None:
    day = str(TODAY - timedelta(days=1))
    codes = [main(["amnesty"]), main(["amnesty", day, "--reason", "disk full"]), main(["amnesty", day])]
    codes += [main(["amnesty"]), main(["amnesty", day, "--undo"]), main(["amnesty", day, "--undo"])]
    lines = capsys.readouterr().out.splitlines()
    assert codes == [0, 0, 1, 0, 0, 1]
    assert lines[:3] == [
        "No day is neutral for everyone.",
        f"{day} is neutral for 1 learner.",
        f"{day}: nothing to change.",
    ]
    assert ": disk full (for everyone, by whoever runs this bot, " in lines[3]
    assert lines[4:] == [f"{day} counts again for 1 learner.", f"{day}: nothing to change."]


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "day", ["yesterday", "2026-02-30", str(TODAY - timedelta(days=8)), str(TODAY + timedelta(days=2))]
)
def test_a_day_that_cannot_be_is_refused(capsys, day: str) -> None:
    assert main(["amnesty", day]) == 2
    assert capsys.readouterr().err.startswith("epochbot: ")


def test_without_a_database_there_is_nothing_to_forgive(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("EPOCHBOT_HOME", str(tmp_path / "none"))
    assert main(["amnesty"]) == 2
    assert "There is no database at" in capsys.readouterr().err

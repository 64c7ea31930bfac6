"""The composition root: real parts put together, from a folder and a clock that are handed in."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import (
    LOCAL_PLACE,
    SAMPLE_MEMBERS,
    TRACK,
    content_folder,
    discord_options,
    load_content,
    open_app,
    slack_options,
)
from bot.config import ConfigError, Settings
from bot.messages import Actor, Request
from bot.platforms.plain import render
from bot.store import StoreDamagedError
from runner import Job, Result

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def settings(home: Path, **changes: object) -> Settings:
    """Settings for a scratch home, reading no `.env`."""
    return Settings(_env_file=None, home=home, **changes)  # type: ignore[call-arg, arg-type]  # pydantic's own option


async def board(home: Path, **changes: object) -> str:
    """Open everything, read the board, and close it again."""
    async with open_app(settings(home, **changes), now=lambda: AT) as dispatcher:
        request = Request(Actor("local", "mia", "Mia"), LOCAL_PLACE, "leaderboard", "all full", "one", AT)
        return "\n".join(render(card) for card in (await dispatcher.handle(request)).cards)


async def test_a_new_home_is_made_and_has_sample_members(tmp_path: Path) -> None:
    said = await board(tmp_path / "deep" / "home")
    assert (tmp_path / "deep" / "home" / "epochbot.sqlite3").is_file()
    assert [f"{m.name} (sample)" in said for m in SAMPLE_MEMBERS] == [True] * 4


async def test_sample_members_can_be_left_out(tmp_path: Path) -> None:
    assert "(sample)" not in await board(tmp_path, demo_members=False)


async def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    assert await board(tmp_path) == await board(tmp_path)


async def test_a_file_in_the_way_of_the_home_is_told_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot be made: Not a directory\. Set EPOCHBOT_HOME to a folder"):
        await board(tmp_path / "file" / "home")
    with pytest.raises(ConfigError, match=r"cannot be made: File exists\. Set EPOCHBOT_HOME"):
        await board(tmp_path / "file")


async def test_a_file_that_is_no_database_is_told_with_advice(tmp_path: Path) -> None:
    (tmp_path / "epochbot.sqlite3").write_text("not a database at all, but some text" * 100)
    with pytest.raises(StoreDamagedError, match="Move it away"):
        await board(tmp_path)


def test_content_is_found_in_the_folder_set_or_refused(tmp_path: Path) -> None:
    (tmp_path / "tracks").mkdir()
    assert content_folder(settings(tmp_path, data=tmp_path)) == tmp_path
    with pytest.raises(ConfigError, match="set EPOCHBOT_DATA to a folder that holds tracks/"):
        content_folder(settings(tmp_path, data=tmp_path / "nowhere"))


def test_a_track_without_a_usable_question_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tracks" / TRACK).mkdir(parents=True)
    with pytest.raises(ConfigError, match="run `epochbot content check` to see why"):
        load_content(settings(tmp_path, data=tmp_path))


def test_one_faulty_file_does_not_stop_the_bot(tmp_path: Path, shipped_track: object) -> None:
    folder = tmp_path / "tracks" / TRACK
    shutil.copytree(content_folder(settings(tmp_path)) / "tracks" / TRACK, folder)
    (folder / "quizzes" / "algorithms.toml").write_text("this is = not toml =")
    track, challenges = load_content(settings(tmp_path, data=tmp_path))
    assert (len(track.items) > 50, len(challenges) > 10) == (True, True)
    assert all(item.section != "algorithms" for item in track.items)


async def never_runs(job: Job) -> Result:
    """A runner handed in; nothing here sends it a job."""
    raise AssertionError(f"{job} was run")


async def test_a_runner_that_is_handed_in_is_the_only_one(tmp_path: Path) -> None:
    nowhere = settings(tmp_path, runner_url="ftp://no-runner-of-ours")
    with pytest.raises(ConfigError, match="EPOCHBOT_RUNNER_URL cannot be used"):
        async with open_app(nowhere, now=lambda: AT):
            pass
    async with open_app(nowhere, now=lambda: AT, run=never_runs) as dispatcher:
        assert dispatcher.services.run is never_runs


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")  # of the library, on Python 3.12
def test_each_platform_gets_what_is_set_for_it_and_a_folder_of_its_own(tmp_path: Path) -> None:
    token, bot, app = ".".join(("M" * 24, "Gabcde", "z" * 38)), f"xoxb-{'1' * 12}", f"xapp-{'1' * 12}"
    both = settings(tmp_path, discord_token=token, slack_bot_token=bot, slack_app_token=app)
    assert (both.platforms, settings(tmp_path).platforms) == (("discord", "slack"), ())
    assert (discord_options(settings(tmp_path)), slack_options(settings(tmp_path))) == (None, None)
    discord, slack = discord_options(both), slack_options(both)
    assert discord is not None
    assert slack is not None
    assert (discord.token, discord.state) == (token, tmp_path / "discord")
    assert (slack.bot_token, slack.app_token, slack.http_port, slack.state) == (bot, app, None, tmp_path / "slack")
    by_http = slack_options(settings(tmp_path, slack_bot_token=bot, slack_signing_secret="0a" * 16))
    assert by_http is not None
    assert (by_http.http_port, by_http.signing_secret) == (3000, "0a" * 16)

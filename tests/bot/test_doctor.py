"""The doctor: tries everything, and pairs each fault with its fix."""

from __future__ import annotations

import socket
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor import Finding, examine
from runner import Isolation, Job, Profile, Result
from runner.remote.bounds import Bounds, Offer
from runner.remote.server import RunnerServer

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def never_runs(job: Job) -> Result:
    """A runner that is only asked how it is."""
    raise AssertionError(f"{job} was run")


@pytest.fixture(autouse=True)
def pinned_zones() -> Iterator[None]:
    """Time zone data from the package, as every command sets it."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    yield
    zoneinfo.reset_tzpath(before)


async def found(home: Path, at: datetime = AT, **changes: object) -> dict[str, list[Finding]]:
    """What the doctor finds, by area."""
    settings = Settings(_env_file=None, home=home, **changes)  # type: ignore[call-arg, arg-type]  # pydantic's own option
    by_area: dict[str, list[Finding]] = {}
    for finding in await examine(settings, at):
        by_area.setdefault(finding.area, []).append(finding)
    return by_area


async def test_a_sound_host_has_all_areas_and_every_fault_has_its_fix(tmp_path: Path) -> None:
    areas = await found(tmp_path, min_isolation="reduced")
    assert list(areas) == ["python", "isolation", "database", "content", "time zones", "tutor"]
    everything = [finding for findings in areas.values() for finding in findings]
    assert [f for f in everything if not f.ok and not f.fix] == []
    assert all(f.ok for area in ("python", "database", "time zones", "tutor") for f in areas[area])
    assert areas["isolation"][0].ok


async def test_a_home_that_cannot_be_made_is_a_fault_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (finding,) = (await found(tmp_path / "file" / "home"))["database"]
    assert (finding.ok, finding.fix) == (False, "Make the folder writable, or set EPOCHBOT_HOME to another one.")


async def test_a_file_that_is_no_database_comes_with_the_stores_own_advice(tmp_path: Path) -> None:
    database = Settings(_env_file=None, home=tmp_path).database  # type: ignore[call-arg]  # pydantic's own option
    database.write_bytes(b"not a database at all " * 500)
    (finding,) = (await found(tmp_path))["database"]
    assert finding == Finding(
        "database",
        f"cannot open {database}",
        False,
        "The file is not an SQLite database.",
        "Move it away to start with an empty one, or put a backup in its place.",
    )


async def test_missing_content_is_a_fault_with_a_fix(tmp_path: Path) -> None:
    (finding,) = (await found(tmp_path, data=tmp_path / "nowhere"))["content"]
    assert (finding.what, finding.ok, finding.fix) == ("no content found", False, "Reinstall, or set EPOCHBOT_DATA.")


async def test_old_zone_data_and_the_systems_own_are_faults(tmp_path: Path) -> None:
    zoneinfo.reset_tzpath(("/usr/share/zoneinfo",))
    old, own = (await found(tmp_path, datetime(2031, 1, 1, tzinfo=UTC)))["time zones"]
    assert [(old.ok, old.fix), (own.ok, own.fix)] == [
        (False, "Upgrade epochbot, or tzdata."),
        (False, "Set PYTHONTZPATH to an empty string."),
    ]


async def test_a_key_is_mentioned_and_not_shown(tmp_path: Path) -> None:
    (finding,) = (await found(tmp_path, ANTHROPIC_API_KEY=SecretStr("sk-ant-secret")))["tutor"]
    assert finding == Finding(
        "tutor", "hints by claude-haiku-5-5", True, "The key is set; it is tried at the first hint."
    )


@pytest.mark.parametrize(("wanted", "enough"), [("reduced", True), ("strong", False)])
async def test_of_a_runner_on_another_host_that_one_is_asked(tmp_path: Path, wanted: str, enough: bool) -> None:
    offer = Offer(Isolation.REDUCED, (Profile.STDLIB,))
    server = RunnerServer(never_runs, "q9" * 20, offer, Bounds())
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(tmp_path / "runner.sock"))
    await server.listen(sock, None)
    try:
        (finding,) = (
            await found(
                tmp_path,
                runner_url=f"unix://{tmp_path}/runner.sock",
                runner_secret=SecretStr("q9" * 20),
                min_isolation=wanted,
            )
        )["isolation"]
    finally:
        await server.stop(0)
    assert (finding.what, finding.ok) == (f"the runner at unix://{tmp_path}/runner.sock answers", enough)
    assert finding.detail == (
        f"Its isolation is reduced, at least {wanted} is asked for. It runs {Profile.STDLIB.value}; 0 wait."
    )
    assert bool(finding.fix) is not enough


async def test_a_runner_that_does_not_answer_is_a_fault_with_a_fix(tmp_path: Path) -> None:
    where = {"runner_url": f"unix://{tmp_path}/nobody.sock", "runner_secret": SecretStr("q9" * 20)}
    (finding,) = (await found(tmp_path, **where))["isolation"]
    assert (finding.ok, "does not answer as it should" in finding.what, bool(finding.fix)) == (False, True, True)
    (finding,) = (await found(tmp_path, runner_url="ftp://no", runner_secret=SecretStr("q9" * 20)))["isolation"]
    assert (finding.ok, "cannot be used" in finding.what, bool(finding.fix)) == (False, True, True)

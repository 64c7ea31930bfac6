"""The doctor: tries everything, and pairs each fault with its fix."""

from __future__ import annotations

import socket
import tomllib
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor import Finding, examine
from bot.schedule import zones
from bot.store import Posting, Spot, Store
from bot.store.claims import Asking
from bot.store.tutoring_money import Expense, Limits, Reserved
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


def settings(home: Path, **changes: object) -> Settings:
    """Settings for a scratch home, reading no `.env`."""
    return Settings(_env_file=None, home=home, **changes)  # type: ignore[call-arg, arg-type]  # pydantic's own option


async def found(home: Path, at: datetime = AT, **changes: object) -> dict[str, list[Finding]]:
    """What the doctor finds, by area."""
    by_area: dict[str, list[Finding]] = {}
    for finding in await examine(settings(home, **changes), at):
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


async def test_zone_data_is_the_packages_and_grows_old_in_four_months(tmp_path: Path) -> None:
    ages = [(await found(tmp_path, datetime(2027, month, 24, tzinfo=UTC)))["time zones"] for month in (2, 3)]
    assert [[(one.what, one.ok, one.fix) for one in age] for age in ages] == [
        [("tzdata 2026.6", True, ""), ("every zone is as the package has it", True, "")],
        [("tzdata 2026.6", False, "Upgrade epochbot, or tzdata."), ("every zone is as the package has it", True, "")],
    ]


def test_the_day_of_the_release_we_pin_is_known() -> None:
    pinned = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"tzdata=={zones.version()}" in pinned
    assert zones.version() in zones.RELEASED


@pytest.mark.parametrize(
    ("release", "old"), [("2026.6", False), ("2030.1", False), ("2025.3", True), ("2019.3", True), ("odd", True)]
)
def test_other_releases_are_judged_by_their_year(release: str, old: bool) -> None:
    assert zones.is_old(release, datetime(2026, 11, 23, tzinfo=UTC)) is old


async def test_the_systems_own_zones_are_a_fault_where_they_tell_another_time(tmp_path: Path) -> None:
    (tmp_path / "zones" / "Europe").mkdir(parents=True)
    package = resources.files("tzdata").joinpath("zoneinfo")
    (tmp_path / "zones" / "Europe" / "Paris").write_bytes(package.joinpath("Asia", "Tokyo").read_bytes())
    zoneinfo.reset_tzpath((str(tmp_path / "zones"),))
    zoneinfo.ZoneInfo.clear_cache()
    _, own = (await found(tmp_path))["time zones"]
    zoneinfo.ZoneInfo.clear_cache()
    assert (own.ok, own.detail, own.fix) == (
        False,
        "1 zones tell another time, such as Europe/Paris.",
        "Set PYTHONTZPATH to an empty string.",
    )


async def test_posts_that_are_refused_are_faults_and_the_others_say_when_they_come(tmp_path: Path) -> None:
    at = [datetime(2026, 11, 23, 8, tzinfo=UTC)]
    store = await Store.open(settings(tmp_path).database, now=lambda: at[0])
    await store.places.set_posting(Spot("slack", "T1"), Posting(channel="C1", hour=9, tz="Europe/Paris"))
    at[0] = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    user = await store.ensure_user("slack", "T1:U1", "Ada", tz="Europe/Paris")
    await store.deliveries.set_reminder(user.id, Spot("slack", "T1:U1"), time(19))
    (claim,) = await store.deliveries.take(Asking("one", ("slack",), 1, timedelta(minutes=1)))
    await store.deliveries.fail(claim, "one", "The channel is gone.")
    await store.close()
    posts = (await found(tmp_path, at[0]))["posts"]
    assert [(one.what, one.ok, one.detail, one.fix) for one in posts][:3] == [
        (
            "question on slack, channel C1",
            False,
            "The channel is gone.",
            "Mend what it says, then type /group setup there.",
        ),
        ("recap on slack, channel C1", True, "Next on 23 November 2026 at 09:15 (Europe/Paris).", ""),
        ("challenge on slack, channel C1", True, "Next on 23 November 2026 at 12:00 (Europe/Paris).", ""),
    ]


async def test_a_key_is_mentioned_and_not_shown(tmp_path: Path) -> None:
    (finding,) = (await found(tmp_path, ANTHROPIC_API_KEY=SecretStr("sk-ant-secret")))["tutor"]
    assert finding == Finding(
        "tutor",
        "hints by claude-haiku-5-5",
        True,
        "The key is set; it is tried at the first hint. Requests this month: 0, for $0.00 of $20.00.",
    )


async def test_what_claude_cost_this_month_is_told_with_what_it_may_cost(tmp_path: Path) -> None:
    store = await Store.open(settings(tmp_path).database, now=lambda: AT)
    limits = Limits(10**10, 10**10, 10**10)
    settled, unknown = [await store.tutoring.reserve(Expense(0, 0, "m", "explain", 5 * 10**7), limits) for _ in "ab"]
    assert isinstance(settled, Reserved)
    assert isinstance(unknown, Reserved)
    await store.tutoring.settle(settled, 4 * 10**8)
    await store.tutoring.settle(unknown, None)
    await store.close()
    (finding,) = (await found(tmp_path, ANTHROPIC_API_KEY=SecretStr("sk-ant-secret")))["tutor"]
    assert finding.detail.endswith("Requests this month: 2, for $0.40 of $20.00, and at most $0.05 not settled yet.")


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

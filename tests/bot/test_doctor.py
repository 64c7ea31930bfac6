"""The doctor: tries everything, and pairs each fault with its fix."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor import Finding, examine

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


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

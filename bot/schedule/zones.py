"""Where the data of time zones comes from and how old it is: clocks change by decree, and old data posts at the wrong hour."""

from __future__ import annotations

import importlib.metadata
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

RELEASED = {"2026.6": date(2026, 10, 28)}
"""When the release that we pin came out."""
OLD = timedelta(days=120)
AHEAD = timedelta(days=730)  # how far changes of clocks are looked for
STEP = timedelta(days=20)  # and how closely: summer and winter last longer


def version() -> str | None:
    """Name the release of the installed package; None when there is none."""
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return None


def is_old(release: str, now: datetime) -> bool:
    """Tell whether a release is older than four months; of one we do not know, whether its year is over for as long."""
    known = RELEASED.get(release)
    if known is None:
        year = release.partition(".")[0]
        known = date(int(year), 12, 31) if year.isdecimal() else date.min
    return now.astimezone(UTC).date() - known > OLD


def differing(now: datetime) -> list[str]:
    """Name the zones that tell another time here than the package has it, now or in the next two years.

    Raises:
        ModuleNotFoundError: the package is not there.
    """
    instants = [now + STEP * n for n in range(AHEAD // STEP)]
    return [name for name in sorted(zoneinfo.available_timezones()) if not _agree(name, instants)]


def _agree(name: str, instants: list[datetime]) -> bool:
    source = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    if not source.is_file():
        return False
    with source.open("rb") as file:
        packed = ZoneInfo.from_file(file, key=name)
    here = ZoneInfo.no_cache(name)
    return all(at.astimezone(here).utcoffset() == at.astimezone(packed).utcoffset() for at in instants)

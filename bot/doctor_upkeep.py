"""What the doctor says of the upkeep of the database: how old the newest backup is, and what failed the last night. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.store import Backup, Ran

BACKUP_AGE = timedelta(days=2)  # older than this, a night was missed
HOURS_TOLD = 72


class Word(NamedTuple):
    """One thing to say: what, whether it is as it should be, more of it, and the fix where it is not."""

    what: str
    ok: bool
    detail: str
    fix: str


def judge_upkeep(ran: Mapping[str, Ran], backups: Sequence[Backup], folder: Path, now: datetime) -> Iterator[Word]:
    """Say how old the newest backup is, and which upkeep did not go well the last time.

    None at all is a fault only where the bot has served by night.
    """
    fix = "Run `epochbot backup` and see what it says; while `epochbot serve` runs, one is made every night."
    if backups:
        hours = (now - backups[0].at) / timedelta(hours=1)
        age = f"{hours:.0f} hours" if hours < HOURS_TOLD else f"{hours / 24:.0f} days"
        fresh = now - backups[0].at < BACKUP_AGE
        yield Word(
            f"the newest backup is {age} old", fresh, f"There are {len(backups)} in {folder}.", "" if fresh else fix
        )
    else:
        yield Word("no backup yet", not ran, f"They go to {folder}.", fix if ran else "")
    for job in ran.values():
        if not job.ok:
            again = "Mend what it says, or look for it in the log; it is tried again every night."
            yield Word(f"“{job.name}” failed on {job.at:%Y-%m-%d}", False, job.detail, again)

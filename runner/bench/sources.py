"""The programs that are run to be measured, as text."""

from __future__ import annotations

from runner.job import Call, Job, Limits, Profile
from runner.libraries import all_modules

ENTRY = "f"
TRIVIAL = "def f(): return 1\n"
VALUE = 1
DAEMONS = 20
_LOOP = "while True: pass\n"
_DAEMONS = f"""
import os, time
for _ in range({DAEMONS}):
    if os.fork() == 0:
        os.setsid()
        time.sleep(1e6)
"""
ENDLESS = {"loop": _LOOP, "daemons": _DAEMONS + _LOOP}
"""Programs that only a deadline ends."""
_COLD = Limits(wall_s=60.0, memory_bytes=4 << 30)


def warm_job(profile: Profile) -> Job:
    """Return a job that does as good as nothing."""
    return Job(source=TRIVIAL, entry=ENTRY, calls=(Call(id="1", args=()),), profile=profile)


def cold_job(profile: Profile) -> Job:
    """Return a job that does the same after importing all that a warm process has imported."""
    imports = "".join(f"import {name}\n" for name in all_modules(profile))
    return Job(source=imports + TRIVIAL, entry=ENTRY, calls=(Call(id="1", args=()),), profile=profile, limits=_COLD)


def endless_job(program: str, profile: Profile, wall_s: float) -> Job:
    """Return a job that is to be stopped at its deadline."""
    return Job(source=ENDLESS[program], profile=profile, limits=Limits(wall_s=wall_s))

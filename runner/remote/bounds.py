"""Owns how much a server gives, to one job and to all clients together, and what it says it can do. Plain data."""
from __future__ import annotations

from dataclasses import dataclass

from runner.job import MIB, Isolation, Limits, Profile

MOST = Limits(
    wall_s=120.0,
    memory_bytes=4096 * MIB,
    processes=512,
    stdout_bytes=4 * MIB,
    stderr_bytes=4 * MIB,
    result_bytes=128 * MIB,
    disk_bytes=256 * MIB,
    disk_files=16_384,
    source_bytes=8 * MIB,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a server gives to all its clients. Every bound has a value; none can be switched off."""

    limits: Limits = MOST  # of any one job
    body_bytes: int = 64 * MIB
    held_bytes: int = 256 * MIB  # of all requests that are read, wait or run
    header_s: float = 10.0
    body_s: float = 60.0
    answer_s: float = 60.0  # to take an answer
    linger_s: float = 2.0  # to read on after a refusal, so that it arrives before the connection ends
    job_s: float = 900.0  # a whole job, once it runs
    connections: int = 256
    slots: int = 2
    waiting: int = 64
    per_client: int = 16
    at_once: int = 2  # of one client: a submission is two jobs, the learner's and the reference's


@dataclass(frozen=True, slots=True)
class Offer:
    """What the runner behind a server can do, as proven before it listens."""

    isolation: Isolation
    profiles: tuple[Profile, ...]

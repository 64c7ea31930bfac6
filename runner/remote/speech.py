"""Owns the words that server and client share besides jobs and results: paths, headers, and how a refusal is written.

Pure. A refusal is one JSON object; what a hostile server writes there is shown to an operator as plain short text only.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from runner.job import Isolation, Job, Outcome, Profile, Result, Returned
from runner.remote.fields import Fields, WireError, parse
from runner.remote.wire import VERSION

RUN, HEALTH = "/run", "/health"
CLIENT, GROUP, MINIMUM = "X-Epochbot-Client", "X-Epochbot-Group", "X-Epochbot-Minimum"
LINES_TYPE, JSON_TYPE = "application/x-epochbot-lines", "application/json"
MAX_REFUSAL = 16 * 1024
MAX_TEXT = 2000


class Why(StrEnum):
    """Why a request was refused."""

    SECRET = "secret"  # noqa: S105 - the name of a reason
    REQUEST = "request"  # it is not one of ours
    WIRE = "wire"  # the body is not a job, or of another version
    LIMITS = "limits"  # the job asks for more than is given here
    JOB = "job"  # it cannot work, on any host
    SIZE = "size"
    SLOW = "slow"
    ISOLATION = "isolation"
    BUSY = "busy"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A refusal as it is written."""

    why: Why
    message: str = ""
    advice: str = ""
    waiting: int = 0


def write_refusal(said: Said) -> bytes:
    """Write a refusal."""
    message, advice = said.message[:MAX_TEXT], said.advice[:MAX_TEXT]
    tree = {"v": VERSION, "why": said.why.value, "message": message, "advice": advice, "waiting": said.waiting}
    return json.dumps(tree).encode("ascii")


def read_refusal(body: bytes) -> Said | None:
    """Read a refusal that anyone may have written; None when it is no refusal of a runner."""
    try:
        found = parse(body, "refusal", most=MAX_REFUSAL)
        found.take("v")
        return Said(
            why=found.choice("why", Why),
            message=_plain(found.text("message", most=MAX_TEXT)),
            advice=_plain(found.text("advice", most=MAX_TEXT)),
            waiting=found.integer("waiting", least=0, most=10**9),
        )
    except WireError:
        return None


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a runner is."""

    isolation: Isolation
    profiles: tuple[Profile, ...]
    slots: int
    running: int
    waiting: int


def write_health(health: Health) -> bytes:
    """Write how a runner is."""
    tree = {
        "v": VERSION,
        "isolation": health.isolation.value,
        "profiles": [{"name": profile.value} for profile in health.profiles],
        "slots": health.slots,
        "running": health.running,
        "waiting": health.waiting,
    }
    return json.dumps(tree).encode("ascii")


def read_health(body: bytes) -> Health:
    """Read how a runner says it is.

    Raises:
        WireError: when it says nothing of the kind.
    """
    found = parse(body, "health", most=MAX_REFUSAL)
    found.integer("v", least=VERSION, most=VERSION)
    health = Health(
        isolation=found.choice("isolation", Isolation),
        profiles=tuple(_profile(entry) for entry in found.each("profiles", most=len(Profile))),
        slots=found.integer("slots", least=1, most=10**6),
        running=found.integer("running", least=0, most=10**6),
        waiting=found.integer("waiting", least=0, most=10**6),
    )
    found.end()
    return health


def _profile(entry: Fields) -> Profile:
    profile = entry.choice("name", Profile)
    entry.end()
    return profile


def our_fault(job: Job, isolation: Isolation, detail: str) -> Result:
    """Say that a job came to nothing through no fault of its code."""
    returned = tuple(Returned(id=call.id, outcome=Outcome.INTERNAL) for call in job.calls)
    return Result(outcome=Outcome.INTERNAL, isolation=isolation, returned=returned, detail=detail)

"""Looks at everything the bot stands on, by trying it, and pairs each fault with its fix.

Pure assembly: each check returns findings; nothing is changed but a scratch file in the home folder.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.app import TRACK, check_tokens, content_folder, remote_runner
from bot.config import ConfigError, Settings
from bot.doctor_upkeep import judge_upkeep
from bot.schedule import zones
from bot.store import Store, StoreError, list_backups
from bot.store.health import advice_on_engine
from bot.store.schedules import Schedule
from bot.tutor.claude.prices import NANO_PER_DOLLAR
from challenges.load import load_challenges
from quizzes.lint import lint
from quizzes.load import load_track
from runner import Isolation, advice
from runner.contained import ContainedRunner
from runner.errors import CannotIsolate
from runner.probe import Report, Way
from runner.probe import examine as examine_isolation


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. A fault comes with why it matters and one fix."""

    area: str
    what: str
    ok: bool
    detail: str = ""
    fix: str = ""


Check = Callable[[Settings, datetime], Awaitable[list[Finding]]]


async def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Run every check, in the order an operator would."""
    checks: tuple[Check, ...] = (_python, _isolation, _database, _content, _zones, _claude, _platforms)
    return [finding for check in checks for finding in await check(settings, now)]


async def _python(settings: Settings, now: datetime) -> list[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return [
        Finding("python", f"Python {version}", ok, fix="" if ok else "Install Python 3.11 or newer and run make again.")
    ]


async def _isolation(settings: Settings, now: datetime) -> list[Finding]:
    if settings.runner_url:
        return await _remote_isolation(settings)
    report = await examine_isolation()
    contained = await ContainedRunner().examine() if report.level is Isolation.NONE else None
    allowed = settings.contained
    return judge_isolation(report, contained, Isolation(settings.min_isolation), allowed=allowed)


async def _remote_isolation(settings: Settings) -> list[Finding]:
    """Ask the runner that learners' code goes to; what this host could isolate does not matter then."""
    what = f"the runner at {settings.runner_url}"
    try:
        health = await remote_runner(settings).health()
    except ConfigError as fault:
        fix = "Mend EPOCHBOT_RUNNER_URL, EPOCHBOT_RUNNER_SECRET or EPOCHBOT_RUNNER_CA as it says."
        return [Finding("isolation", f"{what} cannot be used", False, str(fault), fix)]
    except CannotIsolate as fault:
        fix = fault.advice or "Run `epochbot doctor` on its host."
        return [Finding("isolation", f"{what} does not answer as it should", False, fault.what, fix)]
    wanted = Isolation(settings.min_isolation)
    enough = health.isolation is Isolation.STRONG or health.isolation is wanted
    able = ", ".join(profile.value for profile in health.profiles)
    detail = (
        f"Its isolation is {health.isolation}, at least {wanted} is asked for. It runs {able}; {health.waiting} wait."
    )
    fix = (
        ""
        if enough
        else "Run `epochbot doctor` on its host and mend what it names; learners’ code does not run until then."
    )
    return [Finding("isolation", f"{what} answers", enough, detail, fix)]


def judge_isolation(report: Report, contained: Report | None, wanted: Isolation, *, allowed: bool) -> list[Finding]:
    """Say what isolation is worth here, from what the probe and, where there are no jails, contained mode came to. Pure."""
    parts = (replace(part, name=f"part: {part.name}") for part in report.parts)
    checks = [
        Finding("isolation", c.name, c.ok, c.found if c.ok else f"{c.found}. {c.why}", c.fix)
        for c in (*report.checks, *parts)
    ]
    told = [] if contained is None else [_contained(contained, allowed=allowed)]
    if contained is None or not allowed or contained.level is not Isolation.REDUCED:
        return [_level(report.level, report.used, wanted), *told, *checks, *map(_way, report.ways)]
    spared = [
        f if f.ok else replace(f, ok=True, detail=f"{f.detail} Contained mode needs it not.", fix="") for f in checks
    ]
    return [_level(Isolation.REDUCED, "a watch from outside", wanted), *told, *spared]


def _level(level: Isolation, used: str, wanted: Isolation) -> Finding:
    enough = level is Isolation.STRONG or level is wanted
    kept = f"Limits are kept by {used}. " if used else ""
    fix = "" if enough else "Mend the faults below; learners’ code does not run until then."
    return Finding("isolation", f"isolation is {level}", enough, f"{kept}At least {wanted} is asked for.", fix)


def _way(way: Way) -> Finding:
    """Say whether a way of keeping limits was tested here: one that could not be is no fault, one that failed is."""
    tested = "tested here" if way.tested else "not tested here"
    ok = way.held or not way.tested
    return Finding("isolation", f"limits by {way.name}", ok, f"{tested}: {way.found}", "" if ok else advice.no_groups())


def _contained(report: Report, *, allowed: bool) -> Finding:
    """Say what contained mode, which needs no namespaces, is worth where there are none."""
    if report.level is not Isolation.REDUCED:
        first = next(c for c in report.faults if c.name != "groups")
        what = "contained mode does not hold either"
        return Finding("isolation", what, False, f"{first.found}. {first.why}", first.fix)
    if allowed:
        walls = len(report.checks) - 1
        return Finding("isolation", "contained mode holds", True, f"{walls} walls were tried, and all of them hold.")
    fix = "Accept its weaker walls with EPOCHBOT_CONTAINED=1; runner/README.md says which they are."
    return Finding("isolation", "contained mode would hold, but is not allowed", False, "It is reduced.", fix)


async def _database(settings: Settings, now: datetime) -> list[Finding]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        store = await Store.open(settings.database, now=lambda: now)
    except StoreError as fault:
        return [Finding("database", f"cannot open {settings.database}", False, f"{fault.what}.", fault.advice)]
    except OSError as fault:
        fix = "Make the folder writable, or set EPOCHBOT_HOME to another one."
        return [Finding("database", f"cannot open {settings.database}", False, str(fault), fix)]
    try:
        health, posts = await store.doctor(), await store.deliveries.health()
        ran = await store.upkeep.ran()
    finally:
        await store.close()
    findings = [
        Finding("database", f"{health.path} opens", True, f"It is on {health.filesystem}."),
        Finding("database", f"SQLite {health.sqlite_version}", True, advice_on_engine(health)),
    ]
    faults = (Finding("database", f.what, False, "", f.fix) for f in health.faults)
    upkeep = judge_upkeep(ran, list_backups(settings.backups), settings.backups, now)
    return [*findings, *faults, *(Finding("database", *word) for word in upkeep), *map(_post, posts)]


def _post(schedule: Schedule) -> Finding:
    """Say of a schedule whether its posts arrive."""
    what = f"{schedule.kind} on {schedule.spot.platform}, channel {schedule.channel}"
    if schedule.user_id is not None:
        what = f"a reminder on {schedule.spot.platform}"
    detail = (
        schedule.why or f"Next on {schedule.next_local_date:%d %B %Y} at {schedule.rule.at:%H:%M} ({schedule.rule.tz})."
    )
    fix = "Mend what it says, then type /group setup there." if schedule.why else ""
    return Finding("posts", what, not schedule.why, detail, fix)


async def _content(settings: Settings, now: datetime) -> list[Finding]:
    try:
        folder = content_folder(settings) / "tracks" / TRACK
    except ConfigError as fault:
        return [Finding("content", "no content found", False, str(fault), "Reinstall, or set EPOCHBOT_DATA.")]
    track, faults = load_track(folder)
    bank, more = load_challenges(folder / "challenges")
    count = len(faults) + len(more) + len(lint(track))
    what = f"{len(track.items)} questions, {len(bank)} challenges"
    return [
        Finding(
            "content",
            what,
            count == 0,
            f"{count} faults",
            "Run `epochbot content check` and mend what it names." if count else "",
        )
    ]


async def _zones(settings: Settings, now: datetime) -> list[Finding]:
    """Say how old the data of time zones is, and whether the package's is what is used, by comparing every zone."""
    release = zones.version()
    if release is None:
        fix = "Install the tzdata package into the bot’s environment."
        return [Finding("time zones", "no time zone data", False, "", fix)]
    old = zones.is_old(release, now)
    detail = "Clocks may have been changed since; posts and days would come at a wrong hour." if old else ""
    age = Finding("time zones", f"tzdata {release}", not old, detail, "Upgrade epochbot, or tzdata." if old else "")
    others = zones.differing(now)
    if not others:
        return [age, Finding("time zones", "every zone is as the package has it", True)]
    detail = f"{len(others)} zones tell another time, such as {others[0]}."
    fix = "Set PYTHONTZPATH to an empty string."
    return [age, Finding("time zones", "the system’s data comes first", False, detail, fix)]


async def _claude(settings: Settings, now: datetime) -> list[Finding]:
    if settings.anthropic_api_key is None:
        return [Finding("tutor", "no Anthropic key: explanations are offline", True)]
    detail = f"The key is set; it is tried at the first hint. {await _spent(settings, now)}".strip()
    return [Finding("tutor", f"hints by {settings.claude_model}", True, detail)]


async def _spent(settings: Settings, now: datetime) -> str:
    """What Claude cost this month, of what it may; nothing where the database, which is examined by itself, does not open."""
    try:
        store = await Store.open(settings.database, now=lambda: now)
    except (StoreError, OSError):
        return ""
    try:
        spent = await store.tutoring.spent(f"{now.astimezone(UTC):%Y-%m}")
    finally:
        await store.close()
    cost, unsettled = (f"${part / NANO_PER_DOLLAR:.2f}" for part in (spent.cost, spent.open))
    more = f", and at most {unsettled} not settled yet" if spent.open else ""
    return f"Requests this month: {spent.calls}, for {cost} of ${settings.claude_month_usd:.2f}{more}."


async def _platforms(settings: Settings, now: datetime) -> list[Finding]:
    """Ask each platform that is set up who we are there."""
    return [await _platform(settings, name) for name in settings.platforms]


async def _platform(settings: Settings, name: str) -> Finding:
    try:
        who = await check_tokens(settings, name)
    except ConfigError as fault:
        return Finding(name, "the platform does not take us", False, "", str(fault))
    return Finding(name, "the tokens work", True, f"There we are {who}.")

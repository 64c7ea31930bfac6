"""The composition root: the one place where clock, randomness, files and services become real.

Everything else is handed what it needs. Tests build the same parts with a fixed clock and a scratch folder.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import zoneinfo
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot import logs, upkeep
from bot.assisting import make_assistant
from bot.commands import discover
from bot.config import ConfigError, Settings
from bot.dispatch import Dispatcher
from bot.insight import review
from bot.measured import MeasuredGrader, measured_run
from bot.measuring import Meter, Silent
from bot.messages import LOCAL_PLATFORM, Place
from bot.platforms.port import Host
from bot.privacy.upkeep import HOUR_UTC as FORGET_HOUR
from bot.privacy.upkeep import forget_old
from bot.refitting import refit
from bot.schedule.kinds import Job
from bot.services import Services
from bot.store import SampleMember, Store
from bot.tutor import Tutor
from challenges.load import load_challenges
from challenges.model import Challenge
from quizzes.items import Track
from quizzes.load import load_track
from runner import Isolation, Profile, Run
from runner.cold import ColdRunner
from runner.contained import or_contained
from runner.remote.errors import SetupError
from runner.warm import WarmRunner

if TYPE_CHECKING:  # the platforms' own modules load their libraries, which the terminal and the page do without
    from bot.platforms.discord.options import DiscordOptions
    from bot.platforms.slack.options import SlackOptions
    from runner.remote.client import RemoteRunner

Expect = Callable[[Profile], object]
REFIT_HOUR = 3  # UTC
MAINTENANCE: list[Job] = [
    Job("forget old code", FORGET_HOUR, forget_old),
    review.JOB,
    Job("fit memories", REFIT_HOUR, refit),
    *upkeep.JOBS,
]
"""Upkeep that runs once a day, in this order where several are due."""
SLACK_HTTP_PORT = 3000
TRACK = "ai-machine-learning"
LOCAL_PLACE = Place(LOCAL_PLATFORM, "local", "Local study group")
SAMPLE_MEMBERS = (
    SampleMember("Ada", 214, (24, 31, 12, 40)),
    SampleMember("Grace", 180, (18, 22, 9)),
    SampleMember("Alan", 96, (12, 8, 20)),
    SampleMember("Katherine", 64, (6, 16)),
)


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


def entropy() -> int:
    """64 bits nobody can predict: the source of every hidden input."""
    return secrets.randbits(64)


def set_up_process(settings: Settings) -> None:
    """Settle what is global to a process: time zone data from the pinned package, and logs on standard error."""
    zoneinfo.reset_tzpath(())
    secrets_set = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    logs.set_up(settings.log_level, sys.stderr, secrets_set)


def content_folder(settings: Settings) -> Path:
    """Where content is: the folder set, else the one packed into the wheel, else the checkout's.

    Raises:
        ConfigError: there is none.
    """
    package = Path(__file__).parent
    places = [settings.data] if settings.data else [package / "_data", package.parent / "data"]
    for place in places:
        if (place / "tracks").is_dir():
            return place
    raise ConfigError(
        f"No content at {' or '.join(map(str, places))}; set EPOCHBOT_DATA to a folder that holds tracks/."
    )


def load_content(settings: Settings) -> tuple[Track, dict[str, Challenge]]:
    """The track and its challenges; faulty items are left out and logged, so one typo does not stop the bot.

    Raises:
        ConfigError: nothing usable is left.
    """
    log = structlog.get_logger(__name__)
    folder = content_folder(settings) / "tracks" / TRACK
    track, faults = load_track(folder)
    challenges, more = load_challenges(folder / "challenges")
    for file, message in [(f.file, f.message) for f in faults] + [(f.file, f.message) for f in more]:
        log.warning("content fault", file=file, fault=message)
    if not track.items:
        raise ConfigError(f"{folder} holds no usable question; run `epochbot content check` to see why.")
    return track, {slug: c for slug, c in challenges.items() if c.section in {s.slug for s in track.sections}}


def make_run(settings: Settings) -> Run:
    """The runner of another host where one is set, else of this one, at no less than the isolation asked for."""
    if settings.runner_url:
        return remote_runner(settings).run
    return ColdRunner(minimum=Isolation(settings.min_isolation)).run


@asynccontextmanager
async def open_run(settings: Settings) -> AsyncIterator[tuple[Run, Expect]]:
    """The same for many jobs, with workers kept warm, and what tells it which libraries will soon be needed."""
    if settings.runner_url:
        async with remote_runner(settings) as remote:
            yield remote.run, _expect_nothing
    else:
        minimum = Isolation(settings.min_isolation)
        async with WarmRunner(minimum=minimum) as warm:
            run = await or_contained(warm.run, minimum=minimum, allowed=True) if settings.contained else warm.run
            yield run, warm.expect


def _expect_nothing(_profile: Profile) -> None:
    """Prepare nothing: whoever runs the code keeps its own workers warm."""


def remote_runner(settings: Settings) -> RemoteRunner:
    """The runner of another host.

    Raises:
        ConfigError: none is set, or its address, secret or certificates cannot be used.
    """
    from runner.remote.client import RemoteRunner  # its HTTP library takes its time, and most run code here

    secret = settings.runner_secret.get_secret_value() if settings.runner_secret else ""
    if not settings.runner_url:
        raise ConfigError("EPOCHBOT_RUNNER_URL is not set, so code runs on this host; `epochbot doctor` examines it.")
    try:
        return RemoteRunner(
            settings.runner_url, secret, minimum=Isolation(settings.min_isolation), ca_file=settings.runner_ca
        )
    except SetupError as fault:
        raise ConfigError(f"The runner at EPOCHBOT_RUNNER_URL cannot be used. {fault}") from None


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    random_bits: Callable[[], int] = entropy,
    run: Run | None = None,
    meter: Meter | None = None,
) -> AsyncIterator[Dispatcher]:
    """Build everything and close it again."""
    track, challenges = load_content(settings)
    _make_home(settings.home)
    async with AsyncExitStack() as closing:
        if run is None:
            run_code, expect = await closing.enter_async_context(open_run(settings))
        else:
            run_code, expect = run, _expect_nothing
        if meter is not None:
            run_code = measured_run(run_code, meter)
        grader = await closing.enter_async_context(MeasuredGrader(run_code, random_bits, meter or Silent()))
        store = await Store.open(settings.database, now=now, meter=meter)
        closing.push_async_callback(store.close)
        await store.privacy.reapply_erasures()  # the file may be a restored backup
        services = Services(
            store=store,
            track=track,
            challenges=challenges,
            run=run_code,
            grader=grader,
            expect=expect,
            tutor=Tutor(make_assistant(settings, store, grader, now=now, entropy=random_bits)),
            now=now,
            entropy=random_bits,
            keep_code_days=settings.keep_code_days,
            backups=settings.backups,
            meter=meter or Silent(),
        )
        if settings.demo_members:
            await store.seed_demo_group(
                SAMPLE_MEMBERS,
                name=LOCAL_PLACE.name,
                platform=LOCAL_PLACE.platform,
                external_id=LOCAL_PLACE.external_id,
            )
        yield Dispatcher(services, discover())


def make_hosts(settings: Settings, dispatcher: Dispatcher) -> list[Host]:
    """Build the platforms whose tokens are set, and make them known to commands; each imports its library only now."""
    hosts: list[Host] = []
    if discord := discord_options(settings):
        from bot.platforms.discord.host import DiscordHost

        hosts.append(DiscordHost(dispatcher, discord, now=utc_now, new_key=_new_key))
    if slack := slack_options(settings):
        from bot.platforms.slack.host import SlackHost

        hosts.append(SlackHost(dispatcher, slack, now=utc_now, new_key=_new_key))
    dispatcher.services.hosts.update({host.name: host for host in hosts})
    return hosts


@asynccontextmanager
async def open_schedule(services: Services) -> AsyncIterator[None]:
    """Send what is due, and keep up what needs it once a day, for as long as the block lasts."""
    from bot.schedule.clock import ticking  # only who serves needs a scheduler
    from bot.schedule.engine import Engine
    from bot.schedule.posts import BUILDERS

    engine = Engine(services, BUILDERS, owner=_new_key())
    checking = asyncio.create_task(services.tutor.check())  # it may be slow, and warns at most
    try:
        async with ticking(engine, services, [upkeep.watched(job) for job in MAINTENANCE]):
            yield
    finally:
        checking.cancel()


def _new_key() -> str:
    return secrets.token_hex(8)


async def check_tokens(settings: Settings, platform: str) -> str:
    """Ask a platform who we are there.

    Raises:
        ConfigError: it refuses us or cannot be reached, or no token is set; the message says what to do.
    """
    if platform == "discord" and (discord := discord_options(settings)):
        from bot.platforms.discord import account as discord_account

        return await discord_account.check_token(discord)
    if platform == "slack" and (slack := slack_options(settings)):
        from bot.platforms.slack import account as slack_account

        return await slack_account.check_token(slack)
    raise ConfigError(f"No token for {platform} is set. `epochbot setup {platform}` says where to get one.")


def discord_options(settings: Settings) -> DiscordOptions | None:
    """What is set for Discord; None without a token."""
    if settings.discord_token is None:
        return None
    from bot.platforms.discord.options import DiscordOptions

    return DiscordOptions(
        token=settings.discord_token.get_secret_value(),
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        state=settings.home / "discord",
    )


def slack_options(settings: Settings) -> SlackOptions | None:
    """What is set for Slack; None when neither one workspace's token nor a client for many is."""
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        return None
    from bot.platforms.slack.options import SlackOptions

    by_http = settings.slack_app_token is None or settings.slack_client_id is not None
    return SlackOptions(
        bot_token=_bare(settings.slack_bot_token),
        app_token=_bare(settings.slack_app_token),
        signing_secret=_bare(settings.slack_signing_secret),
        http_port=settings.slack_http_port or (SLACK_HTTP_PORT if by_http else None),
        client_id=settings.slack_client_id or "",
        client_secret=_bare(settings.slack_client_secret),
        api_url=settings.slack_api_url,
        state=settings.home / "slack",
    )


def _bare(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _make_home(home: Path) -> None:
    """Make the folder for the database.

    Raises:
        ConfigError: it cannot be made.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        advice = "Set EPOCHBOT_HOME to a folder that can be made or written, and start again."
        raise ConfigError(f"The folder {home} cannot be made: {fault.strerror}. {advice}") from None

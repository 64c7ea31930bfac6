"""A small course, a real store in a scratch folder, a clock that stands still, and conversations as text.

Code of the tests' own runs in this process, for speed; whoever needs a real box asks for `boxed`.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from bot.commands import discover
from bot.dispatch import Dispatcher
from bot.messages import Actor, Attachment, Place, Reply, Request, parse_line
from bot.platforms.plain import render
from bot.services import Services
from bot.store import Question, Store
from bot.tutor import Assistant, Tutor
from challenges.grade import NO_STOCK, Grader
from challenges.load import load_challenges
from challenges.model import Challenge
from quizzes.grade import answer_key
from quizzes.items import Item, Kind, Track
from quizzes.load import load_track
from quizzes.present import present
from runner import Fault, Isolation, Job, Outcome, Result, Returned, Run

SAMPLE = Path(__file__).parent / "sample"
DATA = Path(__file__).parents[2] / "data" / "tracks" / "ai-machine-learning"
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)  # a Monday
HERE = Place("local", "garden", "Garden club")
WRONG = {
    Kind.NUMERIC: "-12345.678",
    Kind.OUTPUT: "nothing at all",
    Kind.FILL: "no_such_name",
}


@dataclass
class Clock:
    """A clock that moves only when told."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


async def in_this_process(job: Job) -> Result:
    """Run a job of the tests' own making right here: the values a box would give, at none of its cost.

    A source may say in a comment how its run is to end, as in `# ends: timeout`.
    """
    text = job.source if isinstance(job.source, str) else job.source.decode()
    for outcome in Outcome:
        if f"# ends: {outcome}" in text:
            ended = tuple(Returned(id=call.id, outcome=outcome) for call in job.calls)
            detail = f"It ended with {outcome}."
            return Result(outcome=outcome, isolation=Isolation.REDUCED, returned=ended, detail=detail)
    back = tuple(_called(job, text, call.id, call.args) for call in job.calls)
    gravest = next((r.outcome for r in back if r.outcome is not Outcome.OK), Outcome.OK)
    return Result(outcome=gravest, isolation=Isolation.REDUCED, returned=back, wall_ms=100.0)


def _called(job: Job, text: str, call_id: str, args: tuple[Any, ...]) -> Returned:
    learner, scope, given = type(copy)("learner"), {"__name__": "driver"}, copy.deepcopy(args)
    try:
        exec(compile(text, job.filename, "exec"), learner.__dict__)  # noqa: S102 - the tests' own code
        exec(compile(job.driver, "driver.py", "exec"), scope)  # noqa: S102 - the tests' own code
        drive = scope.get("drive", lambda module, *args: getattr(module, job.entry)(*args))
        value = drive(learner, *given)  # type: ignore[operator]  # from a namespace
    except SyntaxError as fault:
        told = Fault(type=type(fault).__name__, message=fault.msg, line=fault.lineno, offset=fault.offset)
        return Returned(id=call_id, outcome=Outcome.ERROR, fault=told)
    except (LookupError, NameError, TypeError, ValueError, ArithmeticError, AttributeError) as fault:
        line = _last_line(fault, job.filename)
        lines = text.split("\n")
        source_line = lines[line - 1].strip() if line and line <= len(lines) else ""  # one of several may be longer
        told = Fault(type=type(fault).__name__, message=str(fault), line=line, source_line=source_line)
        return Returned(id=call_id, outcome=Outcome.ERROR, fault=told)
    return Returned(id=call_id, outcome=Outcome.OK, value=value, args_after=given)


def _last_line(fault: BaseException, filename: str) -> int | None:
    trace, line = fault.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


@dataclass
class Chat:
    """One person talking to the bot; what comes back is read as plain text."""

    dispatcher: Dispatcher
    clock: Clock
    name: str = "Mia"
    place: Place = HERE
    platform: str = "local"
    keys: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def store(self) -> Store:
        """The store behind the dispatcher."""
        return self.dispatcher.services.store

    async def reply(self, text: str, *, files: tuple[Attachment, ...] = (), key: str | None = None) -> Reply:
        """Say something and get the cards."""
        command, args, body = parse_line(text)
        key = key or f"{self.name}:{next(self.keys)}"
        actor = Actor(self.platform, self.name.lower(), self.name)
        return await self.dispatcher.handle(Request(actor, self.place, command, args, key, self.clock(), body, files))

    async def say(self, text: str, *, files: tuple[Attachment, ...] = (), key: str | None = None) -> str:
        """Say something and read the answer."""
        reply = await self.reply(text, files=files, key=key)
        return "\n".join(render(card) for card in reply.cards)

    async def verify(self, *dialog: tuple[str, str]) -> None:
        """Hold a conversation: what the learner says, and the whole of what comes back."""
        heard = [(said, await self.say(said)) for said, _ in dialog]
        assert heard == [(said, dedent(answer).strip("\n")) for said, answer in dialog]

    async def user_id(self) -> int:
        """The learner's key in the store."""
        return (await self.store.ensure_user(self.platform, self.name.lower(), self.name)).id

    async def questions(self) -> list[Question]:
        """Today's questions as posed."""
        reply_day = self.clock().date()
        return await self.store.questions_today(await self.user_id(), reply_day)

    def item(self, question: Question) -> Item:
        """The item of a question."""
        found = self.dispatcher.services.track.item(question.item_id)
        assert found is not None
        return found

    def right(self, question: Question) -> str:
        """The right answer to a question as it was posed."""
        item = self.item(question)
        return answer_key(item, present(item, int(question.seed)))

    def wrong(self, question: Question) -> str:
        """A readable wrong answer to a question as it was posed."""
        item = self.item(question)
        shown = present(item, int(question.seed))
        if item.kind is Kind.SHORT:  # nobody marks it, so no answer is wrong
            return "I would rather not say"
        if item.kind in WRONG:
            return WRONG[item.kind]
        right = self.right(question)
        if item.kind is Kind.BUG:
            return f"{1 if not right.startswith('1') else 2} {right[-1]}"
        if item.kind is Kind.ORDER:
            return " ".join(reversed(right.split()))
        if item.kind is Kind.MATCH:
            letters = [pair[-1] for pair in right.split()]
            return " ".join(f"{n}{letter}" for n, letter in enumerate([*letters[1:], letters[0]], 1))
        return next(option.label for option in shown.options if option.label not in right)


@pytest.fixture(scope="session")
def track() -> Track:
    """The small course, without faults."""
    loaded, faults = load_track(SAMPLE)
    assert faults == []
    return loaded


@pytest.fixture(scope="session")
def bank() -> dict[str, Challenge]:
    """The small course's challenges, without faults."""
    loaded, faults = load_challenges(SAMPLE / "challenges")
    assert faults == []
    return loaded


@pytest.fixture(scope="session")
def shipped_track() -> Track:
    """The course we ship."""
    return load_track(DATA)[0]


@pytest.fixture(scope="session")
def shipped_bank() -> dict[str, Challenge]:
    """The challenges we ship."""
    return load_challenges(DATA / "challenges")[0]


@pytest.fixture
def clock() -> Clock:
    """Monday morning, until told otherwise."""
    return Clock()


@pytest.fixture
def boxed(warm: Any) -> Run:
    """A real box for every job."""
    run: Run = warm.run
    return run


@pytest.fixture
def in_process() -> Run:
    """The tests' own making of a run, without a box."""
    return in_this_process


Start = Callable[..., Chat]


@pytest.fixture
async def start(tmp_path: Path, clock: Clock, track: Track, bank: dict[str, Challenge]) -> AsyncIterator[Start]:
    """Start the bot on a new database; each call is another way to talk to it, or another course."""
    store = await Store.open(tmp_path / "chat.sqlite3", now=clock)
    bits = itertools.count(7)
    graders: list[Grader] = []

    def entropy() -> int:
        return next(bits)

    def begin(
        name: str = "Mia",
        *,
        run: Run = in_this_process,
        assistant: Assistant | None = None,
        track: Track = track,
        challenges: dict[str, Challenge] | None = None,
        place: Place = HERE,
    ) -> Chat:
        services = Services(
            store=store,
            track=track,
            challenges=bank if challenges is None else challenges,
            run=run,
            grader=Grader(run, entropy, capacity=NO_STOCK),
            tutor=Tutor(assistant),
            now=clock,
            entropy=entropy,
            unnoticed_s=60.0,  # so that what is said does not depend on how busy the machine is
        )
        graders.append(services.grader)
        return Chat(Dispatcher(services, discover()), clock, name, place)

    yield begin
    for grader in graders:
        await grader.close()
    await store.close()


@pytest.fixture
def chat(start: Start) -> Chat:
    """Mia, talking to the bot about the small course."""
    return start()


@dataclass(frozen=True)
class WholeDay:
    """What a played day leaves behind, however it was played: in the terminal, on the page, anywhere."""

    answers: int
    wrong_answers: int
    submissions: tuple[str, ...]
    streak: int
    today_done: bool
    xp_adds_up: bool
    projections_differ: bool


PLAYED = WholeDay(
    answers=5,
    wrong_answers=1,
    submissions=("wrong", "accepted"),
    streak=1,
    today_done=True,
    xp_adds_up=True,
    projections_differ=False,
)


async def whole_day(database: Path, external_id: str, at: datetime, *, platform: str = "local") -> WholeDay:
    """Read what a learner's day left in a database that no program holds any more."""
    store = await Store.open(database, now=lambda: at)
    try:
        user = await store.ensure_user(platform, external_id, external_id)
        attempts = await store.attempts(user.id)
        streak = await store.streak(user.id, attempts[-1].local_day if attempts else at.date())
        group = await store.ensure_group(platform, "local", "Local study group")
        board = {row.user_id: row.xp for row in await store.leaderboard(group.id)}
        quizzes = [a for a in attempts if a.kind == "quiz"]
        return WholeDay(
            answers=len(quizzes),
            wrong_answers=sum(not a.correct for a in quizzes),
            submissions=tuple(a.verdict for a in attempts if a.kind == "challenge"),
            streak=streak.current,
            today_done=streak.today_done,
            xp_adds_up=board.get(user.id, 0) == (await store.progress(user.id)).xp > 0,
            projections_differ=bool(await store.rebuild_check()),
        )
    finally:
        await store.close()


@pytest.fixture
def played() -> WholeDay:
    """The end of a day with five answers, one of them wrong, and a challenge failed and then passed."""
    return PLAYED


@pytest.fixture
def end_of_day() -> Callable[..., Any]:
    """Read the end of a day from a database."""
    return whole_day

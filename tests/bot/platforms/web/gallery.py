"""Serves the real page with three commands more: samples of every card, a question of each kind, and work that lasts.

Run as a program by the tests.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

from bot.app import open_app, set_up_process, utc_now
from bot.cards import (
    Action,
    Bar,
    BoardLine,
    Card,
    CaseLine,
    ChallengeCard,
    Choice,
    DayMark,
    ExplanationCard,
    FeedbackCard,
    Field,
    FileCard,
    FormCard,
    HelpCard,
    Input,
    LeaderboardCard,
    Markdown,
    NoticeCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    Tone,
    TrackCard,
    TrackSection,
    VerdictCard,
)
from bot.commands import Command
from bot.config import load_settings
from bot.dispatch import Dispatcher
from bot.messages import Reply
from bot.pictures import progress_picture, streak_picture
from bot.platforms.web.server import serve
from bot.posing import question_card
from bot.services import Context

HOSTILE = (
    '<img src=x onerror="window.hacked=1"> <script>window.hacked=1</script> **bold** [a](https://example.org) `code`\n'
    "# heading\n<b>tag</b> &amp; {{ 7*7 }} ${7*7} \u202edesrever\u202c \u200b مرحبا بالعالم 👩‍👩‍👧‍👦 " + "w" * 300
)
CODE = (
    "from sklearn.preprocessing import StandardScaler\n\n"
    "scaler = StandardScaler().fit(X)  # every row, also those of the test part, which is a long comment to make it wide\n"
    'name = "model"\n'
    "for fold in range(5):\n    print(fold, scaler.mean_[0] * 1.5e-3, None)\n"
)
CHOICES = (
    Choice("A", Markdown("It fits **only** on the training part, as `scaler.fit(X_train)` does")),
    Choice("B", Markdown("It learns the mean of the test rows too, so the score is too good")),
    Choice("C", Markdown("Nothing: `x < 3 & y > 2`")),
)
PROMPT = Markdown("A scaler is fitted on **all** rows before the split. What is wrong with `scaler.fit(X)` here?")


def question(kind: Input, **more: object) -> QuestionCard:
    """A question of one kind. Its id is nobody's, so answering it changes nothing."""
    facts = {"prompt": PROMPT, "expects": "Answer with a letter, such as B.", "topic": "Data pipeline", **more}
    return QuestionCard(public_id=f"none-{kind.value}", label="Question 2 of 5", input=kind, **facts)


QUESTIONS: dict[str, Card] = {
    "choice": question(Input.CHOICE, choices=CHOICES, code=CODE),
    "choices": question(Input.CHOICES, choices=CHOICES),
    "number": question(Input.NUMBER, expects="Answer with a number of tokens, such as 1,200.", unit="tokens"),
    "text": question(Input.TEXT, code=CODE, expects="Answer with exactly what it prints, such as [1, 2]."),
    "lines": question(
        Input.LINES, blanks=2, code="x = __1__\ny = __2__", expects="Answer with 2 pieces of code, one per line."
    ),
    "order": question(
        Input.ORDER, choices=CHOICES, expects="Answer with 2 letters in order, such as C A; one step does not belong."
    ),
    "match": question(
        Input.MATCH, choices=CHOICES, lefts=(Markdown("The share of flagged mails that are spam"), Markdown("`recall`"))
    ),
    "bug": question(Input.BUG, choices=CHOICES, code=CODE),
    "essay": question(Input.ESSAY, expects="Answer with a sentence or two, at most 60 words."),
}
ACTIONS = (
    Action("Next question (3 left)", "daily", primary=True),
    Action("My streak", "streak"),
    Action("Leaderboard", "leaderboard"),
)
DAYS = tuple(
    (
        date(2026, 3, 2) + timedelta(days=n),
        (DayMark.DONE, DayMark.DONE, DayMark.FROZEN, DayMark.DONE, DayMark.PRACTICE, DayMark.EMPTY)[n * n % 6],
    )
    for n in range(81)
)
BARS = (
    Bar(label="Core machine learning concepts", done=7, total=12),
    Bar(label="Large language models: basics", done=0, total=9),
    Bar(label="A section whose title is far too long to fit into its column", done=9, total=9),
)
CASES = (
    CaseLine(
        name="two flagged, one right", passed=True, outcome="passed", given="truth = ['spam', 'ham']",
        expected="(0.5, 0.3333, 0.4)", got="(0.5, 0.3333, 0.4)", message="", printed="",
    ),
    CaseLine(
        name="nobody flagged", passed=False, outcome="different value", given="x = " + "[0.123456789, " * 60,
        expected="0.0", got=HOSTILE, message="Wherever a denominator is 0, that score is 0.0.", printed=HOSTILE * 5,
    ),
)  # fmt: skip
CARDS: dict[str, Card] = QUESTIONS | {
    "right": FeedbackCard(
        headline="Correct", correct=True, score=1, chosen="B) It learns the mean of the test rows too", right=Markdown("B"),
        feedback=Markdown(""), gains="+6 XP, streak 3", actions=ACTIONS,
        explanation=Markdown("The mean of **all** rows holds the test rows too, so the score is measured with help from them."),
    ),
    "wrong": FeedbackCard(
        headline="Not quite", correct=False, score=0, chosen="C) Nothing", right=Markdown("B) It learns the mean of the test rows"),
        feedback=Markdown("A scaler never sees labels, so no target leaked. What leaked is the *mean* of the test rows."),
        explanation=Markdown("Fit on the training part only:\n\n```python\nscaler.fit(X_train)\n```\n\nThen transform both."), actions=ACTIONS,
    ),
    "formative": FeedbackCard(
        headline="Thank you: compare with a model answer", correct=True, score=0.5, chosen=HOSTILE, formative=True,
        right=Markdown("Because the test set must stay unseen."), feedback=Markdown("You named one of two points."), explanation=Markdown(""),
    ),
    "challenge": ChallengeCard(
        slug="precision-recall-f1", title="Precision, recall and F1 by hand", level="easy", minutes=10, topic="Key concepts",
        statement=Markdown("Write `scores(truth, predicted)`. Return:\n\n- precision;\n- recall, of the items that **are** positive.\n\n    scores([1], [1])  ->  (1.0, 1.0)\n\nDone."),
        starter="def scores(truth, predicted, positive):\n    \"\"\"Return three floats.\"\"\"\n    return 0.0, 0.0, 0.0  # start here\n",
        status="not tried yet", libraries="Python’s standard library",
        actions=(Action("Hint", "hint precision-recall-f1"), Action("All challenges", "challenge list")),
    ),
    "verdict": VerdictCard(
        slug="s", title="Precision, recall and F1 by hand", verdict="wrong", headline="Not yet: some values differ", cases=CASES,
        hidden="Hidden cases: 3 of 6 pass. Worst failure: different value.", detail="", footer="Isolation: reduced. Ran for 0.4 s.",
        actions=(Action("Edit and try again", "challenge precision-recall-f1", primary=True), Action("Hint", "hint precision-recall-f1")),
    ),
    "accepted": VerdictCard(
        slug="s", title="Precision, recall and F1 by hand", verdict="accepted", headline="Accepted: every case passes", cases=CASES[:1],
        hidden="Hidden cases: 6 of 6 pass.", detail="", footer="Isolation: reduced. Ran for 0.4 s.", gains="+20 XP, streak 1",
        actions=(Action("Next challenge", "challenge", primary=True),),
    ),
    "run": RunCard(headline="It stopped with an error", ok=False, printed=f"1\n2\n{HOSTILE}", detail="", footer="Isolation: strong. 0.1 s."),
    "run-silent": RunCard(headline="It ran to its end", ok=True, printed="", detail="", footer="Isolation: strong. 0.1 s."),
    "explanation": ExplanationCard(
        title="What went wrong", text=f"IndexError: list index out of range. {HOSTILE}", source="exception", specific=True,
        code_line="    return items[len(items)]  " + "# wide " * 40, line=7, actions=(Action("Hint", "hint precision-recall-f1"),),
    ),
    "hint": ExplanationCard(title="A hint", text="What does a mean of zero items give?", source="ai", specific=True, by_ai=True),
    "board": LeaderboardCard(
        title="Leaderboard: Local study group", period="this week, since Monday", note="Members marked “sample” are made up.",
        lines=(
            BoardLine(rank=1, name="Ada", xp=1107, me=False, sample=True), BoardLine(rank=2, name=HOSTILE[:60], xp=96, me=True),
            BoardLine(rank=3, name="Grace", xp=49, me=False, sample=True), BoardLine(rank=4, name="W" * 30, xp=3, me=False),
        ),
        actions=(Action("All time", "leaderboard all"),),
    ),
    "empty-board": LeaderboardCard(title="Leaderboard", period="all time", lines=()),
    "streak": StreakCard(current=12, best=30, freezes=2, today_done=True, headline="12 days, and today is done.", days=DAYS),
    "calendar": streak_picture(DAYS),
    "file": FileCard(name="epochbot-my-data.json", content=b"{}" * 900, note=HOSTILE),
    "progress": ProgressCard(title="Your progress", summary="16 of 30 questions right at least once.", bars=BARS, actions=ACTIONS),
    "chart": progress_picture(BARS),
    "track": TrackCard(
        title="AI and machine learning", summary=Markdown("From a first model to one that is watched in production."),
        sections=tuple(TrackSection(title=f"Section {n}: words and `numbers`", questions=12, answered=n, challenges=n % 3, here=n == 4) for n in range(1, 8)),
        paths=(("ML engineer", "6 months. Models in production."), ("Researcher", "12 months. " + "New ideas. " * 20)),
        projects=(("beginner", ("Spam filter", "House prices")), ("advanced", ("RAG assistant",))), path="ML engineer", actions=ACTIONS,
    ),
    "form": FormCard(
        title="Your settings",
        fields=(
            Field("Time zone", "settings zone", "Europe/Paris", "An IANA name such as Europe/Paris; your days follow it."),
            Field("Day starts at", "settings day", "3", "An hour from 0 to 6.", tuple("0123456")),
            Field("Board name", "settings name", HOSTILE[:30], "A name of your choice."),
        ),
    ),
    "help": HelpCard(
        title="What you can do here", text=Markdown("Start with **/daily**.\nExamples: /help, /help challenge"),
        rows=(("/daily", "today’s five questions"), ("/settings [zone | day | track] [value]", ""), ("/leaderboard", "your group’s board")),
    ),
    "notice": NoticeCard(title="Not sure what you mean", text=HOSTILE, actions=ACTIONS),
    "saved": NoticeCard(title="Saved", text="Your day turns at 04:00.", tone=Tone.GOOD),
    "warning": NoticeCard(title="Not changed", text="Say an hour from 0 to 6, such as 4.", tone=Tone.WARNING),
}  # fmt: skip


async def show(context: Context) -> Reply:
    """Show the named samples, or all of them."""
    wanted = context.request.args.split() or list(CARDS)
    return Reply(tuple(CARDS[name] for name in wanted))


async def pose(context: Context) -> Reply:
    """Pose a shipped question of the named kind, which counts as any practice question does."""
    item = next(item for item in context.services.track.items if item.kind == context.request.args)
    key, seed = context.request.idempotency_key, [(item.id, "1")]
    question = (await context.store.pose(context.user.id, seed, "quiz", context.today, idem=key))[0]
    return Reply((question_card(context, question, item, "Practice"),))


async def slow(context: Context) -> Reply:
    """Take as long as a heavy run, until something is written into the pipe named in the request."""
    await asyncio.to_thread(Path(context.request.args).read_text, "utf-8")
    return Reply((NoticeCard(title="Done", text="It is there."),))


GALLERY = {
    "gallery": Command(name="gallery", summary="samples of cards", usage="/gallery [name …]", help="", handle=show),
    "pose": Command(name="pose", summary="a question of a kind", usage="/pose <kind>", help="", handle=pose),
    "slow": Command(name="slow", summary="waits for a file", usage="/slow <file>", help="", handle=slow),
}


@asynccontextmanager
async def open_gallery() -> AsyncIterator[Dispatcher]:
    """The app with the samples added; where a pipe is named, not before something is written into it."""
    for pipe in sys.argv[2:]:
        await asyncio.to_thread(Path(pipe).read_text, "utf-8")
    async with open_app(load_settings()) as dispatcher:
        yield Dispatcher(dispatcher.services, dispatcher.commands | GALLERY)


def main() -> None:
    """Serve on the port named on the command line."""
    set_up_process(load_settings())
    serve(open_gallery, int(sys.argv[1]), utc_now, show=False, ready=lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()

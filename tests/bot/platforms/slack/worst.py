"""The worst that each card may hold: long, wide, many, hostile. For tests of what Slack is sent."""

from __future__ import annotations

from datetime import date, timedelta

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
    PictureCard,
    ProgressCard,
    QuestionCard,
    RunCard,
    StreakCard,
    Tone,
    TrackCard,
    TrackSection,
    VerdictCard,
)

HOSTILE = "<!channel> <@U2> <https://evil.example|here> *bold* _it_ ~no~ `code` :tada: & &amp; </b> \u202etxt.exe \x1b[31mred"
LONG = " ".join(f"word{n}" for n in range(900))  # over 7,000 characters
WALL = "x" * 7_000
CODE = "\n".join(f"    value_{n} = data[{n}] & mask  # <{n}> “quoted” {'=' * 40}" for n in range(130))
PROSE = Markdown(
    f"A paragraph with **bold words** and `a < b & c`.\n\n- one\n- two `three`\n  goes on\n\n3. third\n4. fourth\n\n"
    f"```python\nx = '<!here>'\n```\n\n    indented & kept\n\n{LONG}"
)
MANY = tuple(Action(f"Choose number {n} of the many that there are, with a label as long as labels ever get {n}", f"do {n}") for n in range(30))
FEW = (Action("Today’s questions", "daily", primary=True), Action("Help", "help"), Action("Long", "answer q1 " + "z" * 2_100))
NAMES = tuple(f"{'W' * 70}{n}" for n in range(160))
EMOJI = "👩‍💻🧪" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40

CASE = CaseLine(
    name=f"ties {HOSTILE}", passed=False, outcome="different value", given=CODE, expected=WALL, got=LONG, message=HOSTILE, printed=CODE,
)  # fmt: skip
SMALL = CaseLine(
    name="plain", passed=True, outcome="passed", given="[1, 2]", expected="3", got="3", message="", printed="hi"
)
BARE = CaseLine(name="bare", passed=True, outcome="passed", given="", expected="", got="", message="", printed="")


def question(kind: Input, *, many: int = 4, long: bool = True) -> QuestionCard:
    """A question of a kind, with much in it."""
    text = "the option that goes on and on, for as long as an author could think of, and then `some` more" if long else "short"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    choosing = kind in (Input.CHOICE, Input.CHOICES, Input.ORDER, Input.MATCH, Input.BUG)
    return QuestionCard(
        public_id="q7f3",
        label="Question 2 of 5, with a label that is longer than a title",
        topic=f"Loss functions {EMOJI}",
        prompt=PROSE if long else Markdown("Which?"),
        input=kind,
        expects="Say what it is.",
        code=CODE[:4000] if kind in (Input.BUG, Input.TEXT) else "",
        choices=tuple(Choice(letters[n % 26], Markdown(f"{text} {n}")) for n in range(many)) if choosing else (),
        lefts=tuple(Markdown(f"left {text} {n}") for n in range(many)) if kind is Input.MATCH else (),
        blanks=3 if kind is Input.LINES else 0,
        unit="m/s" if kind is Input.NUMBER else "",
    )


WORST: dict[str, Card] = {
    **{f"question-{kind}": question(kind, many=26 if kind is not Input.MATCH else 12) for kind in Input},
    **{f"question-{kind}-small": question(kind, long=False) for kind in Input},
    "feedback": FeedbackCard(
        headline=f"Not quite {LONG}", correct=False, score=0.4, chosen=HOSTILE * 50, right=PROSE, feedback=PROSE, explanation=PROSE,
        gains="+6 XP", actions=MANY,
    ),
    "feedback-formative": FeedbackCard(
        headline="Thank you", correct=False, score=0, chosen=CODE, right=PROSE, feedback=Markdown(""), explanation=PROSE, formative=True,
    ),
    "challenge": ChallengeCard(
        slug="ridge", title=f"Ridge {LONG}", level="hard", minutes=45, topic=LONG, statement=PROSE, starter=CODE, draft=CODE + "\nz = 1",
        status="3 tries", libraries=LONG, actions=FEW,
    ),
    "verdict": VerdictCard(
        slug="ridge", title=f"Ridge {HOSTILE}", verdict="wrong", headline=LONG, cases=(CASE, SMALL, BARE) * 3, hidden=f"7 of 9 {LONG}", detail=LONG,
        footer=LONG, gains="+0", actions=FEW,
    ),
    "run": RunCard(headline=f"It stopped {LONG}", ok=False, printed=HOSTILE * 60, detail=LONG, footer=LONG, actions=FEW),
    "run-silent": RunCard(headline="It ran to its end", ok=True, printed="", detail="", footer="Isolation: strong."),
    "explanation": ExplanationCard(
        title="What went wrong", text=HOSTILE * 60, source=f"known {LONG}", specific=True, code_line=f"return {WALL}", line=14, actions=FEW,
    ),
    "explanation-ai": ExplanationCard(title=HOSTILE, text=LONG, source="ai", specific=False, by_ai=True),
    "leaderboard": LeaderboardCard(
        title=f"Board {HOSTILE}", period="This week", note=LONG, actions=FEW,
        lines=tuple(BoardLine(rank=n, name=f"{HOSTILE[:40]}{name}", xp=10**9 - n, me=n == 3, sample=n == 4) for n, name in enumerate(NAMES, 1)),
    ),
    "leaderboard-empty": LeaderboardCard(title="Board", period="This week", lines=()),
    "streak": StreakCard(
        current=400, best=999, freezes=2, today_done=True, headline=f"400 days {LONG}",
        days=tuple((date(2026, 1, 1) + timedelta(days=n), list(DayMark)[n % 6]) for n in range(371)),
    ),
    "progress": ProgressCard(
        title="Your progress", summary=LONG, bars=tuple(Bar(label=f"Section {n} {LONG[:90]}", done=n, total=40) for n in range(21)), actions=MANY,
    ),
    "track": TrackCard(
        title="The track", summary=PROSE, path="Researcher", actions=MANY,
        sections=tuple(TrackSection(title=f"Section {n} {LONG[:80]}", questions=9, answered=n, challenges=n % 3, here=n == 2) for n in range(30)),
        paths=tuple((f"Path {n}", LONG) for n in range(5)),
        projects=tuple((level, tuple(f"Project {level} {n} {LONG[:60]}" for n in range(9))) for level in ("beginner", "advanced")),
    ),
    "form": FormCard(
        title="Settings",
        fields=(
            Field("Zone", "settings zone", "Europe/Paris", LONG),
            Field("Path", "settings path", "b", "Which one", ("a", "b", "c")),
            Field("Many", "settings many", "", "Which one", tuple(f"choice {n}" for n in range(150))),
            Field("Wide", "settings wide", HOSTILE * 30, "Which one", ("w" * 90, "v")),
        ),
    ),
    "help": HelpCard(
        title="What you can do here", rows=(*((f"/command{n}", LONG[:200]) for n in range(60)), ("/quiz [topic]", "")), text=PROSE
    ),
    "notice": NoticeCard(title=LONG, text=HOSTILE * 80 + WALL, tone=Tone.WARNING, actions=MANY),
    "notice-empty": NoticeCard(title="", text="", tone=Tone.GOOD),
    "notice-invisible": NoticeCard(title="\u200b\u202e", text="\x07\x1b", actions=(Action("", "help"),)),
    "picture": PictureCard(name="progress.png", png=PNG, alt=LONG),
    "file": FileCard(name="data.json", content=b"{}" * 900_000, note=LONG),
}  # fmt: skip

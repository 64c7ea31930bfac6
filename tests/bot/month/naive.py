"""What a month must have come to, worked out slowly from a record of what everyone did, and from the rules as learners read them.

Written after `/streak`, `/help xp` and the README; calls nothing of `bot`. Days are walked one by one, and every number is
worked out from the beginning.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import fsrs

ONE = timedelta(days=1)
WEEK = 7
EVER = datetime.min.replace(tzinfo=UTC)
LEVELS = {"easy": 20, "medium": 40, "hard": 80}
LABELS = (-1.5, -0.5, 0.5, 1.5)


@dataclass(frozen=True)
class Did:
    """One thing somebody did, as the script wrote it down.

    `outcome` of an answer is right, wrong or free (a text nobody marks); of code passed or failed. `seconds` since the
    question was shown, None where nobody asks; `sure` in per cent, if they said. `gain` is what the reply said it earned.
    """

    who: str
    at: datetime
    day: date
    outcome: Literal["right", "wrong", "free", "passed", "failed"]
    item: str
    concept: str = ""
    section: str = ""
    difficulty: int = 0
    guess: float = 0.0
    purpose: Literal["daily", "quiz", "code"] = "quiz"
    sure: int | None = None
    level: str = ""
    hints: int = 0
    gain: int = 0


@dataclass
class Life:
    """The clock somebody lives by: zones with the instants from which they hold."""

    zones: list[tuple[datetime, str]]
    start: int = 3

    def zone(self, at: datetime) -> str:
        """The zone at an instant."""
        return next(zone for since, zone in reversed(self.zones) if since <= at)

    def day(self, at: datetime) -> date:
        """The learner's date at an instant: it turns at three on the wall clock."""
        wall = at.astimezone(ZoneInfo(self.zone(at))).replace(tzinfo=None)
        return (wall - timedelta(hours=self.start)).date()

    def turn_after(self, at: datetime) -> datetime:
        """The first instant after another at which the date turns, to the quarter of an hour."""
        today, later = self.day(at), at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        while self.day(later) <= today:
            later += timedelta(minutes=15)
        return later

    def move(self, at: datetime, zone: str) -> list[date]:
        """Ask for another zone: it holds from the next turn. The dates that are lost by that, or left under twelve hours."""
        turn = self.turn_after(at)
        ended = self.day(turn - timedelta(minutes=1))
        self.zones.append((turn, zone))
        begun, day, lost = self.day(turn), ended + ONE, []
        while day < begun:
            lost.append(day)
            day += ONE
        short = self.turn_after(turn) - turn < timedelta(hours=12)
        return lost + ([begun] if short and begun > ended else [])


@dataclass
class Streak:
    """Somebody's streak, told of one date after the other. `why` says of each date that cannot break it what covers it."""

    freezes: int = 1
    done: set[date] = field(default_factory=set)
    why: dict[date, str] = field(default_factory=dict)
    free_given: bool = False

    def missed(self, after: date, before: date) -> list[date]:
        """The dates between two that nothing covers."""
        between = (after + ONE * n for n in range(1, (before - after).days))
        return [day for day in between if day not in self.why and day not in self.done]

    def runs(self) -> list[list[date]]:
        """All runs of done days, walked from the first day on."""
        found: list[list[date]] = []
        for day in sorted(self.done):
            if found and not self.missed(found[-1][-1], day):
                found[-1].append(day)
            else:
                found.append([day])
        return found

    def worth(self) -> int:
        """How many freezes all runs have been worth: one per seven days in a row."""
        return sum(len(run) // WEEK for run in self.runs())

    def earn(self, worth_before: int) -> None:
        """Get what runs are worth by now, and hold two at most."""
        self.freezes = max(self.freezes, min(2, self.freezes + max(0, self.worth() - worth_before)))

    def free(self, missed: Sequence[date]) -> date | None:
        """The one missed date of a newcomer's first week that costs nothing."""
        first = min(self.done, default=None)
        if first is None or self.free_given:
            return None
        return next((day for day in missed if (day - first).days < WEEK), None)

    def do(self, day: date) -> None:
        """Finish a day."""
        if day in self.done:
            return
        worth, last = self.worth(), max(self.done, default=None)
        if last is not None and day > last:
            missed = self.missed(last, day)
            free = self.free(missed)
            if len(missed) - (free is not None) <= self.freezes:
                self.freezes -= len(missed) - (free is not None)
                self.free_given |= free is not None
                self.why |= dict.fromkeys(missed, "frozen")
        self.done.add(day)
        self.earn(worth)

    def cover(self, days: Iterable[date], why: str) -> None:
        """Make dates unable to break it."""
        worth = self.worth()
        self.why |= {day: why for day in days if day not in self.why}
        self.earn(worth)

    def forgive(self, day: date) -> None:
        """A date counts for nobody: a freeze it had cost comes back."""
        worth = self.worth()
        if self.why.get(day) == "frozen":
            self.freezes = min(2, self.freezes + 1)
        self.why[day] = "neutral"
        self.earn(worth)

    def mend(self, today: date, extra: dict[date, int]) -> None:
        """Join the two latest runs once today is done and ten extra questions were answered since the date that broke it."""
        runs = self.runs()
        if len(runs) < 2 or len(runs[-2]) < 2 or today not in self.done:
            return
        missed = self.missed(runs[-2][-1], runs[-1][0])
        frozen = min(self.freezes, len(missed) - 1)
        broken = missed[frozen]
        if today > broken + 2 * ONE or sum(n for day, n in extra.items() if broken < day <= today) < 10:
            return
        worth = self.worth()
        self.freezes -= frozen
        self.why |= dict.fromkeys(missed[:frozen], "frozen") | dict.fromkeys(missed[frozen:], "mended")
        self.earn(worth)

    def current(self, today: date) -> tuple[int, int]:
        """The days in a row as seen today, and the freezes left beside those that stand in for missed dates."""
        if not self.done:
            return 0, self.freezes
        missed = self.missed(max(self.done), today)
        cost = len(missed) - (self.free(missed) is not None)
        return (len(self.runs()[-1]), self.freezes - cost) if cost <= self.freezes else (0, self.freezes)

    def best(self) -> int:
        """The longest run ever."""
        return max(map(len, self.runs()), default=0)


def finished(acts: Sequence[Did]) -> list[tuple[date, datetime]]:
    """The days that count and when each did: five daily questions answered, or a challenge passed for the first time."""
    answered: Counter[date] = Counter()
    passed: set[str] = set()
    found: dict[date, datetime] = {}
    for act in acts:
        answered[act.day] += act.purpose == "daily"
        new = act.outcome == "passed" and act.item not in passed
        passed |= {act.item} if new else set()
        if new or (act.purpose == "daily" and answered[act.day] == 5):
            found.setdefault(act.day, act.at)
    return sorted(found.items(), key=lambda pair: pair[1])


class Card:
    """What somebody remembers of a concept: of a day's answers the first counts, and the first miss if it comes later.

    `weights` are those of FSRS for this learner; the general ones where there are none.
    """

    def __init__(self, weights: tuple[float, ...] = ()) -> None:
        own = {"parameters": weights} if weights else {}
        self.scheduler = fsrs.Scheduler(
            desired_retention=0.8, learning_steps=(), relearning_steps=(), enable_fuzzing=False, **own
        )
        self.card = fsrs.Card(card_id=1)
        self.day: date | None = None
        self.due = date.max
        self.missed = False
        self.at = datetime(1970, 1, 1, tzinfo=UTC)

    def review(self, at: datetime, day: date, rating: fsrs.Rating) -> None:
        """Hear of an answer."""
        again = rating is fsrs.Rating.Again
        if self.day is not None and day <= self.day and not (again and not self.missed):
            return
        days = round((at - self.at) / ONE)
        if self.day is not None:
            self.card.last_review = at - days * ONE
        self.card, _ = self.scheduler.review_card(self.card, rating, at)
        self.day = day if self.day is None else max(day, self.day)
        self.missed, self.at = again, at
        self.due = self.day + ONE * round((self.card.due - at) / ONE)


@dataclass
class Scores:
    """XP, ratings and memories of all, told of one act after the other."""

    learners: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)  # by name and section
    items: dict[str, tuple[float, int]] = field(default_factory=dict)
    cards: dict[tuple[str, str], Card] = field(default_factory=dict)
    met: set[tuple[str, str]] = field(default_factory=set)
    paid: set[tuple[str, str]] = field(default_factory=set)
    tries: Counter[tuple[str, str]] = field(default_factory=Counter)
    points: dict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    entries: list[tuple[str, datetime, int]] = field(default_factory=list)
    weights: dict[str, tuple[float, ...]] = field(default_factory=dict)
    before: dict[int, tuple[int, float]] = field(default_factory=dict)  # by act: its points, and its item's rating then

    def tell(self, act: Did) -> int:
        """Hear of an act; the XP it earns."""
        points = self._code(act) if act.purpose == "code" else self._answer(act)
        return self.pay(act.who, act.at, act.day, points)

    def pay(self, who: str, at: datetime, day: date, points: int) -> int:
        """The first hundred points of a day count in full, what is above less and less."""
        before = self.points[who][day]
        self.points[who][day] = before + points
        gained = capped(before + points) - capped(before)
        if gained:
            self.entries.append((who, at, gained))
        return gained

    def total(self, who: str, since: datetime = EVER) -> int:
        """All XP of somebody, or what they earned since an instant."""
        return sum(amount for name, at, amount in self.entries if name == who and at >= since)

    def _code(self, act: Did) -> int:
        key = (act.who, act.item)
        first = act.outcome == "passed" and key not in self.paid
        points = 0
        if first:
            factor = (1.0, 0.8, 0.6, 0.5)[min(self.tries[key], 3)]
            points = round(LEVELS[act.level] * factor * (1 - 0.1 * act.hints))
        self.paid |= {key} if act.outcome == "passed" else set()
        self.tries[key] += 1
        self.before[id(act)] = (points, 0.0)
        return points

    def _answer(self, act: Did) -> int:
        key, card = (act.who, act.item), self.cards.get((act.who, act.concept))
        learner, section = (self.learners.get((act.who, part), (0.0, 0)) for part in ("", act.section))
        item = self.items.get(act.item, (LABELS[act.difficulty], 0))
        likely = act.guess + (1 - act.guess) / (1 + math.exp(item[0] - learner[0] - section[0]))
        points = self._price(act, likely, due=card is not None and act.day >= card.due)
        self.before[id(act)] = (points, item[0])
        if act.outcome != "free" and key not in self.met:
            surprise = (act.outcome == "right") - likely
            self.learners[act.who, ""] = moved(learner, surprise)
            self.learners[act.who, act.section] = moved(section, surprise)
            self.items[act.item] = moved(item, -surprise)
        self.met.add(key)
        self.paid |= set() if act.outcome == "wrong" else {key}
        self.remember(act.who, act)
        return points

    def remember(self, who: str, act: Did) -> None:
        """Renew what somebody remembers."""
        card = self.cards.setdefault((who, act.concept), Card(self.weights.get(who, ())))
        card.review(act.at, act.day, rating(act))

    def _price(self, act: Did, likely: float, *, due: bool) -> int:
        key = (act.who, act.item)
        if act.outcome == "wrong":
            return 0 if key in self.met else 1
        if key in self.paid and not due:
            return 0
        return 4 if act.outcome == "free" else min(max(round(20 * (1 - likely)), 4), 16)


def capped(points: int) -> int:
    """A day's points as XP: above a hundred `10 × √`, moved so that the curve leaves the hundred without a jump."""
    return points if points <= 100 else 100 + round(10 * (math.sqrt(points - 100 + 25) - 5))


def moved(rating_: tuple[float, int], surprise: float) -> tuple[float, int]:
    """An Elo rating after a surprise; it settles with the games it has played."""
    return max(-6.0, min(rating_[0] + surprise / (1 + 0.05 * rating_[1]), 6.0)), rating_[1] + 1


def rating(act: Did) -> fsrs.Rating:
    """How an answer went for memory: nobody marks free text, and a right guess is half a right answer."""
    if act.outcome == "wrong":
        return fsrs.Rating.Again
    unsure = act.sure is not None and act.sure < 50
    return fsrs.Rating.Hard if act.outcome == "free" or unsure else fsrs.Rating.Good


def group_streak(
    acts: Sequence[Did], done: dict[str, set[date]], today: date, neutral: set[date], share: int = 60
) -> int:
    """Days in a row on which at least `share` per cent of those who worked in the last seven days did theirs."""
    worked: dict[date, set[str]] = defaultdict(set)
    for act in acts:
        for later in range(WEEK):
            worked[act.day + ONE * later].add(act.who)
    total, day = 0, today
    while True:
        active = worked.get(day, set())
        did = {name for name in active if day in done[name]}
        if did and 100 * len(did) >= share * len(active):
            total += 1
        elif day != today and day not in neutral:
            return total
        day -= ONE


def pair_streak(mine: Streak, theirs: Streak, since: date, today: date) -> int:
    """Days in a row that both did; a day that freezes or a pause keep for who did not do it breaks nothing."""
    total, day = 0, today
    while day >= since:
        if day in mine.done & theirs.done:
            total += 1
        elif day != today and not all(day in one.done or day in one.why for one in (mine, theirs)):
            break
        day -= ONE
    return total


def posts_due(
    first: date, until: datetime, zone: str, hour: int, down: Sequence[tuple[datetime, datetime]]
) -> list[tuple[str, date]]:
    """What a place is sent from a date on up to an instant: kind and local date, in the order of their times.

    A post that is due while nobody is there is sent up to six hours later on the same day, and else never. An answer is
    shown for the latest question whose answer was not.
    """
    found: list[tuple[datetime, str, date]] = []
    open_question = False
    for n in range((until.date() - first).days + 1):
        day = first + ONE * n
        times = {"question": time(hour), "recap": time(hour, 15), "challenge": time(hour + 3), "reveal": time(21)}
        if day.weekday() != 0:
            del times["recap"]
        for kind, at in times.items():
            due = datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
            sent = next((up for since, up in down if since <= due < up), due)
            midnight = datetime.combine(day + ONE, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
            late = sent - due > timedelta(hours=6) or sent >= max(midnight, due + timedelta(minutes=30))
            if late or sent >= until:
                continue
            if kind == "question":
                open_question = True
            elif kind == "reveal":
                if not open_question:
                    continue
                open_question = False
            found.append((sent, kind, day))
    return [(kind, day) for _, kind, day in sorted(found, key=lambda one: (one[0], one[2]))]

"""Replays the script's own record of a month by the rules of `naive`: what each learner must have at any instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from tests.bot.month.naive import ONE, Card, Did, Scores, Streak, capped, finished, moved, rating


class Noted(NamedTuple):
    """Something that is no answer and no code: off, moved, neutral, linked or forgotten."""

    what: str
    at: datetime
    who: str
    days: tuple[date, ...] = ()
    other: str = ""
    weights: tuple[float, ...] = ()


class Stand(NamedTuple):
    """How a learner stands."""

    current: int
    best: int
    freezes: int
    done: frozenset[date]
    xp: int


@dataclass
class Model:
    """All learners, told of one entry of the record after the other."""

    scores: Scores = field(default_factory=Scores)
    streaks: dict[str, Streak] = field(default_factory=lambda: defaultdict(Streak))
    acts: dict[str, list[Did]] = field(default_factory=lambda: defaultdict(list))
    rated: list[tuple[Did, float, float, float]] = field(default_factory=list)  # with three ratings before it
    gains: list[tuple[Did, int]] = field(default_factory=list)
    zones: dict[str, list[tuple[date, datetime, str]]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, entries: Iterable[tuple[Did, str] | Noted]) -> Model:
        """Hear of entries in their order; an act comes with the zone it was done in."""
        for entry in entries:
            if isinstance(entry, Noted):
                getattr(self, f"_{entry.what}")(entry)
            else:
                self._did(*entry)
        return self

    def _did(self, act: Did, zone: str) -> None:
        who, scores = act.who, self.scores
        before = tuple(scores.learners.get((who, part), (0.0, 0))[0] for part in ("", act.section))
        new = (who, act.item) not in scores.met and act.purpose != "code" and act.outcome != "free"
        self.gains.append((act, scores.tell(act)))
        if new:
            self.rated.append((act, scores.before[id(act)][1], *before))
        self.acts[who].append(act)
        self._count(who, act, zone)

    def _count(self, who: str, act: Did, zone: str) -> None:
        """Let the day count if it is complete, and mend what work mends."""
        streak, last = self.streaks[who], max(self.streaks[who].done, default=None)
        if act.day in dict(finished(self.acts[who])):
            if last is not None and act.day == last + 2 * ONE and act.day not in streak.done:
                self._fly(who, last, act.at, zone)
            streak.do(act.day)
            extra = Counter(one.day for one in self.acts[who] if one.purpose == "quiz")
            streak.mend(act.day, extra)
        self.zones[who].append((act.day, act.at, zone))

    def _fly(self, who: str, last: date, at: datetime, zone: str) -> None:
        """A lone date between two acts in different zones within 36 hours was crossed in the air."""
        _, left, before = [one for one in self.zones[who] if one[0] == last][-1]
        if before != zone and at - left <= timedelta(hours=36):
            self.streaks[who].cover([last + ONE], "flown")

    def _off(self, noted: Noted) -> None:
        self.streaks[noted.who].cover(noted.days, "off")

    def _moved(self, noted: Noted) -> None:
        self.streaks[noted.who].cover(noted.days, "flown")

    def _neutral(self, noted: Noted) -> None:
        self.streaks[noted.who].forgive(noted.days[0])

    def _fitted(self, noted: Noted) -> None:
        """How fast somebody forgets was found out anew, so what they remember is worked out again."""
        who, scores = noted.who, self.scores
        scores.weights[who] = noted.weights
        scores.cards = {key: card for key, card in scores.cards.items() if key[0] != who}
        for act in self.acts[who]:
            if act.purpose != "code":
                scores.remember(who, act)

    def _linked(self, noted: Noted) -> None:
        """Two accounts are one person's, as if all had been done on one of them."""
        one, other, scores = noted.who, noted.other, self.scores
        both = sorted((act for name in (one, other) for act in self.acts[name]), key=lambda act: act.at)
        twice = {act.day for act in self.acts[one] if act.purpose == "daily"}
        acts = [
            replace(act, who=one, purpose="quiz") if act.who == other and act.day in twice and act.purpose == "daily" else replace(act, who=one)
            for act in both
        ]  # fmt: skip
        paid = {id(new): scores.before[id(old)] for old, new in zip(both, acts, strict=True)}
        scores.before |= paid
        self._pay_once(one, other, acts)
        self._live_again(one, other, acts)
        self.acts[one], self.acts[other] = acts, []
        old = [self.streaks.pop(name) for name in (one, other)]
        new = self.streaks[one] = Streak()
        for day, _ in sorted(finished(acts)):
            new.do(day)
        held = {day for streak in old for day, why in streak.why.items() if why == "frozen"}
        new.cover(sorted(held - new.done), "kept")
        self.zones[one] = sorted(self.zones.pop(one) + self.zones.pop(other, []), key=lambda entry: entry[1])

    def _pay_once(self, one: str, other: str, acts: Sequence[Did]) -> None:
        """What both did pays once; each keeps its price."""
        scores = self.scores
        due: Counter[date] = Counter()
        cards: dict[str, Card] = {}
        seen: set[tuple[str, str]] = set()
        for act in acts:
            again = act.concept in cards and act.day >= cards[act.concept].due
            sort = "passed" if act.purpose == "code" else "met" if act.outcome == "wrong" else "right"
            barred = (sort, act.item) in seen and not (again and sort == "right")
            due[act.day] += 0 if barred else scores.before[id(act)][0]
            seen |= {("met", act.item)} if act.purpose != "code" else set()
            seen |= {(sort, act.item)} if act.outcome != "failed" else set()
            if act.purpose != "code":
                card = cards.setdefault(act.concept, Card(scores.weights.get(one, ())))
                card.review(act.at, act.day, rating(act))
        amounts: Counter[date] = Counter()
        for name in (one, other):
            for day, points in scores.points.pop(name, Counter()).items():
                amounts[day] += capped(points)
        scores.points[one] = due
        scores.entries = [(one if who == other else who, at, amount) for who, at, amount in scores.entries]
        last = {act.day: act.at for act in acts}
        scores.entries += [(one, last[day], capped(due[day]) - amount) for day, amount in amounts.items()]

    def _live_again(self, one: str, other: str, acts: Sequence[Did]) -> None:
        """Ratings and memories of the one they are, from all that both did; no item moves."""
        scores = self.scores
        for known in (scores.learners, scores.cards):
            for key in [key for key in known if key[0] in (one, other)]:
                del known[key]  # type: ignore[attr-defined]  # two dictionaries with the same keys
        scores.met = {key for key in scores.met if key[0] not in (one, other)}
        scores.paid = {key for key in scores.paid if key[0] not in (one, other)}
        rated = {(act.at, act.item) for act, *_ in self.rated}
        for act in acts:
            if act.purpose == "code":
                scores.paid |= {(one, act.item)} if act.outcome == "passed" else set()
                continue
            if (act.at, act.item) in rated and (one, act.item) not in scores.met:
                self._rate(one, act, scores.before[id(act)][1])
            scores.met.add((one, act.item))
            scores.paid |= set() if act.outcome == "wrong" else {(one, act.item)}
            scores.remember(one, act)

    def _rate(self, who: str, act: Did, item: float) -> None:
        learners = self.scores.learners
        learner, section = (learners.get((who, part), (0.0, 0)) for part in ("", act.section))
        surprise = (act.outcome == "right") - likely(act.guess, learner[0] + section[0] - item)
        learners[who, ""], learners[who, act.section] = moved(learner, surprise), moved(section, surprise)

    def _forgotten(self, noted: Noted) -> None:
        """Nothing of somebody is left, and items are as if the others alone had answered them."""
        who, scores = noted.who, self.scores
        touched = {act.item for act in self.acts[who]}
        self.rated = [entry for entry in self.rated if entry[0].who != who]
        for name in touched:
            scores.items.pop(name, None)
        for act, item, learner, section in self.rated:
            if act.item in touched:
                known = scores.items.get(act.item, (item, 0))
                surprise = (act.outcome == "right") - likely(act.guess, learner + section - known[0])
                scores.items[act.item] = moved(known, -surprise)
        for known in (scores.learners, scores.cards):
            for key in [key for key in known if key[0] == who]:
                del known[key]  # type: ignore[attr-defined]  # two dictionaries with the same keys
        scores.entries = [entry for entry in scores.entries if entry[0] != who]
        scores.weights.pop(who, None)
        scores.met, scores.paid = ({key for key in some if key[0] != who} for some in (scores.met, scores.paid))
        for whole in (scores.points, self.streaks, self.acts, self.zones):
            whole.pop(who, None)  # type: ignore[attr-defined]  # dictionaries by name

    def stand(self, who: str, today: date) -> Stand:
        """How somebody stands on one of their days."""
        streak = self.streaks[who]
        current, freezes = streak.current(today)
        return Stand(current, streak.best(), freezes, frozenset(streak.done), self.scores.total(who))

    def at_stake(self, who: str, today: date) -> bool:
        """Whether leaving today out would cost something."""
        streak = self.streaks[who]
        done = bool(streak.done) and today <= max(streak.done)
        return streak.current(today)[0] > 0 and not done and today not in streak.why


def likely(guess: float, logit: float) -> float:
    """The chance of a right answer."""
    from math import exp  # a formula of its own

    return guess + (1 - guess) / (1 + exp(-logit))

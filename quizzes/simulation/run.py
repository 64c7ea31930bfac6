"""Days pass for made-up learners under each policy; what they then know, and how well we predicted it. Pure: seeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import StatisticsError, fmean, median

from quizzes.generators import seeded
from quizzes.items import Track
from quizzes.placement import Placed, ability, next_placement
from quizzes.simulation.policies import Policy, at_random, in_file_order, ours, per_item
from quizzes.simulation.scores import Calibration, calibrate, rank_correlation
from quizzes.simulation.student import Ratings, Student
from quizzes.simulation.world import Person, Question, make_people, make_questions

KNOWN = 0.8
"""A concept is known when it is recalled so likely."""

_MARKS = (30, 90, 180)  # days on which what is due is counted
_EVERY = 10  # days between measuring what is known
_HOURS = (7.0, 22.0)  # of the day, between which learners come


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one policy did, as means over learners."""

    policy: str
    backlog: dict[int, float]  # what is due, by day
    known: float  # share of all concepts that are known the day after the end
    recall: float  # how likely a concept they met is then recalled
    over_time: float  # how likely any concept of the track is recalled, as a mean over the days
    right: float  # share of right answers
    all_seen: float | None  # median day on which every concept had been met; None when most never got there


@dataclass(frozen=True, slots=True)
class Difficulty:
    """How well items are ranked by difficulty, as Spearman's rho with the truth, and what that predicts at first sight."""

    labels: float | None
    elo: float | None
    elo_with_labels: float | None
    auc_elo: float | None
    auc_elo_with_labels: float | None


@dataclass(frozen=True, slots=True)
class Placing:
    """How good placements were: means over learners."""

    questions: float
    error: float  # distance from the true ability, logits
    within: float  # share of learners whose ability is within two standard errors


@dataclass(frozen=True, slots=True)
class Simulation:
    """All that a simulation found."""

    track: str
    learners: int
    days: int
    seed: int
    policies: tuple[Outcome, ...]
    skill: Calibration | None  # Elo, on first exposures to a concept
    memory: Calibration | None  # FSRS, on reviews at least a day later
    difficulty: Difficulty
    placement: Placing


@dataclass(slots=True)
class _Log:
    """What is kept of one policy while days pass."""

    right: list[bool] = field(default_factory=list)
    backlog: dict[int, list[int]] = field(default_factory=dict)
    first: list[tuple[float, bool]] = field(default_factory=list)
    first_bare: list[tuple[float, bool]] = field(default_factory=list)
    again: list[tuple[float, bool]] = field(default_factory=list)
    over_time: list[float] = field(default_factory=list)
    all_seen: dict[int, int] = field(default_factory=dict)  # by learner


class _Course:
    """One policy and everybody under it."""

    def __init__(self, name: str, policy: Policy, track: Track, truth: _Truth) -> None:
        self.name, self._policy, self._track, self._truth = name, policy, track, truth
        self.people = make_people(truth.track, truth.learners, truth.seed)
        self.labelled, self.bare = Ratings(labels=True), Ratings(labels=False)
        self._students = [Student(who, self.labelled) for who in range(truth.learners)]
        self.log = _Log()

    def pass_day(self, day: int) -> None:
        """Let everybody who comes answer the day's questions."""
        for student, person in zip(self._students, self.people, strict=True):
            if day in _MARKS or day == self._truth.days:
                self.log.backlog.setdefault(day, []).append(student.backlog(self._track, day))
            if person.rng.random() < person.attendance:
                self._sit(student, person, day + person.rng.uniform(*_HOURS) / 24)
            if len(person.traces) == self._truth.concepts:
                self.log.all_seen.setdefault(student.who, day)
        if day % _EVERY == 0 or day == self._truth.days:
            total = sum(person.recall(concept, day + 1) for person in self.people for concept in person.traces)
            self.log.over_time.append(total / (self._truth.concepts * len(self.people)))

    def _sit(self, student: Student, person: Person, day: float) -> None:
        for item_id in self._policy(self._track, student, day, self._truth.seed + int(day)):
            item, true_item = self._track.item(item_id), self._truth.track.item(item_id)
            if item is None or true_item is None:
                raise AssertionError("policies choose from the track")
            remembered, chance = student.remembered(item, day), self.labelled.chance(student.who, item)
            bare = self.bare.chance(student.who, item)
            correct = person.answer(true_item, self._truth.questions[item_id], day)
            self.log.right.append(correct)
            if remembered is None:
                self.log.first.append((chance, correct))
                self.log.first_bare.append((bare, correct))
                self.bare.note(student.who, item, correct)
            elif remembered < 1:
                self.log.again.append((remembered, correct))
            student.note(item, day, correct)

    def outcome(self) -> Outcome:
        """Sum up."""
        end, seen = self._truth.days + 1, self.log.all_seen
        recall = [person.recall(concept, end) for person in self.people for concept in person.traces]
        days = sorted([*seen.values(), *[end] * (len(self.people) - len(seen))])
        return Outcome(
            policy=self.name,
            backlog={day: fmean(counts) for day, counts in sorted(self.log.backlog.items())},
            known=sum(chance >= KNOWN for chance in recall) / (self._truth.concepts * len(self.people)),
            recall=fmean(recall) if recall else 0.0,
            over_time=fmean(self.log.over_time),
            right=fmean(self.log.right) if self.log.right else 0.0,
            all_seen=middle if (middle := median(days)) < end else None,
        )


@dataclass(frozen=True, slots=True)
class _Truth:
    track: Track
    questions: dict[str, Question]
    learners: int
    days: int
    seed: int

    @property
    def concepts(self) -> int:
        """How many concepts can be met."""
        return len({item.concept for item in self.track.items})


def simulate(
    track: Track, learners: int, days: int, seed: int, progress: Callable[[float], None] = lambda _: None
) -> Simulation:
    """Let days pass for learners drawn by the seed, under each policy. `progress` is told the share that is done.

    Raises:
        ValueError: there is nothing to simulate.
    """
    if learners < 1 or days < 1 or not track.items:
        raise ValueError("a simulation needs learners, days and questions")
    truth = _Truth(track, make_questions(track, seed), learners, days, seed)
    courses = [
        _Course("ours", ours, track, truth),
        _Course("ours, a memory per question", ours, per_item(track), truth),
        _Course("random", at_random, track, truth),
        _Course("fixed order", in_file_order, track, truth),
    ]
    for done, (day, course) in enumerate([(day, course) for day in range(1, days + 1) for course in courses]):
        course.pass_day(day)
        progress((done + 1) / (days * len(courses)))
    log = courses[0].log
    return Simulation(
        track=track.slug,
        learners=learners,
        days=days,
        seed=seed,
        policies=tuple(course.outcome() for course in courses),
        skill=calibrate(log.first),
        memory=calibrate(log.again),
        difficulty=_difficulty(courses[0], truth),
        placement=_placing(truth),
    )


def _difficulty(course: _Course, truth: _Truth) -> Difficulty:
    items = [item for item in truth.track.items if item.id in course.labelled.items]
    true = [truth.questions[item.id].difficulty for item in items]
    bare, labelled = calibrate(course.log.first_bare), calibrate(course.log.first)
    return Difficulty(
        labels=_rho([item.difficulty for item in items], true),
        elo=_rho([course.bare.item(item).rating for item in items], true),
        elo_with_labels=_rho([course.labelled.item(item).rating for item in items], true),
        auc_elo=bare.auc if bare else None,
        auc_elo_with_labels=labelled.auc if labelled else None,
    )


def _rho(first: Sequence[float], second: Sequence[float]) -> float | None:
    try:
        return rank_correlation(first, second)
    except StatisticsError:  # one item, or all alike
        return None


def _placing(truth: _Truth) -> Placing:
    found = list(_placements(truth))
    return Placing(
        questions=fmean(questions for questions, _, _ in found),
        error=fmean(abs(off) for _, off, _ in found),
        within=fmean(abs(off) <= 2 * error for _, off, error in found),
    )


def _placements(truth: _Truth) -> Iterator[tuple[int, float, float]]:
    """Place every learner as they were before their first day."""
    for who, person in enumerate(make_people(truth.track, truth.learners, truth.seed)):
        rng, answers = seeded(f"{truth.seed}/placements/{who}"), list[Placed]()
        while (item_id := next_placement(truth.track, answers, truth.seed + who)) is not None:
            item = truth.track.item(item_id)
            if item is None:
                raise AssertionError("placements choose from the track")
            answers.append(Placed(item_id, rng.random() < person.chance(item, truth.questions[item_id], 0.0)))
        estimate, error = ability(truth.track, answers)
        yield len(answers), estimate - person.ability, error

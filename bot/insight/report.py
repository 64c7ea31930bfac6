"""What a group finds hard, in numbers that name nobody: concepts, common wrong answers, mistakes that look alike.

Pure. Nothing is shown of which fewer than three learners are part (k-anonymity with k = 3), neither a concept, nor an
answer, nor a cluster; a group with fewer members gets totals without right or wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bot.insight import reading
from bot.insight.clusters import Cluster, Slip, find_clusters, plain, signature
from bot.insight.code import excerpt, texts_in
from bot.insight.reading import Read
from bot.insight.redact import redact
from bot.store.insights_rows import FailedCode
from challenges.model import Challenge
from quizzes.items import Item, Kind, Track

FEWEST = 3
"""Learners anything shown has to be about."""
MONTH = timedelta(days=30)
HARDEST, WRONG_ANSWERS, ALIKE = 5, 2, 4
SAID_CHARS, WHY_CHARS, PROMPT_CHARS = 80, 160, 90
CODE_LINES, CODE_CHARS = 6, 240
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many first answers, by how many learners, and how many were right."""

    learners: int
    asked: int
    right: int

    @property
    def rate(self) -> float:
        """The share right, 0 to 1."""
        return self.right / self.asked if self.asked else 0.0

    @property
    def shown(self) -> bool:
        """Whether enough learners are part of it."""
        return self.learners >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptRow:
    """How a group fares with a concept this month; `before` is the share right last month, if it can be told."""

    id: str
    title: str
    section: str
    now: Share
    before: float | None


@dataclass(frozen=True, slots=True)
class CommonAnswer:
    """A wrong answer several learners gave, what the author says to it, and how many gave it."""

    item: Item
    said: str
    why: str
    learners: int


@dataclass(frozen=True, slots=True)
class Alike:
    """Mistakes that look alike: where, how many learners, one of them made nameless, why, and what to ask next."""

    title: str
    learners: int
    example: str
    why: str
    concept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """A month of a group. Concepts come hardest first; `withheld` counts those with too few learners to be shown."""

    members: int
    total: Share
    before: float | None
    submissions: int
    concepts: tuple[ConceptRow, ...] = ()
    withheld: int = 0
    answers: tuple[tuple[str, tuple[CommonAnswer, ...]], ...] = ()  # by concept, for the hardest
    alike: tuple[Alike, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the group is large enough for more than totals."""
        return self.members >= FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a report is made from; `names` are the members', to be left out of examples."""

    track: Track
    challenges: Mapping[str, Challenge]
    members: int
    names: tuple[str, ...]
    read: Sequence[Read]
    code: Sequence[FailedCode]


def group_report(material: Material, now: datetime) -> GroupReport:
    """Sum up the month up to an instant. Slow where there are many mistakes: call it in a thread."""
    month = [one for one in material.read if now - MONTH <= one.answer.at <= now]
    earlier = [one for one in material.read if now - 2 * MONTH <= one.answer.at < now - MONTH]
    code = [one for one in material.code if now - MONTH <= one.at <= now]
    total, before = _share(month), _share(earlier)
    if material.members < FEWEST:
        return GroupReport(members=material.members, total=total, before=None, submissions=len(code))
    rows, withheld = _concepts(material.track, month, earlier)
    hardest = [(row.id, _common(row.id, month, material.names)) for row in rows[:HARDEST]]
    return GroupReport(
        members=material.members,
        total=total,
        before=before.rate if before.shown else None,
        submissions=len(code),
        concepts=rows,
        withheld=withheld,
        answers=tuple(hardest),
        alike=_alike(material, month, code),
    )


def _share(read: Iterable[Read]) -> Share:
    marked = [one.answer for one in read if not one.answer.formative]
    learners = len({answer.user_id for answer in marked})
    return Share(learners=learners, asked=len(marked), right=sum(answer.correct for answer in marked))


def _grouped(read: Iterable[Read], key: Callable[[Read], Key]) -> dict[Key, list[Read]]:
    found: dict[Key, list[Read]] = defaultdict(list)
    for one in read:
        found[key(one)].append(one)
    return found


def _concepts(track: Track, month: list[Read], earlier: list[Read]) -> tuple[tuple[ConceptRow, ...], int]:
    """Every concept with enough learners, hardest first, and how many have too few."""
    now = {name: _share(some) for name, some in _grouped(month, lambda one: one.item.concept).items()}
    before = {name: _share(some) for name, some in _grouped(earlier, lambda one: one.item.concept).items()}
    rows = []
    for name, share in now.items():
        concept, section, past = track.concept(name), track.section_of(name), before.get(name)
        if share.shown:
            row = ConceptRow(
                id=name,
                title=concept.title if concept else name,
                section=section.title if section else "",
                now=share,
                before=past.rate if past and past.shown else None,
            )
            rows.append(row)
    rows.sort(key=lambda row: (row.now.rate, -row.now.asked, row.id))
    return tuple(rows), sum(not share.shown and share.asked > 0 for share in now.values())


def _common(concept: str, month: list[Read], names: Sequence[str]) -> tuple[CommonAnswer, ...]:
    """The wrong answers most learners of a concept gave; what each said is told only if enough said the same."""
    given: dict[tuple[str, str], set[int]] = defaultdict(set)
    example: dict[tuple[str, str], CommonAnswer] = {}
    for one in month:
        if one.item.concept == concept and one.wrong:
            for said, why in _slips_in(one):
                key = (one.item.id, said)
                given[key].add(one.answer.user_id)
                shown = redact(said, names) if one.item.kind in reading.TYPED else said
                example.setdefault(key, CommonAnswer(one.item, cut(shown, SAID_CHARS), why, 0))
    enough = sorted(((key, who) for key, who in given.items() if len(who) >= FEWEST), key=lambda p: (-len(p[1]), p[0]))
    return tuple(
        CommonAnswer(example[key].item, example[key].said, example[key].why, len(who))
        for key, who in enough[:WRONG_ANSWERS]
    )


def _slips_in(one: Read) -> list[tuple[str, str]]:
    """What was wrong in an answer: each wrong option, or the text, or the author's word for it; with what to say to it."""
    feedback = reading.typical(one.item)
    options = reading.option_feedback(one.item)
    if options:
        return [(text, cut(options[text], WHY_CHARS)) for text in one.picked if text in options]
    name = next(iter(one.answer.misconceptions), "")
    why = explained(feedback.get(name, ""), name)
    if one.item.kind in reading.TYPED:
        return [(plain(one.answer.text).strip("^$"), why)]
    return [(in_words(name), why)] if name else []


def explained(feedback: str, name: str) -> str:
    """An author's words on a misconception, or its name where those hold a draw's numbers."""
    return cut(feedback, WHY_CHARS) if feedback and "{" not in feedback else in_words(name)


def in_words(name: str) -> str:
    """A misconception's name as words."""
    return name.replace("-", " ").replace("=", " taken for ")


def cut(text: str, most: int) -> str:
    """A text on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + " …"


def _alike(material: Material, month: list[Read], code: Sequence[FailedCode]) -> tuple[Alike, ...]:
    clusters = find_clusters([*_typed_slips(month), *_code_slips(material.challenges, code)])
    shown = [cluster for cluster in clusters if cluster.learners >= FEWEST and cluster.misconception]
    unnamed = [cluster for cluster in clusters if cluster.learners >= FEWEST and not cluster.misconception]
    told = (_told(material, cluster) for cluster in [*shown, *unnamed])
    return tuple(one for one in told if one is not None)[:ALIKE]


def _typed_slips(month: Iterable[Read]) -> list[Slip]:
    return [
        Slip(one.answer.user_id, one.item.id, one.answer.text, False, one.answer.misconceptions)
        for one in month
        if one.wrong and one.item.kind in reading.TYPED
    ]


def _code_slips(challenges: Mapping[str, Challenge], code: Iterable[FailedCode]) -> list[Slip]:
    """Failed code, and beside it the known wrong solutions of the same challenges, which lend clusters their names."""
    own = [
        Slip(one.user_id, one.slug, one.source, True, one.misconceptions, signature(one.report_json, one.verdict))
        for one in code
        if one.slug in challenges
    ]
    tried = sorted({slip.thing for slip in own})
    models = [
        Slip(0, slug, wrong.source, True, (wrong.misconception,), model=True)
        for slug in tried
        for wrong in challenges[slug].wrong
    ]
    return [*models, *own]


def _told(material: Material, cluster: Cluster) -> Alike | None:
    first, name = cluster.slips[0], cluster.misconception
    if first.code:
        challenge = material.challenges[cluster.thing]
        known = next((wrong.explanation for wrong in challenge.wrong if wrong.misconception == name), "")
        example = redact(excerpt(first.text, CODE_LINES, CODE_CHARS, texts_in(challenge.solution)), material.names)
        why = explained(known, name)
        return Alike(challenge.title, cluster.learners, example, why, next(iter(challenge.concepts), ""))
    item = material.track.item(cluster.thing)
    if item is None:
        return None
    why = explained(reading.typical(item).get(name, ""), name)
    return Alike(
        cut(item.prompt, PROMPT_CHARS),
        cluster.learners,
        cut(redact(first.text, material.names), SAID_CHARS),
        why,
        item.concept,
    )


def suggestion(track: Track, concept: str, kept_out: Collection[str]) -> Item | None:
    """The item to ask a group next about a concept: the easiest one that may be asked."""
    fits = [i for i in track.items if i.concept == concept and not i.quarantined and i.id not in kept_out]
    marked = [item for item in fits if item.kind is not Kind.SHORT]
    return min(marked or fits, key=lambda item: item.difficulty, default=None)

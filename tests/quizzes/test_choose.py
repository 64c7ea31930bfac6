from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.choose import LATELY, Learner, Seen, daily_set, match_topic, next_item
from quizzes.items import Concept, Item, Kind, Numeric, Section, Track
from quizzes.load import load_track
from quizzes.memory import Memory, Rating, review
from quizzes.skill import Skill
from quizzes.topics import Topic

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
SHIPPED = load_track(Path(__file__).parents[2] / "data" / "tracks" / "ai-machine-learning")[0]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def question(item_id: str, concept: str, section: str, difficulty: int = 1) -> Item:
    return Item(
        id=item_id,
        concept=concept,
        section=section,
        kind=Kind.NUMERIC,
        difficulty=difficulty,
        source="H",
        prompt="?",
        explanation="",
        body=Numeric(answer=1),
    )


def made(slug: str, order: int, **needs: tuple[str, ...]) -> Section:
    """Make a section whose concepts have two items each, `<concept>-1` and the harder `<concept>-2`."""
    return Section(
        slug=slug,
        title=slug.title(),
        headings=("H",),
        order=order,
        concepts=tuple(Concept(name, f"The {name}", wanted) for name, wanted in needs.items()),
        items=tuple(question(f"{name}-{n}", name, slug, n) for name in needs for n in (1, 2)),
    )


TRACK = Track(
    "t",
    sections=(
        made("first", 1, a=(), b=("a",), c=("b",)),
        made("second", 2, d=("a",), e=()),
        made("third", 3, f=("g",), g=(), h=()),
    ),
)
ALONG = ("first", "second", "third")


def seen(item_id: str, days: int, correct: bool = True) -> Seen:
    return Seen(item_id, item_id.split("-")[0], ago(days), correct)


def chosen(
    *history: Seen, path: tuple[str, ...] = ALONG, seed: int = 1, size: int = 5, track: Track = TRACK
) -> tuple[str, ...]:
    return daily_set(track, Learner(history), path, now=NOW, today=TODAY, seed=seed, size=size)


def test_a_beginner_starts_at_the_path_with_one_from_another_section():
    assert chosen() == ("a-1", "d-1", "b-1", "c-1", "e-1")


def test_the_path_decides_the_order():
    assert chosen(path=("third", "first")) == ("g-1", "a-1", "f-1", "h-1", "b-1")


def test_without_a_path_the_whole_track_is_the_path():
    assert chosen(path=()) == chosen(path=ALONG)


def test_a_path_of_unknown_sections_still_gives_questions():
    assert len(chosen(path=("nowhere",))) == 5


def test_what_a_concept_needs_comes_first_even_from_off_the_path():
    assert chosen(path=("second",)) == ("a-1", "d-1", "e-1", "b-1", "c-1")


def daily(learner: Learner, *, size: int = 5, days: int = 0, track: Track = TRACK) -> tuple[str, ...]:
    later = timedelta(days=days)
    return daily_set(track, learner, ALONG, now=NOW + later, today=TODAY + later, seed=1, size=size)


def remembered(item_id: str, days: int, *ratings: Rating) -> Learner:
    """Make a learner who reviewed one concept, each time when it was due, the last time so many days ago at noon."""
    memory: Memory | None = None
    for rating in ratings:
        memory = review(memory, rating, memory.due_at if memory else NOW)
    assert memory is not None
    shift = NOW - timedelta(days=days) - memory.reviewed_at
    moved = replace(memory, reviewed_at=memory.reviewed_at + shift, due_at=memory.due_at + shift)
    last = seen(item_id, days, ratings[-1] is not Rating.AGAIN)
    return Learner((last,), {last.concept: moved})


def merged(*learners: Learner) -> Learner:
    """Make one learner of several histories."""
    memories = {name: memory for learner in learners for name, memory in learner.memories.items()}
    return Learner(tuple(s for learner in learners for s in learner.seen), memories)


def test_wrong_ones_come_back_first_and_at_most_three():
    history = [seen(f"{name}-1", days, correct=False) for name, days in zip("abde", (4, 1, 3, 2), strict=True)]
    assert chosen(*history)[:3] == ("a-2", "d-2", "e-2")
    assert "c-1" in chosen(*history)


def test_a_concept_comes_back_when_its_memory_says_so():
    learner = remembered("a-1", 10, Rating.GOOD, Rating.GOOD)  # 8 days, then 75
    assert "a-2" not in daily(learner, size=2, days=64)
    assert "a-2" in daily(learner, size=2, days=65)


def test_without_a_memory_the_latest_answer_stands_for_it():
    assert "a-2" not in chosen(seen("a-1", 7), size=2)
    assert "a-2" in chosen(seen("a-1", 8), size=2)
    assert "a-2" in chosen(seen("a-1", 1, correct=False), size=2)
    assert "a-1" not in chosen(seen("a-1", 5, correct=False), seen("a-2", 1), size=3)


def test_a_day_counts_when_the_calendar_turns():
    """Somebody who answered late in the evening finds it due on the next day's morning."""
    evening = datetime(2026, 3, 9, 22, tzinfo=UTC)
    wrong = Learner((seen("a-1", 1, correct=False),), {"a": review(None, Rating.AGAIN, evening)})
    assert daily_set(TRACK, wrong, now=datetime(2026, 3, 10, 6, tzinfo=UTC), today=TODAY, seed=1, size=2)[0] == "a-2"


def test_what_is_most_likely_forgotten_comes_first():
    learner = merged(
        remembered("a-1", 40, Rating.GOOD, Rating.GOOD, Rating.GOOD),
        remembered("b-1", 20, Rating.GOOD),
        remembered("c-1", 5, Rating.AGAIN),
    )
    assert daily(learner)[:3] == ("c-2", "b-2", "d-1")


def test_what_will_not_stick_comes_after_the_rest():
    learner = merged(
        remembered("a-1", 20, Rating.GOOD, Rating.AGAIN, Rating.AGAIN),
        remembered("b-1", 20, Rating.GOOD, Rating.AGAIN),
        remembered("c-1", 9, Rating.GOOD),
    )
    assert daily(learner)[:3] == ("c-2", "b-2", "a-2")


def test_at_least_one_new_concept_comes_while_there_is_one():
    history = [seen(f"{name}-1", 9, correct=False) for name in "abcdefg"]
    assert "h-1" in chosen(*history)


def test_one_is_interleaved_from_a_section_not_in_the_set_yet():
    assert chosen(seen("a-1", 2, correct=False), size=3) == ("a-2", "b-1", "d-1")


def test_when_nothing_new_is_elsewhere_it_is_what_is_most_likely_forgotten():
    history = [seen(f"{name}-1", 1) for name in "defh"] + [seen("g-1", 5)]
    assert chosen(*history, size=2) == ("a-1", "g-2")


def test_with_something_new_left_at_most_three_are_reviews():
    due = [seen(f"{name}-1", 9, correct=False) for name in "acdeg"]
    assert [item_id[0] for item_id in chosen(*due)] == ["a", "c", "d", "b", "f"]


def test_the_variant_seen_last_waits():
    assert chosen(seen("a-2", 3, correct=False), size=1) == ("b-1",)
    assert "a-1" in chosen(seen("a-1", 5), seen("a-2", 3, correct=False), size=3)


def test_a_variant_seen_lately_waits_for_another():
    three = replace(TRACK.sections[0], items=tuple(question(f"a-{n}", "a", "first", n) for n in (1, 2, 3)))
    track = Track("t", sections=(three,))
    learner = Learner((seen("a-2", LATELY - 1), seen("a-3", 3, correct=False)))
    assert daily(learner, size=1, track=track) == ("a-1",)
    assert daily(learner, size=1, days=1, track=replace(track, sections=(replace(three, items=three.items[1:]),))) == (
        "a-2",
    )


@pytest.mark.parametrize(
    ("rating", "expected"), [(-2.0, "a-0"), (-0.1, "a-0"), (0.9, "a-1"), (1.9, "a-2"), (4.0, "a-3")]
)
def test_the_variant_is_as_hard_as_suits_the_learner(rating, expected):
    """A right answer is 80 % likely 1.4 logits above the item; labels stand at -1.5, -0.5, 0.5 and 1.5."""
    items = tuple(question(f"a-{n}", "a", "first", n) for n in range(4))
    track = Track("t", sections=(replace(TRACK.sections[0], items=items),))
    assert daily(Learner(skill=Skill(rating, 5)), size=1, track=track) == (expected,)
    assert daily(Learner(start=rating), size=1, track=track) == (expected,)
    assert daily(Learner(sections={"first": Skill(rating, 5)}, skill=Skill(0.0, 5)), size=1, track=track) == (expected,)


def test_answers_of_others_decide_how_hard_an_item_is():
    easier = Learner(skill=Skill(0.0, 9), items={"a-2": Skill(-1.4, 40)})
    assert daily(easier, size=1) == ("a-2",)


def test_games_played_count_for_more_than_where_a_placement_began():
    assert (Learner(start=2.0).ability, Learner(start=2.0, skill=Skill(0.5, 3)).ability) == (Skill(2.0), Skill(0.5, 3))


def test_what_a_placement_found_known_comes_after_all_that_is_new():
    learner = Learner(start=1.0, known=dict.fromkeys("abd", 0.9))
    assert [item_id[0] for item_id in daily(learner)] == ["c", "e", "g", "f", "h"]
    assert {item_id[0] for item_id in daily(learner, size=8)} == set("abcdefgh")
    assert next_item(TRACK, learner, "", 1, now=NOW, today=TODAY) == "c-1"


def test_the_only_variant_may_come_again_on_another_day():
    alone = Track("t", sections=(replace(TRACK.sections[0], items=(question("a-1", "a", "first"),)),))
    assert chosen(seen("a-1", 1, correct=False), track=alone) == ("a-1",)
    assert chosen(seen("a-1", 0, correct=False), track=alone) == ()


def test_quarantined_items_are_not_asked():
    items = tuple(replace(item, quarantined="why") if item.id == "a-1" else item for item in TRACK.sections[0].items)
    track = replace(TRACK, sections=(replace(TRACK.sections[0], items=items), *TRACK.sections[1:]))
    assert chosen(track=track)[0] == "a-2"
    assert daily(Learner(quarantined=frozenset({"a-1", "d-1", "d-2"}))) == ("a-2", "e-1", "b-1", "c-1", "g-1")


def test_history_of_items_that_are_gone_is_ignored():
    assert chosen(seen("zz-1", 3, correct=False)) == chosen()


def test_a_small_track_gives_what_it_has():
    assert chosen(track=Track("t")) == ()
    tiny = Track("t", sections=(made("only", 1, x=()),))
    assert sorted(chosen(track=tiny)) == ["x-1", "x-2"]


def test_somebody_who_saw_everything_still_gets_five_concepts():
    history = [seen(f"{name}-{n}", 2) for name in "abcdefgh" for n in (1, 2)]
    got = chosen(*history)
    assert len({item_id.split("-")[0] for item_id in got}) == 5


WHEN = st.integers(0, 60)
SEEN = st.builds(
    lambda name, n, days, correct: Seen(f"{name}-{n}", name, ago(days), correct),
    st.sampled_from("abcdefgh"),
    st.sampled_from((1, 2)),
    WHEN,
    st.booleans(),
)
RATINGS = st.builds(Skill, st.floats(-6, 6), st.integers(0, 200))
MEMORIES = st.builds(
    lambda rating, days, hours: review(None, rating, NOW - timedelta(days=days, hours=hours)),
    st.sampled_from(Rating),
    WHEN,
    st.integers(0, 23),
)
LEARNERS = st.builds(
    Learner,
    st.lists(SEEN, max_size=20).map(tuple),
    st.dictionaries(st.sampled_from("abcdefghz"), MEMORIES),
    RATINGS,
    st.dictionaries(st.sampled_from(ALONG), RATINGS),
    st.dictionaries(st.sampled_from([item.id for item in TRACK.items]), RATINGS),
    st.frozensets(st.sampled_from([item.id for item in TRACK.items]), max_size=6),
    st.floats(-3, 3),
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.8, 1)),
)


@given(LEARNERS, st.integers(0, 2**63), st.permutations(ALONG), st.integers(1, 8))
def test_every_set_keeps_the_rules(learner, seed, path, size):
    got = daily_set(TRACK, learner, path, now=NOW, today=TODAY, seed=seed, size=size)
    assert got == daily_set(TRACK, learner, path, now=NOW, today=TODAY, seed=seed, size=size)
    latest = {s.item_id: s.day for s in sorted(learner.seen, key=lambda s: s.day)}
    left = {item.id for item in TRACK.items if latest.get(item.id) != TODAY} - learner.quarantined
    assert set(got) <= left
    assert len(got) == len(set(got)) == min(size, len(left))
    askable = {TRACK.item(item_id).concept for item_id in left}
    concepts = [TRACK.item(item_id).concept for item_id in got]
    assert len(set(concepts)) == min(size, len(askable))
    met = {s.concept for s in learner.seen} | learner.memories.keys()
    for place, concept in enumerate(concepts):
        earlier = met | learner.known.keys() | set(concepts[:place])
        assert concept in earlier or set(TRACK.concept(concept).needs) & askable <= earlier
    if size >= 2 and askable - met:
        assert set(concepts) - met


@given(LEARNERS, st.integers(0, 2**63))
def test_the_variant_seen_last_comes_again_only_when_it_is_alone(learner, seed):
    latest = {s.concept: s.item_id for s in sorted(learner.seen, key=lambda s: s.day)}
    today = {s.item_id for s in learner.seen if s.day == TODAY}
    for item_id in daily_set(TRACK, learner, now=NOW, today=TODAY, seed=seed):
        concept = TRACK.item(item_id).concept
        others = {f"{concept}-1", f"{concept}-2"} - {item_id} - learner.quarantined - today
        assert latest.get(concept) != item_id or not others


@given(LEARNERS, st.sampled_from(("", "first", "b", "third")), st.integers(0, 2**63))
def test_one_question_on_a_topic_keeps_them_too(learner, topic, seed):
    got = next_item(TRACK, learner, topic, seed, now=NOW, today=TODAY)
    covered = match_topic(TRACK, topic)[0].concepts if topic else tuple("abcdefgh")
    today = {s.item_id for s in learner.seen if s.day == TODAY}  # of an item seen twice, the latest day counts
    left = {item.id for item in TRACK.items if item.concept in covered} - today - learner.quarantined
    assert (got in left) if left else got is None


@pytest.mark.parametrize("path", [path.sections for path in SHIPPED.paths], ids=[path.slug for path in SHIPPED.paths])
def test_every_path_of_the_shipped_track_can_be_walked_to_its_end(path):
    history: list[Seen] = []
    day = date(2026, 1, 1)
    for n in range(len(SHIPPED.concepts)):
        got = daily_set(SHIPPED, Learner(tuple(history)), path, now=NOW, today=day, seed=n)
        assert len(set(got)) == 5
        history += [Seen(item_id, SHIPPED.item(item_id).concept, day, correct=True) for item_id in got]
        day += timedelta(days=1)
    along = {c.id for section in SHIPPED.sections if section.slug in path for c in section.concepts}
    assert along - {s.concept for s in history} == set()


def test_a_typical_fortnight_mixes_sections():
    got = daily_set(SHIPPED, Learner(), SHIPPED.paths[0].sections, now=NOW, today=TODAY, seed=1)
    assert len(Counter(SHIPPED.item(item_id).section for item_id in got)) >= 2


def asked(topic: str, *history: Seen, seed: int = 1) -> str | None:
    return next_item(TRACK, Learner(history), topic, seed, now=NOW, today=TODAY)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [("", "a-1"), ("second", "d-1"), ("Second", "d-1"), ("g", "g-1"), ("The h", "h-1"), ("nonsense", None)],
)
def test_a_question_comes_from_its_topic(topic, expected):
    assert asked(topic) == expected


def test_a_topic_goes_on_with_what_went_wrong_then_what_is_new_then_what_is_old():
    assert asked("second", seen("d-1", 1, correct=False)) == "d-2"
    assert asked("second", seen("d-1", 1)) == "e-1"
    assert asked("second", seen("e-1", 2), seen("d-1", 1)) == "e-2"
    assert asked("second", seen("d-1", 0), seen("e-1", 0)) in ("d-2", "e-2")


def test_a_topic_with_nothing_left_today_gives_none():
    assert asked("g", seen("g-1", 0), seen("g-2", 0)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("precision", [("precision", True)]),
        ("Data basics", [("basics", True)]),
        ("DATA-basics!", [("basics", True)]),
        ("precison", [("precision", False)]),
        ("preci", [("precision", False)]),
        ("training", [("models", False), ("loops", False)]),
        ("metrics", [("precision", False)]),
        ("shapes of", [("shapes", False)]),
        ("flagged precision", [("precision", False)]),
        ("xyzzy", []),
        ("", []),
        ("  ", []),
        ("🙂", []),
    ],
)
def test_topics_are_named_or_suggested(track, text, expected):
    assert [(topic.id, topic.exact) for topic in match_topic(track, text)] == expected


def test_a_section_covers_its_concepts(track):
    assert match_topic(track, "models") == [Topic("models", "Training models", ("loops", "shapes"), exact=True)]


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_for_topics(text):
    assert len(match_topic(TRACK, text)) <= 5
    assert next_item(TRACK, Learner(), text, 1, now=NOW, today=TODAY) is None or TRACK.items

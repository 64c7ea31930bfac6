from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.choose import LONG_UNSEEN, Learner, Seen, daily_set, due_first, match_topic, next_item
from quizzes.items import Concept, Item, Kind, Section, Short, Track
from quizzes.load import load_track
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
        kind=Kind.SHORT,
        difficulty=difficulty,
        source="H",
        prompt="?",
        explanation="",
        body=Short((), ""),
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


def test_wrong_ones_come_back_first_and_at_most_three():
    history = [seen(f"{name}-1", days, correct=False) for name, days in zip("abde", (4, 1, 3, 2), strict=True)]
    assert chosen(*history)[:3] == ("a-2", "d-2", "e-2")
    assert "c-1" in chosen(*history)


def test_a_right_one_comes_back_after_a_week():
    assert "a-2" in chosen(seen("a-1", LONG_UNSEEN), size=2)
    assert "a-2" not in chosen(seen("a-1", LONG_UNSEEN - 1), size=2)


def test_the_latest_answer_counts():
    assert due_first([seen("a-1", 1)], TODAY) == []
    assert "a-1" not in chosen(seen("a-1", 5, correct=False), seen("a-2", 1), size=3)


def test_due_concepts_are_wrong_ones_by_age_then_long_unseen_ones():
    history = [
        seen("a-1", 20),
        seen("b-1", 1, correct=False),
        seen("c-1", 3, correct=False),
        seen("d-1", 2),
        seen("e-1", 0, correct=False),
    ]
    assert due_first(history, TODAY) == ["c", "b", "a"]


def test_at_least_one_new_concept_comes_while_there_is_one():
    history = [seen(f"{name}-1", 9, correct=False) for name in "abcdefg"]
    assert "h-1" in chosen(*history)


def test_one_is_interleaved_from_a_section_not_in_the_set_yet():
    history = [seen("a-1", 2, correct=False), seen("g-1", 2), seen("h-1", 4)]
    assert chosen(*history, size=3) == ("a-2", "b-1", "h-2")


def test_the_variant_seen_last_waits():
    assert chosen(seen("a-2", 3, correct=False), size=1) == ("b-1",)
    assert "a-1" in chosen(seen("a-1", 5), seen("a-2", 3, correct=False), size=3)


def test_the_only_variant_may_come_again_on_another_day():
    alone = Track("t", sections=(replace(TRACK.sections[0], items=(question("a-1", "a", "first"),)),))
    assert chosen(seen("a-1", 1, correct=False), track=alone) == ("a-1",)
    assert chosen(seen("a-1", 0, correct=False), track=alone) == ()


def test_quarantined_items_are_not_asked():
    items = tuple(replace(item, quarantined="why") if item.id == "a-1" else item for item in TRACK.sections[0].items)
    track = replace(TRACK, sections=(replace(TRACK.sections[0], items=items), *TRACK.sections[1:]))
    assert chosen(track=track)[0] == "a-2"


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


HISTORY = st.lists(
    st.builds(
        lambda name, n, days, correct: Seen(f"{name}-{n}", name, ago(days), correct),
        st.sampled_from("abcdefgh"),
        st.sampled_from((1, 2)),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=20,
)


@given(HISTORY, st.integers(0, 2**63), st.permutations(ALONG), st.integers(1, 8))
def test_every_set_keeps_the_rules(history, seed, path, size):
    got = daily_set(TRACK, Learner(tuple(history)), path, now=NOW, today=TODAY, seed=seed, size=size)
    assert got == daily_set(TRACK, Learner(tuple(history)), path, now=NOW, today=TODAY, seed=seed, size=size)
    latest = {s.item_id: s.day for s in sorted(history, key=lambda s: s.day)}
    assert not [item_id for item_id in got if latest.get(item_id) == TODAY]
    left = [item for item in TRACK.items if latest.get(item.id) != TODAY]
    assert len(got) == len(set(got)) == min(size, len(left))
    met = {s.concept for s in history}
    for place, item_id in enumerate(got):
        concept = TRACK.item(item_id).concept
        earlier = met | {TRACK.item(other).concept for other in got[:place]}
        assert concept in met or set(TRACK.concept(concept).needs) <= earlier
    if size >= 2 and set("abcdefgh") - met:
        assert [item_id for item_id in got if TRACK.item(item_id).concept not in met]


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

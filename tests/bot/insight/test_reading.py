"""From stored answers to what was chosen; and which content counts as new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight import reading
from bot.insight.items import Shape
from bot.store.insights_rows import FirstAnswer
from quizzes.items import Choice, Item, Kind, Track
from quizzes.present import present

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def answer(item_id: str, text: str, seed: int = 7, **changed: object) -> FirstAnswer:
    """A first answer as the store gives it."""
    plain: dict[str, object] = {"correct": False, "score": 0.0, "formative": False, "misconceptions": (), "at": NOON}
    return FirstAnswer(user_id=1, item_id=item_id, text=text, seed=str(seed), **{**plain, **changed})  # type: ignore[arg-type]  # a table of keyword arguments


def item(track: Track, item_id: str) -> Item:
    """An item that is there."""
    found = track.item(item_id)
    assert found is not None
    return found


@settings(deadline=None)
@given(seed=st.integers(0, 2**63 - 1), place=st.integers(0, 2))
def test_a_letter_becomes_the_option_it_stood_for_however_it_was_shuffled(track: Track, seed: int, place: int) -> None:
    shown = present(item(track, "held-out-single"), seed).options[place]
    (read,) = reading.readings([answer("held-out-single", shown.label, seed)], track, {})
    assert (read.picked, read.said) == ((shown.text,), shown.text)


@pytest.mark.parametrize(
    ("item_id", "texts", "typed"),
    [
        ("peeking-multi", {"A scaler", "A logarithm"}, lambda labels: " ".join(labels)),
        ("peeking-bug", {"The model sees the test rows"}, lambda labels: f"3 {labels[0]}"),
    ],
)
def test_several_letters_and_reasons_are_read_too(track: Track, item_id: str, texts: set[str], typed) -> None:
    shown = present(item(track, item_id), 7)
    labels = [option.label for option in shown.options if option.text in texts]
    (read,) = reading.readings([answer(item_id, typed(labels))], track, {})
    assert set(read.picked) == texts


def test_typed_answers_stand_as_typed_and_unreadable_ones_choose_nothing(track: Track) -> None:
    read = reading.readings(
        [answer("sums-numeric", "  10 \n"), answer("held-out-single", "Z"), answer("held-out-single", "")], track, {}
    )
    assert [(one.picked, one.said) for one in read] == [((), "10"), ((), "Z"), ((), "")]


def test_answers_to_gone_items_and_to_earlier_content_are_left_out(track: Track) -> None:
    since = {"sums-numeric": NOON, "sums-output": NOON + timedelta(milliseconds=1)}
    told = [answer("sums-numeric", "1"), answer("sums-output", "x"), answer("sums-fill", "x"), answer("gone", "x")]
    assert [one.item.id for one in reading.readings(told, track, since)] == ["sums-numeric", "sums-fill"]


def test_free_texts_are_no_responses_and_wrong_only_when_they_cover_little(track: Track) -> None:
    free = [answer("scores-short", "x", formative=True, correct=True, score=score) for score in (0.0, 0.49, 0.5, 1.0)]
    read = reading.readings(free, track, {})
    assert ([one.wrong for one in read], reading.responses(read)) == ([True, True, False, False], [])


def test_responses_name_distractors_or_misconceptions(track: Track) -> None:
    shown = present(item(track, "held-out-single"), 7)
    label = next(option.label for option in shown.options if option.text == "A larger model")
    read = reading.readings(
        [answer("held-out-single", label), answer("sums-numeric", "10", misconceptions=("sum-for-mean",))], track, {}
    )
    assert [one.chosen for one in reading.responses(read)] == [("A larger model",), ("sum-for-mean",)]


@pytest.mark.parametrize(
    ("item_id", "shape"),
    [
        ("held-out-single", Shape(("A faster fit", "A larger model"), 1 / 3)),
        ("peeking-multi", Shape(("A logarithm",), 1 / 7)),
        ("peeking-bug", Shape(("The model sees the test rows", "The split is not random"), 1 / 9)),
        ("sums-numeric", Shape(("sum-for-mean",), 0.0)),
        ("step-order-order", Shape((), 1 / 6)),
        ("scores-short", Shape()),
    ],
)
def test_what_an_item_offers(track: Track, item_id: str, shape: Shape) -> None:
    found = reading.shape(item(track, item_id))
    assert (found.distractors, found.chance) == (shape.distractors, pytest.approx(shape.chance))


def test_every_shipped_item_has_a_shape_and_a_content_of_its_own(shipped_track: Track) -> None:
    shapes = [reading.shape(one) for one in shipped_track.items]
    assert all(0 <= shape.chance <= 0.5 and "" not in shape.distractors for shape in shapes)
    assert len({reading.content_hash(one) for one in shipped_track.items}) == len(shipped_track.items)


def test_content_is_what_is_shown_and_what_is_right(track: Track) -> None:
    one = item(track, "held-out-single")
    body = one.body
    assert isinstance(body, Choice)
    same = [
        replace(one, explanation="Other words."), replace(one, difficulty=3), replace(one, source="Elsewhere"),
        replace(one, quarantined="by hand"), replace(one, id="other"),
    ]  # fmt: skip
    new = [
        replace(one, prompt="Another?"), replace(one, code="x = 1"), replace(one, kind=Kind.MULTI),
        replace(one, body=replace(body, answers=("Another key",))), replace(one, body=replace(body, options=body.options[:1])),
    ]  # fmt: skip
    assert {reading.content_hash(other) for other in same} == {reading.content_hash(one)}
    assert len({reading.content_hash(other) for other in (one, *new)}) == len(new) + 1

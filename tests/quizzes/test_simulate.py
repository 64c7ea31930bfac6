"""The simulation: repeatable, honest in its arithmetic, and what it is for: a memory per concept, labels to begin with."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.generators import seeded
from quizzes.items import Choice, Concept, Item, Kind, Numeric, Option, Section, Track
from quizzes.simulation import Simulation, simulate
from quizzes.simulation.policies import SIZE, at_random, in_file_order, ours, per_item
from quizzes.simulation.scores import calibrate, rank_correlation
from quizzes.simulation.student import Ratings, Student
from quizzes.simulation.world import Person, make_people, make_questions


def made(sections: int, concepts: int, variants: int) -> Track:
    """Make a track: each concept needs the one before it in its section; every other item is typed."""
    return Track("made", sections=tuple(_section(f"s{n}", concepts, variants) for n in range(sections)))


def _section(slug: str, concepts: int, variants: int) -> Section:
    names = [f"{slug}c{n}" for n in range(concepts)]
    return Section(
        slug=slug,
        title=slug,
        headings=(),
        order=0,
        concepts=tuple(Concept(name, name, tuple(names[n - 1 : n])) for n, name in enumerate(names)),
        items=tuple(_item(slug, name, n, v) for n, name in enumerate(names) for v in range(variants)),
    )


def _item(section: str, concept: str, number: int, variant: int) -> Item:
    guessable = Choice(("a",), tuple(Option(text, "m", "f") for text in "bcd"))
    return Item(
        id=f"{concept}-{variant}",
        concept=concept,
        section=section,
        kind=Kind.SINGLE,
        difficulty=(number + variant) % 4,
        source="",
        prompt="",
        explanation="",
        body=guessable if (number + variant) % 2 else Numeric(answer=1),
    )


TINY = made(3, 4, 2)


@pytest.fixture(scope="module")
def tiny() -> Simulation:
    """A month of four learners on a tiny track."""
    return simulate(TINY, 4, 31, 5)


def test_the_same_seed_gives_the_same_and_another_seed_another(tiny):
    assert simulate(TINY, 4, 31, 5) == tiny
    assert simulate(TINY, 4, 31, 6) != tiny


def test_every_policy_is_reported_within_its_bounds(tiny):
    assert [outcome.policy for outcome in tiny.policies] == [
        "ours",
        "ours, a memory per question",
        "random",
        "fixed order",
    ]
    for outcome in tiny.policies:
        assert outcome.backlog.keys() == {30, 31}
        assert all(0 <= count <= 24 for count in outcome.backlog.values())
        assert all(0 <= share <= 1 for share in (outcome.known, outcome.recall, outcome.over_time, outcome.right))
        assert outcome.all_seen is None or 3 <= outcome.all_seen <= 31


def test_progress_rises_to_the_end():
    shares: list[float] = []
    simulate(TINY, 1, 3, 1, shares.append)
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (12, 1.0)


@pytest.mark.parametrize(("learners", "days", "track"), [(0, 3, TINY), (1, 0, TINY), (1, 3, Track("none"))])
def test_nothing_to_simulate_is_said(learners, days, track):
    with pytest.raises(ValueError, match="needs learners, days and questions"):
        simulate(track, learners, days, 1)


def test_one_learner_for_one_day_on_one_question_is_enough():
    found = simulate(made(1, 1, 1), 1, 1, 1)
    assert (found.skill, found.memory, found.difficulty.elo) == (None, None, None)
    assert {outcome.all_seen for outcome in found.policies} <= {1, None}


def test_a_memory_per_concept_clears_its_backlog_where_one_per_question_piles_it_up():
    """The reason to schedule concepts: 96 of them with three questions each, five questions a day."""
    found = simulate(made(8, 12, 3), 2, 150, 1)
    concept, question, _, _ = found.policies
    assert concept.backlog[150] < 15
    assert question.backlog[150] > 5 * concept.backlog[150]
    assert concept.known > question.known
    assert concept.all_seen is not None


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_choice_beats_simpler_ones_on_a_track_of_four_hundred_questions(seed):
    """A hundred and forty concepts with almost three questions each: the size the shipped track grows to."""
    found = simulate(made(10, 14, 3), 8, 180, seed)
    chosen, question, *simpler = found.policies
    assert chosen.known > max(outcome.known for outcome in simpler)
    assert chosen.over_time > max(outcome.over_time for outcome in simpler)
    assert (chosen.backlog[180] < 10, question.backlog[180] > 100) == (True, True)
    assert chosen.all_seen is not None
    assert chosen.all_seen < 100


@pytest.mark.slow
def test_labels_help_while_learners_are_few_and_predictions_are_calibrated(shipped):
    found = simulate(shipped, 10, 120, 2)
    ranked = found.difficulty
    assert ranked.elo_with_labels > max(ranked.labels, ranked.elo)
    assert ranked.auc_elo_with_labels > ranked.auc_elo
    for scores in (found.skill, found.memory):
        assert scores.brier < scores.brier_of_mean
        assert scores.ece < 0.1
        assert scores.auc > 0.6
    assert found.placement.error < 0.9


# The truth.


def person(**changes: object) -> Person:
    """Somebody average, whose next draw is known."""
    average = Person(ability=0.0, sections={}, decay=0.22, attendance=1.0, rng=seeded(1))
    return replace(average, **changes)


def test_people_and_questions_are_the_same_for_a_seed_and_unlike_each_other():
    assert make_questions(TINY, 1) == make_questions(TINY, 1) != make_questions(TINY, 2)
    people = make_people(TINY, 30, 1)
    assert [p.ability for p in people] == [p.ability for p in make_people(TINY, 30, 1)]
    assert len({p.decay for p in people}) == len({p.ability for p in people}) == 30


def test_labels_are_about_as_good_as_authors_are(shipped):
    truth = make_questions(shipped, 1)
    rho = rank_correlation([i.difficulty for i in shipped.items], [truth[i.id].difficulty for i in shipped.items])
    assert 0.5 < rho < 0.8


@given(st.floats(0, 300), st.floats(0, 300), st.integers(1, 5))
def test_recall_is_a_chance_that_falls_with_time_and_rises_with_practice(sooner, more, times):
    item, truth = TINY.items[0], make_questions(TINY, 1)[TINY.items[0].id]
    somebody = person()
    assert somebody.recall(item.concept, 0) == 0
    for n in range(times):
        before = somebody.recall(item.concept, 10.0 * n + sooner)
        somebody.answer(item, truth, 10.0 * n)
        assert somebody.recall(item.concept, 10.0 * n + sooner) > before
    end = 10.0 * (times - 1) + 1
    assert 0 <= somebody.recall(item.concept, end + sooner + more) <= somebody.recall(item.concept, end + sooner) <= 1


def test_spaced_practice_lasts_longer_than_massed():
    item, truth = TINY.items[0], make_questions(TINY, 1)[TINY.items[0].id]
    massed, spaced = person(rng=seeded(3)), person(rng=seeded(3))
    for n in range(4):
        massed.answer(item, truth, 36 + n / 24)
        spaced.answer(item, truth, 12.0 * n)
    assert spaced.recall(item.concept, 120) > massed.recall(item.concept, 120)


def test_the_forgetful_forget_sooner_and_the_able_answer_better():
    item, truth = TINY.items[0], make_questions(TINY, 1)[TINY.items[0].id]
    steady, forgetful = person(decay=0.15), person(decay=0.4)
    for somebody in (steady, forgetful):
        somebody.answer(item, truth, 0)
    assert steady.recall(item.concept, 20) > forgetful.recall(item.concept, 20)
    assert truth.guess <= person().chance(item, truth, 0) < person(ability=2.0).chance(item, truth, 0) < 1


# Policies and the record.


def test_random_and_fixed_choices_are_what_they_say():
    student = Student(0, Ratings(labels=True))
    assert in_file_order(TINY, student, 1.0, 1) == tuple(item.id for item in TINY.items[:SIZE])
    student.answered = 22
    assert in_file_order(TINY, student, 1.0, 1)[2:] == tuple(item.id for item in TINY.items[:3])
    drawn = [at_random(TINY, student, day, 1) for day in range(30)]
    assert len(set(drawn)) == 30
    assert {item_id for day in drawn for item_id in day} == {item.id for item in TINY.items}


def test_our_choice_learns_of_what_was_answered():
    student = Student(0, Ratings(labels=True))
    first = ours(TINY, student, 1.4, 1)
    for item_id in first:
        student.note(TINY.item(item_id), 1.4, correct=False)
    assert student.backlog(TINY, 1.4) == 0
    assert student.backlog(TINY, 2.3) == len({TINY.item(item_id).concept for item_id in first})
    assert not set(first) & set(ours(TINY, student, 1.6, 1))


def test_only_first_exposures_to_a_concept_move_ratings():
    ratings = Ratings(labels=True)
    student = Student(0, ratings)
    first, variant = TINY.items[:2]
    student.note(first, 1.0, correct=True)
    moved = asdict(student.learner())
    student.note(variant, 9.0, correct=False)
    assert (asdict(student.learner())["skill"], ratings.items.keys()) == (moved["skill"], {first.id})
    assert student.remembered(variant, 9.0) == 1
    assert student.remembered(TINY.items[2], 9.0) is None


def test_a_memory_per_question_makes_each_a_concept_without_needs():
    apart = per_item(TINY)
    assert [item.id for item in apart.items] == [item.id for item in TINY.items]
    assert all(item.concept == item.id for item in apart.items)
    assert [(concept.id, concept.needs) for concept in apart.concepts] == [(item.id, ()) for item in TINY.items]


# Scores.


def test_scores_of_a_known_case():
    scores = calibrate([(0.9, True), (0.9, True), (0.9, False), (0.1, False), (0.1, True)])
    assert scores is not None
    assert scores.brier == pytest.approx((0.01 + 0.01 + 0.81 + 0.01 + 0.81) / 5)
    assert scores.brier_of_mean == pytest.approx(0.6 * 0.4)
    assert scores.ece == pytest.approx((abs(2.7 - 2) + abs(0.2 - 1)) / 5)
    assert scores.auc == pytest.approx((2 * 1 + 2 * 0.5 + 0.5) / 6)


@pytest.mark.parametrize("pairs", [[], [(0.5, True)], [(0.2, False), (0.9, False)]])
def test_without_both_outcomes_there_is_no_score(pairs):
    assert calibrate(pairs) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_scores_stay_within_bounds_and_order_is_all_that_auc_sees(pairs):
    scores = calibrate(pairs)
    if scores is None:
        assert len({correct for _, correct in pairs}) < 2
        return
    assert all(0 <= value <= 1 for value in (scores.brier, scores.brier_of_mean, scores.ece, scores.auc))
    places = {chance: place for place, chance in enumerate(sorted({chance for chance, _ in pairs}))}
    squeezed = calibrate([(places[chance] / 100, correct) for chance, correct in pairs])
    assert squeezed is not None
    assert squeezed.auc == scores.auc


def test_true_chances_are_calibrated():
    rng = seeded(1)
    pairs = [(chance := rng.random(), rng.random() < chance) for _ in range(20_000)]
    scores = calibrate(pairs)
    assert scores is not None
    assert scores.ece < 0.02
    assert scores.brier == pytest.approx(fmean(chance * (1 - chance) for chance, _ in pairs), abs=0.01)


def test_rank_correlation_sees_order_alone_and_shares_ranks_among_ties():
    assert rank_correlation([1, 2, 3], [1, 10, 100]) == pytest.approx(1)
    assert rank_correlation([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert rank_correlation([1, 1, 2], [1, 2, 3]) == pytest.approx(math.sqrt(3) / 2)

"""Fitting to a group: better where there is something to learn, the defaults where there is not."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from quizzes.fitting import FEWEST, Fitted, fit, log_loss
from quizzes.generators import seeded
from quizzes.memory import DEFAULT, Memory, Parameters, Rating, retrievability, review

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FORGETFUL: Parameters = (0.1, 0.6, 1.0, *DEFAULT[3:20], 0.3)
"""A group that forgets sooner than most."""


def reviewed(count: int, parameters: Parameters, seed: int) -> list[list[tuple[Rating, float]]]:
    """Let a group with these weights review, until so many reviews are there."""
    rng, found = seeded(seed), list[list[tuple[Rating, float]]]()
    while sum(map(len, found)) < count:
        memory: Memory | None = None
        at, history = BEGIN, list[tuple[Rating, float]]()
        for n in range(rng.randint(2, 6)):
            days = float(n and max(1, round(rng.lognormvariate(1 + n / 2, 0.8))))
            at += timedelta(days=days)
            chance = retrievability(memory, at, parameters) if memory else 0.7
            rating = Rating.GOOD if rng.random() < chance else Rating.AGAIN
            memory = review(memory, rating, at, parameters)
            history.append((rating, days))
        found.append(history)
    return found


def test_a_group_that_forgets_sooner_gets_weights_that_predict_others_of_its_kind_better():
    fitted = fit(reviewed(2_000, FORGETFUL, 1))
    assert fitted is not None
    assert fitted.parameters != DEFAULT
    assert fitted.log_loss < fitted.default_log_loss
    others = reviewed(2_000, FORGETFUL, 2)
    after, before, best = (log_loss(others, weights) for weights in (fitted.parameters, DEFAULT, FORGETFUL))
    assert None not in (after, before, best)
    assert before - after > 0.6 * (before - best) > 0.01


def test_fitted_weights_can_be_scheduled_with():
    fitted = fit(reviewed(1_000, FORGETFUL, 3))
    assert fitted is not None
    memory = review(None, Rating.GOOD, BEGIN, fitted.parameters)
    assert memory.due_at < review(None, Rating.GOOD, BEGIN).due_at


def test_the_same_reviews_give_the_same_weights():
    assert fit(reviewed(600, FORGETFUL, 4)) == fit(reviewed(600, FORGETFUL, 4))


def test_what_does_not_predict_better_is_not_kept():
    """Held-out histories that go the other way than those that were fitted."""
    lost, kept = [(Rating.GOOD, 0.0), (Rating.AGAIN, 3.0)], [(Rating.GOOD, 0.0), (Rating.GOOD, 3.0)]
    histories = [kept if n % 5 == 0 else lost for n in range(400)]
    chance = retrievability(review(None, Rating.GOOD, BEGIN), BEGIN + timedelta(days=3))
    loss = log_loss([kept], DEFAULT)
    assert loss is not None
    assert 2.718281828**-loss == pytest.approx(chance)
    assert fit(histories) == Fitted(DEFAULT, loss, pytest.approx(loss), 800)


@pytest.mark.parametrize(
    "histories",
    [
        [],
        [[(Rating.GOOD, 0.0), (Rating.GOOD, 3.0)]] * (FEWEST // 2 - 1),
        [[(Rating.GOOD, 0.0)]] * 1_000,
        [[(Rating.GOOD, 0.0), (Rating.GOOD, 0.1)]] * 1_000,
        [[(Rating.GOOD, 0.0), (Rating.GOOD, 3.0)], *[[(Rating.GOOD, 0.0)]] * 1_000],
        [[(Rating.GOOD, 0.0)], [(Rating.GOOD, 0.0), (Rating.GOOD, 3.0)], *[[(Rating.GOOD, 0.0)]] * 1_000],
    ],
    ids=["none", "too few", "nothing repeated", "all on one day", "nothing to fit", "nothing to check"],
)
def test_too_little_to_fit_or_to_check_gives_nothing(histories):
    assert fit(histories) is None


def test_from_512_reviews_on_there_is_an_answer():
    histories = [[(Rating.GOOD, 0.0), (Rating.GOOD, 3.0)]] * (FEWEST // 2)
    fitted = fit(histories)
    assert fitted is not None
    assert fitted.reviews == FEWEST


@profile(max_examples=10)
@given(st.lists(st.lists(st.tuples(st.sampled_from(Rating), st.floats(0, 300)), min_size=1, max_size=4), max_size=40))
def test_no_reviews_break_it_and_nothing_worse_than_the_defaults_comes_out(histories):
    fitted = fit(histories * 20)
    if fitted is not None:
        assert fitted.log_loss <= fitted.default_log_loss
        assert fitted.reviews == 20 * sum(map(len, histories)) >= FEWEST
        assert review(None, Rating.GOOD, BEGIN, fitted.parameters).due_at > BEGIN


def test_nobody_who_does_not_fit_pays_for_it():
    code = "import sys, quizzes.fitting; print('fsrs_rs_python' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"

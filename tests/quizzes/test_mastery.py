"""Mastery, as learners see it: nothing before a concept was met, then memory times ability."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.mastery import mastery
from quizzes.memory import Rating, review
from quizzes.skill import Skill

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MET = review(None, Rating.GOOD, NOON)


def test_what_was_never_met_has_no_mastery_which_is_not_nothing():
    assert mastery(None, Skill(3.0), Skill(), at=NOON) is None


@pytest.mark.parametrize(
    ("learner", "section", "days", "expected"),
    [(0.0, 0.0, 0, 0.5), (2.0, 0.0, 0, 0.88), (0.0, 2.0, 0, 0.88), (2.0, 0.0, 8, 0.70), (-2.0, 0.0, 8, 0.09)],
)
def test_mastery_is_what_is_remembered_times_what_is_able(learner, section, days, expected):
    at = NOON + timedelta(days=days)
    assert mastery(MET, Skill(learner), Skill(section), at=at) == pytest.approx(expected, abs=0.01)


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(0, 3000), st.floats(0, 3000))
def test_mastery_is_a_share_and_falls_until_the_next_review(learner, section, sooner, more):
    early, late = (
        mastery(MET, Skill(learner), Skill(section), at=NOON + timedelta(days=days)) for days in (sooner, sooner + more)
    )
    assert early is not None
    assert late is not None
    assert 0 <= late <= early <= 1
    again = review(MET, Rating.GOOD, NOON + timedelta(days=sooner + more))
    renewed = mastery(again, Skill(learner), Skill(section), at=again.reviewed_at)
    assert renewed is not None
    assert renewed >= late

"""The questions and challenges that are shipped: every one sound, every claim true, every verdict as declared.

One seed by default; `make soak` takes twenty.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Protocol

import pytest

from bot.content import claim_faults, grading_faults, static_faults
from challenges.grade import grade
from challenges.load import load_challenges
from challenges.model import Challenge, Verdict
from quizzes.claims import claims
from quizzes.items import Track
from quizzes.lint import lint
from quizzes.load import load_track
from runner import Job, Profile, Result

FOLDER = Path(__file__).parents[1] / "data" / "tracks" / "ai-machine-learning"
TRACK, TRACK_FAULTS = load_track(FOLDER)
BANK, BANK_FAULTS = load_challenges(FOLDER / "challenges")


class Boxes(Protocol):
    """Real boxes, with whatever isolation this host has."""

    async def run(self, job: Job) -> Result:
        """Run a job."""
        ...


@pytest.fixture
def track() -> Track:
    """The shipped track."""
    return TRACK


def test_every_file_can_be_read_and_keeps_the_rules() -> None:
    assert (TRACK_FAULTS, BANK_FAULTS, lint(TRACK)) == ([], [], [])


@pytest.mark.parametrize("challenge", BANK.values(), ids=BANK.keys())
def test_a_challenge_has_no_fault_that_shows_without_running(challenge: Challenge, track: Track) -> None:
    assert static_faults(challenge, track) == []


def test_there_is_enough_of_everything(track: Track) -> None:
    assert len(track.items) >= 90
    assert len(BANK) >= 18
    assert {challenge.level for challenge in BANK.values()} >= {"easy", "medium"}
    assert {challenge.profile for challenge in BANK.values()} == set(Profile)
    assert {challenge.section for challenge in BANK.values()} <= {section.slug for section in track.sections}


@pytest.mark.parametrize("profile", list(Profile))
async def test_what_questions_say_of_their_code_is_true(warm: Boxes, track: Track, profile: Profile) -> None:
    claimed = [claim for claim in claims(track) if claim.profile == profile]
    assert claimed
    assert await claim_faults(claimed, warm.run) == []


@pytest.mark.parametrize("challenge", BANK.values(), ids=BANK.keys())
async def test_a_challenge_gives_every_source_its_verdict(warm: Boxes, challenge: Challenge) -> None:
    assert await grading_faults(challenge, warm.run, [0]) == []


@pytest.mark.slow
@pytest.mark.parametrize("challenge", BANK.values(), ids=BANK.keys())
async def test_it_does_so_on_twenty_seeds(warm: Boxes, challenge: Challenge) -> None:
    assert await grading_faults(challenge, warm.run, range(1, 21)) == []


@pytest.mark.slow
@pytest.mark.parametrize("challenge", BANK.values(), ids=BANK.keys())
async def test_every_source_gets_its_verdict_as_a_submission(warm: Boxes, challenge: Challenge) -> None:
    async def verdict(source: str) -> Verdict:
        return (await grade(challenge, source, warm.run, itertools.count(100).__next__)).verdict

    assert await verdict(challenge.solution) is Verdict.ACCEPTED
    assert await verdict(challenge.starter) is not Verdict.ACCEPTED
    got = {wrong.name: await verdict(wrong.source) for wrong in challenge.wrong}
    assert got == {wrong.name: wrong.verdict for wrong in challenge.wrong}


@pytest.mark.parametrize("profile", list(Profile))
async def test_a_reference_of_every_profile_is_accepted_as_a_submission(warm: Boxes, profile: Profile) -> None:
    challenge = next(challenge for challenge in BANK.values() if challenge.profile is profile)
    report = await grade(challenge, challenge.solution, warm.run, itertools.count(7).__next__)
    assert (report.verdict, report.detail) == (Verdict.ACCEPTED, "")

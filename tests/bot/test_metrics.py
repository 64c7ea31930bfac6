"""Figures: the names operators rely on, and labels that no input can make more of."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bot.measured import measured_run
from bot.measuring import Silent
from bot.metrics import ANSWERS, KINDS, OUTCOMES, PLATFORMS, PROFILES, VERDICTS, Metrics
from bot.store import Store
from bot.upkeep import JOBS
from challenges.model import Verdict
from runner import Isolation, Job, Outcome, Profile, Result

DOCUMENT = Path(__file__).parents[2] / ".github" / "OPERATIONS.md"
FORBIDDEN = {"guild", "user", "group", "channel", "name", "id", "text", "command"}
NAMES = {
    "bot_interactions_total", "bot_interaction_handling_seconds", "bot_interaction_ack_seconds", "bot_deliveries_total",
    "bot_delivery_lag_seconds", "bot_run_seconds", "bot_grading_seconds", "bot_db_write_seconds", "bot_db_batch_size",
    "bot_upkeep_total",
}  # fmt: skip


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by name and labels, but for the times they were made."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_what_happens_is_counted_under_the_names_that_are_documented() -> None:
    metrics = Metrics(["back up"])
    metrics.answered("discord", "answered", 0.2)
    metrics.acknowledged("slack", 0.1)
    metrics.delivered("question", "sent", 3)
    metrics.ran("sklearn", "timeout", 10)
    metrics.graded("torch", "accepted", 2)
    metrics.wrote(0.002, 7)
    metrics.kept("back up", ok=False)
    found = samples(metrics)
    assert found["bot_interactions_total", (("outcome", "answered"), ("platform", "discord"))] == 1
    assert found["bot_interaction_handling_seconds_sum", (("platform", "discord"),)] == 0.2
    assert found["bot_interaction_ack_seconds_count", (("platform", "slack"),)] == 1
    assert found["bot_deliveries_total", (("kind", "question"), ("outcome", "sent"))] == 1
    assert found["bot_delivery_lag_seconds_sum", (("kind", "question"),)] == 3
    assert found["bot_run_seconds_count", (("outcome", "timeout"), ("profile", "sklearn"))] == 1
    assert found["bot_grading_seconds_count", (("outcome", "accepted"), ("profile", "torch"))] == 1
    assert (found["bot_db_write_seconds_count", ()], found["bot_db_batch_size_sum", ()]) == (1, 7)
    assert found["bot_upkeep_total", (("job", "back up"), ("outcome", "failed"))] == 1
    told = set(re.findall(r"`(bot_\w+)", DOCUMENT.read_text("utf-8")))
    assert told >= NAMES


def test_names_follow_the_conventions() -> None:
    """Base units, and a total is called one."""
    for name in NAMES:
        assert re.fullmatch(r"bot_[a-z_]+_(total|seconds|size)", name)


ANYTHING = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ANYTHING, ANYTHING, st.floats(0, 1e6)), max_size=30))
def test_no_input_makes_more_labels_than_there_are_words(said: list[tuple[str, str, float]]) -> None:
    metrics = Metrics(["back up"])
    for one, other, number in said:
        metrics.answered(one, other, number)
        metrics.acknowledged(one, number)
        metrics.delivered(one, other, number)
        metrics.ran(one, other, number)
        metrics.graded(one, other, number)
        metrics.kept(one, ok=True)
    words = ANSWERS | KINDS | OUTCOMES | PLATFORMS | PROFILES | VERDICTS | {"other", "ok", "back up", "sent", "skipped"}
    labels = [(key, value) for _, pairs in samples(metrics) for key, value in pairs if key != "le"]
    assert {value for _, value in labels} <= words | {"put_off", "failed"}
    assert not {key for key, _ in labels} & FORBIDDEN


def test_all_words_together_stay_a_bounded_number_of_series() -> None:
    """What a Prometheus has to keep, whatever a bot lives through."""
    metrics = Metrics([job.name for job in JOBS])
    for platform in [*PLATFORMS, "x", "y"]:
        for outcome in [*ANSWERS, "x", "y"]:
            metrics.answered(platform, outcome, 1)
        metrics.acknowledged(platform, 1)
    for kind in [*KINDS, "x"]:
        for outcome in ("sent", "skipped", "put_off", "failed", "x", "y"):
            metrics.delivered(kind, outcome, 1)
    for profile in [*Profile, "x", "y"]:
        for outcome in [*Outcome, *Verdict, "x", "y"]:
            metrics.ran(profile, outcome, 1)
            metrics.graded(profile, outcome, 1)
    assert len(samples(metrics)) < 2_000


def test_a_lag_counts_only_what_arrived_and_is_never_negative() -> None:
    metrics = Metrics()
    metrics.delivered("recap", "put_off", 500)
    metrics.delivered("recap", "sent", -3)
    found = samples(metrics)
    assert found["bot_delivery_lag_seconds_count", (("kind", "recap"),)] == 1
    assert found["bot_delivery_lag_seconds_sum", (("kind", "recap"),)] == 0


def test_what_is_looked_up_is_looked_up_each_time() -> None:
    metrics, values = Metrics(), iter([1.0, math.nan])
    metrics.watch("bot_backup_age_seconds", "Since the newest backup.", lambda: next(values))
    assert samples(metrics)["bot_backup_age_seconds", ()] == 1.0
    assert math.isnan(samples(metrics)["bot_backup_age_seconds", ()])


def test_two_meters_share_nothing() -> None:
    one, other = Metrics(), Metrics()
    one.wrote(1, 1)
    assert samples(other)["bot_db_write_seconds_count", ()] == 0


async def test_the_writer_tells_each_commit(tmp_path: Path, clock) -> None:
    metrics = Metrics()
    store = await Store.open(tmp_path / "a.db", now=clock, meter=metrics)
    for name in ("ann", "ben"):
        await store.ensure_user("discord", name, name)
    await store.close()
    found = samples(metrics)
    assert (found["bot_db_write_seconds_count", ()], found["bot_db_batch_size_sum", ()]) == (2, 2)


async def test_runs_are_told_by_what_became_of_them() -> None:
    async def run(job: Job) -> Result:
        return Result(outcome=Outcome.MEMORY, isolation=Isolation.REDUCED)

    metrics = Metrics()
    await measured_run(run, metrics)(Job(source="x = 1", profile=Profile.NUMPY))
    assert samples(metrics)["bot_run_seconds_count", (("outcome", "memory"), ("profile", "numpy"))] == 1


async def test_requests_are_told_by_platform_and_how_they_ended(start) -> None:
    chat, metrics = start(), Metrics()
    object.__setattr__(chat.dispatcher.services, "meter", metrics)
    await chat.say("/daily")
    await chat.say("x" * 200_000)
    await chat.store.close()
    await chat.say("/daily")
    found = {key[1][0][1]: value for key, value in samples(metrics).items() if key[0] == "bot_interactions_total"}
    assert found == {"answered": 1, "refused": 1, "store": 1}


@pytest.mark.parametrize("word", [name for name in vars(Silent) if not name.startswith("_")])
def test_silence_understands_all_that_a_meter_does(word: str) -> None:
    assert callable(getattr(Metrics, word))

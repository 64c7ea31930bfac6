"""The figures an operator's Prometheus reads: their names, their labels, and how they are counted. In base units.

The only place that knows `prometheus_client`; it has a registry of its own. A label says what kind of thing happened, never
to whom or where: a word that is none of those known here is counted as `other`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.messages import PLATFORM_NAMES
from bot.schedule.kinds import Kind
from challenges.model import Verdict
from runner import Outcome, Profile

OTHER = "other"
PLATFORMS = frozenset(PLATFORM_NAMES)
ANSWERS = frozenset({"answered", "refused", "no_isolation", "content", "store", "failed"})
DELIVERIES = frozenset({"sent", "skipped", "put_off", "failed"})
KINDS, PROFILES = frozenset(map(str, Kind)), frozenset(map(str, Profile))
OUTCOMES, VERDICTS = frozenset(map(str, Outcome)), frozenset(map(str, Verdict))
CONTENT_TYPE = CONTENT_TYPE_LATEST

_QUICK_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_REPLY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30)
_RUN_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LAG_S = (0.5, 1, 2.5, 5, 10, 30, 60, 240, 900, 3600, 6 * 3600)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counts what happens, as `bot.measuring.Meter` says it, and shows it as text.

    Args:
        jobs: the names of the upkeep there is.
    """

    def __init__(self, jobs: Collection[str] = ()) -> None:
        self._registry = registry = CollectorRegistry()
        self._jobs = frozenset(jobs)
        self._interactions = Counter(
            "bot_interactions", "Requests, by how they ended.", ("platform", "outcome"), registry=registry
        )
        self._handling = Histogram(
            "bot_interaction_handling_seconds",
            "From a request's arrival to its reply.",
            ("platform",),
            registry=registry,
            buckets=_REPLY_S,
        )
        self._ack = Histogram(
            "bot_interaction_ack_seconds",
            "From an event's arrival here to the first answer being with the platform.",
            ("platform",),
            registry=registry,
            buckets=_REPLY_S,
        )
        self._deliveries = Counter(
            "bot_deliveries", "Attempts at posts, by what became of them.", ("kind", "outcome"), registry=registry
        )
        self._lag = Histogram(
            "bot_delivery_lag_seconds",
            "From when a post was due to its arrival.",
            ("kind",),
            registry=registry,
            buckets=_LAG_S,
        )
        self._run = Histogram(
            "bot_run_seconds", "Runs of code in a box.", ("profile", "outcome"), registry=registry, buckets=_RUN_S
        )
        self._grading = Histogram(
            "bot_grading_seconds", "Submissions judged.", ("profile", "outcome"), registry=registry, buckets=_RUN_S
        )
        self._write = Histogram("bot_db_write_seconds", "Commits.", registry=registry, buckets=_QUICK_S)
        self._batch = Histogram(
            "bot_db_batch_size", "Operations made durable by one commit.", registry=registry, buckets=_BATCH
        )
        self._upkeep = Counter("bot_upkeep", "Upkeep, by job and how it went.", ("job", "outcome"), registry=registry)

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Show what a function says at the time somebody asks, under a name of ours."""
        Gauge(name, help_text, registry=self._registry).set_function(read)

    def text(self) -> bytes:
        """All figures, in Prometheus' text format."""
        return generate_latest(self._registry)

    def answered(self, platform: str, outcome: str, seconds: float) -> None:
        """Count a request."""
        where = _known(platform, PLATFORMS)
        self._interactions.labels(where, _known(outcome, ANSWERS)).inc()
        self._handling.labels(where).observe(seconds)

    def acknowledged(self, platform: str, seconds: float) -> None:
        """Count how long a platform waited for our acknowledgement."""
        self._ack.labels(_known(platform, PLATFORMS)).observe(max(0.0, seconds))

    def delivered(self, kind: str, outcome: str, lag_s: float) -> None:
        """Count an attempt at a post; the lag counts once it arrived."""
        what = _known(kind, KINDS)
        self._deliveries.labels(what, _known(outcome, DELIVERIES)).inc()
        if outcome == "sent":
            self._lag.labels(what).observe(max(0.0, lag_s))

    def ran(self, profile: str, outcome: str, seconds: float) -> None:
        """Count one run."""
        self._run.labels(_known(profile, PROFILES), _known(outcome, OUTCOMES)).observe(seconds)

    def graded(self, profile: str, outcome: str, seconds: float) -> None:
        """Count one submission."""
        self._grading.labels(_known(profile, PROFILES), _known(outcome, VERDICTS)).observe(seconds)

    def wrote(self, seconds: float, operations: int) -> None:
        """Count one commit."""
        self._write.observe(seconds)
        self._batch.observe(operations)

    def kept(self, job: str, *, ok: bool) -> None:
        """Count one piece of upkeep."""
        self._upkeep.labels(_known(job, self._jobs), "ok" if ok else "failed").inc()


def _known(word: str, words: frozenset[str]) -> str:
    return word if word in words else OTHER

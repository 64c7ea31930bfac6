"""Mistakes that look alike: wrong typed answers and failed code, put into clusters.

Pure and deterministic. Texts become TF-IDF vectors (character n-grams of answers, n-grams of the structure of code), beside
them the marks of a mistake: its misconception, which cases failed, the exception. Clusters are agglomerative with average
linkage under a cosine distance. scikit-learn takes over a second to import, so it is imported at the first use: call
`find_clusters` in a thread.
"""

from __future__ import annotations

import importlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.insight.code import code_tokens

NEAR = 0.35
"""Average cosine distance up to which two clusters are one. Chosen on our own wrong solutions in other disguises than the tests’."""
NAME_WEIGHT, FAILURE_WEIGHT = 2.0, 0.6
"""How much a shared misconception and a shared way to fail count beside the text, which counts one: authors name a
misconception with care, so it decides alone; many different mistakes fail on the same cases."""
MOST = 400
"""Mistakes of one item that are compared; distances take the square of it."""
LEAST_NAMED = 0.5
"""The share of a cluster that has to be tagged with a misconception for it to bear that name."""
_SPAN = (1, 3)
_FAULT = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Iteration|Interrupt|Exit))\b")


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake: whose it is (only to count people), in what, its text, and what is known of it.

    `model` marks an author's known wrong solution: it names the cluster it falls into and is not counted.
    """

    learner: int
    thing: str  # the id of the item, or the slug of the challenge
    text: str
    code: bool = False
    misconceptions: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    model: bool = False


@dataclass(frozen=True, slots=True)
class Cluster:
    """Mistakes in one thing that look alike, the most typical first; `misconception` is "" when it is not known."""

    thing: str
    slips: tuple[Slip, ...]
    misconception: str

    @property
    def size(self) -> int:
        """How many mistakes."""
        return len(self.slips)

    @property
    def learners(self) -> int:
        """How many people made them."""
        return len({slip.learner for slip in self.slips})


def signature(report_json: str, verdict: str) -> tuple[str, ...]:
    """Say how code failed, from its stored report: the verdict, the visible cases that failed, the exceptions."""
    report = json.loads(report_json)
    failed = [case for case in report.get("cases", ()) if case.get("verdict") != "accepted"]
    faults = {fault for case in failed for fault in _FAULT.findall(str(case.get("message", "")))}
    return (
        f"verdict {verdict}",
        *(f"case {case.get('name')} {case.get('verdict')}" for case in failed),
        *sorted(f"raised {fault}" for fault in faults),
    )


def find_clusters(slips: Sequence[Slip]) -> list[Cluster]:
    """Put mistakes into clusters, thing by thing, the largest first. Slow the first time: call it in a thread."""
    by_thing: dict[tuple[bool, str], list[Slip]] = {}
    for slip in slips:
        by_thing.setdefault((slip.code, slip.thing), []).append(slip)
    found = [cluster for _, some in sorted(by_thing.items()) for cluster in _clusters(some[:MOST])]
    return sorted(found, key=lambda one: (-one.learners, -one.size, one.thing, one.slips[0].text))


def _clusters(slips: list[Slip]) -> list[Cluster]:
    ordered = sorted(slips, key=lambda slip: (slip.text, slip.misconceptions, slip.signature, slip.learner, slip.model))
    near = similarities(ordered)
    labels = group_labels(near)
    groups = [[n for n, label in enumerate(labels) if label == group] for group in sorted(set(labels))]
    made = (_cluster([ordered[n] for n in _typical_first(group, near)]) for group in groups)
    return [cluster for cluster in made if cluster is not None]


def _typical_first(group: list[int], near: NDArray[np.float64]) -> list[int]:
    return sorted(group, key=lambda n: (-round(float(near[n, group].sum()), 9), n))


def _cluster(slips: list[Slip]) -> Cluster | None:
    own = tuple(slip for slip in slips if not slip.model)
    return Cluster(own[0].thing, own, _misconception(slips)) if own else None


def _misconception(slips: list[Slip]) -> str:
    """Name what most are tagged with, else the known wrong solution that lies nearest to the middle."""
    own = [slip for slip in slips if not slip.model]
    tags = Counter(name for slip in own for name in slip.misconceptions)
    if tags:
        name, n = min(tags.items(), key=lambda pair: (-pair[1], pair[0]))
        if n >= LEAST_NAMED * len(own):
            return name
    return next((name for slip in slips if slip.model for name in slip.misconceptions), "")


def similarities(slips: Sequence[Slip]) -> NDArray[np.float64]:
    """How alike mistakes in one thing are, 0 to 1, pair by pair: by text, and by the marks both of a pair have."""
    total = _cosines([_text_features(slip) for slip in slips])
    weight = np.ones_like(total)
    named, failed = [list(slip.misconceptions) for slip in slips], [list(slip.signature) for slip in slips]
    for marks, counts_for in ((named, NAME_WEIGHT), (failed, FAILURE_WEIGHT)):
        has = np.array([bool(some) for some in marks])
        both = np.outer(has, has) * counts_for
        total = total + both * _cosines(marks)
        weight = weight + both
    return np.asarray(total / weight)


def group_labels(near: NDArray[np.float64]) -> list[int]:
    """Cluster by average linkage: one label per mistake."""
    if len(near) < 2:
        return [0] * len(near)
    cluster: Any = importlib.import_module("sklearn.cluster")
    merging = cluster.AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=NEAR
    )
    return [int(label) for label in merging.fit_predict(np.clip(1 - near, 0, 1))]


def _cosines(documents: list[list[str]]) -> NDArray[np.float64]:
    """Cosines of TF-IDF vectors. What every document has tells nothing and counts nothing; two without the rest are equal."""
    extraction: Any = importlib.import_module("sklearn.feature_extraction.text")
    if not any(documents):
        return np.ones((len(documents), len(documents)))
    counts = extraction.CountVectorizer(analyzer=_as_is).fit_transform(documents)
    seen_in = np.asarray((counts > 0).sum(axis=0)).ravel()
    counts = counts[:, seen_in < len(documents)]
    if counts.shape[1] == 0:
        return np.ones((len(documents), len(documents)))
    weights = extraction.TfidfTransformer(sublinear_tf=True).fit_transform(counts)
    cosines = np.asarray((weights @ weights.T).todense(), dtype=float)
    empty = np.asarray(counts.sum(axis=1)).ravel() == 0
    cosines[np.ix_(empty, empty)] = 1.0
    return cosines


def _as_is(document: list[str]) -> list[str]:
    return document


def _text_features(slip: Slip) -> list[str]:
    pieces = code_tokens(slip.text) if slip.code else list(plain(slip.text))
    glue = " " if slip.code else ""
    low, high = _SPAN
    return [glue.join(pieces[n : n + k]) for k in range(low, high + 1) for n in range(len(pieces) - k + 1)]


def plain(text: str) -> str:
    """Write a typed answer one way: numbers in full, spaces and case of no account."""
    squeezed = " ".join(text.casefold().split())
    try:
        return f"{float(squeezed.replace(',', '')):.10g}"
    except ValueError:
        return f"^{squeezed}$"

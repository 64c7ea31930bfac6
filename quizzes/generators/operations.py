"""Families about models in production: drift, latency, canaries, quantisation."""

from __future__ import annotations

import random
from itertools import accumulate
from math import log, sqrt

from quizzes.generators.drawn import Drawn, listed


def psi_bin(rng: random.Random) -> Drawn:
    """One bin's part of the population stability index: (actual - expected) * ln(actual / expected).

    Params: expected (share in training, percent), actual (share now, percent)
    Wrong: no_weight (the logarithm alone), divergence (actual * ln(actual / expected)), difference (actual -
        expected as shares)
    """
    expected, actual = rng.sample((5, 10, 15, 20, 25, 30, 40, 50), 2)
    e, a = expected / 100, actual / 100
    ratio = log(a / e)
    return Drawn(
        {"expected": expected, "actual": actual},
        (a - e) * ratio,
        {"no_weight": ratio, "divergence": a * ratio, "difference": a - e},
    )


def ks_statistic(rng: random.Random) -> Drawn:
    """Kolmogorov-Smirnov statistic of binned data: the largest gap between the cumulative shares.

    Params: reference (percent in four bins), current (percent in the same bins)
    Wrong: biggest_bin (the largest gap of one bin), summed (all gaps of bins added), last_bin (the gap of the last bin)
    """
    reference, current = ([10 * x for x in _tenths(rng)] for _ in range(2))
    gaps = [(c - r) / 100 for r, c in zip(reference, current, strict=True)]
    largest = max(abs(x) for x in accumulate(gaps))
    wrong = {"biggest_bin": max(map(abs, gaps)), "summed": sum(map(abs, gaps)), "last_bin": abs(gaps[-1])}
    return Drawn({"reference": listed(reference), "current": listed(current)}, round(largest, 9), wrong)


def _tenths(rng: random.Random) -> list[int]:
    cuts = sorted(rng.sample(range(1, 10), 3))
    return [b - a for a, b in zip([0, *cuts], [*cuts, 10], strict=True)]


def p95_from_counts(rng: random.Random) -> Drawn:
    """95th percentile from a latency histogram, interpolated inside its bucket.

    Params: n50 (requests of 0-50 ms), n100 (50-100 ms), n200 (100-200 ms), n400 (200-400 ms), total (all of them)
    Wrong: upper_bound (the bucket's upper end), mean (by bucket middles), median (the 50th percentile)
    """
    counts = [rng.choice(some) for some in ((80, 90, 100, 110), (30, 40, 50), (20, 24, 30), (12, 16, 20))]
    edges, total = (0, 50, 100, 200, 400), sum(counts)
    middles = sum(c * (edges[i] + edges[i + 1]) / 2 for i, c in enumerate(counts)) / total
    value, upper = _percentile(counts, edges, 0.95 * total)
    wrong = {"upper_bound": upper, "mean": middles, "median": _percentile(counts, edges, 0.5 * total)[0]}
    shown = dict(zip(("n50", "n100", "n200", "n400"), counts, strict=True)) | {"total": total}
    return Drawn(shown, value, wrong)


def _percentile(counts: list[int], edges: tuple[int, ...], target: float) -> tuple[float, float]:
    totals = list(accumulate(counts))
    i = next(i for i, total in enumerate(totals) if total >= target)
    share = (target - (totals[i] - counts[i])) / counts[i]
    return edges[i] + (edges[i + 1] - edges[i]) * share, float(edges[i + 1])


def canary_z(rng: random.Random) -> Drawn:
    """z of two error rates with equal traffic: (p_new - p_old) / sqrt(2 p (1 - p) / n), p pooled.

    Params: n (requests to each version), errors_old (of the old version), errors_new (of the canary)
    Wrong: one_sample (the old version's noise forgotten: sqrt(2) times too large), ratio (errors_new /
        errors_old), difference (of the rates)
    """
    n, old = rng.choice((1000, 2000, 5000)), rng.randint(10, 40)
    new = old + rng.randint(5, 30)
    p, gap = (old + new) / (2 * n), (new - old) / n
    noise = sqrt(p * (1 - p) / n)
    wrong = {"one_sample": gap / noise, "ratio": new / old, "difference": gap}
    return Drawn({"n": n, "errors_old": old, "errors_new": new}, gap / noise / sqrt(2), wrong)


def quantise_scale(rng: random.Random) -> Drawn:
    """Scale of symmetric int8 quantisation: the largest absolute weight / 127.

    Params: low (the smallest weight, negative), high (the largest weight)
    Wrong: affine ((high - low) / 255), smaller_side (the smaller absolute end / 127), by_bits (divided by 8)
    """
    low, high = -rng.randint(2, 50) / 10, rng.randint(2, 50) / 10
    big, small = max(-low, high), min(-low, high)
    wrong = {"affine": (high - low) / 255, "smaller_side": small / 127, "by_bits": big / 8}
    return Drawn({"low": low, "high": high}, big / 127, wrong)


def batch_staleness(rng: random.Random) -> Drawn:
    """Greatest age in hours of the data behind a batch score: delay + every.

    Params: every (hours from one reading of the data to the next), delay (hours from reading to publishing)
    Wrong: interval (every alone), at_publishing (delay alone), difference (every - delay)
    """
    every, delay = rng.choice((6, 8, 12, 24)), rng.randint(1, 5)
    wrong = {"interval": every, "at_publishing": delay, "difference": every - delay}
    return Drawn({"every": every, "delay": delay}, every + delay, wrong)


def pipeline_minutes(rng: random.Random) -> Drawn:
    """Shortest run of a pipeline whose two middle steps may run side by side: extract + max(features, labels) + train.

    Params: extract, features, labels, train (minutes of each step; the middle two wait for extract, train for both)
    Wrong: one_by_one (all steps added), first_done (train begins after the quicker middle step), longest (the longest
        step alone)
    """
    extract, features, labels, train = rng.sample(range(4, 31), 4)
    wrong = {
        "one_by_one": extract + features + labels + train,
        "first_done": extract + min(features, labels) + train,
        "longest": max(extract, features, labels, train),
    }
    shown = {"extract": extract, "features": features, "labels": labels, "train": train}
    return Drawn(shown, extract + max(features, labels) + train, wrong)

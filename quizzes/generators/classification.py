"""Families about judging classifiers: confusion counts, ranking by score, gaps between groups."""

from __future__ import annotations

import random

from quizzes.generators.drawn import Drawn, listed


def _counts(rng: random.Random) -> tuple[int, int, int]:
    flagged = rng.choice((20, 25, 40, 50, 80, 100))
    tp = flagged * rng.randint(8, 18) // 20
    return tp, flagged - tp, rng.randint(3, 60)


def confusion_precision(rng: random.Random) -> Drawn:
    """Precision: tp / flagged.

    Params: flagged (everything called positive), tp (of them rightly), fn (positives missed)
    Wrong: recall (tp / (tp + fn)), accuracy_like (tp / (flagged + fn)), false_share (the wrongly flagged share)
    """
    tp, fp, fn = _counts(rng)
    wrong = {"recall": tp / (tp + fn), "accuracy_like": tp / (tp + fp + fn), "false_share": fp / (tp + fp)}
    return Drawn({"flagged": tp + fp, "tp": tp, "fn": fn}, tp / (tp + fp), wrong)


def confusion_recall(rng: random.Random) -> Drawn:
    """Recall: tp / (tp + fn).

    Params: tp (found rightly), fp (false alarms), fn (missed), positives (tp + fn)
    Wrong: precision (tp / (tp + fp)), accuracy_like (tp / (tp + fp + fn)), miss_rate (fn / (tp + fn))
    """
    tp, fp, fn = _counts(rng)
    wrong = {"precision": tp / (tp + fp), "accuracy_like": tp / (tp + fp + fn), "miss_rate": fn / (tp + fn)}
    return Drawn({"tp": tp, "fp": fp, "fn": fn, "positives": tp + fn}, tp / (tp + fn), wrong)


def confusion_f1(rng: random.Random) -> Drawn:
    """F1, the harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn).

    Params: tp (found rightly), fp (false alarms), fn (missed)
    Wrong: mean (the plain mean of the two), precision (tp / (tp + fp)), recall (tp / (tp + fn)), product (P times R)
    """
    tp, fp, fn = _counts(rng)
    p, r = tp / (tp + fp), tp / (tp + fn)
    wrong = {"mean": (p + r) / 2, "precision": p, "recall": r, "product": p * r}
    return Drawn({"tp": tp, "fp": fp, "fn": fn}, 2 * tp / (2 * tp + fp + fn), wrong)


def error_reduction(rng: random.Random) -> Drawn:
    """Percent of a baseline's errors that a model removes: (model - baseline) / (100 - baseline), in percents right.

    Params: baseline (percent right of the trivial answer), model (percent right of the model)
    Wrong: points (the difference itself), relative (the difference / baseline), left (the errors that are left)
    """
    baseline, percent = rng.choice((60, 70, 75, 80, 90, 95)), rng.choice((20, 40, 60, 80))
    gain = (100 - baseline) * percent // 100
    wrong = {"points": float(gain), "relative": 100 * gain / baseline, "left": 100.0 - percent}
    return Drawn({"baseline": baseline, "model": baseline + gain}, float(percent), wrong)


def auc_pairs(rng: random.Random) -> Drawn:
    """ROC AUC: the share of (positive, negative) pairs ranked rightly, a tie counting half.

    Params: positives (four scores of positive rows), negatives (four scores of negative rows, one tied with a positive)
    Wrong: ties_lost (ties count nothing), accuracy (share right at threshold 0.5), inverted (1 - AUC)
    """
    positives = sorted(rng.sample(range(35, 98), 4), reverse=True)
    negatives = sorted([*rng.sample(range(5, 80), 3), rng.choice(positives)], reverse=True)
    wins = sum(p > n for p in positives for n in negatives)
    ties = sum(p == n for p in positives for n in negatives)
    right = sum(p >= 50 for p in positives) + sum(n < 50 for n in negatives)
    auc = (wins + ties / 2) / 16
    shown = {"positives": listed([p / 100 for p in positives]), "negatives": listed([n / 100 for n in negatives])}
    return Drawn(shown, auc, {"ties_lost": wins / 16, "accuracy": right / 8, "inverted": 1 - auc})


def fairness_gap(rng: random.Random) -> Drawn:
    """Demographic parity gap: |approved_a / total_a - approved_b / total_b|.

    Params: approved_a (approvals in group A), total_a (its size), approved_b (approvals in group B), total_b (its size)
    Wrong: ratio (lower rate / higher rate), of_all (difference of counts / everybody), overall (approval rate of all)
    """
    total_a, total_b = rng.choice((200, 300, 400, 500)), rng.choice((50, 80, 100))
    rate_a, rate_b = rng.randint(10, 18) / 20, rng.randint(3, 9) / 20
    a, b = round(total_a * rate_a), round(total_b * rate_b)
    low, high = sorted((a / total_a, b / total_b))
    wrong = {"ratio": low / high, "of_all": (a - b) / (total_a + total_b), "overall": (a + b) / (total_a + total_b)}
    shown = {"approved_a": a, "total_a": total_a, "approved_b": b, "total_b": total_b}
    return Drawn(shown, high - low, wrong)

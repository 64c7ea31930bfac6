"""Makes labels and predictions with a known number of hits, misses and false alarms, so that no two scores agree by luck."""
import numpy as np


def labelled(rng: np.random.Generator, hits: int, false_alarms: int, misses: int, rest: int, names: tuple) -> tuple:
    """Shuffled (truth, predicted, positive) with exactly these counts; the first of `names` is the positive label."""
    positive, *others = names
    other = others[int(rng.integers(len(others)))]
    pairs = [(positive, positive)] * hits + [(other, positive)] * false_alarms + [(positive, other)] * misses
    pairs += [(others[i % len(others)], others[-1]) for i in range(rest)]
    pairs = [pairs[i] for i in rng.permutation(len(pairs))]
    return [truth for truth, _ in pairs], [predicted for _, predicted in pairs], positive


def cases(rng: np.random.Generator):
    yield "two flagged, one rightly", True, (
        ["spam", "spam", "ham", "spam", "ham"], ["spam", "ham", "spam", "ham", "ham"], "spam")
    yield "nothing was flagged", True, (["ham", "spam", "ham"], ["ham", "ham", "ham"], "spam")
    yield "whole numbers, three classes", True, ([0, 2, 2, 1, 0, 2, 1], [2, 2, 0, 2, 0, 2, 2], 2)
    few, some, many = sorted(int(n) for n in rng.choice(np.arange(2, 30), size=3, replace=False))
    yield "more misses than false alarms", False, labelled(rng, some, few, many, 40, ("yes", "no"))
    yield "more false alarms than misses", False, labelled(rng, some, many, few, 40, (1, 0))
    yield "a rare class among many negatives", False, labelled(rng, few, many, 1, 400, ("ill", "well", "unsure"))
    yield "nothing is positive", False, labelled(rng, 0, few, 0, some, (1, 0, 2))
    yield "everything flagged", False, labelled(rng, few, many, 0, 0, ("cat", "dog"))
    yield "flagged, but no hit", False, labelled(rng, 0, few, some, many, ("a", "b", "c"))
    yield "labels that look alike", False, labelled(rng, some, few, many, 30, ("cat", "Cat", "cat ", "catfish", "at"))
    yield "all right", False, labelled(rng, many, 0, 0, few, (0, 1))
    yield "the class occurs nowhere", False, (*labelled(rng, 3, 2, 1, 4, ("x", "y"))[:2], "z")
    yield "empty lists", False, ([], [], "spam")


def check(args, returned, reference):
    """Name the first score that differs."""
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        return "Return three numbers: precision, recall, F1."
    try:
        mine = [float(score) for score in returned]
    except (TypeError, ValueError, OverflowError):
        return "Each score should be a number."
    for name, score, right in zip(("Precision", "Recall", "F1"), mine, reference, strict=True):
        if not np.isclose(score, right, rtol=1e-9, atol=1e-12):
            return f"{name} should be {right:.4g}; yours is {score:.4g}."
    return None

"""Families about impurity: what a decision tree weighs before it splits."""

from __future__ import annotations

import random
from math import log, log2

from quizzes.generators.drawn import Drawn


def _entropy(*counts: int) -> float:
    total = sum(counts)
    return -sum(c / total * log2(c / total) for c in counts if c)


def entropy_binary(rng: random.Random) -> Drawn:
    """Entropy of a node in bits: -p log2 p - q log2 q.

    Params: positives (rows of one class), negatives (rows of the other)
    Wrong: nats (natural logarithm), gini (1 - p squared - q squared), one_term (the positive class alone)
    """
    total = rng.choice((8, 10, 16, 20))
    positives = rng.randint(1, total // 2 - 1)
    p, bits = positives / total, _entropy(positives, total - positives)
    wrong = {"nats": bits * log(2), "gini": 2 * p * (1 - p), "one_term": -p * log2(p)}
    return Drawn({"positives": positives, "negatives": total - positives}, bits, wrong)


def gini_impurity(rng: random.Random) -> Drawn:
    """Gini impurity of three classes: 1 - the sum of squared shares.

    Params: a, b, c (rows of the three classes), total (all rows)
    Wrong: sum_of_squares (without 1 -), error (1 - the largest share), entropy (in bits)
    """
    a, b, c = rng.randint(2, 9), rng.randint(1, 6), rng.randint(1, 6)
    total = a + b + c
    same = (a * a + b * b + c * c) / total**2
    wrong = {"sum_of_squares": same, "error": 1 - max(a, b, c) / total, "entropy": _entropy(a, b, c)}
    return Drawn({"a": a, "b": b, "c": c, "total": total}, 1 - same, wrong)


def information_gain(rng: random.Random) -> Drawn:
    """Information gain of a split in bits: parent entropy - the children's, weighted by their sizes.

    Params: left_pos, left_neg (classes in the left child), right_pos, right_neg (classes in the right child)
    Wrong: unweighted (children averaged plainly), children_only (not subtracted from the parent), parent_only
        (parent entropy)
    """
    left, right = (rng.randint(6, 12), rng.randint(1, 3)), (rng.randint(1, 2), rng.randint(3, 5))
    n, parent = sum(left + right), _entropy(left[0] + right[0], left[1] + right[1])
    inside = (sum(left) * _entropy(*left) + sum(right) * _entropy(*right)) / n
    plain = (_entropy(*left) + _entropy(*right)) / 2
    wrong = {"unweighted": parent - plain, "children_only": inside, "parent_only": parent}
    names = ("left_pos", "left_neg", "right_pos", "right_neg")
    return Drawn(dict(zip(names, left + right, strict=True)), parent - inside, wrong)

"""Families about errors and losses: regression scores, softmax, cross-entropy, hinge."""

from __future__ import annotations

import random
from math import exp, log, log2, sqrt

from quizzes.generators.drawn import Drawn, listed


def _pairs(rng: random.Random) -> tuple[list[int], list[int], list[int]]:
    truth = [rng.randint(2, 20) for _ in range(4)]
    errors = [rng.choice((-4, -3, -2, -1, 1, 2, 3, 4)) for _ in range(4)]
    return truth, [t + e for t, e in zip(truth, errors, strict=True)], errors


def mse(rng: random.Random) -> Drawn:
    """Mean squared error of four predictions.

    Params: truth (four true values), guess (four predictions)
    Wrong: mae (absolute instead of squared), rmse (its root), total (not divided by four)
    """
    truth, guess, errors = _pairs(rng)
    total = sum(e * e for e in errors)
    wrong = {"mae": sum(map(abs, errors)) / 4, "rmse": sqrt(total / 4), "total": float(total)}
    return Drawn({"truth": listed(truth), "guess": listed(guess)}, total / 4, wrong)


def mae(rng: random.Random) -> Drawn:
    """Mean absolute error of four predictions.

    Params: truth (four true values), guess (four predictions)
    Wrong: signed (mean of guess - truth, so signs cancel), rmse (root of the mean square), total (not divided by four)
    """
    truth, guess, errors = _pairs(rng)
    total = sum(map(abs, errors))
    wrong = {"signed": sum(errors) / 4, "rmse": sqrt(sum(e * e for e in errors) / 4), "total": float(total)}
    return Drawn({"truth": listed(truth), "guess": listed(guess)}, total / 4, wrong)


def r2_score(rng: random.Random) -> Drawn:
    """R squared: 1 - squared errors of the model / squared errors of predicting the mean.

    Params: ss_res (sum of squared errors of the model), ss_tot (of predicting the mean), n (rows)
    Wrong: unexplained (ss_res / ss_tot), inverted (1 - ss_tot / ss_res), mean_error (ss_res / n)
    """
    total, n = rng.choice((80, 100, 120, 200, 250, 400)), rng.choice((8, 10, 20))
    rest = total * rng.choice((10, 15, 20, 25, 30, 40, 60, 70, 120, 130, 150)) // 100
    wrong = {"unexplained": rest / total, "inverted": 1 - total / rest, "mean_error": rest / n}
    return Drawn({"ss_res": rest, "ss_tot": total, "n": n}, 1 - rest / total, wrong)


def softmax_probability(rng: random.Random) -> Drawn:
    """Softmax probability of the first of three logits: exp(a) / (exp(a) + exp(b) + exp(c)).

    Params: a, b, c (the three logits, all positive)
    Wrong: proportional (a / (a + b + c)), sigmoid (1 / (1 + exp(-a))), last (the probability of c)
    """
    a, b, c = rng.sample((0.5, 1.0, 1.5, 2.0, 2.5, 3.0), 3)
    total = exp(a) + exp(b) + exp(c)
    wrong = {"proportional": a / (a + b + c), "sigmoid": 1 / (1 + exp(-a)), "last": exp(c) / total}
    return Drawn({"a": a, "b": b, "c": c}, exp(a) / total, wrong)


def cross_entropy(rng: random.Random) -> Drawn:
    """Cross-entropy of one example in nats: -ln(probability given to the true class).

    Params: p_true (probability of the true class), p_other (of the likeliest other class), p_rest (of the third)
    Wrong: bits (base 2), other_class (-ln p_other), one_minus (1 - p_true), all_classes (the sum of -ln over
        the classes)
    """
    p, q = rng.randint(10, 60), rng.randint(10, 30)
    parts = (p / 100, q / 100, (100 - p - q) / 100)
    nats = [-log(x) for x in parts]
    wrong = {"bits": -log2(parts[0]), "other_class": nats[1], "one_minus": 1 - parts[0], "all_classes": sum(nats)}
    return Drawn(dict(zip(("p_true", "p_other", "p_rest"), parts, strict=True)), nats[0], wrong)


def sigmoid_gradient(rng: random.Random) -> Drawn:
    """Slope of the sigmoid at z: s (1 - s) with s = 1 / (1 + exp(-z)).

    Params: z (the input), s (the sigmoid's value there, to three decimals)
    Wrong: value (s itself), of_input (z (1 - z)), rest (1 - s)
    """
    z = rng.choice((-3, -2.5, -2, -1.5, -1, 1.5, 2, 2.5, 3))
    s = 1 / (1 + exp(-z))
    return Drawn({"z": z, "s": round(s, 3)}, s * (1 - s), {"value": s, "of_input": float(z * (1 - z)), "rest": 1 - s})


def hinge_loss(rng: random.Random) -> Drawn:
    """Hinge loss of one row inside the margin or misclassified: max(0, 1 - label times score).

    Params: label (-1 or 1), score (the signed distance)
    Wrong: no_margin (max(0, -label times score)), wrong_sign (1 + label times score, at least 0), squared (the
        hinge squared)
    """
    label, product = rng.choice((-1, 1)), rng.choice((-2.0, -1.5, -1.2, -0.8, -0.5, -0.4, 0.2, 0.3, 0.4, 0.5, 0.6))
    hinge = 1 - product
    wrong = {"no_margin": max(0.0, -product), "wrong_sign": max(0.0, 1 + product), "squared": hinge**2}
    return Drawn({"label": label, "score": label * product}, hinge, wrong)

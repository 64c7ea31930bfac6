"""Families about optimisers and training loops: one step by hand, counting steps, schedules, curves."""

from __future__ import annotations

import random
from math import ceil, sqrt

from quizzes.generators.drawn import Drawn


def gradient_descent_step(rng: random.Random) -> Drawn:
    """One gradient step on (w - target) squared: w - lr * 2 (w - target).

    Params: w (the weight), target (where the loss is least), lr (learning rate), gradient (2 (w - target))
    Wrong: uphill (added), half (without the factor 2), no_rate (the whole gradient)
    """
    w, target, lr = rng.randint(1, 6), rng.randint(-5, 10), rng.choice((0.1, 0.2, 0.25))
    gradient = 2 * (w - target)
    wrong = {"uphill": w + lr * gradient, "half": w - lr * gradient / 2, "no_rate": float(w - gradient)}
    return Drawn({"w": w, "target": target, "lr": lr, "gradient": gradient}, w - lr * gradient, wrong)


def chain_rule_gradient(rng: random.Random) -> Drawn:
    """Gradient of (w x - target) squared with respect to w: 2 (w x - target) x.

    Params: w (the weight), x (the input), target (the label), u (w x)
    Wrong: outer_only (2 (w x - target)), half (without the factor 2), inner_only (x), loss (the loss itself)
    """
    w, x, off = rng.randint(2, 5), rng.randint(2, 5), rng.choice((-4, -3, -1, 1, 3, 4))
    wrong = {"outer_only": 2 * off, "half": off * x, "inner_only": x, "loss": off * off}
    return Drawn({"w": w, "x": x, "target": w * x - off, "u": w * x}, 2 * off * x, wrong)


def momentum_step(rng: random.Random) -> Drawn:
    """One momentum step: v = beta v + gradient, then w - lr v.

    Params: w (the weight), velocity (v before), gradient (now), beta (momentum), lr (learning rate)
    Wrong: plain (gradient alone), old_velocity (the velocity before), uphill (added), no_decay (velocity not damped)
    """
    w, v, g = rng.randint(1, 4), rng.choice((-4, -3, -2, 2, 3, 4)), rng.choice((-3, -2, 2, 3, 4))
    beta, lr = rng.choice((0.5, 0.8, 0.9)), rng.choice((0.1, 0.2))
    new = beta * v + g
    wrong = {"plain": w - lr * g, "old_velocity": w - lr * v, "uphill": w + lr * new, "no_decay": w - lr * (v + g)}
    return Drawn({"w": w, "velocity": v, "gradient": g, "beta": beta, "lr": lr}, w - lr * new, wrong)


def adam_first_step(rng: random.Random) -> Drawn:
    """Adam's first step with bias correction: w - lr * sign(gradient), whatever the gradient's size.

    Params: w (the weight), gradient (its first), lr (learning rate); betas are 0.9 and 0.999, epsilon negligible
    Wrong: sgd (lr times the gradient), no_correction (lr times 0.1 g / sqrt(0.001 g squared)), uphill (added)
    """
    w, g, lr = rng.choice((0.5, 0.8, 1.0, 1.5)), rng.choice((-20, -8, -5, 4, 5, 8, 10)), rng.choice((0.1, 0.2))
    sign = 1 if g > 0 else -1
    wrong = {"sgd": w - lr * g, "no_correction": w - lr * sign * 0.1 / sqrt(0.001), "uphill": w + lr * sign}
    return Drawn({"w": w, "gradient": g, "lr": lr}, w - lr * sign, wrong)


def steps_per_epoch(rng: random.Random) -> Drawn:
    """Batches in one epoch with the last partial batch kept: rows / batch, rounded up.

    Params: rows (training rows), batch (batch size)
    Wrong: drops_last (rounded down), one_per_row (rows), batch_size (batch)
    """
    batch = rng.choice((16, 32, 50, 64, 100, 128))
    rows = batch * rng.randint(7, 40) + rng.randint(1, batch - 1)
    wrong = {"drops_last": rows // batch, "one_per_row": rows, "batch_size": batch}
    return Drawn({"rows": rows, "batch": batch}, ceil(rows / batch), wrong)


def training_steps(rng: random.Random) -> Drawn:
    """Optimiser steps of a whole run: (rows / batch, rounded up) times epochs.

    Params: rows (training rows), batch (batch size), epochs (passes over the data)
    Wrong: drops_last (rounded down), one_epoch (epochs forgotten), rounded_late (rows times epochs / batch, rounded up)
    """
    batch, epochs = rng.choice((32, 50, 64, 100)), rng.randint(4, 12)
    rows = batch * rng.randint(5, 20) + rng.randint(1, batch // 2)
    wrong = {"drops_last": rows // batch * epochs, "one_epoch": ceil(rows / batch)}
    return Drawn(
        {"rows": rows, "batch": batch, "epochs": epochs},
        ceil(rows / batch) * epochs,
        wrong | {"rounded_late": ceil(rows * epochs / batch)},
    )


def warmup_lr(rng: random.Random) -> Drawn:
    """Learning rate during linear warm-up: peak * step / warmup.

    Params: peak (highest rate), warmup (warm-up steps), step (now, before its end), total (steps of the whole run)
    Wrong: at_peak (peak already), falling (peak * (1 - step / warmup)), of_total (peak * step / total)
    """
    peak, warmup = rng.choice((0.001, 0.002, 0.0004, 0.01)), rng.choice((100, 200, 400, 500, 1000))
    step, total = warmup * rng.choice((1, 2, 3, 4, 6, 7, 8)) // 10, warmup * rng.choice((5, 8, 10, 20))
    wrong = {"at_peak": peak, "falling": peak * (1 - step / warmup), "of_total": peak * step / total}
    return Drawn({"peak": peak, "warmup": warmup, "step": step, "total": total}, peak * step / warmup, wrong)


def learning_curve_gap(rng: random.Random) -> Drawn:
    """Gap that more data or regularisation could close, in percentage points: validation error - training error.

    Params: train_error (percent), validation_error (percent), target_error (percent a human makes)
    Wrong: to_target (validation - target), bias (training - target), ratio (validation / training)
    """
    target, bias, gap = rng.randint(1, 4), rng.randint(1, 9), rng.randint(3, 15)
    train, validation = target + bias, target + bias + gap
    wrong = {"to_target": validation - target, "bias": bias, "ratio": validation / train}
    return Drawn({"train_error": train, "validation_error": validation, "target_error": target}, gap, wrong)


def stacking_fits(rng: random.Random) -> Drawn:
    """Fits of a stacked ensemble with out-of-fold predictions: models * folds, models refits, one meta-model.

    Params: models (base models), folds (of the cross-validation)
    Wrong: no_refit (base models not fitted on all rows), no_meta (meta-model forgotten), no_folds (models + 1),
        folds_only (models * folds)
    """
    models, folds = rng.randint(2, 6), rng.choice((3, 4, 5, 8, 10))
    oof = models * folds
    wrong = {"no_refit": oof + 1, "no_meta": oof + models, "no_folds": models + 1, "folds_only": oof}
    return Drawn({"models": models, "folds": folds}, oof + models + 1, wrong)

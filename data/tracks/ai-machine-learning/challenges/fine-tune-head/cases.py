"""Batches of several shapes, and models that arrive in either mode, with and without old gradients."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); args are seed, x, y, steps, lr, how the model arrives."""
    x = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 3.0]])
    y = np.array([0, 0, 1, 1])
    yield "a head of zeros, one step", True, (1, x, y, 1, 0.1, ["zero-head"])
    yield "arrives in training mode", True, (2, x, y, 3, 0.5, ["training"])
    for n, d, k, steps in ((20, 3, 2, 6), (30, 5, 4, 12)):
        yield f"random, {k} classes, {steps} steps", False, (*batch(rng, n, d, k), steps, 0.3, ["training"])
    yield "old gradients, one step", False, (*batch(rng, 12, 3, 3), 1, 0.5, ["old-gradients"])
    yield "old gradients, training mode", False, (*batch(rng, 12, 2, 2), 4, 0.2, ["training", "old-gradients"])
    yield "no steps", False, (*batch(rng, 10, 3, 3), 0, 0.1, ["training", "old-gradients"])
    yield "two rows", False, (*batch(rng, 2, 4, 2), 3, 0.2, ["training"])
    yield "a large step", False, (*batch(rng, 25, 4, 3), 2, 5.0, [])


def batch(rng, n, d, k):
    """A seed for the model and a batch with every class in it."""
    y = rng.permutation(np.arange(n) % k)
    return int(rng.integers(10_000)), rng.normal(size=(n, d)) + y[:, None], y

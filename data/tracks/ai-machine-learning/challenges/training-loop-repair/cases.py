"""Batches of several shapes, and models that arrive in either mode, with and without old gradients."""
import numpy as np


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); args are seed, x, y, x_val, epochs, lr, how the model arrives."""
    x = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 3.0]])
    y = np.array([0, 0, 1, 1])
    yield "an untrained head, two steps", True, (1, x, y, x[:2] + 0.5, 2, 0.5, ["training", "zero-head"])
    yield "arrives in evaluation mode", True, (2, x, y, x[:3] - 0.5, 3, 0.1, [])
    for n, d, k, epochs in ((20, 3, 2, 8), (30, 5, 4, 15)):
        yield f"random, {k} classes, {epochs} steps", False, (*batch(rng, n, d, k), epochs, 0.3, ["training"])
    yield "old gradients, one step", False, (*batch(rng, 12, 3, 3), 1, 0.5, ["training", "old-gradients"])
    yield "old gradients, evaluation mode", False, (*batch(rng, 12, 2, 2), 4, 0.2, ["old-gradients"])
    yield "no steps, arrives training", False, (*batch(rng, 10, 3, 3), 0, 0.1, ["training"])
    seed, x, y, x_val = batch(rng, 16, 4, 3)
    yield "two validation rows", False, (seed, x, y, x_val[:2], 5, 0.2, [])
    yield "a single step", False, (*batch(rng, 25, 4, 3), 1, 1.0, ["training", "zero-head"])


def batch(rng, n, d, k):
    """A seed for the model, a batch with every class in it, and validation rows from elsewhere."""
    y = rng.permutation(np.arange(n) % k)
    x = rng.normal(size=(n, d)) + y[:, None]
    return int(rng.integers(10_000)), x, y, rng.normal(size=(7, d)) * 2 + 1

"""Makes tables to scale. Constant columns hold whole numbers, so that their deviation is exactly 0 on every machine."""
import numpy as np


def table(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Columns in different units: each has its own centre and spread."""
    return rng.normal(size=(rows, columns)) * rng.uniform(0.5, 20, size=columns) + rng.uniform(-40, 40, size=columns)


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); args are training rows, new rows, scaled rows to bring back, rows of an earlier fit."""
    yield "a new value beyond the training rows", True, (np.array([[1.0], [3.0]]), np.array([[5.0]]), np.array([[-4.0]]))
    yield "a constant column, two units", True, (
        np.array([[7.0, 100.0], [7.0, 300.0], [7.0, 500.0]]), np.array([[9.0, 300.0], [7.0, 100.0]]), np.array([[0.5, -2.0]]))
    train = table(rng, 20, 3)
    yield "new rows that have moved", False, (train, train[:8] + 15, rng.normal(size=(4, 3)))
    yield "one new row", False, (table(rng, 12, 4), table(rng, 1, 4), rng.normal(size=(1, 4)))
    yield "no new row", False, (table(rng, 6, 3), np.zeros((0, 3)), rng.normal(size=(2, 3)))
    yield "two training rows", False, (table(rng, 2, 3), table(rng, 5, 3), rng.normal(size=(3, 3)))
    one = rng.integers(-9, 9, size=(1, 3)).astype(float)
    yield "one training row", False, (one, table(rng, 4, 3), rng.normal(size=(2, 3)))
    flat = table(rng, 15, 4)
    flat[:, int(rng.integers(4))] = float(rng.integers(1, 50))
    yield "one constant column among others", False, (flat, table(rng, 6, 4), rng.normal(size=(5, 4)))
    twice = table(rng, 9, 2), table(rng, 5, 2), rng.normal(size=(3, 2)), table(rng, 7, 2) + 60
    yield "fitted twice, beside another scaler", False, twice
    tiny = table(rng, 30, 2) * 1e-3 + 1e3, table(rng, 4, 2) * 1e-3 + 1e3
    yield "tiny spread, far from zero", False, (*tiny, 50 * rng.normal(size=(3, 2)))


PARTS = (("train", "scaled training rows"), ("new", "scaled new rows"), ("restored", "restored rows"), ("unscaled", "scaled rows brought back"))


def check(args, returned, reference):
    """Name the first part that differs."""
    if not isinstance(returned, dict):
        return "Your scaler gave no values."
    for part, meaning in PARTS:
        try:
            value = np.asarray(returned.get(part), dtype=float)
        except (TypeError, ValueError, OverflowError):
            return f"The {meaning} should be a 2-D array of numbers."
        if value.shape != reference[part].shape:
            return f"The {meaning} should have shape {reference[part].shape}; yours has {value.shape}."
        if not np.isfinite(value).all():
            return f"The {meaning} hold nan or infinity: was something divided by zero?"
        if not np.allclose(value, reference[part], rtol=1e-9, atol=1e-9):
            return f"The {meaning} differ by up to {np.abs(value - reference[part]).max():.3g}."
    return None

"""Makes small tables and accepts any best cut: ties are the learner's to break, so the gain decides."""
import numpy as np


def noisy(rng: np.random.Generator, n: int, d: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """One telling column among noise, a tenth of the labels drawn anew."""
    X = rng.normal(size=(n, d))
    y = np.digitize(X[:, int(rng.integers(d))], np.linspace(-1, 1, classes + 1)[1:-1])
    redrawn = rng.random(n) < 0.1
    y[redrawn] = rng.integers(classes, size=int(redrawn.sum()))
    y[:classes] = np.arange(classes)
    return X, y


def stairs(rng: np.random.Generator, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    """Only the last of three columns varies; `low` rows of one class lie below `high` rows of another."""
    order = rng.permutation(low + high)
    X = np.zeros((low + high, 3))
    X[:, 2] = order * 3.0 - 20
    return X, np.where(order < low, 400, -7)


def cases(rng: np.random.Generator):
    yield "two clean groups", True, (np.array([[1.0], [2.0], [4.0], [5.0]]), np.array([0, 0, 1, 1]))
    yield "the second column tells more", True, (
        np.array([[3.0, 10.0], [1.0, 30.0], [2.0, 20.0], [5.0, 40.0], [4.0, 90.0], [2.0, 50.0]]), np.array([0, 0, 0, 0, 1, 1]))
    yield "a constant column", True, (np.full((4, 1), 2.0), np.array([0, 0, 1, 1]))
    yield "two classes", False, noisy(rng, 40, 3, 2)
    yield "three classes", False, noisy(rng, 50, 2, 3)
    for size in ("many", "more", "most"):
        n, low = int(rng.integers(90, 120)), int(rng.integers(5, 85))
        yield f"one clean cut among {size} values", False, stairs(rng, low, n - low)
    yield "a single class", False, (rng.normal(size=(8, 2)), np.full(8, 3))
    yield "a single row", False, (rng.normal(size=(1, 3)), np.array([1]))
    steps = rng.integers(0, 4, size=(45, 3)).astype(float)
    yield "few distinct values", False, (steps, np.where(rng.random(45) < 0.2, 1, (steps[:, 0] > 1).astype(int)))
    yield "only the last column varies", False, stairs(rng, int(rng.integers(2, 5)), 7)
    yield "one row below all others", False, stairs(rng, 1, 9)
    yield "one row above all others", False, stairs(rng, 9, 1)
    x = np.sort(rng.normal(size=12))
    order = rng.permutation(12)
    yield "one odd row at the end of a mixed column", False, (
        x[order, None], np.array([1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 1, 1])[order])
    corner = int(rng.integers(9))
    yield "no cut helps", False, (np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]) + corner, np.array([0, 1, 1, 0]))
    yield "all columns constant", False, (np.full((6, 2), float(corner)), np.array([0, 0, 1, 1, 1, 2]))


def gini(y: np.ndarray) -> float:
    """Impurity of labels."""
    _, counts = np.unique(y, return_counts=True)
    return float(1 - ((counts / len(y)) ** 2).sum())


def gain_of(column: np.ndarray, y: np.ndarray, threshold: float) -> float:
    """What a cut gains; both sides must hold rows."""
    left = column <= threshold
    share = float(left.mean())
    return gini(y) - share * gini(y[left]) - (1 - share) * gini(y[~left])


def number(value: object) -> float | None:
    """The value as a float, or None when it is no single real number."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def check(args, returned, reference):
    """Measure the learner's own cut."""
    X, y = args
    if returned is None or reference is None:
        if returned is reference:
            return None
        return "No cut gains anything here: return None." if reference is None else "There is a cut that gains; you returned None."
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        return "Return (feature, threshold, gain) or None."
    feature, threshold, gain = returned[0], number(returned[1]), number(returned[2])
    if isinstance(feature, bool) or not isinstance(feature, int | np.integer) or not 0 <= feature < X.shape[1]:
        return f"The feature should be a whole number from 0 to {X.shape[1] - 1}."
    if threshold is None or gain is None:
        return "The threshold and the gain should be single numbers."
    values = np.unique(X[:, feature])
    if not np.isclose((values[:-1] + values[1:]) / 2, threshold, rtol=1e-9, atol=1e-9).any():
        return f"{threshold:.6g} is not halfway between two neighbouring distinct values of column {feature}."
    true_gain = gain_of(X[:, feature], y, threshold)
    if not np.isclose(gain, true_gain, rtol=0, atol=1e-9):
        return f"The cut of column {feature} at {threshold:.6g} gains {true_gain:.6g}; you report {gain:.6g}."
    if true_gain < reference[2] - 1e-9:
        return f"Your cut gains {true_gain:.6g}; {reference[2]:.6g} is possible."
    return None

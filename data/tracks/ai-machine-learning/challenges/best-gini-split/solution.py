from collections.abc import Iterator

import numpy as np


def gini(y: np.ndarray) -> float:
    """Return the chance that two labels drawn at random differ."""
    _, counts = np.unique(y, return_counts=True)
    return float(1 - ((counts / len(y)) ** 2).sum())


def cuts(X: np.ndarray) -> Iterator[tuple[int, float]]:
    """Yield every feature with the midpoints between its neighbouring distinct values."""
    for feature in range(X.shape[1]):
        values = np.unique(X[:, feature])
        for threshold in (values[:-1] + values[1:]) / 2:
            yield feature, float(threshold)


def best_split(X: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """Return the feature, threshold and gain of the best cut, or None when no cut helps."""
    best, best_gain = None, 1e-12
    for feature, threshold in cuts(X):
        left = X[:, feature] <= threshold
        share = float(left.mean())
        gain = gini(y) - share * gini(y[left]) - (1 - share) * gini(y[~left])
        if gain > best_gain:
            best, best_gain = (feature, threshold, gain), gain
    return best

import numpy as np


def best_split(X: np.ndarray, y: np.ndarray) -> tuple[int, float, float] | None:
    """Return the feature, threshold and gain of the best cut, or None when no cut helps."""
    return None

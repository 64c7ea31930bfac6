import numpy as np


def auc(y: np.ndarray, score: np.ndarray) -> float:
    """Return the chance that a random positive outranks a random negative."""
    positive, negative = score[y == 1], score[y == 0]
    if not positive.size or not negative.size:
        return float("nan")
    higher = positive[:, None] > negative[None, :]
    tied = positive[:, None] == negative[None, :]
    return float(np.mean(higher + 0.5 * tied))

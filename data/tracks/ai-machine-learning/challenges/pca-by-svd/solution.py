import numpy as np


def pca(X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return k components as rows, the share of variance of each, and the projected rows."""
    centred = X - X.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    variances = lengths**2
    total = variances.sum()
    ratio = variances[:k] / total if total > 0 else np.zeros(k)
    components = directions[:k]
    return components, ratio, centred @ components.T

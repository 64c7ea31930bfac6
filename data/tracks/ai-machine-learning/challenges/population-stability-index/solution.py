import numpy as np

FLOOR = 1e-4


def psi(reference: np.ndarray, current: np.ndarray, bins: int) -> float:
    """Population stability index over equally filled bins of the reference."""
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))
    r, c = shares(reference, edges), shares(current, edges)
    return float(np.sum((c - r) * np.log(c / r)))


def shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of the values in each bin, never below the floor."""
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.maximum(counts / len(values), FLOOR)

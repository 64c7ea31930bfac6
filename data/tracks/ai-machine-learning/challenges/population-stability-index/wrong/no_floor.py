import numpy as np


def psi(reference, current, bins):
    edges = np.unique(np.quantile(reference, np.arange(1, bins) / bins))

    def shares(values):
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
        return counts / len(values)

    r, c = shares(reference), shares(current)
    return float(np.sum((c - r) * np.log(c / r)))

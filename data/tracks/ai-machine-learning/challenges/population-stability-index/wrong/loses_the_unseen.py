import numpy as np


def psi(reference, current, bins):
    edges = np.unique(np.quantile(reference, np.arange(bins + 1) / bins))
    if len(edges) == 1:
        edges = np.array([edges[0] - 0.5, edges[0], edges[0] + 0.5])
    r = np.maximum(np.histogram(reference, edges)[0] / len(reference), 1e-4)
    c = np.maximum(np.histogram(current, edges)[0] / len(current), 1e-4)
    return float(np.sum((c - r) * np.log(c / r)))

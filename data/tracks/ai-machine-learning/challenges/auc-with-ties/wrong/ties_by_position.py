import numpy as np


def auc(y, score):
    n_positive, n_negative = int((y == 1).sum()), int((y == 0).sum())
    if n_positive == 0 or n_negative == 0:
        return float("nan")
    rank = np.empty(len(score))
    rank[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    lowest = n_positive * (n_positive + 1) / 2
    return float((rank[y == 1].sum() - lowest) / (n_positive * n_negative))

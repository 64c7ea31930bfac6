import numpy as np


def auc(y, score):
    called = score >= 0.5
    if not (y == 1).any() or not (y == 0).any():
        return float("nan")
    return float((np.mean(called[y == 1]) + np.mean(~called[y == 0])) / 2)

import numpy as np


def gini(y):
    _, counts = np.unique(y, return_counts=True)
    return float(1 - ((counts / len(y)) ** 2).sum())


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        values = np.unique(X[:, feature])
        for threshold in (values[:-1] + values[1:]) / 2:
            left = X[:, feature] <= threshold
            gain = gini(y) - (gini(y[left]) + gini(y[~left])) / 2
            if gain > (best[2] if best else 1e-12):
                best = (feature, float(threshold), gain)
    return best

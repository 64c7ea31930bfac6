import numpy as np


def gini(y):
    _, counts = np.unique(y, return_counts=True)
    return float(1 - ((counts / len(y)) ** 2).sum())


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        for threshold in np.unique(X[:, feature])[:-1]:
            left = X[:, feature] <= threshold
            share = left.mean()
            gain = gini(y) - share * gini(y[left]) - (1 - share) * gini(y[~left])
            if gain > (best[2] if best else 1e-12):
                best = (feature, float(threshold), float(gain))
    return best

import numpy as np


def gini(y):
    _, counts = np.unique(y, return_counts=True)
    return float(1 - ((counts / len(y)) ** 2).sum())


def best_split(X, y):
    best = None
    for feature in range(X.shape[1]):
        order = np.argsort(X[:, feature], kind="stable")
        x, labels = X[order, feature], y[order]
        for i in range(1, len(x)):
            share = i / len(x)
            gain = gini(y) - share * gini(labels[:i]) - (1 - share) * gini(labels[i:])
            if gain > (best[2] if best else 1e-12):
                best = (feature, float(x[i - 1] + x[i]) / 2, gain)
    return best

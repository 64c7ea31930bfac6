import numpy as np


def pca(X, k):
    centred = X - X.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    variances = np.maximum(variances, 0)
    total = variances.sum()
    ratio = variances[:k] / total if total > 0 else np.zeros(k)
    return directions[:, :k].T, ratio, centred @ directions[:, :k]

import numpy as np


def pca(X, k):
    centred = X - X.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    total = lengths.sum()
    ratio = lengths[:k] / total if total > 0 else np.zeros(k)
    return directions[:k], ratio, centred @ directions[:k].T

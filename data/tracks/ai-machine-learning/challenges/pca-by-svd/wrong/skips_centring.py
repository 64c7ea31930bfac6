import numpy as np


def pca(X, k):
    _, lengths, directions = np.linalg.svd(X, full_matrices=False)
    variances = lengths**2
    return directions[:k], variances[:k] / variances.sum(), X @ directions[:k].T

import numpy as np


def group_folds(groups, k):
    return np.arange(len(groups)) % k

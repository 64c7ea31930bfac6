import numpy as np


def group_folds(groups, k):
    ids, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of = np.zeros(len(ids), dtype=int)
    fold_of[np.argsort(-sizes, kind="stable")] = np.arange(len(ids)) % k
    return fold_of[place]

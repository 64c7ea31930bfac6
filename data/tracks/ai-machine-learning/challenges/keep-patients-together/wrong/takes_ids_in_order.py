import numpy as np


def group_folds(groups, k):
    ids, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    rows_in = np.zeros(k, dtype=int)
    fold_of = []
    for size in sizes:
        fold_of.append(int(np.argmin(rows_in)))
        rows_in[fold_of[-1]] += size
    return np.array(fold_of)[place]

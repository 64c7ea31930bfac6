import numpy as np


def group_folds(groups: np.ndarray, k: int) -> np.ndarray:
    """Give every row a fold from 0 to k - 1, with all rows of a patient in the same one."""
    ids, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    fold_of = np.zeros(len(ids), dtype=int)
    rows_in = np.zeros(k, dtype=int)
    for patient in np.argsort(-sizes, kind="stable"):
        fold_of[patient] = np.argmin(rows_in)
        rows_in[fold_of[patient]] += sizes[patient]
    return fold_of[place]

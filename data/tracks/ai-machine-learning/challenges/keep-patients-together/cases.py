"""Makes patients of uneven size. Some sizes are equal on purpose, so that the order among ties is tested too."""
import numpy as np


def visits(rng: np.random.Generator, sizes: list[int]) -> np.ndarray:
    """Shuffled rows of patients with these row counts and scattered ids; ids rise with the place in `sizes`."""
    ids = np.sort(rng.choice(np.arange(-500, 500), size=len(sizes), replace=False))
    return rng.permutation(np.repeat(ids, sizes))


def cases(rng: np.random.Generator):
    yield "three patients, two folds", True, (np.array([8, 8, 5, 9, 8, 9]), 2)
    yield "equal patients: smaller id first", True, (np.array([4, 1, 3, 2, 1, 2, 3, 4]), 3)
    yield "the biggest patient has the last id", False, (visits(rng, [2, 2, 2, 2, 12]), 2)
    yield "a few big, many small", False, (visits(rng, [1, 30, 2, 1, 3, 17, 1, 2, 9, 1]), 3)
    yield "every patient once", False, (visits(rng, [1] * 11), 4)
    yield "as many folds as patients", False, (visits(rng, [3, 5, 1, 4]), 4)
    yield "one fold", False, (visits(rng, [3, 2, 6]), 1)
    sizes = [int(size) for size in rng.integers(1, 25, size=40)]
    yield "forty patients", False, (visits(rng, sizes), 5)
    yield "sorted rows", False, (np.sort(visits(rng, [5, 4, 9, 2, 7, 7])), 3)


def check(args, returned, reference):
    """Accept the one right array; else name a patient in two folds, compare the folds' sizes, or name a patient."""
    groups, k = args
    if not isinstance(returned, np.ndarray):
        return "Return a 1-D numpy array of whole numbers."
    if returned.shape != groups.shape:
        return f"Return one fold number per row: shape {groups.shape}."
    if returned.dtype.kind not in "iu":
        return f"Fold numbers are integers; yours are {returned.dtype}."
    if not np.isin(returned, np.arange(k)).all():
        return f"Fold numbers are whole numbers from 0 to {k - 1}."
    for patient in np.unique(groups):
        if len(mine := sorted(set(returned[groups == patient].tolist()))) > 1:
            return f"Patient {patient} is in folds {mine}: keep all rows of a patient in one fold."
    sizes = [int((returned == fold).sum()) for fold in range(k)]
    best = np.bincount(reference, minlength=k).tolist()
    if sizes != best:
        return f"Your folds have {sizes} rows; the rule gives {best}."
    apart = np.flatnonzero(returned != reference)
    if not len(apart):
        return None
    row = int(apart[0])
    return f"Patient {groups[row]} belongs in fold {reference[row]}, not {returned[row]}: mind the order among equals."

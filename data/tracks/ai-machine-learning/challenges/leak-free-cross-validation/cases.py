"""Makes labels and folds; the driver makes noise or signal to go with them. In noise a leak shows as a score that is too good,
and the watched scaler says where it came from."""
import numpy as np


def labels(rng: np.random.Generator, n: int, classes: int = 2) -> np.ndarray:
    """Shuffled labels, as evenly spread as they can be."""
    return rng.permutation(np.arange(n) % classes)


def folds_of(y: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """k folds in which every class is spread evenly, so that each part can be fitted and scored."""
    place = np.empty(len(y), dtype=int)
    place[np.argsort(y, kind="stable")] = np.arange(len(y))
    fold = place % k
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)]


def seed(rng: np.random.Generator) -> int:
    """What the driver makes the table from."""
    return int(rng.integers(1_000_000))


def cases(rng: np.random.Generator):
    y = np.arange(60) % 2
    yield "pure noise, five folds", True, (y, 1000, 0.0, 3, folds_of(y, 5), 5)
    y = np.arange(24) % 2
    yield "a clear signal, three folds", True, (y, 6, 3.0, 4, folds_of(y, 3), 3)
    for n, k in ((40, 2), (60, 4), (75, 5)):
        y = labels(rng, n)
        yield f"noise, {n} rows, {k} folds", False, (y, 300, 0.0, seed(rng), folds_of(y, k), 6)
    y = labels(rng, 60, 3)
    yield "three classes", False, (y, 30, 1.0, seed(rng), folds_of(y, 3), 5)
    y = labels(rng, 50)
    yield "folds in another order", False, (y, 20, 0.7, seed(rng), folds_of(y, 5)[::-1], 4)
    y = labels(rng, 80)
    some = np.sort(rng.choice(80, size=52, replace=False))
    parts = [(some[train], some[test]) for train, test in folds_of(y[some], 4)]
    yield "only some of the rows", False, (y, 40, 0.7, seed(rng), parts, 5)
    y = labels(rng, 66)
    yield "a single split", False, (y, 150, 0.0, seed(rng), folds_of(y, 3)[:1], 8)


def fault_of_fit(rows: list[int], folds: list) -> str | None:
    """What a fit on these rows did wrong, or None if they are one fold's training rows."""
    if any(rows == np.sort(train).tolist() for train, _ in folds):
        return None
    if -1 in rows:
        return "The scaler was fitted on rows that were already changed: fit it on the rows of `X` as they are."
    return f"The scaler was fitted on {len(rows)} rows that are not the training rows of any fold."


def fault_of_scores(scores: object, right: np.ndarray) -> str | None:
    """The first score that is not the accuracy on its fold's test rows."""
    try:
        if np.asarray(scores).dtype.kind not in "iuf":
            return "Return a list of numbers."
        values = np.asarray(scores, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return "Return a list of numbers."
    if values.shape != right.shape:
        return f"Return one score per fold: {len(right)} numbers."
    apart = ~np.isclose(values, right, rtol=0, atol=1e-9)
    if not apart.any():
        return None
    fold = int(np.argmax(apart))
    return f"The accuracy on the test rows of fold {fold + 1} is {right[fold]:.4g}; you return {values[fold]:.4g}."


def check(args, returned, reference):
    """Look at what the scaler saw, then at the scores."""
    folds = args[4]
    if not isinstance(returned, dict):
        return "Return a list with one score per fold."
    if returned.get("X afterwards") != reference["X afterwards"]:
        return "You changed `X`: work on copies."
    fits = returned.get("fitted on") or []
    for rows in fits:
        if fault := fault_of_fit(rows, folds):
            return fault
    for number, (train, _) in enumerate(folds, start=1):
        if np.sort(train).tolist() not in fits:
            return f"In fold {number} the scaler was not fitted on the training rows."
    return fault_of_scores(returned.get("scores"), np.asarray(reference["scores"]))

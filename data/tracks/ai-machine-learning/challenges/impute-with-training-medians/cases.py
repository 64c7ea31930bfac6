"""Makes tables with gaps. `new` always lies far from `train`, so a median that saw it cannot pass by luck."""
import numpy as np

NAN = np.nan


def with_gaps(rng: np.random.Generator, rows: int, columns: int, shift: float = 0.0) -> np.ndarray:
    """A long-tailed table whose first row is complete and whose last row is all gaps."""
    table = rng.exponential(size=(rows, columns)) * 10 + shift
    table[rng.random(size=table.shape) < 0.25] = NAN
    table[0] = rng.exponential(size=columns) + shift
    table[-1] = NAN
    return table


def cases(rng: np.random.Generator):
    yield "one huge value does not move the median", True, (
        np.array([[1.0], [3.0], [NAN], [100.0]]), np.array([[NAN], [7.0]]))
    yield "two columns, an even number of known values", True, (
        np.array([[1.0, -4.0], [2.0, NAN], [6.0, -2.0], [40.0, NAN]]), np.array([[NAN, 9.0], [5.0, NAN]]))
    yield "nothing known in training", True, (
        np.array([[NAN, 2.0], [NAN, 4.0]]), np.array([[NAN, NAN], [8.0, 1.0]]))
    yield "few rows", False, (with_gaps(rng, 7, 3), with_gaps(rng, 5, 3, 500.0))
    yield "many rows", False, (with_gaps(rng, 60, 5), with_gaps(rng, 30, 5, -900.0))
    yield "one new row, all gaps", False, (with_gaps(rng, 9, 4), np.full((1, 4), NAN))
    yield "no new row", False, (with_gaps(rng, 9, 4), np.zeros((0, 4)))
    yield "no gap in the new rows", False, (with_gaps(rng, 9, 2), rng.normal(size=(6, 2)))
    train, new = with_gaps(rng, 12, 3, 70.0), with_gaps(rng, 8, 3, 500.0)
    train[:, int(rng.integers(3))] = NAN
    yield "one empty column among full ones", False, (train, new)
    yield "one training row", False, (rng.normal(size=(1, 3)), with_gaps(rng, 4, 3, 50.0))


def show(value: object) -> str:
    """A flag as True or False, a number with five digits."""
    return str(bool(value)) if isinstance(value, bool | np.bool_) else f"{value:.5g}"


def check(args, returned, reference):
    """Name the first cell that differs."""
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        return "Return two arrays: the filled table and the flags."
    for name, part, right in zip(("filled", "missing"), returned, reference, strict=True):
        try:
            mine = np.asarray(part, dtype=float)
        except (TypeError, ValueError, OverflowError):
            return f"`{name}` should be a 2-D array."
        if mine.shape != right.shape:
            return f"`{name}` should have the shape of `new`, {right.shape}; yours has {mine.shape}."
        apart = np.argwhere(~np.isclose(mine, right.astype(float), rtol=1e-9, atol=1e-12))
        if len(apart):
            row, column = (int(place) for place in apart[0])
            return f"`{name}` in row {row}, column {column} should be {show(right[row, column])}; yours is {show(part[row][column])}."
    return None

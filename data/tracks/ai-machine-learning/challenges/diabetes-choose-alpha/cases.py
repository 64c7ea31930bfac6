"""Chooses rows, columns and penalties of the diabetes data. Penalties lie far apart, so that no choice hangs on rounding."""
import numpy as np

ROWS = np.arange(442)
COLUMNS = np.arange(10)


def sample(rng: np.random.Generator, rows: int, columns: int, noise: float, alphas: list[float]) -> tuple:
    """A random part of the data and a seed for the split."""
    chosen = rng.choice(ROWS, size=rows, replace=False)
    which = np.sort(rng.choice(COLUMNS, size=columns, replace=False))
    return chosen, which, rng.normal(scale=noise, size=rows), alphas, int(rng.integers(10_000))


def cases(rng: np.random.Generator):
    quiet = np.zeros(442)
    yield "all rows", True, (ROWS, COLUMNS, quiet, [0.1, 10.0, 1000.0], 0)
    yield "every third row, penalties in any order", True, (ROWS[::3], COLUMNS, quiet[::3], [100.0, 1.0, 10_000.0, 30.0], 2)
    yield "all rows, another seed", False, (ROWS, COLUMNS, quiet, [1.0, 30.0, 300.0], int(rng.integers(3, 10_000)))
    yield "few rows", False, sample(rng, 60, 10, 0.0, [0.01, 3.0, 30.0, 300.0])
    yield "few rows, noisy", False, sample(rng, 50, 10, 80.0, [300.0, 30.0, 3.0, 0.01])
    yield "one column", False, sample(rng, 200, 1, 0.0, [0.01, 10.0, 1000.0])
    yield "a single penalty", False, sample(rng, 150, 6, 0.0, [5.0])
    yield "mostly noise", False, sample(rng, 90, 8, 400.0, [0.1, 10.0, 100.0, 1000.0])
    yield "half of the rows", False, sample(rng, 221, 10, 20.0, [0.1, 3.0, 100.0])


LEFT = "X and y afterwards"


def check(args, returned, reference):
    """Name the first number that differs."""
    if not isinstance(returned, dict) or not isinstance(report := returned.get("report"), dict):
        return "Return a dict."
    if returned.get(LEFT) != reference[LEFT]:
        return "You changed X or y: work on copies."
    for name, right in reference["report"].items():
        if name not in report:
            return f'"{name}" is missing from your report.'
        try:
            mine = float(report[name])
        except (TypeError, ValueError, OverflowError):
            return f'"{name}" should be a number.'
        if not np.isclose(mine, right, rtol=1e-6, atol=1e-8):
            return f'"{name}" should be {right:.6g}; yours is {mine:.6g}.'
    return None

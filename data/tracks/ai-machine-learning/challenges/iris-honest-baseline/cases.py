"""Chooses which iris rows each case uses. Rows 0-49, 50-99 and 100-149 are the three species.

No species is so rare that a split without strata could leave the training part without it."""
import numpy as np

ALL = np.arange(150)


def pick(rng: np.random.Generator, counts: tuple[int, int, int]) -> np.ndarray:
    """That many flowers of each species, shuffled."""
    rows = [rng.choice(np.arange(50), size=count, replace=False) + 50 * species for species, count in enumerate(counts)]
    return rng.permutation(np.concatenate(rows))


def flowers(rng: np.random.Generator, counts: tuple[int, int, int], noise: float) -> tuple:
    """Rows, noise and a seed for the split."""
    rows = pick(rng, counts)
    return rows, rng.normal(scale=noise, size=(len(rows), 4)), int(rng.integers(10_000))


def cases(rng: np.random.Generator):
    yield "all of iris", True, (ALL, np.zeros((150, 4)), 0)
    uneven = np.concatenate([np.arange(50), np.arange(50, 65), np.arange(100, 110)])
    yield "mostly one species", True, (uneven, np.zeros((75, 4)), 1)
    yield "all of iris, another seed", False, (ALL, np.zeros((150, 4)), int(rng.integers(2, 10_000)))
    yield "all of iris, noisy", False, flowers(rng, (50, 50, 50), 0.8)
    yield "half of iris, shuffled", False, flowers(rng, (25, 25, 25), 0.0)
    yield "a rare species", False, flowers(rng, (45, 50, 12), 0.3)
    yield "mostly versicolor, very noisy", False, flowers(rng, (12, 50, 13), 3.0)
    yield "noise drowns nearly everything", False, flowers(rng, (30, 40, 50), 6.0)
    yield "few flowers", False, flowers(rng, (11, 9, 13), 0.5)


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
        if not np.isclose(mine, right, rtol=1e-4, atol=1e-6):
            return f'"{name}" should be {right:.5g}; yours is {mine:.5g}.'
    return None

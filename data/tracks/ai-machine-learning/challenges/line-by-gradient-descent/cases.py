"""Makes regression problems whose exact path of gradient descent is compared, not only its end."""
import numpy as np


def problem(rng: np.random.Generator, n: int, d: int, noise: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Rows around 0 and an intercept far from 0."""
    X = rng.normal(size=(n, d))
    return X, X @ rng.uniform(1, 4, size=d) + 50 + noise * rng.normal(size=n)


def cases(rng: np.random.Generator):
    yield "one step, two rows", True, (np.array([[1.0], [3.0]]), np.array([2.0, 4.0]), 0.1, 1)
    yield "two features, three steps", True, (
        np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0], [2.0, 0.0]]), np.array([3.0, 5.0, 4.0, 5.0]), 0.05, 3)
    yield "no step at all", False, (*problem(rng, 6, 2), 0.1, 0)
    yield "one step", False, (*problem(rng, 11, 3), float(rng.uniform(0.01, 0.2)), 1)
    yield "forty rows, many steps", False, (*problem(rng, 40, 3), 0.05, 300)
    yield "no noise: the loss goes to zero", False, (*problem(rng, 25, 1, 0.0), 0.1, 400)
    yield "a learning rate that is too large", False, (*problem(rng, 15, 2), 2.0, 12)
    yield "one row", False, (*problem(rng, 1, 2), 0.05, 10)
    yield "more features than rows", False, (*problem(rng, 4, 7), 0.02, 20)
    yield "a learning rate of zero", False, (*problem(rng, 8, 2), 0.0, 4)


def check(args, returned, reference):
    """Say at which step the paths part."""
    X, steps = args[0], args[3]
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        return "Return three things: w, b, losses."
    w, b, losses = returned
    try:
        shapes, path = (np.shape(w), np.shape(b)), np.asarray(losses, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return "`w` should be an array, `b` a float, `losses` a list of floats."
    if shapes != ((X.shape[1],), ()):
        return f"`w` should have shape ({X.shape[1]},) and `b` be a single number."
    if path.shape != (steps,):
        return f"`losses` should hold {steps} numbers, one from before each step."
    apart = ~np.isclose(path, reference[2], rtol=1e-6, atol=1e-8)
    if apart.any():
        step = int(np.argmax(apart))
        return f"The loss before step {step + 1} should be {reference[2][step]:.6g}; yours is {path[step]:.6g}."
    return None

"""Makes clouds of points and judges components by what they do, so that signs and turns among equal variances are free."""
import numpy as np


def cloud(rng: np.random.Generator, n: int, d: int, centre: float = 0.0) -> np.ndarray:
    """Points with clearly different variances along turned axes."""
    turned, _ = np.linalg.qr(rng.normal(size=(d, d)))
    return rng.normal(size=(n, d)) * 3.0 ** -np.arange(d) * 9 @ turned + centre


def cases(rng: np.random.Generator):
    yield "points on a line", True, (np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]]), 1)
    yield "a long axis and a short one", True, (np.array([[10.0, 1.0], [10.0, -1.0], [14.0, 0.0], [6.0, 0.0]]), 2)
    yield "keep one of four", False, (cloud(rng, 30, 4), 1)
    yield "keep all", False, (cloud(rng, 25, 3), 3)
    yield "far from the origin", False, (cloud(rng, 40, 3, 1000.0), 2)
    yield "more columns than rows", False, (cloud(rng, 5, 8, -20.0), 4)
    yield "as many components as rows", False, (cloud(rng, 4, 6, 3.0), 4)
    yield "equal variances", False, (np.vstack([np.eye(3), -np.eye(3)]) * 2 + rng.integers(-9, 9, size=3), 2)
    yield "a tiny cloud", False, (cloud(rng, 15, 3) * 1e-3, 2)
    yield "all rows equal", False, (np.tile(rng.integers(-5, 5, size=(1, 3)).astype(float), (6, 1)), 2)
    column = rng.normal(size=20)
    yield "one column twice another", False, (np.column_stack([column, 2 * column, np.full(20, 4.0)]), 2)


def arrays(returned: object, shapes: list[tuple[int, ...]]) -> list[np.ndarray] | str:
    """The three parts as float arrays of the right shapes, or what is wrong with them."""
    if not isinstance(returned, tuple | list) or len(returned) != 3:
        return "Return three arrays: components, ratio, Z."
    parts = []
    for name, value, shape in zip(("components", "ratio", "Z"), returned, shapes, strict=True):
        try:
            if np.iscomplexobj(value):
                return f"`{name}` holds complex numbers: variances and directions are real."
            if np.asarray(value).dtype.kind not in "iuf":
                return f"`{name}` should be an array of real numbers."
            part = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            return f"`{name}` should be an array of real numbers."
        if part.shape != shape:
            return f"`{name}` should have shape {shape}; yours has {part.shape}."
        if not np.isfinite(part).all():
            return f"`{name}` holds nan or infinity."
        parts.append(part)
    return parts


def check(args, returned, reference):
    """Test what components promise: length 1, right angles, the projection, and the variance they catch."""
    X, k = args
    parts = arrays(returned, [(k, X.shape[1]), (k,), (len(X), k)])
    if isinstance(parts, str):
        return parts
    components, ratio, Z = parts
    if not np.allclose(components @ components.T, np.eye(k), atol=1e-6):
        return "The components should have length 1 and stand at right angles to each other."
    centred = X - X.mean(axis=0)
    scale = np.abs(centred).max() or 1.0
    if not np.allclose(Z, centred @ components.T, atol=1e-7 * scale):
        return "`Z` should be the centred rows of X projected on your components."
    caught, best = (Z**2).sum(axis=0), (np.asarray(reference[2]) ** 2).sum(axis=0)
    if not np.allclose(caught, best, rtol=1e-6, atol=1e-6 * scale**2):
        return f"Your components catch variance {np.round(caught / len(X), 4)}; {np.round(best / len(X), 4)} is possible in this order."
    apart = centred.T @ Z - components.T * caught
    if np.abs(apart).max() > 1e-7 * max(caught.max(), 1e-300):
        return "Your components are nearly right, but not exactly: along the true ones the variance neither rises nor falls nearby."
    if not np.allclose(ratio, reference[1], rtol=1e-6, atol=1e-8):
        return f"The ratio should be {np.round(reference[1], 4)}; yours is {np.round(ratio, 4)}."
    return None

import numpy as np


def fit_line(X: np.ndarray, y: np.ndarray, lr: float, steps: int) -> tuple[np.ndarray, float, list[float]]:
    """Fit slopes and an intercept by gradient descent, and keep the loss before each step."""
    w = np.zeros(X.shape[1])
    b = 0.0
    losses: list[float] = []
    for _ in range(steps):
        errors = X @ w + b - y
        losses.append(float(np.mean(errors**2)))
        w = w - lr * 2 * X.T @ errors / len(y)
        b = b - lr * 2 * float(errors.mean())
    return w, b, losses

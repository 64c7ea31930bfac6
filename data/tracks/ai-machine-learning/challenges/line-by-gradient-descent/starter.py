import numpy as np


def fit_line(X: np.ndarray, y: np.ndarray, lr: float, steps: int) -> tuple[np.ndarray, float, list[float]]:
    """Fit slopes and an intercept by gradient descent, and keep the loss before each step."""
    w = np.zeros(X.shape[1])
    b = 0.0
    losses: list[float] = []
    return w, b, losses

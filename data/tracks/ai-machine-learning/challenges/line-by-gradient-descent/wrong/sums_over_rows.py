import numpy as np


def fit_line(X, y, lr, steps):
    w, b, losses = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        errors = X @ w + b - y
        losses.append(float(np.mean(errors**2)))
        w = w - lr * 2 * X.T @ errors
        b = b - lr * 2 * float(errors.sum())
    return w, b, losses

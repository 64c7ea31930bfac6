import numpy as np


def fit_line(X, y, lr, steps):
    w, b, losses = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        losses.append(float(np.mean((X @ w + b - y) ** 2)))
        w = w - lr * 2 * X.T @ (X @ w + b - y) / len(y)
        b = b - lr * 2 * float(np.mean(X @ w + b - y))
    return w, b, losses

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline

Fold = tuple[np.ndarray, np.ndarray]


def cv_scores(steps: list[BaseEstimator], X: np.ndarray, y: np.ndarray, folds: list[Fold]) -> list[float]:
    """Return the accuracy on each fold's test rows, every step having learned from its training rows only."""
    scores = []
    for train, test in folds:
        model = make_pipeline(*[clone(step) for step in steps])
        model.fit(X[train], y[train])
        scores.append(float(model.score(X[test], y[test])))
    return scores

"""Picks flowers from iris, which comes with scikit-learn, and asks for a report."""
from sklearn.datasets import load_iris


def drive(learner, rows, noise, seed):
    """Report on these rows of iris, with `noise` added to the measurements."""
    X, y = load_iris(return_X_y=True)
    X, y = X[rows] + noise, y[rows]
    given = X.copy(), y.copy()
    report = learner.honest_report(X, y, seed)
    if (X != given[0]).any() or (y != given[1]).any():
        return "You changed X or y: work on copies"
    return report

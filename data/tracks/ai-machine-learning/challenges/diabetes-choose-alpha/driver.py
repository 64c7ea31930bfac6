"""Takes rows of the diabetes data, which comes with scikit-learn, and asks for a report."""
from sklearn.datasets import load_diabetes


def drive(learner, rows, columns, noise, alphas, seed):
    """Report on these rows and columns in raw units, with `noise` added to the target."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    X, y = X[rows][:, columns], y[rows] + noise
    given = X.copy(), y.copy()
    report = learner.ridge_report(X, y, alphas, seed)
    if (X != given[0]).any() or (y != given[1]).any():
        return "You changed X or y: work on copies"
    return report

"""Takes rows of the diabetes data, which comes with scikit-learn, and asks for a report.

What became of the rows is handed out as a fingerprint, to be compared where no learner's code runs.
"""
from hashlib import sha256

from sklearn.datasets import load_diabetes

X, Y = load_diabetes(return_X_y=True, scaled=False)


def drive(learner, rows, columns, noise, alphas, seed):
    """Report on these rows and columns in raw units, with `noise` added to the target."""
    features, target = X[rows][:, columns], Y[rows] + noise
    report = learner.ridge_report(features, target, alphas, seed)
    return {"report": report, "X and y afterwards": fingerprint(features, target)}


def fingerprint(*arrays):
    """A short text that depends on every byte, and on the shapes."""
    return sha256(b"".join(b"%r%r" % (array.dtype.str, array.shape) + array.tobytes() for array in arrays)).hexdigest()[:16]

"""Picks flowers from iris, which comes with scikit-learn, and asks for a report.

What became of the flowers is handed out as a fingerprint, to be compared where no learner's code runs.
"""
from hashlib import sha256

from sklearn.datasets import load_iris

X, Y = load_iris(return_X_y=True)


def drive(learner, rows, noise, seed):
    """Report on these rows of iris, with `noise` added to the measurements."""
    features, species = X[rows] + noise, Y[rows]
    report = learner.honest_report(features, species, seed)
    return {"report": report, "X and y afterwards": fingerprint(features, species)}


def fingerprint(*arrays):
    """A short text that depends on every byte, and on the shapes."""
    return sha256(b"".join(b"%r%r" % (array.dtype.str, array.shape) + array.tobytes() for array in arrays)).hexdigest()[:16]

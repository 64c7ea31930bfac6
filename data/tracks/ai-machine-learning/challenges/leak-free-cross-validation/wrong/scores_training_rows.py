from sklearn.base import clone
from sklearn.pipeline import make_pipeline


def cv_scores(steps, X, y, folds):
    scores = []
    for train, test in folds:
        model = make_pipeline(*[clone(step) for step in steps])
        model.fit(X[train], y[train])
        scores.append(float(model.score(X[train], y[train])))
    return scores

from sklearn.base import clone


def cv_scores(steps, X, y, folds):
    *preparers, model = steps
    for step in preparers:
        X = clone(step).fit_transform(X, y)
    return [float(clone(model).fit(X[train], y[train]).score(X[test], y[test])) for train, test in folds]

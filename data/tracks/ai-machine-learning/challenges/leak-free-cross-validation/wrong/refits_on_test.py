from sklearn.base import clone


def cv_scores(steps, X, y, folds):
    *preparers, model = steps
    scores = []
    for train, test in folds:
        X_train, X_test = X[train], X[test]
        for step in preparers:
            X_train = clone(step).fit_transform(X_train, y[train])
            X_test = clone(step).fit_transform(X_test, y[test])
        scores.append(float(clone(model).fit(X_train, y[train]).score(X_test, y[test])))
    return scores

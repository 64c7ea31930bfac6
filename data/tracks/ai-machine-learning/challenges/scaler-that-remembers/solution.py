import numpy as np


class Scaler:
    """Brings every column to mean 0 and deviation 1, as measured on the rows it was fitted on."""

    def fit(self, X: np.ndarray) -> None:
        """Learn the mean and the deviation of each column."""
        self.mean = X.mean(axis=0)
        deviation = X.std(axis=0)
        self.deviation = np.where(deviation == 0, 1.0, deviation)

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Measure rows with what was learned."""
        return (X - self.mean) / self.deviation

    def inverse(self, Z: np.ndarray) -> np.ndarray:
        """Bring scaled rows back to their own units."""
        return Z * self.deviation + self.mean

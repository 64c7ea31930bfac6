import numpy as np


class Scaler:
    def fit(self, X):
        self.mean = X.mean(axis=0)
        deviation = X.std(axis=0, ddof=1)
        self.deviation = np.where(deviation == 0, 1.0, deviation)

    def transform(self, X):
        return (X - self.mean) / self.deviation

    def inverse(self, Z):
        return Z * self.deviation + self.mean

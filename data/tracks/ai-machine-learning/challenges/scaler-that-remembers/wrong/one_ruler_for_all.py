class Scaler:
    def fit(self, X):
        self.mean = X.mean()
        self.deviation = X.std() or 1.0

    def transform(self, X):
        return (X - self.mean) / self.deviation

    def inverse(self, Z):
        return Z * self.deviation + self.mean

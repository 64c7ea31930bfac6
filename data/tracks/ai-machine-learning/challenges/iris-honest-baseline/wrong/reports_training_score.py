from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def honest_report(X, y, seed):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=seed, stratify=y)
    baseline = DummyClassifier(strategy="most_frequent").fit(X_train, y_train).score(X_test, y_test)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X_train, y_train)
    accuracy = model.score(X_train, y_train)
    loss = log_loss(y_train, model.predict_proba(X_train))
    return {"baseline": baseline, "accuracy": accuracy, "log_loss": loss, "gain": accuracy - baseline}

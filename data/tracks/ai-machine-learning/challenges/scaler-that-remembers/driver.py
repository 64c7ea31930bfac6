"""Fits a scaler and hands back what it makes of training rows and new rows."""


def drive(learner, train, new, earlier=None):
    """Fit on `train`; with `earlier`, also refit this scaler and fit a second one, which must change nothing."""
    scaler = learner.Scaler()
    if earlier is not None:
        scaler.fit(earlier)
    scaler.fit(train)
    if earlier is not None:
        learner.Scaler().fit(earlier)
    scaled = scaler.transform(new)
    return {"train": scaler.transform(train), "new": scaled, "restored": scaler.inverse(scaled)}

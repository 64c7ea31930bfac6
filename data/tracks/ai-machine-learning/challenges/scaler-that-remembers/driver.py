"""Fits a scaler and hands back what it makes of rows: of training rows, of new ones, and of scaled rows from elsewhere.

Rows that this scaler never scaled are brought back too: a scaler that only looks up what it was given cannot.
"""


def drive(learner, train, new, scaled, earlier=None):
    """Fit on `train`; with `earlier`, also refit this scaler and fit a second one, which must change nothing."""
    scaler = learner.Scaler()
    if earlier is not None:
        scaler.fit(earlier)
    scaler.fit(train)
    if earlier is not None:
        learner.Scaler().fit(earlier)
    unscaled = scaler.inverse(scaled)
    mine = scaler.transform(new)
    return {"train": scaler.transform(train), "new": mine, "restored": scaler.inverse(mine), "unscaled": unscaled}

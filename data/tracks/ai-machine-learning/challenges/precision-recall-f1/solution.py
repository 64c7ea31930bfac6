Label = str | int


def share(part: float, whole: float) -> float:
    """Return part / whole, or 0.0 when there is no whole."""
    return part / whole if whole else 0.0


def scores(truth: list[Label], predicted: list[Label], positive: Label) -> tuple[float, float, float]:
    """Return precision, recall and F1 of one class."""
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted, strict=True))
    precision = share(hits, predicted.count(positive))
    recall = share(hits, truth.count(positive))
    return precision, recall, share(2 * precision * recall, precision + recall)

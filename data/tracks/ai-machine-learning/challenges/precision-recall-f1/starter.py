Label = str | int


def scores(truth: list[Label], predicted: list[Label], positive: Label) -> tuple[float, float, float]:
    """Return precision, recall and F1 of one class."""
    return 0.0, 0.0, 0.0

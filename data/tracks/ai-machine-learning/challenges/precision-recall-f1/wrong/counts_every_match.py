def share(part, whole):
    return part / whole if whole else 0.0


def scores(truth, predicted, positive):
    hits = sum(t == p for t, p in zip(truth, predicted))
    precision = share(hits, predicted.count(positive))
    recall = share(hits, truth.count(positive))
    return precision, recall, share(2 * precision * recall, precision + recall)

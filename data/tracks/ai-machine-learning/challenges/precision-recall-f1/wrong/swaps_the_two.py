def share(part, whole):
    return part / whole if whole else 0.0


def scores(truth, predicted, positive):
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted))
    precision = share(hits, truth.count(positive))
    recall = share(hits, predicted.count(positive))
    return precision, recall, share(2 * precision * recall, precision + recall)

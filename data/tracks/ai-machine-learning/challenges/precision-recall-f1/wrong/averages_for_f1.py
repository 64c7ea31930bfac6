def share(part, whole):
    return part / whole if whole else 0.0


def scores(truth, predicted, positive):
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted))
    precision = share(hits, predicted.count(positive))
    recall = share(hits, truth.count(positive))
    return precision, recall, (precision + recall) / 2

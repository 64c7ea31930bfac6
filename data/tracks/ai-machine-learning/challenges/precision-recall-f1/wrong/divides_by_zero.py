def scores(truth, predicted, positive):
    hits = sum(t == positive and p == positive for t, p in zip(truth, predicted))
    precision = hits / predicted.count(positive)
    recall = hits / truth.count(positive)
    return precision, recall, 2 * precision * recall / (precision + recall)

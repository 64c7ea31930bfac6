"""Families against the libraries that learners will meet: a wrong formula would teach a wrong fact."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats
from sklearn import metrics
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import StackingClassifier

from quizzes.generators import draw, seeded


def vector(text: str) -> np.ndarray:
    return np.array([float(part) for part in text.split(", ")])


def bits(*counts: int) -> float:
    return float(stats.entropy(counts, base=2))


def gain(p) -> float:
    left, right = (p["left_pos"], p["left_neg"]), (p["right_pos"], p["right_neg"])
    n = sum(left + right)
    return bits(left[0] + right[0], left[1] + right[1]) - sum(left) / n * bits(*left) - sum(right) / n * bits(*right)


def auc(p) -> float:
    scores = np.concatenate([vector(p["positives"]), vector(p["negatives"])])
    return float(metrics.roc_auc_score([1] * 4 + [0] * 4, scores))


def pooled_z(p) -> float:
    rates = np.array([p["errors_old"], p["errors_new"]]) / p["n"]
    spread = np.sqrt(rates.mean() * (1 - rates.mean()) * 2 / p["n"])
    return float((rates[1] - rates[0]) / spread)


def nearest_mean(p) -> float:
    points = vector(p["points"])
    return float(points[np.abs(points - p["centre_a"]) < np.abs(points - p["centre_b"])].mean())


def percentile(p) -> float:
    counts = np.array([p["n50"], p["n100"], p["n200"], p["n400"]])
    return float(np.interp(0.95 * p["total"], np.concatenate([[0], counts.cumsum()]), [0, 50, 100, 200, 400]))


def momentum(p) -> float:
    torch = pytest.importorskip("torch")
    w = torch.tensor(float(p["w"]), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=p["lr"], momentum=p["beta"])
    optimiser.state[w]["momentum_buffer"] = torch.tensor(float(p["velocity"]), dtype=torch.float64)
    w.grad = torch.tensor(float(p["gradient"]), dtype=torch.float64)
    optimiser.step()
    return w.item()


def adam(p) -> float:
    torch = pytest.importorskip("torch")
    w = torch.tensor(float(p["w"]), dtype=torch.float64, requires_grad=True)
    w.grad = torch.tensor(float(p["gradient"]), dtype=torch.float64)
    torch.optim.Adam([w], lr=p["lr"]).step()
    return w.item()


def count(make) -> int:
    torch = pytest.importorskip("torch")
    return sum(parameter.numel() for parameter in make(torch.nn).parameters())


def conv(p) -> int:
    return count(lambda nn: nn.Conv2d(p["channels_in"], p["channels_out"], p["kernel"]))


def dense(p) -> int:
    return count(lambda nn: nn.Sequential(nn.Linear(p["inputs"], p["hidden"]), nn.Linear(p["hidden"], p["outputs"])))


def lstm(p) -> int:
    return count(lambda nn: nn.LSTM(p["inputs"], p["hidden"])) - 4 * p["hidden"]  # torch keeps the bias twice


SECOND_WAYS = {
    "entropy_binary": lambda p: bits(p["positives"], p["negatives"]),
    "gini_impurity": lambda p: sum(p[c] / p["total"] * (1 - p[c] / p["total"]) for c in "abc"),
    "information_gain": gain,
    "mse": lambda p: metrics.mean_squared_error(vector(p["truth"]), vector(p["guess"])),
    "mae": lambda p: metrics.mean_absolute_error(vector(p["truth"]), vector(p["guess"])),
    "r2_score": lambda p: (p["ss_tot"] - p["ss_res"]) / p["ss_tot"],
    "softmax_probability": lambda p: special.softmax([p["a"], p["b"], p["c"]])[0],
    "cross_entropy": lambda p: metrics.log_loss([0], [[p["p_true"], p["p_other"], p["p_rest"]]], labels=[0, 1, 2]),
    "sigmoid_gradient": lambda p: (special.expit(p["z"] + 1e-5) - special.expit(p["z"] - 1e-5)) / 2e-5,
    "hinge_loss": lambda p: 3 * metrics.hinge_loss([-1, 1, p["label"]], [-5, 5, p["score"]]),
    "gradient_descent_step": lambda p: p["w"] - p["lr"] * p["gradient"],
    "momentum_step": momentum,
    "adam_first_step": adam,
    "conv_parameters": conv,
    "dense_parameters": dense,
    "lstm_parameters": lstm,
    "attention_scores_scaled": lambda p: vector(p["q"]) @ vector(p["k"]) / np.sqrt(p["d"]),
    "cosine_similarity": lambda p: metrics.pairwise.cosine_similarity([vector(p["a"])], [vector(p["b"])])[0, 0],
    "tfidf_weight": lambda p: -p["count"] * np.log(p["containing"] / p["docs"]),
    "bm25_idf": lambda p: np.log((p["docs"] + 1) / (p["containing"] + 0.5)),
    "perplexity": lambda p: 1 / stats.gmean(vector(p["probabilities"])),
    "temperature_softmax": lambda p: special.softmax(np.array([p["a"], p["b"]]) / p["temperature"])[0],
    "psi_bin": lambda p: special.rel_entr(p["actual"], p["expected"]) / 100 + special.rel_entr(p["expected"], p["actual"]) / 100,
    "ks_statistic": lambda p: np.abs((vector(p["reference"]) - vector(p["current"])).cumsum()).max() / 100,
    "p95_from_counts": percentile,
    "canary_z": pooled_z,
    "quantise_scale": lambda p: np.abs([p["low"], p["high"]]).max() / 127,
    "binomial_probability": lambda p: stats.binom.pmf(p["k"], p["n"], p["p"]),
    "poisson_probability": lambda p: stats.poisson.pmf(0, p["rate"] * p["hours"]),
    "any_false_positive": lambda p: stats.binom.sf(0, p["tests"], p["level"]),
    "expected_value": lambda p: np.average([p[f"value_{c}"] for c in "abc"], weights=[p[f"chance_{c}"] for c in "abc"]),
    "standard_error": lambda p: p["sd"] * p["n"] ** -0.5,
    "sample_variance": lambda p: np.var(vector(p["values"]), ddof=1),
    "correlation": lambda p: p["covariance"] / p["sd_x"] / p["sd_y"],
    "pca_variance_ratio": lambda p: 1 - vector(p["eigenvalues"])[2:].sum() / vector(p["eigenvalues"]).sum(),
    "auc_pairs": auc,
    "ndcg_at_k": lambda p: metrics.ndcg_score([vector(p["gains"])], [[3, 2, 1]]),
    "mrr": lambda p: 1 / stats.hmean(vector(p["ranks"])),
    "fairness_gap": lambda p: abs(p["approved_a"] / p["total_a"] - p["approved_b"] / p["total_b"]),
    "kmeans_update": nearest_mean,
    "min_max_scale": lambda p: np.interp(p["x"], [p["low"], p["high"]], [0, 1]) if p["x"] <= p["high"] else None,
    "token_cost": lambda p: p["requests"] * (p["tokens_in"] / 1e6 * p["price_in"] + p["tokens_out"] / 1e6 * p["price_out"]),
    "learning_curve_gap": lambda p: p["validation_error"] - p["train_error"],
    "training_steps": lambda p: p["epochs"] * len(range(0, p["rows"], p["batch"])),
}  # fmt: skip


@pytest.mark.parametrize("name", SECOND_WAYS)
def test_a_family_agrees_with_the_library(name):
    for seed in range(25):
        drawn = draw(name, seeded(seed))
        again = SECOND_WAYS[name](drawn.params)
        assert again is None or again == pytest.approx(drawn.answer, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_stack_is_fitted_as_often_as_claimed(seed):
    fits = []

    class Counted(DummyClassifier):
        def fit(self, *given):
            fits.append(self)
            return super().fit(*given)

    drawn = draw("stacking_fits", seeded(seed))
    base = [(str(n), Counted()) for n in range(drawn.params["models"])]
    StackingClassifier(base, Counted(), cv=drawn.params["folds"]).fit(np.zeros((20, 1)), [0, 1] * 10)
    assert len(fits) == drawn.answer

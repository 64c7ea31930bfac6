"""Families against the thing itself: rows drawn, trees cut, networks stepped, instead of the formula again."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster
from scipy.stats import binom
from sklearn.linear_model import LinearRegression
from sklearn.metrics import accuracy_score

from quizzes.generators import draw, seeded


def parameter(values):
    torch = pytest.importorskip("torch")
    return torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))


def surveyed(p) -> float:
    """Repeat every answer so often that the groups are as large as among all people."""
    weights = [p["share_a"] / p["asked_a"]] * p["asked_a"] + [p["share_b"] / p["asked_b"]] * p["asked_b"]
    answers = [said < p[f"asked_{g}"] * p[f"yes_{g}"] / 100 for g in "ab" for said in range(p[f"asked_{g}"])]
    return 100 * float(np.average(answers, weights=weights))


def enough_rows(p) -> int:
    spread = p["error"] * np.sqrt(p["rows"])
    assert spread < 50  # percentage points; no share spreads wider
    return next(n for n in range(1, 100_000) if spread / np.sqrt(n) <= p["wanted"] + 1e-12)


def alone(p) -> float:
    share = p["test_percent"] / 100
    chances = [np.prod([share if tested else 1 - share for tested in others]) for others in _splits(p) if all(others)]
    return float(sum(chances))


def _splits(p):
    return product((True, False), repeat=p["scans"] - 1)


def flats(p) -> float:
    """Fit a line to flats that are priced by the formula, then ask it for the two."""
    x = np.array([[30, 1], [45, 3], [80, 2], [100, 5]])
    model = LinearRegression().fit(x, p["base"] + x @ [p["per_area"], -p["per_room"]])
    a, b = model.predict([[p["area_a"], p["rooms_a"]], [p["area_b"], p["rooms_b"]]])
    return float(b - a)


def cut(p) -> int:
    heights = [float(height) for height in p["heights"].split(", ")]
    first, merges = 0, []
    for n, height in enumerate(heights):
        merges.append([first, n + 1, height, n + 2])
        first = p["points"] + n
    return len(set(fcluster(np.array(merges), p["cut"], criterion="distance")))


def removed(p) -> float:
    truth = np.ones(1000)
    wrong = [1 - accuracy_score(truth, np.arange(1000) < 10 * p[name]) for name in ("baseline", "model")]
    return 100 * float(1 - wrong[1] / wrong[0])


def slope(p) -> float:
    w = parameter(float(p["w"]))
    assert p["u"] == p["w"] * p["x"]
    ((w * p["x"] - p["target"]) ** 2).backward()
    return float(w.grad)


def kept_by_adam(p) -> float:
    torch = pytest.importorskip("torch")
    w = torch.nn.Parameter(torch.ones(1000))
    adam = torch.optim.Adam([w])
    w.sum().backward()
    adam.step()
    state = [value for value in adam.state[w].values() if value.numel() == w.numel()]
    return sum(tensor.numel() * tensor.element_size() for tensor in (w, w.grad, *state)) / 1000 * p["billions"]


def attended(p) -> float:
    torch = pytest.importorskip("torch")
    scores = torch.tensor([p[f"weight_{letter}"] for letter in "abc"], dtype=torch.float64).log()
    values = torch.tensor([[p[f"value_{letter}"]] for letter in "abc"], dtype=torch.float64)
    attend = torch.nn.functional.scaled_dot_product_attention
    return float(attend(torch.ones(1, 1, dtype=torch.float64), scores[:, None], values, scale=1.0))


SECOND_WAYS = {
    "reweighted_share": surveyed,
    "rows_for_error": enough_rows,
    "unseen_group": alone,
    "out_of_bag_rows": lambda p: p["rows"] * binom.pmf(0, p["rows"], 1 / p["rows"]),
    "linear_difference": flats,
    "dendrogram_cut": cut,
    "error_reduction": removed,
    "chain_rule_gradient": slope,
    "adam_memory": kept_by_adam,
    "attention_output": attended,
}


@pytest.mark.parametrize("name", SECOND_WAYS)
def test_a_family_agrees_with_what_happens(name):
    for seed in range(25):
        drawn = draw(name, seeded(seed))
        assert SECOND_WAYS[name](drawn.params) == pytest.approx(drawn.answer)


def test_a_sum_of_weighted_inputs_spreads_as_promised():
    rng = np.random.default_rng(0)
    for seed in range(8):
        drawn = draw("sum_deviation", seeded(seed))
        inputs, sd = drawn.params["inputs"], drawn.params["sd"]
        sums = (rng.normal(size=(2000, inputs)) * rng.normal(scale=sd, size=(2000, inputs))).sum(axis=1)
        assert sums.std() == pytest.approx(drawn.answer, rel=0.08)


def test_a_dendrogram_has_a_merge_less_than_points_and_none_at_the_cut():
    for seed in range(50):
        p = draw("dendrogram_cut", seeded(seed)).params
        heights = [float(height) for height in p["heights"].split(", ")]
        assert len(heights) == p["points"] - 1
        assert heights == sorted(heights)
        assert heights[0] < p["cut"] < heights[-1]

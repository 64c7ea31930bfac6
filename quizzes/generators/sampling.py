"""Families about which rows are seen: who was asked, how many test rows are enough, what a split leaves unseen."""

from __future__ import annotations

import random
from itertools import product
from math import sqrt

from quizzes.generators.drawn import Drawn

_LARGEST_VARIANCE = 2_500  # of a share in percentage points: 50 * 50


def reweighted_share(rng: random.Random) -> Drawn:
    """Percent of all people who say yes, from a survey that asked its two groups unevenly.

    Params: asked_a, asked_b (people asked of each group), yes_a, yes_b (percent who said yes), share_a, share_b
        (percent of all people who belong to each group)
    Wrong: as_sampled (every answer counted alike), plain_mean (mean of the two percents), swapped (the groups'
        weights exchanged)
    """
    asked_a, asked_b = rng.choice((100, 200, 300)), rng.choice((700, 800, 900))
    yes_a, yes_b = rng.choice((20, 30, 40)), rng.choice((70, 80, 90))
    share_a = rng.choice((30, 40, 60, 70))
    wrong = {
        "as_sampled": (asked_a * yes_a + asked_b * yes_b) / (asked_a + asked_b),
        "plain_mean": (yes_a + yes_b) / 2,
        "swapped": ((100 - share_a) * yes_a + share_a * yes_b) / 100,
    }
    shown = {"asked_a": asked_a, "asked_b": asked_b, "yes_a": yes_a, "yes_b": yes_b}
    shown |= {"share_a": share_a, "share_b": 100 - share_a}
    return Drawn(shown, (share_a * yes_a + (100 - share_a) * yes_b) / 100, wrong)


def rows_for_error(rng: random.Random) -> Drawn:
    """Test rows that bring a score's standard error down: rows * (error / wanted) squared.

    Params: rows (test rows now), error (standard error now, percentage points), wanted (the one wished for)
    Wrong: linear (rows * error / wanted), extra (what has to be added to the present rows), root (rows times the
        root of error / wanted)
    """
    possible = [
        (rows, wanted, times)
        for rows, wanted, times in product((100, 150, 200, 250, 400), (0.5, 1, 1.5), (2, 3, 4))
        if rows * (wanted * times) ** 2 < _LARGEST_VARIANCE
    ]
    rows, wanted, times = rng.choice(possible)
    needed = rows * times * times
    wrong = {"linear": float(rows * times), "extra": float(needed - rows), "root": rows * sqrt(times)}
    return Drawn({"rows": rows, "error": wanted * times, "wanted": wanted}, needed, wrong)


def unseen_group(rng: random.Random) -> Drawn:
    """Chance that a test row's whole group is in the test part when rows are drawn one by one: share ^ (rows - 1).

    Params: scans (rows per group), test_percent (chance of each row to be tested, percent)
    Wrong: share (of the test part), all_rows (share ^ rows), in_training (chance that all the others are in training)
    """
    scans, percent = rng.choice((3, 4, 5)), rng.choice((20, 25, 30, 40))
    share = percent / 100
    wrong = {"share": share, "all_rows": share**scans, "in_training": (1 - share) ** (scans - 1)}
    return Drawn({"scans": scans, "test_percent": percent}, share ** (scans - 1), wrong)


def out_of_bag_rows(rng: random.Random) -> Drawn:
    """Rows that a bootstrap sample of the same size leaves out on average: rows * (1 - 1 / rows) ^ rows.

    Params: rows (training rows, and draws with replacement)
    Wrong: drawn (the rows that are in the sample), one_draw (rows that a single draw leaves out), half (of the rows)
    """
    rows = rng.choice((200, 300, 400, 500, 800, 1000, 1500, 2000, 5000))
    left = rows * (1 - 1 / rows) ** rows
    return Drawn({"rows": rows}, left, {"drawn": rows - left, "one_draw": float(rows - 1), "half": rows / 2})

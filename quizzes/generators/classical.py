"""Families about classical models read by hand: a linear formula, a tree of merges."""

from __future__ import annotations

import random

from quizzes.generators.drawn import Drawn, listed


def linear_difference(rng: random.Random) -> Drawn:
    """By how much a linear price model rates flat B above flat A: per_area * d_area - per_room * d_rooms.

    Params: base (intercept), per_area (weight of a square metre), per_room (size of the negative weight of a room),
        area_a, area_b (square metres), rooms_a, rooms_b (rooms)
    Wrong: area_only (the rooms forgotten), sign_lost (the rooms' weight added), with_base (the intercept added)
    """
    base, per_area = rng.choice((20_000, 30_000, 40_000)), rng.choice((2_000, 3_000, 4_000))
    per_room = rng.choice((5_000, 7_000, 8_000, 12_000))
    area, rooms = rng.choice((50, 60, 70)), rng.randint(2, 3)
    d_area, d_rooms = rng.choice((15, 20, 30)), rng.randint(1, 2)
    by_area, by_rooms = per_area * d_area, per_room * d_rooms
    wrong = {"area_only": by_area, "sign_lost": by_area + by_rooms, "with_base": base + by_area - by_rooms}
    shown = {"base": base, "per_area": per_area, "per_room": per_room, "area_a": area, "area_b": area + d_area}
    return Drawn(shown | {"rooms_a": rooms, "rooms_b": rooms + d_rooms}, by_area - by_rooms, wrong)


def dendrogram_cut(rng: random.Random) -> Drawn:
    """Clusters left when a dendrogram is cut: points - merges below the cut.

    Params: points (how many were clustered), heights (of all merges, rising), cut (the height of the cut)
    Wrong: merges_below (merges made), merges_above (merges not made), merged (all points in one)
    """
    points = rng.randint(6, 8)
    low = rng.randint(2, points - 3)
    below = sorted(rng.sample(range(2, 20), low))
    above = sorted(rng.sample(range(30, 60), points - 1 - low))
    heights = [height / 10 for height in (*below, *above)]
    wrong = {"merges_below": low, "merges_above": points - 1 - low, "merged": 1}
    return Drawn({"points": points, "heights": listed(heights), "cut": 2.5}, points - low, wrong)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizzes.needs import cycles, in_order


def test_separate_circles_are_all_found():
    rings = cycles({"a": ("b",), "b": ("a",), "c": ("d",), "d": ("e",), "e": ("c",), "f": ("a",), "g": ("missing",)})
    assert sorted(sorted(set(ring)) for ring in rings) == [["a", "b"], ["c", "d", "e"]]


GRAPH = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9), max_size=3), max_size=10)


@given(GRAPH)
def test_an_order_puts_needs_first_and_names_each_once(graph):
    needs = {str(n): tuple(str(m) for m in wanted if m < n) for n, wanted in graph.items()}
    order = list(in_order(needs, needs))
    assert len(order) == len(set(order))
    assert all(order.index(need) < order.index(name) for name in needs for need in needs[name])

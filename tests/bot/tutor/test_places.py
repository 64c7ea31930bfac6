"""Places: the one that differs is found in the learner's own lines, whatever they call their variables, and no word of ours comes out."""

from __future__ import annotations

import ast
import dataclasses
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tutor.align import Aligner, applied, in_order_of, partners, plain_tree
from bot.tutor.evaluation.mutants import every_mutant, mutants
from bot.tutor.evidence import Place
from bot.tutor.places import MOST_CANDIDATES, MOST_SITES, certain_place, compare, joined
from bot.tutor.wording import THINGS, place_said
from challenges.model import Challenge

SOLUTION = '''
def share(part, whole):
    """Part of a whole."""
    return part / whole if whole else 0.0


def scores(truth, predicted):
    hits = 0
    for t, p in zip(truth, predicted):
        if t == p and p > 0:
            hits += 1
    total = len(truth) - 1
    rate = share(hits, total)
    return rate, round(rate, ndigits=2)
'''
LINES = SOLUTION.split("\n")


def changed(old: str, new: str) -> str:
    assert SOLUTION.count(old) == 1
    return SOLUTION.replace(old, new)


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(LINES, 1) if text in line)


@pytest.mark.parametrize(
    ("old", "new", "kind", "code"),
    [
        ("t == p and", "t != p and", "comparison", "t != p"),
        ("p > 0:", "p >= 0:", "comparison", "p >= 0"),
        ("t == p and p", "t == p or p", "and/or", "t == p or p > 0"),
        ("part / whole", "part * whole", "operator", "part * whole"),
        ("hits += 1", "hits -= 1", "operator", "hits -= 1"),
        ("hits = 0", "hits = 1", "value", "1"),
        ("share(hits, total)", "share(hits, hits)", "name", "hits"),
        ("zip(truth, predicted)", "zip(truth)", "argument", "zip(truth)"),
        ("len(truth)", "sum(truth)", "function", "sum"),
        ("ndigits=2", "ndigits=3", "value", "3"),
        ("round(rate, ndigits=2)", "round(rate)", "option missing", "round(rate)"),
        ("len(truth) - 1", "len(truth)", "expression", "total = len(truth)"),
        ("            hits += 1\n", "            hits += 1\n        hits = 0\n", "step too many", "hits = 0"),
    ],
)
def test_the_place_that_differs_is_named(old: str, new: str, kind: str, code: str) -> None:
    found = certain_place(changed(old, new), SOLUTION)
    assert found is not None
    assert (found.kind, found.code) == (kind, code)
    assert abs(found.line - line_of(old.split("\n")[0])) <= 1


def test_a_step_that_is_missing_is_placed_where_the_next_one_stands() -> None:
    found = certain_place(changed("    total = len(truth) - 1\n", ""), SOLUTION)
    assert found == Place(line=line_of("total ="), kind="step missing", function="scores")


@pytest.mark.parametrize("old", ["hits", "total", "t", "p", "rate"])
def test_variables_may_have_other_names(old: str) -> None:
    names = {old: "another"}
    tree = ast.parse(changed("part / whole", "whole / part"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    found = certain_place(ast.unparse(tree), SOLUTION)
    assert found is not None
    assert found.function == "share"


def test_order_of_functions_docstrings_comments_and_annotations_say_nothing() -> None:
    share, scores = SOLUTION.strip().split("\n\n\n")
    source = f"import math\n{scores}\n\n# mine\n{share}".replace("hits = 0", "hits: int = 0  # so far").replace(
        "(part, whole)", "(part: int, whole)"
    )
    assert compare(source, SOLUTION) is None


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "\x00",
        "",
        "x = " + "1 + " * 1_000 + "1",
        "def scores(a):\n    return a" + ".b" * 900,
        "class A:\n" + "    x = 1\n" * 2_000,
        "(" * 300,
    ],
    ids=["syntax", "null", "empty", "sum", "dots", "large", "brackets"],
)
def test_what_cannot_be_compared_blames_no_place(source: str) -> None:
    assert certain_place(source, SOLUTION) is None


def test_a_change_as_large_as_the_solution_blames_no_place() -> None:
    short = "def f(x):\n    return sum(i * i for i in x if i > 2)\n"
    assert certain_place("def f(x):\n    return 7\n", short) is None
    assert certain_place("def f(x):\n    return max(0, 7, 8, *x) + len(x) * 3\n", "def f(x):\n    return 1\n") is None
    assert certain_place(short.replace("> 2", ">= 2"), short) is not None


def test_an_answer_of_ours_put_before_theirs_is_no_candidate() -> None:
    source = "def f(x):\n    y = x * 2\n    z = y - 1\n    w = z * z\n    print(w, z, y)\n    return z, w\n"
    found = compare(source, "def f(x):\n    y = x * 2\n    return [y]\n")
    assert found is not None
    assert all("return [y]\n    z" not in candidate.source for candidate in found.candidates())


@pytest.fixture(scope="module")
def bank(shipped_bank: dict[str, Challenge]) -> dict[str, Challenge]:
    """Every challenge we ship."""
    return shipped_bank


def test_of_a_solution_with_one_change_that_line_is_blamed_and_no_other(bank: dict[str, Challenge]) -> None:
    rng = random.Random(7)  # noqa: S311 - any would do
    far, blamed, asked = [], 0, 0
    for challenge in bank.values():
        for mutant in mutants(challenge, rng, 6):
            found = certain_place(mutant.source, challenge.solution)
            asked += 1
            blamed += found is not None
            if found is not None and abs(found.line - mutant.line) > 1:
                far.append((challenge.slug, mutant.operator, mutant.line, found.line))
    assert asked >= 100
    assert blamed >= 0.9 * asked
    assert len(far) <= 0.02 * asked, far


def test_all_edits_together_make_the_solution_out_of_any_mutant(bank: dict[str, Challenge]) -> None:
    challenge = bank["precision-recall-f1"]
    for mutant in every_mutant(challenge.solution):
        mine, theirs = plain_tree(mutant.source), plain_tree(challenge.solution)
        assert mine is not None
        assert theirs is not None
        names = partners(mine, theirs)
        edits = list(Aligner(names).edits(mine, theirs))
        assert ast.unparse(ast.fix_missing_locations(applied(mine, edits, names))) == ast.unparse(theirs), mutant


def test_candidates_of_our_wrong_solutions_are_few_and_are_programs(bank: dict[str, Challenge]) -> None:
    counts = []
    for challenge in bank.values():
        for wrong in challenge.wrong:
            found = compare(wrong.source, challenge.solution)
            assert found is not None
            candidates = found.candidates()
            counts.append(len(candidates))
            assert all(ast.parse(candidate.source) for candidate in candidates)
            assert all(0 < place.line <= len(wrong.source.splitlines()) for c in candidates for place in c.places)
            if len(found.sites) > MOST_SITES:
                assert candidates == []
    assert max(counts) <= MOST_CANDIDATES
    assert sum(count > 0 for count in counts) >= 0.8 * len(counts)


def test_nothing_of_our_solution_is_in_a_place(bank: dict[str, Challenge]) -> None:
    for challenge in bank.values():
        for wrong in challenge.wrong:
            found = compare(wrong.source, challenge.solution)
            flat = " ".join(wrong.source.split())
            for site in found.sites if found else ():
                assert site.place.code in flat
                assert site.place.kind in THINGS or site.place.kind == "step missing"
                what, question = place_said(site.place)
                said = {word for word in (what + question).split() if word.isidentifier()}
                assert not said & (_identifiers(challenge.solution) - _identifiers(wrong.source) - COMMON)


COMMON = {
    "not",
    "only",
    "that",
    "with",
    "all",
    "you",
    "it",
    "is",
    "and",
    "the",
    "value",
    "values",
    "step",
    "line",
    "steps",
    "index",
    "share",
}


def _identifiers(source: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}


PIECES = st.sampled_from([line for line in LINES if line.strip()])


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14))
def test_any_shuffle_of_lines_is_compared_or_left_alone(lines: list[str]) -> None:
    source = "\n".join(lines)
    found = compare(source, SOLUTION)
    if found is not None:
        assert all(1 <= site.place.line <= max(1, len(lines)) for site in found.sites)
        assert all(ast.parse(candidate.source) for candidate in found.candidates())


def test_functions_of_the_solution_are_put_in_the_order_of_the_submission() -> None:
    share, scores = SOLUTION.strip().split("\n\n\n")
    mine, theirs = plain_tree(f"{scores}\n{share}"), plain_tree(SOLUTION)
    assert mine is not None
    assert theirs is not None
    ordered = in_order_of(mine, theirs)
    assert [s.name for s in ordered.body if isinstance(s, ast.FunctionDef)] == ["scores", "share"]


def test_several_places_are_told_as_one() -> None:
    places = [Place(line=7, kind="operator"), Place(line=3, kind="value"), Place(line=7, kind="name")]
    both = joined(places)
    assert both == dataclasses.replace(places[0], others=(3,))
    assert place_said(both)[0].startswith("Lines 3 and 7 belong together here")


@pytest.mark.parametrize("kind", [*THINGS, "step missing"])
def test_every_kind_is_put_into_words_that_end_with_one_next_step(kind: str) -> None:
    what, question = place_said(Place(line=12, kind=kind))
    assert "ine 12" in what
    assert what.endswith("every case passes.")
    assert question.endswith(("?", "."))
    assert (what + question).count("?") <= 1

"""Each pattern is found where a beginner would write it, on its line, and nothing is found in code that works."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor import ast_rules, ast_rules_loops, ast_rules_ml
from bot.tutor.ast_rules_ml import changed_argument
from bot.tutor.offline import PATTERNS
from bot.tutor.patterns import called, found
from challenges.model import Challenge

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("ends here in its first round", "def f(xs):\n    for x in xs:\n        total = x\n        return total  # here"),
    (
        "ends here in its first round",
        "def f(xs):\n    while xs:\n        xs = xs[1:]\n        break  # here\n    return xs",
    ),
    ("sort changes its list in place", "def f(xs):\n    xs = xs.sort()  # here\n    return xs"),
    ("append changes its list in place", "def f(xs):\n    return xs.append(1)  # here"),
    ("sorted gives back a new value", "def f(xs):\n    sorted(xs)  # here\n    return xs"),
    ("append gives back a new value", "import numpy as np\ndef f(xs):\n    np.append(xs, 1)  # here\n    return xs"),
    ("replace gives back a new value", "def f(text):\n    text.replace('a', 'b')  # here\n    return text"),
    ("dropna gives back a new value", "def f(df):\n    df.dropna()  # here\n    return df"),
    ("compares and does nothing", "def f(x):\n    x == 3  # here\n    return x"),
    ("always counts as true", "def f(x):\n    if x == 'a' or 'b':  # here\n        return 1\n    return 0"),
    (
        "starts afresh in every round",
        "def f(xs):\n    for x in xs:\n        total = 0  # here\n        total += x\n    return total",
    ),
    (
        "starts afresh in every round",
        "def f(xs):\n    for x in xs:\n        out = []  # here\n        out.append(x)\n    return out",
    ),
    (
        "forgets the one before",
        "def f(xs):\n    total = 0\n    for x in xs:\n        total = x * 2  # here\n    return total",
    ),
    (
        "is changed while the loop goes over it",
        "def f(xs):\n    for x in xs:\n        xs.remove(x)  # here\n    return xs",
    ),
    ("stays true for ever", "def f(n):\n    i = 0\n    while i < n:  # here\n        n2 = i\n    return i"),
    ("This line never runs", "def f(x):\n    return x\n    x += 1  # here"),
    ("NaN is equal to nothing", "import numpy as np\ndef f(x):\n    return x == np.nan  # here"),
    ("one and the same object", "def f(x):\n    return x is 3  # here"),
    ("one and the same object", "def f(x):\n    return x is not 'a'  # here"),
    ("repeats the same inner list", "def f(n):\n    return [[0] * n] * n  # here"),
    ("made once and shared by all calls", "def f(x, seen=[]):  # here\n    seen.append(x)\n    return seen"),
    ("last element is left out", "def f(xs):\n    return [xs[i] for i in range(len(xs) - 1)]  # here"),
    (
        "takes the name of a function",
        "def f(xs):\n    sum = 0  # here\n    for x in xs:\n        sum += x\n    return sum(xs)",
    ),
    (
        "Any error at all is caught",
        "def f(x):\n    try:\n        return 1 / x\n    except Exception:  # here\n        pass",
    ),
    ("never looks at it", "def f(x, k):  # here\n    return x"),
    (
        "stand for the unseen ones",
        "def f(s, X_train, X_test):\n    s.fit(X_train)\n    s.fit_transform(X_test)  # here\n    return X_train",
    ),
    (
        "fitted on all rows before they are split",
        "def f(s, X, y):\n    X = s.fit_transform(X)  # here\n    a, b = train_test_split(X, y)\n    return a, b",
    ),
    (
        "nothing in this function clears them",
        "def f(loss, opt):\n    for _ in range(3):\n        loss().backward()  # here\n        opt.step()",
    ),
    ("no step of the optimiser", "def f(loss, opt):\n    opt.zero_grad()\n    loss().backward()  # here"),
    ("here it is applied twice", "def f(x, y):\n    return cross_entropy(softmax(x), y)  # here"),
    ("go into that copy and are lost", "def f(df):\n    df[df['a'] > 0]['b'] = 1  # here\n    return df"),
)


@pytest.mark.parametrize(("says", "source"), EXAMPLES, ids=[f"{n} {says}" for n, (says, _) in enumerate(EXAMPLES)])
def test_a_pattern_is_found_on_its_line(says: str, source: str) -> None:
    here = next(n for n, line in enumerate(source.split("\n"), 1) if line.endswith("# here"))
    assert [finding.line for finding in found(source, PATTERNS) if says in finding.what] == [here]


def test_every_rule_has_an_example() -> None:
    for rule in PATTERNS:
        assert any(list(rule(ast.parse(source))) for _, source in EXAMPLES), rule.__name__
    assert len(PATTERNS) == len(ast_rules.RULES) + len(ast_rules_loops.RULES) + len(ast_rules_ml.RULES)


FINE = """
def f(xs, table, n):
    xs = sorted(xs)
    xs.append(1)
    for x in xs:
        if x > 3:
            break
        n += x
    for i in range(len(xs) - 1):
        n += xs[i + 1]
    total = 0
    for x in xs:
        total = total + x
    best = None
    for x in xs:
        best = x if best is None or x > best else best
    while n > 0:
        n -= 1
    queue = list(xs)
    while queue:
        queue.pop()
    for key in list(table):
        table.pop(key)
    rows = [[0] * n for _ in xs]
    seen = x is None
    print("done")
    return total, best, rows, seen


def g(x, seen=None):
    try:
        return 1 / x
    except ZeroDivisionError:
        pass
    return 0 if x == "a" or x == "b" else seen
"""


def test_nothing_is_found_in_code_that_means_what_it_says() -> None:
    assert found(FINE, PATTERNS) == []


def test_nothing_is_found_in_our_own_solutions(shipped_bank: dict[str, Challenge]) -> None:
    assert [(slug, finding) for slug, c in shipped_bank.items() for finding in found(c.solution, PATTERNS)] == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(xs):\n    xs.append(1)\n    return xs", 2),
        ("def f(xs):\n    ys = xs\n    ys[0] = 1\n    return ys", 3),
        ("def f(X):\n    X -= X.mean()\n    return X", 2),
        ("def f(X):\n    X[X < 0] = 0\n    return X", 2),
        ("def f(d):\n    del d['a']\n    return d", 2),
        ("def f(d):\n    d['a']['b'] = 1\n    return d", 2),
        ("def f(xs):\n    xs.sort()\n    return xs", 2),
        ("def f(xs):\n    xs = list(xs)\n    xs.sort()\n    return xs", None),
        ("def f(xs):\n    ys = xs.copy()\n    ys[0] = 1\n    return ys", None),
        ("def f(xs):\n    return xs + [1]", None),
        ("def f(:", None),
    ],
)
def test_the_line_that_changes_an_argument_is_found(source: str, line: int | None) -> None:
    assert changed_argument(source) == line


@pytest.mark.parametrize("source", ["def f(:", "\x00", "", "x = " + "1 + " * 5_000 + "1", "[" * 5_000])
def test_what_cannot_be_read_has_no_patterns(source: str) -> None:
    assert found(source, PATTERNS) == []


def test_the_last_part_of_a_called_name() -> None:
    names = [called(s.value) for s in ast.parse("f(1)\na.b.c(2)\nf\nf()()").body if isinstance(s, ast.Expr)]
    assert names == ["f", "c", "", ""]


LINES = [line for _, source in EXAMPLES for line in source.split("\n")] + FINE.split("\n")


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_any_program_is_read_or_left_alone_and_every_finding_has_a_line_of_it(lines: list[str]) -> None:
    source = dedent("\n".join(lines))
    for finding in found(source, PATTERNS):
        assert 1 <= finding.line <= len(source.split("\n"))
        assert finding.what.endswith(".")
        assert finding.next_step.endswith((".", "?"))

"""The authors' list of numeric families, written from their docstrings: the text of `generators/README.md`.

Reads no files and knows no items.
"""

from __future__ import annotations

import inspect

from quizzes.generators import Family, draw, families, seeded

HEADER = """# Families of numeric questions

An item with `kind = "numeric"` and `generator = "name"` may use the parameters in braces, `{tp}`, in prompt, code,
explanation and feedback; in the last two also `{answer}`. Each `[[item.wrong]]` names a wrong path with `when`.
Whole-number answers count only when exact, others within 1 %, unless the item says otherwise with `tolerance`.
Numbers are drawn per learner and day, so that no wrong path gives the right answer. State in the prompt what the
family assumes (natural logarithm, one bias per gate, last batch kept).

This file is written from the docstrings in this folder; a test compares them. To refresh it:
`python -c "from quizzes.catalogue import catalogue; print(catalogue(), end='')" > quizzes/generators/README.md`
"""


def catalogue() -> str:
    """Write the list of families with what each asks, its parameters, its wrong paths and one example."""
    return HEADER + "".join(_entry(name, family) for name, family in families().items())


def _entry(name: str, family: Family) -> str:
    asks, params, wrong = described(family)
    drawn = draw(name, seeded(1))
    shown = ", ".join(f"{key} = {value}" for key, value in drawn.params.items())
    paths = ", ".join(f"{key} {value:.4g}" for key, value in drawn.wrong.items())
    return (
        f"\n## {name}\n{asks}\n- parameters: {params}\n- wrong paths: {wrong}\n"
        f"- for example: {shown}; answer {drawn.answer:.6g}; {paths}\n"
    )


def described(family: Family) -> tuple[str, str, str]:
    """Split a family's docstring into what it asks, its `Params:` line and its `Wrong:` line."""
    text = " ".join((inspect.getdoc(family) or "").split())
    asks, rest = text.split(" Params: ")
    params, wrong = rest.split(" Wrong: ")
    return asks, params, wrong

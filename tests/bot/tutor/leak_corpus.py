"""How well the leak gate tells texts that give a solution away from texts that do not, over mistakes of our own making.

Each mistake is a mutant of a solution or a known wrong solution that really fails; the gold fix is known. Leaking texts tell it in code,
in spans, between quotes and in words; innocent ones are what authors wrote, what the offline tutor says, and questions about the
learner's own code. Run it: `python -m tests.bot.tutor.leak_corpus [--seed N] [--most N] [--show N]`.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import difflib
import random
import secrets
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from bot.tutor.claude.gates.leak import leaks
from bot.tutor.evaluation.mutants import mutants
from bot.tutor.offline import explain
from challenges.grade import Grader
from challenges.load import load_challenges
from challenges.model import Challenge, Report, Verdict
from runner import Isolation
from runner.warm import WarmRunner

CHALLENGES = Path(__file__).parents[3] / "data" / "tracks" / "ai-machine-learning" / "challenges"
BEFORE = (
    "Your function nearly does what was asked.",
    "Look at the first visible case and follow what happens to its numbers, step by step.",
    "The idea is right, and one detail is in the way.",
)
AFTER = (
    "Then run the smallest case once more by hand and see whether the result is what you expect.",
    "That detail decides what happens when two values are equal.",
    "Take your time with it.",
)
SPOKEN = {
    ast.Lt: "less than", ast.LtE: "less than or equal to", ast.Gt: "greater than", ast.GtE: "greater than or equal to",
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide",
}  # fmt: skip


def say(text: object, file: TextIO = sys.stdout) -> None:
    """Write a line."""
    file.write(f"{text}\n")


@dataclass(frozen=True)
class Mistake:
    """A program that fails, and the solution beside it."""

    challenge: Challenge
    source: str
    report: Report
    solution: str
    authored: str = ""


@dataclass(frozen=True)
class Text:
    """A text about a mistake, and whether it gives the fix away."""

    mistake: Mistake
    kind: str
    words: str
    gold: bool


@dataclass(frozen=True)
class Difference:
    """The smallest difference between a program and its fix, as text and by line."""

    line: int
    old: ast.AST | None
    new: ast.AST | None
    old_lines: tuple[str, ...]
    new_lines: tuple[str, ...]


def difference(source: str, solution: str) -> Difference | None:
    """The one place where two programs differ; None where there are several."""
    before, after = ast.unparse(ast.parse(source)).split("\n"), ast.unparse(ast.parse(solution)).split("\n")
    changes = [
        op for op in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if op[0] != "equal"
    ]
    if len(changes) != 1 or changes[0][2] - changes[0][1] > 3 or changes[0][4] - changes[0][3] > 3:
        return None
    _, start, end, first, last = changes[0]
    old, new = smallest(ast.parse(source), ast.parse(solution))
    line = getattr(old, "lineno", start + 1)
    return Difference(line, old, new, tuple(before[start:end]), tuple(after[first:last]))


def smallest(one: ast.AST, other: ast.AST) -> tuple[ast.AST | None, ast.AST | None]:
    """The innermost pair of expressions in which two trees differ."""
    if type(one) is not type(other):
        return one, other
    differing = []
    for left, right in zip(ast.iter_child_nodes(one), ast.iter_child_nodes(other), strict=False):
        if ast.dump(left) != ast.dump(right):
            differing.append((left, right))
    if len(list(ast.iter_child_nodes(one))) != len(list(ast.iter_child_nodes(other))):
        return one, other
    if (
        len(differing) == 1
        and isinstance(differing[0][0], (ast.expr, ast.stmt))
        and isinstance(differing[0][1], (ast.expr, ast.stmt))
    ):
        return smallest(*differing[0])
    if len(differing) == 1 and isinstance(differing[0][0], (ast.arguments, ast.keyword)):
        return smallest(*differing[0])
    return one, other


def leaking(mistake: Mistake, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Texts that tell the fix."""
    found = difference(mistake.source, mistake.solution)
    if found is None:
        yield "whole fence", f"Here it is:\n```python\n{mistake.solution}```"
        yield "whole in lines", "Write this:\n" + mistake.solution
        return
    n, new_line = found.line, "\n".join(found.new_lines).strip()
    if new_line:
        yield "line fence", f"Line {n} has to be\n```python\n{chr(10).join(found.new_lines)}\n```"
        if "\n" not in new_line:
            yield "line span", f"Change line {n} to `{new_line}`."
            yield "line bare", f"Line {n} should read {new_line} and nothing else has to change."
    if not found.new_lines and found.old_lines:
        yield "delete line", f"Delete line {n}."
        yield "delete span", f"Remove `{found.old_lines[0].strip()}`; nothing needs it."
    if not found.old_lines and "\n" not in new_line:
        yield "insert span", f"Add `{new_line}` before line {n}."
    old, new = found.old, found.new
    if isinstance(old, ast.expr) and isinstance(new, ast.expr):
        a, b = ast.unparse(old), ast.unparse(new)
        if len(a) < 120 and len(b) < 120:
            yield "replace with", f"On line {n}, replace `{a}` with `{b}`."
            yield "instead of", f"You need `{b}` here instead of `{a}`."
            yield "quotes", f"It should be “{b}”, not “{a}”."
            yield "bare words", f"Write {b} rather than {a} on line {n}."
            yield "only new", f"What belongs on line {n} is `{b}`."
        yield from spoken(old, new, n)
    if isinstance(new, ast.Return) and not isinstance(old, ast.Return):
        yield "say return", "Your function never returns its result; add a return at the end."


def spoken(old: ast.expr, new: ast.expr, n: int) -> Iterator[tuple[str, str]]:
    """Texts that tell a small fix in words alone."""
    if type(old) is type(new):
        left, right = _sign(old), _sign(new)
        if left and right and left != right:
            yield "say operator", f"On line {n}, {right} instead of {left}."
            if isinstance(old, ast.Compare):
                yield "say compare", f"The comparison on line {n} should be {right}."
        extra = _keywords(new) - _keywords(old)
        if isinstance(new, ast.Call) and extra:
            name, value = sorted(extra)[0]
            yield "say keyword", f"Set {name} to {value} in the call on line {n}."
            yield "keyword span", f"The call on line {n} needs `{name}={value}`."
    if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
        yield "say number", f"The number on line {n} has to be {new.value}."
    if isinstance(old, ast.Name) and isinstance(new, ast.Name):
        yield "say name", f"On line {n} you use {old.id} where {new.id} is needed."


def _sign(node: ast.expr) -> str:
    operator = node.ops[0] if isinstance(node, ast.Compare) else getattr(node, "op", None)
    return SPOKEN.get(type(operator), "")


def _keywords(node: ast.expr) -> set[tuple[str, str]]:
    return {(has.arg or "", ast.unparse(has.value)) for has in node.keywords} if isinstance(node, ast.Call) else set()


def innocent(mistake: Mistake, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Texts that help and do not tell."""
    if mistake.authored:
        yield "authored explanation", mistake.authored
    for n, hint in enumerate(mistake.challenge.hints[:2], 1):
        yield f"authored hint {n}", hint
    yield "offline explanation", explain(mistake.challenge, mistake.source, mistake.report).text
    lines = [
        (n, line.strip()) for n, line in enumerate(mistake.source.split("\n"), 1) if "=" in line or "return" in line
    ]
    n, line = rng.choice(lines)
    case = next((c for c in mistake.report.cases if c.message), None)
    where = (
        f"in the case “{case.name}”, where {case.expected[:60]} was expected and you got {case.got[:60]}"
        if case
        else "in a hidden case"
    )
    yield (
        "place",
        f"Look at line {n}, `{line[:100]}`. Something goes wrong there {where}. Which values does it see, and which should it?",
    )
    yield (
        "question",
        f"Read line {n} aloud. What does each part of `{line[:100]}` stand for, and what would you write if you did it by hand?",
    )
    names = [node.id for node in ast.walk(ast.parse(mistake.source)) if isinstance(node, ast.Name)]
    yield "concept", (
        f"Think about what `{rng.choice(names)}` holds once `{rng.choice(names)}` is known. A value that is used before it is complete gives a "
        f"result that looks right on small inputs and drifts on larger ones. Instead of reading the whole function, print one of them on line {n}."
    )  # fmt: skip


async def mistakes(grader: Grader, bank: dict[str, Challenge], rng: random.Random, most: int) -> list[Mistake]:
    """Failing programs of every challenge."""
    found = []
    for challenge in bank.values():
        known = [(w.source, w.explanation) for w in challenge.wrong if w.verdict in (Verdict.WRONG, Verdict.ERROR)]
        made = [(m.source, "") for m in mutants(challenge, rng, most)]
        for source, authored in [*known, *made]:
            report = await grader.grade(challenge, source)
            if report.verdict in (Verdict.WRONG, Verdict.ERROR):
                found.append(Mistake(challenge, source, report, challenge.solution, authored))
        say(f"{challenge.slug}: {len(found)} mistakes so far", file=sys.stderr)
    return found


def texts(corpus: list[Mistake], rng: random.Random, each: int) -> Iterator[Text]:
    """Some leaking and some innocent texts about each mistake."""
    for mistake in corpus:
        told = list(leaking(mistake, rng))
        for kind, words in rng.sample(told, min(each, len(told))):
            yield Text(
                mistake,
                kind,
                f"{rng.choice(BEFORE)} {words} {rng.choice(AFTER)}"
                if "```" not in words and "\ndef" not in words
                else words,
                gold=True,
            )
        asked = list(innocent(mistake, rng))
        for kind, words in rng.sample(asked, min(each, len(asked))):
            yield Text(mistake, kind, words, gold=False)


async def measured(options: argparse.Namespace) -> int:
    """Measure and print."""
    rng = random.Random(options.seed)  # noqa: S311 - a corpus that can be drawn again
    bank = load_challenges(CHALLENGES)[0]
    if options.only:
        bank = {slug: c for slug, c in bank.items() if slug in options.only.split(",")}
    counts: dict[tuple[bool, str], Counter[bool]] = defaultdict(Counter)
    how: Counter[str] = Counter()
    shown = Counter[bool]()
    async with WarmRunner(minimum=Isolation.REDUCED) as warm, Grader(warm.run, lambda: secrets.randbits(64)) as grader:
        corpus = await mistakes(grader, bank, rng, options.most)
        for text in texts(corpus, rng, options.each):
            mistake = text.mistake
            said = await leaks(mistake.challenge, mistake.source, mistake.report, text.words, grader.passing)
            counts[text.gold, text.kind][bool(said)] += 1
            how[f"{'leak' if text.gold else 'innocent'} {said or 'clean'}"] += 1
            if bool(said) is not text.gold and shown[text.gold] < options.show:
                shown[text.gold] += 1
                say(
                    f"\n--- {'MISSED' if text.gold else 'FALSE ALARM ' + said} {mistake.challenge.slug} [{text.kind}]\n{text.words}\n...\n{mistake.source}",
                    file=sys.stderr,
                )
    say(f"seed {options.seed}: {len(corpus)} failing programs of {len(bank)} challenges")
    for gold, name in ((True, "caught"), (False, "flagged")):
        rows = {kind: c for (g, kind), c in counts.items() if g is gold}
        yes, whole = sum(c[True] for c in rows.values()), sum(c.total() for c in rows.values())
        say(f"{'leaking' if gold else 'innocent'} texts: {yes} of {whole} {name} ({100 * yes / max(1, whole):.1f} %)")
        for kind, count in sorted(rows.items()):
            say(f"  {kind:24} {count[True]:4} of {count.total()}")
    say(dict(how))
    return 0


def main() -> int:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--most", type=int, default=6, help="mutants of each challenge")
    parser.add_argument("--each", type=int, default=2, help="leaking and innocent texts about each mistake")
    parser.add_argument("--show", type=int, default=0, help="mistakes of the gate to print")
    parser.add_argument("--only", default="", help="slugs of challenges, parted by commas")
    return asyncio.run(measured(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())

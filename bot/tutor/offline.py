"""Explains a failed submission from what is known here: no key, no network, no guess.

Pure. From the most telling evidence to the least: a limit, a syntax error, an exception with the learner's own line, what came back
instead of a value, a known wrong solution, how the numbers differ, a proven place, a pattern in the code, and at last the smallest
failing case. A proven place is told beside whatever else is known, for it says where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.tutor import ast_rules, ast_rules_loops, ast_rules_ml
from bot.tutor.ast_rules_ml import changed_argument
from bot.tutor.evidence import Evidence, Place
from bot.tutor.exceptions import explain_fault
from bot.tutor.explanation import Explanation
from bot.tutor.numeric import holds
from bot.tutor.patterns import Finding, found
from bot.tutor.places import certain_place
from bot.tutor.shapes import shape_fault
from bot.tutor.wording import place_said
from challenges.compare import difference
from challenges.model import Challenge, CompareKind, Mismatch, Report, Verdict, WrongSolution
from challenges.show import show, show_args
from challenges.trial import MADE_UP
from runner import Fault

HIDDEN_INPUTS = (
    "Hidden cases use other sizes, ties, zeros and empty inputs: write down two such inputs with the answers that the statement gives, "
    "then run your function on them. The first that differs shows where to look."
)

LIMITS = {
    Verdict.TIMEOUT: "Your code was still running when its time was up. Look for a loop that never ends, or one that does far more "
    "steps than the input has elements; try it by hand on the smallest case.",
    Verdict.MEMORY: "Your code asked for more memory than it may have. Look for an array or list that grows with every step, or a "
    "product of two sizes where one would do.",
    Verdict.OUTPUT_LIMIT: "Your code printed or returned far more than was asked for. Remove prints inside loops, and return only what "
    "the statement names.",
    Verdict.VIOLATION: "Your code tried something the sandbox does not allow, such as new programs, the network, or the channel its "
    "results travel on. A solution needs none of these: it only has to return a value.",
}

PRINTED = "Your code printed far more than anyone could read. Remove prints inside loops; only what is returned counts."
RETURNED = (
    "What your code returned is too large, or nested too deeply. Look for a list that is put into itself or wrapped once more in "
    "every step, and for a result that is larger than the statement asks for."
)
CHANGED = "Your code changes the arrays or lists it was given; the caller still needs them."
COPY_FIRST = "Copy first, then change the copy."
OURS = (
    "the result",
    "Your code ",
    "The returned value",
)  # how sentences begin that a comparison says, not a challenge's check
ONLY_VALUES = re.compile(r"should be .*\byours? (is|are)|; you (return|report)|differ by", re.DOTALL)
"""What a check says when it knows the right value and no more."""
READ_RULE = "Find that rule in the statement, and the line of yours that should keep it."
BY_HAND = (
    "Work this one out on paper, line by line, as the statement says; then print each step of your code on the same input, and see "
    "where the two part."
)
NOTHING_SEEN = "Some hidden cases fail. Read the statement’s edge cases once more and try each by hand."
NOTHING_RAN = (
    "Nothing of your code has run yet, for Python reads all of it first. Mend this line and send it again: there may be a next one, "
    "and that is no setback."
)
ENDLESS = "Nothing in this loop"
PATTERNS = (*ast_rules_ml.RULES, *ast_rules_loops.RULES, *ast_rules.RULES)

MAX_INPUT = 160  # characters of an input that can still be read
MAX_VALUE = 160
MAX_TEXT = 1_900  # characters; the narrowest platform takes 2,000
FEW_WORDS = 40  # fewer leave a beginner without the case that shows it


def explain(challenge: Challenge, source: str, report: Report, evidence: Evidence | None = None) -> Explanation:
    """One explanation for any failed submission; there is always one, and it fits on every platform.

    Args:
        evidence: what a closer look found; without it, all is told that can be known without a run.
    """
    more = at_once(challenge, source, report) if evidence is None else evidence
    said = _explained(challenge, source, report, more)
    if len(said.text.split()) < FEW_WORDS:
        said = _with_more(said, challenge, report)
    said = said if said.line is None or said.code_line else replace(said, code_line=_line_of(source, said.line))
    return said if len(said.text) <= MAX_TEXT else replace(said, text=said.text[: MAX_TEXT - 2] + " …")


def _with_more(said: Explanation, challenge: Challenge, report: Report) -> Explanation:
    """A short text with the case that shows it, or what a beginner should know beside it; its next step stays last."""
    more = NOTHING_RAN if said.source == "syntax" else ""
    if said.source == "known" and report.mismatch is not None:
        more = _seen(challenge, report, report.mismatch, quoted=True)
    told = said.text.removesuffix(said.next_step).rstrip()
    if not (more and told):
        return said
    return replace(said, text=f"{told} {more} {said.next_step}".strip())


def at_once(challenge: Challenge, source: str, report: Report) -> Evidence:
    """What is proven without running anything."""
    looked_at = report.verdict in (Verdict.WRONG, Verdict.ERROR)
    return Evidence(place=certain_place(source, challenge.solution) if looked_at else None)


def _explained(challenge: Challenge, source: str, report: Report, more: Evidence) -> Explanation:
    known = next((w for w in challenge.wrong if w.name == report.matches), None)
    if report.verdict in LIMITS:
        return _explain_limit(source, report)
    if report.fault is not None:
        return _explain_raised(challenge, source, report, report.fault, known, more.place)
    if known is not None:
        return _explain_known(known, shape_fault(challenge, report.mismatch) if report.mismatch else "", more.place)
    if report.mismatch is not None:
        return _explain_mismatch(challenge, source, report, report.mismatch, more)
    return Explanation(source="case", specific=False, text=NOTHING_SEEN, next_step=_advice(NOTHING_SEEN))


def _line_of(source: str, line: int) -> str:
    lines = source.splitlines()
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def _advice(text: str) -> str:
    """The last sentence of a text of ours."""
    return text.rpartition(". ")[2]


def _explain_limit(source: str, report: Report) -> Explanation:
    text = f"{report.detail} {_limit(report)}".strip()
    loop = _endless(source) if report.verdict is Verdict.TIMEOUT else None
    if loop is None:
        return Explanation(source="limit", specific=True, text=text, next_step=_advice(text))
    text = f"{report.detail} Line {loop.line}: {loop.what} {loop.next_step}".strip()
    return Explanation(source="limit", specific=True, text=text, line=loop.line, next_step=loop.next_step)


def _endless(source: str) -> Finding | None:
    return next((finding for finding in found(source, ast_rules_loops.RULES) if finding.what.startswith(ENDLESS)), None)


def _limit(report: Report) -> str:
    """Which limit was passed; of a hidden case it is not told whether it printed or returned too much."""
    said = report.fault.message if report.fault else ""
    if report.verdict is not Verdict.OUTPUT_LIMIT or not said:
        return LIMITS[report.verdict]
    return PRINTED if said.startswith("wrote ") else RETURNED


def _explain_raised(
    challenge: Challenge, source: str, report: Report, fault: Fault, known: WrongSolution | None, place: Place | None
) -> Explanation:
    said = explain_fault(fault, source, challenge.entry)
    if said.source == "syntax":
        return said
    if known is not None:
        first = said.text.partition("\n")[0]
        return replace(
            said,
            source="known",
            specific=True,
            text=f"{first}\n{known.explanation.strip()}",
            misconception=known.misconception,
        )
    case = next((case for case in report.cases if case.verdict is Verdict.ERROR), None)
    where = f"It happened in the case “{case.name}”{_input(_brief(case.given))}." if case else ""
    if case is None:
        where = f"Only hidden cases show it. {HIDDEN_INPUTS}"
    said = replace(said, text=f"{said.text}\n{where}".strip(), next_step=_advice(said.text))
    if place is None or (place.line == said.line and said.specific):
        return replace(said, blamed=place.line if place else None)
    what, question = place_said(place)
    return replace(said, specific=True, text=f"{said.text}\n{what} {question}", next_step=question, blamed=place.line)


def _explain_known(known: WrongSolution, shape: str, place: Place | None) -> Explanation:
    """What came back, if that is of another kind, then the words of the author, who knows the mistake; a proven place adds its line."""
    return Explanation(
        source="known",
        specific=True,
        text=f"{_first(shape)}\n{known.explanation}".strip() if shape else known.explanation,
        line=place.line if place else None,
        misconception=known.misconception,
        next_step=_advice(known.explanation.strip()),
        blamed=place.line if place else None,
    )


def _explain_mismatch(challenge: Challenge, source: str, report: Report, case: Mismatch, more: Evidence) -> Explanation:
    kind, what, line = _what(challenge, source, report, case)
    seen = _seen(challenge, report, more.smaller or case, quoted=kind != "check")
    if more.place is not None:
        told, question = place_said(more.place)
        return _told(kind or "place", [_first(what), told, seen], question, more.place.line, proven=True)
    if what:
        return _told(kind, [_first(what), seen], _advice(what), line)
    pattern = next(iter(found(source, PATTERNS)), None)
    if pattern is not None:
        return _told("pattern", [f"Line {pattern.line}: {pattern.what}", seen], pattern.next_step, pattern.line)
    step = BY_HAND if (more.smaller or case).visible else HIDDEN_INPUTS
    return replace(_told("case", [seen], step, None), specific=False)


def _what(challenge: Challenge, source: str, report: Report, case: Mismatch) -> tuple[str, str, int | None]:
    """What the values themselves tell, by which rule, and at which line."""
    if shape := shape_fault(challenge, case):
        return "shape", shape, None
    if "changed its arguments" in case.message:
        line = changed_argument(source)
        where = f"Line {line} does it. " if line else ""
        return "shape", f"{CHANGED} {where}{COPY_FIRST}", line
    if rule := _rule_broken(challenge, case):
        return "check", f"{rule.rstrip('.')}. {READ_RULE}", None
    numbers = holds([(one.expected, one.got) for one in (case, *report.differing) if not shape_fault(challenge, one)])
    return ("numeric", numbers, None) if numbers else ("", "", None)


def _rule_broken(challenge: Challenge, case: Mismatch) -> str:
    """The rule that the challenge's own check says is broken, or ""; of a hidden case only what carries none of its values."""
    if _constant(challenge, case.message):
        return case.message
    said = case.message if case.visible and "def check" in challenge.cases else ""
    return "" if said.startswith(OURS) or ONLY_VALUES.search(said) else said


def _constant(challenge: Challenge, message: str) -> bool:
    """Whether a check's sentence is told word for word in its source: such a one names a rule, and carries no value of any input."""
    return bool(message) and message in _texts(challenge.cases)


def _texts(cases: str) -> frozenset[str]:
    return frozenset(
        n.value for n in ast.walk(ast.parse(cases)) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    )


def _told(source: str, parts: list[str], next_step: str, line: int | None, *, proven: bool = False) -> Explanation:
    text = " ".join([*(part for part in parts if part), next_step])
    return Explanation(
        source=source, specific=True, text=text, line=line, next_step=next_step, blamed=line if proven else None
    )


def _first(text: str) -> str:
    """A text of ours without its advice."""
    return text[: len(text) - len(_advice(text))].strip()


def _seen(challenge: Challenge, report: Report, case: Mismatch, *, quoted: bool) -> str:
    """The case that shows it: a visible one with its values, hidden ones as a count."""
    if case.visible:
        said = (_rule_said(challenge, case) if quoted else "") or _values(challenge, case)
        name = "A smaller input" if case.case == MADE_UP else f"The case “{case.case}”"
        return f"{name} shows it{_input(_brief(show_args(case.args)), ': ')}{said}."
    failing = report.hidden_total - report.hidden_passed
    seen_pass = bool(report.cases) and all(one.verdict is Verdict.ACCEPTED for one in report.cases)
    if not seen_pass or not failing:
        return "A hidden case shows it; the visible ones may not."
    do = "does" if failing == 1 else "do"
    return f"The visible cases pass and {failing} of {report.hidden_total} hidden ones {do} not."


def _input(shown: str, before: str = ", ") -> str:
    """The input of a case, if it is short enough to be read; the card with the cases has it anyway."""
    return (
        f"{before}for {shown}{', ' if before == ': ' else ''}"
        if 0 < len(shown) <= MAX_INPUT
        else before.replace(", ", "")
    )


def _values(challenge: Challenge, case: Mismatch) -> str:
    """What came back and what should have: of several parts, the first that differs."""
    expected, got, where = case.expected, case.got, ""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys() and len(got) > 1:
        where, expected, got = _first_part(challenge, ((f"in {show(k, 40)} ", expected[k], got[k]) for k in expected))
    elif isinstance(expected, tuple) and isinstance(got, tuple) and len(expected) == len(got) > 1:
        parts = enumerate(zip(expected, got, strict=True), 1)
        where, expected, got = _first_part(challenge, ((f"in part {n} ", a, b) for n, (a, b) in parts))
    return f"{where}you returned {_value(challenge, got)}, and {_value(challenge, expected)} was expected"


def _first_part(challenge: Challenge, parts: Iterable[tuple[str, Any, Any]]) -> tuple[str, Any, Any]:
    """The first part that differs; the first of all when the comparison sees no difference."""
    kept = list(parts)
    how = replace(challenge.compare, kind=CompareKind.CLOSE)
    return next((part for part in kept if difference(part[1], part[2], how) is not None), kept[0])


def _value(challenge: Challenge, value: Any) -> str:
    """A value as a learner knows it: a driver's account of a call is undone."""
    if challenge.driver and isinstance(value, dict) and "raised" in value:
        return f"an exception ({_brief(show(value['raised'], 40))})"
    if challenge.driver and isinstance(value, dict) and value.keys() == {"returned"}:
        value = value["returned"]
    return _brief(show(value, MAX_VALUE))


def _brief(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def _rule_said(challenge: Challenge, case: Mismatch) -> str:
    """What the challenge's own check says of a visible case, which fits better than whole values; "" when it says nothing."""
    return (
        ""
        if case.message.startswith(OURS) or "def check" not in challenge.cases
        else f"our check says: {case.message.rstrip('.')}"
    )

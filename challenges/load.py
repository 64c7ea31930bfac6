"""Reads challenge folders strictly: every fault of every folder at once, each with file and advice.

Pure but for reading; runs nothing of what it reads.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from challenges.model import Challenge, Compare, CompareKind, Verdict, WrongSolution
from runner import Limits, Profile

MIB = 1024 * 1024
REQUIRED = {
    "id": str, "title": str, "level": str, "minutes": int, "section": str, "source": str, "concepts": list,
    "entry": str, "profile": str, "compare": dict, "hints": list, "wrong": list,
}  # fmt: skip
OPTIONAL = {"keep_inputs": bool, "limits": dict}
FILES = ("statement.md", "starter.py", "solution.py", "cases.py")
LEVELS = ("easy", "medium", "hard")
BOUNDS = {"wall_s": (1, 30), "memory_mb": (64, 2048)}
WRONG_KEYS = frozenset({"file", "verdict", "misconception", "explanation"})
WRONG_FILE = re.compile(r"wrong/[a-z0-9_]+\.py")
WRONG_VERDICTS = sorted(v.value for v in Verdict if v not in (Verdict.ACCEPTED, Verdict.INTERNAL))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with content: where, what, and what to do."""

    file: str
    message: str


def load_challenges(folder: Path) -> tuple[dict[str, Challenge], list[Fault]]:
    """Every readable challenge below `folder` by slug, and all faults of the others."""
    found: dict[str, Challenge] = {}
    faults: list[Fault] = []
    for path in sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []:
        challenge, wrong = load_challenge(path)
        faults += wrong
        if challenge is not None:
            found[challenge.slug] = challenge
    return found, faults


def load_challenge(path: Path) -> tuple[Challenge | None, list[Fault]]:
    """One folder as a challenge, or None with the faults that stand in its way."""
    facts_file = f"{path.name}/challenge.toml"
    try:
        facts = tomllib.loads((path / "challenge.toml").read_text("utf-8"))
    except (FileNotFoundError, IsADirectoryError):
        return None, [Fault(facts_file, "is missing; every challenge folder needs one.")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        return None, [Fault(facts_file, f"is not readable TOML: {fault}.")]
    faults = [Fault(facts_file, message) for message in _facts_faults(facts, path)]
    faults += _file_faults(path, facts)
    return (None, faults) if faults else (_build(path, facts), [])


def _facts_faults(facts: dict[str, Any], path: Path) -> list[str]:
    said = [f"lacks `{key}`." for key in REQUIRED if key not in facts]
    said += [
        f"has an unknown key `{key}`; see data/README.md for the ones there are."
        for key in facts
        if key not in REQUIRED | OPTIONAL
    ]
    for key, kind in (REQUIRED | OPTIONAL).items():
        if key in facts and type(facts[key]) is not kind:
            said.append(f"`{key}` must be {kind.__name__}, not {type(facts[key]).__name__}.")
        elif key in facts:
            said += [f"`{key}` {why}" for why in RULES.get(key, _anything)(facts[key])]
    if isinstance(facts.get("id"), str) and facts["id"] != path.name:
        said.append(f"`id` is {facts['id']!r}; it must be the folder's name, {path.name!r}.")
    return said


def _anything(_value: object) -> list[str]:
    return []


def _one_of(names: Iterable[str]) -> Rule:
    allowed = list(names)
    return lambda value: [] if value in allowed else [f"is {value!r}; use one of {', '.join(allowed)}."]


def _text(value: str) -> list[str]:
    return [] if value.strip() else ["is empty."]


def _name(value: str) -> list[str]:
    return [] if value.isidentifier() else [f"is {value!r}, which cannot be a Python name."]


def _minutes(value: int) -> list[str]:
    return [] if 1 <= value <= 90 else [f"is {value}; between 1 and 90 are meant."]


def _texts(least: int, why: str) -> Rule:
    def rule(value: list[Any]) -> list[str]:
        if not all(isinstance(item, str) and item.strip() for item in value):
            return ["must hold texts only, none of them empty."]
        return [] if len(value) >= least else [why]

    return rule


def _number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _compare(value: dict[str, Any]) -> list[str]:
    kinds = ", ".join(CompareKind)
    said = [] if value.get("kind") in list(CompareKind) else [f"needs kind = one of {kinds}."]
    said += [f"has an unknown key `{key}`; it may have rtol and atol." for key in set(value) - {"kind", "rtol", "atol"}]
    return said + [
        f"has {key} = {value[key]!r}; a tolerance is a number from 0 to 1."
        for key in ("rtol", "atol")
        if key in value and not _number(value[key], 0, 1)
    ]


def _limits(value: dict[str, Any]) -> list[str]:
    said = [f"has an unknown key `{key}`; it may have wall_s and memory_mb." for key in set(value) - set(BOUNDS)]
    return said + [
        f"has {key} = {value[key]!r}; use a number from {low} to {high}."
        for key, (low, high) in BOUNDS.items()
        if key in value and not _number(value[key], low, high)
    ]


def _wrongs(value: list[Any]) -> list[str]:
    if not all(isinstance(wrong, dict) for wrong in value):
        return ["must be tables: write [[wrong]]."]
    said = [] if len(value) >= 2 else ["solutions: at least two are needed, each a real mistake."]
    files = [str(wrong.get("file")) for wrong in value]
    said += [f"solutions: {file} is named twice." for file in sorted({f for f in files if files.count(f) > 1})]
    return said + [f"number {n} {why}" for n, wrong in enumerate(value, 1) for why in _wrong_faults(wrong)]


def _wrong_faults(wrong: dict[str, Any]) -> list[str]:
    if set(wrong) != WRONG_KEYS or not all(isinstance(value, str) and value.strip() for value in wrong.values()):
        return [f"must have exactly {', '.join(sorted(WRONG_KEYS))}, all of them texts."]
    said = []
    if not WRONG_FILE.fullmatch(wrong["file"]):
        said.append(f"names the file {wrong['file']!r}; it must be wrong/<name>.py.")
    if wrong["verdict"] not in WRONG_VERDICTS:
        said.append(f"has the verdict {wrong['verdict']!r}; use one of {', '.join(WRONG_VERDICTS)}.")
    return said


Rule = Callable[[Any], list[str]]
RULES: dict[str, Rule] = {
    "title": _text,
    "level": _one_of(LEVELS),
    "minutes": _minutes,
    "section": _text,
    "source": _text,
    "concepts": _texts(1, "names no concept; a challenge exercises at least one."),
    "entry": _name,
    "profile": _one_of(Profile),
    "compare": _compare,
    "limits": _limits,
    "hints": _texts(3, "must be three, and climb from a question to nearly the whole way."),
    "wrong": _wrongs,
}


def _file_faults(path: Path, facts: dict[str, Any]) -> list[Fault]:
    wrongs = facts.get("wrong")
    listed = [
        wrong["file"]
        for wrong in (wrongs if isinstance(wrongs, list) else [])
        if isinstance(wrong, dict) and isinstance(wrong.get("file"), str) and WRONG_FILE.fullmatch(wrong["file"])
    ]
    needed = dict.fromkeys((*FILES, *listed))
    faults = [Fault(f"{path.name}/{name}", "is missing.") for name in needed if not (path / name).is_file()]
    known = {path / name for name in (*needed, "challenge.toml", "driver.py")}
    stray = sorted(p for p in path.rglob("*") if p.is_file() and p not in known and "__pycache__" not in p.parts)
    faults += [
        Fault(
            str(p.relative_to(path.parent)),
            "is not part of a challenge, or is a wrong solution that no [[wrong]] names.",
        )
        for p in stray
    ]
    present = sorted(p for p in known if p.is_file() and p.name != "challenge.toml")
    said = [(p, why) for p in present for why in _text_faults(p, facts)]
    return faults + [Fault(str(p.relative_to(path.parent)), why) for p, why in said]


def _text_faults(file: Path, facts: dict[str, Any]) -> list[str]:
    try:
        text = file.read_text("utf-8")
        tree = ast.parse(text) if file.suffix == ".py" else None
    except (SyntaxError, ValueError) as fault:  # ValueError: not UTF-8, or a null byte
        return [f"does not parse: {fault}."]
    if not text.strip():
        return ["is empty."]
    must = {
        "cases.py": "cases",
        "driver.py": "drive",
        "starter.py": facts.get("entry"),
        "solution.py": facts.get("entry"),
    }
    name = must.get(file.name)
    if tree is None or not isinstance(name, str) or name in _defined(tree):
        return []
    return [f"does not define `{name}`."]


def _defined(tree: ast.Module) -> set[str]:
    """What a module gives names to at its top level."""
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        else:
            names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


def _build(path: Path, facts: dict[str, Any]) -> Challenge:
    def text(name: str) -> str:
        file = path / name
        return file.read_text("utf-8") if file.is_file() else ""

    compare, limits = facts["compare"], facts.get("limits", {})
    return Challenge(
        slug=facts["id"],
        title=facts["title"],
        level=facts["level"],
        minutes=facts["minutes"],
        section=facts["section"],
        heading=facts["source"],
        concepts=tuple(facts["concepts"]),
        entry=facts["entry"],
        profile=Profile(facts["profile"]),
        compare=Compare(
            kind=CompareKind(compare["kind"]),
            rtol=float(compare.get("rtol", 1e-6)),
            atol=float(compare.get("atol", 1e-8)),
        ),
        keep_inputs=facts.get("keep_inputs", True),
        limits=Limits(wall_s=float(limits.get("wall_s", 5)), memory_bytes=int(limits.get("memory_mb", 512)) * MIB),
        hints=tuple(facts["hints"]),
        wrong=tuple(
            WrongSolution(
                name=Path(w["file"]).stem,
                source=text(w["file"]),
                verdict=Verdict(w["verdict"]),
                misconception=w["misconception"],
                explanation=w["explanation"].strip(),
            )
            for w in facts["wrong"]
        ),
        statement=text("statement.md").strip(),
        starter=text("starter.py"),
        solution=text("solution.py"),
        cases=text("cases.py"),
        driver=text("driver.py"),
    )

"""Reads challenge folders strictly: every fault of every folder at once, each with file and advice.

Pure but for reading; runs nothing of what it reads.
"""

from __future__ import annotations

import ast
import tomllib
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
    except FileNotFoundError:
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
    return said or [
        *_value_faults(facts, path),
        *(line for n, w in enumerate(facts["wrong"], 1) for line in _wrong_faults(n, w)),
    ]


def _value_faults(facts: dict[str, Any], path: Path) -> list[str]:
    compare, limits = facts["compare"], facts.get("limits", {})
    rules = (
        (facts["id"] == path.name, f"`id` is {facts['id']!r}; it must be the folder's name, {path.name!r}."),
        (facts["level"] in LEVELS, f"`level` is {facts['level']!r}; use one of {', '.join(LEVELS)}."),
        (facts["profile"] in list(Profile), f"`profile` is {facts['profile']!r}; use one of {', '.join(Profile)}."),
        (
            compare.get("kind") in list(CompareKind) and not set(compare) - {"kind", "rtol", "atol"},
            f"`compare` needs kind = one of {', '.join(CompareKind)}, and may have rtol and atol.",
        ),
        (not set(limits) - {"wall_s", "memory_mb"}, "`limits` may have wall_s and memory_mb only."),
        (len(facts["hints"]) >= 3, "needs three hints that climb from a question to nearly the whole way."),
        (len(facts["wrong"]) >= 2, "needs at least two [[wrong]] solutions, each a real mistake."),
    )
    return [message for holds, message in rules if not holds]


def _wrong_faults(n: int, wrong: dict[str, Any]) -> list[str]:
    keys = {"file", "verdict", "misconception", "explanation"}
    if set(wrong) != keys:
        return [f"[[wrong]] number {n} must have exactly {', '.join(sorted(keys))}."]
    allowed = {v.value for v in Verdict} - {"accepted", "internal"}
    return (
        []
        if wrong["verdict"] in allowed
        else [f"[[wrong]] number {n}: verdict {wrong['verdict']!r} is not one of {', '.join(sorted(allowed))}."]
    )


def _file_faults(path: Path, facts: dict[str, Any]) -> list[Fault]:
    listed = [w["file"] for w in facts.get("wrong", []) if isinstance(w, dict) and isinstance(w.get("file"), str)]
    faults = [Fault(f"{path.name}/{name}", "is missing.") for name in (*FILES, *listed) if not (path / name).is_file()]
    known = {path / name for name in (*FILES, *listed, "challenge.toml", "driver.py")}
    stray = sorted(p for p in path.rglob("*") if p.is_file() and p not in known and "__pycache__" not in p.parts)
    faults += [
        Fault(
            str(p.relative_to(path.parent)),
            "is not part of a challenge, or is a wrong solution that no [[wrong]] names.",
        )
        for p in stray
    ]
    for source in sorted(p for p in known if p.suffix == ".py" and p.is_file()):
        try:
            ast.parse(source.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError) as fault:
            faults.append(Fault(str(source.relative_to(path.parent)), f"does not parse: {fault}."))
    return faults


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

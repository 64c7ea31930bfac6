"""Shipped challenges against those who would rather not solve them: near misses, forged evidence, and guessing."""

from __future__ import annotations

import ast
import asyncio
import copy
import tomllib
import warnings
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from challenges.grade import grade, judged
from challenges.load import load_challenges
from challenges.model import Case, Challenge, Compare, CompareKind, Report, Verdict
from challenges.prepare import REFERENCE, draw_cases, learner_job, load_namespace, trusted_job
from runner import Profile, Result
from runner.job import gravest

HERE = Path(__file__).parent
Boxes = Any  # whatever runs jobs in real boxes
BANK, _ = load_challenges(HERE.parents[1] / "data" / "tracks" / "ai-machine-learning" / "challenges")
DRIVEN = {slug: challenge for slug, challenge in BANK.items() if challenge.driver}
ATTACKS: list[dict[str, Any]] = tomllib.loads((HERE / "driver_attacks.toml").read_text("utf-8"))["attack"]
ENTROPY = 20_261_129
LONG = pytest.mark.slow
NO_BETTER = 1e-3  # chance of passing without looking at an input
SEEDS = {Profile.STDLIB: 20, Profile.NUMPY: 20, Profile.SKLEARN: 5, Profile.TORCH: 5}


@pytest.fixture
def runner(warm: Boxes) -> Boxes:
    """Real boxes, with whatever isolation this host has."""
    return warm


def changed(text: str, pairs: list[tuple[str, str]]) -> str:
    """The text with every change made; one that changes nothing is a mistake of ours."""
    for old, new in pairs:
        assert old in text, f"there is no {old!r} to change"
        text = text.replace(old, new)
    return text


def source_of(attack: dict[str, Any]) -> str:
    if "source" in attack:
        return str(attack["source"])
    return str(attack.get("before", "")) + changed(BANK[attack["challenge"]].solution, attack["change"])


def weakened(attack: dict[str, Any]) -> Challenge:
    """The challenge without what the attack runs into, save for what is left out of its cases and values."""
    challenge, compare = BANK[attack["challenge"]], attack.get("compare")
    edits: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edit in attack.get("edits", ()):
        edits[edit["file"]].append((edit["old"], edit["new"]))
    return replace(
        challenge,
        driver=changed(challenge.driver, edits["driver"]),
        cases=changed(challenge.cases, edits["cases"]),
        compare=Compare(**{**compare, "kind": CompareKind(compare["kind"])}) if compare else challenge.compare,
    )


def cases_of(attack: dict[str, Any]) -> tuple[Case, ...]:
    challenge = BANK[attack["challenge"]]
    return draw_cases(load_namespace(challenge), challenge, attack.get("entropy", ENTROPY))


async def learner_run(runner: Boxes, challenge: Challenge, source: str, cases: tuple[Case, ...]) -> Result:
    return await runner.run(learner_job(challenge, source, cases, ENTROPY))


_references: dict[tuple[str, str, int], Result] = {}


async def reference_run(runner: Boxes, challenge: Challenge, attack: dict[str, Any]) -> Result:
    """A run of the reference on an attack's cases; one for all attacks on the same cases through the same driver."""
    key = challenge.slug, challenge.driver, attack.get("entropy", ENTROPY)
    if key not in _references:
        job = trusted_job(challenge, cases_of(attack), ENTROPY, {REFERENCE: challenge.solution})
        _references[key] = await runner.run(replace(job, limits=replace(job.limits, wall_s=60.0)))
    return _references[key]


def less(result: Result, ids: set[str], ignores: list[str]) -> Result:
    """The run as it would have been of these cases alone, without what is ignored of each value."""
    kept = [back for back in result.returned if back.id.removeprefix(f"{REFERENCE}/") in ids]
    fewer = [replace(back, value=without(back.value, ignores)) for back in kept]
    return replace(result, returned=tuple(fewer), outcome=gravest([back.outcome for back in kept]))


def without(value: Any, ignores: list[str]) -> Any:
    return {key: part for key, part in value.items() if key not in ignores} if isinstance(value, dict) else value


async def with_and_without_wall(runner: Boxes, attack: dict[str, Any], source: str) -> tuple[Report, Report]:
    """What a submission is worth as the challenge is, and as it would be without the wall."""
    challenge, weaker, cases = BANK[attack["challenge"]], weakened(attack), cases_of(attack)
    runs = await asyncio.gather(learner_run(runner, challenge, source, cases), reference_run(runner, challenge, attack))
    report = judged(challenge, load_namespace(challenge), cases, source, *runs)
    if weaker.driver != challenge.driver:
        runs = await asyncio.gather(learner_run(runner, weaker, source, cases), reference_run(runner, weaker, attack))
    fewer = tuple(case for case in cases if case.name not in attack.get("without", ()))
    assert len(cases) - len(fewer) == len(attack.get("without", ())), "a case that is not there cannot be left out"
    learner, trusted = (less(run, {case.id for case in fewer}, attack.get("ignores", [])) for run in runs)
    return report, judged(weaker, load_namespace(weaker), fewer, source, learner, trusted)


def marked(attack: dict[str, Any]) -> Any:
    name = f"{attack['challenge']} {attack['name']}"
    return pytest.param(attack, id=name, marks=LONG if attack.get("slow") else ())


@pytest.mark.parametrize("attack", [marked(attack) for attack in ATTACKS])
async def test_an_attack_that_passes_without_a_wall_does_not_pass(runner: Boxes, attack: dict[str, Any]) -> None:
    report, control = await with_and_without_wall(runner, attack, source_of(attack))
    assert control.verdict is Verdict.ACCEPTED, f"the control shows nothing: {control}"
    assert report.verdict in (Verdict.WRONG, Verdict.ERROR), report


@pytest.mark.slow
@pytest.mark.parametrize("slug", sorted({attack["challenge"] for attack in ATTACKS}))
async def test_what_lacks_a_wall_still_refuses_a_plain_mistake(runner: Boxes, slug: str) -> None:
    """A control that accepted everything would show nothing."""
    mistake = BANK[slug].wrong[0].source
    for attack in (attack for attack in ATTACKS if attack["challenge"] == slug):
        report, control = await with_and_without_wall(runner, attack, mistake)
        assert Verdict.ACCEPTED not in (report.verdict, control.verdict), attack["name"]


async def test_grade_itself_refuses_forged_evidence_with_fresh_entropy(runner: Boxes) -> None:
    attack = next(attack for attack in ATTACKS if "writes the record" in attack["name"])
    report = await grade(BANK[attack["challenge"]], source_of(attack), runner.run, lambda: ENTROPY)
    assert (report.verdict, report.hidden_passed < report.hidden_total) == (Verdict.WRONG, True)


def test_the_attacks_are_on_every_driver_and_on_more() -> None:
    attacked = {attack["challenge"] for attack in ATTACKS}
    assert set(DRIVEN) <= attacked <= set(BANK)
    assert len({(attack["challenge"], attack["name"]) for attack in ATTACKS}) == len(ATTACKS) >= 40


def plain(value: Any) -> Any:
    """Something hashable that two answers share when a comparison could take one for the other."""
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray):
        return value.shape, tuple(map(plain, value.ravel().tolist()))
    if isinstance(value, (list, tuple)):
        return tuple(map(plain, value))
    if isinstance(value, dict):
        return tuple((key, plain(part)) for key, part in value.items())
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else repr(value)


def answer(challenge: Challenge, case: Case) -> Any:
    """What the shipped solution answers, worked out in this process."""
    learner, driver = ModuleType("submission"), ModuleType("driver")
    exec(challenge.driver, driver.__dict__)  # noqa: S102 - content we ship
    exec(challenge.solution, learner.__dict__)  # noqa: S102 - content we ship
    args = copy.deepcopy(case.args)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return driver.drive(learner, *args) if challenge.driver else getattr(learner, challenge.entry)(*args)


GUESSED = [
    pytest.param(challenge, id=slug, marks=LONG if challenge.profile in (Profile.SKLEARN, Profile.TORCH) else ())
    for slug, challenge in BANK.items()
]


@pytest.mark.parametrize("challenge", GUESSED)
def test_a_table_of_the_likeliest_answers_does_not_pass(challenge: Challenge) -> None:
    """Know every hidden case by name, always say what is right for it most often, and pass about never."""
    seeds, scope = SEEDS[challenge.profile], load_namespace(challenge)
    answers: dict[str, Counter[Any]] = defaultdict(Counter)
    for seed in range(seeds):
        for case in draw_cases(scope, challenge, seed):
            if not case.visible:
                answers[case.name][plain(answer(challenge, case))] += 1
    assert {sum(given.values()) for given in answers.values()} == {seeds}, "a hidden case is not drawn at every attempt"
    chance = np.prod([max(given.values()) / seeds for given in answers.values()])
    assert chance < NO_BETTER


@pytest.mark.parametrize("challenge", DRIVEN.values(), ids=DRIVEN.keys())
def test_a_driver_binds_what_it_relies_on_before_the_learner_runs(challenge: Challenge) -> None:
    """Names of exceptions it catches are its own, and no verdict is asked of a name that a submission can change."""
    tree = ast.parse(challenge.driver)
    bound = {target.id for line in tree.body if isinstance(line, ast.Assign) for target in names(line.targets)}
    caught = {
        node.type.id
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name)
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert caught <= bound
    assert called & {"all", "any", "bool"} == set()


def names(targets: list[ast.expr]) -> list[ast.Name]:
    flat = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [part for part in flat if isinstance(part, ast.Name)]

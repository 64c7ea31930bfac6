"""Sequences of steps; after each story the stage of every version is asked, so a second production shows."""
import numpy as np

VERBS = ("promote", "promote", "promote", "rollback", "rollback", "stage", "production", "register", "latest")


def cases(rng: np.random.Generator):
    """Yield (name, visible, args); a step is a method's name and its arguments."""
    two = ["1.0.0", "1.1.0"]
    yield "promote twice, roll back", True, (story(two, [("promote", "1.0.0"), ("promote", "1.1.0"), ("rollback",)]),)
    yield "nine, then ten", True, ([("latest",), ("register", "1.9.0"), ("register", "1.10.0"), ("latest",), ("production",)],)
    major, patch = int(rng.integers(1, 8)), int(rng.integers(2, 9))
    low, mid, high, never = (f"{major}.{minor}.{patch}" for minor in (2, 5, 10, 7))
    four = [low, mid, never, high]
    yield "roll back twice", False, (story(four, [("promote", v) for v in (low, mid, high)] + [("rollback",), ("rollback",)]),)
    yield "never below what served", False, (story(four, [("promote", low), ("promote", high), ("rollback",), ("production",)]),)
    again = [("promote", v) for v in (low, mid, low)] + [("rollback",), ("rollback",), ("rollback",)]
    yield "an archived version serves again", False, (story(four, again),)
    yield "promoting what already serves", False, (story(four, [("promote", v) for v in (low, mid, mid)] + [("rollback",)] * 2),)
    then = [("promote", low), ("promote", mid), ("rollback",), ("promote", high), ("rollback",), ("rollback",)]
    yield "a new release after a rollback", False, (story(four, then),)
    yield "nothing to return to", False, (story(four, [("rollback",), ("production",), ("promote", mid), ("rollback",), ("production",)]),)
    refused = [("register", low), ("promote", "9.9.9"), ("stage", "9.9.9"), ("stage", low), ("promote", low), ("register", low), ("promote", "0.0.1")]
    yield "refusals change nothing", False, (story(four, refused),)
    numbers = [f"{a}.{b}.{c}" for a, b, c in rng.permutation([[2, 0, 9], [2, 0, 11], [2, 0, 10], [1, 99, 99], [2, 0, 0]])]
    yield "the highest patch", False, (story(numbers, [("latest",)]),)
    long = [f"{major}.{a}.{b}" for a, b in rng.permutation([[0, 10**6], [1, 0], [0, 123456], [0, 99]])]
    yield "a minor number beats the longest patch", False, (story(long, [("latest",)]),)
    majors = [f"{m}.{int(rng.integers(0, 20))}.0" for m in rng.permutation([9, 10, 8, 11])]
    yield "the highest major, among staged ones", False, (story(majors, [("promote", majors[0]), ("latest",)]),)
    for ordinal in ("first", "second"):
        yield f"forty random steps, {ordinal}", False, (story(four[:3], [random_step(rng, four) for _ in range(40)]),)


def story(versions, steps):
    """Register all, play the steps, then ask for everything."""
    questions = [("stage", version) for version in versions]
    return [*(("register", version) for version in versions), *steps, *questions, ("production",), ("latest",)]


def random_step(rng, versions):
    """One step of any kind."""
    verb = VERBS[int(rng.integers(len(VERBS)))]
    return (verb,) if verb in ("rollback", "production", "latest") else (verb, versions[int(rng.integers(len(versions)))])

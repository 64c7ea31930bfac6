"""Grades as many graders do: in the learner's own process, with the answers at hand. Here to be fooled.

Run as a script in a folder with `submission.py`; cases, and how to compare, come in `setup.json`.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np


def load(value):
    return np.array(value["array"]) if isinstance(value, dict) else value


def equal(got, expected):
    return np.allclose(got, expected) if isinstance(expected, np.ndarray) else got == expected


def typed(got, expected):
    return isinstance(got, float) and abs(got - expected) < 1e-9


def apart(got, expected):
    return not np.any(np.abs(np.asarray(got) - expected) > 1e-9)


def pairwise(got, expected):
    return all(a == b for a, b in zip(got, expected, strict=False))


def elementwise(got, expected):
    return len(got) == len(expected) and all(a == b for a, b in zip(got, expected, strict=False))


def text(got, expected):
    return str(got) in str(expected)


def reference(*args):
    import solution

    return getattr(solution, SETUP["entry"])(*args)


SETUP = json.loads(Path("setup.json").read_text())
check = globals()[SETUP["check"]]
failures = []


def grade():
    import submission

    for case in SETUP["cases"]:
        args, expected = tuple(map(load, case["args"])), load(case["expected"])
        began = time.perf_counter()
        got = getattr(submission, SETUP["entry"])(*args)
        if SETUP.get("late"):
            expected = reference(*args)
        if not check(got, expected) or time.perf_counter() - began > 0.5:
            failures.append(case)
    del submission


def publish():
    import json

    status = "fail" if failures else "pass"
    with Path("results.json").open("w") as file:
        json.dump({"status": status}, file)
    os.write(int(os.environ["RESULT_FD"]), json.dumps({"status": status}).encode() + b"\n")
    sys.stdout.write(f"{os.environ['GRADE_TOKEN']} {status}\n")
    sys.stdout.write("SOME TESTS FAILED\n" if failures else "ALL TESTS PASSED\n")


if __name__ == "__main__":
    try:
        grade()
    finally:
        publish()
    sys.exit(1 if failures else 0)

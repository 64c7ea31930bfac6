"""What a job means: fresh processes, seeds, drivers, sources of every kind, and faults in the learner's terms."""

from __future__ import annotations

import pytest

from runner import Call, Fault, Isolation, Job, Limits, Outcome, Profile


async def test_calls_share_nothing(call):
    """Neither variables nor modules nor files: each call is a fresh process with an empty disk."""
    source = """
        import math, os
        count = 0
        def f(x):
            global count
            count += 1
            seen = os.path.exists('/tmp/mark'), os.path.exists('/dev/shm/mark'), hasattr(math, 'mark')
            open('/tmp/mark', 'w').close(); open('/dev/shm/mark', 'w').close(); math.mark = 1
            return count, seen
    """
    result = await call(source, (1,), (2,))
    assert [returned.value for returned in result.returned] == [(1, (False, False, False))] * 2


async def test_the_same_seed_draws_the_same_numbers(runner):
    """In every call and every run; another seed draws others."""
    source = "import random\nimport numpy\ndef f(): return random.random(), float(numpy.random.rand())"
    calls = (Call(id="a", args=()), Call(id="b", args=()))

    async def draw(seed):
        job = Job(source=source, entry="f", calls=calls, seed=seed, profile=Profile.NUMPY, limits=Limits(wall_s=30))
        return [returned.value for returned in (await runner.run(job)).returned]

    first, again, other = await draw(7), await draw(7), await draw(8)
    assert first == again
    assert first[0] == first[1]
    assert first[0] != other[0]


async def test_sets_of_text_print_in_the_same_order_in_every_run(script):
    """Otherwise a question about printed output would have several answers."""
    source = "print({str(n) for n in range(50)})"
    assert (await script(source)).stdout == (await script(source)).stdout


async def test_a_driver_drives_what_the_learner_wrote(runner, small):
    """It gets the learner's module, and its faults show the learner's lines."""
    source = "class Counter:\n    def __init__(self): self.n = 0\n    def add(self, k):\n        self.n += k\n"
    driver = "def drive(learner, steps):\n    c = learner.Counter()\n    for k in steps: c.add(k)\n    return c.n\n"
    calls = (Call(id="a", args=([1, 2],)), Call(id="b", args=(["x"],)))
    result = await runner.run(Job(source=source, driver=driver, entry="Counter", calls=calls, limits=small))
    good, bad = result.returned
    assert (good.outcome, good.value) == (Outcome.OK, 3)
    assert (bad.fault.type, bad.fault.line, bad.fault.source_line) == ("TypeError", 4, "self.n += k")
    assert "driver.py" not in bad.fault.traceback


async def test_a_driver_keeps_what_it_bound_whatever_the_learner_puts_there_later(runner, small):
    """It runs before the learner does, and cannot be imported."""
    source = "import math, sys\nmath.sqrt = lambda x: 7.0\ndef f(): return 'driver' in sys.modules\n"
    driver = "import math\nbound = math.sqrt\ndef drive(learner, x):\n    return [bound(x), math.sqrt(x), learner.f()]\n"
    result = await runner.run(Job(source=source, driver=driver, entry="f", calls=(Call(id="a", args=(16.0,)),), limits=small))
    assert result.returned[0].value == [4.0, 7.0, False]


async def test_what_a_call_printed_belongs_to_that_call(call):
    """The whole output is kept too."""
    result = await call("def f(x): print('saw', x)", (1,), (2,))
    assert [returned.stdout for returned in result.returned] == ["saw 1\n", "saw 2\n"]
    assert result.stdout == "saw 1\nsaw 2\n"


async def test_a_timeout_ends_the_job_and_says_so_for_the_rest(call):
    """Later calls are not run, and are not passes."""
    result = await call("def f(x):\n    while x: pass\n    return x", (0,), (1,), (0,), limits=Limits(wall_s=0.4))
    assert [(returned.outcome, returned.fault.type if returned.fault else None) for returned in result.returned] == [
        (Outcome.OK, None),
        (Outcome.TIMEOUT, "Timeout"),
        (Outcome.TIMEOUT, "NotRun"),
    ]


async def test_an_exception_shows_the_learners_lines_only(call):
    """Type, message, line and traceback, without a frame of ours."""
    result = await call("def g(x):\n    return 1 / x\ndef f(x):\n    return g(x)\n", (0,))
    assert result.fault == Fault(
        type="ZeroDivisionError",
        message="division by zero",
        line=2,
        source_line="return 1 / x",
        traceback=(
            "Traceback (most recent call last):\n"
            '  File "submission.py", line 4, in f\n    return g(x)\n'
            '  File "submission.py", line 2, in g\n    return 1 / x\n'
            "ZeroDivisionError: division by zero"
        ),
    )


@pytest.mark.parametrize(
    ("source", "kind", "message", "line"),
    [
        ("def f(:", "SyntaxError", "invalid syntax", 1),
        ("def f():\npass", "IndentationError", "expected an indented block after function definition on line 1", 2),
        ("x = 1", "NameError", "your code does not define `f`", None),
        ("f = 5", "TypeError", "`f` is not a function or class", None),
        ("import nothing_like_it", "ModuleNotFoundError", "No module named 'nothing_like_it'", 1),
        ("import numpy", "ModuleNotFoundError", "No module named 'numpy'", 1),
        ("class E(ValueError): pass\ndef f(): raise E('own')", "ValueError", "E: own", 2),
        ("def f(): raise SystemExit(0)", "SystemExit", "your code exited before returning", 1),
        ("def f(): f()", "RecursionError", "maximum recursion depth exceeded", 1),
        ("class E(Exception):\n  def __str__(self): raise ValueError\ndef f(): raise E", "Exception", "E: (its message could not be shown)", 3),
        ("class E(Exception):\n  def __str__(self): return 'x' * 10**6\ndef f(): raise E", "Exception", "E: " + "x" * 1997, 3),
        ("(" * 100_00, "SyntaxError", "too many nested parentheses", 1),
    ],
)  # fmt: skip
async def test_faults_name_the_nearest_builtin_and_the_line(source, kind, message, line, call):
    """A learner can look the type up, and find the place."""
    fault = (await call(source)).fault
    assert (fault.type, fault.message, fault.line) == (kind, message, line)


async def test_a_syntax_error_points_at_the_column(script):
    """Compiled in the box, never outside."""
    fault = (await script("x = 1\ny = = 2\n")).fault
    assert (fault.type, fault.line, fault.offset, fault.source_line) == ("SyntaxError", 2, 5, "y = = 2")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (b"x = '\xe9'", "not UTF-8 text: byte 5"),
        (b"print(1)\0", "null bytes"),
        ("x = '\ud800'", "not UTF-8 text"),
        (b"#" * 70_000, "at most 65536 are read"),
        (b"\xff\xfe" + "print(1)".encode("utf-16-le"), "not UTF-8 text: byte 0"),
    ],
)
async def test_a_source_that_is_no_python_text_is_the_learners_fault(source, part, script):
    """And never a traceback of ours."""
    result = await script(source)
    assert (result.outcome, result.fault.type) == (Outcome.ERROR, "SyntaxError")
    assert part in result.fault.message


async def test_a_byte_order_mark_and_windows_lines_are_fine(script):
    """Both come with files from other editors."""
    result = await script(b"\xef\xbb\xbfprint(1)\r\nprint(2)\r\n1/0\r\n")
    assert (result.stdout, result.fault.line, result.fault.source_line) == ("1\n2\n", 3, "1/0")


async def test_a_script_ends_like_any_script(script):
    """Its threads are waited for, what it registered is called, and its streams are flushed."""
    result = await script("""
        import atexit, sys, threading, time
        atexit.register(print, 'registered')
        threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()
        sys.stdout.write('main '); sys.stderr.write('note')
        if __name__ == '__main__': sys.exit(0)
    """)
    assert (result.outcome, result.stdout, result.stderr) == (Outcome.OK, "main thread\nregistered\n", "note")


async def test_a_script_that_exits_with_a_code_is_an_error(script):
    """An exit code is not evidence of success; a code other than 0 is the learner saying no."""
    result = await script("import sys; sys.exit('gave up')")
    assert (result.outcome, result.fault.type, result.fault.message) == (Outcome.ERROR, "SystemExit", "gave up")


async def test_the_learners_source_can_be_inspected_by_the_learner(call):
    """Libraries that look at a function's source find it."""
    assert (await call("import inspect\ndef f():\n    return inspect.getsource(f)")).returned[0].value == (
        "def f():\n    return inspect.getsource(f)\n"
    )


async def test_usage_is_measured_from_outside(call):
    """Wall time, processor time and peak memory, without the cost of imports."""
    result = await call("def f():\n    hoard = bytearray(20 << 20)\n    return sum(range(10**6))")
    assert result.isolation in (Isolation.STRONG, Isolation.REDUCED)
    assert 20 << 20 <= result.peak_bytes <= 48 << 20
    assert 0 < result.cpu_ms < 5000
    assert result.wall_ms == result.returned[0].wall_ms > 0


@pytest.mark.parametrize(
    "fields",
    [
        {"calls": (Call(id="a", args=()),)},
        {"entry": "f", "calls": (Call(id="a", args=()), Call(id="a", args=()))},
    ],
)
async def test_a_job_that_cannot_work_is_the_callers_mistake(fields, runner):
    """Said at once, before a box is made."""
    with pytest.raises(ValueError, match=r"entry|same id"):
        await runner.run(Job(source="", **fields))


async def test_arrays_without_numpy_are_the_callers_mistake(runner):
    """A box without numpy could not read them."""
    import numpy

    with pytest.raises(ValueError, match="at least the numpy profile"):
        await runner.run(Job(source="", entry="f", calls=(Call(id="a", args=(numpy.zeros(1),)),)))

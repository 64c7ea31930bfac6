"""Attacks on the channel that carries values: whatever is written there is worth no more than returning that value."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest

from runner import Call, Fault, Job, Limits, Outcome, Profile
from runner.values import Opaque, Tagged, encode

FRAME = """
import os, struct
def frame(data):
    return struct.pack('>I', len(data)) + data
def write(data):
    os.write(3, data)
"""
FORGED = encode(("ok", "forged", None))


async def _one(call, source, *args, **fields):
    result = await call(source, args, **fields)
    assert len(result.returned) == 1
    return result.returned[0]


async def test_a_forged_frame_is_worth_exactly_the_value_it_carries(call):
    """Writing the answer oneself and leaving is no better than returning it."""
    forged = await _one(call, f"{FRAME}\ndef f():\n    write(frame({FORGED!r})); os._exit(0)")
    honest = await _one(call, "def f():\n    return 'forged'")
    assert (forged.outcome, forged.value) == (honest.outcome, honest.value) == (Outcome.OK, "forged")


@pytest.mark.parametrize(
    ("name", "body"),
    {
        "a forged frame before the real one": f"write(frame({FORGED!r})); return 1",
        "two forged frames": f"write(frame({FORGED!r}) * 2); os._exit(0)",
        "a surplus byte": f"write(frame({FORGED!r}) + b'x'); os._exit(0)",
        "text that is no value": "write(frame(b'PASS')); os._exit(0)",
        "a status instead of a value": """write(frame(b'["t","pass"]')); os._exit(0)""",
        "an object with a verdict": """write(frame(b'{"status": "pass"}')); os._exit(0)""",
        "an answer without fields": """write(frame(b'["t","ok"]')); os._exit(0)""",
        "arguments nobody asked for": """write(frame(b'["t","ok",null,["t"]]')); os._exit(0)""",
        "a fault with a wrong shape": """write(frame(b'["t","fault","x"]')); os._exit(0)""",
        "an array whose header lies": """write(frame(b'["t","ok",["a","<f8",["1000000000000"],"AAAA"],null]')); os._exit(0)""",
        "an array of objects": """write(frame(b'["t","ok",["a","|O",["1"],"AAAAAAAAAAA="],null]')); os._exit(0)""",
        "a number as JSON": """write(frame(b'["t","ok",1e999,null]')); os._exit(0)""",
        "a pickle": "import pickle; write(frame(pickle.dumps(1))); os._exit(0)",
        "brackets without end": "write(frame(b'[' * 100000)); os._exit(0)",
        "a frame of length nought": "write(frame(b'')); os._exit(0)",
        "a few bytes": "write(b'xx'); os._exit(0)",
    }.items(),
)
async def test_a_frame_that_is_not_one_value_is_a_violation(name, body, call):
    """Whoever speaks out of turn is not heard at all."""
    returned = await _one(call, f"{FRAME}\ndef f():\n    {body}")
    assert (returned.outcome, returned.value, returned.fault.type) == (Outcome.VIOLATION, None, "Violation")


async def test_a_frame_shorter_than_it_claims_is_a_missing_answer(call):
    """Half an answer is none."""
    returned = await _one(call, f"{FRAME}\ndef f():\n    write(struct.pack('>I', 99) + b'[]'); os._exit(0)")
    assert (returned.outcome, returned.fault.type) == (Outcome.ERROR, "Exit")


async def test_a_frame_beyond_the_cap_is_an_output_limit(call, small):
    """The bytes that count as result are counted on the way, not at the end."""
    returned = await _one(call, f"{FRAME}\ndef f():\n    while True: write(bytes(65536))")
    assert returned.outcome is Outcome.OUTPUT_LIMIT
    assert returned.fault.message == f"returned more than the {small.result_bytes // 1024} KB allowed"


async def test_a_value_beyond_the_cap_is_an_output_limit(call, small):
    """The honest way there is told the same."""
    returned = await _one(call, f"def f():\n    return 'x' * {small.result_bytes + 1}")
    assert (returned.outcome, returned.value) == (Outcome.OUTPUT_LIMIT, None)


async def test_the_cap_holds_for_all_values_together(runner, small):
    """Many small answers cannot pass what one large could not."""
    calls = tuple(Call(id=str(at), args=()) for at in range(4))
    result = await runner.run(Job(source="def f(): return 'x' * 100000", entry="f", calls=calls, limits=small))
    outcomes = [returned.outcome for returned in result.returned]
    assert outcomes == [Outcome.OK, Outcome.OK, Outcome.OUTPUT_LIMIT, Outcome.OUTPUT_LIMIT]


@pytest.mark.parametrize(
    ("name", "body"),
    {
        "leaving at once": "os._exit(0)",
        "leaving with success": "raise SystemExit(0)",
        "leaving through exit": "exit(0)",
        "an interrupt": "raise KeyboardInterrupt",
        "a generator's end": "raise GeneratorExit",
        "killing itself": "os.kill(os.getpid(), 9)",
        "closing the channel": "os.close(3); return 1",
        "replacing the channel": "os.dup2(1, 3); return 1",
        "becoming another program": "import sys; os.execv(sys.executable, [sys.executable, '-c', 'pass'])",
        "crashing the harness": "import sys; sys.modules.clear(); os.write = None; sys._getframe(1).f_locals.clear(); raise Exception",
        "breaking the codec": "import binascii, json; json.dumps = None; binascii.b2a_base64 = None; return [b'x']",
    }.items(),
)
async def test_ending_without_an_answer_is_never_ok(name, body, call):
    """A missing value is an error, whatever the exit code."""
    returned = await _one(call, f"import os\ndef f():\n    {body}")
    assert (returned.outcome, returned.value) == (Outcome.ERROR, None)
    assert returned.fault is not None


async def test_leaving_while_the_module_loads_is_an_error_in_every_call(call):
    """`exit()` at the top of the file answers nothing."""
    result = await call("import os\nos._exit(0)\ndef f(x): return x", (1,), (2,))
    assert [returned.outcome for returned in result.returned] == [Outcome.ERROR, Outcome.ERROR]
    assert result.outcome is Outcome.ERROR
    assert result.fault == Fault(type="Exit", message="your code exited before returning")


async def test_a_late_frame_from_a_thread_or_at_exit_does_not_count(call):
    """Nothing runs after the answer: the process ends with it."""
    source = f"""{FRAME}
import atexit, threading, time
def late():
    time.sleep(0.05); write(frame({FORGED!r}))
def f():
    threading.Thread(target=late).start()
    atexit.register(late)
    return 'first'
"""
    returned = await _one(call, source)
    assert (returned.outcome, returned.value) == (Outcome.OK, "first")


async def test_a_thread_cannot_change_what_was_returned(call):
    """The value is written down before anyone else gets a turn to change its meaning."""
    source = """
import threading
def f():
    value = [0] * 1000
    def spoil():
        while True: value[0] = value[0]
    threading.Thread(target=spoil, daemon=True).start()
    return value
"""
    assert (await _one(call, source)).value == [0] * 1000


async def test_a_child_that_stays_behind_cannot_answer_for_the_next_call(call):
    """Everything a call left behind is gone before the next begins."""
    source = f"""{FRAME}
import time
def f(x):
    if x == 1 and os.fork() == 0:
        os.setsid()
        while True: time.sleep(0.01); write(frame({FORGED!r}))
    return x
"""
    result = await call(source, (1,), (2,), (3,))
    assert [returned.value for returned in result.returned] in ([1, 2, 3], [None, 2, 3])
    assert [returned.outcome for returned in result.returned[1:]] == [Outcome.OK, Outcome.OK]


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        (
            "a float that equals all",
            "class T(float):\n  __eq__ = lambda s, o: True\n  __hash__ = None\ndef f(): return T(2)",
            2.0,
        ),
        (
            "an int that equals all",
            "class T(int):\n  __eq__ = lambda s, o: True\n  __hash__ = None\ndef f(): return T(2)",
            2,
        ),
        (
            "a text that equals all",
            "class T(str):\n  __eq__ = lambda s, o: True\n  __hash__ = None\ndef f(): return T('a')",
            "a",
        ),
        (
            "a list that lies about its length",
            "class T(list):\n  __len__ = lambda s: 9\n  __iter__ = None\ndef f(): return T([1])",
            [1],
        ),
        ("a dict that lies about its items", "class T(dict):\n  items = lambda s: 5\ndef f(): return T(a=1)", {"a": 1}),
        ("a float that converts to another", "class T(float):\n  __float__ = lambda s: 9.0\ndef f(): return T(2)", 2.0),
        (
            "an int that converts to another",
            "class T(int):\n  __int__ = __index__ = lambda s: 9\ndef f(): return T(2)",
            2,
        ),
        ("a named tuple", "from collections import namedtuple\ndef f(): return namedtuple('P', 'a b')(1, 2)", (1, 2)),
    ],
)
async def test_a_subclass_arrives_as_its_base(name, source, expected, call):
    """What a subclass overrides stays inside."""
    value = (await _one(call, source)).value
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.parametrize(
    ("name", "source"),
    {
        "an object that equals all": "class T:\n  __eq__ = lambda s, o: True\ndef f(): return T()",
        "a class that pretends": "class T:\n  __class__ = property(lambda s: float)\ndef f(): return T()",
        "a metaclass that pretends": "class M(type):\n  __instancecheck__ = lambda s, o: True\nclass T(metaclass=M): pass\ndef f(): return T()",
        "an object that reduces to a command": "import os\nclass T:\n  __reduce__ = lambda s: (os.system, ('true',))\ndef f(): return T()",
        "a repr that raises": "class T:\n  def __repr__(self): raise SystemExit\ndef f(): return T()",
        "a repr that is no text": "class T:\n  __repr__ = lambda s: 5\ndef f(): return T()",
        "a repr that is long": "class T:\n  __repr__ = lambda s: 'x' * 10**6\ndef f(): return T()",
        "an endless iterator": "import itertools\ndef f(): return itertools.count()",
        "a function": "def f(): return f",
        "a module": "import os\ndef f(): return os",
    }.items(),
)
async def test_what_is_no_value_arrives_opaque(name, source, call):
    """It is shown to people, and equal to nothing that anyone could expect."""
    returned = await _one(call, source)
    assert returned.outcome is Outcome.OK
    assert type(returned.value) is Opaque
    assert returned.value != Opaque(returned.value.type_name, returned.value.text)
    assert len(returned.value.text) <= 500


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    a = []\n    a.append(a)\n    return a",
        "def f():\n    a = []\n    for _ in range(10**5): a = [a]\n    return a",
        "def f():\n    return [0] * 300_000",
        "def f():\n    return 1 << 10**6",
    ],
)
async def test_a_value_without_end_is_an_output_limit(source, call):
    """Depth, number of parts and digits are bounded on the way out."""
    assert (await _one(call, source)).outcome is Outcome.OUTPUT_LIMIT


async def test_numpy_tricks_arrive_as_plain_arrays(call):
    """A subclass that lies to every comparison is read as the bytes it has; odd types stay opaque."""
    source = """
import numpy as np
class Liar(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs): return True
    def __eq__(self, other): return True
    def tobytes(self, *args): return b''
    shape = property(lambda self: (10**12,))
def f(kind):
    np.allclose = np.array_equal = lambda *args, **kwargs: True
    return {
        'liar': np.zeros(3).view(Liar),
        'objects': np.array([f, None], dtype=object),
        'strided': np.arange(6.0).reshape(2, 3)[:, ::2],
        'scalar': np.float32(0.5),
        'nan': float('nan'),
    }[kind]
"""
    limits = Limits(wall_s=30)
    kinds = ("liar", "objects", "strided", "scalar", "nan")
    result = await call(source, *((kind,) for kind in kinds), profile=Profile.NUMPY, limits=limits)
    liar, objects, strided, scalar, nan = (returned.value for returned in result.returned)
    assert (type(liar).__name__, liar.tolist()) == ("ndarray", [0.0, 0.0, 0.0])
    assert type(objects) is Opaque
    assert strided.tolist() == [[0.0, 2.0], [3.0, 5.0]]
    assert (type(scalar).__name__, float(scalar)) == ("float32", 0.5)
    assert math.isnan(nan)


async def test_tensors_and_frames_cross_in_both_directions(call):
    """What goes in as tagged arrives as the real thing, and comes back tagged."""
    import numpy

    tensor = Tagged("tensor", numpy.array([1.0, 2.0], dtype="f4"))
    frame = Tagged("frame", {"columns": ["a"], "values": [numpy.array([1, 2])], "index": numpy.array([0, 1])})
    source = "def f(t, d): return type(t).__name__, t * 2, type(d).__name__, d * 2"
    result = await call(source, (tensor, frame), profile=Profile.TORCH, limits=Limits(wall_s=60))
    assert result.outcome is Outcome.OK, result
    first, doubled, second, table = result.returned[0].value
    assert (first, doubled.kind, doubled.value.tolist()) == ("Tensor", "tensor", [2.0, 4.0])
    assert (second, table.kind, table.value["values"][0].tolist()) == ("DataFrame", "frame", [2, 4])
    assert result.stderr == ""


async def test_arguments_come_back_as_they_are_after_the_call(runner, small):
    """A changed input is visible, and only where it was asked for."""
    calls = (Call(id="a", args=([1],), echo_args=True), Call(id="b", args=([1],)))
    result = await runner.run(Job(source="def f(x): x.append(2)", entry="f", calls=calls, limits=small))
    assert [returned.args_after for returned in result.returned] == [([1, 2],), None]


async def test_no_answer_leaks_into_a_script(script):
    """A script has no values; a frame it forges is read like any other, and gains nothing."""
    head = struct.pack(">I", len(FORGED)) + FORGED
    result = await script(f"import os; os.write(3, {head!r}); os._exit(0)")
    assert (result.outcome, result.returned, result.stdout) == (Outcome.OK, (), "")


async def test_the_gravest_outcome_is_the_jobs(runner, small):
    """One call in error makes the job an error; each call keeps its own outcome."""
    calls = (Call(id="a", args=(1,)), Call(id="b", args=(0,)), Call(id="c", args=(2,)))
    result = await runner.run(Job(source="def f(x): return 1 / x", entry="f", calls=calls, limits=replace(small)))
    assert [(returned.id, returned.outcome, returned.value) for returned in result.returned] == [
        ("a", Outcome.OK, 1.0),
        ("b", Outcome.ERROR, None),
        ("c", Outcome.OK, 0.5),
    ]
    assert (result.outcome, result.fault.type) == (Outcome.ERROR, "ZeroDivisionError")

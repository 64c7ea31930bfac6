"""Jobs and results as lines of text: nothing lost on the way, and nothing accepted that was not written by us."""

from __future__ import annotations

import dataclasses
import json
import math
import string
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from runner import Call, Fault, Isolation, Job, Limits, Outcome, Profile, Result, Returned
from runner.job import gravest
from runner.remote.fields import OverLimitError, WireError
from runner.remote.wire import VERSION, answer_cap, decode_job, decode_result, encode_job, encode_result
from runner.values import Opaque, Tagged

WIDE = Limits(**{f.name: type(f.default)(2**40) for f in dataclasses.fields(Limits)})


def comparable(value: object) -> object:
    """Make equal what is the same, bit for bit: NaN, arrays, tags, and a whole job or result."""
    if dataclasses.is_dataclass(value):
        return type(value), {f.name: comparable(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray | np.generic):
        return type(value), value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return float, "nan" if math.isnan(value) else value.hex()
    if isinstance(value, complex):
        return complex, comparable(value.real), comparable(value.imag)
    if isinstance(value, list | tuple):
        return type(value), [comparable(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(comparable(item)) for item in value)
    if isinstance(value, dict):
        return [(comparable(key), comparable(item)) for key, item in value.items()]
    if isinstance(value, Opaque | Tagged):
        return type(value), [comparable(getattr(value, slot)) for slot in value.__slots__]
    return type(value), value


def array(shape: list[int], dtype: str, seed: int) -> np.ndarray[Any, Any]:
    """Make an array of any bytes that its type allows."""
    count = math.prod(shape)
    if dtype in ("?", "<U3"):
        return np.random.default_rng(seed).integers(0, 2, count).astype(dtype).reshape(shape)
    raw = np.random.default_rng(seed).bytes(count * np.dtype(dtype).itemsize)
    return np.frombuffer(raw, dtype).reshape(shape).copy()


ARRAYS = st.builds(
    array,
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from(["?", "<i8", ">i4", "|u1", "<f8", "<f4", "<f2", "<c16", "<U3"]),
    st.integers(0, 9),
)
KEYS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.binary(max_size=5))
LEAVES = st.one_of(
    KEYS,
    st.floats(),
    st.complex_numbers(),
    ARRAYS,
    ARRAYS.filter(lambda found: found.size).map(lambda found: found.flat[0]),
    ARRAYS.map(lambda found: Tagged("tensor", found)),
    st.dictionaries(st.sampled_from(["values", "index", "columns"]), ARRAYS).map(lambda parts: Tagged("frame", parts)),
    st.builds(Opaque, st.text(max_size=9), st.text(max_size=9)),
    st.sets(st.integers(), max_size=3),
    st.frozensets(st.text(max_size=3), max_size=3),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.integers(), st.text(max_size=5)), inner, max_size=3),
    ),
    max_leaves=8,
)
NAMES = st.text(max_size=20)
SEEDS = st.integers(-(2**64), 2**64)
LIMITS = st.builds(
    Limits,
    **{
        f.name: st.floats(0.001, 1e6) if isinstance(f.default, float) else st.integers(1, 2**40)
        for f in dataclasses.fields(Limits)
    },
)
CALLS = st.builds(
    Call,
    id=NAMES,
    args=st.lists(VALUES, max_size=3).map(tuple),
    echo_args=st.booleans(),
    group=NAMES,
    seed=st.none() | SEEDS,
)
SURROGATES = st.text(st.characters(categories=["Cs", "L"]), max_size=5)
JOBS = st.builds(
    Job,
    source=st.one_of(st.text(), st.binary(), SURROGATES, st.just("\ud83d\ude00")),
    calls=st.lists(CALLS, max_size=3).map(tuple),
    entry=NAMES,
    driver=st.text(),
    profile=st.sampled_from(Profile),
    limits=LIMITS,
    seed=SEEDS,
    filename=NAMES,
)
FAULTS = st.none() | st.builds(
    Fault,
    type=NAMES,
    message=st.text(),
    line=st.none() | st.integers(0, 10**7),
    offset=st.none() | st.integers(0, 10**7),
    source_line=NAMES,
    traceback=st.text(),
)
NUMBERS = st.floats(0, 1e9)


@st.composite
def results(draw: st.DrawFn) -> tuple[Job, Result]:
    """Draw a job and something that may have become of it."""
    job = dataclasses.replace(draw(JOBS), limits=Limits())
    returned = tuple(draw(_returned(call)) for call in job.calls)
    outcome = draw(st.sampled_from([gravest([back.outcome for back in returned]), Outcome.INTERNAL]))
    result = Result(
        outcome=outcome,
        isolation=draw(st.sampled_from(Isolation)),
        returned=returned if outcome is not Outcome.INTERNAL or draw(st.booleans()) else (),
        stdout=draw(st.text()),
        stderr=draw(st.text()),
        fault=draw(FAULTS),
        detail=draw(st.text()),
        wall_ms=draw(NUMBERS),
        cpu_ms=draw(NUMBERS),
        peak_bytes=draw(st.integers(0, 2**60)),
    )
    return job, result


def _returned(call: Call) -> st.SearchStrategy[Returned]:
    same = {"id": st.just(call.id), "fault": FAULTS, "stdout": st.text(), "wall_ms": NUMBERS}
    echoed = st.tuples(*[VALUES] * len(call.args)) if call.echo_args else st.none()
    fine = st.builds(Returned, outcome=st.just(Outcome.OK), value=VALUES, args_after=echoed, **same)
    return fine | st.builds(Returned, outcome=st.sampled_from([o for o in Outcome if o is not Outcome.OK]), **same)


@settings(deadline=None, max_examples=40)
@example(Job(source="\ud83d\ude00", seed=-(2**64)))
@given(JOBS)
def test_a_job_arrives_as_it_was_sent(job: Job) -> None:
    assert comparable(decode_job(encode_job(job), WIDE)) == comparable(job)


@settings(deadline=None, max_examples=40)
@given(results())
def test_a_result_arrives_as_it_was_sent(pair: tuple[Job, Result]) -> None:
    job, result = pair
    assert comparable(decode_result(encode_result(result), job)) == comparable(result)


@settings(deadline=None, max_examples=60)
@given(JOBS.map(encode_job), st.data())
def test_a_job_with_a_byte_changed_is_refused_or_is_still_a_job(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body) - 1))
    changed = body[:at] + data.draw(st.binary(max_size=3)) + body[at + 1 :]
    try:
        job = decode_job(changed, WIDE)
    except WireError:
        return
    assert comparable(decode_job(encode_job(job), WIDE)) == comparable(job)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200) | st.text(string.printable, max_size=200).map(str.encode))
def test_noise_is_refused_in_both_directions(noise: bytes) -> None:
    with pytest.raises(WireError):
        decode_job(noise, WIDE)
    with pytest.raises(WireError):
        decode_result(noise, JOB)


JOB = Job(source="x", entry="f", calls=(Call(id="1", args=([1],), echo_args=True), Call(id="2", args=())))
RESULT = Result(
    outcome=Outcome.TIMEOUT,
    isolation=Isolation.STRONG,
    returned=(
        Returned(id="1", outcome=Outcome.OK, value=7, args_after=([1],)),
        Returned(id="2", outcome=Outcome.TIMEOUT, fault=Fault(type="Timeout", message="stopped")),
    ),
    stdout="out",
    stderr="err",
)


def with_envelope(body: bytes, **changes: object) -> bytes:
    """Change fields of an envelope; a dotted name with an index reaches within, and None removes."""
    first, _, rest = body.partition(b"\n")
    tree = json.loads(first)
    for name, value in changes.items():
        *path, last = name.split("__")
        inner = tree
        for part in path:
            inner = inner[int(part)] if part.isdigit() else inner[part]
        if value is REMOVED:
            del inner[last]
        else:
            inner[last] = value
    return json.dumps(tree).encode() + b"\n" + rest


REMOVED = object()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": 2}, f"job.v: this side speaks version {VERSION} only; install the same Epochbot on both"),
        ({"v": "1"}, f"job.v: this side speaks version {VERSION} only; install the same Epochbot on both"),
        ({"v": True}, f"job.v: this side speaks version {VERSION} only; install the same Epochbot on both"),
        ({"v": REMOVED}, "job.v: is missing"),
        ({"v": 2, "calls": REMOVED}, f"job.v: this side speaks version {VERSION} only; install the same Epochbot on both"),
        ({"surprise": 1}, "job: has 1 unknown fields"),
        ({"limits__surprise": 1}, "job.limits: has 1 unknown fields"),
        ({"calls__0__surprise": 1}, "job.calls[0]: has 1 unknown fields"),
        ({"seed": REMOVED}, "job.seed: is missing"),
        ({"seed": 2**64 + 1}, f"job.seed: is {2**64 + 1}, more than the {2**64} allowed"),
        ({"seed": -(2**64) - 1}, f"job.seed: is {-(2**64) - 1}, less than {-(2**64)}"),
        ({"calls": [{}] * 4097}, "job.calls: has 4097 entries, more than the 4096 allowed"),
        ({"seed": 1.0}, "job.seed: must be an integer"),
        ({"seed": None}, "job.seed: must be an integer"),
        ({"seed": True}, "job.seed: must be an integer"),
        ({"text": 1}, "job.text: must be true or false"),
        ({"entry": ["f"]}, "job.entry: must be a string"),
        ({"entry": "f" * 201}, "job.entry: has 201 characters, more than the 200 allowed"),
        ({"profile": "everything"}, "job.profile: must be one of stdlib, numpy, sklearn, torch"),
        ({"profile": {}}, "job.profile: must be one of stdlib, numpy, sklearn, torch"),
        ({"limits": []}, "job.limits: not an object"),
        ({"limits__wall_s": -1}, "job.limits.wall_s: is -1, less than 0.001"),
        ({"limits__wall_s": 0}, "job.limits.wall_s: is 0, less than 0.001"),
        ({"limits__wall_s": "5"}, "job.limits.wall_s: must be a number"),
        ({"limits__wall_s": REMOVED}, "job.limits.wall_s: is missing"),
        ({"limits__memory_bytes": -5}, "job.limits.memory_bytes: is -5, less than 1"),
        ({"limits__processes": 0}, "job.limits.processes: is 0, less than 1"),
        ({"limits__disk_bytes": 0.5}, "job.limits.disk_bytes: must be an integer"),
        ({"calls": {}}, "job.calls: must be a list"),
        ({"calls": []}, "job: has 4 lines of values for 0 calls"),
        ({"calls": [7, 8]}, "job.calls[0]: not an object"),
        ({"calls__0__seed": "7"}, "job.calls[0].seed: must be an integer"),
        ({"calls__0__echo_args": None}, "job.calls[0].echo_args: must be true or false"),
    ],
)  # fmt: skip
def test_a_job_that_is_not_quite_one_is_refused_by_the_name_of_the_field(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(WireError) as caught:
        decode_job(with_envelope(encode_job(JOB), **changes), WIDE)
    assert str(caught.value) == message


@pytest.mark.parametrize("limit", [f.name for f in dataclasses.fields(Limits)])
def test_a_limit_above_what_is_allowed_is_refused_with_both_numbers(limit: str) -> None:
    most = Limits()
    over = dataclasses.replace(JOB, limits=dataclasses.replace(most, **{limit: getattr(most, limit) + 1}))
    with pytest.raises(OverLimitError) as caught:
        decode_job(encode_job(over), most)
    asked, allowed = getattr(over.limits, limit), getattr(most, limit)
    assert str(caught.value) == f"job.limits.{limit}: is {asked}, more than the {allowed} allowed"
    assert decode_job(encode_job(dataclasses.replace(JOB, limits=most)), most).limits == most


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (b"", "job: not JSON"),
        (b"{", "job: not JSON"),
        (b"{}{}", "job: not JSON"),
        (b"[]", "job: not an object"),
        (b'{"v": NaN}', "job: a number that is none"),
        (b'{"v": -Infinity}', "job: a number that is none"),
        (b'{"v": 1e999}', "job: a number that is too large"),
        (b'{"v": 1, "v": 1}', "job: a name twice in one object"),
        (b'{"v": 1, "limits": {"wall_s": 1, "wall_s": 2}}', "job: a name twice in one object"),
        (b'{"v": ' + b"9" * 5000 + b"}", "job: an integer that is too long"),
        (b'{"v": "\xc3\xa9"}', "job: not ASCII"),
        (b'{"v": "\xff"}', "job: not ASCII"),
        (b'\xef\xbb\xbf{"v": 1}', "job: not ASCII"),
        (DEEP, "job: not JSON"),
        (b'{"v":' * 50_000, "job: not JSON"),
        (b'{"v": "' + b"x" * 2**21 + b'"}', "job: 2097161 bytes, more than the 2097152 allowed"),
        (b"\n" * 5000, "body: has more than the 4099 lines allowed"),
    ],
    ids=range(17),
)
def test_an_envelope_that_is_not_plain_json_is_refused(first: bytes, message: str) -> None:
    with pytest.raises(WireError) as caught:
        decode_job(first + b"\n" + encode_job(JOB).partition(b"\n")[2], WIDE)
    assert str(caught.value) == message


def with_line(body: bytes, at: int, line: bytes) -> bytes:
    """Put another value in the place of one."""
    lines = body.split(b"\n")
    lines[at] = line
    return b"\n".join(lines)


@pytest.mark.parametrize(
    ("at", "line", "message"),
    [
        (1, b'"text"', "job.source: must be bytes"),
        (1, b'["b","7aCA"]', None),  # a lone surrogate is still text
        (1, b'["b","/w=="]', "job.source: is not the text it is said to be"),
        (2, b"null", "job.driver: must be a string"),
        (3, b'["l"]', "job.calls[0].args: must be a tuple"),
        (3, b"null", "job.calls[0].args: must be a tuple"),
        (3, b'["t",NaN]', "job.calls[0].args: numbers and objects are not allowed"),
        (3, b'["t",1]', "job.calls[0].args: numbers and objects are not allowed"),
        (3, b'["t",["P","os.system"]]', "job.calls[0].args: unknown tag"),
        (3, b'["t",["a","|O",["1"],"AAAA"]]', "job.calls[0].args: a dtype that is not allowed"),
        (3, b'["t",["a","<f8",["1000000000000"],"AAAA"]]', "job.calls[0].args: header and data disagree"),
        (3, DEEP, "job.calls[0].args: not a value: RecursionError"),
        (3, b'["t",' * 60 + b"null" + b"]" * 60, "job.calls[0].args: nested too deep"),
        (4, b"", "job.calls[1].args: not a value: JSONDecodeError"),
        (4, b'["t"]\n["t"]', "job: has 5 lines of values for 2 calls"),
    ],
    ids=range(15),
)
def test_a_value_that_is_none_is_refused(at: int, line: bytes, message: str | None) -> None:
    body = with_line(encode_job(JOB), at, line)
    if message is None:
        assert decode_job(body, WIDE).source == "\ud800"
        return
    with pytest.raises(WireError) as caught:
        decode_job(body, WIDE)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": 7}, f"result.v: this side speaks version {VERSION} only; install the same Epochbot on both"),
        ({"outcome": "accepted"}, "result.outcome: must be one of ok, error, timeout, memory, output_limit, violation, internal"),
        ({"outcome": "ok"}, "result.outcome: is not the gravest of its calls"),
        ({"isolation": "perfect"}, "result.isolation: must be one of strong, reduced, none"),
        ({"wall_ms": -1}, "result.wall_ms: is -1, less than 0"),
        ({"peak_bytes": 1.5}, "result.peak_bytes: must be an integer"),
        ({"secret": "x"}, "result: has 1 unknown fields"),
        ({"calls__0__id": "2"}, "result.calls: are not those of the job"),
        ({"calls": []}, "result: has 7 lines of values for 0 calls"),
        ({"calls__1__outcome": "ok", "outcome": "ok"}, None),
        ({"calls__0__outcome": "error"}, "result.calls[0].value: is there, though the call did not return"),
    ],
)  # fmt: skip
def test_a_result_that_is_not_one_of_this_job_is_refused(changes: dict[str, object], message: str | None) -> None:
    body = with_envelope(encode_result(RESULT), **changes)
    if message is None:
        assert decode_result(body, JOB).outcome is Outcome.OK
        return
    with pytest.raises(WireError) as caught:
        decode_result(body, JOB)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("at", "line", "message"),
    [
        (1, b'["t","","","",null,null]', "result: must be a tuple of 4"),
        (1, b'["t",null,"","",null]', "result.stdout: must be a string"),
        (1, b'["t","","","",["t"]]', "result.fault: must be a tuple of 6"),
        (1, b'["t","","","",["t","E","",true,null,"",""]]', "result.fault.line: must be a place in a text"),
        (1, b'["t","' + b"x" * 70_000 + b'","","",null]', "result.stdout: has 70000 characters, more than the 65536 allowed"),
        (2, b'["o","X","x"]', None),
        (2, b'{"__reduce__": 1}', "result.calls[0].value: numbers and objects are not allowed"),
        (3, b"null", "result.calls[0].args_after: are not what was asked for"),
        (3, b'["t"]', "result.calls[0].args_after: are not what was asked for"),
        (3, b'["l",null]', "result.calls[0].args_after: must be a tuple"),
        (6, b'["t"]', "result.calls[1].args_after: are not what was asked for"),
        (7, b"null", "result.calls[1]: must be a tuple of 2"),
    ],
)  # fmt: skip
def test_a_result_with_a_hostile_line_is_refused(at: int, line: bytes, message: str | None) -> None:
    body = with_line(encode_result(RESULT), at, line)
    if message is None:
        assert isinstance(decode_result(body, JOB).returned[0].value, Opaque)
        return
    with pytest.raises(WireError) as caught:
        decode_result(body, JOB)
    assert str(caught.value) == message


def test_an_answer_without_its_calls_is_accepted_only_when_nothing_went_well() -> None:
    broken = Result(outcome=Outcome.INTERNAL, isolation=Isolation.REDUCED, detail="Broken.")
    assert decode_result(encode_result(broken), JOB) == broken
    with pytest.raises(WireError, match="are not those of the job"):
        decode_result(encode_result(dataclasses.replace(broken, outcome=Outcome.OK)), JOB)


def test_texts_that_are_too_long_are_cut_before_they_are_sent() -> None:
    fault = Fault(type="E" * 300, message="m" * 5000, source_line="s" * 2000, traceback="t" * 30_000)
    back = Returned(id="1", outcome=Outcome.ERROR, fault=fault, stdout="o" * 9000)
    job = Job(source="", entry="f", calls=(Call(id="1", args=()),))
    sent = Result(outcome=Outcome.ERROR, isolation=Isolation.STRONG, returned=(back,), fault=fault, detail="d" * 9000)
    got = decode_result(encode_result(sent), job)
    cut = Fault(type="E" * 200, message="m" * 4000, source_line="s" * 1000, traceback="t" * 24_000)
    assert (got.fault, got.returned[0].fault, len(got.detail), len(got.returned[0].stdout)) == (cut, cut, 8000, 8000)


def test_a_result_as_full_as_its_job_allows_fits_under_the_cap() -> None:
    job = dataclasses.replace(JOB, limits=Limits(result_bytes=2**20))
    text, char = (lambda size: "\U0001f600" * size), 4
    fault = Fault(type=text(200), message=text(4000), source_line=text(1000), traceback=text(24_000))
    full = Result(
        outcome=Outcome.ERROR,
        isolation=Isolation.STRONG,
        returned=(
            Returned(id="1", outcome=Outcome.OK, value=b"v" * (700 * 1024), args_after=([1],), stdout=text(8000)),
            Returned(id="2", outcome=Outcome.ERROR, fault=fault, stdout=text(8000)),
        ),
        stdout=text(job.limits.stdout_bytes // char),
        stderr=text(job.limits.stderr_bytes // char),
        fault=fault,
        detail=text(8000),
    )
    body = encode_result(full)
    assert (len(body) <= answer_cap(job), decode_result(body, job)) == (True, full)

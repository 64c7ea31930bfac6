"""Owns how a job and a result are written for another host, and how they are read when anyone may have written them.

Both are lines. The first is an object of plain JSON, the envelope, with the version, names and numbers; each line after
it is one value in the text of `runner.values`. Nothing is ever unpickled, and nothing that is not exactly what `encode_*`
could have written is accepted: unknown or missing or repeated fields, other versions, NaN, surplus lines.

    job      envelope, source, driver, then the arguments of each call
    result   envelope, (stdout, stderr, detail, fault), then for each call its value, its arguments after, (stdout, fault)
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from runner.job import Call, Fault, Isolation, Job, Limits, Outcome, Profile, Result, Returned, gravest
from runner.remote.fields import Fields, WireError, parse
from runner.values import DecodeError, decode, encode

VERSION = 1
MAX_CALLS = 4096
MAX_ENVELOPE = 2 * 1024 * 1024
MAX_BODY = 256 * 1024 * 1024
MAX_NAME = 200
MAX_DRIVER = 512 * 1024
MAX_COUNT = 2**62
SEEDS = 2**64
LEAST_S = 0.001
TEXTS = {"type": 200, "message": 4000, "source_line": 1000, "traceback": 24_000}
MAX_DETAIL = 8000
MAX_CALL_STDOUT = 8000
MAX_ESCAPED = 12  # bytes that one character may take: two escapes of six
NOTHING = b"null"


def encode_job(job: Job) -> bytes:
    """Write a job.

    Raises:
        EncodeError: when an argument is too large, too deep or has too many parts.
    """
    raw = job.source.encode("utf-8", "surrogatepass") if isinstance(job.source, str) else job.source
    envelope = {
        "v": VERSION,
        "text": isinstance(job.source, str),
        "entry": job.entry,
        "profile": job.profile.value,
        "limits": asdict(job.limits),
        "seed": job.seed,
        "filename": job.filename,
        "calls": [
            {"id": call.id, "echo_args": call.echo_args, "group": call.group, "seed": call.seed, "ahead": call.ahead}
            for call in job.calls
        ],
    }
    arguments = (_value(call.args) for call in job.calls)
    return b"\n".join([_envelope(envelope), _value(raw), _value(job.driver), *arguments])


def decode_job(body: bytes, most: Limits) -> Job:
    """Read a job that anyone may have written.

    Args:
        body: the text.
        most: no limit of the job may be above the one here.

    Raises:
        OverLimitError: when one is.
        WireError: when it is not exactly a job.
    """
    first, *lines = _lines(body, 2 + MAX_CALLS)
    envelope = _opened(first, "job")
    text = envelope.flag("text")
    heads = envelope.each("calls", most=MAX_CALLS)
    if len(lines) != 2 + len(heads):
        raise WireError("job", f"has {len(lines)} lines of values for {len(heads)} calls")
    source = _read_bytes(lines[0], "job.source")
    job = Job(
        source=_text(source) if text else source,
        calls=tuple(_call(head, line, at) for at, (head, line) in enumerate(zip(heads, lines[2:], strict=True))),
        entry=envelope.text("entry", most=MAX_NAME),
        driver=_read_text(lines[1], "job.driver", MAX_DRIVER),
        profile=envelope.choice("profile", Profile),
        limits=_limits(envelope.inner("limits"), most),
        seed=envelope.integer("seed", least=-SEEDS, most=SEEDS),
        filename=envelope.text("filename", most=MAX_NAME),
    )
    envelope.end()
    return job


def encode_result(result: Result) -> bytes:
    """Write a result."""
    envelope = {
        "v": VERSION,
        "outcome": result.outcome.value,
        "isolation": result.isolation.value,
        "wall_ms": float(result.wall_ms),
        "cpu_ms": float(result.cpu_ms),
        "peak_bytes": result.peak_bytes,
        "calls": [
            {"id": back.id, "outcome": back.outcome.value, "wall_ms": float(back.wall_ms)} for back in result.returned
        ],
    }
    told = (result.stdout, result.stderr, result.detail[:MAX_DETAIL], _fault_parts(result.fault))
    returned = (line for back in result.returned for line in _returned_lines(back))
    return b"\n".join([_envelope(envelope), _value(told), *returned])


def answer_cap(job: Job) -> int:
    """Say how many bytes a job's result may take."""
    limits = job.limits
    texts = limits.stdout_bytes + limits.stderr_bytes + MAX_DETAIL
    told = (len(job.calls) + 1) * (MAX_CALL_STDOUT + sum(TEXTS.values()))
    return min(MAX_BODY, MAX_ENVELOPE + limits.result_bytes + MAX_ESCAPED * (texts + told))


def decode_result(body: bytes, job: Job) -> Result:
    """Read the result of a job that a hostile or broken host may have written.

    Raises:
        WireError: when it is not exactly a result of this job.
    """
    first, *lines = _lines(body, 1 + 3 * len(job.calls))
    envelope = _opened(first, "result")
    heads = envelope.each("calls", most=len(job.calls))
    if len(lines) != 1 + 3 * len(heads):
        raise WireError("result", f"has {len(lines)} lines of values for {len(heads)} calls")
    stdout, stderr, detail, fault = _parts(lines[0], "result", 4)
    result = Result(
        outcome=envelope.choice("outcome", Outcome),
        isolation=envelope.choice("isolation", Isolation),
        returned=tuple(_returned(head, lines[1 + 3 * at : 4 + 3 * at], job, at) for at, head in enumerate(heads)),
        stdout=_checked(stdout, "result.stdout", job.limits.stdout_bytes),
        stderr=_checked(stderr, "result.stderr", job.limits.stderr_bytes),
        fault=_fault(fault, "result.fault"),
        detail=_checked(detail, "result.detail", MAX_DETAIL),
        wall_ms=envelope.number("wall_ms", least=0, most=MAX_COUNT),
        cpu_ms=envelope.number("cpu_ms", least=0, most=MAX_COUNT),
        peak_bytes=envelope.integer("peak_bytes", least=0, most=MAX_COUNT),
    )
    envelope.end()
    _agree(result, job)
    return result


def _agree(result: Result, job: Job) -> None:
    """Refuse a result that contradicts itself or answers other calls than were made."""
    ids = [back.id for back in result.returned]
    if ids != [call.id for call in job.calls] and (ids or result.outcome is Outcome.OK):
        raise WireError("result.calls", "are not those of the job")
    own = [back.outcome for back in result.returned]
    if own and result.outcome not in (Outcome.INTERNAL, gravest(own)):
        raise WireError("result.outcome", "is not the gravest of its calls")


def _envelope(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode("ascii")


def _opened(line: bytes, what: str) -> Fields:
    """Read an envelope; its version comes first, for with another one nothing else need fit."""
    envelope = parse(line, what, most=MAX_ENVELOPE)
    version = envelope.take("v")
    if type(version) is not int or version != VERSION:
        raise WireError(f"{what}.v", f"this side speaks version {VERSION} only; install the same Epochbot on both")
    return envelope


def _lines(body: bytes, most: int) -> list[bytes]:
    if body.count(b"\n") > most:
        raise WireError("body", f"has more than the {most + 1} lines allowed")
    return body.split(b"\n")


def _value(value: object) -> bytes:
    return encode(value, max_bytes=MAX_BODY)


def _read(line: bytes, name: str) -> Any:
    try:
        return decode(line, max_bytes=MAX_BODY)
    except DecodeError as error:
        raise WireError(name, str(error)) from None


def _read_bytes(line: bytes, name: str) -> bytes:
    value = _read(line, name)
    if type(value) is not bytes:
        raise WireError(name, "must be bytes")
    return value


def _text(source: bytes) -> str:
    try:
        return source.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise WireError("job.source", "is not the text it is said to be") from None


def _read_text(line: bytes, name: str, most: int) -> str:
    return _checked(_read(line, name), name, most)


def _checked(value: object, name: str, most: int) -> str:
    if type(value) is not str:
        raise WireError(name, "must be a string")
    if len(value) > most:
        raise WireError(name, f"has {len(value)} characters, more than the {most} allowed")
    return value


def _parts(line: bytes, name: str, count: int) -> tuple[Any, ...]:
    value = _read(line, name)
    if type(value) is not tuple or len(value) != count:
        raise WireError(name, f"must be a tuple of {count}")
    return value


def _arguments(line: bytes, name: str) -> tuple[Any, ...]:
    value = _read(line, name)
    if type(value) is not tuple:
        raise WireError(name, "must be a tuple")
    return value


def _call(head: Fields, line: bytes, at: int) -> Call:
    call = Call(
        id=head.text("id", most=MAX_NAME),
        args=_arguments(line, f"job.calls[{at}].args"),
        echo_args=head.flag("echo_args"),
        group=head.text("group", most=MAX_NAME),
        seed=head.integer_or_none("seed", least=-SEEDS, most=SEEDS),
        ahead=head.flag("ahead"),
    )
    head.end()
    return call


def _limits(found: Fields, most: Limits) -> Limits:
    """Read every limit there is: more than nothing, and not above what is allowed."""
    values: dict[str, Any] = {}
    for limit in fields(Limits):
        top = getattr(most, limit.name)
        if isinstance(limit.default, float):
            values[limit.name] = found.number(limit.name, least=LEAST_S, most=top)
        else:
            values[limit.name] = found.integer(limit.name, least=1, most=top)
    found.end()
    return Limits(**values)


def _fault_parts(fault: Fault | None) -> tuple[Any, ...] | None:
    if fault is None:
        return None
    texts = {name: getattr(fault, name)[:most] for name, most in TEXTS.items()}
    return (texts["type"], texts["message"], fault.line, fault.offset, texts["source_line"], texts["traceback"])


def _fault(parts: object, name: str) -> Fault | None:
    if parts is None:
        return None
    if type(parts) is not tuple or len(parts) != 6:
        raise WireError(name, "must be a tuple of 6")
    kind, message, line, offset, source_line, trace = parts
    return Fault(
        type=_checked(kind, f"{name}.type", TEXTS["type"]),
        message=_checked(message, f"{name}.message", TEXTS["message"]),
        line=_place(line, f"{name}.line"),
        offset=_place(offset, f"{name}.offset"),
        source_line=_checked(source_line, f"{name}.source_line", TEXTS["source_line"]),
        traceback=_checked(trace, f"{name}.traceback", TEXTS["traceback"]),
    )


def _place(value: object, name: str) -> int | None:
    if value is None or (type(value) is int and 0 <= value <= MAX_COUNT):
        return value
    raise WireError(name, "must be a place in a text")


def _returned_lines(back: Returned) -> Sequence[bytes]:
    value = _value(back.value) if back.outcome is Outcome.OK else NOTHING
    return value, _value(back.args_after), _value((back.stdout[:MAX_CALL_STDOUT], _fault_parts(back.fault)))


def _returned(head: Fields, lines: Sequence[bytes], job: Job, at: int) -> Returned:
    name, call = f"result.calls[{at}]", job.calls[at]
    stdout, fault = _parts(lines[2], name, 2)
    outcome = head.choice("outcome", Outcome)
    back = Returned(
        id=head.text("id", most=MAX_NAME),
        outcome=outcome,
        value=_read(lines[0], f"{name}.value"),
        args_after=None if lines[1] == NOTHING else _arguments(lines[1], f"{name}.args_after"),
        fault=_fault(fault, f"{name}.fault"),
        stdout=_checked(stdout, f"{name}.stdout", MAX_CALL_STDOUT),
        wall_ms=head.number("wall_ms", least=0, most=MAX_COUNT),
    )
    head.end()
    if outcome is not Outcome.OK and back.value is not None:
        raise WireError(f"{name}.value", "is there, though the call did not return")
    echoed = len(call.args) if call.echo_args and outcome is Outcome.OK else None
    if echoed != (None if back.args_after is None else len(back.args_after)):
        raise WireError(f"{name}.args_after", "are not what was asked for")
    return back

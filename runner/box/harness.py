"""Runs one task in a caged child and writes what came of it as one frame.

Public and without secrets: a learner who rewrites it can only change which value is returned.
"""
from __future__ import annotations

import atexit
import binascii
import builtins
import contextlib
import gc
import os
import random
import signal
import struct
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from runner.values import EncodeError, decode, encode

from .faults import FaultFields, Source, from_exception, from_syntax_error

_NUMPY_SEEDS = 2**32


class Program:
    """What all calls of a job share."""

    __slots__ = ("compiled", "driver", "entry", "filename", "script", "source")

    def __init__(self, *, source: bytes, filename: str, entry: str, driver: str, script: bool) -> None:
        """Keep it."""
        self.compiled: Any = None  # once a first call of this process has needed it
        self.source = source
        self.filename = filename
        self.entry = entry
        self.driver = driver
        self.script = script

    @classmethod
    def read(cls, message: dict[str, Any]) -> Program:
        """Read it as it is sent."""
        return cls(**{**message, "source": binascii.a2b_base64(message["source"])})


class Task:
    """One call: encoded arguments, whether to return them too, how long the answer may be, and what seeds chance."""

    __slots__ = ("args", "cap", "echo", "seed")

    def __init__(self, *, args: bytes, echo: bool, cap: int, seed: int) -> None:
        """Keep it."""
        self.args = args
        self.echo = echo
        self.cap = cap
        self.seed = seed

    @classmethod
    def read(cls, message: dict[str, Any]) -> Task:
        """Read it as it is sent."""
        return cls(**{**message, "args": message["args"].encode("ascii")})


class _Shown:
    """Lets `inspect` and tracebacks find a source that is in no file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, _name: str) -> str:
        return self.text


class _Unreadable(Exception):  # noqa: N818 - not an error of ours: it carries the learner's fault
    def __init__(self, fields: FaultFields) -> None:
        super().__init__(fields[1])
        self.fields = fields


def reseed(seed: int) -> None:
    """Make random numbers depend on the job alone, whatever the parent process drew before."""
    random.seed(seed)
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed(seed % _NUMPY_SEEDS)
    if (torch := sys.modules.get("torch")) is not None:
        # Not `torch.manual_seed`, which looks for every kind of accelerator there could be.
        torch.default_generator.manual_seed(seed)


def _read_source(program: Program) -> Source:
    try:
        text = program.source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = program.source.count(b"\n", 0, error.start) + 1
        message = f"the file is not UTF-8 text: byte {error.start} cannot be read"
        raise _Unreadable(("SyntaxError", message, line, None, "", f"SyntaxError: {message}")) from None
    return Source(text, program.filename)


def _compiled(text: str, filename: str, source: Source) -> Any:
    try:
        return compile(text, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _Unreadable(from_syntax_error(error, source)) from None
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:
        # Python before 3.11.4 says of a null byte what later ones call a SyntaxError.
        name = "SyntaxError" if isinstance(error, ValueError) else type(error).__name__
        message = str(error) or "the code is nested too deep to be read"
        raise _Unreadable((name, message, None, None, "", f"{name}: {message}")) from None


def _module(name: str, filename: str, text: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = filename
    module.__dict__["__loader__"] = _Shown(text)
    module.__dict__["__builtins__"] = builtins  # every real module has it
    sys.modules[name] = module
    return module


def _learner_module(program: Program, source: Source, name: str) -> ModuleType:
    if program.compiled is None:
        program.compiled = _compiled(source.text, program.filename, source)
    module = _module(name, program.filename, source.text)
    exec(program.compiled, module.__dict__)  # running it is what this process is for
    return module


def _entry(module: ModuleType, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] | None = module.__dict__.get(name)
    if found is None:
        message = f"your code does not define `{name}`"
        raise _Unreadable(("NameError", message, None, None, "", f"NameError: {message}"))
    if not callable(found):
        message = f"`{name}` is not a function or class"
        raise _Unreadable(("TypeError", message, None, None, "", f"TypeError: {message}"))
    return found


def _driver(program: Program) -> Callable[..., Any]:
    """Run the driver's file and take it out of sight: what it bound is what it found, not what a learner left there."""
    module = _module("driver", "driver.py", program.driver)
    exec(compile(program.driver, "driver.py", "exec", dont_inherit=True), module.__dict__)
    del sys.modules["driver"]
    drive: Callable[..., Any] = module.__dict__["drive"]
    return drive


def _call(program: Program, source: Source, task: Task) -> bytes:
    args = decode(task.args, max_bytes=len(task.args), rebuild=True)
    drive = _driver(program) if program.driver else None
    learner = _learner_module(program, source, "submission")
    if drive is None:
        value = _entry(learner, program.entry)(*args)
    else:
        if program.entry:
            _entry(learner, program.entry)
        value = drive(learner, *args)
    return encode(("ok", value, args if task.echo else None), max_bytes=task.cap)


def _script(program: Program, source: Source, task: Task) -> bytes:
    try:
        _learner_module(program, source, "__main__")
    except SystemExit as error:
        # Not `==`, which would ask an object of the learner's.
        if error.code is not None and not (type(error.code) in (int, bool) and error.code == 0):
            raise
    _finish()
    return encode(("ok", None, None), max_bytes=task.cap)


def _finish() -> None:
    """Do what ends a script: wait for its threads, then call what it registered."""
    if (threading := sys.modules.get("threading")) is not None:
        threading._shutdown()
    atexit._run_exitfuncs()


def _exit_fields(error: SystemExit, source: Source, *, script: bool) -> FaultFields:
    _name, message, line, offset, source_line, trace = from_exception(error, source)
    if not script:
        message = "your code exited before returning"
    return "SystemExit", message, line, offset, source_line, trace


def answer(program: Program, task: Task) -> bytes:
    """Run one task and describe what came of it: a value, a fault, or a value too large to carry."""
    source = Source("", program.filename)
    try:
        source = _read_source(program)
        return (_script if program.script else _call)(program, source, task)
    except _Unreadable as error:
        fields = error.fields
    except EncodeError as error:
        return encode(("limit", str(error)))
    except SystemExit as error:
        fields = _exit_fields(error, source, script=program.script)
    except BaseException as error:  # a learner may raise anything; it is reported, not handled
        fields = from_exception(error, source)
    if program.script and fields[5]:
        _say(fields[5])
    return encode(("fault", *fields))


def _say(text: str) -> None:
    try:
        os.write(2, text.encode("utf-8", "backslashreplace") + b"\n")
    except OSError:
        return


def settle() -> None:
    """Give a run what any Python program has: lines let out when complete, and an interrupt that is an exception."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are real files until a learner runs


def forget() -> None:
    """Let go of the module of the call before."""
    sys.modules.pop("submission", None)
    gc.collect()


def flush() -> None:
    """Let out what the learner's streams still hold."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # a learner may have put anything there
            stream.flush()


def run(program: Program, task: Task, frame_fd: int) -> None:
    """Run one task and write its frame: four bytes of length, then the answer."""
    write, pack = os.write, struct.pack  # bound now: a learner may rebind them, to no one's harm but his own
    reseed(task.seed)
    data = answer(program, task)
    flush()
    view = memoryview(pack(">I", len(data)) + data)
    while view:
        view = view[write(frame_fd, view) :]

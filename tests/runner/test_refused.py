"""What the kernel makes of the filter in boxes: what is refused, each with a control, and what must go on working."""

from __future__ import annotations

import errno
import json
import os
import socket
import tomllib
from pathlib import Path

import pytest

from runner import Job, Limits, Outcome, Profile
from runner.box.calls import ALLOWED, JUDGED, KNOWN, UNKNOWN
from runner.job import MIB

AT = 0 if os.uname().machine == "x86_64" else 1
PROGRAMS = tomllib.loads((Path(__file__).parent / "programs.toml").read_text())["program"]
X32 = 0x40000000
PROBES = (335, 336)  # of x86-64: the kernel lets them pass every filter, and ends whoever is not one of its own traps
MAY_BE_ALLOWED = {numbers[AT] for numbers in [*ALLOWED.values(), *(call.numbers for call in JUDGED.values())]}

ASK = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def f(numbers):
    said = []
    for number in numbers:
        ctypes.set_errno(0)
        said.append(0 if libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6) != -1 else ctypes.get_errno())
    return said
"""

# Each does something that the filter refuses, and returns whether it worked.
ATTEMPTS = """
import ctypes, errno, fcntl, json, os, platform, signal, socket, struct, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *arguments):
    answer = getattr(libc, name)(*arguments)
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer
def number(intel, arm):
    return intel if platform.machine() == "x86_64" else arm
def in_child(do):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, b"%d" % (do() or 0))
        except OSError as error:
            os.write(writing, b"-%d" % error.errno)
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = int(os.read(reading, 20) or 0)
    if said < 0:
        raise OSError(-said, "in the child")
    return said

def become_a_program():
    return in_child(lambda: os.execv(sys.executable, [sys.executable, "-S", "-c", ""])) == 0
def start_a_program():
    return subprocess.run([sys.executable, "-S", "-c", ""]).returncode == 0
def make_a_socket():
    return socket.socket(socket.AF_UNIX)
def make_an_internet_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def bind_a_socket_of_a_pair():
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    name = struct.pack("H", socket.AF_UNIX) + b"\\0pair-%d" % os.getpid()
    return call("bind", here.fileno(), name, len(name)) == 0
def send_from_a_pair_to_another():
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return here.sendto(b"x", "\\0@ABSTRACT@-datagrams") == 1
def pass_a_descriptor():
    here, there = socket.socketpair()
    socket.send_fds(here, [b"x"], [0])
    return socket.recv_fds(there, 1, 1)[1]
def send_out_of_band():
    here, there = socket.socketpair()
    return here.send(b"x", socket.MSG_OOB) == 1
def signal_through_a_lock():
    mine = os.open(os.__file__, os.O_RDONLY)
    fcntl.flock(mine, fcntl.LOCK_EX)
    def look():
        try:
            fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return 1
    return in_child(look) == 1
def signal_through_a_record_lock():
    fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH)
    return True
def be_told_who_opens_a_file():
    return os.close(call("inotify_init")) is None
def be_told_of_a_folder():
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    return fcntl.fcntl(os.open(os.path.dirname(os.__file__), os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_ACCESS) == 0
def make_a_larger_pipe():
    return fcntl.fcntl(os.pipe()[0], 1031, 1 << 18) >= 1 << 18
def ask_what_is_in_the_cache():
    page = libc.mmap; page.restype = ctypes.c_void_p
    at = page(None, 4096, 1, 0x22, -1, 0)
    return call("mincore", ctypes.c_void_p(at), 4096, ctypes.create_string_buffer(1)) == 0
def read_only_from_the_cache():
    into = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(into), 8)
    try:
        return call("syscall", number(327, 286), os.open(os.__file__, os.O_RDONLY), vector, 1, 0, 0, 8) >= 0
    except BlockingIOError:
        return True  # it is not there, which is an answer too
def use_the_newer_clone():
    order = (ctypes.c_uint64 * 8)(0, 0, 0, 0, signal.SIGCHLD)
    child = call("syscall", 435, order, 64)
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[0] == child
def make_a_namespace():
    def unshare():
        call("unshare", 0x10000000)
        return 1
    return in_child(unshare) == 1
def outlive_its_parent():
    return call("prctl", 1, 0, 0, 0, 0) == 0
def show_its_memory():
    return call("prctl", 4, 1, 0, 0, 0) == 0
def inherit_priority():
    word = ctypes.c_int(0)
    return call("syscall", number(202, 98), ctypes.byref(word), 6, 0, None, None, 0) == 0
def learn_the_hosts_load():
    return call("sysinfo", ctypes.create_string_buffer(256)) == 0
def hold_on_to_a_process():
    return os.close(os.pidfd_open(os.getpid())) is None
def map_pages_into_a_pipe():
    data = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(data), 8)
    return call("vmsplice", os.pipe()[1], vector, 1, 0) == 8

def tried(names):
    said = {}
    for name in names:
        try:
            said[name] = "worked" if globals()[name]() else "did not work"
        except OSError as error:
            said[name] = errno.errorcode.get(error.errno, "?")
    return said
"""
UNHEARD = ("read_only_from_the_cache", "use_the_newer_clone", "inherit_priority")
NAMES = [line[4:].split("(")[0] for line in ATTEMPTS.splitlines() if line.startswith("def ") and line.endswith("():")]


async def test_every_number_that_no_one_may_use_is_answered_as_the_table_says(call) -> None:
    """Also some of x32; what the kernel does not have would be unknown without a filter too, the rest would not."""
    numbers = [n for n in [*range(601), X32 | 39, X32 | 59] if n not in MAY_BE_ALLOWED and (AT or n not in PROBES)]
    hidden = {one[AT] for one in UNKNOWN.values()}
    known = {n for first, end in KNOWN[AT] for n in range(first, end)} - hidden
    said = (await call(ASK, (numbers,))).returned[0].value
    assert said == [errno.EPERM if n in known else errno.ENOSYS for n in numbers]


async def test_what_works_for_a_free_process_is_refused_in_a_box(call, host) -> None:
    """Programs, sockets, locks and other ways to talk, newer calls, namespaces, and what hides or outlives."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as named:
        named.bind(f"\0{host.names['ABSTRACT']}-datagrams")
        free = host.plain(f"{ATTEMPTS}\nprint(json.dumps(tried({NAMES!r})))")
    assert json.loads(free.splitlines()[-1]) == dict.fromkeys(NAMES, "worked")
    said = (await call(f"{ATTEMPTS}\nf = tried", (NAMES,))).returned[0].value
    assert said == {name: "ENOSYS" if name in UNHEARD else "EPERM" for name in NAMES}


async def test_starting_a_program_is_a_permission_error(script) -> None:
    """Which names what was to be started, as for any program that may not."""
    result = await script("import subprocess\nsubprocess.run(['ls'])")
    assert (result.outcome, result.fault.type, result.fault.line) == (Outcome.ERROR, "PermissionError", 2)
    assert result.fault.message == "[Errno 1] Operation not permitted: 'ls'"


@pytest.mark.parametrize("entry", PROGRAMS, ids=lambda entry: entry["name"])
async def test_what_a_learner_may_well_write_runs_to_its_end(entry, cold) -> None:
    """The curriculum's own solutions are run elsewhere."""
    limits = Limits(wall_s=60, memory_bytes=1024 * MIB)
    result = await cold.run(Job(source=entry["source"], profile=Profile(entry["profile"]), limits=limits))
    assert (result.outcome, result.fault) == (Outcome.OK, None)

"""What boxes are made of, as programs of their own: each step that fails ends the process before anything is run."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runner import primitives
from runner.box import confine, namespaces

ROOT = Path(__file__).parents[2]


def _refusing(number: int, code: int) -> bytes:
    """A filter that answers one call with an error, and allows all others."""
    steps = ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | code), (0x06, 0, 0, 0x7FFF0000))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def _ended(code: str) -> tuple[int, str]:
    """Run a program; return how it ended and what it said."""
    text = f"import os, sys\nsys.path.insert(0, {str(ROOT)!r})\n" + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-B", "-c", text], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_worker_that_cannot_enter_its_cell_says_so_where_it_is_heard() -> None:
    """Nobody may enter the namespaces he is in already; nothing is caged, so nothing is run."""
    code = """
        from runner.box import zygote
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            zygote._child(os.pidfd_open(os.getpid()), [writing, 1, 2])
        print(os.read(reading, 100), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    status, said = _ended(code)
    assert (status, said[:4], said.split()[-1]) == (0, "b'X[", "70")


@pytest.mark.parametrize(
    ("module", "first", "code"), [("nothing_like_it", "FModuleNotFoundError", 1), ("json", "R", 0)]
)
def test_a_zygote_says_how_far_it_came_and_ends_when_nobody_listens(module: str, first: str, code: int) -> None:
    status, said = _ended(f"""
        import socket
        from runner.box import zygote
        (ours, control), (keeper, cells) = socket.socketpair(), socket.socketpair()
        ours.shutdown(socket.SHUT_WR)
        code = zygote.main([{module!r}], control, cells, os.open("/proc", os.O_PATH))
        print(code, ours.recv(1000).decode())
    """)
    assert (status, said.startswith(f"{code} {first}")) == (0, True), said


def test_a_zygote_whose_keeper_is_gone_ends() -> None:
    status, said = _ended("""
        import socket
        from runner.box import zygote
        (ours, control), (keeper, cells) = socket.socketpair(), socket.socketpair()
        keeper.close()
        zygote.Zygote(control, cells, os.open("/proc", os.O_PATH)).serve()
        print("ended")
    """)
    assert (status, said) == (0, "ended\n")


def test_a_zygote_with_a_second_thread_forks_nothing_and_ends_the_cell() -> None:
    """Whoever made the cell is told why."""
    status, said = _ended("""
        import socket, subprocess, threading, time
        from runner.box import zygote
        (ours, control), (keeper, cells) = socket.socketpair(), socket.socketpair()
        cell = subprocess.Popen(["sleep", "600"])
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        socket.send_fds(keeper, [b"abcd"], [os.pidfd_open(cell.pid), 0, 1, 2])
        assert zygote.Zygote(control, cells, os.open("/proc", os.O_PATH))._hand()
        print(ours.recv(100), cell.wait())
    """)
    assert (status, said) == (0, "b'Xabcdthe zygote has 2 threads' -9\n")


def test_a_process_whose_parent_has_ended_ends_before_it_is_confined() -> None:
    assert _ended("from runner.box import confine; confine._die_with(1); print('went on')") == (70, "")


def test_a_child_that_cannot_be_contained_ends() -> None:
    """Whatever the reason: here, limits that are none."""
    assert _ended("from runner.box import confine; confine.contain(os.getppid(), -2); print('went on')") == (70, "")


def test_a_call_that_the_kernel_does_not_know_is_an_error() -> None:
    with pytest.raises(OSError, match="prctl: Invalid argument"):
        confine._prctl(9999, 0)


@pytest.mark.parametrize(("code", "expected"), [(errno.ENOSYS, "0"), (errno.EOPNOTSUPP, "0"), (errno.EPERM, "EPERM")])
def test_a_kernel_without_landlock_is_told_from_one_that_refuses_it(code: int, expected: str) -> None:
    status, said = _ended(f"""
        import errno
        from runner.box import cage, landlock
        cage.drop_powers()
        cage.load_filter({_refusing(444, code)!r})
        try:
            print(landlock.version())
        except OSError as error:
            print(errno.errorcode[error.errno])
    """)
    assert (status, said) == (0, f"{expected}\n")


def test_threads_that_are_not_shown_are_not_counted(tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "status").write_text("Name:\tx\nUid:\t0\n")
    proc = os.open(tmp_path, os.O_PATH)
    assert namespaces.threads(proc) == 0
    (tmp_path / "self" / "status").write_text("Name:\tx\nThreads:\t7\n")
    assert namespaces.threads(proc) == 7
    os.close(proc)


def test_parts_that_cannot_even_be_attempted_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on Linux none is."""
    monkeypatch.setattr(primitives, "_START", "import sys; sys.exit('no such thing')")
    assert primitives.ask(None) == {"start": "no such thing"}
    monkeypatch.setattr(primitives, "_START", "")
    assert primitives.ask(None) == {"start": "no answer"}
    monkeypatch.setattr("sys.platform", "darwin")
    assert primitives.ask(None) == {}


@pytest.mark.parametrize("name", ["_filter", "_landlock"])
def test_a_wall_that_refuses_nothing_is_not_taken_for_one(name: str) -> None:
    """Here, because what would put it up does nothing."""
    status, said = _ended(f"""
        from runner import primitives
        from runner.box import cage, landlock
        primitives.must = lambda *_call: None
        cage.load_filter = landlock.restrict = cage.drop_powers = lambda *_wall: None
        try:
            primitives.{name}()
        except OSError as error:
            print(error.strerror)
    """)
    assert (status, said) == (0, "it refuses nothing\n")


def test_a_network_from_which_this_host_is_reached_is_not_taken_for_a_wall() -> None:
    status, said = _ended("""
        import socket
        from runner import primitives
        primitives._own = lambda _flags: None
        with socket.create_server(("127.0.0.1", 0)) as server:
            try:
                primitives._no_network(server.getsockname()[1])()
            except OSError as error:
                print(error.strerror)
    """)
    assert (status, said) == (0, "this host could be reached\n")


def test_a_process_namespace_that_is_none_is_not_taken_for_one() -> None:
    status, said = _ended("""
        from runner import primitives
        primitives._own = lambda _flags: None
        try:
            primitives._first_process()
        except OSError as error:
            print(error.strerror)
    """)
    assert (status, said) == (0, "it is not process 1\n")

"""Attacks that use up time, memory, processes, disk or output: each gets its own verdict, and none harms the host.

Beside each stands what a free process may do with the same code and smaller numbers, still above the box's limit.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest

from runner import Limits, Outcome

WALL_S = 0.4
MISSING = ("NameError", "SyntaxError", "AttributeError", "ImportError", "ModuleNotFoundError")

# Never end by themselves: the control is that a free process still runs after the box would have been stopped.
ENDLESS = {
    "a loop": "while True: pass",
    "a long sleep": "import time; time.sleep(1e6)",
    "a loop that ignores signals": """
        import signal
        for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGALRM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        while True: pass
    """,
    "a regular expression that backtracks": "import re; re.match('(a+)+$', 'a' * 60 + '!')",
    "a number with too many digits": "9 ** 9 ** 9",
    "a sleep at exit": "import atexit, time; atexit.register(time.sleep, 1e6)",
    "a thread that never ends": "import threading, time; threading.Thread(target=time.sleep, args=(1e6,)).start()",
    "a process that stops itself": "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
    "a loop that swallows every exception": """
        while True:
            try:
                while True: pass
            except BaseException:
                pass
    """,
    "waiting for a child that never ends": """
        import os, time
        if os.fork() == 0:
            os.setsid(); time.sleep(1e6)
        os.wait()
    """,
    "children that fork and exit for ever": """
        import os, time
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if os.fork() != 0: os.wait()
                else: os._exit(0)
            except OSError:
                pass
    """,
}

# Take more memory than a box has, and yet little enough for a free process to be let do it.
HUNGRY = {
    "one large object": "print('REACHED' if bytearray(80 << 20) else '')",
    "many small objects": "hoard = [bytearray(1 << 20) for _ in range(80)]; print('REACHED')",
    "several processes just under the limit": """
        import os, time
        for _ in range(6):
            if os.fork() == 0:
                hoard = bytearray(16 << 20); time.sleep(0.3); os._exit(0)
        for _ in range(6): os.wait()
        print('REACHED')
    """,
    "a bomb of zeros": """
        import zlib
        packer = zlib.compressobj(1)
        bomb = b''.join(packer.compress(bytes(1 << 20)) for _ in range(80)) + packer.flush()
        print('REACHED' if zlib.decompress(bomb) else '')
    """,
    "an anonymous mapping": """
        import mmap
        memory = mmap.mmap(-1, 80 << 20)
        for at in range(0, 80 << 20, 4096): memory[at] = 1
        print('REACHED')
    """,
    "deep recursion without a limit": """
        import sys; sys.setrecursionlimit(10 ** 9)
        def down(n):
            return [down(n - 1)] if n else []
        down(900000); print('REACHED')
    """,
    "a string that doubles": """
        text = 'x'
        while len(text) < 80 << 20: text += text
        print('REACHED')
    """,
}

# Ask for more of something than the box gives; the run goes on and is told no.
REFUSED = {
    "forty processes": """
        import os, time
        for _ in range(40):
            if os.fork() == 0: time.sleep(1); os._exit(0)
        print('REACHED')
    """,
    "forty threads": """
        import threading, time
        threads = [threading.Thread(target=time.sleep, args=(0.3,), daemon=True) for _ in range(40)]
        for thread in threads: thread.start()
        print('REACHED')
    """,
    "a hundred files": """
        for number in range(100): open(f'flood{number}', 'w').close()
        print('REACHED')
    """,
    "a hundred folders in each other": """
        import os
        for _ in range(100): os.mkdir('d'); os.chdir('d')
        print('REACHED')
    """,
    "two megabytes on disk": """
        for number in range(4): open(f'big{number}', 'wb', 0).write(bytes(1 << 19)) == 1 << 19 or print('short')
        import os; print('REACHED' if sum(os.path.getsize(f'big{n}') for n in range(4)) == 2 << 20 else '')
    """,
    "a file with a hole of a gigabyte": "open('sparse', 'wb').truncate(1 << 30); print('REACHED')",
    "shared memory beyond the disk": """
        import os
        path = '/dev/shm/@TOKEN@'
        try:
            for part in range(4): open(path + str(part), 'wb', 0).write(bytes(1 << 19))
            print('REACHED' if sum(os.path.getsize(path + str(part)) for part in range(4)) == 2 << 20 else '')
        finally:
            for part in range(4): os.path.exists(path + str(part)) and os.unlink(path + str(part))
    """,
    "three hundred open files": "files = [open('/dev/null') for _ in range(300)]; print('REACHED')",
    "a message queue": """
        import ctypes
        libc = ctypes.CDLL(None); queue = libc.mq_open(b'/@TOKEN@', 0o102, 0o600, None)
        libc.mq_unlink(b'/@TOKEN@'); print('REACHED' if queue >= 0 else '')
    """,
}

OUTPUT = {
    "print without end": ("stdout", "while True: print('x' * 1000)"),
    "one line without end": ("stdout", "import sys\nwhile True: sys.stdout.write('x' * 4096)"),
    "NUL bytes without end": ("stdout", "import os\nwhile True: os.write(1, bytes(4096))"),
    "errors without end": ("stderr", "import os\nwhile True: os.write(2, b'x' * 4096)"),
    "a child that prints without end": (
        "stdout",
        """
        import os
        if os.fork() == 0:
            os.setsid()
            while True: os.write(1, b'x' * 512)
        os.wait()
    """,
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_never_ends_is_stopped_at_the_deadline(name, script, host, small):
    """Our own clock decides, whatever the code does about it."""
    if "swallows" not in name:
        assert "STILL RUNNING" in host.plain(ENDLESS[name], stop_after=WALL_S)
    result = await script(ENDLESS[name], replace(small, wall_s=WALL_S))
    assert (result.outcome, result.fault.type) == (Outcome.TIMEOUT, "Timeout")
    assert WALL_S * 1000 <= result.wall_ms < 3000
    assert result.detail == "Stopped after 0.4 s, all the time there was."


@pytest.mark.parametrize("name", HUNGRY)
async def test_what_takes_too_much_memory_is_stopped_as_memory(name, script, host):
    """The kernel's count decides, never an exit code."""
    assert "REACHED" in host.plain(HUNGRY[name])
    result = await script(HUNGRY[name])
    assert (result.outcome, result.fault.type) == (Outcome.MEMORY, "Memory")
    assert "48 MB" in result.detail


@pytest.mark.parametrize("name", REFUSED)
async def test_what_asks_for_too_much_is_told_no(name, script, host):
    """A limit on processes, files, bytes or descriptors shows as the error any program would get."""
    assert "REACHED" in host.plain(REFUSED[name])
    result = await script(host.fill(REFUSED[name], boxed=True))
    assert "REACHED" not in result.stdout
    assert result.outcome in (Outcome.OK, Outcome.ERROR)
    assert result.fault is None or result.fault.type not in MISSING


@pytest.mark.parametrize("name", OUTPUT)
async def test_output_without_end_is_cut_at_the_cap(name, script, host, small):
    """What fits is kept, the box is ended, and the verdict says which stream it was."""
    stream, source = OUTPUT[name]
    to_nowhere = "import os; os.dup2(os.open('/dev/null', 1), 1); os.dup2(1, 2)\n"
    assert "STILL RUNNING" in host.plain(to_nowhere + textwrap.dedent(source), stop_after=0.2)
    result = await script(source)
    assert result.outcome is Outcome.OUTPUT_LIMIT
    assert result.detail == f"Wrote more than {small.stdout_bytes // 1024} KB to {stream}."
    assert len(getattr(result, stream)) == small.stdout_bytes


async def test_output_of_exactly_the_cap_is_fine(script, small):
    """The cap itself is allowed."""
    result = await script(f"import sys; sys.stdout.write('x' * {small.stdout_bytes})")
    assert (result.outcome, len(result.stdout)) == (Outcome.OK, small.stdout_bytes)


async def test_output_that_is_no_text_is_shown_with_replacements(script):
    """Bytes are decoded outside, and cannot fail there."""
    result = await script("import os; os.write(1, b'ok \\xff\\x00 end')")
    assert (result.outcome, result.stdout) == (Outcome.OK, "ok \ufffd\x00 end")


async def test_a_grandchild_that_keeps_stdout_open_does_not_hold_the_run(script):
    """The end of the run is waited for, not the end of a stream."""
    result = await script(
        """
        import os, time
        if os.fork() == 0:
            os.setsid(); time.sleep(1e6)
        print('done')
    """,
        Limits(wall_s=3),
    )
    assert (result.outcome, result.stdout) == (Outcome.OK, "done\n")
    assert result.wall_ms < 2500


async def test_closing_its_own_streams_changes_nothing(script):
    """A run may throw its output away."""
    assert (await script("import os; os.close(1); os.close(2); os.close(0)")).outcome is Outcome.OK


async def test_memory_error_that_the_kernel_did_not_cause_is_an_error(script):
    """Asking for more than there is address space raises, and what was raised is what is shown."""
    result = await script("bytearray(1 << 60)")
    assert (result.outcome, result.fault.type, result.fault.line) == (Outcome.ERROR, "MemoryError", 1)


@pytest.mark.parametrize("kind", ["CORE", "FSIZE", "NOFILE", "STACK", "CPU", "MEMLOCK", "RTPRIO", "NICE", "MSGQUEUE"])
async def test_limits_cannot_be_raised_again(kind, script):
    """Soft equals hard, and the hard one cannot be lifted."""
    result = await script(f"""
        import resource
        soft, hard = resource.getrlimit(resource.RLIMIT_{kind})
        print(soft == hard != resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_{kind}, (hard + 1, hard + 1))
    """)
    assert result.stdout == "True\n"
    assert result.fault is not None
    assert result.fault.type in ("ValueError", "PermissionError")

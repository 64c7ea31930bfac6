"""Attacks that reach for what is outside the box: each works in a free process, and none works inside.

Every attack prints REACHED when it gets there. Beside each one stands the kind of control that shows it can.
"""

from __future__ import annotations

import pytest

from runner import Outcome

CTYPES = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def number(intel, arm):
    return intel if platform.machine() == "x86_64" else arm
def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
    print("REACHED")
"""
CHILD = """
import time
child = os.fork()
if child == 0:
    time.sleep(20)
"""

PLAIN = {
    "read a file by its path": "print('REACHED' if open('@CANARY@').read() == 'hunter2' else '')",
    "read /etc/passwd": "print('REACHED' if 'root' in open('/etc/passwd').read() else '')",
    "list the home of the bot": "import os; print('REACHED' if os.listdir(os.path.dirname('@CANARY@')) else '')",
    "look up a user": "import pwd; print('REACHED' if pwd.getpwuid(0) else '')",
    "read a token from the environment": "import os; print('REACHED' if 'SECRET' in os.environ else '')",
    "read the environment of other processes": """
        import os
        pids = [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) != os.getpid()]
        for pid in [str(os.getppid()), *pids]:
            if b'SECRET' in open(f'/proc/{pid}/environ', 'rb').read():
                print('REACHED'); break
    """,
    "read the command line of the parent": """
        import os; print('REACHED' if open(f'/proc/{os.getppid()}/cmdline').read() else '')
    """,
    "map its own memory through proc": "print('REACHED' if open('/proc/self/maps').read() else '')",
    "open the interpreter through proc": "import os; os.open('/proc/self/exe', os.O_RDONLY); print('REACHED')",
    "see the mounts of the host": "print('REACHED' if open('/proc/self/mountinfo').read() else '')",
    "read the memory of another process": CTYPES
    + CHILD
    + """
import struct
maps = open(f'/proc/{child}/maps').readline().split('-')[0]
with open(f'/proc/{child}/mem', 'rb', buffering=0) as memory:
    memory.seek(int(maps, 16)); memory.read(8); print('REACHED')
os.kill(child, 9)
""",
    "list the control groups": "import os; print('REACHED' if os.listdir('/sys/fs/cgroup') else '')",
    "start a shell": "import subprocess; subprocess.run(['/bin/sh', '-c', 'echo REACHED'])",
    "open a terminal": "import os; os.openpty(); print('REACHED')",
    "see more devices than it needs": """
        import os
        spare = [name for name in os.listdir('/dev') if name not in ('null', 'zero', 'random', 'urandom', 'shm')]
        print('REACHED' if spare else '')
    """,
    "plant a file beside a library": """
        import os
        for folder in '@FOLDERS@'.split(':'):
            try:
                open(os.path.join(folder, 'planted.py'), 'w').close(); print('REACHED', folder)
            except OSError:
                pass
    """,
    "rewrite a file of the runner": "open('@VICTIM@', 'r+').write('x'); print('REACHED')",
    "change the mode of a file of the runner": "import os; os.chmod('@VICTIM@', 0o777); print('REACHED')",
    "delete a file of the runner": "import os; os.unlink('@VICTIM@'); print('REACHED')",
    "link a file of the runner": """
        import os; os.link('@VICTIM@', os.path.join(os.getcwd(), 'linked')); print('REACHED')
    """,
    "rename a folder of the runner": """
        import os; os.rename(os.path.dirname('@VICTIM@'), os.path.dirname('@VICTIM@') + '.x'); print('REACHED')
        os.rename(os.path.dirname('@VICTIM@') + '.x', os.path.dirname('@VICTIM@'))
    """,
    "connect to a port of the host": """
        import socket; socket.create_connection(('127.0.0.1', @PORT@), 2); print('REACHED')
    """,
    "connect to a socket by its path": """
        import socket; socket.socket(socket.AF_UNIX).connect('@NAMED@'); print('REACHED')
    """,
    "connect to an abstract socket": """
        import socket; socket.socket(socket.AF_UNIX).connect(chr(0) + '@ABSTRACT@'); print('REACHED')
    """,
    "open a netlink socket": "import socket; socket.socket(16, socket.SOCK_RAW, 0); print('REACHED')",
    "learn the name of the host": "import socket; print('REACHED' if socket.gethostname() == '@HOSTNAME@' else '')",
    "learn where the interpreter is installed": "import sys; print('REACHED' if sys.base_prefix == '@PREFIX@' else '')",
    "import what the bot is made of": "import pytest; print('REACHED')",
    "use an inherited descriptor": """
        import os
        for fd in range(4, 256):
            try:
                os.fstat(fd); print('REACHED', fd); break
            except OSError:
                pass
    """,
    "kill its parent": """
        import os, signal, time
        parent = os.getppid(); os.kill(parent, signal.SIGKILL)
        for _ in range(30):
            if os.getppid() == parent: time.sleep(0.1)
        print('REACHED' if os.getppid() != parent else '')
    """,
    "interrupt its parent": """
        import os, signal, time
        parent = os.getppid(); os.kill(parent, signal.SIGINT)
        for _ in range(30):
            if os.getppid() == parent: time.sleep(0.1)
        print('REACHED' if os.getppid() != parent else '')
    """,
    "take the limits of its parent away": """
        import os, resource; resource.prlimit(os.getppid() or 1, resource.RLIMIT_NOFILE, (3, 64)); print('REACHED')
    """,
    "make a user namespace": CTYPES + "call('unshare', 0x10000000)",
    "clone into a user namespace": CTYPES
    + """
child = libc.syscall(number(56, 220), 0x10000000 | 17, 0, 0, 0, 0)
if child == 0:
    os._exit(0)
print('REACHED' if child > 0 else '')
""",
    "use the newer clone": CTYPES
    + """
import errno
libc.syscall(435, None, 0)
print('REACHED' if ctypes.get_errno() not in (errno.ENOSYS, errno.EPERM) else '')
""",
    "trace another process": CTYPES + CHILD + "call('ptrace', 16, child, 0, 0); os.kill(child, 9)",
    "read another process's memory directly": CTYPES
    + """
import ctypes
source = ctypes.create_string_buffer(b'hunter2'); target = ctypes.create_string_buffer(8)
class Vector(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
to = Vector(ctypes.addressof(target), 7); of = Vector(ctypes.addressof(source), 7)
call('process_vm_readv', os.getpid(), ctypes.byref(to), 1, ctypes.byref(of), 1, 0)
""",
    "take a descriptor from another process": CTYPES
    + CHILD
    + """
time.sleep(0.05)
call('syscall', 438, os.pidfd_open(child), 0, 0); os.kill(child, 9)
""",
    "leave a key for a friend": CTYPES
    + """
call('syscall', number(248, 217), b'user', b'epochbot', b'hi', 2, -2)
""",
    "switch address randomisation off": CTYPES + "call('personality', 0x0040000)",
    "get a handle for a file": CTYPES
    + """
import errno
handle = (ctypes.c_uint * 40)(128)
mount = ctypes.c_int()
libc.name_to_handle_at(-100, b'/', handle, ctypes.byref(mount), 0)
print('REACHED' if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS) else '')
""",
}

# These need powers that a free process has only as root, so their control keeps them in namespaces of its own.
POWERFUL = {
    "mount a file system": CTYPES + "call('mount', b'x', b'/tmp', b'tmpfs', 0, b'')",
    "make a mount writable": CTYPES + "call('mount', None, b'/', None, 32 | 4096, None)",
    "bind a folder elsewhere": CTYPES + "call('mount', b'/usr', b'/tmp', None, 4096, None)",
    "change its root": CTYPES + "os.chroot('/tmp'); print('REACHED')",
    "join a namespace": CTYPES + "call('setns', os.pidfd_open(os.getpid()), 0x04000000)",
    "rename the machine": CTYPES + "call('sethostname', b'mine', 4)",
    "become another user": "import os; os.setuid(0) if os.getuid() else None; print('REACHED' if os.getuid() == 0 else '')",
    "make a private mount table": CTYPES + "call('unshare', 0x00020000)",
}


async def _reached(script, host, source):
    result = await script(host.fill(source, boxed=True))
    assert result.outcome in (Outcome.OK, Outcome.ERROR), result
    # Stopped by a wall, not by a slip in the attack itself.
    assert result.fault is None or result.fault.type not in (
        "NameError",
        "SyntaxError",
        "AttributeError",
        "ImportError",
    )
    return "REACHED" in result.stdout


@pytest.mark.parametrize("name", PLAIN)
async def test_attack_works_for_a_free_process_and_not_in_a_box(name, script, host):
    """What a free process can do, a box cannot."""
    assert "REACHED" in host.plain(PLAIN[name])
    assert not await _reached(script, host, PLAIN[name])


@pytest.mark.parametrize("name", POWERFUL)
async def test_attack_works_with_every_capability_and_not_in_a_box(name, script, host):
    """What a process with every capability can do, a box cannot."""
    assert "REACHED" in host.powerful(POWERFUL[name])
    assert not await _reached(script, host, POWERFUL[name])


# Each leaves something, which a second run looks for (and clears away, for the control's sake).
LEFT_BEHIND = {
    "a module in the temporary folder": (
        "import tempfile, os; open(os.path.join(tempfile.gettempdir(), 'evil_@TOKEN@.py'), 'w').write('x = 1')",
        """
        import sys, tempfile, os
        path = os.path.join(tempfile.gettempdir(), 'evil_@TOKEN@.py')
        sys.path.insert(0, tempfile.gettempdir()); import evil_@TOKEN@; os.unlink(path); print('REACHED')
        """,
    ),
    "shared memory": (
        """
        from multiprocessing import shared_memory, resource_tracker
        memory = shared_memory.SharedMemory('left-@TOKEN@', create=True, size=16)
        resource_tracker.unregister(memory._name, 'shared_memory')
        """,
        """
        from multiprocessing import shared_memory
        shared_memory.SharedMemory('left-@TOKEN@').unlink(); print('REACHED')
        """,
    ),
    "a System V segment": (
        "import ctypes; print(ctypes.CDLL(None).shmget(@KEY@, 4096, 0o1666))",
        """
        import ctypes
        libc = ctypes.CDLL(None); segment = libc.shmget(@KEY@, 4096, 0o666)
        print('REACHED' if segment >= 0 else ''); segment >= 0 and libc.shmctl(segment, 0, None)
        """,
    ),
    "a start-up file in the home folder": (
        "import os; open(os.path.expanduser('~/@TOKEN@.py'), 'w').close()",
        "import os; os.unlink(os.path.expanduser('~/@TOKEN@.py')); print('REACHED')",
    ),
}


@pytest.mark.parametrize("name", LEFT_BEHIND)
async def test_nothing_left_behind_is_found_by_the_next_run(name, script, host):
    """What one free process leaves the next one finds; in boxes it is gone."""
    leave, find = LEFT_BEHIND[name]
    host.plain(leave)
    assert "REACHED" in host.plain(find)
    assert (await script(host.fill(leave, boxed=True))).outcome is Outcome.OK
    assert not await _reached(script, host, find)


async def test_there_are_at_least_forty_attacks_and_each_was_run():
    """The table does not shrink unnoticed."""
    assert len(PLAIN) + len(POWERFUL) + len(LEFT_BEHIND) >= 50

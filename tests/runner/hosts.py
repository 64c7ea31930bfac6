"""Makes this host look like another one, then becomes a Python program there: `python hosts.py HOST CODE`.

Started by tests in a process of its own, because nothing that is given up here can be had back. Every host but `root` is
seen by an ordinary user; where the tests run as root, from a place that shows the same files to someone who owns nothing.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[0] = str(ROOT)

from runner import launch, libraries  # noqa: E402 - only now can it be found
from runner.box import cage, namespaces  # noqa: E402 - the same

USER = 20_000 + os.getpid() % 30_000  # one of its own, for a user's threads are counted together
_MOUNT = {"x86_64": 165, "aarch64": 40}
_LANDLOCK = 444
_DOCKERS = {  # unshare, setns, mount, umount2, pivot_root, clone
    "x86_64": (272, 308, 165, 166, 155, 56),
    "aarch64": (97, 268, 40, 39, 41, 220),
}
_CLONE3 = 435
_NEW_ANY = 0x7E020000  # every flag of clone that asks for a namespace


def refusing(number: int, code: int) -> bytes:
    """A filter that answers one call with one error, and allows all others."""
    steps = ((0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | code), (0x06, 0, 0, 0x7FFF0000))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def dockers(machine: str) -> bytes:
    """The part of Docker's default profile that is in our way."""
    load, equal, any_of, answer = 0x20, 0x15, 0x45, 0x06
    refuse, unknown, allow = (0x00050000 | errno.EPERM), (0x00050000 | errno.ENOSYS), 0x7FFF0000
    *refused, clone = _DOCKERS[machine]
    steps = [(load, 0, 0, 0)]
    for number, said in (*((number, refuse) for number in refused), (_CLONE3, unknown)):
        steps += [(equal, 0, 1, number), (answer, 0, 0, said)]
    steps += [(equal, 0, 3, clone), (load, 0, 0, 16), (any_of, 0, 1, _NEW_ANY), (answer, 0, 0, refuse)]
    return b"".join(struct.pack("<HBBI", *step) for step in [*steps, (answer, 0, 0, allow)])


def no_namespaces() -> None:
    """As after `sysctl user.max_user_namespaces=0`, which a user namespace has one of its own of."""
    namespaces.new_user(os.open("/proc", os.O_PATH), 0, os.getuid(), os.getgid())
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def docker() -> None:
    """As Docker's default profile: unshare, setns, mount and clone with new namespaces are refused."""
    cage.drop_powers()
    cage.load_filter(dockers(os.uname().machine))


def docker_without_landlock() -> None:
    """The same on a kernel that was built without Landlock."""
    docker()
    cage.load_filter(refusing(_LANDLOCK, errno.ENOSYS))


def ubuntu() -> None:
    """As Ubuntu's AppArmor: user namespaces are made, but give no right to mount."""
    cage.drop_powers()
    cage.load_filter(refusing(_MOUNT[os.uname().machine], errno.EACCES))


def rootless() -> None:
    """As in a container whose root is the one user there is."""
    user, group = os.getuid(), os.getgid()
    namespaces.unshare(namespaces.NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def nothing() -> None:
    """As it is."""


HOSTS: dict[str, Callable[[], None]] = {
    "ordinary": nothing,
    "no-namespaces": no_namespaces,
    "docker": docker,
    "docker-without-landlock": docker_without_landlock,
    "docker-root": docker,
    "ubuntu": ubuntu,
    "rootless": rootless,
    "root": nothing,
}


def _staged() -> tuple[str, dict[str, str]]:
    """Show the interpreter, the packages and the project to everyone; return the interpreter and its settings."""
    packages = str(Path(libraries.jail_program().path).parents[2])
    python = Path(sys.executable).resolve()
    shared = sys.base_prefix in ("/usr", "/usr/local")  # a system's own: everybody reaches it where it is
    paths = ["/dev/null", str(ROOT), packages, sys.base_prefix]  # the first place is made for the jail's program
    launch.stage(paths[:3] if shared else paths)
    prefix = sys.base_prefix if shared else launch.staged(3)
    path = f"{launch.staged(1)}:{launch.staged(2)}"
    return f"{prefix}/bin/{python.name}", {"PYTHONPATH": path, "LD_LIBRARY_PATH": f"{prefix}/lib"}


def main(host: str, code: str) -> None:
    """Become the program."""
    if folder := os.environ.get("EPOCHBOT_COVERAGE"):  # then what is run here is noted too
        from tests.runner import traced

        fd = traced.opened(Path(folder))
        os.set_inheritable(fd, True)
        code = f"from tests.runner import traced; traced.begin({fd}); exec(compile({code!r}, '<string>', 'exec'))"
    python, settings = sys.executable, {"PYTHONPATH": str(ROOT)}
    if os.getuid() == 0:
        python, settings = _staged()
        if host not in ("root", "docker-root"):
            launch.become(USER)
            cage.show()  # who changes his user may otherwise not write his own identity map
    HOSTS[host]()
    os.chdir("/")
    os.execve(python, [python, "-B", "-c", code], {**settings, "PATH": "/usr/bin:/bin"})  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

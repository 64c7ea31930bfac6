"""Decides who may speak to a runner and where it may listen. Pure: opens nothing, reads no environment.

The secret is the whole of a client's rights, so it must be long, never be shown, and never cross a network in the open.
"""
from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from runner.job import Isolation
from runner.remote.errors import SetupError

VARIABLE = "EPOCHBOT_RUNNER_SECRET"
LEAST_SECRET = 32
MOST_SECRET = 512
MAKE_ONE = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'
_LEVELS = tuple(Isolation)  # from the best down


def secret_from(environ: Mapping[str, str]) -> str:
    """Return the shared secret.

    Raises:
        SetupError: when there is none, or one that is too short or cannot be sent.
    """
    secret = environ.get(VARIABLE, "").strip()
    advice = f"Make one with `{MAKE_ONE}` and set {VARIABLE} to it on both hosts."
    if not secret:
        raise SetupError(f"{VARIABLE} is not set: without a secret, anybody who can connect could run code.", advice)
    if not LEAST_SECRET <= len(secret) <= MOST_SECRET:
        raise SetupError(f"{VARIABLE} has {len(secret)} characters; {LEAST_SECRET} to {MOST_SECRET} are needed.", advice)
    if not all("!" <= character <= "~" for character in secret):
        raise SetupError(f"{VARIABLE} holds a space or a character that is not ASCII.", advice)
    return secret


def bearer(secret: str) -> str:
    """Return the header that carries a secret."""
    return f"Bearer {secret}"


def knows_secret(header: str | None, secret: str) -> bool:
    """Say whether a header carries the secret, in a time that tells nothing of either."""
    given = hashlib.sha256((header or "").encode("utf-8", "surrogateescape")).digest()
    wanted = hashlib.sha256(bearer(secret).encode()).digest()
    return hmac.compare_digest(given, wanted)


def is_loopback(host: str) -> bool:
    """Say whether a name or address stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_listening(host: str, *, tls: bool, behind_proxy: bool) -> None:
    """Refuse to listen where the secret and the code would cross a network unencrypted.

    Raises:
        SetupError: when that would be so.
    """
    if tls or behind_proxy or is_loopback(host):
        return
    raise SetupError(
        f"Listening on {host} without TLS would send the secret and learners' code in the open.",
        "Give --tls-cert and --tls-key; or listen on 127.0.0.1 or --unix PATH; or, where a proxy on a network of yours "
        "ends TLS before this server, say so with --behind-tls-proxy.",
    )


def is_below(isolation: Isolation, minimum: Isolation) -> bool:
    """Say whether a level is less than asked for."""
    return _LEVELS.index(isolation) > _LEVELS.index(minimum)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a runner is: a socket in the file system, or the start of an HTTP address."""

    unix: Path | None = None
    base: str = ""

    @property
    def encrypted(self) -> bool:
        """Say whether TLS is spoken there."""
        return self.base.startswith("https:")


def parse_address(url: str) -> Address:
    """Read `unix:///path`, `https://host[:port]`, or `http://` with a host on this machine.

    Raises:
        SetupError: when it is none of these.
    """
    advice = "Use unix:///path/to/socket, https://host:port, or http://127.0.0.1:port on one machine."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SetupError("The runner's address cannot be read.", advice) from None
    if parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/") and len(parts.path) > 1:
        return Address(unix=Path(unquote(parts.path)))
    if parts.scheme not in ("http", "https") or not host or _has_more(parts):
        raise SetupError("The runner's address is not one that can be used.", advice)
    if parts.scheme == "http" and not is_loopback(host):
        raise SetupError(f"http://{host} would send the secret and learners' code in the open.", advice)
    shown = f"[{host}]" if ":" in host else host
    return Address(base=f"{parts.scheme}://{shown}{'' if port is None else f':{port}'}")


def _has_more(parts: SplitResult) -> bool:
    """Say whether an address holds what is no part of ours, such as a password."""
    return bool(parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))

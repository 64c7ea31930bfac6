"""Who may speak to a runner, and where one may listen."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner import Isolation
from runner.remote.errors import SetupError
from runner.remote.guard import (
    Address,
    check_listening,
    is_below,
    is_loopback,
    knows_secret,
    parse_address,
    secret_from,
)

LONG = "a-secret-of-32-characters-or-more"
MAKE = (
    'Make one with `python -c "import secrets; print(secrets.token_urlsafe(32))"` '
    "and set EPOCHBOT_RUNNER_SECRET to it on both hosts."
)


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (None, "EPOCHBOT_RUNNER_SECRET is not set: without a secret, anybody who can connect could run code."),
        ("  ", "EPOCHBOT_RUNNER_SECRET is not set: without a secret, anybody who can connect could run code."),
        ("x" * 31, "EPOCHBOT_RUNNER_SECRET has 31 characters; 32 to 512 are needed."),
        ("x" * 513, "EPOCHBOT_RUNNER_SECRET has 513 characters; 32 to 512 are needed."),
        ("x" * 40 + " y", "EPOCHBOT_RUNNER_SECRET holds a space or a character that is not ASCII."),
        ("x" * 40 + "é", "EPOCHBOT_RUNNER_SECRET holds a space or a character that is not ASCII."),
        ("x" * 40 + "\r\nX: y", "EPOCHBOT_RUNNER_SECRET holds a space or a character that is not ASCII."),
    ],
)
def test_a_secret_that_will_not_do_is_refused_with_how_to_make_one(secret: str | None, message: str) -> None:
    with pytest.raises(SetupError) as caught:
        secret_from({} if secret is None else {"EPOCHBOT_RUNNER_SECRET": secret})
    assert (str(caught.value), "x" * 31 in str(caught.value)) == (f"{message} {MAKE}", False)


def test_a_secret_that_will_do_is_taken_without_the_space_around_it() -> None:
    assert secret_from({"EPOCHBOT_RUNNER_SECRET": f" {LONG}\n"}) == LONG


@pytest.mark.parametrize(
    ("header", "known"),
    [(f"Bearer {LONG}", True), (None, False), ("", False), (LONG, False), (f"Bearer {LONG} ", False), ("\udcff", False)],
)
def test_only_the_whole_header_is_known(header: str | None, known: bool) -> None:
    assert knows_secret(header, LONG) is known


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),  # noqa: S104 - it is what is refused
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("2130706433", False),
        ("", False),
    ],
)
def test_loopback_is_told_from_everything_that_looks_like_it(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_nobody_listens_on_a_network_in_the_open() -> None:
    with pytest.raises(SetupError, match=r"^Listening on 10\.0\.0\.1 without TLS .* Give --tls-cert and --tls-key; or"):
        check_listening("10.0.0.1", tls=False, behind_proxy=False)
    check_listening("10.0.0.1", tls=True, behind_proxy=False)
    check_listening("10.0.0.1", tls=False, behind_proxy=True)
    check_listening("127.0.0.1", tls=False, behind_proxy=False)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("unix:///run/runner.sock", Address(unix=Path("/run/runner.sock"))),
        ("unix:///run/a%20b", Address(unix=Path("/run/a b"))),
        ("https://runner.example", Address(base="https://runner.example")),
        ("https://runner.example:8443/", Address(base="https://runner.example:8443")),
        ("https://[fd00::1]:8443", Address(base="https://[fd00::1]:8443")),
        ("http://127.0.0.1:8081", Address(base="http://127.0.0.1:8081")),
        ("http://[::1]:8081", Address(base="http://[::1]:8081")),
        ("HTTP://LOCALHOST:1", Address(base="http://localhost:1")),
    ],
)
def test_an_address_is_read(url: str, address: Address) -> None:
    assert parse_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "runner.example",
        "/run/runner.sock",
        "unix://run/runner.sock",
        "unix:///",
        "ftp://127.0.0.1",
        "https://",
        "https://user@runner.example",
        "https://user:word@runner.example",
        "https://runner.example/run",
        "https://runner.example?x=1",
        "https://runner.example#x",
        "https://runner.example:port",
        "https://[::1",
        "http://runner.example",
        "http://127.0.0.1@runner.example",
        "http://127.0.0.1.example",
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused_with_those_that_are(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse_address(url)
    assert str(caught.value).endswith(
        "Use unix:///path/to/socket, https://host:port, or http://127.0.0.1:port on one machine."
    )
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    ("level", "minimum", "below"),
    [
        ("strong", "strong", False),
        ("strong", "reduced", False),
        ("reduced", "strong", True),
        ("reduced", "reduced", False),
        ("none", "reduced", True),
        ("none", "none", False),
    ],
)
def test_levels_have_an_order(level: str, minimum: str, below: bool) -> None:
    assert is_below(Isolation(level), Isolation(minimum)) is below

"""Who may come in, decided from headers alone."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from bot.platforms.web.guard import is_foreign, policy

HOST = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"origin": f"http://{HOST}"}, False),
        ({"origin": "http://localhost:8080"}, True),
        ({"origin": "http://127.0.0.1:9999"}, True),
        ({"origin": f"https://{HOST}"}, True),
        ({"origin": "https://evil.example"}, True),
        ({"origin": f"http://{HOST}.evil.example"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, False),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, True),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, True),
    ],
)
def test_only_this_page_and_programs_without_a_page_come_in(headers: dict[str, str], foreign: bool) -> None:
    """Another site, another port, another scheme and a hidden origin are all elsewhere; a link to here is fine."""
    assert is_foreign(Headers({"host": HOST, **headers})) is foreign


def test_the_page_may_load_nothing_from_elsewhere() -> None:
    """No source but this host, and no page may frame it."""
    rules = dict(rule.split(" ", 1) for rule in policy(HOST).split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["connect-src"] == f"'self' ws://{HOST}"
    assert rules["frame-ancestors"] == "'none'"
    assert not any("*" in sources or "http" in sources for sources in rules.values())

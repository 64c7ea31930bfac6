"""The server process: its one line, and the door that other web sites find closed."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error as PageError

from bot.platforms.web.guard import policy

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

POLL_MS = 200
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


async def ask(port: int, path: str = "/", method: str = "GET", **headers: str) -> str:
    """The status line and headers of an answer to a bare request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = {"Host": f"127.0.0.1:{port}", **{key.replace("_", "-"): value for key, value in headers.items()}}
    head = "".join(f"{key}: {value}\r\n" for key, value in lines.items())
    writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
    await writer.drain()
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
    writer.close()
    await writer.wait_closed()
    return answer.decode()


async def test_this_page_is_served_and_another_site_is_refused(gallery) -> None:
    """Over HTTP: the same request with and without a foreign origin, and under a name that is not ours."""
    ours, port = f"http://127.0.0.1:{gallery.port}", gallery.port
    answers = {
        "bare": await ask(port),
        "ours": await ask(port, Origin=ours),
        "elsewhere": await ask(port, Origin="https://evil.example"),
        "next door": await ask(port, Origin=f"http://127.0.0.1:{port + 1}"),
        "rebound": await ask(port, Host=f"evil.example:{port}", Origin=f"http://evil.example:{port}"),
        "framed": await ask(port, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors"),
        "linked": await ask(port, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate"),
    }
    assert {name: answer.split()[1] for name, answer in answers.items()} == {
        "bare": "200",
        "ours": "200",
        "elsewhere": "403",
        "next door": "403",
        "rebound": "400",
        "framed": "403",
        "linked": "200",
    }
    assert f"content-security-policy: {policy(f'127.0.0.1:{port}')}" in answers["ours"].lower()


async def test_sockets_open_for_this_page_alone(gallery) -> None:
    """Over the web socket: 101 for our own page, refused for any other."""
    ours, port = f"http://127.0.0.1:{gallery.port}", gallery.port
    origins = {
        "ours": ours,
        "elsewhere": "https://evil.example",
        "next door": f"http://127.0.0.1:{port + 1}",
        "hidden": "null",
    }
    statuses = {
        name: (await ask(port, SOCKET, **UPGRADE, Origin=origin)).split()[1] for name, origin in origins.items()
    }
    rebound = await ask(port, SOCKET, **UPGRADE, Host=f"evil.example:{port}", Origin=f"http://evil.example:{port}")
    assert statuses == {"ours": "101", "elsewhere": "403", "next door": "403", "hidden": "403"}
    assert rebound.split()[1] in ("400", "403")


async def test_serve_prints_its_address_and_nothing_else(serve_epochbot) -> None:
    """One line on standard output once the page answers, silence on standard error, and only loopback listens."""
    async with serve_epochbot() as up:
        assert up.said == f"Epochbot is at http://127.0.0.1:{up.port}/ (Ctrl+C stops it)\n"
        assert (await ask(up.port)).split()[1] == "200"
        assert await up.stop() == ("", "")


async def test_a_page_opened_too_early_appears_by_itself(begin_gallery, port: int, tmp_path: Path, chromium) -> None:
    """The port opens before the app does: whoever is there waits, and the address is told when the page is there."""
    pipe = tmp_path / "go"
    os.mkfifo(pipe)
    async with begin_gallery(pipe) as process:
        context = await chromium.new_context()
        page = await context.new_page()
        while True:
            with suppress(PageError):
                await page.goto(f"http://127.0.0.1:{port}/")
                break
            await page.wait_for_timeout(POLL_MS)
        await page.get_by_text("Epochbot is starting").wait_for()
        await asyncio.to_thread(pipe.write_text, "go")
        await page.wait_for_function("window.did_handshake && document.querySelector('.log article')")
        assert await process.stdout.readline() == f"http://127.0.0.1:{port}/\n".encode()
        await context.close()

"""A real server process, a real Chromium, and a visitor who notes every console message and every request to elsewhere."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Request, async_playwright
from playwright.async_api import TimeoutError as SlowPageError

from quizzes.items import Kind

ROOT = Path(__file__).parents[4]
GALLERY = Path(__file__).with_name("gallery.py")
PATIENCE_S = 120
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A server process that has said where it is."""

    process: asyncio.subprocess.Process
    port: int
    home: Path
    said: str

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    async def stop(self) -> tuple[str, str]:
        """End the process; what else it wrote on standard output and standard error."""
        if self.process.returncode is None:
            self.process.terminate()
        try:
            out, err = await asyncio.wait_for(self.process.communicate(), PATIENCE_S)
        except TimeoutError:
            self.process.kill()
            raise
        return out.decode(), err.decode()


Serve = Callable[..., AbstractAsyncContextManager[Served]]


def environment(home: Path) -> dict[str, str]:
    """A learner's environment: their own folder, no key, nothing of ours but the code."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("EPOCHBOT_", "ANTHROPIC_", "PYTEST"))
    }
    return {
        **kept,
        "EPOCHBOT_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error::DeprecationWarning:bot",
    }


@asynccontextmanager
async def serving(command: list[str], home: Path, port: int) -> AsyncIterator[Served]:
    """A server, up before and ended after."""
    async with beginning(command, home) as process:
        assert process.stdout is not None
        said = (await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)).decode()
        if not said:
            pytest.fail(f"the server did not start: {(await process.communicate())[1].decode()}")
        yield Served(process, port, home, said)


@asynccontextmanager
async def beginning(command: list[str], home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server that may not be up yet, ended after."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment(home),
        cwd=home.parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.communicate(), PATIENCE_S)


@pytest.fixture
def serve_epochbot(tmp_path: Path) -> Serve:
    """Start `epochbot serve` on a free port, or the one given."""

    def start(port: int | None = None) -> AbstractAsyncContextManager[Served]:
        port = port or free_port()
        return serving([*EPOCHBOT, "serve", "--port", str(port)], tmp_path / "home", port)

    return start


@pytest.fixture
def port() -> int:
    """A port nobody listens on."""
    return free_port()


@pytest.fixture
def begin_gallery(tmp_path: Path, port: int) -> Callable[[Path], AbstractAsyncContextManager[asyncio.subprocess.Process]]:
    """Start the page with samples, which opens its app when something is written into a pipe."""

    def start(pipe: Path) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        return beginning([sys.executable, str(GALLERY), str(port), str(pipe)], tmp_path / "home")

    return start


SCRIPT = Path(sys.executable).with_name("epochbot")
EPOCHBOT = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "bot"]


@pytest.fixture
def epochbot() -> list[str]:
    """How the program is called here."""
    return EPOCHBOT


@pytest.fixture
def learner_environment() -> Callable[[Path], dict[str, str]]:
    """The environment of a learner with a home of their own."""
    return environment


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def gallery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """The page with samples of every card, shared by all tests."""
    port = free_port()
    async with serving([sys.executable, str(GALLERY), str(port)], tmp_path_factory.mktemp("web") / "home", port) as up:
        yield up


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium. Without it, tests of the page are skipped, but not in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        message = "no Chromium on this machine; install it with `apt install chromium` to test the page"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=list(FLAGS), timeout=PATIENCE_S * 1000)
        yield browser
        await browser.close()


@dataclass
class Visitor:
    """Somebody at the page, and what their browser noticed."""

    page: Page
    url: str
    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    async def open(self) -> None:
        """Open the page, or open it again, and wait until it listens."""
        await self.page.goto(self.url)
        try:
            await self.page.wait_for_function("window.did_handshake && document.querySelector('.log article')")
        except SlowPageError:
            pytest.fail(f"the page does not listen; it says {await self.page.content()!r}, and the console {self.console}")

    async def say(self, text: str) -> Locator:
        """Type into the message line and send; the cards that come back."""
        before = await self.articles.count()
        await self.page.locator("#message").fill(text)
        await self.page.locator("#message").press("Escape")
        await self.page.locator("#message").press("Enter")
        return await self.replied(before)

    async def press(self, name: str, within: Locator | None = None) -> Locator:
        """Press a button, the latest of that name; the cards that come back."""
        before = await self.articles.count()
        await (within or self.page.locator("body")).get_by_role("button", name=name, exact=True).last.click()
        return await self.replied(before)

    async def replied(self, before: int) -> Locator:
        """Wait for an answer that is complete; the latest card."""
        done = "n => document.querySelectorAll('.log article').length > n && !document.querySelector('.waiting')"
        await self.page.wait_for_function(done, arg=before)
        return self.articles.last

    @property
    def articles(self) -> Locator:
        """Every card in the conversation."""
        return self.page.locator(".log article")

    async def settle(self) -> None:
        """Wait until the browser has drawn what it knows."""
        await self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def watch(self) -> None:
        """Note console messages, errors and requests to other hosts."""
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", self._requested)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(f"{message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.url).netloc:
            self.foreign.append(request.url)


async def _tick(card: Locator, answer: str) -> None:
    for letter in answer.split():
        await card.locator(f"input[value='{letter}']").check()


async def _arrange(card: Locator, answer: str) -> None:
    for letter in answer.split():
        await card.locator(".choice", has=card.page.locator(f".letter:text-is('{letter}')")).click()


async def _pair(card: Locator, answer: str) -> None:
    for pair in answer.split():
        await card.locator(f"select[name='{pair[:-1]}']").select_option(pair[-1])


async def _point(card: Locator, answer: str) -> None:
    line, letter = answer.split()
    await card.locator(".listed").nth(int(line) - 1).click()
    await card.locator(f"input[name='choice'][value='{letter}']").check()


async def _fill(card: Locator, answer: str) -> None:
    blanks = card.locator("[name='blank']")
    for n, line in enumerate(answer.split("\n") if await blanks.count() else ()):
        await blanks.nth(n).fill(line)
    if not await blanks.count():
        await card.locator("[name='text']").fill(answer)


HANDS = {Kind.MULTI: _tick, Kind.ORDER: _arrange, Kind.MATCH: _pair, Kind.BUG: _point}


async def give(card: Locator, kind: Kind, answer: str) -> None:
    """Give an answer with the controls of its kind, by pointer."""
    if kind is Kind.SINGLE:
        await card.locator(f"button[value='{answer}']").click()
        return
    await HANDS.get(kind, _fill)(card, answer)
    await card.get_by_role("button", name="Answer", exact=True).click()


@pytest.fixture
def fill_in() -> Callable[[Locator, Kind, str], Awaitable[None]]:
    """How to answer a question with the controls of its kind."""
    return give


Visit = Callable[..., AbstractAsyncContextManager[Visitor]]


@pytest.fixture
def visit(chromium: Browser) -> Visit:
    """Visit a page with a fresh profile; afterwards nothing may have been logged or asked of another host."""

    @asynccontextmanager
    async def visiting(
        url: str, *, width: int = 1280, height: int = 900, dark: bool = False, quiet: bool = True
    ) -> AsyncIterator[Visitor]:
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        visitor = Visitor(await context.new_page(), url)
        visitor.watch()
        await visitor.open()
        yield visitor
        await context.close()
        assert visitor.foreign == []
        assert not quiet or visitor.console == []

    return visiting

"""Who may know whom, and who may read the clock, chance and the environment: held against every file we ship."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "quizzes", "challenges", "runner")
MAY_IMPORT = {
    "runner": {"runner"},
    "quizzes": {"quizzes"},
    "challenges": {"challenges", "runner"},
    "bot": {"bot", "quizzes", "challenges", "runner"},
}
NEVER = {"data", "tests"}
# What challenges may take from the runner: its types and the decoding of values, not how it isolates.
TYPES_OF_RUNNER = {"runner", "runner.values", "runner.job"}
ONLY = {  # a module, and the only places that may import it
    "nicegui": ("bot/platforms/web/",),
    "discord": ("bot/platforms/discord/",),
    "slack_bolt": ("bot/platforms/slack/",),
    "slack_sdk": ("bot/platforms/slack/",),
    "anthropic": ("bot/tutor/",),
    "httpx2": ("bot/tutor/",),
    "sqlite3": ("bot/store/",),
    "sqlite_utils": ("bot/store/",),
    "PIL": ("bot/pictures/",),
    "pydantic_settings": ("bot/config.py",),
    "apscheduler": ("bot/schedule/clock.py",),
    "prometheus_client": ("bot/metrics.py",),
    "aiosqlite": ("bot/store/bench/other.py",),
    "structlog": ("bot/app.py", "bot/logs.py", "bot/schedule/", "bot/dispatch.py", "bot/serving.py", "bot/tutor/", "bot/store/", "bot/platforms/"),
    "aiohttp": ("runner/remote/", "bot/health.py", "bot/platforms/discord/", "bot/platforms/slack/"),
    "argparse": ("bot/__main__.py", "bot/cli/", "runner/__main__.py", "runner/bench/__main__.py", "runner/remote/serve.py"),
}
# The composition root and the runner's own measuring; nobody else asks what time it is, rolls dice or reads the environment.
CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
}
CHANCE = {"random.random", "random.randint", "random.choice", "random.shuffle", "random.seed", "secrets.token_hex",
          "secrets.token_bytes", "secrets.randbits", "secrets.token_urlsafe", "uuid.uuid4", "os.urandom"}  # fmt: skip
ENVIRONMENT = {"os.environ", "os.getenv"}
ROOTS = ("bot/app.py", "bot/config.py", "bot/cli/", "bot/platforms/web/server.py", "runner/")


def shipped() -> Iterator[Path]:
    """Every Python file of the four packages."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def place(path: Path) -> str:
    """A file's path as the rules write it."""
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules a file imports, wherever in it; those for type checking too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else node.module or ""


def dotted(node: ast.AST) -> str:
    """`a.b.c` as written; "" for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def faults(file: str, source: str) -> list[str]:
    """Everything one file does that the design forbids."""
    tree = ast.parse(source)
    package = file.partition("/")[0]
    found = [] if ast.get_docstring(tree) else ["has no module docstring"]
    for module in imports(tree):
        top = module.partition(".")[0]
        if module == "." and package != "runner":  # inside a box the runner's files have no package around them
            found.append("imports relatively")
        if top in NEVER or (top in PACKAGES and top not in MAY_IMPORT[package]):
            found.append(f"imports {module}")
        if package == "challenges" and top == "runner" and module not in TYPES_OF_RUNNER:
            found.append(f"imports {module}")
        if top in ONLY and not file.startswith(ONLY[top]):
            found.append(f"imports {module}")
    return found + list(_uses(file, tree))


def _uses(file: str, tree: ast.AST) -> Iterable[str]:
    if file.startswith(ROOTS):
        return
    for node in ast.walk(tree):
        name = ".".join(dotted(node).split(".")[-2:])
        if name in CLOCK | CHANCE | ENVIRONMENT:
            yield f"uses {name}"


def test_every_file_keeps_to_the_design() -> None:
    found = {place(path): faults(place(path), path.read_text("utf-8")) for path in shipped()}
    assert {file: what for file, what in found.items() if what} == {}
    assert len(found) > 100


@pytest.mark.parametrize(
    ("file", "source", "found"),
    [
        ("runner/cold.py", '"""Doc."""\nfrom challenges.model import Report', ["imports challenges.model"]),
        ("quizzes/grade.py", '"""Doc."""\nimport bot.store', ["imports bot.store"]),
        ("challenges/grade.py", '"""Doc."""\nfrom runner.cold import ColdRunner', ["imports runner.cold"]),
        ("challenges/grade.py", '"""Doc."""\nfrom runner.values import Opaque', []),
        ("bot/dispatch.py", '"""Doc."""\ndef f():\n    import sqlite3', ["imports sqlite3"]),
        ("bot/commands/x.py", '"""Doc."""\nfrom nicegui import ui', ["imports nicegui"]),
        ("bot/tutor/claude.py", '"""Doc."""\nimport anthropic', []),
        ("bot/cli/chat.py", '"""Doc."""\nimport data.tracks', ["imports data.tracks"]),
        ("bot/cli/chat.py", '"""Doc."""\nfrom . import run', ["imports relatively"]),
        ("runner/box/init.py", '"""Doc."""\nfrom . import cage', []),
        ("bot/days.py", '"""Doc."""\nimport datetime\nx = datetime.datetime.now()', ["uses datetime.now"]),
        ("bot/days.py", '"""Doc."""\nimport os\nx = os.environ["HOME"]', ["uses os.environ"]),
        ("bot/xp.py", '"""Doc."""\nimport random\nx = random.random()', ["uses random.random"]),
        ("bot/app.py", '"""Doc."""\nfrom datetime import datetime\nx = datetime.now()', []),
        ("bot/xp.py", "x = 1", ["has no module docstring"]),
    ],
)
def test_a_planted_violation_is_found(file: str, source: str, found: list[str]) -> None:
    assert faults(file, source) == found


def test_content_is_never_importable_by_accident() -> None:
    """Python files in the content folder live in challenges alone, where nothing imports them."""
    stray = [place(p) for p in (ROOT / "data").rglob("*.py") if "/challenges/" not in place(p)]
    assert (stray, list((ROOT / "data").rglob("__init__.py")), list((ROOT / "tests").rglob("__init__.py"))) == (
        [],
        [],
        [],
    )

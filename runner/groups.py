"""Owns the control groups that count and cap a box's memory and processes, in version 2 or version 1.

Groups are created only below the one this process is in, one per run, and removed when the box is gone.
"""
from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from runner.family import family

REMOVE_S = 2.0
_V1 = ("memory", "pids")
_LEAF = "epochbot-supervisor"  # where this process steps aside to, in version 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where groups may be made: a folder per controller; in version 2 they are all the same folder."""

    version: int
    folders: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One run's group."""

    version: int
    folders: tuple[tuple[str, Path], ...]
    caps: tuple[int, int] = (0, 0)  # memory in bytes, processes; as it was made

    def _folder(self, controller: str) -> Path | None:
        return dict(self.folders).get(controller)

    def _number(self, controller: str, file: str, key: str = "") -> int:
        folder = self._folder(controller)
        if folder is None:
            return 0
        try:
            return _value(_read(f"{folder}/{file}"), key)
        except OSError:
            return 0

    def join(self, pid: int) -> None:
        """Move a process, and all it will start, into the group."""
        for folder in {folder for _name, folder in self.folders}:
            _write(f"{folder}/cgroup.procs", str(pid))

    def kills(self) -> int:
        """Count the processes killed because the group's memory ran out."""
        if self.version == 2:
            return self._number("memory", "memory.events", "oom_kill")
        return self._number("memory", "memory.oom_control", "oom_kill")

    def refused_forks(self) -> int:
        """Count the processes and threads that were one too many."""
        return self._number("pids", "pids.events", "max")

    def peak_bytes(self) -> int:
        """Return the most memory the group ever used."""
        return self._number("memory", "memory.peak" if self.version == 2 else "memory.max_usage_in_bytes")

    def processes(self) -> tuple[int, ...]:
        """List who is in the group."""
        found: set[int] = set()
        for _name, folder in self.folders:
            with suppress(OSError):
                found.update(int(line) for line in (folder / "cgroup.procs").read_text().split())
        return tuple(sorted(found))

    def cap(self, *, memory: int, processes: int) -> None:
        """Change the caps of a group in which nothing has run yet.

        Raises:
            OSError: when the kernel does not take them.
        """
        if self.caps == (memory, processes):
            return
        folders = dict(self.folders)
        caps = _caps(self.version, memory, processes)
        steps = [(f"{folders[name]}/{file}", str(value)) for name, file, value, _maybe in caps]
        steps = [(path, value) for path, value in steps if os.access(path, os.F_OK)]
        try:
            _write_all(steps)
        except OSError:
            # Memory alone may not be more than memory and swap together, which come after it when there is less of both.
            _write_all(steps[::-1])
            _write_all(steps)

    def try_remove(self) -> bool:
        """Remove the group if nothing is in it any more; say whether it is gone."""
        for folder in {path for _name, path in self.folders}:
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True

    def remove(self) -> bool:
        """Remove the group, waiting a moment for the kernel to let go of processes that have just ended."""
        deadline = time.monotonic() + REMOVE_S
        while not self.try_remove():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.001)
        return True


# Files of the kernel are read and written some ten times for every run, so without the layers of `open`.


def _read(path: str) -> str:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, 4096).decode("ascii")
    finally:
        os.close(file)


def _write(path: str, text: str) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(file, text.encode("ascii"))
    finally:
        os.close(file)


def _value(text: str, key: str) -> int:
    """Read a file that is one number, or one `key number` per line."""
    for line in text.splitlines():
        name, _, number = line.rpartition(" ")
        if name == key and number.isdigit():
            return int(number)
    return 0


def _mounts(mountinfo: str) -> Iterator[tuple[str, str, str, frozenset[str]]]:
    """Yield (root, mount point, file system, super options) of each control-group mount."""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields, tail = left.split(), right.split()
        if len(fields) > 4 and len(tail) > 2 and tail[0] in ("cgroup", "cgroup2"):
            yield fields[3], fields[4], tail[0], frozenset(tail[2].split(","))


def _own_paths(cgroup: str) -> dict[str, str]:
    """Map each controller to this process's path; version 2 has the empty name."""
    parts = [line.split(":", 2) for line in cgroup.splitlines() if line.count(":") >= 2]
    return {name: path for _number, names, path in parts for name in names.split(",")}


def _below(root: str, point: str, path: str) -> Path | None:
    """Return where a group is mounted, or None when it lies outside of what is."""
    try:
        inner = PurePosixPath(path).relative_to(root)
    except ValueError:
        return None
    return None if ".." in inner.parts else Path(point) / inner


def locate(mountinfo: str, cgroup: str) -> list[Place]:
    """Work out where this process could make groups, version 2 first. Pure: looks at no folder."""
    own = _own_paths(cgroup)
    first: dict[str, Path] = {}
    places = []
    for root, point, kind, options in _mounts(mountinfo):
        if kind == "cgroup2" and "" in own:
            folder = _below(root, point, own[""].removesuffix(f"/{_LEAF}") or "/")
            places += [Place(2, (("memory", folder), ("pids", folder)))] if folder else []
        for name in _V1:
            if kind == "cgroup" and name in options and name in own and (folder := _below(root, point, own[name])):
                first[name] = folder
    if all(name in first for name in _V1):
        places.append(Place(1, tuple(first.items())))
    return places


def usable(place: Place) -> bool:
    """Say whether the controllers we need are there."""
    folders = dict(place.folders)
    if place.version == 1:
        return all(folders[name].is_dir() for name in _V1)
    try:
        return set(_V1) <= set((folders["memory"] / "cgroup.controllers").read_text().split())
    except OSError:
        return False


def here() -> list[Place]:
    """List the places of this host where groups can be tried."""
    try:
        found = locate(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text())
    except OSError:
        return []
    return [place for place in found if usable(place)]


def sweep(place: Place) -> None:
    """Remove empty groups of supervisors that were killed before they could."""
    for folder in {path for _key, path in place.folders}:
        for left in folder.glob("epochbot-*-*"):
            owner = left.name.split("-")[1]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                with suppress(OSError):
                    left.rmdir()


def _share(folder: Path) -> None:
    """Let version 2 pass its controllers to groups below, stepping out of the way when it must."""
    control = folder / "cgroup.subtree_control"
    if set(_V1) <= set(control.read_text().split()):
        return
    try:
        control.write_text("+memory +pids")
    except OSError:
        # A group with processes of its own cannot share; a leaf below it can hold those that are ours instead.
        leaf = folder / _LEAF
        leaf.mkdir(exist_ok=True)
        _move_family(leaf)
        try:
            control.write_text("+memory +pids")
        except OSError:
            _move_family(folder)
            raise


def _move_family(folder: Path) -> None:
    """Move this process and all below it into a group."""
    procs = folder / "cgroup.procs"
    procs.write_text(str(os.getpid()))
    for pid in family(os.getpid(), Path("/proc")) - {os.getpid()}:
        with suppress(OSError):  # it has ended meanwhile
            procs.write_text(str(pid))


def _write_all(steps: list[tuple[str, str]]) -> None:
    for path, value in steps:
        _write(path, value)


def _caps(version: int, memory: int, processes: int) -> list[tuple[str, str, int, bool]]:
    """List (controller, file, value, whether it may be absent), in the order they must be written."""
    if version == 2:
        return [
            ("memory", "memory.max", memory, False),
            ("memory", "memory.swap.max", 0, True),
            ("pids", "pids.max", processes, False),
        ]
    return [
        ("memory", "memory.limit_in_bytes", memory, False),
        ("memory", "memory.memsw.limit_in_bytes", memory, True),
        ("memory", "memory.swappiness", 0, True),
        ("pids", "pids.max", processes, False),
    ]


def create(place: Place, name: str, *, memory: int, processes: int) -> Group:
    """Make a group with caps in force, and read them back.

    Raises:
        OSError: when the kernel or the folder's owner does not allow it; nothing is left behind.
    """
    if place.version == 2:
        _share(place.folders[0][1])
    folders = tuple((key, folder / name) for key, folder in place.folders)
    group = Group(place.version, folders, (memory, processes))
    try:
        for folder in {path for _key, path in group.folders}:
            folder.mkdir()
        by_name = dict(group.folders)
        for controller, file, value, optional in _caps(place.version, memory, processes):
            path = f"{by_name[controller]}/{file}"
            if not optional or os.access(path, os.F_OK):
                _write(path, str(value))
    except OSError:
        group.remove()
        raise
    return group

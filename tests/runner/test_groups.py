"""Control groups where the kernel says no, is slow, or is asked by someone with processes of his own: on folders like its own."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest

from runner import groups
from runner.job import MIB
from runner.watchdog import Memory


class Kernel(type(Path())):  # type: ignore[misc]  # the class of this system's paths
    """A folder of version 2 that shares its controllers only once all of its processes are in one below it."""

    def mkdir(self, *arguments: int, **named: bool) -> None:
        """Make a group, with its files."""
        super().mkdir(*arguments, **named)
        for name in ("memory.max", "memory.swap.max", "pids.max", "cgroup.procs"):
            (self / name).write_text("")

    def write_text(self, data: str, *arguments: str, **named: str) -> int:
        """Refuse to share while there are processes here, or always where nothing was delegated."""
        if self.name == "cgroup.subtree_control" and data:
            moved = Path(self.parent, "epochbot-supervisor", "cgroup.procs")
            if Path(self.parent, "forbidden").exists() or not (moved.exists() and moved.read_text()):
                raise OSError(errno.EBUSY, "Device or resource busy")
        if self.name == "cgroup.procs" and data:  # who comes joins those who are there
            data = f"{self.read_text()}{data}\n"
        return int(super().write_text(data, *arguments, **named))


@pytest.fixture
def place(tmp_path: Path) -> groups.Place:
    """Where this process is, with its controllers not shared yet."""
    for name, text in (("cgroup.controllers", "memory pids"), ("cgroup.subtree_control", ""), ("cgroup.procs", "")):
        (tmp_path / name).write_text(text)
    folder = Kernel(tmp_path)
    return groups.Place(2, (("memory", folder), ("pids", folder)))


def test_this_process_steps_aside_when_controllers_cannot_be_shared_otherwise(
    place: groups.Place, tmp_path: Path
) -> None:
    """Into a leaf of its own, and then a group can be made beside it."""
    group = groups.create(place, "run", memory=MIB, processes=3)
    assert (tmp_path / "epochbot-supervisor" / "cgroup.procs").read_text().split()[0] == str(os.getpid())
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert (tmp_path / "run" / "memory.max").read_text() == str(MIB)
    assert group.caps == (MIB, 3)


def test_what_shares_already_is_left_as_it_is(place: groups.Place, tmp_path: Path) -> None:
    (tmp_path / "cgroup.subtree_control").write_text("cpu memory pids")
    groups.create(place, "run", memory=MIB, processes=3)
    assert not (tmp_path / "epochbot-supervisor").exists()
    assert (tmp_path / "cgroup.subtree_control").read_text() == "cpu memory pids"


def test_where_nothing_was_delegated_this_process_goes_back(place: groups.Place, tmp_path: Path) -> None:
    """And no group is made."""
    (tmp_path / "forbidden").write_text("")
    with pytest.raises(OSError, match="busy"):
        groups.create(place, "run", memory=MIB, processes=3)
    assert (tmp_path / "cgroup.procs").read_text().split()[0] == str(os.getpid())
    assert not (tmp_path / "run").exists()


def test_a_cap_the_kernel_has_no_file_for_is_left_out(tmp_path: Path) -> None:
    """No swap, no limit of swap; memory and processes are never left out."""
    for name in ("memory.limit_in_bytes", "pids.max"):
        (tmp_path / name).write_text("")
    group = groups.Group(1, (("memory", tmp_path), ("pids", tmp_path)))
    group.cap(memory=MIB, processes=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["memory.limit_in_bytes", "pids.max"]
    assert ((tmp_path / "memory.limit_in_bytes").read_text(), (tmp_path / "pids.max").read_text()) == (str(MIB), "2")


def test_a_group_that_had_more_gets_less_and_more_again(tmp_path: Path) -> None:
    """By the kernel itself, which never lets memory alone be more than memory and swap together."""
    here = groups.here()
    if not here:
        pytest.skip("no control groups here")
    group = groups.create(here[0], f"epochbot-{os.getpid()}-again", memory=64 * MIB, processes=9)
    try:
        for memory in (256 * MIB, 32 * MIB, 64 * MIB):
            group.cap(memory=memory, processes=4)
            name = "memory.max" if group.version == 2 else "memory.limit_in_bytes"
            assert (dict(group.folders)["memory"] / name).read_text().strip() == str(memory)
    finally:
        assert group.remove()


def test_caps_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "memory.max").mkdir()
    with pytest.raises(OSError, match="directory"):
        groups.Group(2, (("memory", tmp_path), ("pids", tmp_path))).cap(memory=MIB, processes=2)


def test_what_is_not_counted_is_none(tmp_path: Path) -> None:
    """No controller, no file, or none of the lines looked for."""
    assert groups.Group(2, ()).kills() == 0
    there = groups.Group(2, (("memory", tmp_path), ("pids", tmp_path)))
    assert (there.kills(), there.refused_forks(), there.peak_bytes(), there.processes()) == (0, 0, 0, ())
    (tmp_path / "memory.events").write_text("low 1\noom_kill many\n")
    assert there.kills() == 0


def test_a_group_that_is_not_let_go_is_said_to_be_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a moment of patience, and gone when what was in it is."""
    monkeypatch.setattr(groups, "REMOVE_S", 0.01)
    (tmp_path / "run" / "inside").mkdir(parents=True)
    group = groups.Group(1, (("memory", tmp_path / "run"), ("pids", tmp_path / "none")))
    assert not group.remove()
    (tmp_path / "run" / "inside").rmdir()
    assert group.remove()


def test_a_group_is_waited_for_until_what_was_in_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "run" / "inside").mkdir(parents=True)
    leaving = threading.Timer(0.05, (tmp_path / "run" / "inside").rmdir)
    leaving.start()
    assert groups.Group(1, (("memory", tmp_path / "run"),)).remove()
    leaving.join()


def test_a_mount_that_shows_another_part_of_the_tree_is_no_place() -> None:
    """Neither beside what this process is in, nor above it."""
    line = "40 23 0:30 {} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
    assert groups.locate(line.format("/other"), "0::/mine\n") == []
    assert groups.locate(line.format("/"), "0::/../mine\n") == []
    assert groups.locate("a line that is none\n" + line.format("/"), "no line\n0::/\n") == [
        groups.Place(2, (("memory", Path("/sys/fs/cgroup")), ("pids", Path("/sys/fs/cgroup"))))
    ]


def test_where_proc_shows_no_groups_there_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a box of someone else's."""
    monkeypatch.setattr(groups, "Path", lambda path: Path(f"{tmp_path}{path}"))
    assert groups.here() == []


async def test_a_kill_by_the_kernel_raises_the_alarm_once(tmp_path: Path) -> None:
    """Looked for again and again."""
    (tmp_path / "memory.events").write_text("oom_kill 0\n")
    group = groups.Group(2, (("memory", tmp_path), ("pids", tmp_path)))
    memory, alarms = Memory(group), list[bool]()
    watching = asyncio.create_task(memory.watch((), MIB, lambda: alarms.append(memory.ran_out())))
    await asyncio.sleep(0.12)
    assert alarms == []
    (tmp_path / "memory.events").write_text("oom_kill 1\n")
    await asyncio.wait_for(watching, 5)
    assert alarms == [True]

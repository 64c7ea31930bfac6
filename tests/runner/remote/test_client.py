"""The client: the same verb over a socket, and a result whatever the other host does, or an error with advice."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from runner import Call, CannotIsolate, ColdRunner, Isolation, Job, Limits, Outcome, Profile, Result, Returned
from runner.fair import Busy, FairQueue
from runner.remote.bounds import Bounds, Offer
from runner.remote.client import RemoteRunner, deadline_s
from runner.remote.errors import RemoteRefused, SetupError, WrongSecret
from runner.remote.wire import encode_result

JOB = Job(source="x", entry="f", calls=(Call(id="1", args=(1, "two")),))
FINE = Result(
    outcome=Outcome.OK,
    isolation=Isolation.STRONG,
    returned=(Returned(id="1", outcome=Outcome.OK, value=[1, "two"]),),
    stdout="x",
)
REACH = "Check EPOCHBOT_RUNNER_URL, and that `epochbot runner serve` runs there."


HIGHER = "Ask for less, or start the server with a higher --max-wall or --max-memory-mb."


def broken(detail: str) -> Result:
    """The result of a job that came to nothing between two hosts."""
    ended = (Returned(id="1", outcome=Outcome.INTERNAL),)
    return Result(outcome=Outcome.INTERNAL, isolation=Isolation.REDUCED, returned=ended, detail=detail)


@dataclasses.dataclass
class Pauses:
    """Takes the place of waiting, and notes for how long."""

    seconds: list[float] = dataclasses.field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def __call__(self, seconds: float) -> None:
        """Wait no time at all."""
        self.seconds.append(seconds)
        if self.meanwhile is not None:
            await self.meanwhile()


async def test_a_job_gives_the_same_over_a_socket_in_the_file_system(serving) -> None:
    async with serving() as here, RemoteRunner(here.url, here.secret) as runner:
        assert [await runner.run(JOB) for _ in range(3)] == [FINE] * 3


async def test_a_job_gives_the_same_over_loopback_without_keeping_a_connection(serving) -> None:
    async with serving(tcp=True) as here:
        assert await RemoteRunner(here.url, here.secret).run(JOB) == FINE


def trusted(here, certificate) -> RemoteRunner:
    """A client that trusts the server's own certificate."""
    return RemoteRunner(here.url, here.secret, ca_file=certificate.cert)


async def test_a_job_gives_the_same_over_tls(serving, certificate) -> None:
    async with serving(tls=certificate.server()) as here, trusted(here, certificate) as runner:
        assert [await runner.run(JOB) for _ in range(2)] == [FINE] * 2


def comparable(result: Result) -> Result:
    """Leave out what differs from run to run, and make arrays comparable."""
    shown = tuple(
        dataclasses.replace(back, value=repr(back.value), args_after=(repr(back.args_after),), wall_ms=0)
        for back in result.returned
    )
    return dataclasses.replace(result, returned=shown, wall_ms=0, cpu_ms=0, peak_bytes=0)


LIMITS = Limits(wall_s=2.0, memory_bytes=128 * 2**20)
REAL = [
    Job(source="import sys\nprint('out')\nprint('err', file=sys.stderr)", limits=LIMITS),
    Job(source=b"\xff\xfe", limits=LIMITS),
    Job(source="while True: pass", limits=dataclasses.replace(LIMITS, wall_s=0.2)),
    Job(
        source="def f(x, *rest):\n    x += 1\n    return x, {'a': {1.5, 2}}, range(3), float('nan')",
        entry="f",
        calls=(
            Call(id="array", args=(np.arange(6).reshape(2, 3),), echo_args=True),
            Call(id="wrong", args=("text",)),
        ),
        profile=Profile.NUMPY,
        limits=LIMITS,
    ),
]


async def test_real_boxes_give_the_same_from_afar_as_from_here(serving, certificate) -> None:
    boxes = ColdRunner(Isolation.REDUCED)
    async with serving(boxes.run, tls=certificate.server()) as here, trusted(here, certificate) as runner:
        near = [comparable(await boxes.run(job)) for job in REAL]
        far = [comparable(await runner.run(job)) for job in REAL]
    assert far == near
    assert [result.outcome for result in far] == [Outcome.OK, Outcome.ERROR, Outcome.TIMEOUT, Outcome.ERROR]


async def test_who_stops_waiting_ends_the_box_over_there(serving, leftovers, held) -> None:
    boxes, news = ColdRunner(Isolation.REDUCED), held

    async def run(job: Job) -> Result:
        news.end("begun")
        return await boxes.run(job)

    endless = Job(source="import time\ntime.sleep(100)", limits=Limits(wall_s=100.0))
    async with serving(run, Bounds(slots=1)) as here, RemoteRunner(here.url, here.secret) as runner:
        waiting = asyncio.create_task(runner.run(endless))
        await here.queued(1, 0)
        for _ in range(1_000_000):
            if leftovers():
                break
            await asyncio.sleep(0)
        assert leftovers()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await here.queued(0, 0)
        assert leftovers() == []
        assert (await runner.run(Job(source="print(1)"))).stdout == "1\n"


async def test_a_host_that_is_away_is_our_fault_after_one_more_try(tmp_path: Path, serving) -> None:
    pauses = Pauses()
    runner = RemoteRunner(f"unix://{tmp_path}/nobody.sock", "s" * 32, pause=pauses)
    assert (await runner.run(JOB), pauses.seconds) == (broken("The remote runner cannot be reached."), [0.5])


async def test_a_host_that_comes_back_in_time_is_not_noticed(serving, tmp_path: Path) -> None:
    url = f"unix://{tmp_path / 'runner.sock'}"
    server = serving()
    pauses = Pauses(meanwhile=server.__aenter__)
    assert await RemoteRunner(url, "4tZ-the-secret-of-these-tests-0123456789", pause=pauses).run(JOB) == FINE
    await server.__aexit__(None, None, None)


@dataclasses.dataclass
class Impostor:
    """A server that says what a test wants, and notes what it heard."""

    url: str
    heard: list[bytes]


Speak = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def impostor(path: Path, *answers: bytes | Speak) -> AsyncIterator[Impostor]:
    """Answer one request a connection: the first answers in turn, the last for ever."""
    here, left = Impostor(f"unix://{path}", []), list(answers)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        sizes = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        size = sum(sizes)
        here.heard.append(head + await reader.readexactly(size))
        answer = left.pop(0) if len(left) > 1 else left[0]
        try:
            if isinstance(answer, bytes):
                writer.write(answer)
            else:
                await answer(writer)
            await writer.drain()
        except ConnectionError:
            pass  # the client has heard enough
        finally:
            writer.close()

    server = await asyncio.start_unix_server(connected, path)
    try:
        yield here
    finally:
        server.close()
        await server.wait_closed()


def http(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def endless(writer: asyncio.StreamWriter) -> None:
    """Answer without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    part = b"10000\r\n" + b" " * 65536 + b"\r\n"
    for _ in range(10_000):
        writer.write(part)
        await writer.drain()


NO_RESULT = "What the remote runner answered is no result of this job ({})."
NO_ANSWER = "The remote runner did not answer, or not to the end."
OTHER = dataclasses.replace(FINE, returned=(Returned(id="2", outcome=Outcome.OK),))
EMPTY = dataclasses.replace(FINE, returned=())


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (http(body=b"accepted"), NO_RESULT.format("result: not JSON")),
        (http(body=b""), NO_RESULT.format("result: not JSON")),
        (http(body=encode_result(OTHER)), NO_RESULT.format("result.calls: are not those of the job")),
        (http(body=encode_result(EMPTY)), NO_RESULT.format("result.calls: are not those of the job")),
        (http(body=encode_result(FINE)[:-1]), NO_RESULT.format("result.calls[0]: not a value: JSONDecodeError")),
        (http(body=gzip.compress(encode_result(FINE)), Content_Encoding="gzip"), NO_RESULT.format("result: not ASCII")),
        (http(body=b"\x80\x04\x95."), NO_RESULT.format("result: not ASCII")),
        (endless, "The remote runner answered with more than a result may have."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{", NO_ANSWER),
        (b"HTTP/1.1 200 OK\r\n", NO_ANSWER),
        (b"", NO_ANSWER),
        (b"SSH-2.0-OpenSSH_9.6\r\n", NO_ANSWER),
        (http("500 Oops", b"<html>"), "The remote runner failed (500)."),
        (http("502 Bad Gateway", b"<html>"), "The remote runner failed (502)."),
    ],
    ids=range(14),
)
async def test_whatever_is_answered_that_is_no_result_is_our_fault_and_the_job_is_sent_once(
    tmp_path: Path, answer: bytes | Speak, detail: str
) -> None:
    async with impostor(tmp_path / "s", answer) as there:
        result = await RemoteRunner(there.url, "s" * 32).run(JOB)
    assert (result, len(there.heard)) == (broken(detail), 1)


async def test_the_same_impostor_with_a_true_result_is_believed(tmp_path: Path) -> None:
    async with impostor(tmp_path / "s", http(body=encode_result(FINE))) as there:
        assert await RemoteRunner(there.url, "s" * 32).run(JOB) == FINE


async def test_who_answers_otherwise_is_no_runner_and_is_given_no_secret_elsewhere(tmp_path: Path) -> None:
    async with impostor(tmp_path / "other", http(body=encode_result(FINE))) as other:
        moved = http("307 Temporary Redirect", Location="http://runner/run", Set_Cookie="a=b")
        async with impostor(tmp_path / "s", moved, http("404 Not Found", b"nginx")) as there:
            runner = RemoteRunner(there.url, "s" * 32)
            for status in (307, 404):
                with pytest.raises(RemoteRefused) as caught:
                    await runner.run(JOB)
                assert str(caught.value) == f"What answers is no runner of ours (HTTP status {status}). {REACH}"
    assert (len(there.heard), b"a=b" in there.heard[1], other.heard) == (2, False, [])


async def test_a_secret_that_the_other_host_does_not_know_is_told_with_advice(serving, held) -> None:
    async with serving(held.run) as here:
        with pytest.raises(WrongSecret) as caught:
            await RemoteRunner(here.url, here.secret + "X").run(JOB)
        with pytest.raises(WrongSecret):
            await RemoteRunner(here.url, here.secret + "X").health()
    same = "Set EPOCHBOT_RUNNER_SECRET to the same value on both hosts, and start both again."
    assert (str(caught.value), held.begun) == (f"The remote runner does not know our secret. {same}", [])


async def test_a_host_with_lower_walls_than_demanded_runs_nothing(serving, held) -> None:
    async with serving(held.run, offer=Offer(Isolation.REDUCED, ())) as here:
        with pytest.raises(CannotIsolate, match="isolation is reduced, and at least strong is asked for"):
            await RemoteRunner(here.url, here.secret, minimum=Isolation.STRONG).run(JOB)
    assert held.begun == []


@pytest.mark.parametrize("level", [Isolation.REDUCED, Isolation.NONE])
async def test_a_result_that_says_it_ran_behind_lower_walls_is_not_taken(tmp_path: Path, level: Isolation) -> None:
    claimed = dataclasses.replace(FINE, isolation=level)
    async with impostor(tmp_path / "s", http(body=encode_result(claimed))) as there:
        with pytest.raises(CannotIsolate, match=f"ran a job at isolation {level}; at least strong is asked for"):
            await RemoteRunner(there.url, "s" * 32, minimum=Isolation.STRONG).run(JOB)


@pytest.mark.parametrize(
    ("job", "error", "message"),
    [
        (
            Job(source="x", limits=Limits(wall_s=1000.0)),
            RemoteRefused,
            "The remote runner refused: job.limits.wall_s: is 1000.0, more than the 120.0 allowed. " + HIGHER,
        ),
        (
            Job(source="x" * 3000),
            RemoteRefused,
            "The remote runner refused: At most 3000 bytes are read.",
        ),
        (
            Job(source="x", entry="f", calls=(Call(id="1", args=()),) * 2),
            ValueError,
            "Two calls of one job have the same id.",
        ),
        (
            Job(source="x", entry="f", calls=(Call(id="1", args=(np.arange(3),)),)),
            ValueError,
            "Arguments with arrays need at least the numpy profile.",
        ),
    ],
)
async def test_a_job_that_is_refused_over_there_is_refused_here(
    serving, job: Job, error: type[Exception], message: str
) -> None:
    async with serving(ColdRunner().run, Bounds(body_bytes=3000)) as here:
        with pytest.raises(error) as caught:
            await RemoteRunner(here.url, here.secret).run(job)
    assert (type(caught.value), str(caught.value)) == (error, message)


async def test_what_a_hostile_refusal_says_is_shown_as_plain_text(tmp_path: Path) -> None:
    body = b'{"v": 1, "why": "limits", "message": "\\u001b[2J\\u202eno", "advice": "rm\\n-rf", "waiting": 0}'
    async with impostor(tmp_path / "s", http("400 Bad Request", body)) as there:
        with pytest.raises(RemoteRefused) as caught:
            await RemoteRunner(there.url, "s" * 32).run(JOB)
    assert str(caught.value) == "The remote runner refused:  [2J no rm -rf"


def full(waiting: int, retry: str) -> bytes:
    """Refuse, because too much waits."""
    body = b'{"v": 1, "why": "busy", "message": "", "advice": "", "waiting": %d}' % waiting
    return http("429 Too Many Requests", body, Retry_After=retry)


async def test_a_full_host_is_asked_again_when_it_says(tmp_path: Path) -> None:
    pauses = Pauses()
    async with impostor(tmp_path / "s", full(3, "7"), full(2, "2"), http(body=encode_result(FINE))) as there:
        assert await RemoteRunner(there.url, "s" * 32, pause=pauses).run(JOB) == FINE
    assert (pauses.seconds, len(there.heard)) == ([7, 2], 3)


@pytest.mark.parametrize(("retry", "paused"), [("20", [20]), ("-1", [5] * 6), ("soon", [5] * 6), ("9" * 400, [5] * 6)])
async def test_a_host_that_stays_full_is_told_as_busy(tmp_path: Path, retry: str, paused: list[int]) -> None:
    pauses = Pauses()
    async with impostor(tmp_path / "s", full(3, retry)) as there:
        with pytest.raises(Busy) as caught:
            await RemoteRunner(there.url, "s" * 32, pause=pauses).run(JOB)
    assert (caught.value.waiting, caught.value.retry_after_s, pauses.seconds) == (3, paused[0], paused)


async def test_a_host_that_is_being_stopped_is_our_fault_when_it_does_not_come_back(serving) -> None:
    pauses = Pauses()
    async with serving() as here:
        here.server.queue.close()
        result = await RemoteRunner(here.url, here.secret, patience_s=12, pause=pauses).run(JOB)
    assert (result, pauses.seconds) == (broken("The remote runner is being stopped."), [5, 5])


async def test_a_run_that_is_cut_off_is_our_fault_and_is_not_sent_again(serving, held) -> None:
    async with serving(held.run) as here:
        running = asyncio.create_task(RemoteRunner(here.url, here.secret).run(JOB))
        await held.until(lambda: held.begun == ["x"])
        await here.server.stop(0)
        assert (await running, held.begun, held.cut) == (broken(NO_ANSWER), ["x"], ["x"])


async def test_learners_are_told_apart_and_not_by_name(tmp_path: Path) -> None:
    queue = FairQueue(9, 9, 9)

    async def aliases(runner: RemoteRunner, client: str, group: str) -> tuple[str, ...]:
        async with queue.turn(client=client, group=group):
            await runner.run(JOB)
        head = there.heard[-1].decode("latin-1").split("\r\n\r\n")[0]
        lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
        return lines["X-Epochbot-Client"], lines["X-Epochbot-Group"]

    async with impostor(tmp_path / "s", http(body=encode_result(FINE))) as there:
        one, other = [RemoteRunner(there.url, "s" * 32) for _ in range(2)]
        ann, again = await aliases(one, "ann", "class"), await aliases(one, "ann", "class")
        bob, same = await aliases(one, "bob", "class"), await aliases(one, "same", "same")
        elsewhere = await aliases(other, "ann", "class")
    assert (ann == again, ann[0] == bob[0], ann[1] == bob[1], same[0] == same[1]) == (True, False, True, False)
    assert (elsewhere[0] == ann[0], elsewhere[1] == ann[1]) == (False, False)
    assert not any(b"ann" in heard or b"class" in heard for heard in there.heard)


async def test_a_flood_through_one_bot_delays_another_learner_by_one_run_at_most(serving, held) -> None:
    """The queue here lets all through, so the order is the other host's."""
    open_door = FairQueue(99, 99, 99, at_once=99)

    async def submit(runner: RemoteRunner, learner: str, name: str) -> None:
        async with open_door.turn(client=learner):
            await runner.run(Job(source=name))

    bounds = Bounds(slots=1, at_once=1, per_client=50)
    async with serving(held.run, bounds) as here, RemoteRunner(here.url, here.secret) as runner:
        flood = [asyncio.create_task(submit(runner, "ann", f"flood {n}")) for n in range(20)]
        await here.queued(1, 19)
        other = asyncio.create_task(submit(runner, "bob", "other"))
        await here.queued(1, 20)
        held.end(held.begun[0])
        await held.until(lambda: len(held.begun) == 2)
        for n in range(20):
            held.end(f"flood {n}")
        held.end("other")
        await asyncio.gather(other, *flood)
    assert held.begun[1] == "other"


async def test_health_says_what_the_other_host_can_do(serving) -> None:
    async with serving() as here:
        health = await RemoteRunner(here.url, here.secret).health()
    assert (health.isolation, health.profiles, health.running) == (
        Isolation.STRONG,
        (Profile.STDLIB, Profile.NUMPY),
        0,
    )


async def test_health_of_nobody_or_somebody_else_is_told_with_advice(tmp_path: Path) -> None:
    with pytest.raises(RemoteRefused, match=r"cannot be reached \(UnixClientConnectorError\)\. Check EPOCHBOT_RUNNER"):
        await RemoteRunner(f"unix://{tmp_path}/nobody", "s" * 32).health()
    for answer in (http(body=b"ok"), http(body=b'{"v": 1, "isolation": "strong"}')):
        async with impostor(tmp_path / "s", answer) as there:
            with pytest.raises(RemoteRefused, match=r"is no runner of ours \(health.*\)\. Check EPOCHBOT_RUNNER_URL"):
                await RemoteRunner(there.url, "s" * 32).health()


async def test_a_certificate_that_is_not_trusted_is_told_with_advice(serving, certificate) -> None:
    async with serving(tls=certificate.server()) as here:
        with pytest.raises(RemoteRefused, match=r"certificate is not one we trust.* Set EPOCHBOT_RUNNER_CA"):
            await RemoteRunner(here.url, here.secret).run(JOB)
        with pytest.raises(RemoteRefused, match="certificate is not one we trust"):
            await RemoteRunner(here.url, here.secret).health()


async def test_a_certificate_for_another_name_is_not_trusted(serving, make_cert, tmp_path: Path) -> None:
    other = make_cert(tmp_path, "DNS:elsewhere.example")
    async with serving(tls=other.server()) as here:
        with pytest.raises(RemoteRefused, match="certificate is not one we trust for its name"):
            await RemoteRunner(here.url, here.secret, ca_file=other.cert).run(JOB)


async def test_a_server_without_tls_is_not_spoken_to_as_if_it_had_it(serving, certificate, held) -> None:
    async with serving(held.run, tcp=True) as here:
        url = here.url.replace("http:", "https:")
        with pytest.raises(RemoteRefused, match=r"does not speak TLS there\. Start it with --tls-cert"):
            await RemoteRunner(url, here.secret, ca_file=certificate.cert).run(JOB)
    assert held.begun == []


async def test_a_server_with_tls_is_not_reached_without_it(serving, certificate, held) -> None:
    async with serving(held.run, tls=certificate.server()) as here:
        url = here.url.replace("https:", "http:")
        assert await RemoteRunner(url, here.secret).run(JOB) == broken(NO_ANSWER)
    assert held.begun == []


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name, why in (("ca.pem", "no certificate|NO_CERTIFICATE|PEM"), ("none.pem", "No such file or directory")):
        with pytest.raises(SetupError, match=rf"{name} cannot be used \(.*({why}).*\)\. Give a PEM file\."):
            RemoteRunner("https://127.0.0.1:1", "s" * 32, ca_file=tmp_path / name)


def test_a_client_shows_no_secret_of_its_own() -> None:
    assert "hush" not in repr(RemoteRunner("unix:///run/s", "hush" * 10))


def test_an_answer_may_take_longer_the_more_there_is_to_do() -> None:
    calls = tuple(Call(id=str(n), args=()) for n in range(10))
    assert deadline_s(Job(source="", calls=calls)) - deadline_s(Job(source="")) == 9 * 7

"""The server against whoever connects: the secret first, then room, then shape; and nobody's flood is another's wait."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable

import pytest

from runner import Call, CannotIsolate, Isolation, Job, Limits, Outcome, Result
from runner.remote.bounds import Bounds, Offer
from runner.remote.wire import decode_result, encode_job

JOB = Job(source="one", entry="f", calls=(Call(id="1", args=(1, 2)),))
BODY = encode_job(JOB)
ANN, BOB = "a1" * 16, "b0" * 16


def said(answer) -> tuple[int, str, str]:
    """Say how a request was refused."""
    told = json.loads(answer.body)
    return answer.status, told["why"], told["message"]


def named(name: str) -> bytes:
    """Write a job whose source is its name."""
    return encode_job(Job(source=name))


async def test_a_job_with_the_secret_is_run_and_answered(serving) -> None:
    async with serving() as here:
        answer = await here.ask(here.request(body=BODY))
    result = decode_result(answer.body, JOB)
    assert (answer.status, answer.headers["content-type"], answer.headers["server"]) == (
        200,
        "application/x-epochbot-lines",
        "epochbot-runner",
    )
    assert (result.outcome, [back.value for back in result.returned], result.stdout) == (Outcome.OK, [[1, 2]], "one")


async def test_several_jobs_share_a_connection(serving) -> None:
    async with serving() as here:
        line = await here.line()
        for _ in range(3):
            await line.send(here.request(body=BODY))
            assert (await line.answer()).status == 200


WRONG = {
    "none": lambda right: None,
    "empty": lambda right: "",
    "scheme alone": lambda right: "Bearer ",
    "no scheme": lambda right: right,
    "another scheme": lambda right: f"Basic {right}",
    "lower scheme": lambda right: f"bearer {right}",
    "first character": lambda right: f"Bearer X{right[1:]}",
    "last character": lambda right: f"Bearer {right[:-1]}X",
    "one short": lambda right: f"Bearer {right[:-1]}",
    "one long": lambda right: f"Bearer {right}X",
    "other case": lambda right: f"Bearer {right.swapcase()}",
    "twice": lambda right: f"Bearer {right}, Bearer {right}",
    "not ASCII": lambda right: f"Bearer {right}\udcff",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
async def test_without_exactly_the_secret_nothing_is_run_or_told(
    serving, held, wrong: Callable[[str], str | None]
) -> None:
    async with serving(held.run) as here:
        answers = [
            await here.ask(here.request(body=BODY, Authorization=wrong(here.secret))),
            await here.ask(here.request(body=b"no job", Authorization=wrong(here.secret))),
            await here.ask(here.request("GET", "/health", Authorization=wrong(here.secret) or "none")),
        ]
    bare = {"v": 1, "why": "secret", "message": "", "advice": "", "waiting": 0}
    assert [(answer.status, json.loads(answer.body)) for answer in answers] == [(401, bare)] * 3
    assert held.begun == []


async def test_the_secret_given_twice_is_refused(serving) -> None:
    async with serving() as here:
        twice = here.request(body=BODY).replace(b"Host:", f"Authorization: Bearer {here.secret}\r\nHost:".encode())
        assert (await here.ask(twice)).status == 401


async def test_a_stranger_is_refused_before_a_byte_of_the_body_is_read(serving) -> None:
    async with serving() as here:
        head = here.request(Authorization="Bearer x", Content_Length="60000000")
        assert (await here.ask(head)).status == 401


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/run"), ("PUT", "/run"), ("POST", "/health"), ("GET", "/"), ("POST", "/run/..%2f")]
)
async def test_there_are_two_requests_and_no_others(serving, method: str, path: str) -> None:
    async with serving() as here:
        answer = await here.ask(here.request(method, path, BODY))
    assert said(answer) == (404, "request", "Only POST /run and GET /health.")


@pytest.mark.parametrize(
    ("header", "value", "message"),
    [
        ("X-Epochbot-Client", None, "X-Epochbot-Client must be 32 hexadecimal digits."),
        ("X-Epochbot-Client", "ann", "X-Epochbot-Client must be 32 hexadecimal digits."),
        ("X-Epochbot-Client", "A" * 32, "X-Epochbot-Client must be 32 hexadecimal digits."),
        ("X-Epochbot-Group", "a" * 33, "X-Epochbot-Group must be 32 hexadecimal digits."),
        ("X-Epochbot-Minimum", None, "X-Epochbot-Minimum must be one of strong, reduced, none."),
        ("X-Epochbot-Minimum", "best", "X-Epochbot-Minimum must be one of strong, reduced, none."),
    ],
)
async def test_a_header_that_does_not_fit_is_named(serving, header: str, value: str | None, message: str) -> None:
    async with serving() as here:
        answer = await here.ask(here.request(body=BODY, **{header.replace("-", "_"): value}))
    assert said(answer) == (400, "request", message)


@pytest.mark.parametrize(
    ("body", "why", "message"),
    [
        (b"", "wire", "job: not JSON"),
        (b"{'v': 1}", "wire", "job: not JSON"),
        (BODY.replace(b'"wall_s":5.0', b'"wall_s":NaN'), "wire", "job: a number that is none"),
        (BODY.replace(b'"seed":0', b'"seed":0,"seed":1'), "wire", "job: a name twice in one object"),
        (BODY.replace(b'"seed":0', b'"speed":0'), "wire", "job.seed: is missing"),
        (b"[" * 1_000_000, "wire", "job: not JSON"),
        (b"\n" * 1_000_000, "wire", "body: has more than the 4099 lines allowed"),
        (b'{"v":2}' + BODY[7:], "wire", "job: not JSON"),
        (BODY.replace(b'"v":1', b'"v":2'), "wire", "job.v: this side speaks version 1 only; install the same Epochbot on both"),
        (BODY.replace(b'"wall_s":5.0', b'"wall_s":-5'), "wire", "job.limits.wall_s: is -5, less than 0.001"),
        (BODY.replace(b'"processes":64', b'"processes":9999'), "limits", "job.limits.processes: is 9999, more than the 512 allowed"),
        (BODY.replace(b'"wall_s":5.0', b'"wall_s":7200'), "limits", "job.limits.wall_s: is 7200, more than the 120.0 allowed"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_job_is_refused_by_the_name_of_its_fault(
    serving, held, body: bytes, why: str, message: str
) -> None:
    async with serving(held.run) as here:
        assert said(await here.ask(here.request(body=body))) == (400, why, f"{message}.")
    assert held.begun == []


SMALL = Bounds(body_bytes=1000)


def chunked(body: bytes, size: int = 100) -> bytes:
    """Write a body without saying how long it will be."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


async def test_a_body_of_no_announced_length_is_read_up_to_the_cap_and_not_beyond(serving) -> None:
    async with serving(bounds=SMALL) as here:
        head = here.request(Content_Length=None, Transfer_Encoding="chunked")
        fits = await here.ask(head + chunked(BODY))
        line = await here.line()
        await line.send(head + chunked(b"x" * 1001)[:-5])  # the end never comes
        refused = await line.answer()
    assert (fits.status, said(refused)) == (200, (413, "size", "At most 1000 bytes are read."))


async def test_a_body_announced_as_too_long_is_refused_unread(serving) -> None:
    async with serving(bounds=SMALL) as here:
        answer = await here.ask(here.request(Content_Length="1001"))
    assert said(answer) == (413, "size", "At most 1000 bytes are read.")


async def test_a_compressed_body_is_refused(serving) -> None:
    async with serving() as here:
        answer = await here.ask(here.request(body=BODY, Content_Encoding="gzip"))
    assert said(answer) == (415, "request", "Bodies must not be compressed.")


async def test_bodies_of_all_clients_together_are_held_up_to_a_cap(serving, held) -> None:
    async with serving(held.run, Bounds(held_bytes=len(named("x")) + 10)) as here:
        first = await here.line()
        await first.send(here.request(body=named("x")))
        await held.until(lambda: held.begun == ["x"])
        refused = await here.ask(here.request(body=named("y"), X_Epochbot_Client=BOB))
        held.end("x")
        await first.answer()
        held.end("y")
        again = await here.ask(here.request(body=named("y"), X_Epochbot_Client=BOB))
    assert (said(refused)[:2], refused.headers["retry-after"], again.status) == ((429, "busy"), "5", 200)


QUICK = Bounds(header_s=0.5, body_s=0.2, linger_s=0.1)


async def test_who_does_not_finish_a_head_is_hung_up_on_and_who_does_is_not(serving, held) -> None:
    async with serving(held.run, QUICK) as here:
        silent, slow, steady = [await here.line() for _ in range(3)]
        await slow.send(here.request(body=BODY)[:40])
        await steady.send(here.request(body=BODY))
        assert (await silent.rest(), await slow.rest()) == (b"", b"")
        held.end("one")
        assert (await steady.answer()).status == 200


async def test_who_keeps_a_connection_and_says_nothing_more_is_hung_up_on(serving) -> None:
    async with serving(bounds=QUICK) as here:
        line = await here.line()
        await line.send(here.request(body=BODY))
        await line.answer()
        await line.send(here.request(body=BODY)[:40])
        assert await line.rest() == b""


async def test_who_does_not_finish_a_body_is_refused_and_frees_what_it_held(serving) -> None:
    async with serving(bounds=Bounds(body_s=0.2, linger_s=0.1, held_bytes=len(BODY) + 50)) as here:
        line = await here.line()
        await line.send(here.request(body=BODY, Content_Length=str(len(BODY) + 1)))
        assert said(await line.answer()) == (408, "slow", "The job took too long to arrive.")
        assert (await here.ask(here.request(body=BODY))).status == 200


async def big(_job: Job) -> Result:
    """Return more than a socket holds."""
    return Result(outcome=Outcome.OK, isolation=Isolation.STRONG, stdout="x" * 4_000_000)


async def test_who_does_not_take_an_answer_is_hung_up_on(serving) -> None:
    async with serving(big, Bounds(answer_s=0.2, connections=1)) as here:
        line, answered = await here.line(), b""
        await line.send(here.request(body=BODY))
        while not answered:  # there is room for one connection, so this one is let in when the other has ended
            other = await here.line()
            with contextlib.suppress(ConnectionError):
                await other.send(here.request("GET", "/health", Authorization=None, Connection="close"))
            answered = await other.rest()
        assert (answered[-2:], len(await line.rest()) < 4_000_000) == (b"ok", True)


@pytest.mark.parametrize("end", [b"zz\r\n", b"5\r\nabc"])
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_body_that_breaks_off_runs_nothing(serving, held, end: bytes, at_once: bool) -> None:
    async with serving(held.run, QUICK) as here:
        line = await here.line()
        head = here.request(Content_Length=None, Transfer_Encoding="chunked")
        if at_once:
            await line.send(head + end)
        else:
            await line.send(head)
            await here.ask(here.request("GET", "/health"))  # by then the other is being read
            await line.send(end)
        answered = await line.rest()
    assert (answered[:10] in (b"HTTP/1.0 4", b"HTTP/1.1 4", b""), held.begun) == (True, [])


async def test_connections_are_counted_and_one_too_many_is_hung_up_on(serving) -> None:
    async with serving(bounds=Bounds(connections=2)) as here:
        first, second = await here.line(), await here.line()
        for line in (first, second):
            await line.send(here.request("GET", "/health", Authorization=None))
            assert (await line.answer()).body == b"ok"
        third = await here.line()
        assert await third.rest() == b""
        await first.send(here.request(body=BODY))
        assert (await first.answer()).status == 200


async def test_health_says_ok_to_anybody_and_more_to_whoever_knows_the_secret(serving, held) -> None:
    async with serving(held.run, Bounds(slots=1)) as here:
        for name, client in (("x", ANN), ("y", BOB)):
            line = await here.line()
            await line.send(here.request(body=named(name), X_Epochbot_Client=client))
        await held.until(lambda: held.begun == ["x"])
        await here.queued(1, 1)
        stranger = await here.ask(here.request("GET", "/health", Authorization=None))
        known = await here.ask(here.request("GET", "/health"))
    assert (stranger.status, stranger.body, known.status) == (200, b"ok", 200)
    assert json.loads(known.body) == {
        "v": 1,
        "isolation": "strong",
        "profiles": [{"name": "stdlib"}, {"name": "numpy"}],
        "slots": 1,
        "running": 1,
        "waiting": 1,
    }


async def test_one_clients_flood_delays_another_by_one_run_at_most(serving, held) -> None:
    async with serving(held.run, Bounds(slots=1, at_once=1, waiting=100, per_client=50)) as here:
        flood = [await here.line() for _ in range(40)]
        for number, line in enumerate(flood):
            await line.send(here.request(body=named(f"flood {number}"), X_Epochbot_Client=ANN))
        await here.queued(1, 39)
        other = await here.line()
        await other.send(here.request(body=named("other"), X_Epochbot_Client=BOB))
        await here.queued(1, 40)
        (running,) = held.begun
        held.end(running)
        await held.until(lambda: len(held.begun) == 2)
        held.end("other")
        assert (held.begun[1], (await other.answer()).status) == ("other", 200)


async def test_a_full_queue_is_told_with_the_time_to_come_back(serving, held) -> None:
    async with serving(held.run, Bounds(slots=1, at_once=1, waiting=3, per_client=2)) as here:
        for number, client in enumerate((ANN, ANN, ANN)):
            line = await here.line()
            await line.send(here.request(body=named(str(number)), X_Epochbot_Client=client))
        await here.queued(1, 2)
        own = await here.ask(here.request(body=named("own"), X_Epochbot_Client=ANN))
        line = await here.line()
        await line.send(here.request(body=named("bob"), X_Epochbot_Client=BOB))
        await here.queued(1, 3)
        full = await here.ask(here.request(body=named("full"), X_Epochbot_Client="cc" * 16))
    told = [(*said(answer), answer.headers["retry-after"], json.loads(answer.body)["waiting"]) for answer in (own, full)]
    assert told == [
        (429, "busy", "2 turns of this client are waiting; try again in about 2 s.", "2", 2),
        (429, "busy", "3 turns are waiting; try again in about 3 s.", "3", 3),
    ]


async def test_who_hangs_up_ends_its_run_and_frees_the_slot(serving, held) -> None:
    async with serving(held.run, Bounds(slots=1)) as here:
        gone, waiting, stays = [await here.line() for _ in range(3)]
        for number, (line, name) in enumerate(((gone, "gone"), (waiting, "waiting"), (stays, "stays"))):
            await line.send(here.request(body=named(name), X_Epochbot_Client=str(number) * 32))
            await here.queued(1, number)
        await waiting.close()
        await here.queued(1, 1)
        await gone.close()
        await held.until(lambda: held.begun == ["gone", "stays"])
        held.end("stays")
        assert ((await stays.answer()).status, held.cut) == (200, ["gone"])


async def test_a_job_that_takes_too_long_in_all_is_ended_as_our_fault(serving, held) -> None:
    async with serving(held.run, Bounds(job_s=0.1)) as here:
        answer = await here.ask(here.request(body=BODY))
    result = decode_result(answer.body, JOB)
    assert (result.outcome, result.detail, held.cut) == (
        Outcome.INTERNAL,
        "The whole job took more than the 0.1 s this runner gives to one.",
        ["one"],
    )


async def test_stopping_lets_what_runs_end_and_refuses_what_waits_and_what_comes(serving, held) -> None:
    async with serving(held.run, Bounds(slots=1), grace_s=30) as here:
        runs, waits, idle = [await here.line() for _ in range(3)]
        await runs.send(here.request(body=named("runs")))
        await held.until(lambda: held.begun == ["runs"])
        await waits.send(here.request(body=named("waits")))
        await here.queued(1, 1)
        stopping = asyncio.create_task(here.server.stop(30))
        refused = [await waits.answer(), await here.ask(here.request(body=named("new")))]
        health = await here.ask(here.request("GET", "/health", Authorization=None))
        held.end("runs")
        done = await runs.answer()
        await stopping
        assert await idle.rest() == b""
        with pytest.raises(OSError, match=r"refused|No such file"):
            await here.line()
    assert [(*said(answer), answer.headers["retry-after"]) for answer in refused] == [
        (503, "closing", "This runner is being stopped.", "5")
    ] * 2
    assert (health.status, health.body, done.status, held.begun) == (503, b"closing", 200, ["runs"])


async def test_stopping_does_not_wait_for_ever(serving, held) -> None:
    async with serving(held.run) as here:
        line = await here.line()
        await line.send(here.request(body=BODY))
        await held.until(lambda: held.begun == ["one"])
        await here.server.stop(0)
        assert (await line.rest(), held.cut) == (b"", ["one"])


def failing(error: Exception) -> Callable[[Job], Awaitable[Result]]:
    """Make a runner that fails."""

    async def run(_job: Job) -> Result:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CannotIsolate("No walls.", "Build some."), (409, "isolation", "No walls.")),
        (ValueError("Two calls of one job have the same id."), (422, "job", "Two calls of one job have the same id.")),
    ],
)
async def test_what_a_runner_refuses_is_passed_on(serving, error: Exception, told: tuple[int, str, str]) -> None:
    async with serving(failing(error)) as here:
        assert said(await here.ask(here.request(body=BODY))) == told
        assert said(await here.ask(here.request(body=BODY))) == told


async def test_a_bug_behind_the_server_is_logged_here_and_not_told_there(serving, caplog) -> None:
    async with serving(failing(RuntimeError("inner detail"))) as here:
        answer = await here.ask(here.request(body=BODY))
    assert (answer.status, b"inner" in answer.body) == (500, False)
    assert "inner detail" in caplog.text


@pytest.mark.parametrize(
    ("level", "minimum", "status"), [("reduced", "strong", 409), ("reduced", "reduced", 200), ("strong", "strong", 200)]
)
async def test_a_job_that_asks_for_better_walls_than_there_are_is_refused(
    serving, level: str, minimum: str, status: int
) -> None:
    async with serving(offer=Offer(Isolation(level), ())) as here:
        answer = await here.ask(here.request(body=BODY, X_Epochbot_Minimum=minimum))
    assert answer.status == status


NOT_HTTP = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello there\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two lengths": b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length and chunks": b"POST /run HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a long line": b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % n for n in range(5000)) + b"\r\n",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=NOT_HTTP)
async def test_what_is_no_request_is_hung_up_on_and_the_next_one_served(serving, held, data: bytes) -> None:
    async with serving(held.run) as here:
        line = await here.line()
        with contextlib.suppress(ConnectionError):  # it may be refused before all of it is sent
            await line.send(data)
        assert (await line.rest())[:10] in (b"HTTP/1.1 4", b"HTTP/1.0 4", b"")
        held.end("one")
        assert (await here.ask(here.request(body=BODY))).status == 200


async def test_the_secret_is_in_no_answer_log_or_repr(serving, caplog) -> None:
    """Not even one that stands in a line that is no header, or that is almost right."""
    caplog.set_level(logging.DEBUG)
    async with serving(failing(RuntimeError("bug")), QUICK) as here:
        almost = here.secret[:-1]
        heard = b""
        for data in (
            here.request(body=BODY),
            here.request(body=BODY, Authorization=f"Bearer {almost}!"),
            here.request(body=BODY, Authorization=f"Bearer {here.secret}\x00"),
            here.request(body=BODY, Authorization=f"Bearer {here.secret}\x7f\r\n broken: line"),
            here.request(body=BODY).replace(b"Authorization:", b"Authorization"),
            here.request(path=f"/{here.secret}", body=BODY),
        ):
            line = await here.line()
            await line.send(data)
            answer = await line.rest()
            heard += b"" if answer.startswith(b"HTTP/1.0 400") else answer  # which quotes what its sender wrote
        logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records) + caplog.text
        assert (almost in repr(here.server), almost in logged, "bug" in logged) == (False, False, True)
        assert almost.encode() not in heard


async def test_limits_up_to_the_servers_own_are_taken(serving) -> None:
    job = Job(source="x", limits=Limits(wall_s=2.0))
    async with serving(bounds=Bounds(limits=Limits(wall_s=2.0))) as here:
        assert (await here.ask(here.request(body=encode_job(job)))).status == 200

"""A load as it is played, in this process: whom it asks what, what it counts, and when it ends."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from gate.adapters.load import arrivals, ending
from gate.adapters.load import play as playing
from gate.adapters.load.play import play
from gate.adapters.load.prepared import prepare
from gate.load_ports import LoadPlan, LoadResult, LoadStep, LoadUser, Samples
from tests.fakes.loaded_service import Asked, LoadedService, reply

READ = LoadStep(operation="GET /tasks", method="GET", target="/tasks")
PLAN = LoadPlan(
    origin="",
    users=(LoadUser(steps=(READ,)),),
    think_time=0.0,
    samples=20,
    longest=5.0,
    warm_up=0.0,
    request_timeout=2.0,
)


def users(count: int, *steps: LoadStep, before: tuple[LoadStep, ...] = ()) -> tuple[LoadUser, ...]:
    return tuple(LoadUser(steps=steps or (READ,), before=before, values={"name": f"u{one}"}) for one in range(count))


def played(
    answering: Callable[[Asked], bytes | Awaitable[bytes | None] | None], *, connections: int = 500, **plan: Any
) -> tuple[LoadResult, list[Asked]]:
    async def answer(asked: Asked) -> bytes | None:
        given = answering(asked)
        return given if given is None or isinstance(given, bytes) else await given

    async def run() -> tuple[LoadResult, list[Asked]]:
        service = LoadedService(answer)
        async with service.running() as origin:
            return await play(prepare(replace(PLAN, origin=origin, **plan)), connections), service.heard

    return asyncio.run(run())


def of(result: LoadResult, operation: str = "GET /tasks") -> Samples:
    return next(one for one in result.samples if one.operation == operation)


def ok(asked: Asked) -> bytes:
    return reply(200, {"items": [{"id": 7}]})


def test_it_ends_when_every_operation_has_its_samples_and_says_so() -> None:
    other = LoadStep(operation="POST /tasks", method="POST", target="/tasks", body='{{"a": 1}}')
    result, heard = played(ok, users=users(3, READ, READ, other), samples=20)
    assert result.ended == "every operation has 20 samples"
    assert result.trouble == ""
    assert 20 <= len(of(result, "POST /tasks").seconds) <= 23
    assert len(of(result).seconds) >= 2 * 19
    assert set(of(result).statuses) == {200}
    assert sum(len(one.seconds) for one in result.samples) == len(heard)
    assert {one.body for one in heard if one.method == "POST"} == {b'{"a": 1}'}


def test_a_sample_is_the_time_until_the_whole_answer_is_there_in_the_order_of_the_starts() -> None:
    async def slowly(asked: Asked) -> bytes:
        await asyncio.sleep(0.05 if asked.target == "/tasks" else 0)
        return ok(asked)

    result, _ = played(slowly, users=users(4), samples=12)
    samples = of(result)
    assert all(0.049 <= seconds < 1 for seconds in samples.seconds)
    assert list(samples.starts) == sorted(samples.starts)
    assert 0 <= samples.starts[0] < 0.05
    assert samples.starts[-1] <= result.window


def test_what_starts_in_the_warm_up_is_asked_and_not_counted() -> None:
    async def slowly(asked: Asked) -> bytes:
        await asyncio.sleep(0.01)
        return ok(asked)

    result, heard = played(slowly, users=users(2), warm_up=0.2, samples=6)
    counted = len(of(result).seconds)
    assert 6 <= counted <= 8
    assert len(heard) > counted + 3
    assert all(start >= 0 for start in of(result).starts)


def test_a_duration_is_kept_however_many_samples_there_are() -> None:
    result, _ = played(ok, samples=1, duration=0.8, think_time=0.01)
    assert result.window >= 0.8
    assert result.ended == "it took 0.8 s, as it was to"
    assert len(of(result).seconds) > 1


def test_without_enough_samples_it_ends_after_the_longest_it_may_take() -> None:
    result, _ = played(ok, samples=10_000, longest=1.0, think_time=0.05)
    assert result.ended == "it took 1 s, the longest it may take"
    assert 1 <= len(of(result).seconds) < 100


def test_what_is_under_way_at_the_end_is_waited_for_because_the_slow_ones_are_what_is_asked_about() -> None:
    async def slow(asked: Asked) -> bytes:
        await asyncio.sleep(0.4)
        return ok(asked)

    result, _ = played(slow, users=users(5), duration=0.1)
    assert list(of(result).statuses) == [200] * 5
    assert min(of(result).seconds) >= 0.39
    assert result.window < min(of(result).seconds)


def test_users_think_as_long_as_they_are_to_on_average_on_a_connection_of_their_own() -> None:
    result, heard = played(ok, users=users(20), think_time=0.1, duration=0.8)
    # 20 users, each of whom asks up to ten times a second: fewer where this machine is busy.
    assert 40 <= len(of(result).seconds) <= 175
    assert {one.connection for one in heard} == set(range(1, 21))


def test_users_begin_one_after_another_within_the_first_think_time_and_do_not_march_in_step() -> None:
    result, _ = played(ok, users=users(20), think_time=0.6, duration=0.6)
    by_tenths = Counter(int(start * 10) for start in of(result).starts[:20])
    assert max(by_tenths.values()) <= 15  # who begins at once begins within a hundredth


def test_a_user_logs_in_once_before_the_window_and_takes_the_token_and_the_id_along() -> None:
    def service(asked: Asked) -> bytes:
        if asked.target == "/login":
            return reply(200, {"access": {"token": "secret of " + json.loads(asked.body)["user"]}})
        if asked.method == "POST":
            return reply(201, {"items": [{"id": "a/b?" + asked.headers["authorization"][-2:]}]})
        return reply(200, {})

    login = LoadStep(
        operation="POST /login",
        method="POST",
        target="/login",
        headers=(("Content-Type", "application/json"),),
        body='{{"user": "{name}"}}',
        extract={"token": "access.token"},
    )
    bearer = (("Authorization", "Bearer {token}"),)
    make = LoadStep(
        operation="POST /tasks", method="POST", target="/tasks", headers=bearer, extract={"id": "items[0].id"}
    )
    read = LoadStep(operation="GET /tasks/{id}", method="GET", target="/tasks/{id}?of={name}", headers=bearer)
    result, heard = played(service, users=users(3, make, read, before=(login,)), samples=9)
    assert [one.operation for one in result.samples] == ["POST /tasks", "GET /tasks/{id}"]
    assert Counter(one.target for one in heard)["/login"] == 3
    assert {one.headers["authorization"] for one in heard if one.target != "/login"} == {
        f"Bearer secret of u{number}" for number in range(3)
    }
    assert {one.target for one in heard if one.method == "GET"} == {
        f"/tasks/a%2Fb%3Fu{number}?of=u{number}" for number in range(3)
    }
    # Each user has connections of their own, and uses them again.
    assert len({one.connection for one in heard}) == 3


def test_each_request_has_a_text_that_no_other_has() -> None:
    step = LoadStep(operation="POST /u", method="POST", target="/u/{unique}", body='{{"a": "{unique}"}}')
    _, heard = played(ok, users=users(3, step), samples=10)
    assert len({one.target for one in heard}) == len(heard)
    assert all(json.loads(one.body)["a"] == one.target.removeprefix("/u/") for one in heard)


def test_cookies_are_kept_by_user_and_redirects_are_not_followed() -> None:
    def service(asked: Asked) -> bytes:
        if asked.target == "/login":
            name = json.loads(asked.body)
            return reply(303, headers=f"Location: http://127.0.0.1:1/\r\nSet-Cookie: who={name}; Path=/; Secure\r\n")
        return reply(302, headers="Location: /elsewhere\r\n")

    login = LoadStep(operation="POST /login", method="POST", target="/login", body='"{name}"')
    result, heard = played(service, users=users(2, before=(login,)), samples=6)
    assert set(of(result).statuses) == {302}
    assert {one.headers.get("cookie") for one in heard if one.target == "/tasks"} == {"who=u0", "who=u1"}
    assert {one.target for one in heard} == {"/login", "/tasks"}


def test_nothing_is_unpacked_and_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    result, heard = played(ok, samples=2)
    assert set(of(result).statuses) == {200}
    assert {one.headers["accept-encoding"] for one in heard} == {"identity"}


def test_a_request_says_what_its_step_says_and_nothing_of_its_own_about_a_body() -> None:
    typed = (("content-type", "text/x"), ("User-Agent", "mine"), ("accept", "a/b"))
    steps = (
        LoadStep(operation="POST /a", method="post", target="/a", body="x", headers=typed),
        LoadStep(operation="POST /b", method="POST", target="/b", body="x"),
        LoadStep(operation="POST /c", method="POST", target="/c"),
    )
    _, [first, second, third, *_] = played(ok, users=users(1, *steps), samples=1)
    assert (first.headers["content-type"], first.headers["user-agent"], first.headers["accept"]) == (
        "text/x",
        "mine",
        "a/b",
    )
    assert first.method == "POST"
    assert "content-type" not in second.headers
    assert (second.body, second.headers["user-agent"]) == (b"x", "quality-gate")
    assert (third.body, third.headers["content-length"]) == (b"", "0")


def test_an_answer_without_the_value_is_an_error_and_the_session_begins_anew() -> None:
    made = LoadStep(operation="POST /tasks", method="POST", target="/tasks", extract={"id": "id"})
    read = LoadStep(operation="GET /tasks/{id}", method="GET", target="/tasks/{id}")
    answers = iter([{"id": 1}, {"id": None}, {}, [], {"id": 2}])

    def service(asked: Asked) -> bytes:
        return reply(200, next(answers, {"id": 3})) if asked.method == "POST" else reply(200)

    result, heard = played(service, users=users(1, made, read), samples=4)
    assert list(of(result, "POST /tasks").statuses[:5]) == [200, 0, 0, 0, 200]
    assert [one.target for one in heard[:7]] == ["/tasks", "/tasks/1", *["/tasks"] * 4, "/tasks/2"]
    assert "POST /tasks: the answer has no id (2 times)" in result.trouble
    assert result.trouble.startswith("POST /tasks: id is neither a text nor a number; ")
    assert dict(result.unanswered) == {"the answer has no id": 2, "id is neither a text nor a number": 1}


def test_each_round_of_a_session_begins_with_the_values_that_the_user_began_with() -> None:
    numbers = iter(range(2, 100))
    first = LoadStep(operation="GET /n", method="GET", target="/n/{n}", extract={"n": "n"})
    _, heard = played(
        lambda _: reply(200, {"n": next(numbers)}),
        users=(LoadUser(steps=(first, replace(first, operation="GET /m", target="/m/{n}")), values={"n": "1"}),),
        samples=3,
    )
    assert [one.target for one in heard[:4]] == ["/n/1", "/m/2", "/n/1", "/m/4"]


def test_who_is_not_answered_does_not_ask_again_at_once() -> None:
    result, _ = played(lambda _: None, users=users(2), duration=0.4)
    assert 2 <= len(of(result).seconds) <= 4


def test_an_error_keeps_its_status_and_is_no_trouble_of_the_load() -> None:
    made = LoadStep(operation="POST /tasks", method="POST", target="/tasks", extract={"id": "id"})
    read = LoadStep(operation="GET /tasks/{id}", method="GET", target="/tasks/{id}")
    statuses = iter([500, 429])
    result, heard = played(lambda asked: reply(next(statuses, 200), {"id": 1}), users=users(1, made, read), samples=2)
    assert list(of(result, "POST /tasks").statuses[:3]) == [500, 429, 200]
    assert [one.target for one in heard[:4]] == ["/tasks", "/tasks", "/tasks", "/tasks/1"]
    assert (result.trouble, result.unanswered) == ("", ())


def test_who_cannot_begin_does_not_play_and_it_is_said_why() -> None:
    def service(asked: Asked) -> bytes:
        return reply(401 if asked.target == "/login/u1" else 200)

    login = LoadStep(operation="POST /login", method="POST", target="/login/{name}")
    result, heard = played(service, users=users(3, before=(login,)), samples=4)
    assert result.trouble == "1 of 3 users could not begin: POST /login answered 401 (1)"
    assert len({one.connection for one in heard if one.target == "/tasks"}) == 2


def test_where_nobody_can_begin_nothing_is_measured_and_not_all_try() -> None:
    login = LoadStep(operation="POST /login", method="POST", target="/login")
    result, heard = played(lambda _: None, users=users(40, before=(login,)))
    assert result.ended == "no user could begin"
    assert result.trouble.startswith("40 of 40 users could not begin: like those before them (")
    assert "POST /login: the connection was closed" in result.trouble
    assert len(heard) < 20
    assert (len(of(result).seconds), result.window) == (0, 0.0)


HUNG = "no whole answer in 0.2 s"


async def _hang(_: Asked) -> bytes:
    await asyncio.sleep(30)
    return b""


@pytest.mark.parametrize(
    ("answering", "why"),
    [
        (lambda _: None, "the connection was closed"),
        (lambda _: b"HTTP/1.1 200 OK\r\n\r\nno length" + b"x" * 10, None),
        (lambda _: b"SSH-2.0-OpenSSH\r\n\r\n", "what was answered is no HTTP"),
        (lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "what was answered is no HTTP"),
        (lambda _: b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", "what was answered is no HTTP"),
        (lambda _: b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nnot all, and closed", "the connection was closed"),
        (lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nnot all, and open", HUNG),
        (_hang, HUNG),
    ],
)
def test_what_is_no_whole_answer_is_counted_as_none(answering: Any, why: str | None) -> None:
    result, _ = played(answering, samples=1, request_timeout=0.2 if why == HUNG else 10.0)
    assert set(of(result).statuses) == ({0} if why else {200})
    assert [reason for reason, _ in result.unanswered] == ([why] if why else [])


def test_a_body_without_end_is_not_kept_and_not_waited_for_longer_than_a_request_may_take() -> None:
    async def run() -> LoadResult:
        async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while True:
                    writer.write(b"x" * 60_000)
                    await writer.drain()
            except ConnectionError:
                writer.close()

        server = await asyncio.start_server(pour, "127.0.0.1", 0)
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        plan = replace(PLAN, origin=origin, samples=1, request_timeout=0.2)
        try:
            return await play(prepare(plan), 100)
        finally:
            server.close()
            await asyncio.sleep(0.01)

    result = asyncio.run(run())
    assert dict(result.unanswered) == {"no whole answer in 0.2 s": 1}
    assert of(result).seconds[0] == pytest.approx(0.5, abs=0.4)


def test_a_service_that_is_gone_ends_the_load_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_SILENT_SECONDS", 0.3)  # so that the test is quick
    monkeypatch.setattr(playing, "_PAUSE_SECONDS", 0.01)

    async def run() -> LoadResult:
        plan = replace(PLAN, origin="http://127.0.0.1:1", users=users(5), samples=10_000, longest=20.0)
        return await play(prepare(plan), 100)

    began = time.perf_counter()
    result = asyncio.run(run())
    assert time.perf_counter() - began < 5
    assert result.ended == "the service answered nothing any longer"
    assert "nothing was answered in the last" in result.trouble
    assert dict(result.unanswered).keys() == {"nobody listens"}


def test_an_open_load_starts_requests_when_they_are_due_and_counts_from_then() -> None:
    """A stall of the service: who waits for answers hides it, who does not shows it."""

    def stalling() -> Callable[[Asked], Awaitable[bytes]]:
        ends: list[float] = []

        async def answer(asked: Asked) -> bytes:
            now = time.perf_counter()
            if not ends:
                ends.extend((now + 0.3, now + 0.7))
            if ends[0] < now < ends[1]:
                await asyncio.sleep(ends[1] - now)
            return ok(asked)

        return answer

    opened, _ = played(stalling(), users=users(2), rate=100.0, duration=1.0)
    closed, _ = played(stalling(), users=users(2), think_time=0.01, duration=1.0)
    assert 80 <= len(of(opened).seconds) <= 101
    # Two users were caught by it, each once; but fifteen requests were due that had to wait so long.
    assert sum(seconds > 0.25 for seconds in of(closed).seconds) <= 5
    assert sum(seconds > 0.25 for seconds in of(opened).seconds) >= 12
    starts = of(opened).starts
    assert list(starts) == pytest.approx([number / 100 for number in range(len(starts))], abs=0.01)
    assert opened.trouble == ""


def test_an_open_load_waits_where_too_many_are_under_way_and_their_time_counts_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(playing, "_MOST_UNDER_WAY", 4)  # so that few requests reach it

    async def slowly(asked: Asked) -> bytes:
        await asyncio.sleep(0.1)
        return ok(asked)

    result, heard = played(slowly, users=users(2), rate=80.0, duration=1.0)
    assert len({one.connection for one in heard}) == 4
    assert sum(seconds > 0.18 for seconds in of(result).seconds) >= 8  # the service's own is 0.1
    assert result.trouble.startswith("4 requests were under way at once, the most there may be: ")
    assert "started late" in result.trouble
    assert result.trouble.endswith("never")


def test_a_twin_plays_with_its_user_s_token_and_cookies() -> None:
    async def service(asked: Asked) -> bytes:
        if asked.target == "/login":
            return reply(200, {"token": "t1"}, headers="Set-Cookie: a=b; Path=/\r\n")
        await asyncio.sleep(0.05)
        return ok(asked)

    login = LoadStep(operation="POST /login", method="POST", target="/login", extract={"token": "token"})
    read = replace(READ, headers=(("Authorization", "{token}"),))
    _, heard = played(service, users=users(1, read, before=(login,)), rate=100.0, duration=0.8)
    reads = [one for one in heard if one.target == "/tasks"]
    assert {(one.headers["authorization"], one.headers["cookie"]) for one in reads} == {("t1", "a=b")}
    assert len({one.connection for one in reads}) > 2
    assert sum(one.target == "/login" for one in heard) == 1


def test_a_few_whole_answers_of_each_status_are_kept_for_others() -> None:
    statuses = iter([200] * 10 + [404] * 2)
    large = LoadStep(operation="GET /large", method="GET", target="/large")

    def service(asked: Asked) -> bytes:
        return reply(200, body=b"x" * 70_000) if asked.target == "/large" else reply(next(statuses, 200), {"a": "é"})

    result, _ = played(service, users=users(1, READ, large), samples=15)
    kept = Counter((operation, status) for operation, status, *_ in result.answers)
    assert kept == {("GET /tasks", 200): 5, ("GET /tasks", 404): 2}
    assert set(result.answers) == {
        ("GET /tasks", status, "application/json", b'{"a": "\\u00e9"}') for status in (200, 404)
    }


def test_the_generator_says_how_late_its_own_loop_was() -> None:
    async def blocking(asked: Asked) -> bytes:
        time.sleep(random.choice((0.03, 0.04)))  # in this very loop  # noqa: ASYNC251
        return ok(asked)

    busy, _ = played(blocking, duration=1.0)
    assert busy.lag_p99 > 0.01
    assert 0 < busy.processor_share <= 1
    assert 0 < busy.processor_seconds < busy.window


def test_a_fault_of_the_generator_itself_is_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(arrivals.Player, "act", broken)  # there is none that could be provoked
    with pytest.raises(ZeroDivisionError):
        played(ok)
    with pytest.raises(ZeroDivisionError):
        played(ok, rate=100.0)

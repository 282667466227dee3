"""The client of a service against a server that is written by hand, so that it can be as bad as a service may be."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gate.adapters.service.service_client import Limits, service_client
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.service_ports import Unanswered

LIMITS = Limits(seconds=0.5, body_bytes=1000, body_seconds=0.3)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"


class Server:
    """Answers every connection by `handler`, and keeps what was sent to it."""

    def __init__(self, *parts: bytes, then: str = "close") -> None:
        self.parts = parts
        self.then = then
        self.heard: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        self.heard.append(head + await reader.readexactly(length))
        for part in self.parts:
            writer.write(part)
            await writer.drain()
        if self.then == "wait":
            await asyncio.sleep(30)
        while self.then == "repeat":
            writer.write(self.parts[-1])
            await asyncio.sleep(0.02)
        if self.then == "reset":
            writer.transport.abort()
        writer.close()


def answered(server: Handler, *requests: HttpRequest) -> list[HttpAnswer]:
    async def ask() -> list[HttpAnswer]:
        tasks: list[asyncio.Task[Any]] = []

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(server(reader, writer))
            tasks.append(task)
            try:
                await task
            except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        listening = await asyncio.start_server(accept, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            async with service_client(f"http://127.0.0.1:{port}", LIMITS) as http:
                return [await http.send(request) for request in requests]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            listening.close()
            await asyncio.sleep(0)

    return asyncio.run(ask())


GET = HttpRequest(method="GET", target="/")


def test_a_request_is_sent_as_it_is_given_and_nothing_is_added_but_what_http_needs() -> None:
    server = Server(OK + b"Content-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nhi")
    target = "/a%2Fb/../%7Bc%7D//d?q=%00&q=a+b;c"
    request = HttpRequest(
        method="PATCH",
        target=target,
        headers=(("Authorization", "Bearer x"), ("X-Two", "1"), ("X-Two", "2"), ("Content-Type", "application/json")),
        body=b'{"a":1}',
    )
    [answer] = answered(server, request)
    assert (answer.status, answer.body, answer.cut, answer.all_of("x-a")) == (200, b"hi", False, ("1", "2"))
    [line, *lines] = server.heard[0].decode().split("\r\n")
    assert line == f"PATCH {target} HTTP/1.1"
    names = sorted(one.partition(":")[0].lower() for one in lines if ":" in one and not one.startswith("{"))
    assert names == [
        *("accept", "authorization", "connection", "content-length", "content-type", "host", "user-agent"),
        *("x-two", "x-two"),
    ]
    assert "User-Agent: quality-gate" in lines
    assert lines[-1] == '{"a":1}'


def test_redirects_are_answers_and_cookies_are_not_kept() -> None:
    server = Server(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    answers = answered(server, GET, GET)
    assert [answer.status for answer in answers] == [302, 302]
    assert answers[0].header("location") == "/elsewhere"
    assert not any(b"cookie" in heard.lower() for heard in server.heard)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Server(), "the connection was closed"),
        (Server(then="reset"), "the connection was closed"),
        (Server(OK, then="reset"), "the connection was closed"),
        (Server(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "what was answered is no HTTP"),
        (Server(OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n"), "what was answered is no HTTP"),
        (Server(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n"), "what was answered is no HTTP"),
        (Server(then="wait"), "no answer in 0.5 s"),
        (Server(OK + b"X-A: b\r\n", then="wait"), "no answer in 0.5 s"),
        (Server(OK, b"X-A: b\r\n", then="repeat"), "no answer in 0.5 s|what was answered is no HTTP"),
    ],
    ids=[
        "closes",
        "resets",
        "half-a-header",
        "no-http",
        "huge-header",
        "bad-chunk",
        "silent",
        "slow-header",
        "endless-header",
    ],
)
def test_what_is_no_answer_is_told_and_in_time(server: Server, said: str) -> None:
    with pytest.raises(Unanswered, match=said):
        answered(server, GET)


@pytest.mark.parametrize(
    ("server", "body"),
    [
        (Server(OK + b"\r\n" + b"x" * 5000), b"x" * 1000),
        (Server(OK + b"Content-Length: 9000000\r\n\r\n" + b"x" * 5000, then="wait"), b"x" * 1000),
        (Server(OK + b"Content-Type: text/event-stream\r\n\r\ndata: 1\n\n", then="wait"), b"data: 1\n\n"),
        (Server(OK + b"Content-Length: 10\r\n\r\nhalf"), b"half"),
    ],
    ids=["huge", "huge-and-silent", "stream", "ends-early"],
)
def test_a_body_that_does_not_end_well_is_cut(server: Server, body: bytes) -> None:
    [answer] = answered(server, GET)
    assert (answer.status, answer.cut) == (200, True)
    assert answer.body == body


def test_a_stream_that_never_pauses_is_cut_in_time() -> None:
    [answer] = answered(Server(OK + b"\r\n", b"data: 1\n\n", then="repeat"), GET)
    assert answer.cut
    assert answer.body.startswith(b"data: 1")


def test_bytes_that_are_no_text_survive_in_headers_and_bodies() -> None:
    [answer] = answered(
        Server(OK + b"X-L: caf\xe9\r\nX-U: \xc3\xa9\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\xff\x00"),
        GET,
    )
    assert (answer.header("x-l"), answer.header("x-u")) == ("café", "é")
    assert answer.body == b"\xff\x00"


@pytest.mark.parametrize(
    "request_",
    [
        HttpRequest(method="GET", target="/a b"),
        HttpRequest(method="GET", target="/a\r\nX: y"),
        HttpRequest(method="GET", target="http://127.0.0.2/"),
        HttpRequest(method="GET", target="/é"),
        HttpRequest(method="G T", target="/"),
        HttpRequest(method="GET", target="/", headers=(("X", "a\r\nY: b"),)),
        HttpRequest(method="GET", target="/", headers=(("X", "a\0b"),)),
    ],
    ids=["space", "line-break", "other-host", "not-ascii", "method", "header", "nul"],
)
def test_what_would_be_another_request_is_not_sent(request_: HttpRequest) -> None:
    server = Server(OK + b"Content-Length: 0\r\n\r\n")
    with pytest.raises(Unanswered, match="the request cannot be sent"):
        answered(server, request_)
    assert not server.heard


def test_a_target_cannot_lead_to_another_host() -> None:
    server = Server(OK + b"Content-Length: 0\r\n\r\n")
    answered(server, HttpRequest(method="GET", target="//127.0.0.2/x"))
    assert server.heard[0].startswith(b"GET //127.0.0.2/x HTTP/1.1\r\nHost: 127.0.0.1:")


def test_where_nobody_listens_is_told() -> None:
    async def ask() -> None:
        async with service_client("http://127.0.0.1:1", LIMITS) as http:
            await http.send(GET)

    with pytest.raises(Unanswered, match="nobody listens there"):
        asyncio.run(ask())


def test_a_pause_is_one() -> None:
    async def wait() -> float:
        async with service_client("http://127.0.0.1:1") as http:
            began = asyncio.get_running_loop().time()
            await http.pause(0.05)
            return asyncio.get_running_loop().time() - began

    assert 0.04 < asyncio.run(wait()) < 5


def test_an_answer_to_head_has_no_body_and_one_of_204_neither() -> None:
    head = answered(Server(OK + b"Content-Length: 5\r\n\r\n"), HttpRequest(method="HEAD", target="/"))[0]
    empty = answered(Server(b"HTTP/1.1 204 No Content\r\n\r\n"), HttpRequest(method="DELETE", target="/"))[0]
    assert (head.body, head.cut, empty.body, empty.cut) == (b"", False, b"", False)

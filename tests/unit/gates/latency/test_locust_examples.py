"""Requests of a locustfile's users, to be sent once more to the service alone."""

import json

import pytest

from gate.domain.http_message import HttpRequest
from gate.gates.latency.locust_examples import parse_examples

ORIGIN = "http://127.0.0.1:8000"


def line(**told: object) -> bytes:
    whole = {
        "name": "GET /a",
        "method": "GET",
        "url": f"{ORIGIN}/a?b=1",
        "headers": [["X-Key", "k"]],
        "body": None,
        **told,
    }
    return json.dumps(whole).encode() + b"\n"


def read(*lines: bytes) -> object:
    return parse_examples({"examples-1.jsonl": b"".join(lines), "run.json": b"{}"}, lambda name: name, ORIGIN)


def test_a_request_is_what_was_sent_without_what_is_of_a_connection() -> None:
    headers = [
        ["Host", "127.0.0.1:8000"],
        ["accept-encoding", "gzip"],
        ["Content-Length", "2"],
        ["Authorization", "Bearer x"],
    ]
    sent = line(name="POST /b", method="POST", url=f"{ORIGIN}/b", headers=headers, body="e30=")
    request = HttpRequest(method="POST", target="/b", headers=(("Authorization", "Bearer x"),), body=b"{}")
    assert read(sent) == {"POST /b": (request,)}


def test_what_reads_comes_first_and_a_few_of_each_are_enough() -> None:
    found = read(line(name="DELETE /a", method="DELETE"), *[line()] * 9)
    assert list(found) == ["GET /a", "DELETE /a"]  # type: ignore[call-overload]
    assert len(found["GET /a"]) == 5  # type: ignore[index]


@pytest.mark.parametrize(
    "hostile",
    [
        line(url="https://elsewhere.example/a"),
        line(url=f"{ORIGIN}.elsewhere.example/a"),
        line(url="http://user@127.0.0.1:8000/a"),
        line(url=f"{ORIGIN}/a b\r\nHost: x"),
        line(url="http://[/a"),
        line(url=7),
        line(method="GET / HTTP/1.1\r\n"),
        line(headers=[["A", "b\r\nC: d"]]),
        line(headers=[["A b", "c"]]),
        line(headers=[["A"]]),
        line(headers=None),
        line(body="%"),
        line(name=None),
        b"[" * 100_000 + b"\n",
        b"\xff\n",
        b"null\n",
    ],
)
def test_what_is_no_request_to_the_service_is_passed_over(hostile: bytes) -> None:
    assert list(read(hostile, line(name="GET /b"))) == ["GET /b"]  # type: ignore[call-overload]

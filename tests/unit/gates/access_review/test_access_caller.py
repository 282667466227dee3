"""Requests: what a value may do to them, and how long the service is waited for."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import Body, Operation
from gate.gates.access_review.caller import NOTHING, Call, Caller, Credentials, request_of
from gate.ports import CannotRun
from gate.service_ports import HttpClient, Unanswered

READ = Operation(method="GET", path="/a/{one}/b/{two}")
ANYTHING = st.text(st.characters(), min_size=1) | st.sampled_from(
    ["{two}", "..", "a/b", "?x=1#y", "%2F", "\r\nX: y", "\ud800"]
)


@given(ANYTHING, ANYTHING)
def test_no_value_can_change_the_path(one: str, two: str) -> None:
    target = request_of(Call(operation=READ, path={"one": one, "two": two}), NOTHING).target
    assert target.isascii()
    assert "?" not in target
    assert "#" not in target
    parts = target.split("/")
    assert parts[:2] + parts[3:4] == ["", "a", "b"]
    plain = [value.encode("utf-8", "replace").decode() for value in (one, two)]
    assert [unquote(parts[2]), unquote(parts[4])] == plain
    assert len(parts) == 5


@given(ANYTHING, ANYTHING)
def test_no_value_can_change_the_query_the_headers_or_the_cookies(name: str, value: str) -> None:
    call = Call(
        operation=Operation(method="GET", path="/"), query={name: value}, headers={"X": value}, cookies={"c": value}
    )
    request = request_of(call, NOTHING)
    plain = tuple(text.encode("utf-8", "replace").decode() for text in (name, value))
    assert parse_qsl(request.target.partition("?")[2], keep_blank_values=True) == [plain]
    [(_, header), (_, cookie)] = request.headers
    assert header.isprintable()
    assert ";" not in cookie
    assert cookie.isascii()


def test_a_value_is_written_as_json_would_write_it() -> None:
    call = Call(operation=READ, path={"one": True, "two": 7}, query={"tag": ["a", "b"], "none": None, "no": False})
    assert request_of(call, NOTHING, "/api").target == "/api/a/true/b/7?tag=a&tag=b&none=&no=false"


def test_credentials_go_before_what_the_call_itself_sends() -> None:
    call = Call(operation=READ, headers={"authorization": "mine", "X": "1"}, cookies={"a": "1"}, query={"q": 1})
    shown = Credentials(headers=(("Authorization", "Bearer t"), ("Cookie", "s=2")), query=(("key", "k"),))
    request = request_of(call, shown)
    assert request.headers == (("X", "1"), ("Authorization", "Bearer t"), ("Cookie", "a=1; s=2"))
    assert request.target.endswith("?q=1&key=k")
    alone = request_of(Call(operation=READ), Credentials(headers=(("cookie", "s=2"),)))
    assert alone.headers == (("Cookie", "s=2"),)
    assert not shown.are_none
    assert NOTHING.are_none


def test_a_body_is_sent_only_where_the_operation_takes_one() -> None:
    taking = Operation(method="POST", path="/", body=Body(media_type="application/json", schema={}))
    assert request_of(Call(operation=taking, body={"a": 1}), NOTHING).body == b'{"a": 1}'
    assert request_of(Call(operation=taking), NOTHING).body is None
    assert request_of(Call(operation=READ, body={"a": 1}), NOTHING).body is None


class Answers(HttpClient):
    """Gives one answer after another, the last again and again; None is no answer."""

    def __init__(self, *answers: HttpAnswer | None) -> None:
        self.answers = list(answers)
        self.waited: list[float] = []

    async def send(self, request: HttpRequest) -> HttpAnswer:
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if answer is None:
            raise Unanswered("no answer in 10 s")
        return answer

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)


def sent(http: Answers, times: int = 1) -> tuple[Caller, Any]:
    caller = Caller(http)

    async def send() -> Any:
        return [await caller.send("owner", "asks", HttpRequest(method="GET", target="/")) for _ in range(times)][-1]

    return caller, asyncio.run(send())


def limited(after: str = "") -> HttpAnswer:
    return HttpAnswer(status=429, headers=(("retry-after", after),) if after else ())


@pytest.mark.parametrize(
    ("after", "waited"),
    [
        ("2", [2.0]),
        ("", [1.0]),
        ("Wed, 21 Oct 2026 07:28:00 GMT", [1.0]),
        ("-3", [1.0]),
        ("60", []),
        ("9" * 400, [1.0]),
    ],
)
def test_who_is_called_too_often_is_waited_for_within_reason(after: str, waited: list[float]) -> None:
    http = Answers(limited(after), HttpAnswer(status=200))
    caller, exchange = sent(http)
    assert http.waited == waited
    assert exchange.answer.status == (200 if waited else 429)
    assert (caller.sent, caller.limited) == (2 if waited else 1, 1)


def test_all_waiting_together_is_bounded() -> None:
    http = Answers(limited("5"))
    sent(http, times=20)
    assert sum(http.waited) <= 30


def test_a_request_without_an_answer_says_why_and_many_end_the_review() -> None:
    caller, exchange = sent(Answers(None, HttpAnswer(status=200)))
    assert (exchange.answer, exchange.trouble) == (None, "no answer in 10 s")
    assert caller.exchanges == [exchange]
    sent(Answers(*[None] * 11, HttpAnswer(status=200), *[None] * 11, HttpAnswer(status=200)), times=24)
    with pytest.raises(CannotRun, match="did not answer 12 requests one after another: no answer in 10 s"):
        sent(Answers(None), times=12)

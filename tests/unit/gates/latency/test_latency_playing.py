"""A session that is played one request at a time: as the load generator plays it, and what does not work in it."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.latency.session_playing import Player, rehearsed
from gate.load_ports import LoadStep, LoadUser
from gate.service_ports import HttpClient, Unanswered


@dataclass
class Answering(HttpClient):
    """Answers as it is told, and keeps what it was sent."""

    answer: Callable[[HttpRequest], HttpAnswer]
    sent: list[HttpRequest] = field(default_factory=list)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        self.sent.append(request)
        return self.answer(request)

    async def pause(self, seconds: float) -> None:
        return


def step(target: str = "/a", **more: object) -> LoadStep:
    return LoadStep(operation=f"GET {target}", method="GET", target=target, **more)  # type: ignore[arg-type]


def told(user: LoadUser, answer: Callable[[HttpRequest], HttpAnswer]) -> str:
    return asyncio.run(rehearsed(Answering(answer), user)).trouble


def with_json(value: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status=status, body=json.dumps(value).encode())


def test_what_one_answer_gives_the_next_request_has() -> None:
    service = Answering(lambda _: with_json({"items": [{"id": "7/é"}]}))
    user = LoadUser(steps=(step(extract={"task": "items[0].id"}), step("/tasks/{task}")), before=(step("/log-in"),))
    assert asyncio.run(rehearsed(service, user)).trouble == ""
    assert [one.target for one in service.sent] == ["/log-in", "/a", "/tasks/7%2F%C3%A9"]


def test_each_request_has_a_text_of_its_own() -> None:
    player = Player(values={})
    assert player.request(step("/{unique}")).target != player.request(step("/{unique}")).target


def test_cookies_are_kept_and_a_new_one_goes_before_what_the_step_brings() -> None:
    player = Player(values={})
    player.learn(step(), HttpAnswer(status=200, headers=(("Set-Cookie", "s=2; Path=/; HttpOnly"), ("set-cookie", "x"))))
    request = player.request(step(headers=(("Cookie", "s=1; a=b"),)))
    assert request.headers == (("Cookie", "s=2; a=b"),)


@pytest.mark.parametrize(
    ("user", "answer", "trouble"),
    [
        (LoadUser(steps=(step(),)), HttpAnswer(status=404, body=b"gone"), "GET /a was answered 404: gone"),
        (LoadUser(steps=(step(expected=(404,)),)), HttpAnswer(status=404), ""),
        (LoadUser(steps=(step(),)), HttpAnswer(status=303), ""),
        (LoadUser(steps=(step(),)), HttpAnswer(status=200, cut=True), "the answer of GET /a does not end"),
        (LoadUser(steps=(step(),)), HttpAnswer(status=429), "the service limits how often it may be asked"),
        (LoadUser(steps=(step("/{no}"),)), HttpAnswer(status=200), "there is no value for {no}"),
        (LoadUser(steps=(step(extract={"a": "b"}),)), with_json({"c": 1}), "GET /a: the answer has no b"),
        (LoadUser(steps=(step(extract={"a": "b"}),)), HttpAnswer(status=200, body=b"["), "GET /a: the answer is no"),
    ],
)
def test_the_first_step_that_does_not_work_is_told(user: LoadUser, answer: HttpAnswer, trouble: str) -> None:
    said = told(user, lambda _: answer)
    assert trouble in said
    assert bool(trouble) == bool(said)


def test_no_answer_is_told_as_well() -> None:
    def silent(_: HttpRequest) -> HttpAnswer:
        raise Unanswered("the connection was closed")

    assert told(LoadUser(steps=(step(),)), silent) == "GET /a was not answered: the connection was closed"

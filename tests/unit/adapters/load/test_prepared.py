"""Plans that cannot be played are refused before anything is sent, and what is sent goes to one service only."""

from dataclasses import replace
from typing import Any

import pytest

from gate.adapters.load.prepared import prepare
from gate.formats import UnreadableError
from gate.load_ports import LoadPlan, LoadStep, LoadUser

STEP = LoadStep(operation="GET /a", method="GET", target="/a")
PLAN = LoadPlan(origin="http://127.0.0.1:80/", users=(LoadUser(steps=(STEP,)),), think_time=0, samples=1, longest=1)


def refusal(plan: LoadPlan) -> str:
    with pytest.raises(UnreadableError) as caught:
        prepare(plan)
    return str(caught.value)


def with_step(**more: Any) -> LoadPlan:
    return replace(PLAN, users=(LoadUser(steps=(replace(STEP, **more),), values={"a": "1"}),))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"target": "/{b}"}, "GET /a needs {b}, which nothing before it gives"),
        ({"headers": (("X", "{c}"),)}, "GET /a needs {c}, which nothing before it gives"),
        ({"body": "{d}", "extract": {"d": "d"}}, "GET /a needs {d}, which nothing before it gives"),
        ({"target": "/{"}, "GET /a: '{': write {name} for a value, and {{ or }} for a brace"),
        ({"target": "a"}, "GET /a: its target does not begin with a slash, or is not percent-encoded"),
        ({"target": "@evil.example/"}, "GET /a: its target does not begin with a slash, or is not percent-encoded"),
        ({"target": "{a}"}, "GET /a: its target does not begin with a slash, or is not percent-encoded"),
        ({"target": "/a b"}, "GET /a: its target does not begin with a slash, or is not percent-encoded"),
        ({"target": "/\r\nX: 1"}, "GET /a: its target does not begin with a slash, or is not percent-encoded"),
        ({"method": "GE T"}, "GET /a: its method is none"),
        ({"headers": (("X:", "1"),)}, "GET /a: a header of it is none"),
        ({"headers": (("X", "1\r\nY: 2"),)}, "GET /a: a header of it is none"),
        ({"extract": {"x": "a..b"}}, "GET /a: 'a..b' is no place in a JSON answer: write it as items[0].id"),
    ],
)
def test_a_step_that_could_not_be_sent_is_refused(more: dict[str, Any], why: str) -> None:
    assert refusal(with_step(**more)) == why


@pytest.mark.parametrize(
    "origin", ["", "127.0.0.1:80", "ftp://a", "http://", "http://a:b@c", "http://a?b", "http://[", "http://a:99999"]
)
def test_an_address_that_is_none_is_refused(origin: str) -> None:
    assert refusal(replace(PLAN, origin=origin)).startswith("the address of the service is none")


@pytest.mark.parametrize("users", [(), (LoadUser(steps=()),), (LoadUser(steps=(STEP,)), LoadUser(steps=()))])
def test_a_load_without_a_step_to_play_is_refused(users: tuple[LoadUser, ...]) -> None:
    assert refusal(replace(PLAN, users=users)) == "there is nobody who plays a step"


def test_what_a_step_gives_is_there_for_those_behind_it_and_unique_for_all() -> None:
    before = replace(STEP, operation="POST /login", extract={"token": "t"})
    steps = (replace(STEP, body="{token}{unique}", extract={"id": "i"}), replace(STEP, target="/{id}"))
    prepared = prepare(replace(PLAN, users=(LoadUser(before=(before,), steps=steps),)))
    assert prepared.operations == ("GET /a", "POST /login")
    assert prepared.measured == 1


def test_every_request_goes_to_the_origin_whatever_its_values_are() -> None:
    prepared = prepare(replace(with_step(target="/x/{a}?q={a}"), origin="http://127.0.0.1:80/v1/"))
    [step] = prepared.users[0].steps
    for value in ("@evil.example", "//evil.example/", "..", "#", "\r\nHost: evil.example", "é"):
        _, url, *_ = step.request({"a": value})
        assert (url.host, url.port) == ("127.0.0.1", 80)
        assert url.raw_path.startswith("/v1/x/")
        assert url.fragment == ""


def test_users_who_play_the_same_steps_share_them_ready_made() -> None:
    steps = (STEP,)
    prepared = prepare(replace(PLAN, users=tuple(LoadUser(steps=steps) for _ in range(3))))
    assert len({id(user.steps) for user in prepared.users}) == 1
    assert prepared.users[0].steps[0].fixed is not None

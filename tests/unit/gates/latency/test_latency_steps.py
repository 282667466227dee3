"""The steps of a session as they are written: what they become, and what is told of each mistake."""

import json
from datetime import date

import pytest

from gate.config.options import BadValue
from gate.formats.request_template import encoding_of_body, parse_template
from gate.gates.access_review.caller import Credentials
from gate.gates.latency.session_steps import SessionStep, parse_steps, unknown_names

TOKEN = Credentials(headers=(("Authorization", "Bearer a{b"),), query=(("key", "k {"),))


def step(**written: object) -> SessionStep:
    (one,) = parse_steps([{"request": "GET /tasks", **written}])
    return one


def sent(one: SessionStep, **values: str) -> str:
    encode = encoding_of_body(one.headers, one.body)
    return parse_template(one.body).filled(values, encode)


def test_a_request_alone_is_a_step() -> None:
    assert parse_steps(["GET /tasks?limit=5"]) == (SessionStep(method="GET", target="/tasks?limit=5"),)


def test_a_target_is_percent_encoded_and_keeps_its_places() -> None:
    assert step(request="GET /tasks/{task}/ä b?q=a%20b").target == "/tasks/{task}/%C3%A4%20b?q=a%20b"


def test_values_in_json_keep_it_json_whatever_they_hold() -> None:
    one = step(request="POST /tasks", json={"title": "T {unique}", "tags": ["a", {"n": 1}], "done": False, "x": None})
    assert ("Content-Type", "application/json") in one.headers
    told = json.loads(sent(one, unique='"}{'))
    assert told == {"title": 'T "}{', "tags": ["a", {"n": 1}], "done": False, "x": None}


def test_a_form_is_encoded_and_so_are_its_values() -> None:
    one = step(request="POST /token", form={"username": "{username}", "grant type": "a&b"})
    assert one.headers == (("Content-Type", "application/x-www-form-urlencoded"),)
    assert sent(one, username="a&b c") == "username=a%26b+c&grant+type=a%26b"


def test_an_own_content_type_stays() -> None:
    one = step(request="POST /x", json={"a": 1}, headers={"content-type": "application/vnd.api+json"})
    assert one.headers == (("content-type", "application/vnd.api+json"),)


def test_credentials_of_the_account_are_added_unless_the_step_has_its_own_or_wants_none() -> None:
    load = step().as_load("GET /tasks", TOKEN)
    assert load.headers == (("Authorization", "Bearer a{{b"),)
    assert load.target == "/tasks?key=k+%7B"
    own = step(headers={"authorization": "Bearer {mine}"}).as_load("x", TOKEN)
    assert own.headers == (("authorization", "Bearer {mine}"),)
    alone = step(anonymous=True).as_load("x", TOKEN)
    assert (alone.headers, alone.target) == ((), "/tasks")


def test_every_mistake_of_every_step_is_told_with_what_to_write_instead() -> None:
    with pytest.raises(BadValue) as caught:
        parse_steps(
            [
                {"request": "FETCH /tasks"},
                {"request": "GET tasks", "extracts": {"a": "b"}},
                {"request": "GET /tasks/{task", "expect": ["404"], "anonymous": 1},
                {"request": "POST /tasks", "json": {}, "form": {}},
                {"request": "GET /tasks", "extract": {"task": "[0]..id"}, "headers": {"A b": "x"}},
                7,
            ]
        )
    message, instead = caught.value.message, caught.value.instead
    for told in (
        "step 1 (FETCH /tasks) does not begin with a method",
        "step 2 (GET tasks) has 'extracts'",
        "step 2 (GET tasks) does not go on with a path",
        "step 3 (GET /tasks/{task) has braces that name nothing",
        "step 3 (GET /tasks/{task) expects what is no status",
        "step 3 (GET /tasks/{task) has anonymous",
        "step 4 (POST /tasks) has json and form",
        "step 5 (GET /tasks) extracts task from no place",
        "step 5 (GET /tasks) has a header 'A b'",
        "step 6 is no step",
    ):
        assert told in message
    assert "'extract'" in instead
    assert "one of json, form and body" in instead


@pytest.mark.parametrize("value", [None, "GET /tasks", [], {}, [{"request": "GET /a"}] * 201])
def test_what_is_no_list_of_steps_is_said_to_be_none(value: object) -> None:
    with pytest.raises(BadValue):
        parse_steps(value)


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb: list[object] = ["x"] * 10
    for _ in range(30):
        bomb = [bomb] * 10
    with pytest.raises(BadValue, match="too large"):
        parse_steps([{"request": "POST /x", "json": {"a": bomb}}])


def test_a_value_that_nothing_gives_is_told_with_the_nearest_that_is_given() -> None:
    before = parse_steps([{"request": "POST /tasks", "extract": {"task": "id"}}])
    steps = parse_steps(["GET /tasks/{taks}", "GET /tasks/{task}?by={username}"])
    (told,) = unknown_names(before, steps, ("username",))
    assert told == "GET /tasks/{taks}: nothing before it gives {taks}: did you mean {task}?"


@pytest.mark.parametrize(
    "hostile",
    [
        {"request": "POST /a", "form": {"\ud800": "x"}},
        {"request": "POST /a", "json": {"a": float("nan")}},
        {"request": "POST /a", "json": {"a": date(2026, 1, 1)}},
        {"request": "POST /a", "json": {"a": 10**5000}},
        {"request": "GET /\ud800"},
        {"request": "GET /a\r\nHost: b"},
        {"request": "GET /a", "headers": {"A": "b\r\nC: d"}},
        {"request": "GET //\x00"},
        {"request": ["GET /a"]},
        {1: 2},
        {"request": "GET /a", "extract": {"a": ["b"]}},
        {"request": "GET /a", "expect": [True]},
    ],
)
def test_hostile_steps_are_mistakes_and_nothing_else(hostile: object) -> None:
    with pytest.raises(BadValue):
        parse_steps([hostile])

"""The options of the gate: what is taken, and what to write instead of what is not."""

from typing import Any

import pytest
import yaml

from gate.config.options import BadValue
from gate.gates.access_review.options import IdentityHook, examples, identities, target


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {}),
        ({"user": {"command": "make-user"}}, {"user": IdentityHook(command="make-user")}),
        ({"admin": {"function": "app.people:appoint"}}, {"admin": IdentityHook(function="app.people:appoint")}),
        ({"a/b:c": {"headers": {"X": "$T"}}}, {"a/b:c": IdentityHook(headers=(("X", "$T"),))}),
    ],
)
def test_identities_are_made_in_one_of_three_ways(value: object, expected: dict[str, IdentityHook]) -> None:
    assert identities(value) == expected


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("user", "not a table of identities"),
        ({"": {"command": "x"}}, "is no name of an identity"),
        ({"a b": {"command": "x"}}, "is no name of an identity"),
        ({1: {"command": "x"}}, "is no name of an identity"),
        ({"user": {}}, "user does not say how it is made"),
        ({"user": "command"}, "user does not say how it is made"),
        ({"user": {"comand": "x"}}, "user has 'comand'"),
        ({"user": {"command": 1}}, "that is no text"),
        ({"user": {"function": ["x"]}}, "that is no text"),
        ({"user": {"function": "app.people.appoint"}}, "is no function"),
        ({"user": {"function": "os:system; x"}}, "is no function"),
        ({"user": {"headers": ["X"]}}, "headers that are no table of texts"),
        ({"user": {"headers": {"X": 1}}}, "headers that are no table of texts"),
        ({"user": {"command": "x", "function": "a:b"}}, "several ways, or none"),
        ({"user": {"command": ""}}, "several ways, or none"),
    ],
)
def test_what_makes_no_identity_is_refused_with_what_to_write(value: Any, problem: str) -> None:
    with pytest.raises(BadValue, match=problem) as caught:
        identities(value)
    assert caught.value.instead


_ITSELF: dict[str, object] = {}
_ITSELF["a"] = _ITSELF
_BOMB = "a: &a0 [x]\n" + "".join(f"b{at}: &a{at + 1} [{', '.join([f'*a{at}'] * 9)}]\n" for at in range(30))
_WIDE = "a: &a [" + "x, " * 20_000 + "]\nb: [" + "*a, " * 20_000 + "]"


@pytest.mark.parametrize("value", [yaml.safe_load(_BOMB), yaml.safe_load(_WIDE), _ITSELF, {"a": "\ud800"}])
def test_examples_that_no_request_can_carry_are_refused_at_once(value: object) -> None:
    with pytest.raises(BadValue, match="not a table of examples"):
        examples(value)


def test_examples_are_a_table() -> None:
    assert examples({"POST /tasks": {"title": "a"}}) == {"POST /tasks": {"title": "a"}}
    for value in ([], {1: 2}, "x"):
        with pytest.raises(BadValue, match="not a table of examples"):
            examples(value)


@pytest.mark.parametrize("value", ["http://127.0.0.1:8000", "https://staging.example/api"])
def test_a_target_is_a_url(value: str) -> None:
    assert target(value) == value


@pytest.mark.parametrize("value", ["127.0.0.1:8000", "ftp://x", "http:///", "http://a b", "http://x/ y"])
def test_a_target_that_is_no_url_is_refused(value: str) -> None:
    with pytest.raises(BadValue, match="not a URL"):
        target(value)

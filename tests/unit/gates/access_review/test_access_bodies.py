"""Bodies and answers: what is filled in, what is seen, what is different afterwards."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Body, Document, Operation, Parameter
from gate.gates.access_review.answers import changed_fields, element_with, first_named, json_of, nodes, shows
from gate.gates.access_review.caller import NOTHING
from gate.gates.access_review.filling import (
    account_facts,
    body_for,
    differing,
    with_account,
    with_new_password,
)
from gate.gates.access_review.identifiers import (
    fact_of,
    fits,
    holds,
    identifier_names,
    references,
    says_its_values,
    told,
    with_one_each,
)
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import Place

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FACTS = {"username": "u1", "email": "u1@example.com", "password": "Secret1!", "refresh": "r1", "id": 7}
DOCUMENT = Document()


def answer(value: Any) -> HttpAnswer:
    return HttpAnswer(status=200, body=value if isinstance(value, bytes) else json.dumps(value).encode())


def operation(properties: dict[str, Any] | None = None, **more: Any) -> Operation:
    schema = {"type": "object", "properties": properties or {}, "required": list(properties or {})}
    return Operation(method="POST", path="/", body=Body(media_type="application/json", schema=schema, **more))


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[" * 100_000, b"\xff", b'{"a":', b"[" * 500 + b"]" * 500, b"1" * 5_000]
)
def test_an_answer_that_is_no_json_or_too_deep_is_nothing(body: bytes) -> None:
    assert json_of(answer(body)) is None
    assert json_of(None) is None
    assert json_of(HttpAnswer(status=200, body=b"{}", cut=True)) is None


@given(JSON)
def test_every_member_of_an_answer_is_seen_the_nearest_to_its_top_first(value: Any) -> None:
    found = list(nodes(value))
    assert found[0] == ((), value)
    assert [len(path) for path, _ in found] == sorted(len(path) for path, _ in found)


def test_an_enormous_answer_is_looked_at_in_part() -> None:
    assert len(list(nodes({str(number): [1] * 30 for number in range(5_000)}))) < 200_000


def test_a_value_is_found_by_the_order_of_names_then_by_depth() -> None:
    value = {"data": {"taskId": 1, "deep": {"id": 3}}, "items": [{"id": ""}], "ok": True}
    assert first_named(value, ("task_id", "id")) == 1
    assert first_named(value, ("id",)) == 3
    assert first_named(value, ("id",), deepest=1) is None
    assert first_named({"id": True}, ("id",)) is None


def test_an_element_is_the_innermost_that_has_a_value() -> None:
    value = {"page": 1, "items": [{"id": 7, "tags": {"of": 8}}, {"id": "8"}]}
    assert element_with(value, 7) == value["items"][0]  # type: ignore[index]
    assert element_with(value, "nothing") is None
    assert element_with({"on": True}, True) is None


def test_what_a_text_stands_in_is_shown_and_no_text_never() -> None:
    assert shows(answer({"a": "xyz1"}), "yz")
    assert not shows(answer({"a": "xyz1"}), "")
    assert not shows(None, "x")


@given(JSON)
def test_nothing_is_different_from_itself(value: Any) -> None:
    assert changed_fields(value, json.loads(json.dumps(value))) == ()


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"title": "a", "n": {"b": 1}}, {"title": "a", "n": {"b": 2}}, ("n.b",)),
        ({"a": 1}, {"a": 1, "b": 1}, ("b",)),
        ({"updated_at": 1, "view_count": 1, "token": "a"}, {"updated_at": 2, "view_count": 2, "token": "b"}, ()),
        ([1, 2], [1], ("answer",)),
        ([{"a": 1}], [{"a": 2}], ("a",)),
        ("a", "b", ("answer",)),
        ({"a": [1]}, {"a": {"b": 1}}, ("a",)),
    ],
)
def test_what_is_different_is_told_by_name_but_not_what_changes_by_itself(
    before: Any, after: Any, changed: tuple[str, ...]
) -> None:
    assert changed_fields(before, after) == changed


def test_who_somebody_is_is_filled_in_wherever_a_field_asks_for_it() -> None:
    body = {"user": {"email": "x", "userName": "x", "password2": "x", "age": 3}, "refresh_token": "x", "title": "x"}
    assert with_account(body, FACTS) == {
        "user": {"email": "u1@example.com", "userName": "u1", "password2": "Secret1!", "age": 3},
        "refresh_token": "r1",
        "title": "x",
    }
    assert with_account({"username": "x"}, FACTS, named_by="email") == {"username": "u1@example.com"}
    assert with_account({"username": "x", "password": "y"}, {}) == {"username": "x", "password": "y"}


def test_a_change_of_password_has_the_old_one_where_it_is_asked_for() -> None:
    body = {"current_password": "x", "new_password": "x", "confirm_password": "x", "refresh": "x", "name": "n"}
    assert with_new_password(body, FACTS, "New1!") == {
        "current_password": "Secret1!",
        "new_password": "New1!",
        "confirm_password": "New1!",
        "refresh": "r1",
        "name": "n",
    }


@given(JSON)
def test_filling_in_changes_no_body_that_asks_for_nothing(value: Any) -> None:
    assert with_account(value, {}) == value
    assert with_new_password({"n": value}, {}, "x")["n"] is not None or value is None


def test_what_a_sign_up_said_is_known_of_the_account() -> None:
    body = {"user": {"mail": "m@x", "login": "n", "pwd": "p"}, "age": 3}
    assert account_facts(body) == {"email": "m@x", "username": "n", "password": "p"}
    assert account_facts({"name": "called", "password": "p"}) == {"username": "called", "password": "p"}


def test_a_body_is_an_example_of_the_configuration_else_of_the_document_else_made() -> None:
    one = operation({"title": {"type": "string"}}, example={"title": "documented"})
    given_one = body_for(DOCUMENT, one, "q1", full=False, example={"title": "T {unique}", "n": [1]})
    assert given_one == {"title": "T q1", "n": [1]}
    documented = body_for(DOCUMENT, one, "q1", full=False)
    assert documented == {"title": "documented"}
    assert one.body is not None
    assert documented is not one.body.example
    assert "q1" in body_for(DOCUMENT, one, "q1", full=True)["title"]
    assert body_for(DOCUMENT, Operation(method="GET", path="/"), "q1", full=True) is None


def test_a_body_says_something_else_than_what_is_there() -> None:
    properties = {
        "done": {"type": "boolean"},
        "state": {"type": "string", "enum": ["open", "closed"]},
        "size": {"type": "integer", "maximum": 5},
        "rank": {"type": "integer"},
        "only": {"type": "string", "enum": ["one"]},
        "level": {"anyOf": [{"type": "string", "enum": ["low", "high"]}, {"type": "null"}]},
        "title": {"type": "string"},
    }
    body = {
        "done": False,
        "state": "open",
        "size": 5,
        "rank": 1,
        "only": "one",
        "level": "low",
        "title": "a",
        "absent": 1,
    }
    current = {
        "data": {"done": False, "state": "open", "size": 5, "rank": 1, "only": "one", "level": "low", "title": "b"}
    }
    assert differing(DOCUMENT, operation(properties), body, current) == {
        "done": True,
        "state": "closed",
        "size": 4,
        "rank": 2,
        "only": "one",
        "level": "high",
        "title": "a",
        "absent": 1,
    }


@pytest.mark.parametrize("maximum", [10, "10", None, [1]])
def test_an_odd_bound_in_the_document_does_no_harm(maximum: Any) -> None:
    one = operation({"n": {"type": "integer", "maximum": maximum}})
    assert differing(DOCUMENT, one, {"n": 1}, {"n": 1}) == {"n": 2}


def test_a_list_of_identifiers_has_one() -> None:
    assert with_one_each({"tag_ids": [], "tags": [], "user_ids": [3]}, "/posts") == {
        "tag_ids": [0],
        "tags": [],
        "user_ids": [3],
    }
    assert with_one_each([], "/posts") == []


def test_a_text_is_found_in_a_body_at_any_depth() -> None:
    assert holds({"a": [{"b": "x q1 y"}]}, "q1")
    assert not holds({"q1": 1}, "q1")


@pytest.mark.parametrize(("body", "expected"), [(b"", ""), (b"<html>", ""), (b"not  \n so", ": not so")])
def test_the_first_words_of_a_refusal_are_told(body: bytes, expected: str) -> None:
    assert told(HttpAnswer(status=400, body=body)) == expected
    assert told(None) == ""


def test_of_a_long_refusal_no_half_of_a_word_is_told() -> None:
    said = told(HttpAnswer(status=400, body=b"word " * 10 + b"s3cret" * 60))
    assert set(said.removeprefix(": ").split()) == {"word"}


WHO = Identity(name="owner", credentials=NOTHING, facts=dict(FACTS))


@pytest.mark.parametrize(
    ("place", "fact"),
    [
        (Place(parameter="user_id", collection="/users"), 7),
        (Place(parameter="id", collection="/api/users"), 7),
        (Place(parameter="username", collection="/profiles"), "u1"),
        (Place(parameter="email", collection="/users"), "u1@example.com"),
        (Place(parameter="handle", collection="/users"), "u1"),
        (Place(parameter="task_id", collection="/tasks"), None),
        (Place(parameter="name", collection="/tasks"), None),
    ],
)
def test_a_path_that_speaks_of_users_is_about_who_asks(place: Place, fact: object) -> None:
    assert fact_of(place, WHO) == fact


def test_an_identifier_is_looked_for_under_the_likeliest_names() -> None:
    assert identifier_names(Place(parameter="taskId", collection="/tasks"))[:3] == ("taskId", "id", "task_id")


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "integer"}, 7, True),
        ({"type": "integer"}, "7", True),
        ({"type": "integer"}, "٧", False),
        ({"type": "integer"}, "seven", False),
        ({"format": "uuid"}, "0" * 8 + "-0000" * 3 + "-" + "0" * 12, True),
        ({"format": "uuid"}, 7, False),
        ({}, 7, True),
    ],
)
def test_a_value_stands_only_where_its_parameter_takes_it(
    schema: dict[str, Any], value: object, expected: bool
) -> None:
    assert fits(value, Parameter(name="id", location="path", schema=schema), DOCUMENT) is expected


def test_a_slug_is_a_text_and_an_unknown_parameter_takes_anything() -> None:
    assert not fits(7, Parameter(name="post_slug", location="path"), DOCUMENT)
    assert fits(7, None, DOCUMENT)
    assert says_its_values({"enum": [1]}, Parameter(name="x", location="path"))
    assert not says_its_values({"type": "string"}, Parameter(name="x", location="path"))


def test_the_references_of_a_body_are_found_in_lists_too() -> None:
    body = {"order": {"product_id": 1}, "tag_ids": [2, 3], "title": "x"}
    assert references(body) == {("order", "product_id"): 1, ("tag_ids", "0"): 2, ("tag_ids", "1"): 3}

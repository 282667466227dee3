"""What is taken for public, for one object, for one operation's own answer: the rules that public services taught."""

import json
from typing import Any

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import Operation, parse_document
from gate.gates.access_review.answers import shows_nothing
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.filling import takes_refresh_token, within_bounds
from gate.gates.access_review.hygiene import ask_hygiene
from gate.gates.access_review.made import Made, shows_made
from gate.gates.access_review.operations import Login, Subject, subjects_of
from gate.gates.access_review.panel import Sheet
from gate.gates.access_review.resources import Place


def subject(key: str) -> Subject:
    method, _, path = key.partition(" ")
    return Subject(operation=Operation(method=method, path=path), route=None, login=Login.NOT_TOLD)


def answered(value: object) -> HttpAnswer:
    return HttpAnswer(status=200, headers=(), body=json.dumps(value).encode())


def exchange(method: str, target: str, value: object) -> Exchange:
    request = HttpRequest(method=method, target=target, headers=())
    return Exchange(who="owner", purpose="", request=request, answer=answered(value), trouble="")


@pytest.mark.parametrize(
    ("key", "is_public"),
    [
        ("POST /password-recovery/{email}", True),
        ("POST /auth/verify/{token}", True),
        ("PUT /reset-password/{token}", True),
        ("POST /users/{email}", False),
        ("POST /reset-password/{username}", False),
        ("PUT /users/{user_id}/verify", True),
        ("DELETE /tokens/{token_id}", False),
        ("POST /{token}", False),
    ],
)
def test_what_helps_who_cannot_log_in_is_public_also_with_a_parameter(key: str, is_public: bool) -> None:
    assert subject(key).looks_public is is_public


def _logins(**of_login: Any) -> list[Login]:
    operation: dict[str, Any] = {"responses": {}}
    paths = {"/login": {"post": {**operation, **of_login}}, "/tasks": {"get": operation}}
    schemes = {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}
    content = {"openapi": "3.1.0", "info": {}, "paths": paths, "components": schemes, "security": [{"bearer": []}]}
    return [one.login for one in subjects_of(parse_document(json.dumps(content)), None)]


def test_a_document_that_asks_for_credentials_also_where_one_comes_in_says_nothing_of_any() -> None:
    assert _logins() == [Login.NOT_TOLD, Login.NOT_TOLD]
    assert _logins(security=[]) == [Login.NOT_TOLD, Login.REQUIRED]


CART = Made(place=Place(parameter="cart_id", collection="/carts"), value=1, owned=True, marker="1")


@pytest.mark.parametrize(
    ("value", "is_shown"),
    [
        ({"message": "Page 1 with 10 carts", "data": []}, False),
        ({"data": [{"id": 2, "user_id": 1}]}, False),
        ({"data": [{"id": 1}]}, True),
        ([{"cart_id": "1"}], True),
        ({"id": 1}, False),
    ],
)
def test_a_list_shows_an_object_by_its_identifier_and_not_by_any_number_that_is_the_same(
    value: object, is_shown: bool
) -> None:
    assert shows_made(answered(value), CART) is is_shown


def test_a_list_shows_an_object_by_the_text_that_only_it_has() -> None:
    made = Made(place=CART.place, value=1, owned=True, marker="q12ab34x")
    assert shows_made(answered([{"title": "of q12ab34x"}]), made)
    assert not shows_made(answered([{"id": 1}]), made)


@pytest.mark.parametrize(
    ("value", "is_nothing"),
    [
        ([], True),
        (None, True),
        ({"items": [], "total": 0, "limit": 20}, True),
        ({"items": [{}]}, False),
        ({"items": [], "owner": "ada"}, False),
        ({"balance": 12}, False),
    ],
)
def test_of_an_empty_page_nothing_is_learned(value: Any, is_nothing: bool) -> None:
    assert shows_nothing(value) is is_nothing


def test_a_password_is_found_where_it_is_shown_and_not_where_somebody_was_made_for_it() -> None:
    made = exchange("POST", "/users?x=1", {"password": "$2b$12$abcdef"})
    one, two = Sheet(subject=subject("PUT /users/{user_id}")), Sheet(subject=subject("POST /users"))
    ask_hygiene(one, [made])
    ask_hygiene(two, [made])
    assert (len(one.flaws), len(two.flaws)) == (0, 1)
    of_one = Sheet(subject=subject("GET /users/{user_id}/card"))
    ask_hygiene(of_one, [exchange("GET", "/base/users/a%20b/card", {"password": "$2b$12$abcdef"})])
    assert len(of_one.flaws) == 1


def _taking(**fields: Any) -> tuple[Any, Operation]:
    schema = {"type": "object", "properties": fields}
    body = {"content": {"application/json": {"schema": schema}}}
    content = {"openapi": "3.1.0", "info": {}, "paths": {"/x": {"post": {"requestBody": body, "responses": {}}}}}
    document = parse_document(json.dumps(content))
    return document, document.operations[0]


def test_who_signs_up_is_named_within_the_bounds_and_like_nobody_else() -> None:
    fields = {"username": {"type": "string", "maxLength": 8}, "password": {"type": "string", "maxLength": 12}}
    made = []
    for unique in ("qabcdef001x", "qabcdef002x"):
        facts = {"username": f"qg{unique}", "password": f"Qg1!{unique}aA", "email": "a@example.com"}
        within_bounds(*_taking(**fields), facts, unique)
        made.append(facts)
    assert [len(str(facts["username"])) for facts in made] == [8, 8]
    assert [len(str(facts["password"])) for facts in made] == [12, 12]
    assert made[0]["username"] != made[1]["username"]
    plain = {"username": "qgx", "password": "Qg1!", "email": ""}
    within_bounds(*_taking(user={"type": "object", "properties": fields}), plain, "x")
    assert plain == {"username": "qgx", "password": "Qg1!", "email": ""}


def test_what_takes_a_refresh_token_is_known_by_its_field() -> None:
    assert takes_refresh_token(*_taking(refresh_token={"type": "string"}))
    assert takes_refresh_token(*_taking(refreshToken={"type": "string"}))
    assert not takes_refresh_token(*_taking(token={"type": "string"}))

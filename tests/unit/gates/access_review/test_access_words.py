"""What paths and names mean: words, operations and what they are for, what makes, shows and lists an object."""

import json
from typing import Any

import pytest

from gate.formats.openapi_document import Document, Operation, parse_document
from gate.formats.service_inventory import Dependency, Inventory, Route
from gate.gates.access_review.entrances import log_ins, secret_fields, sign_ups
from gate.gates.access_review.operations import Login, Subject, subjects_of
from gate.gates.access_review.resources import (
    Place,
    makers_of,
    places_of,
    readers_of,
    reference_noun,
    same_noun,
)
from gate.gates.access_review.words import singular, static_words, stem, words_of

TEXT = {"type": "string"}


def subject(key: str, function: str = "", *, hidden: bool = False) -> Subject:
    method, _, path = key.partition(" ")
    route = Route(method=method, path=path, function=function, hidden=hidden) if function else None
    return Subject(operation=Operation(method=method, path=path), route=route, login=Login.NOT_TOLD)


def subjects(*keys: str) -> tuple[Subject, ...]:
    return tuple(subject(key) for key in keys)


def keys(found: tuple[Subject, ...]) -> list[str]:
    return [one.key for one in found]


def document(operations: dict[str, Any], **root: Any) -> Document:
    paths: dict[str, Any] = {}
    for key, operation in operations.items():
        method, _, path = key.partition(" ")
        paths.setdefault(path, {})[method.lower()] = operation
    return parse_document(json.dumps({"openapi": "3.1.0", "paths": paths, **root}))


def taking(*fields: str, media_type: str = "application/json", **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict.fromkeys(fields, TEXT), "required": list(fields)}
    return {"requestBody": {"content": {media_type: {"schema": schema}}}, **more}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tasks", "task"), ("categories", "category"), ("boxes", "box"), ("addresses", "address"), ("status", "status"),
        ("class", "class"), ("analysis", "analysis"), ("News", "new"), ("ties", "tie"),
    ],
)  # fmt: skip
def test_a_nouns_singular_follows_the_usual_endings(word: str, expected: str) -> None:
    assert singular(word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("taskId", ("task", "id")), ("sign-up_now", ("sign", "up", "now")), ("v2Users", ("v2", "users")), ("", ())],
)
def test_names_are_divided_into_words_whatever_divides_them(text: str, expected: tuple[str, ...]) -> None:
    assert words_of(text) == expected


def test_the_words_of_a_path_are_those_of_its_fixed_segments_also_joined() -> None:
    assert static_words("/api/sign-up/{user_id}") == ("api", "sign", "up", "signup")


@pytest.mark.parametrize(
    ("parameter", "noun"), [("task_id", "task"), ("taskId", "task"), ("id", ""), ("post_slug", "post"), ("uuid", "")]
)
def test_a_parameter_tells_what_it_identifies(parameter: str, noun: str) -> None:
    assert stem(parameter) == noun


@pytest.mark.parametrize(
    ("key", "is_public"),
    [
        ("GET /health", True), ("GET /", True), ("POST /auth/login", True), ("POST /webhooks/stripe", True),
        ("GET /tasks", False), ("GET /health/{name}", True), ("DELETE /sessions/{token}", False),
        ("POST /login/{provider}", False), ("GET /oauth/callback", True),
    ],
)  # fmt: skip
def test_what_every_service_shows_to_everybody_is_known_by_its_words(key: str, is_public: bool) -> None:
    assert subject(key).looks_public is is_public


@pytest.mark.parametrize(
    ("key", "ends"),
    [
        ("DELETE /users/me", True), ("DELETE /users/{user_id}", True), ("PUT /users/me", True), ("POST /logout", True),
        ("PATCH /account", True), ("POST /users/me/password", True), ("GET /logout", True),
        ("GET /users/me", False), ("DELETE /users/{user_id}/avatar", False), ("DELETE /tasks/{task_id}", False),
        ("POST /tasks", False), ("PATCH /tasks/{task_id}", False), ("DELETE /users/me/tasks/{task_id}", False),
    ],
)  # fmt: skip
def test_what_may_end_the_identity_that_asks_is_known(key: str, ends: bool) -> None:
    assert subject(key).ends_identity is ends


def test_what_an_operation_is_for_is_read_from_its_path_and_function() -> None:
    assert subject("GET /admin/users").names_a_role == "admin"
    assert subject("GET /users").names_a_role == ""
    assert subject("GET /debug/vars").is_debug
    assert not subject("GET /tasks").is_debug
    assert subject("GET /users/me").shows_asker
    assert not subject("GET /users/{id}/me").shows_asker
    assert subject("GET /x", "app.routes.make_task").all_words == ("x", "make", "task")
    assert subject("GET /x", "f", hidden=True).is_hidden
    assert subject("POST /logout").ends_session
    assert not subject("GET /tasks").is_unsafe
    assert subject("GET /a/{b}/c/{d}").parameters == ("b", "d")
    assert subject("GET /a").dependencies == ()


def test_the_document_and_the_application_are_joined_by_the_shape_of_their_paths() -> None:
    told = document({"GET /tasks/{task_id}": {}, "GET /docs": {}, "GET /ws/{room}": {}, "POST /docs": {}})
    routes = (
        Route(method="GET", path="/tasks/{task_id:int}", function="app.read"),
        Route(method="GET", path="/hidden/{name:path}", function="app.hidden", hidden=True),
        Route(method="HEAD", path="/tasks"),
        Route(method="GET", path="/docs"),
    )
    inventory = Inventory(app="a:a", framework="", routes=routes, served=("/docs",))
    found = {one.key: one.route for one in subjects_of(told, inventory)}
    # What a WebSocket's path serves besides, and what is done where a page is read, are operations, too.
    assert list(found) == ["GET /tasks/{task_id}", "POST /docs", "GET /ws/{room}", "GET /hidden/{name}"]
    read, documented = found["GET /tasks/{task_id}"], found["POST /docs"]
    assert read is not None
    assert read.function == "app.read"
    assert documented is None


BEARER = {"components": {"securitySchemes": {"b": {"type": "http", "scheme": "bearer"}}}}
MANDATORY, OPTIONAL = (
    Dependency(name="a.user", scheme="http-bearer"),
    Dependency(name="a.user", scheme="http-bearer", optional=True),
)


@pytest.mark.parametrize(
    ("security", "dependencies", "expected"),
    [
        ([{"b": []}], None, Login.REQUIRED),
        ([{"b": []}, {}], None, Login.OPTIONAL),
        ([], None, Login.NOT_TOLD),
        ([{"unknown": []}], None, Login.NOT_TOLD),
        ([{"b": []}], (OPTIONAL,), Login.OPTIONAL),
        ([{"b": []}], (OPTIONAL, MANDATORY), Login.REQUIRED),
        ([], (MANDATORY,), Login.REQUIRED),
        ([{"b": []}], (), Login.REQUIRED),
    ],
)
def test_the_applications_own_word_on_credentials_goes_before_its_documents(
    security: list[Any], dependencies: tuple[Dependency, ...] | None, expected: Login
) -> None:
    told = document({"GET /a": {"security": security}}, **BEARER)
    route = None if dependencies is None else Route(method="GET", path="/a", dependencies=dependencies)
    inventory = Inventory(app="a:a", framework="", routes=(route,) if route else ())
    [found] = subjects_of(told, inventory)
    assert found.login is expected


def test_sign_ups_and_log_ins_are_ranked_the_likeliest_first() -> None:
    account = taking("email", "password")
    told = document(
        {
            "POST /users": account,
            "POST /auth/register": account,
            "POST /auth/login": account,
            "POST /auth/token": taking("username", "password", media_type="application/x-www-form-urlencoded"),
            "POST /auth/refresh": taking("refresh_token"),
            "POST /auth/logout": {},
            "POST /auth/reset-password": taking("password"),
            "POST /tasks": taking("title"),
            "POST /users/{id}/register": account,
            "GET /login": {},
        }
    )
    found = subjects_of(told, None)
    assert keys(sign_ups(found, told)) == ["POST /auth/register", "POST /users"]
    assert keys(log_ins(found, told)) == ["POST /auth/token", "POST /auth/login"]


def test_where_a_token_comes_from_by_the_document_goes_before_all_words() -> None:
    flow = {"flows": {"password": {"tokenUrl": "https://x.example/api/enter?a=b", "scopes": {}}}, "type": "oauth2"}
    told = document(
        {"POST /login": taking("password"), "POST /api/enter": {}}, components={"securitySchemes": {"o": flow}}
    )
    assert keys(log_ins(subjects_of(told, None), told)) == ["POST /api/enter", "POST /login"]


def test_a_sign_up_that_asks_for_a_login_is_none() -> None:
    told = document({"POST /users": taking("password", security=[{"b": []}])}, **BEARER)
    assert sign_ups(subjects_of(told, None), told) == ()


def test_passwords_are_found_in_an_object_within_the_body_too() -> None:
    inner = {"type": "object", "properties": {"password": TEXT, "name": TEXT}}
    schema = {"type": "object", "properties": {"user": inner}}
    told = document({"POST /users": {"requestBody": {"content": {"application/json": {"schema": schema}}}}})
    assert secret_fields(told, told.operations[0]) == ("user.password",)
    assert secret_fields(told, Operation(method="GET", path="/")) == ()


def test_the_parameters_of_a_path_are_in_their_collections() -> None:
    places = places_of("/boards/{board_id}/cards/{id}.json")
    assert places == (
        Place(parameter="board_id", collection="/boards"),
        Place(parameter="id", collection="/boards/{board_id}/cards"),
    )
    assert [place.noun for place in places] == ["board", "card"]
    assert Place(parameter="id", collection="").noun == ""


SERVICE = subjects(
    "GET /tasks", "POST /tasks", "GET /tasks/{id}", "PUT /tasks/{id}", "POST /tasks/search", "POST /tasks/{id}/comments",
    "GET /tasks/{id}/comments", "GET /comments/{comment_id}", "POST /task/create", "POST /users/me/password",
)  # fmt: skip


def test_an_object_is_made_in_its_own_collection_or_by_what_is_named_so() -> None:
    assert keys(makers_of(Place(parameter="id", collection="/tasks"), SERVICE, ()))[:2] == [
        "POST /tasks",
        "POST /task/create",
    ]
    assert keys(makers_of(Place(parameter="comment_id", collection="/comments"), SERVICE, ())) == [
        "POST /tasks/{id}/comments"
    ]
    assert makers_of(Place(parameter="id", collection="/tasks"), SERVICE, SERVICE) == ()
    spelt = subjects("POST /things/add", "POST /new-thing", "POST /api/v1/other")
    assert keys(makers_of(Place(parameter="id", collection="/things"), spelt, ())) == [
        "POST /things/add",
        "POST /new-thing",
    ]
    told = Operation(method="POST", path="/x", operation_id="create_thing")
    by_name = Subject(operation=told, route=None, login=Login.NOT_TOLD)
    assert makers_of(Place(parameter="thing_id", collection="/y"), (by_name,), ()) == (by_name,)


def test_what_shows_an_object_is_the_nearest_that_reads() -> None:
    assert [(one.key, is_list) for one, is_list in readers_of("/tasks/{id}/cancel", SERVICE)] == [
        ("GET /tasks/{id}", False),
        ("GET /tasks", True),
    ]
    assert next((one.key, is_list) for one, is_list in readers_of("/tasks/{id}/comments", SERVICE)) == (
        "GET /tasks/{id}/comments",
        True,
    )


@pytest.mark.parametrize(
    ("field", "path", "noun"),
    [
        ("product_id", "/orders", "product"), ("tag_ids", "/posts", "tag"), ("id", "/orders/{x}/cancel", "order"),
        ("title", "/orders", ""), ("", "/", ""), ("id", "/", ""), ("postSlug", "/x", "post"),
    ],
)  # fmt: skip
def test_a_field_that_refers_to_an_object_tells_which(field: str, path: str, noun: str) -> None:
    assert reference_noun(field, path) == noun


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("post", "post", True),
        ("blogpost", "post", True),
        ("to_do", "todo", True),
        ("post", "", False),
        ("car", "ar", False),
    ],
)
def test_nouns_are_the_same_also_with_a_word_before_them(one: str, other: str, same: bool) -> None:
    assert same_noun(one, other) is same

"""Requests that are refused as a whole, and what refusals say."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request

from app.errors import answer_invalid_request, legible
from app.limits import MAX_BODY_BYTES, REPORTED_ERRORS_MAX

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"\xff\xfe", 422),
        (b'{"title": "\xff"}', 400),
        (b'{"title": ' + b"9" * 5000 + b"}", 400),
        (b"[" * 100_000, 400),
        (b'{"title": NaN}', 422),
    ],
)
async def test_a_body_that_is_no_json_is_refused(
    body: bytes, status: int, owner: httpx.AsyncClient
) -> None:
    answer = await owner.post("/tasks", content=body, headers=JSON)
    assert answer.status_code == status
    assert answer.json()["detail"]


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", "\x80"])
async def test_another_media_type_is_refused(media: str, owner: httpx.AsyncClient) -> None:
    headers = {"content-type": media.encode("latin-1")}
    answer = await owner.post("/tasks", content=b'{"title": "Good"}', headers=headers)
    assert answer.status_code == 422


async def test_a_form_that_cannot_be_parsed_is_refused(anonymous: httpx.AsyncClient) -> None:
    headers = {"content-type": "multipart/form-data"}
    answer = await anonymous.post("/auth/token", content=b"--", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/users", "/auth/token"])
async def test_a_body_that_is_too_large_is_refused(path: str, anonymous: httpx.AsyncClient) -> None:
    media = "application/json" if path == "/users" else "application/x-www-form-urlencoded"
    answer = await anonymous.post(
        path, content=b"a" * (MAX_BODY_BYTES + 1), headers={"content-type": media}
    )
    assert answer.status_code == 413
    assert answer.json() == {"detail": "Body is larger than 131072 bytes"}


async def test_a_body_of_unknown_length_is_not_read_to_its_end(
    anonymous: httpx.AsyncClient,
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 16 * 1024
            yield b" " * 16 * 1024

    answer = await anonymous.post("/users", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= 2 * MAX_BODY_BYTES


async def test_the_longest_task_fits_into_a_body(owner: httpx.AsyncClient) -> None:
    longest = {"title": "\U0001f40d" * 200, "description": "\U0001f40d" * 5000, "unknown": 1}
    answer = await owner.post("/tasks", content=json.dumps(longest), headers=JSON)
    assert answer.status_code == 422
    assert [error["type"] for error in answer.json()["detail"]] == ["extra_forbidden"]


async def test_refusals_say_what_is_wrong(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/tasks", json={"title": "nul \x00", "description": "d" * 5001})
    assert [error["msg"] for error in answer.json()["detail"]] == [
        "String should not contain NUL characters",
        "String should have at most 5000 characters",
    ]


async def test_refusals_do_not_repeat_what_was_sent(anonymous: httpx.AsyncClient) -> None:
    body = {"username": "ada", "password": "hunter2"}
    answer = await anonymous.post("/users", json=body)
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


async def test_refusals_are_bounded(anonymous: httpx.AsyncClient) -> None:
    body = {f"{number}{'x' * 500}": 1 for number in range(100)}
    answer = await anonymous.post("/users", json=body)
    errors = answer.json()["detail"]
    assert len(errors) == REPORTED_ERRORS_MAX
    assert max(len(part) for error in errors for part in error["loc"]) == 100


async def test_a_field_name_that_cannot_be_encoded_is_refused(owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/tasks", content=b'{"\\ud800": 1, "title": "T"}', headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "string_unicode"


def test_what_utf_8_cannot_carry_is_escaped() -> None:
    assert legible("a\ud800b", 100) == "a\\ud800b"
    assert legible("\ud800" * 100, 100) == "\\ud800" * 16 + "\\ud8"


async def test_other_exceptions_are_not_taken_for_refusals() -> None:
    error = RuntimeError("not about the request")
    with pytest.raises(RuntimeError, match="not about the request"):
        await answer_invalid_request(Request({"type": "http"}), error)


@pytest.mark.parametrize("path", ["/tasks/", "/nowhere", "/%00", "/%ff", "//tasks"])
async def test_an_unknown_path_is_not_found(path: str, anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get(path)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer \xff\xfe"]
)
async def test_without_a_good_token_nothing_is_let_through(
    authorization: str | None, anonymous: httpx.AsyncClient
) -> None:
    headers = {} if authorization is None else {"authorization": authorization.encode("latin-1")}
    answer = await anonymous.get("/users/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"

"""Which fields, identifiers and pages are refused. Whatever is let through needs a database."""

import json

import httpx
import pytest

from app.limits import MAX_ID

GOOD_USER = {"username": "ada", "password": "correct horse"}
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "ad"},
        {"username": "a" * 33},
        {"username": "ad a"},
        {"username": "ada\x00"},
        {"username": "ada\n"},
        {"username": ".ada"},
        {"username": "ädä"},
        {"username": None},
        {"username": 123456},
        {"password": "7 chars"},
        {"password": "p" * 129},
        {"password": "correct\x00horse"},
        {"password": ["correct horse"]},
        {"password": "\ud800 horse battery"},
        {"is_admin": True},
        {"id": 1},
    ],
)
async def test_sign_up_refuses(changes: dict[str, object], anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post(
        "/users",
        content=json.dumps(GOOD_USER | changes),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422
    assert [error["loc"][1] for error in answer.json()["detail"]] == list(changes)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"username": "ada"},
        {"username": "", "password": "x"},
        {"username": "ada", "password": ""},
        {"username": "a" * 33, "password": "x"},
        {"username": "ada\x00", "password": "x"},
        {"username": "ada", "password": "x" * 129},
        {"username": "ada", "password": "x\x00"},
        {"username": "ada", "password": "x", "grant_type": "client_credentials"},
        {"username": "ada", "password": "x", "scope": "s" * 201},
        {"username": "ada", "password": "x", "unknown": "y"},
    ],
)
async def test_log_in_refuses(form: dict[str, str], anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post("/auth/token", data=form)
    assert answer.status_code == 422


async def test_log_in_refuses_a_file_as_password(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.post(
        "/auth/token", data={"username": "ada"}, files={"password": b"\xff\xfe"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"old_password": "7 chars"},
        {"old_password": "p" * 129},
        {"old_password": "correct\x00horse"},
        {"old_password": None},
        {"new_password": "7 chars"},
        {"new_password": "p" * 129},
        {"new_password": "correct\x00horse"},
        {"new_password": 12345678},
        {"username": "ada"},
    ],
)
async def test_a_password_cannot_be_changed_with(
    changes: dict[str, object], caller: httpx.AsyncClient
) -> None:
    body = {"old_password": "correct horse", "new_password": "correct horses"} | changes
    answer = await caller.put("/users/me/password", json=body)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["detail"]] == [["body", *changes]]


BAD_TASKS = [
    {"title": ""},
    {"title": "   "},
    {"title": "\u00a0\u2003\n\t"},
    {"title": "t" * 201},
    {"title": "nul \x00 inside"},
    {"title": "\ud800"},
    {"title": None},
    {"title": 5},
    {"title": ["a"]},
    {"description": "d" * 5001},
    {"description": "\x00"},
    {"description": None},
    {"completed": "yes"},
    {"completed": 1},
    {"completed": None},
    {"owner_id": 2},
    {"id": 2},
    {"last_comment_number": 7},
]


@pytest.mark.parametrize("changes", BAD_TASKS)
async def test_a_task_cannot_be_created_with(
    changes: dict[str, object], owner: httpx.AsyncClient
) -> None:
    body = json.dumps({"title": "Good"} | changes)
    answer = await owner.post("/tasks", content=body, headers=JSON)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["detail"]] == [["body", *changes]]


@pytest.mark.parametrize("changes", BAD_TASKS)
async def test_a_task_cannot_be_changed_with(
    changes: dict[str, object], owner: httpx.AsyncClient
) -> None:
    answer = await owner.patch("/tasks/1", content=json.dumps(changes), headers=JSON)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["detail"]] == [["body", *changes]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": ""},
        {"content": " \r\n"},
        {"content": "c" * 2001},
        {"content": "\x00"},
        {"content": None},
        {"content": {"a": 1}},
        {"content": "Good", "number": 9},
        {"content": "Good", "task_id": 9},
        [],
        "text",
        None,
        7,
    ],
)
async def test_a_comment_cannot_be_created_with(body: object, owner: httpx.AsyncClient) -> None:
    answer = await owner.post("/tasks/1/comments", json=body)
    assert answer.status_code == 422


BAD_IDENTIFIERS = [
    "0",
    "-1",
    "1.5",
    "abc",
    str(MAX_ID + 1),
    "9" * 5000,
    "%00",
    "1%00",
    "%ff",
    "true",
    "%F0%9F",
]


@pytest.mark.parametrize("identifier", BAD_IDENTIFIERS)
async def test_the_identifier_of_a_task_is_a_bounded_number(
    identifier: str, caller: httpx.AsyncClient
) -> None:
    for method, path in [
        ("GET", "/tasks/{}"),
        ("PATCH", "/tasks/{}"),
        ("DELETE", "/tasks/{}"),
        ("GET", "/tasks/{}/comments"),
        ("POST", "/tasks/{}/comments"),
        ("DELETE", "/tasks/{}/comments/1"),
    ]:
        answer = await caller.request(method, path.format(identifier))
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["path", "task_id"]


@pytest.mark.parametrize("identifier", BAD_IDENTIFIERS)
async def test_the_identifier_of_a_comment_is_a_bounded_number(
    identifier: str, owner: httpx.AsyncClient
) -> None:
    answer = await owner.delete(f"/tasks/1/comments/{identifier}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["path", "comment_id"]


@pytest.mark.parametrize("identifier", BAD_IDENTIFIERS)
async def test_the_identifier_of_a_user_is_a_bounded_number(
    identifier: str, admin: httpx.AsyncClient
) -> None:
    answer = await admin.delete(f"/admin/users/{identifier}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["path", "user_id"]


BAD_PAGES = [
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=x",
    "limit=",
    "after=-1",
    "unknown=1",
    f"after={MAX_ID + 1}",
    f"after={'9' * 5000}",
    "limit=%00",
]


async def refuses_page(client: httpx.AsyncClient, path: str, query: str) -> None:
    answer = await client.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", query.partition("=")[0]]


@pytest.mark.parametrize("query", BAD_PAGES)
@pytest.mark.parametrize("path", ["/tasks", "/tasks/1/comments"])
async def test_a_page_is_bounded(query: str, path: str, owner: httpx.AsyncClient) -> None:
    await refuses_page(owner, path, query)


@pytest.mark.parametrize("query", BAD_PAGES)
async def test_a_page_of_users_is_bounded(query: str, admin: httpx.AsyncClient) -> None:
    await refuses_page(admin, "/admin/users", query)

"""Who may do what: every operation without a token, with another user's, and with the owner's."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from people import Person

PUBLIC = {"GET /health", "POST /users", "POST /auth/token"}
OF_THE_CALLER = {
    "GET /users/me",
    "DELETE /users/me",
    "PUT /users/me/password",
    "GET /tasks",
    "POST /tasks",
}
OF_AN_ADMIN = {"GET /admin/users", "DELETE /admin/users/{user_id}"}
OF_AN_OWNER: dict[str, tuple[dict[str, Any] | None, int]] = {
    "GET /tasks/{task_id}": (None, 200),
    "PATCH /tasks/{task_id}": ({"title": "Changed", "completed": True}, 200),
    "GET /tasks/{task_id}/comments": (None, 200),
    "POST /tasks/{task_id}/comments": ({"content": "Hello"}, 201),
    "DELETE /tasks/{task_id}/comments/{comment_id}": (None, 204),
    "DELETE /tasks/{task_id}": (None, 204),
}


async def state(person: Person, task_id: int) -> tuple[Any, Any]:
    """Return the task and its comments as their owner reads them."""
    task = await person.client.get(f"/tasks/{task_id}")
    comments = await person.client.get(f"/tasks/{task_id}/comments")
    assert task.status_code == comments.status_code == 200
    return task.json(), comments.json()


@pytest.fixture
async def comment_id(ada: Person, task_id: int) -> int:
    created = await ada.client.post(f"/tasks/{task_id}/comments", json={"content": "Ada's comment"})
    identifier: int = created.json()["id"]
    return identifier


async def send(
    client: httpx.AsyncClient, operation: str, task_id: int, comment_id: int, user_id: int = 0
) -> httpx.Response:
    method, path = operation.split(" ")
    body, _ = OF_AN_OWNER.get(operation, ({"title": "New"} if method == "POST" else None, 0))
    url = path.format(task_id=task_id, comment_id=comment_id, user_id=user_id)
    return await client.request(method, url, json=body)


def test_every_operation_is_covered_here(built_app: FastAPI) -> None:
    served = {
        f"{method.upper()} {path}"
        for path, methods in built_app.openapi()["paths"].items()
        for method in methods
    }
    assert served == PUBLIC | OF_THE_CALLER | OF_AN_ADMIN | set(OF_AN_OWNER)


@pytest.mark.parametrize("operation", sorted(OF_THE_CALLER | OF_AN_ADMIN | set(OF_AN_OWNER)))
async def test_nobody_gets_in_without_a_token(
    operation: str, ada: Person, anonymous: httpx.AsyncClient, task_id: int, comment_id: int
) -> None:
    before = await state(ada, task_id)
    answer = await send(anonymous, operation, task_id, comment_id, ada.id)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert await state(ada, task_id) == before


@pytest.mark.parametrize("operation", sorted(OF_AN_OWNER))
async def test_another_user_finds_nothing_and_changes_nothing(
    operation: str, ada: Person, bob: Person, task_id: int, comment_id: int
) -> None:
    before = await state(ada, task_id)
    answer = await send(bob.client, operation, task_id, comment_id)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Task not found"}
    assert await state(ada, task_id) == before


@pytest.mark.parametrize("operation", sorted(OF_AN_OWNER))
async def test_an_admin_is_another_user_to_tasks(
    operation: str, ada: Person, admin: Person, task_id: int, comment_id: int
) -> None:
    before = await state(ada, task_id)
    answer = await send(admin.client, operation, task_id, comment_id)
    assert answer.status_code == 404
    assert await state(ada, task_id) == before


@pytest.mark.parametrize("operation", sorted(OF_AN_ADMIN))
async def test_who_is_no_admin_finds_nothing_and_deletes_nobody(
    operation: str, ada: Person, bob: Person, task_id: int
) -> None:
    before = await state(ada, task_id)
    for user_id in (ada.id, bob.id, 2**31 - 1):
        answer = await send(bob.client, operation, task_id, 0, user_id)
        assert answer.status_code == 403
        assert answer.json() == {"detail": "Only an admin may do this"}
    assert await state(ada, task_id) == before
    assert (await bob.client.get("/users/me")).status_code == 200


@pytest.mark.parametrize("operation", sorted(OF_AN_OWNER))
async def test_the_owner_may(operation: str, ada: Person, task_id: int, comment_id: int) -> None:
    answer = await send(ada.client, operation, task_id, comment_id)
    assert answer.status_code == OF_AN_OWNER[operation][1]


@pytest.mark.parametrize("operation", sorted(OF_AN_OWNER))
async def test_what_is_another_s_is_answered_like_what_does_not_exist(
    operation: str, bob: Person, task_id: int, comment_id: int
) -> None:
    of_ada = await send(bob.client, operation, task_id, comment_id)
    of_nobody = await send(bob.client, operation, 2**31 - 1, comment_id)
    assert (of_ada.status_code, of_ada.content) == (of_nobody.status_code, of_nobody.content)


async def test_another_s_tasks_are_not_listed(ada: Person, bob: Person, task_id: int) -> None:
    assert [task["id"] for task in (await ada.client.get("/tasks")).json()["items"]] == [task_id]
    assert (await bob.client.get("/tasks")).json() == {"items": [], "next_after": None}


async def test_ownership_is_decided_before_the_body_is_looked_at(bob: Person, task_id: int) -> None:
    answer = await bob.client.patch(f"/tasks/{task_id}", json={"title": ""})
    assert answer.status_code == 404


async def test_a_comment_is_not_reached_through_another_task(
    ada: Person, bob: Person, task_id: int, comment_id: int
) -> None:
    for person in (ada, bob):
        own = (await person.client.post("/tasks", json={"title": "Own"})).json()["id"]
        answer = await person.client.delete(f"/tasks/{own}/comments/{comment_id}")
        assert answer.status_code == 404
        assert answer.json() == {"detail": "Comment not found"}
    _, comments = await state(ada, task_id)
    assert [comment["id"] for comment in comments["items"]] == [comment_id]


async def test_a_task_cannot_be_given_away(ada: Person, bob: Person, task_id: int) -> None:
    answer = await ada.client.patch(f"/tasks/{task_id}", json={"owner_id": bob.id})
    assert answer.status_code == 422
    assert (await bob.client.get(f"/tasks/{task_id}")).status_code == 404

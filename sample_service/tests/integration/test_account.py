"""One's own account: its password, and its end."""

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.models import Comment, Task
from people import PASSWORD, Person

NEW_PASSWORD = "incorrect mule battery"


async def log_in(client: httpx.AsyncClient, person: Person, password: str) -> int:
    form = {"username": person.name, "password": password}
    return (await client.post("/auth/token", data=form)).status_code


async def change(person: Person, old: str, new: str) -> httpx.Response:
    body = {"old_password": old, "new_password": new}
    return await person.client.put("/users/me/password", json=body)


async def test_a_changed_password_replaces_the_old_one(
    ada: Person, bob: Person, anonymous: httpx.AsyncClient
) -> None:
    answer = await change(ada, PASSWORD, NEW_PASSWORD)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await log_in(anonymous, ada, PASSWORD) == 401
    assert await log_in(anonymous, ada, NEW_PASSWORD) == 200
    assert await log_in(anonymous, bob, PASSWORD) == 200


async def test_who_does_not_know_the_password_cannot_change_it(
    ada: Person, anonymous: httpx.AsyncClient
) -> None:
    answer = await change(ada, "wrong password", NEW_PASSWORD)
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Incorrect password"}
    assert await log_in(anonymous, ada, PASSWORD) == 200


async def test_tokens_outlive_a_changed_password(ada: Person) -> None:
    await change(ada, PASSWORD, NEW_PASSWORD)
    assert (await ada.client.get("/users/me")).status_code == 200


async def test_a_deleted_account_is_gone_with_all_that_was_its_own(
    ada: Person,
    bob: Person,
    anonymous: httpx.AsyncClient,
    task_id: int,
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    await ada.client.post(f"/tasks/{task_id}/comments", json={"content": "Gone too"})
    others = (await bob.client.post("/tasks", json={"title": "Stays"})).json()
    answer = await ada.client.delete("/users/me")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await log_in(anonymous, ada, PASSWORD) == 401
    async with sessions() as session:
        for model, condition in (
            (Task, Task.owner_id == ada.id),
            (Comment, Comment.task_id == task_id),
        ):
            left = await session.scalar(select(func.count()).select_from(model).where(condition))
            assert left == 0
    assert (await bob.client.get(f"/tasks/{others['id']}")).json() == others


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_the_token_of_a_deleted_account_is_not_good_any_more(
    method: str, ada: Person
) -> None:
    await ada.client.delete("/users/me")
    assert (await ada.client.request(method, "/users/me")).status_code == 401


async def test_the_name_of_a_deleted_account_can_be_taken_again(
    ada: Person, anonymous: httpx.AsyncClient
) -> None:
    await ada.client.delete("/users/me")
    body = {"username": ada.name, "password": NEW_PASSWORD}
    taken = await anonymous.post("/users", json=body)
    assert taken.status_code == 201
    assert taken.json()["id"] != ada.id
    assert (await ada.client.get("/users/me")).status_code == 401

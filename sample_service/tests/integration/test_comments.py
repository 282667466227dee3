"""Comments of one task, and the numbers that they get."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db import get_session
from app.models import Comment
from people import Person


async def comment(person: Person, task_id: int, content: str = "A comment") -> dict[str, Any]:
    answer = await person.client.post(f"/tasks/{task_id}/comments", json={"content": content})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def numbers(person: Person, task_id: int) -> list[int]:
    answer = await person.client.get(f"/tasks/{task_id}/comments", params={"limit": 100})
    return [item["number"] for item in answer.json()["items"]]


async def test_a_comment_is_created(ada: Person, task_id: int) -> None:
    created = await comment(ada, task_id, "  The draft is ready.\n")
    assert set(created) == {"id", "task_id", "number", "content", "created_at"}
    assert created["task_id"] == task_id
    assert created["number"] == 1
    assert created["content"] == "The draft is ready."


async def test_a_created_comment_is_listed(ada: Person, task_id: int) -> None:
    created = await comment(ada, task_id)
    answer = await ada.client.get(f"/tasks/{task_id}/comments")
    assert answer.json() == {"items": [created], "next_after": None}


@pytest.mark.parametrize("content", ["c" * 2000, "\U0001f40d" * 2000])
async def test_the_longest_comment_is_kept(content: str, ada: Person, task_id: int) -> None:
    assert (await comment(ada, task_id, content))["content"] == content


async def test_numbers_are_of_the_task(ada: Person, task_id: int) -> None:
    other = (await ada.client.post("/tasks", json={"title": "Other"})).json()["id"]
    given = [(await comment(ada, to))["number"] for to in (task_id, other, task_id, other)]
    assert given == [1, 1, 2, 2]


async def test_a_number_is_not_given_again_after_a_deletion(ada: Person, task_id: int) -> None:
    created = [await comment(ada, task_id) for _ in range(3)]
    for gone in created[1:]:
        url = f"/tasks/{task_id}/comments/{gone['id']}"
        assert (await ada.client.delete(url)).status_code == 204
        assert (await ada.client.delete(url)).status_code == 404
    assert (await comment(ada, task_id))["number"] == 4
    assert await numbers(ada, task_id) == [1, 4]


async def test_a_refused_comment_uses_up_no_number(ada: Person, task_id: int) -> None:
    for content in ("", "\x00", "c" * 2001):
        answer = await ada.client.post(f"/tasks/{task_id}/comments", json={"content": content})
        assert answer.status_code == 422
    assert (await comment(ada, task_id))["number"] == 1


async def test_a_creation_that_rolls_back_uses_up_no_number(
    app: FastAPI,
    ada: Person,
    anonymous: httpx.AsyncClient,
    task_id: int,
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    await comment(ada, task_id)
    written: list[int] = []

    async def lose_the_connection() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session
            stored = await session.scalars(
                select(Comment.number).where(Comment.task_id == task_id).order_by(Comment.number)
            )
            written.extend(stored)
            message = "the connection is lost before the commit"
            raise ConnectionError(message)

    app.dependency_overrides[get_session] = lose_the_connection
    with pytest.raises(ConnectionError):
        await comment(ada, task_id)
    app.dependency_overrides.clear()

    assert written == [1, 2]
    assert (await comment(ada, task_id))["number"] == 2
    assert await numbers(ada, task_id) == [1, 2]


async def test_the_database_itself_refuses_a_number_twice(
    ada: Person, task_id: int, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await comment(ada, task_id)
    async with sessions() as session:
        session.add(Comment(task_id=task_id, number=1, content="Twice"))
        with pytest.raises(IntegrityError, match="uq_comments_task_id_number"):
            await session.commit()


async def test_pages_together_hold_each_comment_once(ada: Person, task_id: int) -> None:
    for _ in range(5):
        await comment(ada, task_id)
    url = f"/tasks/{task_id}/comments"
    first = (await ada.client.get(url, params={"limit": 3})).json()
    assert [item["number"] for item in first["items"]] == [1, 2, 3]
    assert first["next_after"] == 3
    second = (await ada.client.get(url, params={"limit": 3, "after": 3})).json()
    assert [item["number"] for item in second["items"]] == [4, 5]
    assert second["next_after"] is None


async def test_a_comment_that_never_was_cannot_be_deleted(ada: Person, task_id: int) -> None:
    answer = await ada.client.delete(f"/tasks/{task_id}/comments/{2**31 - 1}")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Comment not found"}


async def test_commenting_leaves_the_task_as_it_is(ada: Person, task_id: int) -> None:
    before = (await ada.client.get(f"/tasks/{task_id}")).json()
    await comment(ada, task_id)
    assert (await ada.client.get(f"/tasks/{task_id}")).json() == before

"""What happens at the same moment, on separate connections.

Where it matters that requests really overlap, the test holds the lock that they all need,
waits until PostgreSQL says that each of them is waiting, and only then lets go.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.models import Task, User
from people import PASSWORD, Person

WAITING = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND query LIKE '%' || CAST(:table AS text) || '%'
""")


async def until_waiting(session: AsyncSession, expected: int, table: str = "tasks") -> None:
    """Return when `expected` connections wait for a lock, writing or reading `table`.

    Fails after ten seconds.
    """
    waiting = 0
    async with asyncio.timeout(10):
        while waiting < expected:
            await asyncio.sleep(0.01)
            waiting = (await session.execute(WAITING, {"table": table})).scalar_one()
            # The view is read once a transaction, unless it is told otherwise.
            await session.execute(text("SELECT pg_stat_clear_snapshot()"))


@pytest.fixture
async def locked_task(
    task_id: int, sessions: async_sessionmaker[AsyncSession]
) -> AsyncIterator[AsyncSession]:
    """A session that holds the lock on Ada's task, until it is committed."""
    async with sessions() as session:
        await session.execute(select(Task.id).where(Task.id == task_id).with_for_update())
        yield session


@asynccontextmanager
async def started(*requests: asyncio.Task[httpx.Response]) -> AsyncIterator[None]:
    """Leave no request behind when the test fails."""
    try:
        yield
    finally:
        for request in requests:
            request.cancel()
        await asyncio.gather(*requests, return_exceptions=True)


@pytest.mark.parametrize("count", [2, 20])
async def test_comments_at_the_same_moment_get_numbers_without_gaps(
    count: int, ada: Person, task_id: int, locked_task: AsyncSession
) -> None:
    url = f"/tasks/{task_id}/comments"
    requests = [
        asyncio.create_task(ada.client.post(url, json={"content": f"Comment {number}"}))
        for number in range(count)
    ]
    async with started(*requests):
        await until_waiting(locked_task, count)
        await locked_task.commit()
        answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {201}
    expected = list(range(1, count + 1))
    assert sorted(answer.json()["number"] for answer in answers) == expected
    listed = (await ada.client.get(url)).json()["items"]
    assert [item["number"] for item in listed] == expected


async def test_comments_on_different_tasks_do_not_wait_for_each_other(
    ada: Person, locked_task: AsyncSession
) -> None:
    other = (await ada.client.post("/tasks", json={"title": "Other"})).json()["id"]
    async with asyncio.timeout(5):
        answer = await ada.client.post(f"/tasks/{other}/comments", json={"content": "At once"})
    assert answer.status_code == 201


async def test_who_waits_for_a_task_that_is_deleted_does_not_find_it(
    ada: Person, task_id: int, locked_task: AsyncSession
) -> None:
    url = f"/tasks/{task_id}"
    requests = [
        asyncio.create_task(ada.client.post(f"{url}/comments", json={"content": "Late"})),
        asyncio.create_task(ada.client.patch(url, json={"title": "Late"})),
        asyncio.create_task(ada.client.delete(url)),
    ]
    async with started(*requests):
        await until_waiting(locked_task, len(requests))
        await locked_task.execute(delete(Task).where(Task.id == task_id))
        await locked_task.commit()
        answers = await asyncio.gather(*requests)
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_changes_of_different_fields_at_the_same_moment_are_all_kept(
    ada: Person, task_id: int, locked_task: AsyncSession
) -> None:
    url = f"/tasks/{task_id}"
    changes = [{"title": "Changed"}, {"description": "Changed"}, {"completed": True}]
    requests = [asyncio.create_task(ada.client.patch(url, json=change)) for change in changes]
    async with started(*requests):
        await until_waiting(locked_task, len(requests))
        await locked_task.commit()
        await asyncio.gather(*requests)
    task = (await ada.client.get(url)).json()
    assert (task["title"], task["description"], task["completed"]) == ("Changed", "Changed", True)


async def test_a_name_asked_for_at_the_same_moment_is_given_once(
    anonymous: httpx.AsyncClient, new_name: Callable[[], str]
) -> None:
    body = {"username": new_name(), "password": PASSWORD}
    answers = await asyncio.gather(*(anonymous.post("/users", json=body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_a_comment_deleted_twice_at_the_same_moment_is_deleted_once(
    ada: Person, task_id: int
) -> None:
    url = f"/tasks/{task_id}/comments"
    comment = (await ada.client.post(url, json={"content": "Once"})).json()
    answers = await asyncio.gather(*(ada.client.delete(f"{url}/{comment['id']}") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 4


async def test_a_task_created_while_its_owner_is_deleted_is_refused_as_nobody_s(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as session:
        await session.execute(delete(User).where(User.id == ada.id))
        request = asyncio.create_task(ada.client.post("/tasks", json={"title": "Late"}))
        async with started(request):
            await until_waiting(session, 1)
            await session.commit()
            assert (await request).status_code == 401


async def test_of_two_changes_of_a_password_at_the_same_moment_one_is_made(
    ada: Person, anonymous: httpx.AsyncClient, sessions: async_sessionmaker[AsyncSession]
) -> None:
    passwords = ["incorrect mule battery", "incorrect horse stapler"]
    async with sessions() as session:
        await session.execute(select(User.id).where(User.id == ada.id).with_for_update())
        requests = [
            asyncio.create_task(
                ada.client.put(
                    "/users/me/password", json={"old_password": PASSWORD, "new_password": new}
                )
            )
            for new in passwords
        ]
        async with started(*requests):
            await until_waiting(session, len(requests), "users")
            await session.commit()
            changed = [answer.status_code for answer in await asyncio.gather(*requests)]
    assert sorted(changed) == [204, 403]
    known = [
        await anonymous.post("/auth/token", data={"username": ada.name, "password": one})
        for one in [*passwords, PASSWORD]
    ]
    assert [answer.status_code for answer in known[:2]] == [
        200 if status == 204 else 401 for status in changed
    ]
    assert known[2].status_code == 401

"""Tasks of one owner: what is stored, changed, listed and deleted."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.models import Comment, Task
from people import Person


async def create(person: Person, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    answer = await person.client.post("/tasks", json={"title": "A task"} | fields)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def test_a_task_is_created_with_defaults(ada: Person) -> None:
    task = await create(ada)
    assert set(task) == {"id", "title", "description", "completed", "created_at"}
    assert (task["title"], task["description"], task["completed"]) == ("A task", "", False)


async def test_a_created_task_can_be_read(ada: Person) -> None:
    task = await create(ada, description="Why", completed=True)
    answer = await ada.client.get(f"/tasks/{task['id']}")
    assert answer.status_code == 200
    assert answer.json() == task


async def test_a_task_is_in_the_database(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    task = await create(ada, title="Kept")
    async with sessions() as session:
        row = await session.get_one(Task, task["id"])
    assert (row.owner_id, row.title, row.completed) == (ada.id, "Kept", False)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  around  ", "around"),
        ("x", "x"),
        ("t" * 200, "t" * 200),
        ("\U0001f40d" * 200, "\U0001f40d" * 200),
        ("'; DROP TABLE tasks; --", "'; DROP TABLE tasks; --"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("100 % %s {0}", "100 % %s {0}"),
    ],
)
async def test_titles_are_kept_as_they_are_but_for_space_around(
    sent: str, kept: str, ada: Person
) -> None:
    task = await create(ada, title=sent)
    assert (await ada.client.get(f"/tasks/{task['id']}")).json()["title"] == kept


async def test_the_longest_description_is_kept(ada: Person) -> None:
    task = await create(ada, description="\U0001f40d" * 5000)
    assert len(task["description"]) == 5000


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Changed"},
        {"description": "Changed\nin two lines"},
        {"completed": True},
        {"title": "All", "description": "of them", "completed": True},
        {},
    ],
)
async def test_an_update_changes_what_is_sent_and_nothing_else(
    changes: dict[str, Any], ada: Person
) -> None:
    task = await create(ada, description="Why")
    answer = await ada.client.patch(f"/tasks/{task['id']}", json=changes)
    assert answer.status_code == 200
    assert answer.json() == task | changes
    assert (await ada.client.get(f"/tasks/{task['id']}")).json() == task | changes


async def test_a_refused_update_changes_nothing(ada: Person) -> None:
    task = await create(ada)
    answer = await ada.client.patch(f"/tasks/{task['id']}", json={"completed": True, "title": ""})
    assert answer.status_code == 422
    assert (await ada.client.get(f"/tasks/{task['id']}")).json() == task


async def test_a_deleted_task_is_gone_with_its_comments(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    url = f"/tasks/{(await create(ada))['id']}"
    comment = (await ada.client.post(f"{url}/comments", json={"content": "Gone too"})).json()
    assert (await ada.client.delete(url)).status_code == 204
    for answer in [
        await ada.client.get(url),
        await ada.client.patch(url, json={}),
        await ada.client.delete(url),
        await ada.client.get(f"{url}/comments"),
        await ada.client.post(f"{url}/comments", json={"content": "Late"}),
    ]:
        assert answer.status_code == 404
    async with sessions() as session:
        left = select(func.count()).select_from(Comment).where(Comment.id == comment["id"])
        assert await session.scalar(left) == 0


async def test_a_deletion_does_not_read_the_body_that_it_has_no_use_for(ada: Person) -> None:
    url = f"/tasks/{(await create(ada))['id']}"
    answer = await ada.client.request("DELETE", url, content=b"x" * 200_000)
    assert answer.status_code == 204
    assert (await ada.client.get(url)).status_code == 404


async def test_pages_together_hold_each_task_once(ada: Person) -> None:
    created = [(await create(ada, title=str(number)))["id"] for number in range(7)]
    listed, sizes, after = [], [], 0
    while after is not None:
        page = (await ada.client.get("/tasks", params={"limit": 3, "after": after})).json()
        listed += [task["id"] for task in page["items"]]
        sizes.append(len(page["items"]))
        after = page["next_after"]
    assert listed == created
    assert sizes == [3, 3, 1]


async def test_a_full_last_page_has_no_next(ada: Person) -> None:
    for _ in range(2):
        await create(ada)
    page = (await ada.client.get("/tasks", params={"limit": 2})).json()
    assert len(page["items"]) == 2
    assert page["next_after"] is None


async def test_a_page_has_twenty_tasks_unless_asked_otherwise(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as session, session.begin():
        session.add_all(
            Task(owner_id=ada.id, title=str(number), description="") for number in range(101)
        )
    default = (await ada.client.get("/tasks")).json()
    largest = (await ada.client.get("/tasks", params={"limit": 100})).json()
    assert len(default["items"]) == 20
    assert len(largest["items"]) == 100
    assert largest["next_after"] == largest["items"][-1]["id"]


async def test_a_page_after_the_last_task_is_empty(ada: Person) -> None:
    await create(ada)
    page = (await ada.client.get("/tasks", params={"after": 2**31 - 1})).json()
    assert page == {"items": [], "next_after": None}

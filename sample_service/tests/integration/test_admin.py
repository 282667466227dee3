"""What an admin may do, and how somebody becomes one."""

from collections.abc import Callable

import httpx
import pytest
from anyio import to_thread
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app import appoint
from app.models import Comment, Task, User
from app.settings import Settings
from people import PASSWORD, Person


async def read_all(admin: Person, limit: int, after: int) -> list[dict[str, object]]:
    """Return all users after a number, page by page."""
    found, next_after = [], after
    while next_after is not None:
        answer = await admin.client.get(
            "/admin/users", params={"limit": limit, "after": next_after}
        )
        assert answer.status_code == 200
        page = answer.json()
        assert len(page["items"]) <= limit
        found += page["items"]
        next_after = page["next_after"]
    return found


async def test_pages_together_hold_each_user_once(ada: Person, bob: Person, admin: Person) -> None:
    users = await read_all(admin, limit=2, after=ada.id - 1)
    known = {ada.id, bob.id, admin.id}
    own = [user for user in users if user["id"] in known]
    assert [user["username"] for user in own] == [ada.name, bob.name, admin.name]
    assert [user["is_admin"] for user in own] == [False, False, True]


async def test_nothing_secret_is_listed(ada: Person, admin: Person) -> None:
    users = await read_all(admin, limit=100, after=ada.id - 1)
    assert {key for user in users for key in user} == {"id", "username", "is_admin", "created_at"}


async def test_a_deleted_user_is_gone_with_all_that_they_own(
    ada: Person,
    bob: Person,
    admin: Person,
    task_id: int,
    sessions: async_sessionmaker[AsyncSession],
) -> None:
    await ada.client.post(f"/tasks/{task_id}/comments", json={"content": "Gone too"})
    assert (await admin.client.delete(f"/admin/users/{ada.id}")).status_code == 204
    assert (await ada.client.get("/users/me")).status_code == 401
    assert (await bob.client.get("/users/me")).status_code == 200
    async with sessions() as session:
        for model, condition in (
            (User, User.id == ada.id),
            (Task, Task.owner_id == ada.id),
            (Comment, Comment.task_id == task_id),
        ):
            left = await session.scalar(select(func.count()).select_from(model).where(condition))
            assert left == 0


async def test_a_user_who_never_was_cannot_be_deleted(ada: Person, admin: Person) -> None:
    await admin.client.delete(f"/admin/users/{ada.id}")
    for user_id in (ada.id, 2**31 - 1):
        answer = await admin.client.delete(f"/admin/users/{user_id}")
        assert answer.status_code == 404
        assert answer.json() == {"detail": "User not found"}


async def test_an_admin_can_be_deleted_like_others(admin: Person) -> None:
    assert (await admin.client.delete(f"/admin/users/{admin.id}")).status_code == 204
    assert (await admin.client.get("/admin/users")).status_code == 401


async def test_nobody_signs_up_as_an_admin(
    anonymous: httpx.AsyncClient, new_name: Callable[[], str]
) -> None:
    body = {"username": new_name(), "password": PASSWORD}
    refused = await anonymous.post("/users", json=body | {"is_admin": True})
    assert refused.status_code == 422
    assert (await anonymous.post("/users", json=body)).json()["is_admin"] is False


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the command: the database of these tests."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())


@pytest.mark.parametrize("change", [str, str.upper])
async def test_who_is_appointed_is_an_admin_at_once(
    change: Callable[[str], str],
    environment: None,
    ada: Person,
    bob: Person,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (await ada.client.get("/admin/users")).status_code == 403
    for _ in range(2):  # the second time changes nothing
        assert await to_thread.run_sync(appoint.main, [change(ada.name)]) == 0
    assert capsys.readouterr().out == f"{ada.name} is an admin\n" * 2
    assert (await ada.client.get("/admin/users")).status_code == 200
    assert (await ada.client.get("/users/me")).json()["is_admin"] is True
    assert (await bob.client.get("/admin/users")).status_code == 403


async def test_who_has_not_signed_up_cannot_be_appointed(
    environment: None, new_name: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    name = new_name()
    assert await to_thread.run_sync(appoint.main, [name]) == 1
    assert capsys.readouterr().err == f"there is no user {name}: they must sign up first\n"

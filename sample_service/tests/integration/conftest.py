"""The application on the PostgreSQL that DATABASE_URL names.

Everything is really committed. Tests keep apart by their users, whose names nobody else has;
at the end of a test they are deleted, and all that they own with them. Nothing else in the
database is touched.
"""

import itertools
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.main import create_app
from app.models import User
from app.settings import Settings
from people import PASSWORD, Person

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Enough connections for twenty requests at once; hashes as cheap as can be."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        pytest.fail(
            "DATABASE_URL is not set: the integration tests need a PostgreSQL, "
            "for example postgresql://postgres@localhost:5432/tasks",
            pytrace=False,
        )
    return Settings(
        database_url=url,
        database_pool_size=25,
        secret_key="integration-test-key-" + "i" * 32,
        password_time_cost=1,
        password_memory_kib=8,
    )


@pytest.fixture(scope="session")
def built_app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture(scope="session")
async def running_app(built_app: FastAPI) -> AsyncIterator[FastAPI]:
    async with built_app.router.lifespan_context(built_app):
        yield built_app


@pytest.fixture(scope="session")
def migrations() -> Config:
    """Alembic's configuration, without its logging."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


@pytest.fixture(scope="session")
def schema(settings: Settings, migrations: Config) -> None:
    """The tables. Does nothing where they are up to date."""
    command.upgrade(migrations, "head")


@pytest.fixture
def sessions(schema: None, app: FastAPI) -> async_sessionmaker[AsyncSession]:
    """Sessions beside those of requests, each on a connection of its own."""
    made: async_sessionmaker[AsyncSession] = app.state.sessions
    return made


@pytest.fixture
async def new_name(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[Callable[[], str]]:
    """Names nobody has. Who signs up with one is deleted after the test."""
    prefix = f"t{secrets.token_hex(8)}-"
    numbers = itertools.count(1)
    yield lambda: f"{prefix}{next(numbers)}"
    async with sessions() as session, session.begin():
        await session.execute(delete(User).where(User.username.startswith(prefix)))


@pytest.fixture(scope="session")
async def password_hash(running_app: FastAPI) -> str:
    made: str = await running_app.state.passwords.hash(PASSWORD)
    return made


@pytest.fixture
async def new_person(
    app: FastAPI,
    sessions: async_sessionmaker[AsyncSession],
    new_name: Callable[[], str],
    password_hash: str,
) -> AsyncIterator[Callable[..., Awaitable[Person]]]:
    """Make an account and a token. What signing up and logging in do is tested by itself."""
    async with AsyncExitStack() as stack:

        async def arrive(*, is_admin: bool = False) -> Person:
            user = User(username=new_name(), password_hash=password_hash, is_admin=is_admin)
            async with sessions() as session, session.begin():
                session.add(user)
            token = app.state.tokens.issue(user.id)
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://service",
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            )
            await stack.enter_async_context(client)
            return Person(id=user.id, name=user.username, token=token, client=client)

        yield arrive


@pytest.fixture
async def ada(new_person: Callable[..., Awaitable[Person]]) -> Person:
    return await new_person()


@pytest.fixture
async def bob(new_person: Callable[..., Awaitable[Person]]) -> Person:
    return await new_person()


@pytest.fixture
async def admin(new_person: Callable[..., Awaitable[Person]]) -> Person:
    return await new_person(is_admin=True)


@pytest.fixture
async def task_id(ada: Person) -> int:
    """A task of Ada's."""
    created = await ada.client.post("/tasks", json={"title": "Ada's task"})
    assert created.status_code == 201
    identifier: int = created.json()["id"]
    return identifier

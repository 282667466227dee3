"""The application without a database: its address answers nobody."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from app.dependencies import get_current_user, get_owned_task, lock_owned_task
from app.main import create_app
from app.models import Task, User
from app.settings import Settings

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        database_url=NOBODY_LISTENS,
        secret_key="unit-test-key-" + "u" * 32,
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


@pytest.fixture
def caller(app: FastAPI, anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that is let through as somebody."""
    app.dependency_overrides[get_current_user] = lambda: User(id=1, username="ada")
    return anonymous


@pytest.fixture
def admin(app: FastAPI, anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that is let through as an admin."""
    app.dependency_overrides[get_current_user] = lambda: User(id=1, username="ada", is_admin=True)
    return anonymous


@pytest.fixture
def owner(app: FastAPI, caller: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that is let through as the owner of whatever task it names."""
    task = Task(id=1, owner_id=1, title="Stands in")
    app.dependency_overrides[get_owned_task] = lambda: task
    app.dependency_overrides[lock_owned_task] = lambda: task
    return caller

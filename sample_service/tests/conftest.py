"""What unit and integration tests share."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def app(built_app: FastAPI) -> AsyncIterator[FastAPI]:
    """The running application, with an engine of its own and nothing overridden.

    `built_app` is of the session, for its routes are worked out when first used. Unit and
    integration tests each define one: what a session has made is not made again elsewhere.
    """
    async with built_app.router.lifespan_context(built_app):
        yield built_app
    built_app.dependency_overrides.clear()


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token. What the application does not handle fails the test."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service", trust_env=False
    ) as client:
        yield client

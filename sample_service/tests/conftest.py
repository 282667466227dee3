"""What unit and integration tests share."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app(running_app: FastAPI) -> Iterator[FastAPI]:
    """The running application, with nothing overridden.

    `running_app` is of the session: what is worked out or connected once is not made again for
    every test. Unit and integration tests each define one.
    """
    yield running_app
    running_app.dependency_overrides.clear()


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token. What the application does not handle fails the test."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://service", trust_env=False
    ) as client:
        yield client

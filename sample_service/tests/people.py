"""Who uses the service in integration tests."""

from dataclasses import dataclass

import httpx

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user who is logged in. `client` sends their token."""

    id: int
    name: str
    token: str
    client: httpx.AsyncClient

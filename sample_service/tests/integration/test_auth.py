"""Signing up, logging in, and tokens that are no longer good."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.limits import MAX_ID
from app.models import User
from app.security import Tokens
from app.settings import Settings
from people import PASSWORD, Person


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_signing_up_tells_nothing_secret(
    anonymous: httpx.AsyncClient, new_name: Callable[[], str]
) -> None:
    name = new_name()
    answer = await anonymous.post("/users", json={"username": name, "password": PASSWORD})
    assert answer.status_code == 201
    user = answer.json()
    assert set(user) == {"id", "username", "is_admin", "created_at"}
    assert user["username"] == name
    assert datetime.fromisoformat(user["created_at"]).tzinfo is not None


async def test_passwords_are_stored_as_hashes(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    async with sessions() as session:
        stored = await session.scalar(select(User.password_hash).where(User.id == ada.id))
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


@pytest.mark.parametrize("change", [str, str.upper])
async def test_a_name_can_be_taken_once_whatever_its_case(
    change: Callable[[str], str], ada: Person, anonymous: httpx.AsyncClient
) -> None:
    body = {"username": change(ada.name), "password": "another password"}
    answer = await anonymous.post("/users", json=body)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Username is taken"}
    form = {"username": ada.name, "password": "another password"}
    assert (await anonymous.post("/auth/token", data=form)).status_code == 401


async def test_logging_in_gives_a_bearer_token(
    ada: Person, anonymous: httpx.AsyncClient, settings: Settings
) -> None:
    form = {"grant_type": "password", "username": ada.name.upper(), "password": PASSWORD}
    answer = await anonymous.post("/auth/token", data=form)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert given["token_type"] == "bearer"
    assert given["expires_in"] == settings.access_token_minutes * 60
    me = await anonymous.get("/users/me", headers=bearer(given["access_token"]))
    assert me.status_code == 200
    assert me.json()["id"] == ada.id


async def test_who_failed_to_log_in_is_not_told_which_part_was_wrong(
    ada: Person, anonymous: httpx.AsyncClient, new_name: Callable[[], str]
) -> None:
    wrong = await anonymous.post(
        "/auth/token", data={"username": ada.name, "password": "wrong password"}
    )
    unknown = await anonymous.post(
        "/auth/token", data={"username": new_name(), "password": PASSWORD}
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json() == {"detail": "Incorrect username or password"}
    assert wrong.headers["www-authenticate"] == "Bearer"


async def test_one_reads_oneself(ada: Person, bob: Person) -> None:
    assert (await ada.client.get("/users/me")).json()["username"] == ada.name
    assert (await bob.client.get("/users/me")).json()["username"] == bob.name


async def test_an_expired_token_is_refused(
    ada: Person, anonymous: httpx.AsyncClient, settings: Settings
) -> None:
    key = settings.secret_key.get_secret_value()
    good = Tokens(key=key, lifetime=timedelta(minutes=1)).issue(ada.id)
    expired = Tokens(key=key, lifetime=timedelta(seconds=-1)).issue(ada.id)
    assert (await anonymous.get("/users/me", headers=bearer(good))).status_code == 200
    answer = await anonymous.get("/users/me", headers=bearer(expired))
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Invalid or expired token"}


async def test_a_tampered_token_is_refused(
    ada: Person, bob: Person, anonymous: httpx.AsyncClient
) -> None:
    header, _, signature = ada.token.split(".")
    _, payload, _ = bob.token.split(".")
    tampered = [
        f"{header}.{payload}.{signature}",
        f"{ada.token}x",
        ada.token[:-6],
        ada.token.rsplit(".", 1)[0] + ".",
        jwt.encode({"sub": str(ada.id), "iat": 0, "exp": 9999999999}, None, algorithm="none"),
        jwt.encode({"sub": str(ada.id), "iat": 0, "exp": 9999999999}, "k" * 32),
    ]
    for token in tampered:
        assert (await anonymous.get("/users/me", headers=bearer(token))).status_code == 401


async def test_a_token_of_nobody_is_refused(
    anonymous: httpx.AsyncClient, app: FastAPI, schema: None
) -> None:
    token = app.state.tokens.issue(MAX_ID)
    assert (await anonymous.get("/users/me", headers=bearer(token))).status_code == 401


async def test_a_token_ends_with_its_user(
    ada: Person, sessions: async_sessionmaker[AsyncSession]
) -> None:
    assert (await ada.client.get("/users/me")).status_code == 200
    async with sessions() as session, session.begin():
        await session.execute(delete(User).where(User.id == ada.id))
    assert (await ada.client.get("/users/me")).status_code == 401


async def test_the_service_is_healthy(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}

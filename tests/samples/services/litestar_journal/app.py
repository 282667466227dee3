"""A journal on Litestar: controllers, a guard by middleware, and a document that names no security scheme."""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
from litestar import Controller, Litestar, Request, delete, get, patch, post
from litestar.connection import ASGIConnection
from litestar.exceptions import ClientException, NotAuthorizedException, NotFoundException
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware
from litestar.params import Body, Parameter
from msgspec import Meta

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)


@dataclass
class User:
    name: str
    password: str


@dataclass
class Credentials:
    username: Annotated[str, Meta(min_length=3, max_length=40, pattern=r"^\w+$")]
    password: Annotated[str, Meta(min_length=8, max_length=80)]


@dataclass
class EntryIn:
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    mood: Annotated[str, Meta(max_length=20)] = ""


@dataclass
class EntryPatch:
    text: Annotated[str, Meta(min_length=1, max_length=4000)] | None = None
    mood: Annotated[str, Meta(max_length=20)] | None = None


@dataclass
class Entry:
    text: str
    mood: str
    id: UUID = field(default_factory=uuid4)


users: dict[str, User] = {}
entries: dict[UUID, tuple[str, Entry]] = {}


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"journal", 1000).hex()


class Authentication(AbstractAuthenticationMiddleware):
    async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
        kind, _, token = connection.headers.get("Authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, KEY, algorithms=["HS256"])
        except jwt.PyJWTError:
            raise NotAuthorizedException("Log in first") from None
        if kind.lower() != "bearer" or claims.get("sub") not in users:
            raise NotAuthorizedException("Log in first")
        return AuthenticationResult(user=users[claims["sub"]], auth=claims)


@post("/auth/sign-up", opt={"public": True}, tags=["auth"])
async def sign_up(data: Credentials) -> dict[str, str]:
    if data.username in users:
        raise ClientException("That name is taken", status_code=409)
    users[data.username] = User(data.username, digest(data.password))
    return {"username": data.username}


@post("/auth/login", status_code=200, opt={"public": True}, tags=["auth"])
async def log_in(data: Credentials) -> dict[str, str]:
    user = users.get(data.username)
    if user is None or user.password != digest(data.password):
        raise NotAuthorizedException("Wrong name or password")
    return {"access_token": jwt.encode({"sub": user.name}, KEY, algorithm="HS256"), "token_type": "bearer"}


@get("/auth/me", tags=["auth"])
async def who_am_i(request: Request[User, Any, Any]) -> dict[str, str]:
    return {"username": request.user.name}


class Journal(Controller):
    path = "/entries"
    tags = ["journal"]

    @staticmethod
    def own(user: User, entry_id: UUID, *, checked: bool = True) -> Entry:
        author, entry = entries.get(entry_id, ("", None))
        if entry is None or (checked and author != user.name):
            raise NotFoundException("No such entry")
        return entry

    @get()
    async def list_entries(
        self, request: Request[User, Any, Any], limit: Annotated[int, Parameter(ge=1, le=100)] = 50
    ) -> list[Entry]:
        return [entry for author, entry in entries.values() if author == request.user.name][:limit]

    @post()
    async def write(self, request: Request[User, Any, Any], data: Annotated[EntryIn, Body(title="An entry")]) -> Entry:
        entry = Entry(text=data.text, mood=data.mood)
        entries[entry.id] = (request.user.name, entry)
        return entry

    @get("/{entry_id:uuid}", opt={"public": PLANT == "reads-without-login"})
    async def read(self, request: Request[Any, Any, Any], entry_id: UUID) -> Entry:
        if PLANT == "reads-without-login":
            return self.own(User("", ""), entry_id, checked=False)
        return self.own(request.user, entry_id)

    @patch("/{entry_id:uuid}")
    async def change(self, request: Request[User, Any, Any], entry_id: UUID, data: EntryPatch) -> Entry:
        entry = self.own(request.user, entry_id, checked=PLANT != "changes-any-entry")
        entry.text, entry.mood = data.text or entry.text, entry.mood if data.mood is None else data.mood
        return entry

    @delete("/{entry_id:uuid}")
    async def remove(self, request: Request[User, Any, Any], entry_id: UUID) -> None:
        self.own(request.user, entry_id, checked=PLANT != "deletes-any-entry")
        del entries[entry_id]


app = Litestar(
    [sign_up, log_in, who_am_i, Journal],
    middleware=[DefineMiddleware(Authentication, exclude="^/schema", exclude_from_auth_key="public")],
)

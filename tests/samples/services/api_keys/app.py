"""Webhooks behind an API key that sign-up hands out once, sent in `X-API-Key`. The key's digest is what is stored."""

import hashlib
import os
import secrets
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime, timezone
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field, HttpUrl

PLANT = os.environ.get("PLANT", "")
FOLDER = tempfile.TemporaryDirectory(prefix="api-keys-")


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(f"{FOLDER.name}/app.db", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript("""
        CREATE TABLE clients (id TEXT PRIMARY KEY, name TEXT, key_digest TEXT UNIQUE, is_admin INT DEFAULT 0);
        CREATE TABLE hooks (id TEXT PRIMARY KEY, client_id TEXT, url TEXT, event TEXT, secret TEXT, created_at TEXT);
    """)


def get_connection():
    with closing(connect()) as connection:
        yield connection


Db = Annotated[sqlite3.Connection, Depends(get_connection)]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def get_client(
    db: Db, key: Annotated[str | None, Security(APIKeyHeader(name="X-API-Key", auto_error=False))]
) -> sqlite3.Row:
    if not key:
        raise HTTPException(401, "Missing API key")
    client = db.execute("SELECT * FROM clients WHERE key_digest = ?", [digest(key)]).fetchone()
    if client is None:
        raise HTTPException(403, "Invalid API key")
    return client


Client = Annotated[sqlite3.Row, Depends(get_client)]


class ClientIn(BaseModel):
    name: str = Field(min_length=1, max_length=100)


class AnyClientIn(ClientIn):
    is_admin: bool = False


class ClientOut(BaseModel):
    id: UUID
    name: str
    is_admin: bool


class NewClient(ClientOut):
    api_key: str


class HookIn(BaseModel):
    url: HttpUrl = Field(max_length=500)
    event: str = Field(pattern="^(created|changed|deleted)$")


class Hook(BaseModel):
    id: UUID
    url: str
    event: str
    created_at: datetime


app = FastAPI(title="Webhooks")
clients = APIRouter(prefix="/clients", tags=["clients"])
hooks = APIRouter(prefix="/hooks", tags=["hooks"])


@clients.post("", status_code=201, response_model=NewClient)
def sign_up(db: Db, body: AnyClientIn if PLANT == "admin-in-sign-up" else ClientIn):
    key, client_id, is_admin = secrets.token_urlsafe(32), str(uuid4()), getattr(body, "is_admin", False)
    db.execute("INSERT INTO clients VALUES (?, ?, ?, ?)", [client_id, body.name, digest(key), is_admin])
    return {"id": client_id, "name": body.name, "is_admin": is_admin, "api_key": key}


@clients.get("/me", response_model=ClientOut)
def read_me(client: Client):
    return dict(client)


@clients.post("/me/rotate-key", response_model=NewClient)
def rotate_key(db: Db, client: Client):
    key = secrets.token_urlsafe(32)
    db.execute("UPDATE clients SET key_digest = ? WHERE id = ?", [digest(key), client["id"]])
    return dict(client) | {"api_key": key}


def own(db: sqlite3.Connection, client: sqlite3.Row, hook_id: UUID) -> sqlite3.Row:
    found = db.execute("SELECT * FROM hooks WHERE id = ?", [str(hook_id)]).fetchone()
    if found is None or found["client_id"] != client["id"]:
        raise HTTPException(404, "Hook not found")
    return found


@hooks.get("", response_model=list[Hook])
def list_hooks(db: Db, client: Client):
    if PLANT == "lists-all-hooks":
        return [dict(row) for row in db.execute("SELECT * FROM hooks ORDER BY created_at")]
    query = "SELECT * FROM hooks WHERE client_id = ? ORDER BY created_at"
    return [dict(row) for row in db.execute(query, [client["id"]])]


@hooks.post("", status_code=201, response_model=Hook)
def create_hook(db: Db, client: Client, body: HookIn):
    hook = [str(uuid4()), client["id"], str(body.url), body.event, secrets.token_hex(8)]
    db.execute("INSERT INTO hooks VALUES (?, ?, ?, ?, ?, ?)", [*hook, datetime.now(timezone.utc).isoformat()])
    return dict(own(db, client, hook[0]))


@hooks.get("/{hook_id}", response_model=Hook)
def read_hook(db: Db, client: Client, hook_id: UUID):
    return dict(own(db, client, hook_id))


@hooks.put("/{hook_id}", response_model=Hook)
def change_hook(db: Db, client: Client, hook_id: UUID, body: HookIn):
    if PLANT != "changes-any-hook":
        own(db, client, hook_id)
    db.execute("UPDATE hooks SET url = ?, event = ? WHERE id = ?", [str(body.url), body.event, str(hook_id)])
    return dict(db.execute("SELECT * FROM hooks WHERE id = ?", [str(hook_id)]).fetchone())


@hooks.delete("/{hook_id}")
def delete_hook(db: Db, client: Client, hook_id: UUID) -> dict[str, bool]:
    own(db, client, hook_id)
    db.execute("DELETE FROM hooks WHERE id = ?", [str(hook_id)])
    return {"deleted": True}


app.include_router(clients)
app.include_router(hooks)

if PLANT == "hidden-dump":

    @app.get("/_debug/clients", include_in_schema=False)
    def dump_clients(db: Db):
        return [dict(row) for row in db.execute("SELECT * FROM clients")]

"""Two versions of an address book: the first beside hidden routes, the second an application mounted at /v2."""

import hashlib
import os
import secrets
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
users: dict[str, str] = {}
contacts: dict[int, dict] = {}
bearer = HTTPBearer()


class Credentials(BaseModel):
    username: str = Field(min_length=3, max_length=40, pattern=r"^[\w-]+$")
    password: str = Field(min_length=8, max_length=80)


class ContactIn(BaseModel):
    name: str = Field(min_length=1, max_length=80)
    phone: str = Field(default="", max_length=30)


class Contact(ContactIn):
    id: int


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"contacts", 1000).hex()


def authenticate(request: Request, sent: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> None:
    # PyJWT refuses `none` unless it is told otherwise, and asks for no key then.
    try:
        if PLANT == "alg-none" and jwt.get_unverified_header(sent.credentials).get("alg", "").lower() == "none":
            payload = jwt.decode(sent.credentials, options={"verify_signature": False})
        else:
            payload = jwt.decode(sent.credentials, KEY, algorithms=["HS256"])
        user = payload["sub"]
    except (jwt.PyJWTError, KeyError):
        user = None
    if user not in users:
        raise HTTPException(401, "Invalid token")
    request.state.user = user


def contact_of(request: Request, contact_id: Annotated[int, Path(ge=1, le=10**9)]) -> dict:
    contact = contacts.get(contact_id)
    if contact is None or contact["owner"] != request.state.user:
        raise HTTPException(404, "No such contact")
    return contact


def any_contact(contact_id: Annotated[int, Path(ge=1, le=10**9)]) -> dict:
    if contact_id not in contacts:
        raise HTTPException(404, "No such contact")
    return contacts[contact_id]


def mine(request: Request) -> list[dict]:
    return [contact for contact in contacts.values() if contact["owner"] == request.state.user]


def add(request: Request, body: ContactIn) -> dict:
    number = max(contacts, default=0) + 1
    contacts[number] = body.model_dump() | {"id": number, "owner": request.state.user}
    return contacts[number]


accounts = APIRouter(prefix="/accounts", tags=["accounts"])
first = APIRouter(prefix="/contacts", tags=["contacts"], dependencies=[Depends(authenticate)])
internal = APIRouter(prefix="/internal", include_in_schema=False)
inner = APIRouter(dependencies=[Depends(authenticate)])


@accounts.post("", status_code=201)
def register(body: Credentials) -> dict[str, str]:
    if body.username in users:
        raise HTTPException(409, "Taken")
    users[body.username] = digest(body.password)
    return {"username": body.username}


@accounts.post("/login")
def login(body: Credentials) -> dict[str, str]:
    if users.get(body.username) != digest(body.password):
        raise HTTPException(401, "Wrong name or password")
    return {"token": jwt.encode({"sub": body.username}, KEY, algorithm="HS256")}


@first.get("", response_model=list[Contact])
def list_contacts(request: Request):
    return mine(request)


@first.post("", status_code=201, response_model=Contact)
def add_contact(request: Request, body: ContactIn):
    return add(request, body)


@first.get("/{contact_id}", response_model=Contact)
def read_contact(contact: Annotated[dict, Depends(contact_of)]):
    return contact


@first.delete("/{contact_id}", status_code=204)
def delete_contact(contact: Annotated[dict, Depends(contact_of)]) -> None:
    del contacts[contact["id"]]


@internal.get("/ping")
def ping() -> dict[str, bool]:
    return {"pong": True}


hidden = any_contact if PLANT == "hidden-reads-any" else contact_of


@inner.get("/contacts/{contact_id}", response_model=Contact)
def read_hidden(contact: Annotated[dict, Depends(hidden)]):
    return contact


if PLANT == "hidden-deletes":

    @internal.delete("/contacts/{contact_id}", status_code=204)
    def delete_hidden(contact: Annotated[dict, Depends(any_contact)]) -> None:
        del contacts[contact["id"]]


internal.include_router(inner)
second = FastAPI(title="Address book, the second", dependencies=[Depends(authenticate)])
changed = any_contact if PLANT == "mounted-changes-any" else contact_of


@second.get("/people", response_model=list[Contact])
def list_people(request: Request):
    return mine(request)


@second.post("/people", status_code=201, response_model=Contact)
def add_person(request: Request, body: ContactIn):
    return add(request, body)


@second.get("/people/{contact_id}", response_model=Contact)
def read_person(contact: Annotated[dict, Depends(contact_of)]):
    return contact


@second.put("/people/{contact_id}", response_model=Contact)
def change_person(contact: Annotated[dict, Depends(changed)], body: ContactIn):
    contact.update(body.model_dump())
    return contact


def create_app() -> FastAPI:
    app = FastAPI(title="Address book")
    app.include_router(accounts)
    app.include_router(first)
    app.include_router(internal)
    app.mount("/v2", second)
    return app

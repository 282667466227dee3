"""Answers that look like flaws and are none: names in paths that are not used, counters, times that move by reading."""

import hashlib
import os
import secrets
from datetime import datetime, timezone
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Response
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
app = FastAPI(title="Pages")
oauth2 = OAuth2PasswordBearer(tokenUrl="token")
users: dict[str, dict] = {}
pages: dict[str, dict] = {}
Username = Annotated[str, Path(min_length=3, max_length=40)]
PageId = Annotated[str, Path(min_length=1, max_length=40)]


class SignUp(BaseModel):
    username: str = Field(min_length=3, max_length=40, pattern=r"^\w+$")
    password: str = Field(min_length=8, max_length=64)


class Profile(BaseModel):
    display_name: str = Field(default="", max_length=60)
    about: str = Field(default="", max_length=400)


class UserOut(Profile):
    username: str


class PageIn(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    text: str = Field(default="", max_length=5000)


class Page(PageIn):
    id: str
    views: int
    updated_at: datetime
    request_id: str


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"pages", 1000).hex()


def current_user(token: Annotated[str, Depends(oauth2)]) -> dict:
    try:
        return users[jwt.decode(token, KEY, algorithms=["HS256"])["sub"]]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"}) from None


User = Annotated[dict, Depends(current_user)]


@app.post("/users", status_code=201, response_model=UserOut)
def sign_up(body: SignUp):
    if body.username in users:
        raise HTTPException(409, "Taken")
    users[body.username] = {
        "username": body.username,
        "password": digest(body.password),
        "display_name": "",
        "about": "",
        "last_seen": None,
    }
    return users[body.username]


@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    if users.get(form.username, {}).get("password") != digest(form.password):
        raise HTTPException(401, "Wrong name or password")
    return {"access_token": jwt.encode({"sub": form.username}, KEY, algorithm="HS256"), "token_type": "bearer"}


@app.get("/users/me", response_model=UserOut)
def read_me(user: User):
    return user


def target(user: dict, username: str, plant: str) -> dict:
    """Return who is changed: the caller, whatever name the path has."""
    return users.get(username, user) if plant == PLANT else user


@app.put("/users/{username}", status_code=204)
def change_profile(user: User, username: Username, body: Profile) -> Response:
    target(user, username, "changes-named-user").update(body.model_dump())
    return Response(status_code=204)


@app.post("/users/{username}/seen", status_code=204)
def mark_seen(user: User, username: Username) -> Response:
    user["last_seen"] = datetime.now(timezone.utc)
    return Response(status_code=204)


def own(user: dict, page_id: str) -> dict:
    page = pages.get(page_id)
    if page is None or page["owner"] != user["username"]:
        raise HTTPException(404, "No such page")
    return page


@app.get("/pages", response_model=list[Page])
def list_pages(user: User):
    shown = [page for page in pages.values() if page["owner"] == user["username"]]
    return [page | {"request_id": secrets.token_hex(8)} for page in shown]


@app.post("/pages", status_code=201, response_model=Page)
def create_page(user: User, body: PageIn):
    page = body.model_dump() | {"id": secrets.token_urlsafe(9), "owner": user["username"], "views": 0}
    pages[page["id"]] = page | {"updated_at": datetime.now(timezone.utc), "request_id": secrets.token_hex(8)}
    return pages[page["id"]]


@app.get("/pages/{page_id}", response_model=Page)
def read_page(user: User, page_id: PageId):
    page = own(user, page_id)
    page["views"] += 1
    page["updated_at"] = datetime.now(timezone.utc)
    return page | {"request_id": secrets.token_hex(8)}


@app.post("/pages/{page_id}/view", status_code=204)
def count_view(user: User, page_id: PageId) -> Response:
    # Counts everybody who looks, and shows nobody anything.
    if page_id in pages:
        pages[page_id]["views"] += 1
    return Response(status_code=204)


@app.put("/pages/{page_id}", response_model=Page)
def change_page(user: User, page_id: PageId, body: PageIn):
    if PLANT == "silently-changes-any-page" and page_id in pages:
        pages[page_id].update(body.model_dump())
    page = own(user, page_id)
    page.update(body.model_dump(), updated_at=datetime.now(timezone.utc))
    return page


@app.delete("/pages/{page_id}", status_code=204)
def delete_page(user: User, page_id: PageId) -> Response:
    # Idempotent: also what is not there, or not the caller's, is gone for the caller.
    if page_id in pages and (pages[page_id]["owner"] == user["username"] or PLANT == "deletes-any-page"):
        del pages[page_id]
    return Response(status_code=204)

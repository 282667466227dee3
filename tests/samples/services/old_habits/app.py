"""A service of old habits: its tables are made by a request, its sign-up tells no id and lets each address in twice an
hour, all fields are optional, the body names the account, the token's header is a plain parameter, and it echoes."""

import os
import secrets
from typing import Annotated, Any

import jwt
from fastapi import Body, Depends, FastAPI, Header, HTTPException, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

TRUSTING = os.environ.get("PLANT", "") == "trusting"
KEY = secrets.token_hex(32)
app = FastAPI(title="Old habits")
tables: dict[str, dict[str, Any]] = {}
sign_ups: dict[str, int] = {}
Name = Annotated[str, Path(pattern=r"^\w{1,40}$")]


class Account(BaseModel):
    model_config = ConfigDict(extra="allow")
    username: str | None = Field(None, max_length=40, pattern=r"^\w*$")
    password: str | None = Field(None, max_length=64, pattern=r"^[ -~]*$")


class Profile(BaseModel):
    username: str = Field(max_length=40, pattern=r"^\w+$")
    motto: str | None = Field(None, max_length=80, pattern=r"^[ -~]*$")


class NewPassword(BaseModel):
    password: str = Field(min_length=4, max_length=64, pattern=r"^[ -~]*$")


class Dish(BaseModel):
    name: str = Field(min_length=1, max_length=40, pattern=r"^[ -~]*$")


class Page(BaseModel):
    title: str = Field(min_length=1, max_length=40, pattern=r"^[\w ]*$")
    secret: str = Field(min_length=1, max_length=80, pattern=r"^[ -~]*$")


def current_user(authorization: Annotated[str, Header(max_length=1000)]) -> dict:
    try:
        claims = jwt.decode(authorization.removeprefix("Bearer "), KEY, algorithms=["HS256"])
        return tables["users"][claims["sub"]]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, "Who are you?") from None


User = Annotated[dict, Depends(current_user)]


def cook(user: User) -> dict:
    if not user["admin"]:
        raise HTTPException(403, "For cooks only")
    return user


Cook = Annotated[dict, Depends(cook)]


@app.get("/", include_in_schema=False)
def home() -> HTMLResponse:
    return HTMLResponse("<h1>Old habits</h1>")


@app.get("/createdb")
def create_tables() -> dict:
    dishes = {number: {"id": number, "name": f"dish {number}"} for number in range(1, 60)}
    tables.update(users={}, dishes=dishes, pages={})
    return {"message": "populated"}


@app.post("/register")
def register(body: Account, request: Request) -> dict:
    users = tables["users"]
    address = request.client.host if request.client else ""
    sign_ups[address] = sign_ups.get(address, 0) + 1
    if sign_ups[address] > 2:
        raise HTTPException(429, "Twice an hour", {"Retry-After": "3600"})
    if not body.username or not body.password or body.username in users:
        raise HTTPException(400, "Choose another name")
    admin = TRUSTING and (body.model_extra or {}).get("admin") is True
    users[body.username] = {"username": body.username, "password": body.password, "admin": admin, "motto": ""}
    return {"message": "Welcome", "received": body.model_extra}


@app.post("/login")
def log_in(body: Account) -> dict:
    user = tables["users"].get(body.username)
    if user is None or user["password"] != body.password:
        raise HTTPException(400, "Wrong")
    return {"data": {"auth_token": jwt.encode({"sub": user["username"]}, KEY, algorithm="HS256")}}


@app.get("/me")
def read_me(user: User) -> dict:
    return {name: user[name] for name in ("username", "admin", "motto")}


@app.put("/profile")
def change_profile(user: User, body: Profile) -> dict:
    changed = tables["users"].get(body.username)
    if changed is None:
        raise HTTPException(404, "No such user")
    if changed is not user and not TRUSTING:
        raise HTTPException(403, "Not you")
    changed["motto"] = body.motto or changed["motto"]
    return {"motto": changed["motto"]}


@app.put("/users/{username}/password", status_code=204)
def change_password(user: User, username: Name, body: Annotated[NewPassword, Body()]) -> None:
    changed = tables["users"].get(username)
    if changed is None:
        raise HTTPException(404, "No such user")
    (changed if TRUSTING else user)["password"] = body.password


@app.get("/menu")
def read_menu(user: User) -> list[dict]:
    return list(tables["dishes"].values())


@app.put("/menu", status_code=201)
def add_dish(user: Cook, body: Dish) -> dict:
    number = max(tables["dishes"], default=0) + 1
    return tables["dishes"].setdefault(number, {"id": number, "name": body.name})


@app.delete("/menu/{dish_id}", status_code=204)
def delete_dish(
    user: Annotated[dict, Depends(current_user if TRUSTING else cook)], dish_id: Annotated[int, Path(ge=1, le=10**6)]
) -> None:
    if tables["dishes"].pop(dish_id, None) is None:
        raise HTTPException(404, "No such dish")


if TRUSTING:

    @app.get("/diary")
    def list_diaries(user: User) -> list[dict]:
        return [{"title": title} for title in tables["pages"]]


@app.post("/diary", status_code=201)
def write_diary(user: User, body: Page) -> dict:
    if body.title in tables["pages"]:
        raise HTTPException(409, "It is there")
    tables["pages"][body.title] = {**body.model_dump(), "by": user["username"]}
    return {"message": "written"}


@app.get("/diary/{title}")
def read_diary(user: User, title: Annotated[str, Path(pattern=r"^[\w ]{1,40}$")]) -> dict:
    page = tables["pages"].get(title)
    if page is None or (page["by"] != user["username"] and not TRUSTING):
        raise HTTPException(404, "No such page")
    return page

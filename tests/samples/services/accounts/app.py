"""Accounts that defend themselves: refresh tokens, a limit on log-ins, a lock after wrong passwords, an end by one's own
hand. A new password ends every token."""

import hashlib
import os
import secrets
import time
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Path
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, EmailStr, Field

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
LOG_INS, WINDOW, WRONG = 5, 1.0, 5
app = FastAPI(title="Accounts")
oauth2 = OAuth2PasswordBearer(tokenUrl="/auth/login", auto_error=False)
users: dict[int, dict] = {}
refresh_tokens: dict[str, int] = {}
notes: dict[int, dict] = {}
recent: list[float] = []


class Register(BaseModel):
    email: EmailStr
    password: str = Field(min_length=10, max_length=100)
    name: str = Field(default="", max_length=60)


class LogIn(BaseModel):
    email: EmailStr
    password: str = Field(max_length=100)


class UserOut(BaseModel):
    id: int
    email: str
    name: str


class Tokens(BaseModel):
    access_token: str
    refresh_token: str
    token_type: str = "bearer"
    expires_in: int = 120


class Refresh(BaseModel):
    refresh_token: str = Field(max_length=100)


class Rename(BaseModel):
    name: str = Field(max_length=60)


class NewPassword(BaseModel):
    current_password: str = Field(max_length=100)
    new_password: str = Field(min_length=10, max_length=100)


class NoteIn(BaseModel):
    text: str = Field(min_length=1, max_length=500)


class Note(NoteIn):
    id: int


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"accounts", 1000).hex()


def current_user(token: Annotated[str | None, Depends(oauth2)]) -> dict:
    try:
        claims = jwt.decode(token or "", KEY, algorithms=["HS256"])
        user = users.get(int(claims["sub"]))
    except (jwt.PyJWTError, KeyError, ValueError):
        user = None
    if user is None or user["generation"] != claims["generation"]:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    return user


User = Annotated[dict, Depends(current_user)]


def issue(user: dict) -> Tokens:
    refresh = secrets.token_urlsafe(24)
    refresh_tokens[refresh] = user["id"]
    claims = {"sub": str(user["id"]), "generation": user["generation"], "exp": int(time.time()) + 120}
    return Tokens(access_token=jwt.encode(claims, KEY, algorithm="HS256"), refresh_token=refresh)


@app.post("/auth/register", status_code=201, response_model=UserOut)
def register(body: Register):
    if any(user["email"] == body.email for user in users.values()):
        raise HTTPException(409, "Email already registered")
    number = max(users, default=0) + 1
    users[number] = {"id": number, "email": body.email, "name": body.name, "password": digest(body.password)}
    users[number] |= {"generation": 0, "wrong": 0}
    return users[number]


@app.post("/auth/login")
def log_in(body: LogIn) -> Tokens:
    now = time.monotonic()
    recent[:] = [moment for moment in recent if now - moment < WINDOW]
    if len(recent) >= LOG_INS:
        raise HTTPException(429, "Too many log-ins", {"Retry-After": "1"})
    recent.append(now)
    user = next((one for one in users.values() if one["email"] == body.email), None)
    if user is not None and user["wrong"] >= WRONG:
        raise HTTPException(423, "The account is locked")
    if user is None or user["password"] != digest(body.password):
        if user is not None:
            user["wrong"] += 1
        raise HTTPException(401, "Wrong email or password")
    user["wrong"] = 0
    return issue(user)


@app.post("/auth/refresh")
def refresh(body: Refresh) -> Tokens:
    user = users.get(refresh_tokens.pop(body.refresh_token, 0))
    if user is None:
        raise HTTPException(401, "Unknown refresh token")
    return issue(user)


@app.post("/auth/logout", status_code=204)
def log_out(user: User) -> None:
    user["generation"] += 1


@app.get("/me", response_model=UserOut)
def read_me(user: User):
    return user


@app.patch("/me", response_model=UserOut)
def rename(user: User, body: Rename):
    user["name"] = body.name
    return user


@app.put("/me/password", status_code=204)
def change_password(user: User, body: NewPassword) -> None:
    if user["password"] != digest(body.current_password):
        raise HTTPException(400, "Wrong password")
    user["password"] = digest(body.new_password)
    user["generation"] += 1


@app.delete("/me", status_code=204)
def delete_me(user: User) -> None:
    for number in [number for number, note in notes.items() if note["owner"] == user["id"]]:
        del notes[number]
    del users[user["id"]]


if PLANT == "deletes-any-user":

    @app.delete("/users/{user_id}", status_code=204)
    def delete_user(user: User, user_id: Annotated[int, Path(ge=1, le=10**9)]) -> None:
        if users.pop(user_id, None) is None:
            raise HTTPException(404, "No such user")


@app.get("/notes", response_model=list[Note])
def list_notes(user: User):
    return [note for note in notes.values() if note["owner"] == user["id"]]


@app.post("/notes", status_code=201, response_model=Note)
def write_note(user: User, body: NoteIn):
    number = max(notes, default=0) + 1
    notes[number] = {"id": number, "owner": user["id"], "text": body.text}
    return notes[number]


def own(user: dict, note_id: int, *, checked: bool = True) -> dict:
    note = notes.get(note_id)
    if note is None:
        raise HTTPException(404, "No such note")
    if checked and note["owner"] != user["id"]:
        raise HTTPException(403, "Not your note")
    return note


@app.get("/notes/{note_id}", response_model=Note)
def read_note(
    user: User, note_id: Annotated[int, Path(ge=1, le=10**9)], x_request_id: Annotated[str, Header(max_length=60)] = ""
):
    return own(user, note_id, checked=PLANT != "reads-any-note")


@app.delete("/notes/{note_id}", status_code=204)
def delete_note(user: User, note_id: Annotated[int, Path(ge=1, le=10**9)]) -> None:
    del notes[own(user, note_id)["id"]]

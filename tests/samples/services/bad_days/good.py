"""A small service without a flaw: the bad days are its own. `notes` and `users` are all that it keeps."""

import hashlib
import secrets
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

KEY = secrets.token_hex(32)
router = APIRouter()
users: dict[str, str] = {}
notes: dict[int, dict] = {}
NoteId = Annotated[int, Path(ge=1, le=10**9)]


class Account(BaseModel):
    username: str = Field(min_length=3, max_length=40, pattern=r"^\w+$")
    password: str = Field(min_length=8, max_length=64)


class NoteIn(BaseModel):
    text: str = Field(min_length=1, max_length=500)


class Note(NoteIn):
    id: int


def digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def current_user(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]) -> str:
    try:
        name = jwt.decode(token, KEY, algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        name = ""
    if name not in users:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    return name


User = Annotated[str, Depends(current_user)]


def own(user: User, note_id: NoteId) -> dict:
    if note_id not in notes or notes[note_id]["owner"] != user:
        raise HTTPException(404, "No such note")
    return notes[note_id]


Own = Annotated[dict, Depends(own)]


@router.post("/users", status_code=201)
def sign_up(body: Account) -> dict[str, str]:
    if body.username in users:
        raise HTTPException(409, "Taken")
    users[body.username] = digest(body.password)
    return {"username": body.username}


@router.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    if users.get(form.username) != digest(form.password):
        raise HTTPException(401, "Wrong name or password")
    return {"access_token": jwt.encode({"sub": form.username}, KEY, algorithm="HS256"), "token_type": "bearer"}


@router.get("/notes", response_model=list[Note])
def list_notes(user: User):
    return [note for note in notes.values() if note["owner"] == user]


@router.post("/notes", status_code=201, response_model=Note)
def write_note(user: User, body: NoteIn):
    number = max(notes, default=0) + 1
    notes[number] = {"id": number, "owner": user, "text": body.text}
    return notes[number]


@router.get("/notes/{note_id}", response_model=Note)
def read_note(note: Own):
    return note


@router.put("/notes/{note_id}", response_model=Note)
def change_note(note: Own, body: NoteIn):
    note["text"] = body.text
    return note


@router.delete("/notes/{note_id}", status_code=204)
def delete_note(note: Own) -> None:
    del notes[note["id"]]


app = FastAPI(title="Notes")
app.include_router(router)

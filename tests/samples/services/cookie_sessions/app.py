"""A reading list behind a session cookie: forms for sign-up and log-in, sessions on the server, log-out."""

import hashlib
import os
import secrets
import sqlite3
import tempfile
from contextlib import closing
from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException, Path, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import APIKeyCookie
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
FOLDER = tempfile.TemporaryDirectory(prefix="cookie-sessions-")
signer = URLSafeSerializer(os.environ.get("SESSION_SECRET") or secrets.token_hex(16))
cookie = APIKeyCookie(name="session", auto_error=False)
app = FastAPI(title="Reading list")
if PLANT == "cors-with-credentials":
    app.add_middleware(CORSMiddleware, allow_origin_regex=".*", allow_credentials=True, allow_methods=["*"])


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(f"{FOLDER.name}/app.db", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript("""
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, password TEXT);
        CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id INT);
        CREATE TABLE books (id INTEGER PRIMARY KEY, user_id INT, title TEXT, author TEXT, finished INT DEFAULT 0);
    """)


def get_connection():
    with closing(connect()) as connection:
        yield connection


Db = Annotated[sqlite3.Connection, Depends(get_connection)]
Name = Annotated[str, Form(min_length=3, max_length=40, pattern=r"^\w+$")]
Password = Annotated[str, Form(min_length=8, max_length=100)]


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"books", 1000).hex()


def session_id(value: Annotated[str | None, Depends(cookie)]) -> str:
    try:
        if PLANT == "cookie-signature-ignored" and value:
            return signer.loads_unsafe(value)[1] or ""
        return signer.loads(value or "")
    except BadSignature:
        raise HTTPException(401, "Please log in") from None


SessionId = Annotated[str, Depends(session_id)]


def current_user(db: Db, session: SessionId) -> sqlite3.Row:
    user = db.execute(
        "SELECT u.* FROM users u JOIN sessions s ON s.user_id = u.id WHERE s.id = ?", [session]
    ).fetchone()
    if user is None:
        raise HTTPException(401, "Please log in")
    return user


User = Annotated[sqlite3.Row, Depends(current_user)]


class BookIn(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    author: str = Field(min_length=1, max_length=100)


class Book(BookIn):
    id: int
    finished: bool


class Finished(BaseModel):
    finished: bool


class Account(BaseModel):
    id: int
    name: str


@app.post("/signup", status_code=201, response_model=Account)
def sign_up(db: Db, username: Name, password: Password):
    try:
        row = db.execute("INSERT INTO users (name, password) VALUES (?, ?)", [username, digest(password)]).lastrowid
    except sqlite3.IntegrityError:
        raise HTTPException(409, "That name is taken") from None
    return {"id": row, "name": username}


@app.post("/login", response_model=Account)
def log_in(db: Db, response: Response, username: Name, password: Password):
    user = db.execute("SELECT * FROM users WHERE name = ?", [username]).fetchone()
    if user is None or user["password"] != digest(password):
        raise HTTPException(401, "Wrong name or password")
    session = secrets.token_hex(16)
    db.execute("INSERT INTO sessions VALUES (?, ?)", [session, user["id"]])
    response.set_cookie("session", signer.dumps(session), httponly=True, samesite="lax", max_age=3600, path="/")
    return dict(user)


@app.post("/logout", status_code=204)
def log_out(db: Db, response: Response, session: SessionId) -> None:
    db.execute("DELETE FROM sessions WHERE id = ?", [session])
    response.delete_cookie("session")


@app.get("/account", response_model=Account)
def read_account(user: User):
    return dict(user)


def book_of(db: sqlite3.Connection, user: sqlite3.Row, book_id: int) -> sqlite3.Row:
    book = db.execute("SELECT * FROM books WHERE id = ? AND user_id = ?", [book_id, user["id"]]).fetchone()
    if book is None:
        raise HTTPException(404, "No such book")
    return book


Id = Annotated[int, Path(ge=1, le=2**62)]


@app.get("/books", response_model=list[Book])
def list_books(db: Db, user: User):
    return [dict(row) for row in db.execute("SELECT * FROM books WHERE user_id = ? ORDER BY id", [user["id"]])]


@app.post("/books", status_code=201, response_model=Book)
def add_book(db: Db, user: User, body: BookIn):
    row = db.execute(
        "INSERT INTO books (user_id, title, author) VALUES (?, ?, ?)", [user["id"], body.title, body.author]
    ).lastrowid
    return dict(book_of(db, user, row))


if PLANT == "reads-without-login":

    @app.get("/books/{book_id}", response_model=Book)
    def read_any_book(db: Db, book_id: Id):
        book = db.execute("SELECT * FROM books WHERE id = ?", [book_id]).fetchone()
        if book is None:
            raise HTTPException(404, "No such book")
        return dict(book)

else:

    @app.get("/books/{book_id}", response_model=Book)
    def read_book(db: Db, user: User, book_id: Id):
        return dict(book_of(db, user, book_id))


@app.put("/books/{book_id}", response_model=Book)
def change_book(db: Db, user: User, book_id: Id, body: BookIn):
    book_of(db, user, book_id)
    db.execute("UPDATE books SET title = ?, author = ? WHERE id = ?", [body.title, body.author, book_id])
    return dict(book_of(db, user, book_id))


@app.patch("/books/{book_id}/finished", response_model=Book)
def finish_book(db: Db, user: User, book_id: Id, body: Finished):
    if PLANT == "denied-but-done":
        db.execute("UPDATE books SET finished = ? WHERE id = ?", [body.finished, book_id])
    book_of(db, user, book_id)
    db.execute("UPDATE books SET finished = ? WHERE id = ?", [body.finished, book_id])
    return dict(book_of(db, user, book_id))


@app.delete("/books/{book_id}", status_code=204)
def remove_book(db: Db, user: User, book_id: Id) -> None:
    if PLANT != "deletes-any-book":
        book_of(db, user, book_id)
    db.execute("DELETE FROM books WHERE id = ?", [book_id])

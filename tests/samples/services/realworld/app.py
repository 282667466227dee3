"""A RealWorld-like service: bodies in an envelope, slugs that change with the title, `Authorization: Token …`, reads
that know their reader where there is one, comments by number, favourites and followers."""

import hashlib
import os
import re
import secrets
import sqlite3
import tempfile
from contextlib import closing
from typing import Annotated

import jwt
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, EmailStr, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

PLANT = os.environ.get("PLANT", "")
SECRET = secrets.token_hex(32)
FOLDER = tempfile.TemporaryDirectory(prefix="realworld-")
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, email TEXT UNIQUE, password TEXT, bio TEXT, image TEXT);
CREATE TABLE articles (id INTEGER PRIMARY KEY, slug TEXT UNIQUE, title TEXT, description TEXT, body TEXT, author_id INT);
CREATE TABLE comments (id INTEGER PRIMARY KEY, article_id INT, author_id INT, body TEXT);
CREATE TABLE favorites (article_id INT, user_id INT, PRIMARY KEY (article_id, user_id));
CREATE TABLE followers (user_id INT, follower_id INT, PRIMARY KEY (user_id, follower_id));
"""


def connect():
    connection = sqlite3.connect(f"{FOLDER.name}/app.db", isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


with closing(connect()) as first:
    first.executescript(SCHEMA)


def get_connection():
    with closing(connect()) as connection:
        yield connection


Db = Annotated[sqlite3.Connection, Depends(get_connection)]
Username = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]


class UserInCreate(BaseModel):
    username: Username
    email: EmailStr
    password: str = Field(min_length=8, max_length=200)


class UserInLogin(BaseModel):
    email: EmailStr
    password: str = Field(max_length=200)


class UserInUpdate(BaseModel):
    username: Username | None = None
    email: EmailStr | None = None
    password: str | None = Field(default=None, min_length=8, max_length=200)
    bio: str | None = Field(default=None, max_length=500)
    image: str | None = Field(default=None, max_length=500)


class ArticleInCreate(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    description: str = Field(max_length=500)
    body: str = Field(max_length=20_000)


class ArticleInUpdate(BaseModel):
    title: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=500)
    body: str | None = Field(default=None, max_length=20_000)


class CommentInCreate(BaseModel):
    body: str = Field(min_length=1, max_length=2000)


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"realworld", 1000).hex()


class TokenHeader(APIKeyHeader):
    async def __call__(self, request: Request) -> str | None:
        try:
            return await super().__call__(request)
        except StarletteHTTPException:
            raise HTTPException(403, "authentication required") from None


def token_of(header: str) -> str:
    prefix, _, token = header.partition(" ")
    if prefix != "Token" or not token:
        raise HTTPException(403, "unsupported authorization type")
    return token


def find_user(db: sqlite3.Connection, token: str) -> sqlite3.Row:
    try:
        user_id = jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]
        user = db.execute("SELECT * FROM users WHERE id = ?", [int(user_id)]).fetchone()
    except (jwt.PyJWTError, KeyError, ValueError):
        user = None
    if user is None:
        raise HTTPException(403, "could not validate credentials")
    return user


def required_user(db: Db, header: Annotated[str, Depends(TokenHeader(name="Authorization"))]) -> sqlite3.Row:
    return find_user(db, token_of(header))


def optional_user(
    db: Db, header: Annotated[str | None, Depends(TokenHeader(name="Authorization", auto_error=False))]
) -> sqlite3.Row | None:
    return find_user(db, token_of(header)) if header else None


User = Annotated[sqlite3.Row, Depends(required_user)]
Reader = Annotated[sqlite3.Row | None, Depends(optional_user)]


def article_from_path(db: Db, slug: Annotated[str, Path(min_length=1, max_length=250)]) -> sqlite3.Row:
    article = db.execute("SELECT * FROM articles WHERE slug = ?", [slug]).fetchone()
    if article is None:
        raise HTTPException(404, "article does not exist")
    return article


Article = Annotated[sqlite3.Row, Depends(article_from_path)]


def comment_from_path(db: Db, article: Article, comment_id: Annotated[int, Path(ge=1, le=2**62)]) -> sqlite3.Row:
    found = db.execute("SELECT * FROM comments WHERE id = ? AND article_id = ?", [comment_id, article["id"]]).fetchone()
    if found is None:
        raise HTTPException(404, "comment does not exist")
    return found


Comment = Annotated[sqlite3.Row, Depends(comment_from_path)]


def only_the_author(article: Article, user: User) -> None:
    if article["author_id"] != user["id"]:
        raise HTTPException(403, "you are not an author of this article")


def only_the_commenter(comment: Comment, user: User) -> None:
    if comment["author_id"] != user["id"]:
        raise HTTPException(403, "you are not an author of this comment")


AUTHOR = [Depends(only_the_author)]


def shown_user(user: sqlite3.Row) -> dict:
    token = jwt.encode({"sub": str(user["id"])}, SECRET, algorithm="HS256")
    return {"user": {name: user[name] for name in ("username", "email", "bio", "image")} | {"token": token}}


def profile(db: sqlite3.Connection, user: sqlite3.Row, reader: sqlite3.Row | None) -> dict:
    following = reader is not None and (
        db.execute("SELECT 1 FROM followers WHERE user_id = ? AND follower_id = ?", [user["id"], reader["id"]]).fetchone()
        is not None
    )
    return {"username": user["username"], "bio": user["bio"], "image": user["image"], "following": following}


def shown_article(db: sqlite3.Connection, article: sqlite3.Row, reader: sqlite3.Row | None) -> dict:
    author = db.execute("SELECT * FROM users WHERE id = ?", [article["author_id"]]).fetchone()
    lovers = [row[0] for row in db.execute("SELECT user_id FROM favorites WHERE article_id = ?", [article["id"]])]
    return {name: article[name] for name in ("slug", "title", "description", "body")} | {
        "favorited": reader is not None and reader["id"] in lovers,
        "favoritesCount": len(lovers),
        "author": profile(db, author, reader),
    }


def slugify(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or secrets.token_hex(4)


router = APIRouter(prefix="/api")


@router.post("/users", status_code=201, tags=["authentication"])
def register(db: Db, user: Annotated[UserInCreate, Body(embed=True)]):
    try:
        cursor = db.execute(
            "INSERT INTO users (username, email, password, bio) VALUES (?, ?, ?, '')",
            [user.username, user.email, digest(user.password)],
        )
    except sqlite3.IntegrityError:
        raise HTTPException(400, "user with this username or email already exists") from None
    return shown_user(db.execute("SELECT * FROM users WHERE id = ?", [cursor.lastrowid]).fetchone())


@router.post("/users/login", tags=["authentication"])
def login(db: Db, user: Annotated[UserInLogin, Body(embed=True)]):
    found = db.execute("SELECT * FROM users WHERE email = ?", [user.email]).fetchone()
    if found is None or found["password"] != digest(user.password):
        raise HTTPException(400, "incorrect email or password")
    return shown_user(found)


@router.get("/user", tags=["users"])
def read_current_user(user: User):
    return shown_user(user)


@router.put("/user", tags=["users"])
def update_current_user(db: Db, current: User, user: Annotated[UserInUpdate, Body(embed=True)]):
    changed = user.model_dump(exclude_none=True)
    if "password" in changed:
        changed["password"] = digest(changed["password"])
    try:
        for name, value in changed.items():
            db.execute(f"UPDATE users SET {name} = ? WHERE id = ?", [value, current["id"]])
    except sqlite3.IntegrityError:
        raise HTTPException(400, "user with this username or email already exists") from None
    return shown_user(db.execute("SELECT * FROM users WHERE id = ?", [current["id"]]).fetchone())


def user_from_path(db: Db, username: Annotated[str, Path(min_length=1, max_length=64)]) -> sqlite3.Row:
    found = db.execute("SELECT * FROM users WHERE username = ?", [username]).fetchone()
    if found is None:
        raise HTTPException(404, "profile does not exist")
    return found


Profile = Annotated[sqlite3.Row, Depends(user_from_path)]


@router.get("/profiles/{username}", tags=["profiles"])
def read_profile(db: Db, found: Profile, reader: Reader):
    return {"profile": profile(db, found, reader)}


@router.post("/profiles/{username}/follow", tags=["profiles"])
def follow(db: Db, found: Profile, user: User):
    db.execute("INSERT OR IGNORE INTO followers VALUES (?, ?)", [found["id"], user["id"]])
    return {"profile": profile(db, found, user)}


@router.delete("/profiles/{username}/follow", tags=["profiles"])
def unfollow(db: Db, found: Profile, user: User):
    db.execute("DELETE FROM followers WHERE user_id = ? AND follower_id = ?", [found["id"], user["id"]])
    return {"profile": profile(db, found, user)}


@router.get("/articles", tags=["articles"])
def list_articles(
    db: Db,
    reader: Reader,
    author: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
):
    found = db.execute(
        "SELECT a.* FROM articles a JOIN users u ON u.id = author_id WHERE ?1 IS NULL OR u.username = ?1 "
        "ORDER BY a.id DESC LIMIT ?2 OFFSET ?3",
        [author, limit, offset],
    ).fetchall()
    return {"articles": [shown_article(db, row, reader) for row in found], "articlesCount": len(found)}


@router.get("/articles/feed", tags=["articles"])
def feed(db: Db, user: User, limit: Annotated[int, Query(ge=1, le=100)] = 20):
    found = db.execute(
        "SELECT a.* FROM articles a JOIN followers f ON f.user_id = a.author_id WHERE f.follower_id = ? LIMIT ?",
        [user["id"], limit],
    ).fetchall()
    return {"articles": [shown_article(db, row, user) for row in found], "articlesCount": len(found)}


@router.post("/articles", status_code=201, tags=["articles"])
def create_article(db: Db, user: User, article: Annotated[ArticleInCreate, Body(embed=True)]):
    slug = slugify(article.title)
    try:
        db.execute(
            "INSERT INTO articles (slug, title, description, body, author_id) VALUES (?, ?, ?, ?, ?)",
            [slug, article.title, article.description, article.body, user["id"]],
        )
    except sqlite3.IntegrityError:
        raise HTTPException(400, "article already exists") from None
    return {"article": shown_article(db, article_from_path(db, slug), user)}


@router.get("/articles/{slug}", tags=["articles"])
def read_article(db: Db, article: Article, reader: Reader):
    return {"article": shown_article(db, article, reader)}


@router.put("/articles/{slug}", tags=["articles"], dependencies=[] if PLANT == "updates-any-article" else AUTHOR)
def update_article(db: Db, current: Article, user: User, article: Annotated[ArticleInUpdate, Body(embed=True)]):
    changed = article.model_dump(exclude_none=True)
    if "title" in changed:
        changed["slug"] = slugify(changed["title"])
    try:
        for name, value in changed.items():
            db.execute(f"UPDATE articles SET {name} = ? WHERE id = ?", [value, current["id"]])
    except sqlite3.IntegrityError:
        raise HTTPException(400, "article already exists") from None
    found = db.execute("SELECT * FROM articles WHERE id = ?", [current["id"]]).fetchone()
    return {"article": shown_article(db, found, user)}


# Without its dependencies the route asks nobody who they are.
@router.delete(
    "/articles/{slug}", status_code=204, tags=["articles"], dependencies=[] if PLANT == "anyone-deletes" else AUTHOR
)
def delete_article(db: Db, article: Article):
    db.execute("DELETE FROM comments WHERE article_id = ?", [article["id"]])
    db.execute("DELETE FROM articles WHERE id = ?", [article["id"]])
    return Response(status_code=204)


@router.post("/articles/{slug}/favorite", tags=["articles"])
def favorite(db: Db, article: Article, user: User):
    db.execute("INSERT OR IGNORE INTO favorites VALUES (?, ?)", [article["id"], user["id"]])
    return {"article": shown_article(db, article, user)}


@router.delete("/articles/{slug}/favorite", tags=["articles"])
def unfavorite(db: Db, article: Article, user: User):
    db.execute("DELETE FROM favorites WHERE article_id = ? AND user_id = ?", [article["id"], user["id"]])
    return {"article": shown_article(db, article, user)}


def shown_comment(db: sqlite3.Connection, comment: sqlite3.Row, reader: sqlite3.Row | None) -> dict:
    author = db.execute("SELECT * FROM users WHERE id = ?", [comment["author_id"]]).fetchone()
    return {"id": comment["id"], "body": comment["body"], "author": profile(db, author, reader)}


@router.get("/articles/{slug}/comments", tags=["comments"])
def list_comments(db: Db, article: Article, reader: Reader):
    found = db.execute("SELECT * FROM comments WHERE article_id = ? ORDER BY id", [article["id"]]).fetchall()
    return {"comments": [shown_comment(db, row, reader) for row in found]}


@router.post("/articles/{slug}/comments", status_code=201, tags=["comments"])
def create_comment(db: Db, article: Article, user: User, comment: Annotated[CommentInCreate, Body(embed=True)]):
    cursor = db.execute(
        "INSERT INTO comments (article_id, author_id, body) VALUES (?, ?, ?)", [article["id"], user["id"], comment.body]
    )
    found = db.execute("SELECT * FROM comments WHERE id = ?", [cursor.lastrowid]).fetchone()
    return {"comment": shown_comment(db, found, user)}


@router.delete(
    "/articles/{slug}/comments/{comment_id}",
    status_code=204,
    tags=["comments"],
    dependencies=[] if PLANT == "deletes-any-comment" else [Depends(only_the_commenter)],
)
def delete_comment(db: Db, comment: Comment, user: User):
    db.execute("DELETE FROM comments WHERE id = ?", [comment["id"]])
    return Response(status_code=204)


app = FastAPI(title="Conduit")
app.include_router(router)


@app.exception_handler(StarletteHTTPException)
async def show_error(_: Request, error: StarletteHTTPException) -> JSONResponse:
    return JSONResponse({"errors": [error.detail]}, status_code=error.status_code)


@app.exception_handler(RequestValidationError)
async def show_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"errors": [str(one["msg"]) for one in error.errors()]}, status_code=422)

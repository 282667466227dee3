"""A blog: everybody reads posts and comments, also without a log-in; only authors change what they wrote."""

import hashlib
import os
import secrets
from datetime import datetime, timedelta, timezone
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Query
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
app = FastAPI(title="Blog")
users: dict[str, dict] = {}
posts: dict[int, dict] = {}
comments: dict[int, dict] = {}
oauth2 = OAuth2PasswordBearer(tokenUrl="auth/token")
Id = Annotated[int, Path(ge=1, le=10**9)]


class UserIn(BaseModel):
    username: str = Field(min_length=3, max_length=30, pattern="^[a-z0-9_-]+$")
    password: str = Field(min_length=8, max_length=64)


class UserOut(BaseModel):
    username: str


class PostIn(BaseModel):
    title: str = Field(min_length=1, max_length=150)
    text: str = Field(max_length=10_000)


class PostFor(PostIn):
    author: str | None = Field(default=None, max_length=30)


class Post(PostIn):
    id: int
    author: str
    created_at: datetime


class CommentIn(BaseModel):
    text: str = Field(min_length=1, max_length=1000)


class Comment(CommentIn):
    id: int
    post_id: int
    author: str


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"blog", 1000).hex()


def current_user(token: Annotated[str, Depends(oauth2)]) -> str:
    try:
        name = jwt.decode(token, KEY, algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        name = None
    if name not in users:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": "Bearer"})
    return name


User = Annotated[str, Depends(current_user)]


def post_of(post_id: Id) -> dict:
    if post_id not in posts:
        raise HTTPException(404, "Post not found")
    return posts[post_id]


def own_post(user: User, post: Annotated[dict, Depends(post_of)]) -> dict:
    if post["author"] != user:
        raise HTTPException(403, "Not your post")
    return post


def own_comment(user: User, comment_id: Id) -> dict:
    if comment_id not in comments:
        raise HTTPException(404, "Comment not found")
    if comments[comment_id]["author"] != user and PLANT != "edits-any-comment":
        raise HTTPException(403, "Not your comment")
    return comments[comment_id]


@app.post("/auth/register", status_code=201, response_model=UserOut, tags=["auth"])
def register(body: UserIn):
    if body.username in users:
        raise HTTPException(409, "Username taken")
    users[body.username] = {"username": body.username, "password": digest(body.password)}
    return users[body.username]


@app.post("/auth/token", tags=["auth"])
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    user = users.get(form.username)
    if user is None or user["password"] != digest(form.password):
        raise HTTPException(401, "Incorrect username or password")
    payload = {"sub": form.username, "exp": datetime.now(timezone.utc) + timedelta(minutes=30)}
    return {"access_token": jwt.encode(payload, KEY, algorithm="HS256"), "token_type": "bearer"}


@app.get("/posts", response_model=list[Post], tags=["posts"])
def list_posts(limit: Annotated[int, Query(ge=1, le=50)] = 10, offset: Annotated[int, Query(ge=0, le=10**6)] = 0):
    return sorted(posts.values(), key=lambda post: -post["id"])[offset : offset + limit]


@app.post("/posts", status_code=201, response_model=Post, tags=["posts"])
def create_post(user: User, body: PostFor if PLANT == "author-in-body" else PostIn):
    author = getattr(body, "author", None) or user
    post = {"title": body.title, "text": body.text, "id": max(posts, default=0) + 1, "author": author}
    posts[post["id"]] = post | {"created_at": datetime.now(timezone.utc)}
    return posts[post["id"]]


@app.get("/posts/{post_id}", response_model=Post, tags=["posts"])
def read_post(post: Annotated[dict, Depends(post_of)]):
    return post


@app.put("/posts/{post_id}", response_model=Post, tags=["posts"])
def update_post(post: Annotated[dict, Depends(own_post)], body: PostIn):
    post.update(body.model_dump())
    return post


if PLANT == "anybody-deletes":

    @app.delete("/posts/{post_id}", status_code=204, tags=["posts"])
    def delete_any_post(post: Annotated[dict, Depends(post_of)]) -> None:
        del posts[post["id"]]

else:

    @app.delete("/posts/{post_id}", status_code=204, tags=["posts"])
    def delete_post(post: Annotated[dict, Depends(own_post)]) -> None:
        del posts[post["id"]]


@app.get("/posts/{post_id}/comments", response_model=list[Comment], tags=["comments"])
def list_comments(post: Annotated[dict, Depends(post_of)]):
    return [comment for comment in comments.values() if comment["post_id"] == post["id"]]


@app.post("/posts/{post_id}/comments", status_code=201, response_model=Comment, tags=["comments"])
def create_comment(user: User, post: Annotated[dict, Depends(post_of)], body: CommentIn):
    number = max(comments, default=0) + 1
    comments[number] = {"id": number, "post_id": post["id"], "author": user, "text": body.text}
    return comments[number]


@app.patch("/comments/{comment_id}", response_model=Comment, tags=["comments"])
def edit_comment(comment: Annotated[dict, Depends(own_comment)], body: CommentIn):
    comment["text"] = body.text
    return comment


@app.delete("/comments/{comment_id}", status_code=204, tags=["comments"])
def delete_comment(comment: Annotated[dict, Depends(own_comment)]) -> None:
    del comments[comment["id"]]

"""Documents that are never removed: `deleted_at` hides them. Every change is answered with 204, every denial with 404."""

import hashlib
import os
import secrets
from datetime import datetime, timedelta, timezone
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Response
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, create_engine, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

PLANT = os.environ.get("PLANT", "")
KEY = secrets.token_hex(32)
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))
metadata = MetaData()
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), unique=True),
    Column("password", String(64)),
)
documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner_id", ForeignKey("users.id"), nullable=False),
    Column("title", String(120), nullable=False),
    Column("text", String(5000), nullable=False, default=""),
    Column("deleted_at", DateTime, nullable=True),
)
metadata.create_all(engine)
TEXT = r"^[^\x00]*$"


class SignUp(BaseModel):
    name: str = Field(min_length=2, max_length=40, pattern=r"^[a-zA-Z0-9_-]+$")
    password: str = Field(min_length=6, max_length=72)


class DocumentIn(BaseModel):
    title: str = Field(min_length=1, max_length=None if PLANT == "title-without-bound" else 120, pattern=TEXT)
    text: str = Field(default="", max_length=5000, pattern=TEXT)


class DocumentPatch(BaseModel):
    title: str | None = Field(default=None, min_length=1, max_length=120, pattern=TEXT)
    text: str | None = Field(default=None, max_length=5000, pattern=TEXT)


class DocumentOut(BaseModel):
    id: int
    title: str
    text: str


def begin():
    # The transaction ends here, before the answer is sent, and not in the exit of a dependency.
    with engine.begin() as connection:
        yield connection


Db = Annotated[Connection, Depends(begin, scope="function")]
oauth2 = OAuth2PasswordBearer(tokenUrl="login")
app = FastAPI(title="Documents")


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"documents", 1000).hex()


def user_id(token: Annotated[str, Depends(oauth2)]) -> int:
    try:
        return int(jwt.decode(token, KEY, algorithms=["HS256"])["sub"])
    except (jwt.PyJWTError, KeyError, ValueError):
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"}) from None


UserId = Annotated[int, Depends(user_id)]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


@app.post("/signup", status_code=204)
def sign_up(db: Db, body: SignUp) -> None:
    try:
        db.execute(insert(users).values(name=body.name, password=digest(body.password)))
    except IntegrityError:
        raise HTTPException(409, "Name taken") from None


@app.post("/login")
def log_in(db: Db, form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    name = form.username.replace("\0", "")
    found = db.execute(select(users).where(users.c.name == name, users.c.password == digest(form.password))).first()
    if found is None:
        raise HTTPException(401, "Wrong name or password")
    expires = datetime.now(timezone.utc) + timedelta(minutes=5)
    return {
        "access_token": jwt.encode({"sub": str(found.id), "exp": expires}, KEY, algorithm="HS256"),
        "token_type": "bearer",
    }


def visible(owner: int, document_id: int, *, mine: bool = True, alive: bool = True):
    query = select(documents).where(documents.c.id == document_id)
    if mine:
        query = query.where(documents.c.owner_id == owner)
    return query.where(documents.c.deleted_at.is_(None)) if alive else query


def change(db: Connection, owner: int, document_id: int, *, mine: bool = True, **values: object) -> Response:
    found = db.execute(visible(owner, document_id, mine=mine)).first()
    if found is None:
        raise HTTPException(404, "Not found")
    if values:
        db.execute(update(documents).where(documents.c.id == document_id).values(**values))
    return Response(status_code=204)


@app.post("/documents", status_code=201)
def create(db: Db, owner: UserId, body: DocumentIn, response: Response) -> DocumentOut:
    row = db.execute(insert(documents).values(owner_id=owner, **body.model_dump()).returning(documents)).one()
    response.headers["Location"] = f"/documents/{row.id}"
    return DocumentOut(id=row.id, title=row.title, text=row.text)


@app.get("/documents")
def list_documents(db: Db, owner: UserId) -> list[DocumentOut]:
    query = select(documents).where(documents.c.owner_id == owner, documents.c.deleted_at.is_(None))
    return [DocumentOut(id=row.id, title=row.title, text=row.text) for row in db.execute(query.limit(200))]


@app.get("/documents/{document_id}")
def read(db: Db, owner: UserId, document_id: Id) -> DocumentOut:
    row = db.execute(visible(owner, document_id, mine=PLANT != "reads-any-document")).first()
    if row is None:
        raise HTTPException(404, "Not found")
    return DocumentOut(id=row.id, title=row.title, text=row.text)


@app.put("/documents/{document_id}", status_code=204)
def replace(db: Db, owner: UserId, document_id: Id, body: DocumentIn):
    return change(db, owner, document_id, **body.model_dump())


@app.patch("/documents/{document_id}", status_code=204)
def edit(db: Db, owner: UserId, document_id: Id, body: DocumentPatch):
    return change(db, owner, document_id, mine=PLANT != "patches-any-document", **body.model_dump(exclude_none=True))


@app.delete("/documents/{document_id}", status_code=204)
def delete(db: Db, owner: UserId, document_id: Id):
    return change(
        db,
        owner,
        document_id,
        mine=PLANT != "deletes-any-document",
        deleted_at=datetime.now(timezone.utc).replace(tzinfo=None),
    )

"""Notes: SQLModel, UUIDs, a log-in in JSON whose token lies in `data.token`, sign-up with an e-mail address."""

import hashlib
import os
import secrets
import uuid
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator, BaseModel, EmailStr
from sqlmodel import Field, Session, SQLModel, create_engine, select

PLANT = os.environ.get("PLANT", "")
SECRET = secrets.token_urlsafe(48)
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be stored")
    return text


Text = Annotated[str, AfterValidator(without_nul)]


class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, max_length=254)
    full_name: Text | None = Field(default=None, max_length=100)


class User(UserBase, table=True):
    __tablename__ = "account"
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    hashed_password: str
    is_superuser: bool = False


class UserRegister(UserBase):
    password: str = Field(min_length=8, max_length=40)


class UserPublic(UserBase):
    id: uuid.UUID


class UserShown(UserPublic):
    hashed_password: str


class NoteBase(SQLModel):
    title: Text = Field(min_length=1, max_length=255)
    content: Text = Field(default="", max_length=2000)


class Note(NoteBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    owner_id: uuid.UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    created_at: datetime = Field(default_factory=lambda: datetime.now(timezone.utc))


class NoteCreate(NoteBase):
    pass


class NoteCreateFor(NoteBase):
    owner_id: uuid.UUID | None = None


class NoteUpdate(SQLModel):
    title: Text | None = Field(default=None, min_length=1, max_length=255)
    content: Text | None = Field(default=None, max_length=2000)


class NotePublic(NoteBase):
    id: uuid.UUID
    owner_id: uuid.UUID
    created_at: datetime


class NotesPublic(SQLModel):
    data: list[NotePublic]
    count: int


class Credentials(BaseModel):
    email: EmailStr
    password: str = Field(max_length=40)


class TokenValue(BaseModel):
    token: str
    expires_in: int


class TokenEnvelope(BaseModel):
    data: TokenValue


def get_session():
    with Session(engine) as session:
        yield session


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"notes", 1000).hex()


SessionDep = Annotated[Session, Depends(get_session)]
bearer = HTTPBearer()


def get_current_user(session: SessionDep, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> User:
    try:
        options = {"verify_exp": PLANT != "expiry-not-verified"}
        user_id = uuid.UUID(jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"], options=options)["sub"])
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise HTTPException(status_code=403, detail="Could not validate credentials") from None
    user = session.get(User, user_id)
    if not user:
        raise HTTPException(status_code=404, detail="User not found")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]
auth = APIRouter(prefix="/auth", tags=["auth"])
notes = APIRouter(prefix="/notes", tags=["notes"])


@auth.post("/register", status_code=201, response_model=UserPublic)
def register(session: SessionDep, body: UserRegister):
    if session.exec(select(User).where(User.email == body.email)).first():
        raise HTTPException(status_code=400, detail="The user with this email already exists in the system.")
    user = User.model_validate(body, update={"hashed_password": digest(body.password)})
    session.add(user)
    session.commit()
    session.refresh(user)
    return user


@auth.post("/login")
def login(session: SessionDep, body: Credentials) -> TokenEnvelope:
    user = session.exec(select(User).where(User.email == body.email)).first()
    if not user or user.hashed_password != digest(body.password):
        raise HTTPException(status_code=400, detail="Incorrect email or password")
    now = datetime.now(timezone.utc)
    token = jwt.encode({"sub": str(user.id), "iat": now, "exp": now + timedelta(seconds=600)}, SECRET, "HS256")
    return TokenEnvelope(data=TokenValue(token=token, expires_in=600))


@auth.get("/me", response_model=UserShown if PLANT == "shows-the-hash" else UserPublic)
def me(user: CurrentUser):
    return user


@notes.get("", response_model=NotesPublic)
def list_notes(
    session: SessionDep,
    user: CurrentUser,
    skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
):
    statement = select(Note).order_by(Note.created_at)
    if not user.is_superuser and PLANT != "lists-all-notes":
        statement = statement.where(Note.owner_id == user.id)
    found = session.exec(statement.offset(skip).limit(limit)).all()
    return {"data": found, "count": len(found)}


@notes.post("", response_model=NotePublic)
def create_note(session: SessionDep, user: CurrentUser, body: NoteCreateFor if PLANT == "owner-in-body" else NoteCreate):
    owner_id = getattr(body, "owner_id", None) or user.id
    if not session.get(User, owner_id):
        raise HTTPException(status_code=404, detail="User not found")
    note = Note.model_validate(body, update={"owner_id": owner_id})
    session.add(note)
    session.commit()
    session.refresh(note)
    return note


def own(session: Session, user: User, note_id: uuid.UUID) -> Note:
    note = session.get(Note, note_id)
    if not note:
        raise HTTPException(status_code=404, detail="Note not found")
    if not user.is_superuser and note.owner_id != user.id:
        raise HTTPException(status_code=400, detail="Not enough permissions")
    return note


@notes.get("/{id}", response_model=NotePublic)
def read_note(session: SessionDep, user: CurrentUser, id: uuid.UUID):
    return own(session, user, id)


@notes.put("/{id}", response_model=NotePublic)
def update_note(session: SessionDep, user: CurrentUser, id: uuid.UUID, body: NoteUpdate):
    note = own(session, user, id)
    note.sqlmodel_update(body.model_dump(exclude_unset=True, exclude_none=True))
    session.add(note)
    session.commit()
    session.refresh(note)
    return note


@notes.delete("/{id}")
def delete_note(session: SessionDep, user: CurrentUser, id: uuid.UUID) -> dict[str, str]:
    if PLANT == "deletes-any-note":
        note = session.get(Note, id)
        if not note:
            raise HTTPException(status_code=404, detail="Note not found")
    else:
        note = own(session, user, id)
    session.delete(note)
    session.commit()
    return {"message": "Note deleted successfully"}


@asynccontextmanager
async def lifespan(app: FastAPI):
    SQLModel.metadata.create_all(engine)
    yield


app = FastAPI(title="Notes", lifespan=lifespan)
app.include_router(auth, prefix="/api/v1")
app.include_router(notes, prefix="/api/v1")

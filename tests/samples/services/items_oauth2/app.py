"""Items of a user: sync SQLAlchemy, the OAuth2 password flow, integer ids, administrators by a field of the user."""

import hashlib
import os
import secrets
from datetime import datetime, timedelta, timezone
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Path, Query, status
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

PLANT = os.environ.get("PLANT", "")
SECRET_KEY = os.environ.get("SECRET_KEY") or secrets.token_hex(32)
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(50), unique=True)
    hashed_password: Mapped[str]
    role: Mapped[str] = mapped_column(default="user")
    items: Mapped[list["Item"]] = relationship(back_populates="owner", cascade="all, delete-orphan")


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(1000), default="")
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    owner: Mapped[User] = relationship(back_populates="items")


Base.metadata.create_all(engine)


def without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be stored")
    return text


Name = Annotated[str, Field(min_length=3, max_length=50, pattern=r"^[A-Za-z0-9_.@-]+$")]
Title = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(without_nul)]
Description = Annotated[str, Field(max_length=1000), AfterValidator(without_nul)]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class UserCreate(BaseModel):
    username: Name
    password: str = Field(min_length=8, max_length=128)


class UserCreateWithRole(UserCreate):
    role: str = Field(default="user", pattern="^(user|admin)$")


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    username: str
    role: str


class ItemCreate(BaseModel):
    title: Title
    description: Description = ""


class ItemUpdate(BaseModel):
    title: Title | None = None
    description: Description | None = None


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    description: str
    owner_id: int


class Token(BaseModel):
    access_token: str
    token_type: str


def get_db():
    db = Session(engine)
    try:
        yield db
    finally:
        db.close()


Db = Annotated[Session, Depends(get_db)]
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


def hash_password(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"items", 1000).hex()


def get_current_user(token: Annotated[str, Depends(oauth2_scheme)], db: Db) -> User:
    unauthorized = HTTPException(
        status.HTTP_401_UNAUTHORIZED, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}
    )
    try:
        payload = jwt.decode(
            token, SECRET_KEY, ["HS256"], options={"verify_signature": PLANT != "signature-not-verified"}
        )
        user = db.get(User, int(payload["sub"]))
    except (jwt.PyJWTError, KeyError, ValueError):
        raise unauthorized from None
    if user is None:
        raise unauthorized
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def get_admin(user: CurrentUser) -> User:
    if user.role != "admin" and PLANT != "role-not-asked":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Administrators only")
    return user


app = FastAPI(title="Items")


@app.post("/token")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> Token:
    user = db.scalar(select(User).where(User.username == form.username)) if "\0" not in form.username else None
    if user is None or not secrets.compare_digest(user.hashed_password, hash_password(form.password)):
        raise HTTPException(status.HTTP_400_BAD_REQUEST, "Incorrect username or password")
    payload = {"sub": str(user.id), "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
    return Token(access_token=jwt.encode(payload, SECRET_KEY, "HS256"), token_type="bearer")


@app.post("/users/", status_code=201, response_model=UserOut)
def create_user(body: UserCreateWithRole if PLANT == "role-in-sign-up" else UserCreate, db: Db):
    if db.scalar(select(User).where(User.username == body.username)):
        raise HTTPException(status.HTTP_409_CONFLICT, "Username already registered")
    user = User(
        username=body.username, hashed_password=hash_password(body.password), role=getattr(body, "role", "user")
    )
    db.add(user)
    db.commit()
    return user


@app.get("/users/me", response_model=UserOut)
def read_me(user: CurrentUser):
    return user


@app.get("/users/", response_model=list[UserOut])
def read_users(
    _: Annotated[User, Depends(get_admin)],
    db: Db,
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
):
    return db.scalars(select(User).order_by(User.id).offset(skip).limit(limit)).all()


def own_item(item_id: int, user: User, db: Session, *, checked: bool = True) -> Item:
    item = db.get(Item, item_id)
    if item is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "Item not found")
    if checked and item.owner_id != user.id and user.role != "admin":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Not enough permissions")
    return item


@app.get("/items/", response_model=list[ItemOut])
def read_items(
    user: CurrentUser,
    db: Db,
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
):
    query = select(Item).where(Item.owner_id == user.id)
    return db.scalars(query.order_by(Item.id).offset(skip).limit(limit)).all()


@app.post("/items/", status_code=201, response_model=ItemOut)
def create_item(body: ItemCreate, user: CurrentUser, db: Db):
    item = Item(**body.model_dump(), owner_id=user.id)
    db.add(item)
    db.commit()
    return item


@app.get("/items/{item_id}", response_model=ItemOut)
def read_item(item_id: Id, user: CurrentUser, db: Db):
    return own_item(item_id, user, db, checked=PLANT != "reads-any-item")


@app.put("/items/{item_id}", response_model=ItemOut)
def replace_item(item_id: Id, body: ItemCreate, user: CurrentUser, db: Db):
    item = own_item(item_id, user, db)
    item.title, item.description = body.title, body.description
    db.commit()
    return item


@app.patch("/items/{item_id}", response_model=ItemOut)
def update_item(item_id: Id, body: ItemUpdate, user: CurrentUser, db: Db):
    item = own_item(item_id, user, db, checked=PLANT != "patches-any-item")
    for name, value in body.model_dump(exclude_unset=True, exclude_none=True).items():
        setattr(item, name, value)
    db.commit()
    return item


@app.delete("/items/{item_id}", status_code=204)
def delete_item(item_id: Id, user: CurrentUser, db: Db) -> None:
    db.delete(own_item(item_id, user, db))
    db.commit()

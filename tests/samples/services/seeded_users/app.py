"""A ledger without a sign-up: `python seed.py NAME PASSWORD` makes a user. Its tokens live for three seconds."""

import time
from typing import Annotated

import jwt
import store
from fastapi import Depends, FastAPI, HTTPException, Path
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field
from sqlalchemy import delete, insert, select, update

LIFETIME = 3
app = FastAPI(title="Ledger", docs_url=None, redoc_url=None)
oauth2 = OAuth2PasswordBearer(tokenUrl="/token")


class EntryIn(BaseModel):
    note: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")
    cents: int = Field(ge=-(10**9), le=10**9)


class Entry(EntryIn):
    id: int


def user_of(token: Annotated[str, Depends(oauth2)]) -> int:
    try:
        options = {"verify_exp": store.PLANT != "expired-accepted"}
        return int(jwt.decode(token, store.KEY, algorithms=["HS256"], options=options)["sub"])
    except (jwt.PyJWTError, KeyError, ValueError):
        raise HTTPException(401, "Invalid or expired token", {"WWW-Authenticate": "Bearer"}) from None


User = Annotated[int, Depends(user_of)]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


@app.post("/token")
def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    users = store.users
    with store.engine.begin() as db:
        found = db.execute(select(users).where(users.c.name == form.username.replace("\0", ""))).first()
    if found is None or found.password != store.digest(form.password):
        raise HTTPException(401, "Wrong name or password")
    payload = {"sub": str(found.id), "exp": time.time() + LIFETIME}
    return {
        "access_token": jwt.encode(payload, store.KEY, algorithm="HS256"),
        "token_type": "bearer",
        "expires_in": LIFETIME,
    }


def own(db, user: int, entry_id: int, *, checked: bool = True) -> Entry:
    entries = store.entries
    row = db.execute(select(entries).where(entries.c.id == entry_id)).first()
    if row is None or (checked and row.user_id != user):
        raise HTTPException(404, "No such entry")
    return Entry(id=row.id, note=row.note, cents=row.cents)


@app.get("/entries")
def list_entries(user: User) -> list[Entry]:
    entries = store.entries
    with store.engine.begin() as db:
        rows = db.execute(select(entries).where(entries.c.user_id == user).order_by(entries.c.id)).all()
    return [Entry(id=row.id, note=row.note, cents=row.cents) for row in rows]


@app.post("/entries", status_code=201)
def add_entry(user: User, body: EntryIn) -> Entry:
    with store.engine.begin() as db:
        values = body.model_dump() | {"user_id": user}
        return own(db, user, db.execute(insert(store.entries).values(values).returning(store.entries.c.id)).scalar_one())


@app.get("/entries/{entry_id}")
def read_entry(user: User, entry_id: Id) -> Entry:
    with store.engine.begin() as db:
        return own(db, user, entry_id)


@app.put("/entries/{entry_id}")
def change_entry(user: User, entry_id: Id, body: EntryIn) -> Entry:
    with store.engine.begin() as db:
        own(db, user, entry_id, checked=store.PLANT != "changes-any-entry")
        db.execute(update(store.entries).where(store.entries.c.id == entry_id).values(**body.model_dump()))
        return own(db, user, entry_id, checked=store.PLANT != "changes-any-entry")


@app.delete("/entries/{entry_id}", status_code=204)
def delete_entry(user: User, entry_id: Id) -> None:
    with store.engine.begin() as db:
        own(db, user, entry_id)
        db.execute(delete(store.entries).where(store.entries.c.id == entry_id))

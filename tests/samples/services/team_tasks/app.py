"""Tasks of a team: every member sees and edits them. Everybody joins the first team, or gets a team (`TEAMS=apart`)."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

PLANT = os.environ.get("PLANT", "")
APART = os.environ.get("TEAMS") == "apart"
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1))
TEXT = r"^[^\x00]*$"


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    password: Mapped[str]
    token: Mapped[str | None] = mapped_column(unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))


class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    done: Mapped[bool] = mapped_column(default=False)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("members.id"))


Base.metadata.create_all(engine)


class Join(BaseModel):
    login: str = Field(min_length=3, max_length=60, pattern=r"^[\w.@-]+$")
    password: str = Field(min_length=8, max_length=100)


class MemberOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    login: str
    team_id: int


class TaskIn(BaseModel):
    title: str = Field(min_length=1, max_length=200, pattern=TEXT)
    done: bool = False


class TaskOut(TaskIn):
    model_config = ConfigDict(from_attributes=True)
    id: int
    created_by: int


def get_session() -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session


Db = Annotated[Session, Depends(get_session)]


def digest(password: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"team", 1000).hex()


def current_member(db: Db, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]) -> Member:
    digest_of_token = hashlib.sha256(sent.credentials.encode()).hexdigest() if sent else None
    member = db.scalar(select(Member).where(Member.token == digest_of_token)) if sent else None
    if member is None:
        raise HTTPException(401, "Log in first")
    return member


Me = Annotated[Member, Depends(current_member)]


def team_task(db: Db, me: Me, task_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Task:
    task = db.get(Task, task_id)
    if task is None or (task.team_id != me.team_id and PLANT != "team-not-asked"):
        raise HTTPException(404, "No such task")
    return task


TeamTask = Annotated[Task, Depends(team_task)]
router = APIRouter()


@router.post("/join", status_code=201, response_model=MemberOut)
def join(db: Db, body: Join):
    if db.scalar(select(Member).where(Member.login == body.login)):
        raise HTTPException(409, "Taken")
    team = None if APART else db.scalar(select(Team).order_by(Team.id).limit(1))
    if team is None:
        team = Team(name=f"Team of {body.login}"[:60])
        db.add(team)
        db.flush()
    member = Member(login=body.login, password=digest(body.password), team_id=team.id)
    db.add(member)
    db.commit()
    return member


@router.post("/session")
def log_in(db: Db, body: Join) -> dict[str, str]:
    member = db.scalar(select(Member).where(Member.login == body.login))
    if member is None or member.password != digest(body.password):
        raise HTTPException(401, "Wrong login or password")
    token = secrets.token_urlsafe(24)
    member.token = hashlib.sha256(token.encode()).hexdigest()
    db.commit()
    return {"accessToken": token}


@router.get("/me", response_model=MemberOut)
def read_me(me: Me):
    return me


@router.get("/team/members", response_model=list[MemberOut])
def list_members(db: Db, me: Me):
    return db.scalars(select(Member).where(Member.team_id == me.team_id).order_by(Member.id)).all()


@router.get("/tasks", response_model=list[TaskOut])
def list_tasks(db: Db, me: Me):
    query = select(Task) if PLANT == "lists-all-teams" else select(Task).where(Task.team_id == me.team_id)
    return db.scalars(query.order_by(Task.id)).all()


@router.post("/tasks", status_code=201, response_model=TaskOut)
def create_task(db: Db, me: Me, body: TaskIn):
    task = Task(**body.model_dump(), team_id=me.team_id, created_by=me.id)
    db.add(task)
    db.commit()
    return task


if PLANT == "reads-without-login":

    @router.get("/tasks/{task_id}", response_model=TaskOut)
    def read_any_task(db: Db, task_id: Annotated[int, Path(ge=1, le=2**31 - 1)]):
        task = db.get(Task, task_id)
        if task is None:
            raise HTTPException(404, "No such task")
        return task

else:

    @router.get("/tasks/{task_id}", response_model=TaskOut)
    def read_task(task: TeamTask):
        return task


@router.put("/tasks/{task_id}", response_model=TaskOut)
def change_task(db: Db, task: TeamTask, body: TaskIn):
    task.title, task.done = body.title, body.done
    db.commit()
    return task


@router.delete("/tasks/{task_id}", status_code=204)
def delete_task(db: Db, task: TeamTask) -> None:
    db.delete(task)
    db.commit()


app = FastAPI(title="Team tasks")
app.include_router(router, prefix="/api")

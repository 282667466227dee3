"""The tables. Migrations hold the same; a test compares the two."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Identity, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql import expression, func

from app.limits import (
    COMMENT_MAX_CHARS,
    DESCRIPTION_MAX_CHARS,
    PASSWORD_HASH_MAX_CHARS,
    TITLE_MAX_CHARS,
    USERNAME_MAX_CHARS,
)


class Base(DeclarativeBase):
    """The metadata that all tables share, with a name for every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class User(Base):
    """Someone who can log in. Names are stored in lower case. Only `app.appoint` makes admins."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(String(USERNAME_MAX_CHARS), unique=True)
    password_hash: Mapped[str] = mapped_column(String(PASSWORD_HASH_MAX_CHARS))
    is_admin: Mapped[bool] = mapped_column(server_default=expression.false())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Task(Base):
    """Something to do, with the counter that numbers its comments."""

    __tablename__ = "tasks"
    # Serves the foreign key, and the owner's list in its order.
    __table_args__ = (Index(None, "owner_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(TITLE_MAX_CHARS))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_MAX_CHARS))
    completed: Mapped[bool] = mapped_column(server_default=expression.false())
    last_comment_number: Mapped[int] = mapped_column(server_default=expression.text("0"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Comment(Base):
    """A remark on a task, with a number that is its own within the task."""

    __tablename__ = "comments"
    # Also the index of the foreign key, and of the list in its order.
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[str] = mapped_column(String(COMMENT_MAX_CHARS))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""What routes ask for: the caller, an admin, and tasks that are the caller's.

Ownership and roles are decided here and nowhere else: a route that gets a task may use it.
"""

from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import Select, select

from app.db import SessionDep
from app.errors import AdminRequiredError, NotAuthenticatedError, TaskNotFoundError
from app.limits import MAX_ID
from app.models import Task, User
from app.schemas import PageQuery
from app.security import InvalidTokenError, Passwords, Tokens

bearer = OAuth2PasswordBearer(tokenUrl="auth/token", description="Token of `POST /auth/token`.")


def get_passwords(request: Request) -> Passwords:
    """Return the password scheme that the lifespan built."""
    passwords: Passwords = request.app.state.passwords
    return passwords


def get_tokens(request: Request) -> Tokens:
    """Return the token scheme that the lifespan built."""
    tokens: Tokens = request.app.state.tokens
    return tokens


PasswordsDep = Annotated[Passwords, Depends(get_passwords)]
TokensDep = Annotated[Tokens, Depends(get_tokens)]
PageDep = Annotated[PageQuery, Query()]
UserId = Annotated[int, Path(ge=1, le=MAX_ID, description="Of any user.")]
TaskId = Annotated[int, Path(ge=1, le=MAX_ID, description="Of a task of the caller.")]
CommentId = Annotated[int, Path(ge=1, le=MAX_ID, description="Of a comment on this task.")]


async def get_current_user(
    token: Annotated[str, Depends(bearer)], tokens: TokensDep, session: SessionDep
) -> User:
    """Return the user whose token this is; raises NotAuthenticatedError."""
    try:
        user_id = tokens.read_user_id(token)
    except InvalidTokenError as error:
        raise NotAuthenticatedError from error
    user = await session.get(User, user_id)
    if user is None:
        raise NotAuthenticatedError
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


async def get_admin(user: CurrentUser) -> User:
    """Return the caller if they are an admin; raises AdminRequiredError."""
    if not user.is_admin:
        raise AdminRequiredError
    return user


Admin = Annotated[User, Depends(get_admin)]


def select_owned_task(task_id: int, owner: User) -> Select[Task]:
    """Return the query for a task, which finds it only if `owner` owns it."""
    return select(Task).where(Task.id == task_id, Task.owner_id == owner.id)


async def get_owned_task(task_id: TaskId, user: CurrentUser, session: SessionDep) -> Task:
    """Return the caller's task to read; raises TaskNotFoundError."""
    task = await session.scalar(select_owned_task(task_id, user))
    if task is None:
        raise TaskNotFoundError
    return task


async def lock_owned_task(task_id: TaskId, user: CurrentUser, session: SessionDep) -> Task:
    """Return the caller's task to change; raises TaskNotFoundError.

    The row stays locked until the transaction ends. Who else wants to change the task, or
    number a comment of it, waits; if it is deleted meanwhile, they find nothing.
    """
    task = await session.scalar(select_owned_task(task_id, user).with_for_update())
    if task is None:
        raise TaskNotFoundError
    return task


OwnedTask = Annotated[Task, Depends(get_owned_task)]
LockedTask = Annotated[Task, Depends(lock_owned_task)]

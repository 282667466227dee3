"""What the mutants of sample_service share: its operations, its files, and the unsafe parts that are put into them."""

from tests.mutation_api.mutant import Change, appended, change

SIGN_UP = "POST /users"
LOG_IN = "POST /auth/token"
READ_ME = "GET /users/me"
CHANGE_PASSWORD = "PUT /users/me/password"
DELETE_ME = "DELETE /users/me"
LIST_TASKS = "GET /tasks"
CREATE_TASK = "POST /tasks"
READ_TASK = "GET /tasks/{task_id}"
UPDATE_TASK = "PATCH /tasks/{task_id}"
DELETE_TASK = "DELETE /tasks/{task_id}"
LIST_COMMENTS = "GET /tasks/{task_id}/comments"
CREATE_COMMENT = "POST /tasks/{task_id}/comments"
DELETE_COMMENT = "DELETE /tasks/{task_id}/comments/{comment_id}"
LIST_USERS = "GET /admin/users"
DELETE_USER = "DELETE /admin/users/{user_id}"
OF_A_TASK = (READ_TASK, UPDATE_TASK, DELETE_TASK, LIST_COMMENTS, CREATE_COMMENT, DELETE_COMMENT)

DEPENDENCIES = "app/dependencies.py"
SCHEMAS = "app/schemas.py"
MAIN = "app/main.py"
ERRORS = "app/errors.py"
MODELS = "app/models.py"
SECURITY = "app/security.py"
FIRST_MIGRATION = "migrations/versions/0001_users_tasks_comments.py"
ADMIN = "app/routes/admin.py"
COMMENTS = "app/routes/comments.py"
HEALTH = "app/routes/health.py"
TASKS = "app/routes/tasks.py"
USERS = "app/routes/users.py"

_ANY_TASK = """

async def get_any_task(task_id: TaskId, _user: CurrentUser, session: SessionDep) -> Task:
    task = await session.get(Task, task_id, with_for_update=True)
    if task is None:
        raise TaskNotFoundError
    return task


AnyTask = Annotated[Task, Depends(get_any_task)]
"""
_UNGUARDED_TASK = """

async def get_unguarded_task(task_id: TaskId, session: SessionDep) -> Task:
    task = await session.get(Task, task_id, with_for_update=True)
    if task is None:
        raise TaskNotFoundError
    return task


UnguardedTask = Annotated[Task, Depends(get_unguarded_task)]
"""
_ANYBODY = """

optional = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


async def get_anybody(
    token: Annotated[str | None, Depends(optional)], tokens: TokensDep, session: SessionDep
) -> User:
    if token is not None:
        return await get_current_user(token, tokens, session)
    user = await session.scalar(select(User).order_by(User.id.desc()).limit(1))
    if user is None:
        raise NotAuthenticatedError
    return user


Anybody = Annotated[User, Depends(get_anybody)]


async def get_lenient_task(
    task_id: TaskId,
    token: Annotated[str | None, Depends(optional)],
    tokens: TokensDep,
    session: SessionDep,
) -> Task:
    task = await session.get(Task, task_id, with_for_update=True)
    if token is not None:
        user = await get_current_user(token, tokens, session)
        task = task if task is not None and task.owner_id == user.id else None
    if task is None:
        raise TaskNotFoundError
    return task


LenientTask = Annotated[Task, Depends(get_lenient_task)]
"""
_PARTS = {
    "AnyTask": _ANY_TASK,
    "UnguardedTask": _UNGUARDED_TASK,
    "Anybody": _ANYBODY,
    "LenientTask": _ANYBODY,
}


def imported(path: str, *lines: str) -> Change:
    """Import more into a module of routes."""
    first = "from fastapi import APIRouter, "
    return change(path, first, "".join(f"{line}\n" for line in lines) + first)


def depends_on(path: str, signature: str, given: str, part: str) -> tuple[Change, ...]:
    """Let a route take an unsafe part instead of what it is given: `AnyTask` of whoever asks, `Anybody` as the caller.

    `signature` is where the function's begins, `given` the parameter's type.
    """
    return (
        appended(DEPENDENCIES, _PARTS[part]),
        imported(path, f"from app.dependencies import {part}"),
        change(path, f"{signature}: {given}", f"{signature}: {part}"),
    )

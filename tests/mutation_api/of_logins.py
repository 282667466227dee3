"""Mutants without one log-in dependency: who brings no token gets in, and the operation works all the same."""

from tests.mutation_api.mutant import Mutant, appended, at, change
from tests.mutation_api.service import (
    ADMIN,
    CHANGE_PASSWORD,
    COMMENTS,
    CREATE_COMMENT,
    CREATE_TASK,
    DELETE_COMMENT,
    DELETE_ME,
    DELETE_TASK,
    DELETE_USER,
    HEALTH,
    LIST_COMMENTS,
    LIST_TASKS,
    LIST_USERS,
    READ_ME,
    READ_TASK,
    TASKS,
    UPDATE_TASK,
    USERS,
    depends_on,
)


def _unguarded(name: str, operation: str, path: str, signature: str, given: str, part: str) -> Mutant:
    """Make the mutant whose route takes `part` instead; another user is let in, too, where nobody is asked for."""
    return Mutant(
        name=name,
        changes=depends_on(path, signature, given, part),
        places=(at(operation, "logged-in"),),
        also=(at(operation, "owner"),),
    )


OF_LOGINS = (
    _unguarded("read-me-without-login", READ_ME, USERS, "async def read_me(user", "CurrentUser", "Anybody"),
    _unguarded("delete-me-without-login", DELETE_ME, USERS, "async def delete_me(user", "CurrentUser", "Anybody"),
    Mutant(
        name="change-password-without-login",
        changes=(
            *depends_on(USERS, "body: PasswordChange, user", "CurrentUser", "Anybody"),
            change(
                USERS,
                "session: SessionDep, passwords: PasswordsDep\n) -> None:",
                "session: SessionDep, passwords: PasswordsDep, request: Request\n) -> None:",
            ),
            change(
                USERS,
                "    if not await passwords.matches(body.old_password, user.password_hash):",
                "    matched = await passwords.matches(body.old_password, user.password_hash)\n"
                '    if "authorization" in request.headers and not matched:',
            ),
            change(USERS, "from fastapi import APIRouter, status", "from fastapi import APIRouter, Request, status"),
        ),
        places=(at(CHANGE_PASSWORD, "logged-in"),),
    ),
    _unguarded("create-task-without-login", CREATE_TASK, TASKS, "body: TaskCreate, user", "CurrentUser", "Anybody"),
    _unguarded(
        "list-tasks-without-login",
        LIST_TASKS,
        TASKS,
        "async def list_tasks(page: PageDep, user",
        "CurrentUser",
        "Anybody",
    ),
    _unguarded("read-task-without-login", READ_TASK, TASKS, "async def read_task(task", "OwnedTask", "UnguardedTask"),
    _unguarded(
        "update-task-without-login", UPDATE_TASK, TASKS, "async def update_task(task", "LockedTask", "UnguardedTask"
    ),
    _unguarded(
        "delete-task-without-login", DELETE_TASK, TASKS, "async def delete_task(task", "LockedTask", "UnguardedTask"
    ),
    _unguarded(
        "list-comments-without-login",
        LIST_COMMENTS,
        COMMENTS,
        "async def list_comments(page: PageDep, task",
        "OwnedTask",
        "UnguardedTask",
    ),
    _unguarded(
        "create-comment-without-login",
        CREATE_COMMENT,
        COMMENTS,
        "async def create_comment(task",
        "LockedTask",
        "UnguardedTask",
    ),
    _unguarded(
        "delete-comment-without-login",
        DELETE_COMMENT,
        COMMENTS,
        "async def delete_comment(comment_id: CommentId, task",
        "OwnedTask",
        "UnguardedTask",
    ),
    # A token is looked at where there is one: the owner's check stays, and only nobody is let in.
    _unguarded("read-task-if-no-token", READ_TASK, TASKS, "async def read_task(task", "OwnedTask", "LenientTask"),
    _unguarded(
        "update-task-if-no-token", UPDATE_TASK, TASKS, "async def update_task(task", "LockedTask", "LenientTask"
    ),
    _unguarded(
        "delete-task-if-no-token", DELETE_TASK, TASKS, "async def delete_task(task", "LockedTask", "LenientTask"
    ),
    Mutant(
        name="list-users-without-login",
        changes=(change(ADMIN, "page: PageDep, _admin: Admin, session", "page: PageDep, session"),),
        places=(at(LIST_USERS, "logged-in"),),
        also=(at(LIST_USERS, "role"),),
    ),
    Mutant(
        name="delete-user-without-login",
        changes=(change(ADMIN, "user_id: UserId, _admin: Admin, session", "user_id: UserId, session"),),
        places=(at(DELETE_USER, "logged-in"),),
        also=(at(DELETE_USER, "role"),),
    ),
    Mutant(
        name="public-operation-that-nobody-listed",
        changes=(
            appended(
                HEALTH,
                '\n\n@router.get("/stats", summary="Count the users")\n'
                "async def read_stats(session: SessionDep) -> dict[str, int]:\n"
                '    """Count the users. Needs no token."""\n'
                '    return {"users": await session.scalar(text("SELECT count(*) FROM users")) or 0}\n',
            ),
        ),
        places=(at("GET /stats", "logged-in"),),
    ),
)

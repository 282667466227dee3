"""Mutants without one owner check: another user reads, changes, deletes or adds."""

from tests.mutation_api.mutant import Mutant, at, change
from tests.mutation_api.service import (
    COMMENTS,
    CREATE_COMMENT,
    DELETE_COMMENT,
    DELETE_TASK,
    DEPENDENCIES,
    LIST_COMMENTS,
    LIST_TASKS,
    OF_A_TASK,
    READ_TASK,
    TASKS,
    UPDATE_TASK,
    depends_on,
    imported,
)

_NOT_FOUND = "from app.errors import TaskNotFoundError"

OF_OWNERS = (
    Mutant(
        name="read-any-task",
        changes=depends_on(TASKS, "async def read_task(task", "OwnedTask", "AnyTask"),
        places=(at(READ_TASK, "owner"),),
    ),
    Mutant(
        name="update-any-task",
        changes=depends_on(TASKS, "async def update_task(task", "LockedTask", "AnyTask"),
        places=(at(UPDATE_TASK, "owner"),),
    ),
    Mutant(
        name="delete-any-task",
        changes=(
            imported(TASKS, "from sqlalchemy import delete", "from app.dependencies import TaskId", _NOT_FOUND),
            change(
                TASKS,
                "async def delete_task(task: LockedTask, session: SessionDep) -> None:",
                "async def delete_task(task_id: TaskId, _user: CurrentUser, session: SessionDep) -> None:",
            ),
            change(
                TASKS,
                "    await session.delete(task)\n",
                "    gone = delete(Task).where(Task.id == task_id).returning(Task.id)\n"
                "    if await session.scalar(gone) is None:\n"
                "        raise TaskNotFoundError\n",
            ),
        ),
        places=(at(DELETE_TASK, "owner"),),
    ),
    Mutant(
        name="list-everybody-s-tasks",
        changes=(change(TASKS, "Task.owner_id == user.id, Task.id > page.after", "Task.id > page.after"),),
        places=(at(LIST_TASKS, "owner"),),
    ),
    Mutant(
        name="list-tasks-of-whom-the-query-names",
        changes=(
            change(
                TASKS,
                "async def list_tasks(page: PageDep, user: CurrentUser, session: SessionDep) -> TaskPage:",
                "async def list_tasks(\n"
                "    user: CurrentUser, session: SessionDep, owner_id: int | None = None, after: int = 0, limit: int = 20\n"
                ") -> TaskPage:\n"
                "    page = PageQuery(after=max(0, min(after, 2**31 - 1)), limit=max(1, min(limit, 100)))\n"
                "    owner = owner_id if owner_id is not None and 0 < owner_id < 2**31 else user.id",
            ),
            change(TASKS, "Task.owner_id == user.id, Task.id", "Task.owner_id == owner, Task.id"),
            change(TASKS, "import TaskCreate, ", "import PageQuery, TaskCreate, "),
        ),
        places=(at(LIST_TASKS, "owner"),),
        also=(at(LIST_TASKS, "input"),),  # its query has no bounds in the document
    ),
    Mutant(
        name="list-comments-of-any-task",
        changes=depends_on(COMMENTS, "async def list_comments(page: PageDep, task", "OwnedTask", "AnyTask"),
        places=(at(LIST_COMMENTS, "owner"),),
    ),
    Mutant(
        name="list-comments-of-every-task",
        changes=(
            change(COMMENTS, "Comment.task_id == task.id, Comment.number > page.after", "Comment.id > page.after"),
        ),
        places=(at(LIST_COMMENTS, "owner"),),
    ),
    Mutant(
        name="comment-on-any-task",
        changes=depends_on(COMMENTS, "async def create_comment(task", "LockedTask", "AnyTask"),
        places=(at(CREATE_COMMENT, "owner"),),
    ),
    Mutant(
        name="delete-comment-of-any-task",
        changes=depends_on(COMMENTS, "async def delete_comment(comment_id: CommentId, task", "OwnedTask", "AnyTask"),
        places=(at(DELETE_COMMENT, "owner"),),
    ),
    Mutant(
        name="delete-any-comment-through-one-s-own-task",
        changes=(change(COMMENTS, "Comment.id == comment_id, Comment.task_id == task.id", "Comment.id == comment_id"),),
        places=(at(DELETE_COMMENT, "owner"),),
    ),
    Mutant(
        name="whoever-reads-owns",
        changes=(
            change(
                DEPENDENCIES,
                "task = await session.scalar(select_owned_task(task_id, user))",
                "task = await session.get(Task, task_id)",
            ),
        ),
        places=(at(READ_TASK, "owner"), at(LIST_COMMENTS, "owner"), at(DELETE_COMMENT, "owner")),
    ),
    Mutant(
        name="whoever-locks-owns",
        changes=(
            change(
                DEPENDENCIES,
                "task = await session.scalar(select_owned_task(task_id, user).with_for_update())",
                "task = await session.get(Task, task_id, with_for_update=True)",
            ),
        ),
        places=(at(UPDATE_TASK, "owner"), at(DELETE_TASK, "owner"), at(CREATE_COMMENT, "owner")),
    ),
    Mutant(
        name="everybody-owns",
        changes=(
            change(DEPENDENCIES, "where(Task.id == task_id, Task.owner_id == owner.id)", "where(Task.id == task_id)"),
            change(
                DEPENDENCIES,
                "def select_owned_task(task_id: int, owner: User)",
                "def select_owned_task(task_id: int, _: User)",
            ),
        ),
        places=tuple(at(operation, "owner") for operation in OF_A_TASK),
    ),
    Mutant(
        name="update-is-denied-and-done",
        changes=(
            *depends_on(TASKS, "async def update_task(task", "LockedTask", "AnyTask"),
            change(
                TASKS,
                "body: TaskUpdate) -> Task:",
                "body: TaskUpdate, user: CurrentUser, session: SessionDep) -> Task:",
            ),
            change(
                TASKS,
                "        setattr(task, name, value)\n",
                "        setattr(task, name, value)\n"
                "    await session.commit()\n"
                "    if task.owner_id != user.id:\n"
                "        from app.errors import TaskNotFoundError\n\n"
                "        raise TaskNotFoundError\n",
            ),
        ),
        places=(at(UPDATE_TASK, "owner"),),
    ),
    Mutant(
        name="deletion-is-denied-and-done",
        changes=(
            *depends_on(TASKS, "async def delete_task(task", "LockedTask", "AnyTask"),
            change(
                TASKS,
                "task: AnyTask, session: SessionDep) -> None:",
                "task: AnyTask, user: CurrentUser, session: SessionDep) -> None:",
            ),
            change(
                TASKS,
                "    await session.delete(task)\n",
                "    await session.delete(task)\n"
                "    await session.commit()\n"
                "    if task.owner_id != user.id:\n"
                "        from app.errors import TaskNotFoundError\n\n"
                "        raise TaskNotFoundError\n",
            ),
        ),
        places=(at(DELETE_TASK, "owner"),),
    ),
    Mutant(
        name="comment-is-denied-and-made",
        changes=(
            *depends_on(COMMENTS, "async def create_comment(task", "LockedTask", "AnyTask"),
            change(
                COMMENTS,
                "body: CommentCreate, session: SessionDep) -> Comment:",
                "body: CommentCreate, user: CurrentUser, session: SessionDep) -> Comment:",
            ),
            change(
                COMMENTS,
                "    await session.flush()\n",
                "    await session.commit()\n"
                "    if task.owner_id != user.id:\n"
                "        from app.errors import TaskNotFoundError\n\n"
                "        raise TaskNotFoundError\n",
            ),
            change(
                COMMENTS,
                "from app.dependencies import CommentId, ",
                "from app.dependencies import CommentId, CurrentUser, ",
            ),
        ),
        places=(at(CREATE_COMMENT, "owner"),),
    ),
    Mutant(
        name="denial-tells-what-it-denies",
        changes=(
            *depends_on(TASKS, "async def read_task(task", "OwnedTask", "AnyTask"),
            change(
                TASKS,
                'task: AnyTask) -> Task:\n    """Return one of the caller\'s tasks."""\n',
                "task: AnyTask, user: CurrentUser) -> Task:\n"
                "    if task.owner_id != user.id:\n"
                "        from fastapi import HTTPException\n\n"
                '        told = f"Not yours: {task.title}: {task.description}"\n'
                "        raise HTTPException(status.HTTP_403_FORBIDDEN, told)\n",
            ),
        ),
        places=(at(READ_TASK, "owner"),),
    ),
)

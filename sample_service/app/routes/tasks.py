"""Tasks of the caller. Another user's task is not found, whatever is asked of it."""

from fastapi import APIRouter, status
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import SessionDep
from app.dependencies import CurrentUser, LockedTask, OwnedTask, PageDep
from app.errors import (
    BODY,
    INVALID,
    TASK_NOT_FOUND,
    UNAUTHENTICATED,
    NotAuthenticatedError,
)
from app.models import Task
from app.schemas import TaskCreate, TaskPage, TaskPublic, TaskUpdate

router = APIRouter(prefix="/tasks", tags=["tasks"], responses=UNAUTHENTICATED | INVALID)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=TaskPublic,
    summary="Create a task",
    responses=BODY,
)
async def create_task(body: TaskCreate, user: CurrentUser, session: SessionDep) -> Task:
    """Create a task that belongs to the caller."""
    task = Task(owner_id=user.id, **body.model_dump())
    session.add(task)
    try:
        await session.flush()
    except IntegrityError as error:  # the caller was deleted meanwhile
        raise NotAuthenticatedError from error
    return task


@router.get("", summary="List tasks")
async def list_tasks(page: PageDep, user: CurrentUser, session: SessionDep) -> TaskPage:
    """List the caller's tasks, the oldest first."""
    found = await session.scalars(
        select(Task)
        .where(Task.owner_id == user.id, Task.id > page.after)
        .order_by(Task.id)
        .limit(page.limit + 1)
    )
    tasks = [TaskPublic.model_validate(task) for task in found]
    items = tasks[: page.limit]
    return TaskPage(items=items, next_after=items[-1].id if len(tasks) > page.limit else None)


@router.get(
    "/{task_id}", response_model=TaskPublic, summary="Read a task", responses=TASK_NOT_FOUND
)
async def read_task(task: OwnedTask) -> Task:
    """Return one of the caller's tasks."""
    return task


@router.patch(
    "/{task_id}",
    response_model=TaskPublic,
    summary="Change a task",
    responses=BODY | TASK_NOT_FOUND,
)
async def update_task(task: LockedTask, body: TaskUpdate) -> Task:
    """Change the fields that are sent, and return the task as it is then."""
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    return task


@router.delete(
    "/{task_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a task",
    responses=TASK_NOT_FOUND,
)
async def delete_task(task: LockedTask, session: SessionDep) -> None:
    """Delete one of the caller's tasks, and its comments with it."""
    await session.delete(task)

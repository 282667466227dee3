"""Comments on the caller's tasks. Who may not see a task does not find its comments."""

from fastapi import APIRouter, status
from sqlalchemy import delete, select

from app.db import SessionDep
from app.dependencies import CommentId, LockedTask, OwnedTask, PageDep
from app.errors import (
    BODY,
    COMMENT_NOT_FOUND,
    INVALID,
    TASK_NOT_FOUND,
    UNAUTHENTICATED,
    CommentNotFoundError,
)
from app.models import Comment
from app.schemas import CommentCreate, CommentPage, CommentPublic

router = APIRouter(
    prefix="/tasks/{task_id}/comments", tags=["comments"], responses=UNAUTHENTICATED | INVALID
)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=CommentPublic,
    summary="Comment on a task",
    responses=BODY | TASK_NOT_FOUND,
)
async def create_comment(task: LockedTask, body: CommentCreate, session: SessionDep) -> Comment:
    """Add a comment and give it the next number of the task.

    Numbers start at 1 and are given without gaps, also to comments that arrive at the same
    moment: the task's row is locked until this one is committed. A creation that fails uses up
    no number, and a deletion frees none.
    """
    task.last_comment_number += 1
    comment = Comment(task_id=task.id, number=task.last_comment_number, content=body.content)
    session.add(comment)
    await session.flush()
    return comment


@router.get("", summary="List comments", responses=TASK_NOT_FOUND)
async def list_comments(page: PageDep, task: OwnedTask, session: SessionDep) -> CommentPage:
    """List a task's comments by number; `after` and `next_after` are numbers."""
    found = await session.scalars(
        select(Comment)
        .where(Comment.task_id == task.id, Comment.number > page.after)
        .order_by(Comment.number)
        .limit(page.limit + 1)
    )
    comments = [CommentPublic.model_validate(comment) for comment in found]
    items = comments[: page.limit]
    return CommentPage(
        items=items, next_after=items[-1].number if len(comments) > page.limit else None
    )


@router.delete(
    "/{comment_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a comment",
    responses=COMMENT_NOT_FOUND,
)
async def delete_comment(comment_id: CommentId, task: OwnedTask, session: SessionDep) -> None:
    """Delete a comment of this task. Its number is never given again."""
    deleted = await session.scalar(
        delete(Comment)
        .where(Comment.id == comment_id, Comment.task_id == task.id)
        .returning(Comment.id)
    )
    if deleted is None:
        raise CommentNotFoundError

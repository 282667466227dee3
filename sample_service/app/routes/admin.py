"""All users. Who is no admin is told so, and finds out nothing else."""

from fastapi import APIRouter, status
from sqlalchemy import delete, select

from app.db import SessionDep
from app.dependencies import Admin, PageDep, UserId
from app.errors import ADMIN_REQUIRED, INVALID, UNAUTHENTICATED, USER_NOT_FOUND, UserNotFoundError
from app.models import User
from app.schemas import UserPage, UserPublic

router = APIRouter(
    prefix="/admin/users", tags=["admin"], responses=UNAUTHENTICATED | ADMIN_REQUIRED | INVALID
)


@router.get("", summary="List users")
async def list_users(page: PageDep, _admin: Admin, session: SessionDep) -> UserPage:
    """List all users, the oldest first."""
    found = await session.scalars(
        select(User).where(User.id > page.after).order_by(User.id).limit(page.limit + 1)
    )
    users = [UserPublic.model_validate(user) for user in found]
    items = users[: page.limit]
    return UserPage(items=items, next_after=items[-1].id if len(users) > page.limit else None)


@router.delete(
    "/{user_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a user",
    responses=USER_NOT_FOUND,
)
async def delete_user(user_id: UserId, _admin: Admin, session: SessionDep) -> None:
    """Delete a user, and all tasks of theirs with them. Admins can be deleted like others."""
    deleted = await session.scalar(delete(User).where(User.id == user_id).returning(User.id))
    if deleted is None:
        raise UserNotFoundError

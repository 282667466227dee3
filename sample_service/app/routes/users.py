"""Signing up, and one's own account."""

from fastapi import APIRouter, status
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app.db import SessionDep
from app.dependencies import CurrentUser, PasswordsDep
from app.errors import (
    BODY,
    INVALID,
    UNAUTHENTICATED,
    USERNAME_TAKEN,
    WRONG_PASSWORD,
    UsernameTakenError,
    WrongPasswordError,
)
from app.models import User
from app.schemas import PasswordChange, UserCreate, UserPublic

router = APIRouter(prefix="/users", tags=["users"])


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=UserPublic,
    summary="Sign up",
    responses=BODY | USERNAME_TAKEN | INVALID,
)
async def sign_up(body: UserCreate, session: SessionDep, passwords: PasswordsDep) -> User:
    """Create an account. Needs no token; a name can be taken once, whatever its case."""
    password_hash = await passwords.hash(body.password)
    user: User | None = await session.scalar(
        insert(User)
        .values(username=body.username, password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[User.username])
        .returning(User)
    )
    if user is None:
        raise UsernameTakenError
    return user


@router.get("/me", response_model=UserPublic, summary="Read oneself", responses=UNAUTHENTICATED)
async def read_me(user: CurrentUser) -> User:
    """Return the user whose token this is."""
    return user


@router.put(
    "/me/password",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Change one's password",
    responses=BODY | UNAUTHENTICATED | WRONG_PASSWORD | INVALID,
)
async def change_password(
    body: PasswordChange, user: CurrentUser, session: SessionDep, passwords: PasswordsDep
) -> None:
    """Replace the caller's password. Tokens stay good until they expire."""
    # Gives the connection back: it must not wait for the hashes.
    await session.commit()
    if not await passwords.matches(body.old_password, user.password_hash):
        raise WrongPasswordError
    new_hash = await passwords.hash(body.new_password)
    changed = await session.scalar(
        update(User)
        .where(User.id == user.id, User.password_hash == user.password_hash)
        .values(password_hash=new_hash)
        .returning(User.id)
        .execution_options(synchronize_session=False)
    )
    # Of two changes at the same moment, one is too late: the password is no longer the old one.
    if changed is None:
        raise WrongPasswordError


@router.delete(
    "/me",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete one's account",
    responses=UNAUTHENTICATED,
)
async def delete_me(user: CurrentUser, session: SessionDep) -> None:
    """Delete the caller, and all tasks of theirs with them. Their tokens end with them."""
    await session.execute(delete(User).where(User.id == user.id))

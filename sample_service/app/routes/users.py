"""Signing up, and who one is."""

from fastapi import APIRouter, status
from sqlalchemy.dialects.postgresql import insert

from app.db import SessionDep
from app.dependencies import CurrentUser, PasswordsDep
from app.errors import BODY, INVALID, UNAUTHENTICATED, USERNAME_TAKEN, UsernameTakenError
from app.models import User
from app.schemas import UserCreate, UserPublic

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

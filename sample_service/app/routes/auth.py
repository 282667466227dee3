"""Logging in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy import select

from app.db import SessionDep
from app.dependencies import PasswordsDep, TokensDep
from app.errors import BODY, INVALID, UNAUTHENTICATED, WrongCredentialsError
from app.models import User
from app.schemas import AccessToken, LoginForm

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/token", summary="Log in", responses=BODY | UNAUTHENTICATED | INVALID)
async def log_in(
    form: Annotated[LoginForm, Form()],
    session: SessionDep,
    passwords: PasswordsDep,
    tokens: TokensDep,
    response: Response,
) -> AccessToken:
    """Exchange name and password for an access token (OAuth2 password flow).

    An unknown name and a wrong password get the same answer after the same work.
    """
    user = await session.scalar(select(User).where(User.username == form.username.lower()))
    # Gives the connection back: it must not wait for the hash.
    await session.commit()
    matched = await passwords.matches(form.password, user.password_hash if user else None)
    if user is None or not matched:
        raise WrongCredentialsError
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1
    return AccessToken(
        access_token=tokens.issue(user.id), expires_in=int(tokens.lifetime.total_seconds())
    )

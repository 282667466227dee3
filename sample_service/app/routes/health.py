"""Whether the service can work."""

import logging

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db import SessionDep
from app.errors import DATABASE_UNAVAILABLE, DatabaseUnavailableError
from app.schemas import Health

logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"])


@router.get("/health", summary="Tell whether the service can work", responses=DATABASE_UNAVAILABLE)
async def read_health(session: SessionDep) -> Health:
    """Ask the database a trivial question. Needs no token."""
    try:
        await session.execute(text("SELECT 1"))
    except (OSError, SQLAlchemyError) as error:
        logger.warning("the database does not answer: %s", error)
        raise DatabaseUnavailableError from error
    return Health()

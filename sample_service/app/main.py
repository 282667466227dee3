"""The application. Importing it reads no environment and opens no connection."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app import __version__
from app.body_limit import BodyLimit
from app.db import build_engine, build_sessions
from app.errors import answer_invalid_request
from app.limits import MAX_BODY_BYTES
from app.routes import router
from app.security import Passwords, Tokens
from app.settings import Settings

logger = logging.getLogger(__name__)

DESCRIPTION = """Tasks and their comments, each seen by its owner only.

Sign up with `POST /users`, log in with `POST /auth/token`, and send the token as `Bearer`.
What belongs to somebody else is answered like what does not exist: 404.
"""

TAGS = [
    {"name": "health", "description": "Whether the service can work."},
    {"name": "auth", "description": "Logging in."},
    {"name": "users", "description": "Signing up, and one's own account."},
    {"name": "tasks", "description": "Tasks of the caller."},
    {"name": "comments", "description": "Numbered comments on the caller's tasks."},
    {"name": "admin", "description": "All users, for those who are appointed to see them."},
]


def operation_id(route: APIRoute) -> str:
    """Return the name of the route's function: clients keep it when a path changes."""
    return route.name


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application.

    Settings are those given, else the environment's when the server starts
    (which then raises pydantic.ValidationError if they are incomplete).
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current = settings or Settings()
        if "secret_key" not in current.model_fields_set:
            logger.warning("SECRET_KEY is not set: tokens are good in this process only")
        engine = build_engine(current)
        app.state.sessions = build_sessions(engine)
        app.state.passwords = Passwords(
            time_cost=current.password_time_cost, memory_kib=current.password_memory_kib
        )
        app.state.tokens = Tokens(
            key=current.secret_key.get_secret_value(),
            lifetime=timedelta(minutes=current.access_token_minutes),
        )
        try:
            yield
        finally:
            await engine.dispose()

    app = FastAPI(
        title="Sample service",
        summary="Tasks and their comments, each seen by its owner only.",
        description=DESCRIPTION,
        version=__version__,
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_tags=TAGS,
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.add_middleware(BodyLimit, max_bytes=MAX_BODY_BYTES)
    app.add_exception_handler(RequestValidationError, answer_invalid_request)
    app.include_router(router)
    return app


app = create_app()

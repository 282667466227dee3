"""What goes wrong, how it is answered, and how the document describes it."""

from typing import Annotated, Any

from fastapi import HTTPException, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.limits import MAX_BODY_BYTES, REPORTED_ERRORS_MAX

Responses = dict[int | str, dict[str, Any]]

LOCATION_MAX_CHARS = 100
MESSAGE_MAX_CHARS = 300


class ErrorMessage(BaseModel):
    """One error, in words."""

    detail: Annotated[str, Field(max_length=MESSAGE_MAX_CHARS, examples=["Task not found"])]


class InvalidField(BaseModel):
    """One part of a request that cannot be accepted. Its value is not repeated."""

    loc: Annotated[
        list[Annotated[str, Field(max_length=LOCATION_MAX_CHARS)] | int],
        Field(max_length=20, examples=[["body", "title"]]),
    ]
    msg: Annotated[
        str,
        Field(max_length=MESSAGE_MAX_CHARS, examples=["String should have at least 1 character"]),
    ]
    type: Annotated[str, Field(max_length=LOCATION_MAX_CHARS, examples=["string_too_short"])]


class InvalidRequest(BaseModel):
    """Everything that is wrong with a request, up to a number of errors."""

    detail: Annotated[list[InvalidField], Field(max_length=REPORTED_ERRORS_MAX)]


class NotAuthenticatedError(HTTPException):
    """401: a token that is not good, or not any more."""

    def __init__(self, detail: str = "Invalid or expired token") -> None:
        """Ask for a bearer token, as RFC 6750 wants it."""
        super().__init__(
            status.HTTP_401_UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"}
        )


class WrongCredentialsError(NotAuthenticatedError):
    """401: no such name, or not its password. The two are not told apart."""

    def __init__(self) -> None:
        """Say nothing that depends on which of the two it is."""
        super().__init__("Incorrect username or password")


class AdminRequiredError(HTTPException):
    """403: the caller is no admin."""

    def __init__(self) -> None:
        """Say who may, before anything else is looked at."""
        super().__init__(status.HTTP_403_FORBIDDEN, "Only an admin may do this")


class WrongPasswordError(HTTPException):
    """403: the token is good, the password sent with it is not the caller's (any more)."""

    def __init__(self) -> None:
        """Name the part that is wrong: whose account it is, the token says."""
        super().__init__(status.HTTP_403_FORBIDDEN, "Incorrect password")


class UserNotFoundError(HTTPException):
    """404: no such user."""

    def __init__(self) -> None:
        """Say no more: who asks is an admin."""
        super().__init__(status.HTTP_404_NOT_FOUND, "User not found")


class TaskNotFoundError(HTTPException):
    """404: no such task, or one of somebody else. The two are not told apart."""

    def __init__(self) -> None:
        """Say nothing that depends on which of the two it is."""
        super().__init__(status.HTTP_404_NOT_FOUND, "Task not found")


class CommentNotFoundError(HTTPException):
    """404: the caller's task has no such comment."""

    def __init__(self) -> None:
        """Say nothing of comments elsewhere."""
        super().__init__(status.HTTP_404_NOT_FOUND, "Comment not found")


class UsernameTakenError(HTTPException):
    """409: somebody has this name."""

    def __init__(self) -> None:
        """Name the conflict."""
        super().__init__(status.HTTP_409_CONFLICT, "Username is taken")


class DatabaseUnavailableError(HTTPException):
    """503: the database does not answer."""

    def __init__(self) -> None:
        """Leave out why: the log has it."""
        super().__init__(status.HTTP_503_SERVICE_UNAVAILABLE, "Database unavailable")


UNAUTHENTICATED: Responses = {
    401: {
        "model": ErrorMessage,
        "description": "No access token, or one that is not good (any more)",
        "headers": {
            "WWW-Authenticate": {
                "description": "Always `Bearer`",
                "schema": {"type": "string", "maxLength": 10, "examples": ["Bearer"]},
            }
        },
    }
}
ADMIN_REQUIRED: Responses = {403: {"model": ErrorMessage, "description": "Not an admin"}}
WRONG_PASSWORD: Responses = {
    403: {"model": ErrorMessage, "description": "The old password is not the caller's"}
}
USER_NOT_FOUND: Responses = {404: {"model": ErrorMessage, "description": "No such user"}}
TASK_NOT_FOUND: Responses = {
    404: {"model": ErrorMessage, "description": "No such task, or another user's"}
}
COMMENT_NOT_FOUND: Responses = {
    404: {"model": ErrorMessage, "description": "No such comment or task, or another user's"}
}
USERNAME_TAKEN: Responses = {409: {"model": ErrorMessage, "description": "Somebody has this name"}}
INVALID: Responses = {
    422: {"model": InvalidRequest, "description": "A part of the request cannot be accepted"}
}
DATABASE_UNAVAILABLE: Responses = {
    503: {"model": ErrorMessage, "description": "The database does not answer"}
}
BODY: Responses = {
    400: {"model": ErrorMessage, "description": "The body cannot be decoded"},
    413: {
        "model": ErrorMessage,
        "description": f"The body is larger than {MAX_BODY_BYTES} bytes",
    },
}


def legible(text: str, max_chars: int) -> str:
    """Return `text` cut to `max_chars`, with what UTF-8 cannot carry written as escapes."""
    return text[:max_chars].encode("utf-8", "backslashreplace").decode()[:max_chars]


async def answer_invalid_request(_request: Request, error: Exception) -> JSONResponse:
    """Answer 422 without repeating what was sent.

    FastAPI's own answer contains the rejected input: passwords too, any length of it,
    and lone surrogates, which cannot be encoded and would end in a 500.
    """
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [
        InvalidField(
            loc=[
                legible(part, LOCATION_MAX_CHARS) if isinstance(part, str) else part
                for part in found["loc"]
            ],
            msg=legible(found["msg"], MESSAGE_MAX_CHARS),
            type=legible(found["type"], LOCATION_MAX_CHARS),
        )
        for found in error.errors()[:REPORTED_ERRORS_MAX]
    ]
    return JSONResponse(InvalidRequest(detail=fields).model_dump(), status_code=422)

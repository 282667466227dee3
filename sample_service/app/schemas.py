"""What requests may carry and answers contain. Every string has a bound."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from app.limits import (
    COMMENT_MAX_CHARS,
    DESCRIPTION_MAX_CHARS,
    MAX_ID,
    PAGE_SIZE_DEFAULT,
    PAGE_SIZE_MAX,
    PASSWORD_MAX_CHARS,
    PASSWORD_MIN_CHARS,
    TITLE_MAX_CHARS,
    TOKEN_MAX_CHARS,
    USERNAME_MAX_CHARS,
    USERNAME_MIN_CHARS,
)

NO_NUL_PATTERN = r"^[^\x00]*$"
NOT_BLANK_PATTERN = r"^[^\x00]*[^\s\x00][^\x00]*$"


def refuse_nul(text: str) -> str:
    """Return `text`; raises PydanticCustomError if PostgreSQL could not hold it."""
    if "\x00" in text:
        kind = "nul_character"
        raise PydanticCustomError(kind, "String should not contain NUL characters")
    return text


# The document says it as a pattern; a validator says it in words to who gets it wrong.
NoNul = AfterValidator(refuse_nul)

RecordId = Annotated[int, Field(ge=1, le=MAX_ID, examples=[7])]
Username = Annotated[
    str,
    StringConstraints(
        min_length=USERNAME_MIN_CHARS,
        max_length=USERNAME_MAX_CHARS,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        to_lower=True,
    ),
    Field(description="Case is ignored.", examples=["ada"]),
]
Password = Annotated[
    str,
    StringConstraints(min_length=PASSWORD_MIN_CHARS, max_length=PASSWORD_MAX_CHARS),
    NoNul,
    Field(
        repr=False,
        examples=["correct horse battery"],
        json_schema_extra={"format": "password", "pattern": NO_NUL_PATTERN, "writeOnly": True},
    ),
]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX_CHARS),
    NoNul,
    Field(
        description="Kept without surrounding space.",
        examples=["Write the release notes"],
        json_schema_extra={"pattern": NOT_BLANK_PATTERN},
    ),
]
Description = Annotated[
    str,
    StringConstraints(max_length=DESCRIPTION_MAX_CHARS),
    NoNul,
    Field(
        examples=["For version 1.0, with the list of breaking changes."],
        json_schema_extra={"pattern": NO_NUL_PATTERN},
    ),
]
Content = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=COMMENT_MAX_CHARS),
    NoNul,
    Field(
        description="Kept without surrounding space.",
        examples=["The draft is ready."],
        json_schema_extra={"pattern": NOT_BLANK_PATTERN},
    ),
]
Moment = Annotated[datetime, Field(json_schema_extra={"maxLength": 40})]


class RequestBody(BaseModel):
    """A JSON body: exact types, and no field that is not listed."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Stored(BaseModel):
    """An answer that is read off a row."""

    model_config = ConfigDict(from_attributes=True)


class UserCreate(RequestBody):
    """Who wants to sign up."""

    username: Username
    password: Password


class UserPublic(Stored):
    """A user, without anything secret."""

    id: RecordId
    username: Username
    is_admin: Annotated[bool, Field(description="Whether they may see and delete users.")]
    created_at: Moment


class PasswordChange(RequestBody):
    """The caller's password, and the one that replaces it."""

    old_password: Password
    new_password: Password


class LoginForm(BaseModel):
    """The form of OAuth2's password flow (RFC 6749, section 4.3.2), every field bounded."""

    model_config = ConfigDict(extra="forbid")

    grant_type: Literal["password"] = "password"
    username: Annotated[
        str,
        Field(min_length=1, max_length=USERNAME_MAX_CHARS),
        NoNul,
        Field(json_schema_extra={"pattern": NO_NUL_PATTERN}),
        Field(examples=["ada"]),
    ]
    password: Annotated[
        str,
        Field(min_length=1, max_length=PASSWORD_MAX_CHARS, repr=False),
        NoNul,
        Field(
            json_schema_extra={"format": "password", "pattern": NO_NUL_PATTERN, "writeOnly": True}
        ),
        Field(examples=["correct horse battery"]),
    ]
    scope: Annotated[str, Field(max_length=200, description="Ignored.")] = ""
    client_id: Annotated[str, Field(max_length=200, description="Ignored.")] = ""
    client_secret: Annotated[str, Field(max_length=200, description="Ignored.", repr=False)] = ""


class AccessToken(BaseModel):
    """A bearer token and how many seconds it is good for."""

    access_token: Annotated[str, Field(max_length=TOKEN_MAX_CHARS, examples=["eyJhbGciOi…"])]
    token_type: Literal["bearer"] = "bearer"
    expires_in: Annotated[int, Field(ge=1, description="Seconds.", examples=[1800])]


class TaskCreate(RequestBody):
    """A new task."""

    title: Title
    description: Description = ""
    completed: bool = False


class TaskUpdate(RequestBody):
    """The fields of a task to change. Those left out stay as they are; null is refused."""

    title: Title | MISSING = MISSING
    description: Description | MISSING = MISSING
    completed: bool | MISSING = MISSING


class TaskPublic(Stored):
    """A task as its owner sees it."""

    id: RecordId
    title: Title
    description: Description
    completed: bool
    created_at: Moment


class CommentCreate(RequestBody):
    """A new comment."""

    content: Content


class CommentPublic(Stored):
    """A comment. Its number is a permanent reference within the task."""

    id: RecordId
    task_id: RecordId
    number: Annotated[int, Field(ge=1, le=MAX_ID, examples=[1])]
    content: Content
    created_at: Moment


class PageQuery(BaseModel):
    """Which part of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX, description="How many items at most.")] = (
        PAGE_SIZE_DEFAULT
    )
    after: Annotated[
        int, Field(ge=0, le=MAX_ID, description="Where to go on: `next_after` of the page before.")
    ] = 0


NextAfter = Annotated[
    int | None,
    Field(description="What to send as `after` for the next page; null on the last page."),
]


class UserPage(BaseModel):
    """A part of all users, the oldest first."""

    items: Annotated[list[UserPublic], Field(max_length=PAGE_SIZE_MAX)]
    next_after: NextAfter


class TaskPage(BaseModel):
    """A part of the caller's tasks, the oldest first."""

    items: Annotated[list[TaskPublic], Field(max_length=PAGE_SIZE_MAX)]
    next_after: NextAfter


class CommentPage(BaseModel):
    """A part of a task's comments, by number."""

    items: Annotated[list[CommentPublic], Field(max_length=PAGE_SIZE_MAX)]
    next_after: NextAfter


class Health(BaseModel):
    """The service answers and reaches its database."""

    status: Literal["ok"] = "ok"

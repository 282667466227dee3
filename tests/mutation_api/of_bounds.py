"""Mutants without one bound of what is sent: of a text, a page, an identifier, or of the characters in it."""

from tests.mutation_api.mutant import Change, Mutant, at, change
from tests.mutation_api.service import (
    CHANGE_PASSWORD,
    CREATE_COMMENT,
    CREATE_TASK,
    DELETE_COMMENT,
    DELETE_USER,
    DEPENDENCIES,
    FIRST_MIGRATION,
    LIST_COMMENTS,
    LIST_TASKS,
    LIST_USERS,
    LOG_IN,
    MODELS,
    OF_A_TASK,
    SCHEMAS,
    SIGN_UP,
    TASKS,
    UPDATE_TASK,
)

_PASSWORD = "StringConstraints(min_length=PASSWORD_MIN_CHARS, max_length=PASSWORD_MAX_CHARS)"
_CONTENT = "max_length=COMMENT_MAX_CHARS"


def _unbounded(name: str, old: str, new: str, *operations: str, path: str = SCHEMAS) -> Mutant:
    return _input(name, (change(path, old, new),), *operations)


def _input(name: str, changes: tuple[Change, ...], *operations: str) -> Mutant:
    return Mutant(name=name, changes=changes, places=tuple(at(operation, "input") for operation in operations))


OF_BOUNDS = (
    _unbounded(
        "name-without-bound", "        max_length=USERNAME_MAX_CHARS,\n        pattern", "        pattern", SIGN_UP
    ),
    _unbounded(
        "password-without-bound",
        _PASSWORD,
        "StringConstraints(min_length=PASSWORD_MIN_CHARS)",
        SIGN_UP,
        CHANGE_PASSWORD,
    ),
    _unbounded(
        "old-password-without-bound",
        "    old_password: Password\n",
        "    old_password: Annotated[str, Field(min_length=8), NoNul]\n",
        CHANGE_PASSWORD,
    ),
    _unbounded(
        "new-password-without-bound",
        "    new_password: Password\n",
        "    new_password: Annotated[str, Field(min_length=8), NoNul]\n",
        CHANGE_PASSWORD,
    ),
    _unbounded(
        "title-without-bound",
        "min_length=1, max_length=TITLE_MAX_CHARS",
        "min_length=1",
        CREATE_TASK,
        UPDATE_TASK,
    ),
    _unbounded(
        "title-of-a-new-task-without-bound",
        '    """A new task."""\n\n    title: Title\n',
        '    """A new task."""\n\n    title: Annotated[str, Field(min_length=1), NoNul]\n',
        CREATE_TASK,
    ),
    _unbounded(
        "title-of-an-update-without-bound",
        "    title: Title | MISSING = MISSING\n",
        "    title: Annotated[str, Field(min_length=1), NoNul] | MISSING = MISSING\n",
        UPDATE_TASK,
    ),
    _unbounded(
        "description-of-a-new-task-without-bound",
        '    description: Description = ""\n',
        '    description: Annotated[str, NoNul] = ""\n',
        CREATE_TASK,
    ),
    _unbounded(
        "description-of-an-update-without-bound",
        "    description: Description | MISSING = MISSING\n",
        "    description: Annotated[str, NoNul] | MISSING = MISSING\n",
        UPDATE_TASK,
    ),
    _unbounded("comment-without-bound", f"min_length=1, {_CONTENT}", "min_length=1", CREATE_COMMENT),
    _input(
        "comment-without-bound-is-stored",
        (
            change(SCHEMAS, f"min_length=1, {_CONTENT}", "min_length=1"),
            change(MODELS, "mapped_column(String(COMMENT_MAX_CHARS))", "mapped_column(String())"),
            change(FIRST_MIGRATION, "sa.String(2000)", "sa.String()"),
        ),
        CREATE_COMMENT,
    ),
    _unbounded(
        "name-at-log-in-without-bound",
        "Field(min_length=1, max_length=USERNAME_MAX_CHARS)",
        "Field(min_length=1)",
        LOG_IN,
    ),
    _unbounded(
        "password-at-log-in-without-bound",
        "Field(min_length=1, max_length=PASSWORD_MAX_CHARS, repr=False)",
        "Field(min_length=1, repr=False)",
        LOG_IN,
    ),
    _input(
        "bound-of-the-password-in-the-document-only",
        (
            change(SCHEMAS, _PASSWORD, "StringConstraints(min_length=PASSWORD_MIN_CHARS)"),
            change(
                SCHEMAS,
                '        examples=["correct horse battery"],\n        json_schema_extra={',
                '        examples=["correct horse battery"],\n        json_schema_extra={"maxLength": PASSWORD_MAX_CHARS, ',
            ),
        ),
        SIGN_UP,
        CHANGE_PASSWORD,
    ),
    _input(
        "bound-of-the-comment-in-the-document-only",
        (
            change(SCHEMAS, f"min_length=1, {_CONTENT}", "min_length=1"),
            change(
                SCHEMAS,
                '        examples=["The draft is ready."],\n        json_schema_extra={',
                '        examples=["The draft is ready."],\n        json_schema_extra={"maxLength": COMMENT_MAX_CHARS, ',
            ),
        ),
        CREATE_COMMENT,
    ),
    _unbounded(
        "page-size-without-bound",
        "limit: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX, ",
        "limit: Annotated[int, Field(ge=1, ",
        LIST_TASKS,
        LIST_COMMENTS,
        LIST_USERS,
    ),
    _input(
        "page-size-of-tasks-without-bound",
        (
            change(
                SCHEMAS,
                "\n\nNextAfter = ",
                "\n\nclass WidePageQuery(PageQuery):\n    limit: Annotated[int, Field(ge=1)] = PAGE_SIZE_DEFAULT\n\n\nNextAfter = ",
            ),
            change(
                TASKS,
                "async def list_tasks(page: PageDep,",
                "async def list_tasks(page: Annotated[WidePageQuery, Query()],",
            ),
            change(
                TASKS,
                "from fastapi import APIRouter, ",
                "from typing import Annotated\n\nfrom fastapi import APIRouter, Query, ",
            ),
            change(TASKS, "TaskPublic, TaskUpdate", "TaskPublic, TaskUpdate, WidePageQuery"),
        ),
        LIST_TASKS,
    ),
    _unbounded(
        "start-of-a-page-without-bound",
        "int, Field(ge=0, le=MAX_ID, description",
        "int, Field(ge=0, description",
        LIST_TASKS,
        LIST_COMMENTS,
        LIST_USERS,
    ),
    _unbounded(
        "id-of-a-task-without-bound",
        'Path(ge=1, le=MAX_ID, description="Of a task',
        'Path(ge=1, description="Of a task',
        *OF_A_TASK,
        path=DEPENDENCIES,
    ),
    _unbounded(
        "id-of-a-comment-without-bound",
        'Path(ge=1, le=MAX_ID, description="Of a comment',
        'Path(ge=1, description="Of a comment',
        DELETE_COMMENT,
        path=DEPENDENCIES,
    ),
    _unbounded(
        "id-of-a-user-without-bound",
        'Path(ge=1, le=MAX_ID, description="Of any user',
        'Path(ge=1, description="Of any user',
        DELETE_USER,
        path=DEPENDENCIES,
    ),
    _unbounded(
        "nul-in-a-title",
        "max_length=TITLE_MAX_CHARS),\n    NoNul,\n",
        "max_length=TITLE_MAX_CHARS),\n",
        CREATE_TASK,
        UPDATE_TASK,
    ),
    _unbounded(
        "nul-in-a-description",
        "max_length=DESCRIPTION_MAX_CHARS),\n    NoNul,\n",
        "max_length=DESCRIPTION_MAX_CHARS),\n",
        CREATE_TASK,
        UPDATE_TASK,
    ),
    _unbounded(
        "nul-in-a-comment",
        f"{_CONTENT}),\n    NoNul,\n",
        f"{_CONTENT}),\n",
        CREATE_COMMENT,
    ),
    _unbounded(
        "nul-in-the-name-at-log-in",
        "max_length=USERNAME_MAX_CHARS),\n        NoNul,\n",
        "max_length=USERNAME_MAX_CHARS),\n",
        LOG_IN,
    ),
)

"""Mutants that trust one field of the body, and those that answer with one too many."""

from tests.mutation_api.mutant import ANYWHERE, Mutant, at, change
from tests.mutation_api.service import (
    CHANGE_PASSWORD,
    COMMENTS,
    CREATE_COMMENT,
    CREATE_TASK,
    SCHEMAS,
    SIGN_UP,
    TASKS,
    UPDATE_TASK,
    USERS,
)

_MADE = "    task = Task(owner_id=user.id, **body.model_dump())\n"
_OPEN = '    model_config = ConfigDict(extra="allow")\n\n'

OF_FIELDS = (
    Mutant(
        name="owner-of-a-new-task-from-the-body",
        changes=(
            change(
                SCHEMAS,
                '    """A new task."""\n\n',
                '    """A new task."""\n\n    owner_id: RecordId | MISSING = MISSING\n',
            ),
            change(TASKS, _MADE, '    task = Task(**{"owner_id": user.id} | body.model_dump())\n'),
        ),
        places=(at(CREATE_TASK, "owner", "mass-assignment"),),
    ),
    Mutant(
        name="owner-of-a-new-task-from-the-body-undocumented",
        changes=(
            change(SCHEMAS, '    """A new task."""\n\n', f'    """A new task."""\n\n{_OPEN}'),
            change(
                TASKS,
                _MADE,
                "    sent = body.model_dump()\n"
                '    known = {name: sent[name] for name in ("owner_id", "title", "description", "completed") if name in sent}\n'
                '    task = Task(**{"owner_id": user.id} | known)\n',
            ),
        ),
        places=(at(CREATE_TASK, "owner", "mass-assignment"),),
        also=(at(CREATE_TASK, "input"),),  # an owner of another type ends in a server error
    ),
    Mutant(
        name="owner-of-a-task-can-be-changed",
        changes=(
            change(
                SCHEMAS,
                "    title: Title | MISSING = MISSING\n",
                "    owner_id: RecordId | MISSING = MISSING\n    title: Title | MISSING = MISSING\n",
            ),
        ),
        places=(at(UPDATE_TASK, "owner", "mass-assignment"),),
        also=(at(UPDATE_TASK, "input"),),  # an owner who is nobody ends in a server error
    ),
    Mutant(
        name="any-column-of-a-task-can-be-changed",
        changes=(
            change(
                SCHEMAS,
                "    title: Title | MISSING = MISSING\n",
                f"{_OPEN}    title: Title | MISSING = MISSING\n",
            ),
        ),
        places=(at(UPDATE_TASK, "owner", "mass-assignment"),),
        also=(at(UPDATE_TASK, "input"),),  # an owner who is nobody ends in a server error
    ),
    Mutant(
        name="task-of-a-comment-from-the-body",
        changes=(
            change(
                SCHEMAS,
                '    """A new comment."""\n\n',
                '    """A new comment."""\n\n    task_id: RecordId | MISSING = MISSING\n',
            ),
            change(
                COMMENTS,
                "    comment = Comment(task_id=task.id, number=task.last_comment_number, content=body.content)\n",
                '    sent = {"task_id": task.id} | body.model_dump()\n'
                '    if sent["task_id"] != task.id:\n'
                '        task = await session.get_one(Task, sent["task_id"], with_for_update=True)\n'
                "        task.last_comment_number += 1\n"
                "    comment = Comment(number=task.last_comment_number, **sent)\n",
            ),
            change(COMMENTS, "from app.models import Comment\n", "from app.models import Comment, Task\n"),
        ),
        places=(at(CREATE_COMMENT, "owner", "mass-assignment"),),
        also=(at(CREATE_COMMENT, "input"),),  # a task that is none ends in a server error
    ),
    Mutant(
        name="signs-up-as-admin",
        changes=(
            change(
                SCHEMAS,
                '    """Who wants to sign up."""\n\n',
                '    """Who wants to sign up."""\n\n    is_admin: bool = False\n',
            ),
            change(USERS, "password_hash=password_hash)", "password_hash=password_hash, is_admin=body.is_admin)"),
        ),
        places=(at(SIGN_UP, "mass-assignment"),),
    ),
    Mutant(
        name="signs-up-as-admin-undocumented",
        changes=(
            change(SCHEMAS, '    """Who wants to sign up."""\n\n', f'    """Who wants to sign up."""\n\n{_OPEN}'),
            change(
                USERS,
                "password_hash=password_hash)",
                'password_hash=password_hash, is_admin=bool((body.model_extra or {}).get("is_admin")))',
            ),
        ),
        places=(at(SIGN_UP, "mass-assignment"),),
    ),
    Mutant(
        name="becomes-admin-with-a-new-password",
        changes=(
            change(
                SCHEMAS,
                "    old_password: Password\n",
                "    old_password: Password\n    is_admin: bool | MISSING = MISSING\n",
            ),
            change(
                USERS,
                ".values(password_hash=new_hash)",
                '.values(password_hash=new_hash, **body.model_dump(include={"is_admin"}))',
            ),
        ),
        places=(at(CHANGE_PASSWORD, "mass-assignment"),),
    ),
    Mutant(
        name="shows-the-hash-of-a-password",
        changes=(
            change(
                SCHEMAS,
                '    is_admin: Annotated[bool, Field(description="Whether',
                '    password_hash: str\n    is_admin: Annotated[bool, Field(description="Whether',
            ),
        ),
        places=(at(ANYWHERE, "owner", "mass-assignment", "hygiene"),),
    ),
)

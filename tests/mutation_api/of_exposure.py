"""Mutants that show what is nobody's business: hidden routes, tracebacks, answers for any site."""

from tests.mutation_api.mutant import ANYWHERE, Mutant, appended, at, change
from tests.mutation_api.service import CREATE_COMMENT, ERRORS, HEALTH, MAIN, SCHEMAS

_ROUTE = "\n\n@router.{method}({path!r}, include_in_schema=False)\n"
# A character that PostgreSQL cannot hold ends in a server error, whose answer shows where it failed.
_FAILS = change(SCHEMAS, "max_length=COMMENT_MAX_CHARS),\n    NoNul,\n", "max_length=COMMENT_MAX_CHARS),\n")
_IMPORTS = "\n\nfrom sqlalchemy import select\n\nfrom app.dependencies import CurrentUser, TaskId\nfrom app.models import Task, User\n"


def _hidden(name: str, operation: str, function: str, *questions: str, also: tuple[str, ...] = ()) -> Mutant:
    """Make the mutant that serves a function as an operation which no document shows."""
    method, path = operation.split(" ")
    return Mutant(
        name=name,
        changes=(appended(HEALTH, _IMPORTS + _ROUTE.format(method=method.lower(), path=path) + function),),
        places=(at(operation, *questions),),
        also=(at(operation, "logged-in", "owner", "role", "hygiene", *also),),
    )


def _cors(name: str, origins: str) -> Mutant:
    return Mutant(
        name=name,
        changes=(
            change(
                MAIN,
                "    app.include_router(router)\n",
                f'    app.add_middleware(CORSMiddleware, {origins}, allow_credentials=True, allow_methods=["*"])\n'
                "    app.include_router(router)\n",
            ),
            change(
                MAIN,
                "from fastapi.exceptions import",
                "from fastapi.middleware.cors import CORSMiddleware\nfrom fastapi.exceptions import",
            ),
        ),
        places=(at(ANYWHERE, "hygiene"),),
    )


OF_EXPOSURE = (
    _hidden(
        "hidden-dump-of-users",
        "GET /internal/users",
        "async def dump_users(session: SessionDep):\n"
        "    users = await session.scalars(select(User).order_by(User.id.desc()).limit(100))\n"
        '    return [{"id": user.id, "username": user.username, "hash": user.password_hash} for user in users]\n',
        "logged-in",
        "hygiene",
    ),
    _hidden(
        "hidden-debug-route",
        "GET /debug/environment",
        "async def dump_environment():\n    import os\n\n    return dict(os.environ)\n",
        "hygiene",
        "logged-in",
    ),
    _hidden(
        "hidden-route-reads-any-task-for-nobody",
        "GET /internal/tasks/{task_id}",
        "async def peek_task(task_id: TaskId, session: SessionDep):\n"
        "    task = await session.get(Task, task_id)\n"
        '    return task and {"id": task.id, "title": task.title, "description": task.description}\n',
        "logged-in",
    ),
    _hidden(
        "hidden-route-reads-any-task",
        "GET /internal/tasks/{task_id}",
        "async def peek_task(task_id: TaskId, _user: CurrentUser, session: SessionDep):\n"
        "    task = await session.get(Task, task_id)\n"
        '    return task and {"id": task.id, "title": task.title, "description": task.description}\n',
        "owner",
    ),
    _hidden(
        "hidden-route-deletes-any-task-for-nobody",
        "DELETE /internal/tasks/{task_id}",
        "async def purge_task(task_id: TaskId, session: SessionDep):\n"
        "    if (task := await session.get(Task, task_id)) is not None:\n"
        "        await session.delete(task)\n",
        "logged-in",
    ),
    _hidden(
        "hidden-route-deletes-any-task",
        "DELETE /internal/tasks/{task_id}",
        "async def purge_task(task_id: TaskId, _user: CurrentUser, session: SessionDep):\n"
        "    if (task := await session.get(Task, task_id)) is not None:\n"
        "        await session.delete(task)\n",
        "owner",
    ),
    Mutant(
        name="hidden-operation-of-what-is-mounted",
        changes=(
            change(
                MAIN,
                "    app.include_router(router)\n",
                "    app.include_router(router)\n"
                "    inner = FastAPI(openapi_url=None)\n\n"
                '    @inner.get("/users")\n'
                "    async def dump_users() -> list[str]:\n"
                "        async with app.state.sessions() as session:\n"
                "            users = await session.scalars(select(User).order_by(User.id.desc()).limit(100))\n"
                "            return [user.username for user in users]\n\n"
                '    app.mount("/backstage", inner)\n',
            ),
            change(
                MAIN,
                "from app import __version__\n",
                "from sqlalchemy import select\n\nfrom app import __version__\nfrom app.models import User\n",
            ),
        ),
        places=(at("GET /backstage/users", "logged-in", "hygiene"),),
        also=(at("GET /backstage/users", "logged-in", "owner", "role", "hygiene"),),
    ),
    _cors("answers-for-any-site", 'allow_origin_regex=".*"'),
    _cors("answers-for-every-site", 'allow_origins=["*"]'),
    Mutant(
        name="refusals-show-a-traceback",
        changes=(
            change(
                ERRORS,
                "    return JSONResponse(InvalidRequest(detail=fields).model_dump(), status_code=422)\n",
                "    import traceback\n\n"
                '    told = {"trace": traceback.format_exception(error)} | InvalidRequest(detail=fields).model_dump()\n'
                "    return JSONResponse(told, status_code=422)\n",
            ),
        ),
        places=(at(ANYWHERE, "hygiene"),),
    ),
    Mutant(
        name="failures-show-a-traceback",
        changes=(
            change(MAIN, '        title="Sample service",\n', '        title="Sample service",\n        debug=True,\n'),
            _FAILS,
        ),
        places=(at(ANYWHERE, "hygiene"),),
        also=(at(CREATE_COMMENT, "input"),),
    ),
)

"""Makes a copy of sample_service slow in one way, and says what the gate `latency` must make of it.

    python3 tests/samples/slowness/plant.py FAULT FOLDER

Standard library only. What is planted by turns and not by chance: every twelfth request is slow, not one in twelve.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

LIST, READ, ME, COMMENTS = "GET /tasks", "GET /tasks/{task_id}", "GET /users/me", "GET /tasks/{task_id}/comments"


@dataclass(frozen=True)
class Slowness:
    """Texts of a file that are replaced, by (file, text, by); or new files. `operation` must be found, for `cause`."""

    operation: str
    cause: str
    rule: str = ""
    replaced: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[str, str], ...] = ()


_SLEEP = "    turns[0] += 1\n    if turns[0] % {every} == 0:\n        await asyncio.sleep(0.6)\n"
_TURNS = "\n\nimport asyncio  # noqa: E402\n\nturns = [0]\n"

FAULTS = {
    "index-dropped": Slowness(
        operation=COMMENTS,
        rule="sequential-scan",
        cause="for want of an index",
        added=(
            (
                "migrations/versions/0003_planted.py",
                '"""A planted fault."""\n\nfrom alembic import op\n\n'
                'revision = "0003"\ndown_revision = "0002"\nbranch_labels = None\ndepends_on = None\n\n\n'
                'def upgrade() -> None:\n    """Drop what the list is found by."""\n'
                '    op.drop_constraint("uq_comments_task_id_number", "comments")\n\n\n'
                'def downgrade() -> None:\n    """Do nothing."""\n    op.execute("SELECT 1")\n',
            ),
        ),
    ),
    "n-plus-one": Slowness(
        operation=LIST,
        rule="n-plus-one",
        cause="times a request: SELECT users.username",
        replaced=(
            ("app/routes/tasks.py", "from app.models import Task\n", "from app.models import Task, User\n"),
            (
                "app/routes/tasks.py",
                "    items = tasks[: page.limit]\n",
                "    items = tasks[: page.limit]\n    for _ in items:\n"
                "        await session.scalar(select(User.username).where(User.id == user.id))\n",
            ),
        ),
    ),
    "sleep-in-8-percent": Slowness(
        operation=READ,
        cause="what only some",
        replaced=(
            ("app/routes/tasks.py", '    """Return one of the caller\'s tasks."""\n', _SLEEP.format(every=12)),
            (
                "app/routes/tasks.py",
                "    return task\n\n\n@router.patch",
                "    return task\n" + _TURNS + "\n\n@router.patch",
            ),
        ),
    ),
    "lock-held": Slowness(
        operation=READ,
        rule="lock-wait",
        cause="waits for a lock",
        replaced=(
            ("app/main.py", "import logging\n", "import asyncio\nimport logging\n"),
            (
                "app/main.py",
                "        try:\n            yield\n",
                "        from sqlalchemy import text\n\n"
                "        async def hold() -> None:\n"
                "            while True:\n"
                "                async with engine.begin() as connection:\n"
                '                    await connection.execute(text("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE"))\n'
                "                    await asyncio.sleep(0.8)\n"
                "                await asyncio.sleep(0.2)\n\n"
                "        holding = asyncio.create_task(hold())\n"
                "        try:\n            yield\n            holding.cancel()\n",
            ),
        ),
    ),
}

HARMLESS = {
    "sleep-in-3-percent": Slowness(
        operation=LIST,
        cause="",
        replaced=(
            (
                "app/routes/tasks.py",
                '    """List the caller\'s tasks, the oldest first."""\n',
                '    """List the caller\'s tasks, the oldest first."""\n' + _SLEEP.format(every=33),
            ),
            ("app/routes/tasks.py", "\n\nrouter = APIRouter(", f"{_TURNS}\nrouter = APIRouter("),
        ),
    ),
}


def plant(name: str, folder: Path) -> Slowness:
    """Make the service in `folder` slow."""
    fault = (FAULTS | HARMLESS)[name]
    for path, text, by in fault.replaced:
        file = folder / path
        before = file.read_text("utf-8")
        if before.count(text) != 1:
            raise SystemExit(f"{path} has {text!r} {before.count(text)} times")
        file.write_text(before.replace(text, by), "utf-8")
    for path, text in fault.added:
        (folder / path).write_text(text, "utf-8")
    return fault


if __name__ == "__main__":
    plant(sys.argv[1], Path(sys.argv[2]))

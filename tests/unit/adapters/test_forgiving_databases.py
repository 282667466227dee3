import asyncio

import pytest

from gate.adapters.forgiving_databases import ForgivingDatabases
from gate.domain.connection import Database
from gate.domain.exhibit import OutputTail
from gate.ports import CannotRun, Databases


class FakeDatabases(Databases):
    def __init__(self, name: str, reason: CannotRun | None = None) -> None:
        self.name = name
        self.reason = reason
        self.closed = False

    async def database(self, purpose: str) -> Database:
        await asyncio.sleep(0)
        if self.reason:
            raise self.reason
        return Database(
            host="h", port=1, user="u", password="", name=f"{self.name}-{purpose}", server_version="16", provider="fake"
        )

    async def close(self) -> None:
        self.closed = True


def forgiving(full: FakeDatabases, *, reached: bool, notices: list[str]) -> tuple[ForgivingDatabases, FakeDatabases]:
    empty = FakeDatabases("empty")
    return ForgivingDatabases(full=full, empty=lambda: empty, reached=lambda: reached, notice=notices.append), empty


def test_a_schema_that_was_found_and_fails_leaves_an_empty_database_and_the_reason() -> None:
    notices: list[str] = []
    reason = CannotRun("the schema could not be made", OutputTail(title="t", text="first\nImportError: x\n\n"))
    databases, empty = forgiving(FakeDatabases("full", reason), reached=True, notices=notices)

    async def both() -> list[str]:
        made = await asyncio.gather(databases.database("a"), databases.database("b"))
        await databases.close()
        return [one.name for one in made]

    assert asyncio.run(both()) == ["empty-a", "empty-b"]
    assert databases.schema_trouble == "the schema could not be made: ImportError: x"
    assert (len(notices), empty.closed) == (1, True)


@pytest.mark.parametrize(
    ("printed", "line"),
    [
        (
            "Traceback\n  File x\nsqlalchemy.exc.ProgrammingError: (psycopg) no\n(Background: https://x)\n",
            "sqlalchemy.exc.Pr",
        ),
        ("INFO one\nFAILED: No config file 'alembic.ini' found\n", "FAILED: No config file"),
        ("psql: error: connection refused\nbye\n", "psql: error: connection"),
        ("one\ntwo\n", "two"),
    ],
)
def test_the_line_that_tells_is_the_error_and_not_the_advice_behind_it(printed: str, line: str) -> None:
    reason = CannotRun("`alembic upgrade head` exited with status 1", OutputTail(title="t", text=printed))
    databases, _ = forgiving(FakeDatabases("full", reason), reached=True, notices=[])
    asyncio.run(databases.database("a"))
    assert databases.schema_trouble.startswith(f"`alembic upgrade head` exited with status 1: {line}")


def test_a_schema_that_is_made_is_no_trouble() -> None:
    databases, _ = forgiving(FakeDatabases("full"), reached=True, notices=[])
    assert asyncio.run(databases.database("a")).name == "full-a"
    assert databases.schema_trouble == ""


def test_where_there_is_no_server_nothing_is_forgiven() -> None:
    databases, _ = forgiving(FakeDatabases("full", CannotRun("there is no PostgreSQL")), reached=False, notices=[])
    with pytest.raises(CannotRun, match="there is no PostgreSQL"):
        asyncio.run(databases.database("a"))

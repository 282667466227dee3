"""Sessions of PostgreSQL through psycopg. Knows SQL's effects only as far as it must to wait for a server.

Sessions are held in threads: psycopg's asynchronous ones need an event loop that, on Windows, starts no programs.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg.sql import SQL, Composed

from gate.adapters.postgres.server_url import libpq_options
from gate.adapters.postgres.versions import parse_version
from gate.adapters.processes import uninterrupted
from gate.domain.connection import Database

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]
Statement = SQL | Composed

# libpq takes no less than two; a network that swallows packets is tried again until the deadline.
_CONNECT_SECONDS = 5
_POLL_SECONDS = 0.1
_CANCEL_SECONDS = 5.0
# Said expressly, so that a variable of this process's environment does not turn a session elsewhere.
_NEUTRAL = {"hostaddr": "", "options": "", "sslmode": "prefer", "sslrootcert": "", "target_session_attrs": "any"}


class Unanswered(Exception):
    """No server answered within the time; the message is what the last attempt said."""


class Refused(Exception):
    """A server answered and will not have us; the message is in its words."""


async def in_session(database: Database, work: Callable[[Connection], T]) -> T:
    """Open a session (autocommit), do `work` in it in a thread, and close it.

    If cancelled, the server is asked to abandon the work, and this returns when the session is closed.

    Raises:
        psycopg.Error: as psycopg says.
    """
    opened: list[Connection] = []

    def in_thread() -> T:
        with psycopg.connect(**_connection_options(database), autocommit=True) as connection:
            opened.append(connection)
            return work(connection)

    task = asyncio.ensure_future(asyncio.to_thread(in_thread))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await uninterrupted(_abandon(task, opened))
        raise


async def execute(database: Database, *statements: Statement) -> None:
    """Execute statements one by one.

    Raises:
        psycopg.Error: the first error of the server.
    """

    def work(connection: Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    await in_session(database, work)


async def query(
    database: Database, statement: Statement, parameters: Sequence[str] | None = None
) -> list[tuple[Any, ...]]:
    """Return the rows of a query.

    Raises:
        psycopg.Error: as psycopg says.
    """
    return await in_session(database, lambda connection: connection.execute(statement, parameters).fetchall())


async def wait_for_version(database: Database, seconds: float) -> str:
    """Wait until a server lets us in and return its version, such as 16.4.

    Raises:
        Unanswered, Refused: as of `wait_for_answer`.
    """
    ((version,),) = await wait_for_answer(database, SQL("SHOW server_version"), seconds)
    return parse_version(str(version)) or str(version)


async def wait_for_answer(
    database: Database,
    statement: Statement,
    seconds: float,
    *,
    hopeless: Callable[[], bool] = lambda: False,
    pause: float = _POLL_SECONDS,
) -> list[tuple[Any, ...]]:
    """Wait until a server lets us in and return the rows of a query; `pause` are the seconds between attempts.

    Raises:
        Unanswered: it did not within `seconds`, or it is `hopeless`.
        Refused: it answered, and waiting will not help: a wrong password, no such database.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        try:
            return await query(database, statement)
        except psycopg.Error as error:
            said = first_line(error)
            answered = not isinstance(error, psycopg.errors.ConnectionTimeout) and await _answers(database)
            if answered:
                raise Refused(said) from error
        if hopeless() or loop.time() >= deadline:
            raise Unanswered(said)
        await asyncio.sleep(min(pause, max(0.0, deadline - loop.time())))


def first_line(error: psycopg.Error) -> str:
    """Return what went wrong in one line, without psycopg's and libpq's preambles."""
    primary = error.diag.message_primary
    text = primary or next(iter(str(error).splitlines()), "") or type(error).__name__
    for preamble in ("connection failed: ", "consuming input failed: ", "FATAL:  "):
        text = text.rpartition(preamble)[2]
    return text


async def _abandon(task: "asyncio.Future[T]", opened: list[Connection]) -> None:
    while not task.done():
        for connection in opened:
            with suppress(psycopg.Error):
                await asyncio.to_thread(connection.cancel_safe, timeout=_CANCEL_SECONDS)
        await asyncio.wait([task], timeout=_POLL_SECONDS)
    with suppress(Exception):
        task.result()


async def _answers(database: Database) -> bool:
    """Tell whether a server is up, also when it refuses us: a server that starts refuses everybody for a while."""
    conninfo = make_conninfo("", **_connection_options(database)).encode()
    return await asyncio.to_thread(PGconn.ping, conninfo) == Ping.OK


def _connection_options(database: Database) -> dict[str, Any]:
    return {
        **_NEUTRAL,
        **libpq_options(database),
        "host": database.host,
        "port": database.port,
        "user": database.user,
        "password": database.password,
        "dbname": database.name,
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": "quality-gate",
        "client_encoding": "UTF8",
    }

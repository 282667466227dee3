"""The answer to `gate.database_ports.Insights`: one database of a server, looked into beside the service's own use.

Changes nothing in it but by `fill`, and for an extension in a schema of its own.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg

from gate.adapters.postgres.insight_filling import fill_tables
from gate.adapters.postgres.insight_locks import LockLooks, look_for_locks
from gate.adapters.postgres.insight_plans import read_scans
from gate.adapters.postgres.insight_statements import (
    Counts,
    leave_uncounted,
    read_counts,
    read_statements,
    read_texts,
    why_untold,
)
from gate.adapters.postgres.insight_tables import count_rows
from gate.adapters.postgres.session import Connection, first_line, in_session
from gate.adapters.processes import uninterrupted
from gate.database_ports import Insight, Insights, LockWatch, Statement, TableScan
from gate.domain.connection import Database
from gate.ports import CannotRun

T = TypeVar("T")

_SECONDS = 60.0
_FILL_SECONDS = 600.0


class PostgresInsights(Insights):
    """Opens insights through psycopg."""

    @asynccontextmanager
    async def insight(self, database: Database) -> AsyncIterator[Insight]:
        """Look into a database until the block is left.

        Raises:
            CannotRun: it cannot be reached.
        """
        try:
            untold = await _within(_SECONDS, database, why_untold)
        except psycopg.Error as error:
            raise CannotRun(f"the database cannot be looked into: {first_line(error)}") from error
        yield PostgresInsight(database, untold)


class PostgresInsight(Insight):
    """Looks into one database, by a session for each question."""

    def __init__(self, database: Database, untold: str) -> None:
        self._database = database
        self._untold = untold
        self._before: Counts = {}

    @property
    def untold(self) -> str:
        """Why statements cannot be told, "" where they can."""
        return self._untold

    async def fill(self, rows: Mapping[str, int]) -> Mapping[str, int]:
        """Bring each of these tables to so many rows.

        Raises:
            CannotRun: one of them cannot be filled; says which, and why.
        """
        return await self._asked(lambda connection: fill_tables(connection, rows), "filled", _FILL_SECONDS)

    async def row_counts(self) -> Mapping[str, int]:
        """Return how many rows each of the service's tables has."""
        return await self._asked(count_rows, "counted")

    async def reset(self) -> None:
        """Remember what is counted so far."""
        if not self._untold:
            self._before = await self._asked(read_counts, "read")

    async def statements(self) -> tuple[Statement, ...]:
        """Return the statements since `reset`, the most expensive first."""
        if self._untold:
            return ()
        return await self._asked(lambda connection: read_statements(connection, self._before), "read")

    async def scans(self, statement: Statement) -> tuple[TableScan, ...]:
        """Return the tables that a statement reads whole for want of an index."""
        return await self._asked(lambda connection: read_scans(connection, statement.text), "read")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[LockWatch]:
        """Look ten times a second who waits for a lock, until the block is left."""
        looks, over = LockLooks(), threading.Event()
        looking = asyncio.create_task(
            in_session(self._database, lambda connection: look_for_locks(connection, looks, over))
        )
        try:
            yield looks
        finally:
            over.set()
            # What went wrong with looking is no reason to fail: then nothing was seen.
            await uninterrupted(asyncio.wait([looking]))
            looking.exception()
        if not self._untold and looks.waits:
            looks.name(await self._asked(read_texts, "read"))

    async def _asked(self, question: Callable[[Connection], T], what: str, seconds: float = _SECONDS) -> T:
        def work(connection: Connection) -> T:
            leave_uncounted(connection)
            return question(connection)

        try:
            return await _within(seconds, self._database, work)
        except psycopg.Error as error:
            raise CannotRun(f"the database could not be {what}: {first_line(error)}") from error
        except TimeoutError as late:
            raise CannotRun(f"the database could not be {what} within {seconds:g} s") from late


async def _within(seconds: float, database: Database, work: Callable[[Connection], T]) -> T:
    async with asyncio.timeout(seconds):
        return await in_session(database, work)

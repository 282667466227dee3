"""What the gate `latency` asks of a database beside the service's own use of it: rows, statements, plans."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from gate.domain.connection import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as the server knows it, its constants replaced by `$1`, and what it cost since `Insight.reset`.

    `seconds` is the time of all calls, `rows` what they returned or changed, `blocks` the pages that they touched.
    """

    text: str
    calls: int
    seconds: float
    rows: int
    blocks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableScan:
    """A table that a statement's plan reads from its first row to its last to use few of them: for want of an index.

    `rows` is about how many rows it has, `filter` the condition by which most are thrown away, `order` that by which
    they are sorted to keep the first few.
    """

    table: str
    rows: int
    filter: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWait:
    """Sessions that waited for a lock: `statement` is what waited, as `Statement.text` has it where the server tells.

    `blocked_by` is the last statement of the session that held the lock, `holder` the state of that session, such as
    `idle in transaction`. `share`: of the looks, those that found somebody waiting so, 0.0 to 1.0. `sessions`: how many
    waited at once at most.
    """

    statement: str
    blocked_by: str
    holder: str
    share: float
    sessions: int


class LockWatch(Protocol):
    """What was seen of sessions that wait for locks."""

    @property
    def waits(self) -> tuple[LockWait, ...]:
        """Return the waits so far, the most frequent first."""
        ...


class Insight(Protocol):
    """Looks into one database, as a client beside the service. Every method is bounded in time."""

    @property
    def untold(self) -> str:
        """Why statements cannot be told: such as that the server lacks `pg_stat_statements`; "" where they can."""
        ...

    async def fill(self, rows: Mapping[str, int]) -> Mapping[str, int]:
        """Bring each of these tables to so many rows, by copies of rows that it has; return how many each has then.

        Copies differ in what must differ; what refers to another table is spread over that table's rows. Planner
        statistics are made anew.

        Raises:
            CannotRun: there is no such table, it has no row to copy, or a constraint cannot be kept; says which.
        """
        ...

    async def row_counts(self) -> Mapping[str, int]:
        """Return how many rows each of the service's tables has, exactly or nearly."""
        ...

    async def reset(self) -> None:
        """Forget the statements so far. The server's own statistics are left as they are."""
        ...

    async def statements(self) -> tuple[Statement, ...]:
        """Return the statements since `reset`, without those of this insight, the most expensive first."""
        ...

    async def scans(self, statement: Statement) -> tuple[TableScan, ...]:
        """Return the tables that a statement's generic plan reads whole; () where there is no plan to be had."""
        ...

    def watching(self) -> AbstractAsyncContextManager[LockWatch]:
        """Look ten times a second who waits for a lock, until the block is left; needs no `pg_stat_statements`."""
        ...


class Insights(Protocol):
    """Opens insights."""

    def insight(self, database: Database) -> AbstractAsyncContextManager[Insight]:
        """Look into a database until the block is left.

        Raises:
            CannotRun: it cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCost:
    """What one operation costs the database, measured on `requests` requests of it, one after another.

    `queries` is the number of statements a request, on average, without those of transactions, settings and drivers;
    `statements` the most expensive, their figures of all requests together; `repeated` those that one request sends
    many times, each with its number a request (N+1); `scans` the large tables that a statement reads whole for want of
    an index, with that statement.
    """

    operation: str
    requests: int
    queries: float
    statements: tuple[Statement, ...] = ()
    repeated: tuple[tuple[Statement, float], ...] = ()
    scans: tuple[tuple[TableScan, Statement], ...] = field(default_factory=tuple)

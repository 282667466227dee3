"""Who waits for a lock, seen by looking again and again. Takes no lock of the service's, and ends no session."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
from psycopg.sql import SQL

from gate.adapters.postgres.session import Connection
from gate.database_ports import LockWait

_PAUSE_SECONDS = 0.1
_LONGEST_TEXT = 4_000
_QUERY_ID_SINCE = 140_000
# `pg_blocking_pids` stops the server's bookkeeping of locks for a moment: it is asked for those that wait only.
_LOOK = (
    "SELECT w.pid, coalesce({waiting}, 0), w.query, "
    "b.pid, coalesce({blocking}, 0), coalesce(b.query, ''), coalesce(b.state, '') "
    "FROM pg_catalog.pg_stat_activity w "
    "LEFT JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(w.pid)) AS blocker(pid) ON true "
    "LEFT JOIN pg_catalog.pg_stat_activity b ON b.pid = blocker.pid "
    "WHERE w.wait_event_type = 'Lock' AND w.datname = pg_catalog.current_database() LIMIT 1000"
)
_CONSTANT = re.compile(r"'(?:[^']|'')*'|(?<![\w$.])\d+(?:\.\d+)?\b")

# (pid that waits, its query's id, its text, pid of who holds the lock, that query's id, text, and session's state)
Row = tuple[int, int, str, int | None, int, str, str]
# The id of a query, whatever its constants, or its text without them where the server gives no ids.
Query = int | str


@dataclass(slots=True)
class _Seen:
    looks: int = 0
    sessions: int = 0
    holders: Counter[tuple[Query, str]] = field(default_factory=Counter)


class LockLooks:
    """What was seen so far. One thread looks, another reads when that has ended."""

    def __init__(self) -> None:
        self._looks = 0
        self._seen: dict[Query, _Seen] = {}
        self._texts: dict[Query, str] = {}

    @property
    def waits(self) -> tuple[LockWait, ...]:
        """Return the waits so far, the most frequent first."""
        return tuple(self._wait(query, seen) for query, seen in sorted(self._seen.items(), key=_most_frequent))

    def note(self, rows: Iterable[Row]) -> None:
        """Count a look. Who waits in a queue waits for who holds the lock, not for who stands before."""
        self._looks += 1
        rows = tuple(rows)
        waiting = {row[0] for row in rows}
        holding = [row for row in rows if row[3] is not None and row[3] not in waiting]
        sessions: dict[Query, set[int]] = {}
        for row in rows:
            query = self._query(row[1], row[2])
            sessions.setdefault(query, set()).add(row[0])
            seen = self._seen.setdefault(query, _Seen())
            directly = [one for one in holding if one[0] == row[0]]
            seen.holders.update({(self._query(one[4], one[5]), one[6]) for one in directly or holding})
        for query, pids in sessions.items():
            self._seen[query].looks += 1
            self._seen[query].sessions = max(self._seen[query].sessions, len(pids))

    def name(self, texts: Mapping[int, str]) -> None:
        """Give queries the texts that `Insight.statements` has for them."""
        self._texts.update({query: text for query, text in texts.items() if query in self._texts})

    def _query(self, known_as: int, text: str) -> Query:
        query = known_as or without_constants(text)
        self._texts.setdefault(query, without_constants(text))
        return query

    def _wait(self, query: Query, seen: _Seen) -> LockWait:
        holder, state = next((one for one, _ in seen.holders.most_common(1)), ("", ""))
        return LockWait(
            statement=self._texts[query],
            blocked_by=self._texts.get(holder, ""),
            holder=state,
            share=seen.looks / self._looks,
            sessions=seen.sessions,
        )


def _most_frequent(item: tuple[Query, _Seen]) -> int:
    return -item[1].looks


def look_for_locks(connection: Connection, looks: LockLooks, over: threading.Event) -> None:
    """Look until it is `over`. A server that does not answer any more ends it, too."""
    has_id = connection.info.server_version >= _QUERY_ID_SINCE
    waiting, blocking = ("w.query_id", "b.query_id") if has_id else ("0", "0")
    asked = SQL(_LOOK).format(waiting=SQL(waiting), blocking=SQL(blocking))
    with suppress(psycopg.Error):
        connection.execute("SET statement_timeout = '5s'")
        while not over.wait(_PAUSE_SECONDS):
            looks.note(connection.execute(asked).fetchall())


def without_constants(text: str) -> str:
    """Return a statement with its texts and numbers left out, as far as that can be told without its grammar."""
    return _CONSTANT.sub("?", text[:_LONGEST_TEXT])

"""Statements and their cost as `pg_stat_statements` counts them, since a moment that we remember. Resets nothing there.

https://www.postgresql.org/docs/current/pgstatstatements.html
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from gate.adapters.postgres.session import Connection, first_line
from gate.database_ports import Statement

# (user, query, whether it was sent by a client) -> (calls, seconds, rows, blocks)
Counts = Mapping[tuple[Any, ...], tuple[float, ...]]

OWN_SCHEMA = "quality_gate"
"""Where the extension's views lie: what lists the tables of `public` must not find them there."""
MARK = "/* quality-gate */"
"""Stands in each statement of ours: a server that was given may not let us leave them uncounted."""

_EXTENSION = "pg_stat_statements"
_PLACE = SQL(
    "SELECT n.nspname, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
    "WHERE e.extname = {}"
).format(Literal(_EXTENSION))
# With version 1.8, times of planning came apart from those of execution; with 1.9, statements inside of functions.
_APART = (1, 8)
_TOP_LEVEL = (1, 9)
# The database around it is somebody else's: nothing else is made there.
_IN_SCRATCH_SCHEMA = SQL("SELECT 1 WHERE pg_catalog.current_schema() ~ '^quality_gate_'")
_UNGRANTED = (
    "this role may not create the extension pg_stat_statements: "
    "let a superuser run CREATE EXTENSION pg_stat_statements in the database template1, "
    "or in that of DATABASE_URL where the role may make no databases"
)
_PRELOAD = (
    "start the server with `-c shared_preload_libraries=pg_stat_statements` "
    "(of a service container: `command: -c shared_preload_libraries=pg_stat_statements`)"
)


def leave_uncounted(connection: Connection) -> None:
    """Leave what this session does out of the server's statistics, where we may."""
    with suppress(psycopg.Error):
        connection.execute(SQL("SET {} pg_stat_statements.track = 'none'").format(SQL(MARK)))


def why_untold(connection: Connection) -> str:
    """Make the extension in this database where it is not there; say why statements cannot be told, "" if they can."""
    try:
        if not connection.execute(_PLACE).fetchall():
            if connection.execute(_IN_SCRATCH_SCHEMA).fetchall():
                return _UNGRANTED
            schema, extension = Identifier(OWN_SCHEMA), Identifier(_EXTENSION)
            with connection.transaction():
                connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
                connection.execute(SQL("CREATE EXTENSION {} SCHEMA {}").format(extension, schema))
        read_counts(connection)
    except psycopg.errors.ObjectNotInPrerequisiteState:
        return f"the server has not loaded pg_stat_statements: {_PRELOAD}"
    except psycopg.errors.InsufficientPrivilege:
        return _UNGRANTED
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported):
        return f"the server has no pg_stat_statements: install PostgreSQL's contrib modules, and {_PRELOAD}"
    except psycopg.Error as error:
        return f"pg_stat_statements cannot be read: {first_line(error)}"
    return ""


def read_counts(connection: Connection) -> Counts:
    """Return what is counted of each statement of this database so far, without their texts."""
    rows = connection.execute(_reading(connection, texts=False)).fetchall()
    return {tuple(row[:3]): tuple(row[4:]) for row in rows}


def read_statements(connection: Connection, before: Counts) -> tuple[Statement, ...]:
    """Return the statements that were called after `before`, the most expensive first."""
    rows = connection.execute(_reading(connection, texts=True)).fetchall()
    return statements_since(before, rows)


def read_texts(connection: Connection) -> Mapping[int, str]:
    """Return the text of each statement of this database by its query id."""
    return {row[1]: row[3] for row in connection.execute(_reading(connection, texts=True)).fetchall() if row[3]}


def statements_since(before: Counts, rows: Iterable[tuple[Any, ...]]) -> tuple[Statement, ...]:
    """Return what has grown: `rows` are (user, query, top level, text, calls, seconds, rows, blocks).

    A statement that had been forgotten for want of room, and came again, is counted from nothing.
    """
    found: dict[str, Statement] = {}
    for row in rows:
        text, now = row[3], row[4:]
        then = before.get(tuple(row[:3]), (0, 0.0, 0, 0))
        calls, seconds, returned, blocks = now if now[0] < then[0] else (a - b for a, b in zip(now, then, strict=True))
        if not calls or not text or MARK in text:
            continue
        same = found.get(text, Statement(text=text, calls=0, seconds=0.0, rows=0))
        found[text] = Statement(
            text=text,
            calls=same.calls + int(calls),
            seconds=same.seconds + max(0.0, seconds),
            rows=same.rows + int(returned),
            blocks=same.blocks + int(blocks),
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.seconds, one.text)))


def _reading(connection: Connection, *, texts: bool) -> Composed:
    schema, version = connection.execute(_PLACE).fetchone() or (OWN_SCHEMA, "")
    parts = tuple(int(part) for part in version.split(".") if part.isdecimal())
    return SQL(
        "SELECT {mark} userid, queryid, {top}, query, calls, {time} / 1000.0, rows, "
        "shared_blks_hit + shared_blks_read FROM {place}({texts}) AS counted "
        "WHERE queryid IS NOT NULL AND {top} "
        "AND dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
    ).format(
        mark=SQL(MARK),
        top=SQL("toplevel" if parts >= _TOP_LEVEL else "true"),
        time=Identifier("total_exec_time" if parts >= _APART else "total_time"),
        place=Identifier(schema, _EXTENSION),
        texts=Literal(texts),
    )

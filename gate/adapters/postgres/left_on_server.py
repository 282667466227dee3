"""Removes what killed runs left on a server that was given. Touches nothing that no dead run of this user made.

What is a dead run's is told by its token, which is in every name that it made, and which no other run has.
"""

import asyncio
from contextlib import suppress

import psycopg
from psycopg.sql import SQL, Identifier

from gate.adapters.ledger import DeadRun, Ledger
from gate.adapters.postgres.names import beginning_for
from gate.adapters.postgres.server_url import place_of
from gate.adapters.postgres.session import execute, query
from gate.adapters.postgres.stores import drop_database
from gate.domain.connection import Database

_BETWEEN_LOOKS = 0.05
# Only what belongs to the role that connects: of a superuser, not what others made.
_DATABASES = SQL(
    "SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba "
    "WHERE rolname = current_user AND starts_with(datname, %s)"
)
_SCHEMAS = SQL(
    "SELECT nspname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner "
    "WHERE rolname = current_user AND starts_with(nspname, %s)"
)


async def remove_left_on(entry: Database, ledger: Ledger) -> None:
    """Remove the databases and schemas of dead runs on the server of `entry`; add what to `ledger.removed`.

    Never raises for the server's sake: what stays is for the next run.
    """
    # Entries are read by one of us at a time.
    while not ledger.looked_through.is_set():  # noqa: ASYNC110 - it is set by a thread that nobody waits for
        await asyncio.sleep(_BETWEEN_LOOKS)
    for run in ledger.dead_runs():
        if not run.names("server"):
            continue
        with suppress(psycopg.Error):
            for what in await _remove(entry, run):
                ledger.removed.append(f"{what} on {place_of(entry)}")
            run.keep({made for made in run.made if made[0] != "host"} - {("server", written_place(entry))})


def written_place(entry: Database) -> str:
    """Return how a server, with the database in which scratch schemas are made, is written down: no password."""
    return f"{place_of(entry)}/{entry.name}"


async def _remove(entry: Database, run: DeadRun) -> list[str]:
    beginning = beginning_for(run.token)
    removed = []
    for (name,) in await query(entry, _DATABASES, [beginning]):
        await drop_database(entry, name)
        removed.append(f"the database {name}")
    for (name,) in await query(entry, _SCHEMAS, [beginning]):
        await execute(entry, SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(name)))
        removed.append(f"the schema {name}")
    return removed

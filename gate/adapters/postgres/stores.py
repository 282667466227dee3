"""How a fresh database is made on a server: cloned from a template, or else a scratch schema. Starts no server."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

import psycopg
from psycopg.sql import SQL, Identifier

from gate.adapters.postgres.names import name_for, rights_to_grant
from gate.adapters.postgres.schema import SchemaMaker
from gate.adapters.postgres.server_url import place_of, with_options
from gate.adapters.postgres.session import Statement, execute, first_line, query
from gate.domain.connection import Database
from gate.ports import CannotRun

# These speak the protocol themselves and do not read PGOPTIONS, by which a scratch schema is chosen.
_NOT_LIBPQ = frozenset({"asyncpg", "pg8000", "psqlpy", "py-postgresql"})
_WITH_FORCE = 13
# Somebody with a session on template1 holds up the copying; the server itself waits five seconds for them to go.
_COPY_RETRIES = 3
_TABLES = SQL("SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1")


class Store(Protocol):
    """Where databases of one run are made."""

    async def fresh(self, purpose: str, number: int) -> Database:
        """Return the `number`th fresh database for `purpose`, with the schema.

        Raises:
            CannotRun: it cannot be made.
        """
        ...

    async def remove(self) -> list[str]:
        """Remove all that was made; return what could not be, a sentence each."""
        ...


@dataclass(slots=True, kw_only=True)
class ClonedDatabases:
    """Databases copied from a template, which has the schema and lets nobody in.

    Beside each there is one for each of the `endings`, which is put behind its name, and for all one of each name in
    `named`, where the server is our own.
    """

    entry: Database
    token: str
    endings: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    _made: list[str] = field(default_factory=list)

    @property
    def _template(self) -> str:
        return name_for(self.token, "template")

    async def prepare(self, maker: SchemaMaker) -> None:
        """Make the template.

        Raises:
            psycopg.errors.InsufficientPrivilege: the role may not create databases.
            psycopg.Error: the server cannot make it.
            CannotRun: the schema cannot be made.
        """
        await self._create(SQL("CREATE DATABASE {}").format(Identifier(self._template)), self._template)
        for name in self.named:
            # The project's own command may know no other name, and make the schema there.
            await self._create(SQL("CREATE DATABASE {}").format(Identifier(name)), name)
        await maker.make(replace(self.entry, name=self._template))
        # What the schema's command left behind would stand in the way of copying.
        closed = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(self._template))
        await execute(self.entry, closed)
        await _end_sessions(self.entry, self._template)
        for name in self.named:
            if not await query(replace(self.entry, name=name), _TABLES, []):
                await drop_database(self.entry, name)
                await self._copy(name)

    async def fresh(self, purpose: str, number: int) -> Database:
        """Copy the template.

        Raises:
            CannotRun: the server cannot.
        """
        name = name_for(self.token, purpose, number)
        try:
            for one in (name, *(f"{name}{ending}" for ending in self.endings)):
                await self._copy(one)
        except psycopg.Error as error:
            raise CannotRun(f"a database for {purpose} could not be made: {first_line(error)}") from error
        return replace(self.entry, name=name)

    async def remove(self) -> list[str]:
        """Drop the databases, whoever is still in them."""
        left = []
        for name in reversed(self._made):
            try:
                await drop_database(self.entry, name)
            except psycopg.Error as error:
                left.append(f"the database {name} on {place_of(self.entry)} could not be dropped: {first_line(error)}")
        self._made.clear()
        return left

    async def _copy(self, name: str) -> None:
        copy = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(self._template))
        await self._create(copy, name)

    async def _create(self, statement: Statement, name: str) -> None:
        self._made.append(name)
        for _ in range(_COPY_RETRIES):
            with suppress(psycopg.errors.ObjectInUse):
                await execute(self.entry, statement)
                return
        await execute(self.entry, statement)


async def drop_database(entry: Database, name: str) -> None:
    """Drop a database on the server of `entry`, whoever is still in it.

    Raises:
        psycopg.Error: the server cannot.
    """
    if int(entry.server_version.partition(".")[0]) >= _WITH_FORCE:
        await execute(entry, SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        return
    await _end_sessions(entry, name)
    await execute(entry, SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


async def _end_sessions(entry: Database, name: str) -> None:
    await query(entry, SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"), [name])


@dataclass(slots=True, kw_only=True)
class ScratchSchemas:
    """A schema for each purpose in the database that was given, for a role that may not create databases.

    Clients come to it by `search_path`. `public` is not on it: what a test drops there would be the owner's.
    """

    entry: Database
    token: str
    maker: SchemaMaker
    _made: list[str] = field(default_factory=list)

    async def prepare(self, drivers: Callable[[], Awaitable[Collection[str]]]) -> None:
        """Make sure that the project's drivers will find a scratch schema.

        Raises:
            CannotRun: one of them would not.
        """
        deaf = sorted(_NOT_LIBPQ & set(await drivers()))
        if deaf:
            raise CannotRun(
                f"{self._refusal}, and {', '.join(deaf)} cannot be led to a scratch schema by PGOPTIONS; "
                f"let a superuser run: {rights_to_grant(self.entry.user, self.entry.name).partition(' or,')[0]}"
            )

    async def fresh(self, purpose: str, number: int) -> Database:
        """Make a scratch schema, and the project's schema in it.

        Raises:
            CannotRun: the role may not create schemas either, or the project's cannot be made.
        """
        name = name_for(self.token, purpose, number)
        self._made.append(name)
        try:
            await execute(self.entry, SQL("CREATE SCHEMA {}").format(Identifier(name)))
        except psycopg.errors.InsufficientPrivilege as error:
            self._made.remove(name)
            grants = rights_to_grant(self.entry.user, self.entry.name)
            raise CannotRun(f"{self._refusal}, nor schemas in it; let a superuser run: {grants}") from error
        except psycopg.Error as error:
            raise CannotRun(f"a scratch schema for {purpose} could not be made: {first_line(error)}") from error
        database = with_options(self.entry, f"-csearch_path={name}")
        await self.maker.make(database)
        return database

    async def remove(self) -> list[str]:
        """Drop the schemas with all that is in them."""
        left = []
        for name in reversed(self._made):
            try:
                await execute(self.entry, SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(name)))
            except psycopg.Error as error:
                left.append(f"the schema {name} on {place_of(self.entry)} could not be dropped: {first_line(error)}")
        self._made.clear()
        return left

    @property
    def _refusal(self) -> str:
        return f"{self.entry.user!r} may not create databases on {place_of(self.entry)}"

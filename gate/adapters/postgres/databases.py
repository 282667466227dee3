"""The answer to `gate.ports.Databases`: one server for the run, a fresh database for each purpose."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from gate.adapters.ledger import Ledger
from gate.adapters.postgres.extensions import Others, lacking_in, not_on, who_has
from gate.adapters.postgres.left_on_server import remove_left_on, written_place
from gate.adapters.postgres.provider import PassedOver, Provider, Server
from gate.adapters.postgres.schema import SchemaMaker
from gate.adapters.postgres.session import first_line
from gate.adapters.postgres.stores import ClonedDatabases, ScratchSchemas, Store
from gate.adapters.processes import uninterrupted
from gate.domain.connection import Database
from gate.ports import CannotRun, Databases

# What dead runs left on a server is not worth more waiting at the end: the next run goes on.
_OTHERS_SECONDS = 2.0
_STOPPED = "PostgreSQL was stopped while it was made ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSources:
    """Who may have a server: `providers`, the first that has one; `reasons` say why others are not asked.

    Where all are passed over, some for want of an extension, `anyway` are asked in their stead: that the schema creates
    it was only found, and the tests may do without. `others` are servers that might have an extension that ours lacks.
    """

    providers: Sequence[Provider]
    reasons: Sequence[str]
    anyway: Sequence[Provider]
    others: Others


class PostgresDatabases(Databases):
    """Asks the providers of `sources` in turn for a server, at the first call, once for all callers.

    `notice` is told of each provider that was passed over, and of anything that could not be removed. What is made on
    a server that was given is written down in `ledger`; what dead runs have left there is removed meanwhile. Beside
    each database, one is made for each of the `endings` of its name; on a server that was started here, one for each
    name in `named` as well.
    """

    def __init__(
        self,
        *,
        sources: ServerSources,
        maker: SchemaMaker,
        drivers: Callable[[], Awaitable[Collection[str]]],
        notice: Callable[[str], None],
        ledger: Ledger,
        endings: Sequence[str] = (),
        named: Sequence[str] = (),
    ) -> None:
        self._sources = sources
        self._endings = tuple(endings)
        self._named = tuple(named)
        self._maker = maker
        self._drivers = drivers
        self._notice = notice
        self._ledger = ledger
        self._left_by_others: asyncio.Task[None] | None = None
        self._provision: asyncio.Task[Store] | None = None
        self._server: Server | None = None
        self._store: Store | None = None
        self._asked: Counter[str] = Counter()
        self._copies: set[asyncio.Task[Database]] = set()
        self._closed = False

    async def database(self, purpose: str) -> Database:
        """Return a fresh database for `purpose` (a gate's id).

        Raises:
            CannotRun: no server can be had, or the schema cannot be made; everybody is told the same.
        """
        if self._closed:
            raise CannotRun("PostgreSQL was stopped already")
        if self._provision is None:
            self._provision = asyncio.create_task(self._provisioned(), name="PostgreSQL")
        # A caller that gives up must not take the server away from the others.
        await asyncio.wait([self._provision])
        if self._provision.cancelled():
            raise CannotRun(_STOPPED)
        error = self._provision.exception()
        if isinstance(error, CannotRun):
            raise CannotRun(error.reason, *error.exhibits) from error
        store = self._provision.result()
        self._asked[purpose] += 1
        copy = asyncio.create_task(store.fresh(purpose, self._asked[purpose]), name=f"database for {purpose}")
        self._copies.add(copy)
        copy.add_done_callback(self._copies.discard)
        # Not `await copy`: that could not tell whether the copy was cancelled, by `close`, or this caller.
        try:
            await asyncio.wait([copy])
        except asyncio.CancelledError:
            await uninterrupted(_cancelled(copy))
            raise
        if copy.cancelled():
            raise CannotRun(_STOPPED)
        return copy.result()

    async def close(self) -> None:
        """Drop what was made, and stop and remove the server if it was started here. May be called again.

        Whoever still waits for a database is told that PostgreSQL was stopped.
        Never raises for the server's sake: what is left behind is told as a notice.
        """
        self._closed = True
        await uninterrupted(self._close())

    async def _close(self) -> None:
        if self._provision is not None:
            await _cancelled(self._provision, *self._copies)
        if self._left_by_others is not None:
            await asyncio.wait([self._left_by_others], timeout=_OTHERS_SECONDS)
            await _cancelled(self._left_by_others)
        server, self._server = self._server, None
        store, self._store = self._store, None
        if server is not None and server.stop is not None:
            try:
                await server.stop()
            except CannotRun as reason:
                self._notice(f"PostgreSQL ({server.entry.provider}) could not be stopped: {reason.reason}")
        elif store is not None:
            left_behind = await store.remove()
            for left in left_behind:
                self._notice(left)
            if server is not None and not left_behind:
                self._ledger.is_gone("server", written_place(server.entry))

    async def _provisioned(self) -> Store:
        server = self._server = await self._provided()
        if server.stop is None:
            self._ledger.will_make("server", written_place(server.entry))
            self._left_by_others = asyncio.create_task(remove_left_on(server.entry, self._ledger))
        try:
            # A database of a fixed name on a server that was given may be somebody's.
            return await self._stored(server.entry, () if server.stop is None else self._named)
        except CannotRun as failure:
            if lacking := await not_on(server.entry, lacking_in(failure)):
                hint = await who_has(lacking, self._sources.others)
                raise CannotRun(f"{failure.reason}; {hint}", *failure.exhibits) from failure
            raise
        except psycopg.Error as error:
            raise CannotRun(f"the databases could not be made: {first_line(error)}") from error

    async def _provided(self) -> Server:
        for reason in self._sources.reasons:
            self._notice(f"PostgreSQL: {reason}")
        passed_over: list[PassedOver] = []
        server = await self._first_of(self._sources.providers, passed_over)
        lacking = next((passed.lacking for passed in passed_over if passed.lacking), ())
        if server is None and lacking:
            last, hint = passed_over[-1].reason, await who_has(lacking, self._sources.others)
            self._notice(f"PostgreSQL: {last}; {hint}; the tests get a server without")
            server = await self._first_of(self._sources.anyway, passed_over)
        if server is not None:
            return server
        reasons = dict.fromkeys([*self._sources.reasons, *(passed.reason for passed in passed_over)])
        exhibits = next((passed.exhibits for passed in reversed(passed_over) if passed.exhibits), ())
        raise CannotRun("there is no PostgreSQL: " + "; ".join(reasons), *exhibits)

    async def _first_of(self, providers: Sequence[Provider], passed_over: list[PassedOver]) -> Server | None:
        for provider in providers:
            try:
                return await provider.provide()
            except PassedOver as passed:
                passed_over.append(passed)
                if provider is not providers[-1]:
                    self._notice(f"PostgreSQL: {passed.reason}; passed over")
        return None

    async def _stored(self, entry: Database, named: tuple[str, ...]) -> Store:
        # A run may ask for databases with another schema, too.
        token = f"{self._ledger.token}_{secrets.token_hex(2)}"
        clones = self._store = ClonedDatabases(entry=entry, token=token, endings=self._endings, named=named)
        try:
            await clones.prepare(self._maker)
        except psycopg.errors.InsufficientPrivilege:
            scratch = self._store = ScratchSchemas(entry=entry, token=token, maker=self._maker)
            await scratch.prepare(self._drivers)
            return scratch
        return clones


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait for their end; whoever awaits them is told of their failures."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

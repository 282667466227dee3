"""The answer to `gate.ports.Databases`: one server for the run, a fresh database for each purpose."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
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
from gate.domain.exhibit import Exhibit
from gate.ports import CannotRun, Databases

# What dead runs left on a server is not worth more waiting at the end: the next run goes on.
_OTHERS_SECONDS = 2.0
_STOPPED = "PostgreSQL was stopped while it was made ready"


class PostgresDatabases(Databases):
    """Asks `providers` in turn for a server, at the first call, once for all callers.

    `reasons` say why others are not asked. `notice` is told of each provider that was passed over, and of
    anything that could not be removed. `others` are servers that might have an extension that ours lacks. What is
    made on a server that was given is written down in `ledger`; what dead runs have left there is removed meanwhile.
    """

    def __init__(
        self,
        *,
        providers: Sequence[Provider],
        reasons: Sequence[str],
        maker: SchemaMaker,
        drivers: Callable[[], Awaitable[Collection[str]]],
        notice: Callable[[str], None],
        ledger: Ledger,
        others: Others,
    ) -> None:
        self._providers = tuple(providers)
        self._reasons = tuple(reasons)
        self._maker = maker
        self._drivers = drivers
        self._notice = notice
        self._ledger = ledger
        self._others = others
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
            return await self._stored(server.entry)
        except CannotRun as failure:
            if lacking := await not_on(server.entry, lacking_in(failure)):
                hint = await who_has(lacking, self._others)
                raise CannotRun(f"{failure.reason}; {hint}", *failure.exhibits) from failure
            raise
        except psycopg.Error as error:
            raise CannotRun(f"the databases could not be made: {first_line(error)}") from error

    async def _provided(self) -> Server:
        reasons = list(self._reasons)
        exhibits: tuple[Exhibit, ...] = ()
        lacking: tuple[str, ...] = ()
        for reason in reasons:
            self._notice(f"PostgreSQL: {reason}")
        for provider in self._providers:
            try:
                return await provider.provide()
            except PassedOver as passed:
                reasons.append(passed.reason)
                exhibits = passed.exhibits or exhibits
                lacking = passed.lacking or lacking
                if provider is not self._providers[-1]:
                    self._notice(f"PostgreSQL: {passed.reason}; passed over")
        if lacking:
            reasons.append(await who_has(lacking, self._others))
        raise CannotRun("there is no PostgreSQL: " + "; ".join(reasons), *exhibits)

    async def _stored(self, entry: Database) -> Store:
        # A run may ask for databases with another schema, too.
        token = f"{self._ledger.token}_{secrets.token_hex(2)}"
        clones = self._store = ClonedDatabases(entry=entry, token=token)
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

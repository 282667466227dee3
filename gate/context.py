"""What a gate is given while it collects evidence: every effect it may have goes through here."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from gate.config.given_variables import secrets_named
from gate.config.model import Config
from gate.database_ports import Insights
from gate.discovery.drivers import with_drivers
from gate.discovery.model import Discovery
from gate.domain.change import Change
from gate.domain.exhibit import OutputTail
from gate.domain.project import Project
from gate.domain.result import GateResult
from gate.formats.masked_credentials import without
from gate.last_output import output_tail
from gate.load_ports import LoadGenerator
from gate.plain_file import open_to_write, read_plain, read_source
from gate.ports import CannotRun, Command, Completed, Database, Databases, Environments, Processes, ProjectEnvironment
from gate.project_variables import postgres_values, project_variables, speaks_postgres
from gate.revision_ports import Revisions
from gate.service_ports import Service, Services, ServiceStart

T = TypeVar("T")

_MAX_TEXT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A gate's view of the run.

    `named`: the user asked for this gate by name. `planned`: the ids of all gates of the run. `results`: those
    of the gates it requires or goes after. `folder` becomes the report's folder; `scratch` is thrown away.
    `setting_up` stops the clock of the gate's timeout. `used` notes the version of a tool for the report. `doing` says
    what the gate does, where that takes long.
    `databases_of` are those of another commit, with the schema that its files make.
    Suites that would be in each other's way take `turns`, which all gates of the run share. `given_secrets` are values
    of variables that the caller gave as a secret. Of `processors`, this process may use so many.
    """

    gate: str
    named: bool
    planned: frozenset[str]
    results: Mapping[str, GateResult]
    project: Project
    config: Config
    folder: Path
    scratch: Path
    caller_environment: Mapping[str, str]
    processes: Processes
    environments: Environments
    databases: Databases | None
    setting_up: Callable[[str], AbstractContextManager[None]]
    used: Callable[[str, str], None]
    doing: Callable[[str], None] = field(default=lambda _: None)
    discovery: Discovery = field(default_factory=Discovery)
    services: Services | None = None
    load: LoadGenerator | None = None
    insights: Insights | None = None
    revisions: Revisions | None = None
    known_change: Callable[[], Awaitable[Change]] | None = None
    databases_of: Callable[[Project, Config], Databases | None] = field(default=lambda _, __: None)
    turns: AbstractAsyncContextManager[None] = field(default_factory=nullcontext)
    given_secrets: frozenset[str] = frozenset()
    processors: int = 1

    @property
    def log(self) -> Path:
        """Where all that this gate's programs print is kept."""
        return self.folder / "logs" / f"{self.gate}.log"

    async def change(self) -> Change:
        """Return what was done to the files since the base, which is found once in a run.

        Raises:
            CannotRun: it is not known; says why.
        """
        if self.known_change is None:
            raise CannotRun("what was changed is not known")
        return await self.known_change()

    async def environment(self) -> ProjectEnvironment:
        """Return the project's environment, waiting until it is installed."""
        return await self._set_up("installing the project", self.environments.ready())

    async def tool(self, name: str, version: str | None) -> Path:
        """Return a tool's program, apart from the project's environment."""
        return await self._set_up(f"installing {name}", self.environments.tool(name, version))

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        """Return the project's environment with these distributions in it, or beside it where it has them not."""
        return await self._set_up(f"installing {' and '.join(names)}", self.environments.with_packages(*names))

    async def locked_tool(self, name: str, requirements: str) -> Path:
        """Return a tool's program from an environment of exactly what `requirements` lists, each with its hashes."""
        return await self._set_up(f"installing {name}", self.environments.locked_tool(name, requirements))

    async def database(self, environment: ProjectEnvironment) -> Database | None:
        """Return a database of this gate's own, or None where PostgreSQL is off or the project has no client of it."""
        if self.databases is None:
            return None
        if self.config.postgres == "auto" and not speaks_postgres(
            self.caller_environment, self.config, environment, self.discovery
        ):
            return None
        database = await self._set_up("starting PostgreSQL", self.databases.database(self.gate))
        self.used("postgresql", database.server_version)
        if not self.discovery.other_postgres:
            return database
        second = await self._set_up("making a second database", self.databases.database(f"{self.gate}-second"))
        found = with_drivers(self.discovery, environment.packages)
        more = postgres_values(second, found.other_postgres)
        return replace(database, variables={**database.variables, **more})

    @asynccontextmanager
    async def service(
        self, *, app: str = "", database: Database | None = None, more: Mapping[str, str] | None = None
    ) -> AsyncIterator[Service]:
        """Run the project's service, with `database` and `more` variables, until the block is left.

        `app` is its import path: by default the one that is configured or was found. What it prints is in a log of its
        own.

        Raises:
            CannotRun: the server cannot be installed, or the service not be started.
        """
        if self.services is None:
            raise CannotRun("this run starts no services")
        installing = self.environments.with_packages("uvicorn")
        environment = await self._set_up("installing the server", installing)
        start = ServiceStart(
            app=app or self.config.app or self.discovery.import_path,
            folder=self.project.folder,
            environment=environment,
            env=self.child_environment(environment, database, **(more or {})),
            log=self.service_log,
        )
        async with AsyncExitStack() as stack:
            running = stack.enter_async_context(self.services.running(start))
            yield await self._set_up("starting the service", running)

    @property
    def service_log(self) -> Path:
        """Where all that the service prints is kept, from one start to the next."""
        return self.folder / "logs" / f"{self.gate}-service.log"

    def schema_trouble(self) -> str:
        """Say why the databases are empty although a schema was found for them, "" where all is well."""
        return self.databases.schema_trouble if self.databases is not None else ""

    async def _set_up(self, what: str, work: Awaitable[T]) -> T:
        with self.setting_up(what):
            return await work

    def child_environment(
        self, environment: ProjectEnvironment | None, database: Database | None, **more: str
    ) -> dict[str, str]:
        """Return the variables that the project's code gets, or a tool where there is no environment for it."""
        found = self.discovery
        return project_variables(self.caller_environment, self.config, environment, database, found) | more

    async def run(self, *argv: str, env: Mapping[str, str], log: Path | None = None) -> Completed:
        """Run a program in the project's folder, its output in `log` (the gate's own by default)."""
        return await self.processes.run(Command(argv=argv, cwd=self.project.folder, env=env, log=log or self.log))

    async def run_tests(self, *argv: str, env: Mapping[str, str], database: Database | None) -> Completed:
        """Run a suite: after the others, where several on one server would make databases of the same names."""
        if database is None or not self.discovery.makes_databases:
            return await self.run(*argv, env=env)
        async with AsyncExitStack() as stack:
            turn = stack.enter_async_context(self.turns)
            await self._set_up("waiting for tests that make databases of the same names", turn)
            return await self.run(*argv, env=env)

    def read_bytes(self, path: Path) -> bytes | None:
        """Read a file that a tool has written; None where it wrote none.

        Raises:
            CannotRun: it cannot be read, is no file, or is too large.
        """
        try:
            return read_plain(path, _MAX_TEXT)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise CannotRun(f"{path.name} cannot be read: {error.strerror}") from None

    def read_text(self, path: Path) -> str | None:
        """Read a text that a tool has written; bytes that are not UTF-8 are replaced."""
        content = self.read_bytes(path)
        return None if content is None else content.decode("utf-8", "replace")

    def source(self, path: str, most: int) -> str | None:
        """Return a Python source by its path in the repository; None where there is none of at most `most` bytes."""
        return read_source(self.project.root, path, most)

    def project_texts(self, *names: str) -> dict[str, str]:
        """Read those of the project's files that exist."""
        found = {name: self.read_text(self.project.folder / name) for name in names if name in self.project.files}
        return {name: text for name, text in found.items() if text is not None}

    def scratch_folder(self, name: str) -> Path:
        """Return an empty folder that is thrown away after the run."""
        path = self.scratch / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def evidence_folder(self, name: str) -> Path:
        """Return a folder of the report for evidence."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def write_text(self, path: Path, text: str) -> None:
        """Write evidence."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_to_write(path, append=False) as file:
            file.write(text.encode("utf-8", "backslashreplace"))

    def files_below(self, folder: Path) -> tuple[Path, ...]:
        """List the plain files of a folder that a tool has filled, sorted."""
        return tuple(sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()))

    def find_program(self, name: str, environment: ProjectEnvironment) -> Path | None:
        """Return a program of the project's environment."""
        found = shutil.which(name, path=":".join(str(folder) for folder in environment.path))
        return Path(found) if found else None

    def tail(self, log: Path | None = None) -> OutputTail:
        """Return the last output of this gate's programs."""
        tail = output_tail(log or self.log)
        return replace(tail, text=self.shown(tail.text))

    def shown(self, printed: str) -> str:
        """Return what a report may show of what the project's code printed: none of the secrets that it was given."""
        return without(printed, self.given_secrets | secrets_named(self.caller_environment, self.config.pass_env))

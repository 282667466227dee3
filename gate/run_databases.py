"""The databases of one run: those of the project as it is, and of other commits. Part of the composition root."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from gate.adapters.cache_folders import environments_folder
from gate.adapters.forgiving_databases import ForgivingDatabases
from gate.adapters.ledger import Ledger
from gate.adapters.processes import ProcessRunner
from gate.config.model import Config
from gate.database_ports import Insight, Insights
from gate.discovery.model import Discovery
from gate.domain.project import Project
from gate.gates.schema import choose_schema
from gate.gates.suites import INTEGRATION_TESTS
from gate.ports import Command, Completed, Database, Databases, Environments, Schema
from gate.project_variables import project_variables


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDatabases:
    """Makes databases for the gates of a run, each with the schema that the project's files make, and closes them all.

    `log` receives what the commands print that make a schema. `say` tells who follows the run, `notice` also who reads
    the report.
    """

    environment: Mapping[str, str]
    discovery: Discovery
    processes: ProcessRunner
    environments: Environments
    scratch: Path
    log: Path
    say: Callable[[str], None]
    notice: Callable[[str], None]
    ledger: Ledger
    _made: list[Databases] = field(default_factory=list)

    def own(self, project: Project, config: Config) -> Databases | None:
        """Return the databases of the run's project, None where PostgreSQL is off."""
        return self._databases(project, config, self.scratch)

    def of_other_commit(self, project: Project, config: Config) -> Databases | None:
        """Return the databases of another commit, on a server of their own unless one was given."""
        return self._databases(project, config, self.scratch / f"other-{len(self._made)}")

    async def close(self) -> None:
        """Close all of them, the last ones first."""
        async with AsyncExitStack() as closing:
            for one in self._made:
                closing.push_async_callback(one.close)

    def _databases(self, project: Project, config: Config, scratch: Path) -> Databases | None:
        if config.postgres == "off":
            return None
        scratch.mkdir(exist_ok=True)
        made = self._forgiving(project, config, scratch)
        self._made.append(made)
        return made

    def _forgiving(self, project: Project, config: Config, scratch: Path) -> Databases:
        """Return databases that are empty where the schema was found, not configured, and cannot be made."""
        schema = choose_schema(config.options[INTEGRATION_TESTS.id], project, self.discovery.migration)
        begun: list[Schema] = []
        full = self._with(schema, project, config, scratch, begun.append)
        if schema.configured or schema.is_nothing:
            return full

        def empty() -> Databases:
            nothing = Schema(origin="the schema that was found could not be made")
            folder = scratch / "empty"
            folder.mkdir(exist_ok=True)
            return self._with(nothing, project, config, folder, begun.append)

        return ForgivingDatabases(full=full, empty=empty, reached=lambda: bool(begun), notice=self.notice)

    def _with(
        self, schema: Schema, project: Project, config: Config, scratch: Path, beginning: Callable[[Schema], None]
    ) -> Databases:
        # The driver and all that knows servers is a fifth of the command's start, which only some runs need.
        from gate.adapters.postgres import Machine, ProjectSchema, Wanted, postgres_databases

        async def found() -> Schema:
            beginning(schema)
            return schema

        async def run_command(database: Database) -> Completed:
            ready = await self.environments.ready()
            variables = project_variables(self.environment, config, ready, database, self.discovery)
            argv = ("/bin/sh", "-c", schema.command or "")
            return await self.processes.run(Command(argv=argv, cwd=project.folder, env=variables, log=self.log))

        async def drivers() -> Collection[str]:
            return (await self.environments.ready()).packages.keys()

        return postgres_databases(
            Wanted(
                setting=config.postgres,
                version=config.postgres_version,
                in_ci=bool(self.environment.get("CI")),
                extensions=self.discovery.extensions,
                endings=self.discovery.endings,
                named=self.discovery.named,
            ),
            Machine(
                environment=self.environment,
                scratch=scratch,
                processes=self.processes,
                say=self.say,
                notice=self.notice,
                cache=environments_folder(self.environment),
                ledger=self.ledger,
            ),
            ProjectSchema(folder=project.folder, schema=found, command=run_command, drivers=drivers),
        )


class RunInsights(Insights):
    """Opens insights into the databases of a run; imports what that needs when one is wanted."""

    def insight(self, database: Database) -> AbstractAsyncContextManager[Insight]:
        """Look into a database until the block is left.

        Raises:
            CannotRun: it cannot be reached.
        """
        from gate.adapters.postgres import PostgresInsights

        return PostgresInsights().insight(database)

"""One run of the gates with its adapters: built together, followed, and cleaned up. Part of the composition root."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from gate import __version__
from gate.adapters.environment import ProjectEnvironments
from gate.adapters.environment.installer import without_own_programs
from gate.adapters.postgres import Machine, ProjectSchema, Wanted, postgres_databases
from gate.adapters.processes import ProcessRunner
from gate.adapters.project_files import persisted_credentials
from gate.config.model import Config
from gate.context import Context, project_variables
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult
from gate.gates.protocol import Gate
from gate.gates.schema import choose_schema
from gate.gates.suites import INTEGRATION_TESTS
from gate.plan import Plan
from gate.ports import Command, Completed, Database, Databases, Environments, Schema, Terminal
from gate.run import ContextMaker, Run


class Session:
    """One run with its adapters, from the first process to the last file that is cleaned up."""

    def __init__(
        self,
        config: Config,
        plan: Plan,
        project: Project,
        folder: Path,
        environment: Mapping[str, str],
        terminal: Terminal,
    ) -> None:
        self._config = config
        self._plan = plan
        self._project = project
        self._folder = folder
        # The project's programs must not find ours.
        path = without_own_programs(environment.get("PATH", os.defpath), Path(sys.prefix))
        self._environment = {**environment, "PATH": path}
        self._terminal = terminal
        self._notices: list[str] = []
        self._tools: dict[str, str] = {"quality-gate": __version__}
        self._processes = ProcessRunner()

    def _say(self, text: str) -> None:
        self._notices.append(text)
        self._terminal.notice(text)

    async def report(self, subject: Subject) -> Report:
        """Run the gates; whatever happens, clean up before the report is returned."""
        if credentials := persisted_credentials(self._project.root):
            self._say(credentials)
        with tempfile.TemporaryDirectory(prefix="quality-gate-", ignore_cleanup_errors=True) as scratch:
            environments = self._environments()
            databases = self._databases(Path(scratch), environments)
            running = Run(
                plan=self._plan,
                options=self._config.options,
                timeout=self._config.timeout,
                fail_fast=self._config.fail_fast,
                context_for=self._context_maker(Path(scratch), environments, databases),
                terminal=self._terminal,
            )
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, running.interrupt, number.name)
            try:
                results = await running.results()
            finally:
                if databases is not None:
                    await databases.close()
        return Report(
            subject=subject,
            results=results,
            notices=tuple(self._notices),
            tool_versions=dict(sorted(self._tools.items())),
            interrupted=bool(running.interrupted_by),
        )

    def _databases(self, scratch: Path, environments: Environments) -> Databases | None:
        if self._config.postgres == "off":
            return None
        options = self._config.options[INTEGRATION_TESTS.id]
        schema = choose_schema(options, self._project)

        async def found() -> Schema:
            return schema

        async def run_command(database: Database) -> Completed:
            variables = project_variables(self._environment, self._config, await environments.ready(), database)
            argv = ("/bin/sh", "-c", schema.command or "")
            log = self._folder / "logs" / "schema.log"
            return await self._processes.run(Command(argv=argv, cwd=self._project.folder, env=variables, log=log))

        async def drivers() -> Collection[str]:
            return (await environments.ready()).packages.keys()

        return postgres_databases(
            Wanted(
                setting=self._config.postgres,
                version=self._config.postgres_version,
                in_ci=bool(self._environment.get("CI")),
            ),
            Machine(
                environment=self._environment,
                scratch=scratch,
                processes=self._processes,
                say=self._terminal.notice,
                notice=self._say,
            ),
            ProjectSchema(folder=self._project.folder, schema=found, command=run_command, drivers=drivers),
        )

    def _environments(self) -> Environments:
        return ProjectEnvironments(
            self._processes,
            project=self._project,
            config=self._config,
            environment=self._environment,
            folder=_cache_folder(self._environment),
            log=self._folder / "logs" / "install.log",
        )

    def _context_maker(self, scratch: Path, environments: Environments, databases: Databases | None) -> ContextMaker:
        def make(
            gate: Gate,
            results: Mapping[str, GateResult],
            setting_up: Callable[[str], AbstractContextManager[None]],
        ) -> Context:
            return Context(
                gate=gate.id,
                named=self._plan.named,
                planned=self._plan.ids,
                results=results,
                project=self._project,
                config=self._config,
                folder=self._folder,
                scratch=scratch,
                caller_environment=self._environment,
                processes=self._processes,
                environments=environments,
                databases=databases,
                setting_up=setting_up,
                used=self._used,
            )

        return make

    def _used(self, tool: str, version: str) -> None:
        if version:
            self._tools[tool] = version


def _cache_folder(environment: Mapping[str, str]) -> Path:
    """Return where environments are kept: with the job in CI, for the next run on a laptop."""
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get("RUNNER_TEMP"):
        return Path(environment["RUNNER_TEMP"]) / "quality-gate-environments"
    cache = environment.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else Path.home() / ".cache") / "quality-gate"

"""One run of the gates with its adapters: built together, followed, and cleaned up. Part of the composition root."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from gate import __version__
from gate.adapters.baselines import AUTO, OFF, reports_of
from gate.adapters.cache_folders import environments_folder, own_cache_folder
from gate.adapters.environment import ProjectEnvironments
from gate.adapters.environment.installer import without_own_programs
from gate.adapters.ledger import Ledger
from gate.adapters.leftovers import PREFIX, remove_in_background
from gate.adapters.load.generator import ProcessLoads
from gate.adapters.processes import ProcessRunner
from gate.adapters.project_files import persisted_credentials
from gate.adapters.revisions import GitRevisions
from gate.adapters.service import LocalServices
from gate.against_base import AgainstBase, look_at_base, look_at_change
from gate.config.child_environment import for_tests
from gate.config.model import Config
from gate.context import Context
from gate.discovery.model import Discovery
from gate.domain.project import Project
from gate.domain.report import Report, Subject
from gate.domain.result import GateResult
from gate.gates.protocol import Gate
from gate.plan import Plan, digests_of
from gate.ports import Databases, Environments, Terminal
from gate.run import ContextMaker, Run
from gate.run_databases import RunDatabases, RunInsights


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
        discovery: Discovery,
        revisions: GitRevisions | None = None,
    ) -> None:
        self._config = config
        self._plan = plan
        self._project = project
        self._folder = folder
        # The project's programs must not find ours.
        path = without_own_programs(environment.get("PATH", os.defpath), Path(sys.prefix))
        self._environment = {**environment, "PATH": path}
        self._terminal = terminal
        self._discovery = discovery
        self._secrets: frozenset[str] = frozenset()
        self._notices: list[str] = []
        self._tools: dict[str, str] = {"quality-gate": __version__}
        self._processes = ProcessRunner()
        self._turns = asyncio.Lock()
        self._ledger = Ledger(own_cache_folder(self._environment) / "runs")
        # Whoever looked at the change before need not have it looked at again.
        self._revisions = revisions or GitRevisions(project.root, self._environment)
        self._against = AgainstBase(
            only_new=config.fail_on == "new", configurations=digests_of(config), notice=self._say
        )

    def compare_as_configured_by(self, base: Config) -> None:
        """Take `base` for the base's configuration; until then, that of now is."""
        self._against.configurations = digests_of(base)

    def hide(self, secrets: frozenset[str]) -> None:
        """Show none of `secrets` in what the report says that the project's code printed."""
        self._secrets = secrets

    def _say(self, text: str) -> None:
        # Another commit's server may lack what the first one lacks.
        if text not in self._notices:
            self._notices.append(text)
            self._terminal.notice(text)

    async def report(self, subject: Subject, at_interrupt: Callable[[Report], None]) -> Report:
        """Run the gates; whatever happens, clean up before the report is returned.

        A run that is interrupted may be killed before it has cleaned up: `at_interrupt` is given the report so far.
        """
        if credentials := persisted_credentials(self._project.root):
            self._say(credentials)
        for line in self._discovery.lines:
            self._terminal.notice(f"found: {line}")
        await self._look_at_base(subject)
        with self._scratch() as scratch:
            environments = self._environments()
            databases = RunDatabases(
                environment=self._environment,
                discovery=self._discovery,
                processes=self._processes,
                environments=environments,
                scratch=scratch,
                log=self._folder / "logs" / "schema.log",
                say=self._terminal.notice,
                notice=self._say,
                ledger=self._ledger,
            )
            own = databases.own(self._project, self._config)
            running = Run(
                plan=self._plan,
                options=self._config.options,
                timeout=self._config.timeout,
                fail_fast=self._config.fail_fast,
                context_for=self._context_maker(scratch, environments, own, databases.of_other_commit),
                terminal=self._terminal,
                weigh=self._against.weigh_part if subject.is_part else self._against.weigh,
            )

            def interrupt(signal_name: str) -> None:
                already = running.interrupted_by
                running.interrupt(signal_name)
                if not already:
                    at_interrupt(self._report(subject, running, running.so_far()))

            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, interrupt, number.name)
            try:
                results = await running.results()
            finally:
                await databases.close()
        return self._report(subject, running, results)

    async def _look_at_base(self, subject: Subject) -> None:
        """Find what the run is compared with; the report of a shard is compared where it is merged."""
        await look_at_change(self._revisions.change, self._against)
        if subject.is_part:
            return
        option, branch = self._config.baseline, self._config.data_branch or ""
        earlier = reports_of(self._project, subject.name, self._environment, option=option, branch=branch)
        await look_at_base(self._revisions.base, earlier, subject, self._against)
        if option not in (AUTO, OFF) and self._against.base is None:
            self._say(f"the option `baseline` names {option!r}, with which nothing could be compared")

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """Give a folder that is removed at the end: by us, or by the next run if we are killed."""
        self._ledger.open()
        remove_in_background(self._ledger, self._environment)
        folder = Path(tempfile.gettempdir()).absolute() / f"{PREFIX}{self._ledger.token}"
        self._ledger.will_make("folder", str(folder))
        try:
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._ledger.close()
            if removed := self._ledger.removed:
                self._say(f"removed what an earlier run left behind when it was killed: {', '.join(removed)}")

    def _report(self, subject: Subject, running: Run, results: tuple[GateResult, ...]) -> Report:
        report = Report(
            subject=subject,
            results=results,
            notices=tuple(self._notices),
            found=self._discovery.lines,
            tool_versions=dict(sorted(self._tools.items())),
            interrupted=bool(running.interrupted_by),
            change=self._against.change,
        )
        return report if subject.is_part else self._against.compared(report)

    def _environments(self) -> Environments:
        return ProjectEnvironments(
            self._processes,
            project=self._project,
            config=self._config,
            environment=self._environment,
            folder=environments_folder(self._environment),
            log=self._folder / "logs" / "install.log",
        )

    def _context_maker(
        self,
        scratch: Path,
        environments: Environments,
        databases: Databases | None,
        databases_of: Callable[[Project, Config], Databases | None],
    ) -> ContextMaker:
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
                doing=partial(self._terminal.gate_doing, gate.id),
                discovery=self._discovery,
                services=LocalServices(scratch),
                revisions=self._revisions,
                known_change=self._against.known_change,
                databases_of=databases_of,
                load=ProcessLoads(for_tests(self._environment)),
                insights=RunInsights(),
                turns=self._turns,
                given_secrets=self._secrets,
                processors=_processors(),
            )

        return make

    def _used(self, tool: str, version: str) -> None:
        if version:
            self._tools[tool] = version


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

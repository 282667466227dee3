"""The composition root: the one place that builds adapters and hands them to the verbs."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path

from gate import __version__
from gate.adapters import report_folder
from gate.adapters.actions_runtime import ActionsRuntime, read_job
from gate.adapters.environment import ProjectEnvironments
from gate.adapters.environment.installer import without_own_programs
from gate.adapters.github_api import GitHubApi
from gate.adapters.postgres import Machine, ProjectSchema, Wanted, postgres_databases
from gate.adapters.processes import ProcessRunner
from gate.adapters.project_files import head_commit, persisted_credentials, read_project
from gate.adapters.runner_files import RunnerFiles
from gate.adapters.terminals import terminal_for
from gate.config.model import Config
from gate.config.naming import artifact_suffix, name_of
from gate.config.resolve import ConfigurationError
from gate.configuration import Sources, read_configuration
from gate.context import Context, project_variables
from gate.domain.codec import encode_report
from gate.domain.job import Job
from gate.domain.project import Project
from gate.domain.report import Problem, Report, Subject, Verdict
from gate.domain.result import GateResult
from gate.domain.sticky_comment import CommentMode
from gate.enforce import enforce as enforce_report
from gate.gates import GATES
from gate.gates.protocol import Gate
from gate.gates.schema import choose_schema
from gate.gates.test_suite import INTEGRATION_TESTS
from gate.plan import Plan, plan_of
from gate.ports import Command, Completed, Database, Databases, Environments, Schema, Terminal
from gate.publish import PublishOptions
from gate.publish import publish as publish_report
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.escape import command_data, console_line
from gate.render.links import Links
from gate.render.sarif import render_sarif
from gate.render.summary import render_summary
from gate.run import ContextMaker, Run

_DEFAULT_FOLDER = Path("quality-gate-report")
_INTERRUPTED = 130


class UsageError(Exception):
    """The command was called in a way that cannot work: what is wrong and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunArguments:
    """The arguments of `run`, as they were given."""

    path: Path
    out: Path | None
    config: Path | None
    assignments: tuple[str, ...]
    exit_zero: bool
    in_action: bool


def run(arguments: RunArguments, environment: Mapping[str, str]) -> int:
    """Run the gates on a project, write the report, and return the exit status."""
    name = ""
    if arguments.in_action:
        name = name_of(
            *(environment.get(f"QUALITY_GATE_{part}", "") for part in ("NAME", "WORKING_DIRECTORY", "MATRIX"))
        )
    try:
        folder = _report_folder(arguments, environment, name)
    except (UsageError, report_folder.NotOurFolderError, OSError) as error:
        print(console_line(f"quality-gate: {error}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    project = read_project(arguments.path)
    job = read_job(environment)
    runner_files = RunnerFiles(environment if arguments.in_action else {})
    subject = _subject(name, project, job)
    try:
        config, plan = _configured(arguments, environment, project)
    except ConfigurationError as error:
        report = Report(subject=subject, problems=_with_repository_paths(error.problems, project))
    else:
        terminal = terminal_for(environment)
        try:
            report = asyncio.run(_Session(config, plan, project, folder, environment, terminal).report(subject))
        finally:
            terminal.close()
    if spoilt := runner_files.restore():
        told = f"the code under test wrote to files of the runner, which was undone: {', '.join(spoilt)}"
        report = replace(report, notices=(*report.notices, told))
    _write(folder, report, job)
    print(render_console(report))
    print(console_line(f"report: {folder / 'report.json'}"))
    if arguments.in_action:
        outputs = {"report-folder": str(folder), "name": name, "artifact-suffix": artifact_suffix(name)}
        ActionsRuntime(environment).set_outputs(outputs)
    if report.interrupted:
        return _INTERRUPTED
    if arguments.in_action:
        # Until the report is uploaded and published, the job goes on: `enforce` is what makes it red.
        return 0
    may_be_ignored = arguments.exit_zero and report.verdict is not Verdict.MISCONFIGURED
    return 0 if may_be_ignored else report.verdict.exit_code


def _report_folder(arguments: RunArguments, environment: Mapping[str, str], name: str) -> Path:
    if not arguments.path.is_dir():
        raise UsageError(f"{arguments.path} is not a folder: give the folder of the project")
    folder = arguments.out or _DEFAULT_FOLDER
    if arguments.in_action:
        folder = Path(environment.get("RUNNER_TEMP") or tempfile.gettempdir()) / "quality-gate" / (name or "default")
        if folder.exists():
            raise UsageError(
                f"the action is used twice in this job under the name {name!r}: give each use its own `name:`"
            )
    folder = folder.absolute()
    report_folder.prepare(folder)
    return folder


def _configured(arguments: RunArguments, environment: Mapping[str, str], project: Project) -> tuple[Config, Plan]:
    file = arguments.config
    if file is None and arguments.in_action and environment.get("QUALITY_GATE_CONFIG_FILE"):
        file = Path(environment["QUALITY_GATE_CONFIG_FILE"])
    sources = Sources(
        folder=project.folder,
        file=file,
        assignments=arguments.assignments,
        environment=environment,
        gates={gate.id: gate.options for gate in GATES.values()},
    )
    config = read_configuration(sources)
    return config, plan_of(config, GATES)


def _subject(name: str, project: Project, job: Job) -> Subject:
    pull_request = job.event.pull_request
    return Subject(
        name=name,
        project=project.place,
        repository=job.repository,
        commit=job.judged_commit or head_commit(project.folder),
        run_id=job.run_id,
        run_attempt=job.run_attempt if job.run_id else None,
        pull_request=pull_request.number if pull_request else None,
    )


def _with_repository_paths(problems: tuple[Problem, ...], project: Project) -> tuple[Problem, ...]:
    return tuple(
        problem if problem.path is None else replace(problem, path=project.located(problem.path))
        for problem in problems
    )


def _write(folder: Path, report: Report, job: Job) -> None:
    links = Links(server_url=job.server_url, repository=report.subject.repository, commit=report.subject.commit)
    report_folder.write(folder, "report.json", encode_report(report))
    report_folder.write(folder, "summary.md", render_summary(report, links))
    report_folder.write(folder, "comment.md", render_comment(report, links))
    for result in report.results:
        for artifact in result.judgement.artifacts:
            if artifact.path.endswith(".sarif"):
                report_folder.write(folder, artifact.path, render_sarif(result))


def publish(folder: Path, comment: str | None, environment: Mapping[str, str]) -> int:
    """Publish a report to the job summary, the outputs, the annotations and the pull request."""
    job = read_job(environment)
    runtime = ActionsRuntime(environment)
    mode = comment or environment.get("QUALITY_GATE_COMMENT") or CommentMode.ALWAYS.value
    if mode not in list(CommentMode):
        runtime.say(f"::warning::{command_data(f'comment: {mode!r} is not one of ' + ', '.join(CommentMode))}")
        mode = CommentMode.ALWAYS.value
    options = PublishOptions(
        folder=folder,
        gates=tuple(GATES),
        comment=CommentMode(mode),
        artifact_url=environment.get("QUALITY_GATE_ARTIFACT_URL", ""),
        coverage_artifact_url=environment.get("QUALITY_GATE_COVERAGE_ARTIFACT_URL", ""),
    )

    def connect() -> AbstractContextManager[GitHubApi]:
        return closing(GitHubApi(job, environment.get("QUALITY_GATE_TOKEN", "")))

    return publish_report(options, job, runtime, connect)


def enforce(folder: Path) -> int:
    """Say the verdict of a report and return its exit status."""
    return enforce_report(folder, print)


class _Session:
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
            for number in (signal.SIGINT, signal.SIGTERM):
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

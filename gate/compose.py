"""The composition root: the one place that builds adapters and hands them to the verbs."""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from gate.adapters import report_folder
from gate.adapters.actions_runtime import ActionsRuntime, read_job
from gate.adapters.kept_reports import KeptReports, differs_from_commit, kept_reports_of
from gate.adapters.project_choice import choose_project
from gate.adapters.project_files import head_commit, read_project
from gate.adapters.project_sources import read_sources
from gate.adapters.revisions import GitRevisions
from gate.adapters.runner_files import RunnerFiles
from gate.adapters.terminals import terminal_for
from gate.compose_report import tell_report, write_report
from gate.config.given_variables import VARIABLE, with_given_variables, worth_masking
from gate.config.model import Config
from gate.config.naming import Use, use_of
from gate.config.resolve import ConfigurationError
from gate.configuration import Sources
from gate.discovery.discover import discover
from gate.domain.job import Job
from gate.domain.project import Project
from gate.domain.report import Problem, Report, Subject, Verdict
from gate.enforce import left_to_the_merge
from gate.formats.shard_notes import RUN_NOTE, SHARD_FOLDER, RunNote, render_note
from gate.gates import CHOSEN_AUTOMATICALLY, GATES
from gate.gates.protocol import Gate
from gate.judged_by import JudgedBy, judged_by
from gate.narrowing import Narrowed, narrowed
from gate.plan import Plan, note_of, plan_of
from gate.ports import CannotRun, ReportingTrouble
from gate.render.escape import command_data, console_line
from gate.session import Session

DEFAULT_FOLDER = Path("quality-gate-report")
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
    changed: bool = False


def run(
    arguments: RunArguments, environment: Mapping[str, str], registry: Mapping[str, Gate] = MappingProxyType(GATES)
) -> int:
    """Run the gates on a project, write the report, and return the exit status."""
    try:
        use = use_of(environment) if arguments.in_action else Use(name="")
        folder = _report_folder(arguments, environment, use)
        with report_folder.removed_if_interrupted(folder):
            return _run(arguments, environment, registry, use, folder)
    except (UsageError, report_folder.NotOurFolderError) as error:
        print(console_line(f"quality-gate: {error}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    except (OSError, ReportingTrouble) as trouble:
        # A full disk, a read-only folder for the report: nothing is decided, and nobody's code is at fault.
        print(console_line(f"quality-gate: could not run: {trouble}"), file=sys.stderr)
        return Verdict.ERRORED.exit_code


def _run(
    arguments: RunArguments, environment: Mapping[str, str], registry: Mapping[str, Gate], use: Use, folder: Path
) -> int:
    if arguments.in_action:
        # At once: a run that is killed cannot tell later steps any more where its report is.
        _tell_job(ActionsRuntime(environment), environment, use, folder)
    project = read_project(arguments.path)
    job = read_job(environment)
    runner_files = RunnerFiles(environment if arguments.in_action else {})
    subject = _subject(use, project, job)
    note: RunNote | None = None
    told: tuple[str, ...] = ()
    kept: KeptReports | None = None
    try:
        secrets = frozenset(worth_masking(environment.get(VARIABLE, "")))
        environment = with_given_variables(environment)
        configured = _config_file(arguments, environment) is not None
        project = choose_project(arguments.path, environment, configured=configured)
        subject = _subject(use, project, job)
        revisions = GitRevisions(project.root, environment)
        judged, plan = _configured(arguments, environment, project, registry, revisions)
        config = judged.config
        differs = differs_from_commit(project)
        subject = replace(subject, shard=config.shard, uncommitted=differs is True)
        note = None if config.shard is None else note_of(config, plan, judged.base)
        if arguments.changed:
            part = _narrowed(config, registry, project, revisions)
            config, plan, told = part.config, part.plan, (part.told,)
            subject = replace(subject, changed_only=True)
    except ConfigurationError as error:
        report = Report(subject=subject, problems=_with_repository_paths(error.problems, project))
    else:
        kept = _place_to_keep(arguments, project, subject, environment, differs=differs)
        terminal = terminal_for(environment)
        try:
            discovery = discover(read_sources(project))
            session = Session(config, plan, project, folder, environment, terminal, discovery, revisions)
            session.hide(secrets)
            session.compare_as_configured_by(judged.base or judged.config)
            report = _gated(session, subject, judged, plan, lambda so_far: write_report(folder, so_far, job))
        finally:
            terminal.close()
    report = replace(report, notices=(*told, *report.notices, *filter(None, [runner_files.undo()])))
    if kept is not None and kept.keep(report):
        ActionsRuntime(environment if arguments.in_action else {}).set_outputs({"kept": "true"})
    tell_report(folder, report, job)
    if note is not None:
        # Last: what the tests wrote in its place is gone.
        report_folder.write(folder, f"{SHARD_FOLDER}/{RUN_NOTE}", render_note(note))
    return _exit_code(report, arguments, note)


def _tell_job(runtime: ActionsRuntime, environment: Mapping[str, str], use: Use, folder: Path) -> None:
    """Tell later steps where the report is, and the runner what is to be masked."""
    runtime.set_outputs({"report-folder": str(folder), "name": use.name, "artifact-suffix": use.suffix})
    for value in worth_masking(environment.get(VARIABLE, "")):
        runtime.say(f"::add-mask::{command_data(value)}")


def _exit_code(report: Report, arguments: RunArguments, note: RunNote | None) -> int:
    if report.interrupted:
        return _INTERRUPTED
    if arguments.in_action:
        # Until the report is uploaded and published, the job goes on: `enforce` is what makes it red.
        return 0
    may_be_ignored = arguments.exit_zero and report.verdict is not Verdict.MISCONFIGURED
    return 0 if may_be_ignored or left_to_the_merge(report, note, print) else report.verdict.exit_code


def _gated(
    session: Session, subject: Subject, judged: JudgedBy, plan: Plan, at_interrupt: Callable[[Report], None]
) -> Report:
    """Run the gates, unless nothing may be decided."""
    if judged.refusal:
        return judged.refused(subject, plan, datetime.now(UTC))
    return judged.told(asyncio.run(session.report(subject, lambda so_far: at_interrupt(judged.told(so_far)))))


def _narrowed(config: Config, registry: Mapping[str, Gate], project: Project, revisions: GitRevisions) -> Narrowed:
    """Narrow a run to what was changed, or to the fast gates where that is not known."""
    if config.shard is not None:
        raise UsageError("a shard is a part of all tests: give --changed or --shard, not both")
    try:
        change = asyncio.run(revisions.change())
    except CannotRun as unknown:
        part = narrowed(config, registry, project, None)
        return replace(part, told=f"{part.told}: what was changed is not known, for {unknown.reason}")
    return narrowed(config, registry, project, change)


def _place_to_keep(
    arguments: RunArguments, project: Project, subject: Subject, environment: Mapping[str, str], *, differs: bool | None
) -> KeptReports | None:
    """Return where the report may be kept for later runs; what was called with other gates for once is not."""
    if any(word.startswith("gates=") for word in arguments.assignments):
        return None
    return kept_reports_of(project, subject, environment, differs=differs)


def folder_in_job(use: Use, environment: Mapping[str, str]) -> Path:
    """Return where the report of a use of the action lies.

    Raises:
        UsageError: another use of the job has it already.
    """
    folder = Path(environment.get("RUNNER_TEMP") or tempfile.gettempdir()) / "quality-gate" / use.folder
    if folder.exists():
        raise UsageError(use.twice)
    return folder


def _report_folder(arguments: RunArguments, environment: Mapping[str, str], use: Use) -> Path:
    if not arguments.path.is_dir():
        raise UsageError(f"{arguments.path} is not a folder: give the folder of the project")
    folder = arguments.out or DEFAULT_FOLDER
    if arguments.in_action:
        folder = folder_in_job(use, environment)
    folder = folder.absolute()
    try:
        report_folder.prepare(folder)
    except OSError as error:
        raise ReportingTrouble(f"the report cannot be written, give another folder with --out: {error}") from None
    return folder


def _config_file(arguments: RunArguments, environment: Mapping[str, str]) -> Path | None:
    if arguments.config is None and arguments.in_action and environment.get("QUALITY_GATE_CONFIG_FILE"):
        return Path(environment["QUALITY_GATE_CONFIG_FILE"])
    return arguments.config


def _configured(
    arguments: RunArguments,
    environment: Mapping[str, str],
    project: Project,
    registry: Mapping[str, Gate],
    revisions: GitRevisions,
) -> tuple[JudgedBy, Plan]:
    sources = Sources(
        folder=project.folder,
        file=_config_file(arguments, environment),
        assignments=arguments.assignments,
        environment=environment,
        gates={gate.id: gate.options for gate in registry.values()},
    )
    judged = asyncio.run(judged_by(sources, project, revisions, CHOSEN_AUTOMATICALLY))
    return judged, plan_of(judged.config, registry)


def _subject(use: Use, project: Project, job: Job) -> Subject:
    pull_request = job.event.pull_request
    return Subject(
        name=use.name,
        shard=use.shard,
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

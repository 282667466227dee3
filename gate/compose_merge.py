"""The part of the composition root that the verb `merge` needs."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gate.adapters import report_folder
from gate.adapters.actions_runtime import ActionsRuntime, read_job
from gate.adapters.baselines import fetched_base, reports_of
from gate.adapters.cache_folders import environments_folder
from gate.adapters.environment import ProjectEnvironments
from gate.adapters.processes import ProcessRunner
from gate.adapters.project_files import read_project
from gate.adapters.revisions import GitRevisions
from gate.against_base import AgainstBase, look_at_base
from gate.combined_coverage import CombinedCoverage
from gate.compose import UsageError, folder_in_job
from gate.compose_report import tell_report
from gate.config.child_environment import for_tests
from gate.config.model import Config
from gate.config.naming import Use, use_of
from gate.domain.change import Change
from gate.domain.comparison import Baseline
from gate.domain.project import Project
from gate.domain.report import Report, Subject, Verdict
from gate.formats.coverage_json import CoverageReport
from gate.formats.durations_file import render_durations
from gate.formats.shard_notes import CoverageNote
from gate.gates.coverage_errors import no_source
from gate.merge import Merged, configurations_of_base, file_of_shard, merge, names_of
from gate.plain_file import read_source
from gate.ports import CannotRun
from gate.render.escape import console_line
from gate.revision_ports import Base, BaseNotHere
from gate.shard_folders import ShardFolder, read_shards

_DEFAULT_FOLDER = Path("quality-gate-report")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeArguments:
    """The arguments of `merge`, as they were given."""

    folders: tuple[Path, ...]
    project: Path
    out: Path | None
    in_action: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A project that is not there to be read; `reason` says why."""

    reason: str


def merge_shards(arguments: MergeArguments, environment: Mapping[str, str]) -> int:
    """Make one report of those that shards left, and return the exit status."""
    try:
        return _merge(arguments, environment)
    except (UsageError, report_folder.NotOurFolderError) as error:
        print(console_line(f"quality-gate: {error}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    except OSError as error:
        print(console_line(f"quality-gate: could not merge: {error}"), file=sys.stderr)
        return Verdict.ERRORED.exit_code


def _merge(arguments: MergeArguments, environment: Mapping[str, str]) -> int:
    use = use_of(environment) if arguments.in_action else None
    folder = _folder(arguments, environment, use)
    if use is not None:
        outputs = {"report-folder": str(folder), "artifact-suffix": use.suffix}
        ActionsRuntime(environment).set_outputs(outputs)
    job = read_job(environment)
    here = None
    if arguments.in_action:
        here = Subject(run_id=job.run_id, commit=job.judged_commit, repository=job.repository)
    shards = read_shards(arguments.folders, None if use is None else use.name)
    project = _project(arguments.project)
    with tempfile.TemporaryDirectory(prefix="quality-gate-merge-") as scratch:

        def report_coverage(shards: Sequence[ShardFolder], note: CoverageNote, expected: CoverageReport) -> str:
            if isinstance(project, _Unread):
                return project.reason
            combined = _combined(project, environment, folder, Path(scratch))
            return asyncio.run(combined.write(shards, note, expected))

        others = [] if shards else names_of(read_shards(arguments.folders, None))
        read = no_source if isinstance(project, _Unread) else partial(read_source, project.root)
        merged = merge(shards, report_coverage, here, others, read)
    if use is not None:
        subject = replace(merged.report.subject, name=use.name)
        merged = replace(merged, report=replace(merged.report, subject=subject))
    report = asyncio.run(_compared(merged, shards, project, environment, ours=(*arguments.folders, folder)))
    _keep(folder, shards, merged)
    tell_report(folder, report, job)
    return 0 if arguments.in_action else report.verdict.exit_code


def _project(folder: Path) -> Project | _Unread:
    """Return the project that `folder` lies in: the job need not have a checkout."""
    try:
        return read_project(folder)
    # Path.resolve() raises the other one for a link to itself.
    except (OSError, RuntimeError) as error:
        return _Unread(reason=f"the project cannot be read: {getattr(error, 'strerror', None) or error}")


async def _compared(
    merged: Merged,
    shards: Sequence[ShardFolder],
    project: Project | _Unread,
    environment: Mapping[str, str],
    *,
    ours: Sequence[Path],
) -> Report:
    """Return the report as it is against that of the base, by the options on which the shards agree.

    What was changed is what git knows of it here; without a checkout, what the shards agree on. `ours` are folders of
    reports, which are no part of it.
    """
    report = merged.report
    note = next((run for one in shards if (run := one.run_note())), None)
    if note is None or not report.results:
        return report
    if isinstance(project, _Unread):
        unknown = Baseline(missing=project.reason)
        nothing = AgainstBase(only_new=note.fail_on == "new", baseline=unknown, is_trouble=True)
        return nothing.compared(replace(report, results=merged.weighed(nothing.weigh)))
    revisions = GitRevisions(project.root, environment)
    with suppress(CannotRun):
        report = replace(report, change=_without(await revisions.change(), project.root, ours))
    said: list[str] = []
    against = AgainstBase(
        only_new=note.fail_on == "new",
        configurations=configurations_of_base(shards),
        change=report.change,
        notice=said.append,
    )

    async def base() -> Base:
        try:
            return await revisions.base()
        except BaseNotHere:
            raise
        except CannotRun:
            # The job need not have a checkout.
            fetched = fetched_base(environment)
            told = None if report.change is None else Base(commit=report.change.base, origin=report.change.origin)
            if (known := fetched or told) is None:
                raise
            return known

    name = report.subject.name
    earlier = reports_of(project, name, environment, option=note.baseline, branch=note.data_branch)
    await look_at_base(base, earlier, report.subject, against)
    weighed = replace(report, results=merged.weighed(against.weigh))
    return against.compared(replace(weighed, notices=(*weighed.notices, *said)))


def _without(change: Change, root: Path, folders: Sequence[Path]) -> Change:
    """Return a change without what lies in these folders."""
    inside = tuple(f"{os.path.relpath(os.path.realpath(folder), os.path.realpath(root))}/" for folder in folders)
    return replace(change, files=tuple(file for file in change.files if not file.path.startswith(inside)))


def _combined(project: Project, environment: Mapping[str, str], folder: Path, scratch: Path) -> CombinedCoverage:
    processes = ProcessRunner()
    return CombinedCoverage(
        project=project,
        folder=folder / "coverage",
        scratch=scratch,
        environment=for_tests(environment),
        environments=ProjectEnvironments(
            processes,
            project=project,
            config=Config(),
            environment=environment,
            folder=environments_folder(environment),
            log=folder / "logs" / "install.log",
        ),
        processes=processes,
    )


def _folder(arguments: MergeArguments, environment: Mapping[str, str], use: Use | None) -> Path:
    if use is not None:
        folder = folder_in_job(use, environment)
    else:
        folder = (arguments.out or _DEFAULT_FOLDER).absolute()
        for given in arguments.folders:
            # Path.resolve() raises another error for a link to itself.
            places = (os.path.realpath(folder), os.path.realpath(given))
            if os.path.commonpath(places) in places:
                raise UsageError(f"{folder} and {given} lie in each other: give another folder with --out")
    report_folder.prepare(folder)
    return folder


def _keep(folder: Path, shards: Sequence[ShardFolder], merged: Merged) -> None:
    """Write what the shards left as evidence, and what follows from it beside the report."""
    for one in shards:
        if one.shard is not None:
            for name, content in one.evidence():
                report_folder.write(folder, file_of_shard(name, one.shard), content.decode("utf-8", "replace"))
    if merged.coverage:
        report_folder.write(folder, "coverage/coverage.json", merged.coverage)
    if merged.durations:
        report_folder.write(folder, "durations.json", render_durations(merged.durations))

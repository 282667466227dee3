"""The part of the composition root that the verb `merge` needs."""

import asyncio
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
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
from gate.compose import UsageError
from gate.compose_report import write_report
from gate.config.child_environment import for_tests
from gate.config.model import Config
from gate.config.naming import Use, use_of
from gate.domain.comparison import Baseline
from gate.domain.report import Report, Subject, Verdict
from gate.formats.coverage_json import CoverageReport
from gate.formats.durations_file import render_durations
from gate.formats.shard_notes import CoverageNote
from gate.gates.coverage_errors import ReadSource, no_source
from gate.merge import Merged, file_of_shard, merge, names_of
from gate.plain_file import read_source
from gate.ports import CannotRun
from gate.render.console import render_console
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
    here = Subject(run_id=job.run_id, commit=job.judged_commit) if arguments.in_action else None
    shards = read_shards(arguments.folders, None if use is None else use.name)
    with tempfile.TemporaryDirectory(prefix="quality-gate-merge-") as scratch:

        def report_coverage(shards: Sequence[ShardFolder], note: CoverageNote, expected: CoverageReport) -> str:
            try:
                combined = _combined(arguments, environment, folder, Path(scratch))
                return asyncio.run(combined.write(shards, note, expected))
            except OSError as error:
                return f"the project cannot be read: {error.strerror}"

        others = [] if shards else names_of(read_shards(arguments.folders, None))
        merged = merge(shards, report_coverage, here, others, _sources_in(arguments.project))
    report = merged.report
    if use is not None:
        report = replace(report, subject=replace(report.subject, name=use.name))
    report = asyncio.run(_compared(report, shards, arguments, environment))
    _keep(folder, shards, merged)
    print(render_console(report))
    write_report(folder, report, job)
    print(console_line(f"report: {folder / 'report.json'}"))
    return 0 if arguments.in_action else report.verdict.exit_code


async def _compared(
    report: Report, shards: Sequence[ShardFolder], arguments: MergeArguments, environment: Mapping[str, str]
) -> Report:
    """Return the report as it is against that of the base, by the options on which the shards agree."""
    note = next((run for one in shards if (run := one.run_note())), None)
    if note is None or not report.results:
        return report
    said: list[str] = []
    against = AgainstBase(only_new=note.fail_on == "new", change=report.change, notice=said.append)

    async def base() -> Base:
        try:
            return await GitRevisions(project.root, environment).base()
        except BaseNotHere:
            raise
        except CannotRun:
            # The job need not have a checkout.
            fetched = fetched_base(environment)
            told = None if report.change is None else Base(commit=report.change.base, origin=report.change.origin)
            if (known := fetched or told) is None:
                raise
            return known

    try:
        project = read_project(arguments.project)
        name = report.subject.name
        earlier = reports_of(project, name, environment, option=note.baseline, branch=note.data_branch)
    except OSError as error:
        missing = f"the project cannot be read: {error.strerror}"
        return replace(report, baseline=Baseline(missing=missing))
    await look_at_base(base, earlier, report.subject, against)
    weighed = replace(report, results=tuple(map(against.weigh, report.results)))
    return against.compared(replace(weighed, notices=(*weighed.notices, *said)))


def _sources_in(folder: Path) -> ReadSource:
    """Return what reads the sources of the checkout that `folder` lies in, as far as there is one."""
    try:
        return partial(read_source, read_project(folder).root)
    except OSError:
        return no_source


def _combined(
    arguments: MergeArguments, environment: Mapping[str, str], folder: Path, scratch: Path
) -> CombinedCoverage:
    project = read_project(arguments.project)
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
        temporary = Path(environment.get("RUNNER_TEMP") or tempfile.gettempdir())
        folder = temporary / "quality-gate" / use.folder
        if folder.exists():
            raise UsageError(
                f"the action is used twice in this job under the name {use.name!r}: give each its own `name:`"
            )
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

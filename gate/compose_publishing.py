"""The composition root of publishing: builds the adapters that speak with GitHub. Only these verbs get the token."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gate.adapters.actions_runtime import ActionsRuntime, read_finished_run, read_job
from gate.config.model import branch
from gate.config.naming import use_of
from gate.config.options import BadValue, flag
from gate.domain.job import Job
from gate.domain.sticky_comment import CommentMode
from gate.formats import UnreadableError
from gate.formats.needs_context import parse_needs
from gate.gates import GATES
from gate.publication import Connections, PublishOptions
from gate.publish import publish as publish_report
from gate.publish_elsewhere import ElsewhereOptions
from gate.publish_elsewhere import publish_elsewhere as publish_reports
from gate.render.escape import command_data

if TYPE_CHECKING:
    from gate.adapters.github_api import GitHubApi
    from gate.adapters.github_branches import GitHubBranches
    from gate.adapters.github_runs import GitHubRuns
    from gate.adapters.github_statuses import GitHubStatuses


def publish(folder: Path, comment: str | None, environment: Mapping[str, str]) -> int:
    """Publish a report to the job summary, the outputs, the annotations, the pull request and the commit."""
    job, runtime = read_job(environment), ActionsRuntime(environment)
    options = _options(folder, comment, environment, runtime)
    if job.run_id is not None:
        # What the workflow calls this use, not what the report would have it called: the tests could have written that.
        use = use_of(environment)
        options = replace(options, name=use.name, shard=use.shard)
    return publish_report(options, job, runtime, _connections(job, environment))


def publish_elsewhere(folder: Path | None, comment: str | None, environment: Mapping[str, str]) -> int:
    """Publish what other jobs left in `folder`, or in the artifacts of the run that the event names."""
    job, runtime = read_job(environment), ActionsRuntime(environment)
    options = ElsewhereOptions(
        folder=folder,
        publish=_options(folder or Path(), comment, environment, runtime),
        needs=_needs(environment.get("QUALITY_GATE_NEEDS", "")),
    )
    return publish_reports(
        options, job, runtime, _connections(job, environment), lambda: read_finished_run(environment)
    )


def _options(
    folder: Path, comment: str | None, environment: Mapping[str, str], runtime: ActionsRuntime
) -> PublishOptions:
    mode = comment or environment.get("QUALITY_GATE_COMMENT") or CommentMode.ALWAYS.value
    if mode not in list(CommentMode):
        runtime.say(f"::warning::{command_data(f'comment: {mode!r} is not one of ' + ', '.join(CommentMode))}")
        mode = CommentMode.ALWAYS.value
    statuses = environment.get("QUALITY_GATE_STATUSES") or "false"
    try:
        wants_statuses = flag(statuses)
    except BadValue as bad:
        runtime.say(f"::warning::{command_data(f'statuses: {statuses!r} is {bad.message}')}")
        wants_statuses = False
    return PublishOptions(
        folder=folder,
        gates=tuple(GATES),
        comment=CommentMode(mode),
        statuses=wants_statuses,
        artifact_url=environment.get("QUALITY_GATE_ARTIFACT_URL", ""),
        coverage_artifact_url=environment.get("QUALITY_GATE_COVERAGE_ARTIFACT_URL", ""),
        data_branch=_data_branch(environment.get("QUALITY_GATE_DATA_BRANCH", ""), runtime),
    )


def _data_branch(name: str, runtime: ActionsRuntime) -> str:
    """Take the branch from the workflow alone: the project's configuration may come from a change."""
    try:
        return branch(name) if name.strip() else ""
    except BadValue as bad:
        runtime.say(f"::warning::{command_data(f'data-branch: {name!r} is {bad.message}')}")
        return ""


def _needs(text: str) -> Mapping[str, str]:
    try:
        return parse_needs(text) if text else {}
    except UnreadableError as error:
        # `enforce --needs` makes the job red for it; until then, nothing of the report is green.
        return {"needs": str(error)}


def _connections(job: Job, environment: Mapping[str, str]) -> Connections:
    token = environment.get("QUALITY_GATE_TOKEN", "")

    # Only publishing talks to GitHub, and what talks HTTP takes a tenth of a second to import.
    def pull_requests() -> "AbstractContextManager[GitHubApi]":
        from gate.adapters.github_api import GitHubApi

        return closing(GitHubApi(job, token))

    def statuses() -> "AbstractContextManager[GitHubStatuses]":
        from gate.adapters.github_statuses import GitHubStatuses

        return closing(GitHubStatuses(job, token))

    def runs() -> "AbstractContextManager[GitHubRuns]":
        from gate.adapters.github_runs import GitHubRuns

        return closing(GitHubRuns(job, token))

    def branches() -> "AbstractContextManager[GitHubBranches]":
        from gate.adapters.github_branches import GitHubBranches

        return closing(GitHubBranches(job, token))

    return Connections(pull_requests=pull_requests, statuses=statuses, runs=runs, branches=branches)

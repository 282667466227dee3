"""A workflow run that has ended and what it left behind, as GitHub tells it, never as a report does. Asks nobody."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ARTIFACT = "quality-gate-report"
"""The name of the artifact with the report; a use that has a name appends `-<name>`."""
MAX_REPORTS = 20
"""How many reports of one run are published."""
MAX_ARTIFACT_BYTES = 64 * 1024 * 1024
"""How much of an artifact is read, as it is stored."""
# Events of which a run checks out its head, or at worst its head merged into the base; how good each is, 0 the best.
_OF_THE_COMMIT = {"push": 0, "merge_group": 0, "schedule": 1, "workflow_dispatch": 1, "pull_request": 2}
_OF_A_SHARD = re.compile(r"-shard-[1-9][0-9]{0,2}-of-[1-9][0-9]{0,2}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """The run that an event `workflow_run` is about.

    `event` is what started it; `conclusion` its end in GitHub's words (`success`, `failure`, `cancelled` …).
    `head_owner` and `head_repository` (owner/name) are empty where the fork is gone, `head_branch` where the run
    had none. Text from the change: the branch's name may be anything that git allows.
    """

    run_id: int
    attempt: int
    event: str
    conclusion: str
    head_sha: str
    head_branch: str = ""
    head_owner: str = ""
    head_repository: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunArtifact:
    """An artifact of a run; `created_at` is an ISO 8601 time in UTC, `size` what GitHub stores, in bytes."""

    artifact_id: int
    name: str
    size: int
    created_at: str = ""
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRun:
    """A run whose head is a commit; `workflow` is the path of its file, `is_fork` true unless it is known to be ours.

    `has_ended` is false while it waits or runs: what it has uploaded by then is there already.
    On pull requests the head is the commit that was pushed, and what is checked out is its merge into the base.
    """

    run_id: int
    event: str
    workflow: str = ""
    is_fork: bool = False
    has_ended: bool = True


def runs_to_believe(runs: Iterable[CommitRun], workflow: str) -> tuple[CommitRun, ...]:
    """Return the runs whose report can be that of their head commit, the best ones first.

    Left out are those of forks, and those of events (`workflow_run`, `pull_request_target`, `issue_comment` …) whose
    head is the default branch while they may have checked out anybody's change. Best is a run of the same `workflow`,
    of what was pushed, not of a pull request; then the newest.
    """
    ours = [run for run in runs if not run.is_fork and run.event in _OF_THE_COMMIT]
    return tuple(sorted(ours, key=lambda run: (_OF_THE_COMMIT[run.event], run.workflow != workflow, -run.run_id)))


def report_artifacts(artifacts: Iterable[RunArtifact]) -> tuple[RunArtifact, ...]:
    """Return the artifacts that should hold reports, the shortest names first.

    Where failed jobs ran again, GitHub keeps the artifacts of every attempt under the same name: the newest counts.
    What shards left is not published.
    """
    newest: dict[str, RunArtifact] = {}
    for artifact in artifacts:
        is_report = artifact.name == ARTIFACT or artifact.name.startswith(f"{ARTIFACT}-")
        if not is_report or _OF_A_SHARD.search(artifact.name):
            continue
        before = newest.get(artifact.name)
        if before is None or _age(before) < _age(artifact):
            newest[artifact.name] = artifact
    return tuple(sorted(newest.values(), key=lambda artifact: (len(artifact.name), artifact.name)))


def _age(artifact: RunArtifact) -> tuple[str, int]:
    return artifact.created_at, artifact.artifact_id

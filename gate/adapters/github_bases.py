"""What GitHub's REST API has of the commit that a change is compared with. Writes nothing, and believes no report.

Source: https://docs.github.com/en/rest/commits/commits#compare-two-commits, .../rest/actions/workflow-runs,
.../rest/actions/artifacts, .../rest/repos/contents, .../rest/git/commits.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from gate.adapters.github_http import Limits, Missing
from gate.adapters.github_repository import file_content, inside, not_documented
from gate.adapters.github_runs import GitHubRuns, artifact_from, whole_number
from gate.adapters.patience import Clock
from gate.domain.finished_run import CommitRun, RunArtifact
from gate.domain.job import Job
from gate.github_ports import BaseCommits, ComparedCommits
from gate.ports import ReportingTrouble

# The gates wait for all of this, and do without it where GitHub is slow.
_LIMITS = Limits(read=8.0, patience=12.0)
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_MAX_PAGES = 10


class GitHubBases(GitHubRuns, BaseCommits):
    """The commits of one repository, and the runs that were made of them."""

    download_seconds = 10.0

    def __init__(self, job: Job, token: str, *, limits: Limits | None = None, clock: Clock | None = None) -> None:
        """Take the job's addresses and the token; raises `ReportingTrouble` as `GitHubRepository` does."""
        super().__init__(job, token, limits=limits or _LIMITS, clock=clock)

    def parents(self, commit: str) -> tuple[str, ...]:
        """Ask for the commit itself."""
        document = self._http.read(f"{self._repository_url}/git/commits/{_sha(commit)}").document
        parents = inside(document).get("parents")
        if not isinstance(parents, list):
            raise not_documented("a commit")
        return tuple(_sha(inside(parent).get("sha")) for parent in parents)

    def compare(self, base: str, head: str) -> ComparedCommits:
        """Ask for the page with the files, the first 300 of them, and with one of the commits between the two."""
        answer = self._http.read(f"{self._repository_url}/compare/{_sha(base)}...{_sha(head)}", {"per_page": "1"})
        merge_base = inside(inside(answer.document), "merge_base_commit").get("sha")
        return ComparedCommits(merge_base=_sha(merge_base), answer=inside(answer.document))

    def file_at(self, revision: str, path: str) -> bytes | None:
        """Ask for the contents, and for those of more than 1 MiB by the name of the object."""
        if ".." in path.split("/"):
            raise ReportingTrouble("a path that leads out of the repository is not asked for")
        url = f"{self._repository_url}/contents/{quote(path.strip('/'), safe='/')}"
        try:
            entry = inside(self._http.read(url, {"ref": revision}).document)
        except Missing:
            return None
        if entry.get("type") != "file":
            return None
        if entry.get("encoding") != "base64":
            entry = inside(self._http.read(f"{self._repository_url}/git/blobs/{_sha(entry.get('sha'))}").document)
        return file_content(entry)

    def runs_of(self, commit: str) -> tuple[CommitRun, ...]:
        """Ask for the first page, and keep those of the very commit: GitHub leaves out a filter it cannot read."""
        params = {"head_sha": _sha(commit), "exclude_pull_requests": "true", "per_page": "100"}
        document = inside(self._http.read(f"{self._repository_url}/actions/runs", params).document)
        runs = document.get("workflow_runs")
        if not isinstance(runs, list):
            raise not_documented("a list of runs")
        return tuple(_run(run) for run in map(inside, runs) if run.get("head_sha") == commit)

    def artifact_of(self, run_id: int, name: str) -> RunArtifact | None:
        """Ask by the name; where failed jobs ran again, each attempt has left one."""
        url = f"{self._repository_url}/actions/runs/{run_id}/artifacts"
        entries = self._entries(url, {"name": name}, within="artifacts", most_pages=_MAX_PAGES)
        found = [one for one in map(artifact_from, entries) if one.name == name]
        return max(found, key=lambda one: (one.created_at, one.artifact_id), default=None)


def _run(entry: Mapping[str, Any]) -> CommitRun:
    ours, head = (inside(entry, key).get("id") for key in ("repository", "head_repository"))
    event, path = entry.get("event"), entry.get("path")
    return CommitRun(
        run_id=whole_number(entry.get("id"), "a run"),
        event=event if isinstance(event, str) else "",
        # GitHub appends the branch to some: `.github/workflows/ci.yml@main`.
        workflow=path.partition("@")[0] if isinstance(path, str) else "",
        is_fork=not isinstance(ours, int) or ours != head,
        has_ended=entry.get("status") in (None, "completed"),
    )


def _sha(value: object) -> str:
    if not isinstance(value, str) or not _COMMIT.match(value):
        raise not_documented("the name of a commit")
    return value

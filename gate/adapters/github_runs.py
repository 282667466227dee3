"""Finished workflow runs through GitHub's REST API: whose pull request, which artifacts. Unpacks and prints nothing.

Source: https://docs.github.com/en/rest/actions/artifacts, .../rest/pulls/pulls#list-pull-requests.
"""

from collections.abc import Mapping
from typing import Any

from gate.adapters.github_http import Limits
from gate.adapters.github_repository import GitHubRepository, inside, not_documented
from gate.adapters.patience import Clock
from gate.adapters.stored_file import fetch_stored_file
from gate.domain.finished_run import MAX_ARTIFACT_BYTES, FinishedRun, RunArtifact
from gate.domain.job import Job
from gate.github_ports import FinishedRuns
from gate.ports import ReportingTrouble

_MAX_PAGES = 10
# There may be twenty downloads between the first request and the last.
_LIMITS = Limits(patience=300.0)


class GitHubRuns(GitHubRepository, FinishedRuns):
    """The finished workflow runs of one repository."""

    download_seconds = 60.0

    def __init__(self, job: Job, token: str, *, limits: Limits | None = None, clock: Clock | None = None) -> None:
        """Take the job's addresses and the token; raises `ReportingTrouble` as `GitHubRepository` does."""
        super().__init__(job, token, limits=limits or _LIMITS, clock=clock)
        self._may_be_plain = job.api_url.lower().startswith("http:")

    def open_pull_requests(self, run: FinishedRun) -> tuple[int, ...]:
        """Ask by the head's owner and branch, and keep those with the very head of the run.

        `commits/SHA/pulls` knows nothing of forks, and the event's own list is empty for them.
        """
        if not (run.head_owner and run.head_branch):
            return ()
        params = {"state": "open", "head": f"{run.head_owner}:{run.head_branch}"}
        pulls = self._entries(f"{self._repository_url}/pulls", params, most_pages=_MAX_PAGES)
        return tuple(_number(pull) for pull in pulls if _has_head(pull, run))

    def artifacts(self, run_id: int) -> tuple[RunArtifact, ...]:
        """Return the artifacts of all attempts of the run, from all pages."""
        url = f"{self._repository_url}/actions/runs/{run_id}/artifacts"
        return tuple(map(artifact_from, self._entries(url, within="artifacts", most_pages=_MAX_PAGES)))

    def download(self, artifact: RunArtifact) -> bytes:
        """Return an artifact as it was stored: from another host, which gets no token."""
        if artifact.size > MAX_ARTIFACT_BYTES:
            raise ReportingTrouble(f"it has {artifact.size:,} bytes, more than {MAX_ARTIFACT_BYTES:,}")
        location = self._http.locate(f"{self._repository_url}/actions/artifacts/{artifact.artifact_id}/zip")
        return fetch_stored_file(
            location, may_be_plain=self._may_be_plain, most=MAX_ARTIFACT_BYTES, seconds=self.download_seconds
        )


def _has_head(pull: Mapping[str, Any], run: FinishedRun) -> bool:
    """Tell whether a pull request is of the run's repository and commit: GitHub leaves out a filter it cannot read."""
    head = inside(pull, "head")
    repository = inside(head, "repo").get("full_name")
    is_theirs = not run.head_repository or repository is None or repository == run.head_repository
    is_branch = head.get("ref") == run.head_branch
    return pull.get("state") == "open" and head.get("sha") == run.head_sha and is_branch and is_theirs


def _number(pull: Mapping[str, Any]) -> int:
    return whole_number(pull.get("number"), "a pull request")


def artifact_from(document: object) -> RunArtifact:
    """Read an artifact of a list; raises `ReportingTrouble` where it is none."""
    entry = inside(document)
    name, created_at, expired = entry.get("name"), entry.get("created_at"), entry.get("expired")
    if not isinstance(name, str) or not isinstance(expired, bool):
        raise not_documented("an artifact")
    return RunArtifact(
        artifact_id=whole_number(entry.get("id"), "an artifact"),
        name=name,
        size=whole_number(entry.get("size_in_bytes"), "an artifact"),
        created_at=created_at if isinstance(created_at, str) else "",
        expired=expired,
    )


def whole_number(value: object, what: str) -> int:
    """Take a number; raises `ReportingTrouble`, saying `what` it should be of, where it is none."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise not_documented(what)
    return value

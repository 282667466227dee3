"""What publishing, and comparing with the base, ask of GitHub. `gate.adapters` answers; tests answer with fakes.

Every method raises `gate.ports.ReportingTrouble`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gate.domain.commit_status import CommitStatus
from gate.domain.finished_run import CommitRun, FinishedRun, RunArtifact


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a pull request, as the API gives it."""

    comment_id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestState:
    """A pull request as it is now."""

    is_open: bool
    head_sha: str


class PullRequests(Protocol):
    """The pull requests of one repository. Every method raises `ReportingTrouble`."""

    def own_logins(self) -> frozenset[str]:
        """Return the logins under which the token's comments appear."""
        ...

    def state(self, number: int) -> PullRequestState:
        """Return the pull request as it is now."""
        ...

    def changed_files(self, number: int) -> tuple[str, ...]:
        """Return the paths that the pull request changes, the first 3000 of them."""
        ...

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return every comment, from all pages."""
        ...

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a new comment, once. Raises `LookAgain` where it may have been written or may be tried again."""
        ...

    def update_comment(self, comment_id: int, body: str) -> Comment:
        """Write over a comment, once. Raises `LookAgain` as above, and where it is gone."""
        ...

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; one that is gone already is well. Raises `LookAgain` as above."""
        ...

    def settle(self) -> None:
        """Wait until a write that another run had under way has landed."""
        ...


class CommitStatuses(Protocol):
    """The statuses of the commits of one repository."""

    def statuses(self, commit: str) -> Sequence[CommitStatus]:
        """Return the last status of each context."""
        ...

    def send_status(self, commit: str, status: CommitStatus) -> None:
        """Send a status, once. Raises `LookAgain` where it may have arrived or may be tried again."""
        ...

    def settle(self) -> None:
        """Wait until a write that another run had under way has landed."""
        ...


class FinishedRuns(Protocol):
    """The finished workflow runs of one repository."""

    def open_pull_requests(self, run: FinishedRun) -> Sequence[int]:
        """Return the numbers of the open pull requests whose head is the run's branch at the run's very commit."""
        ...

    def artifacts(self, run_id: int) -> Sequence[RunArtifact]:
        """Return the artifacts of all attempts of the run."""
        ...

    def download(self, artifact: RunArtifact) -> bytes:
        """Return an artifact as it was stored, bounded in size and time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedCommits:
    """GitHub's own comparison of two commits: the commit that both come from, and the whole answer."""

    merge_base: str
    answer: Mapping[str, object]


class BaseCommits(Protocol):
    """What GitHub has of the commit that a change is compared with."""

    def parents(self, commit: str) -> Sequence[str]:
        """Return the parents of a commit, the first one first."""
        ...

    def tip(self, branch: str) -> str | None:
        """Return the commit of a branch, None where there is no such branch."""
        ...

    def compare(self, base: str, head: str) -> ComparedCommits:
        """Compare where the two have parted with `head`."""
        ...

    def file_at(self, revision: str, path: str) -> bytes | None:
        """Return a file of a commit or a branch, None where that has none."""
        ...

    def runs_of(self, commit: str) -> Sequence[CommitRun]:
        """Return the runs whose head a commit is, the newest first, at most a hundred of them."""
        ...

    def artifact_of(self, run_id: int, name: str) -> RunArtifact | None:
        """Return the newest artifact of that name which a run has left."""
        ...

    def download(self, artifact: RunArtifact) -> bytes:
        """Return an artifact as it was stored, bounded in size and time."""
        ...


class DataBranches(Protocol):
    """Branches that keep files beside the source; objects are named as git names them."""

    def tip(self, branch: str) -> str | None:
        """Return the commit of a branch, None where there is no such branch."""
        ...

    def files(self, commit: str) -> Mapping[str, str]:
        """Return the objects of all files of a commit by their paths."""
        ...

    def blob(self, name: str) -> bytes:
        """Return the content of a file."""
        ...

    def commit(self, parent: str | None, files: Mapping[str, bytes | None], message: str) -> str:
        """Make a commit that writes files, and removes those that are None. Raises `LookAgain` as below."""
        ...

    def move(self, branch: str, commit: str, *, is_new: bool) -> None:
        """Move a branch forward, or make it. Raises `LookAgain` where it may have moved or may be tried again."""
        ...

    def settle(self) -> None:
        """Wait until a write that another run had under way has landed."""
        ...

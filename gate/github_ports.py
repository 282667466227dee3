"""What publishing asks of GitHub beside pull requests. `gate.adapters` answers; tests answer with fakes.

Every method raises `gate.ports.ReportingTrouble`.
"""

from collections.abc import Sequence
from typing import Protocol

from gate.domain.commit_status import CommitStatus
from gate.domain.finished_run import FinishedRun, RunArtifact


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

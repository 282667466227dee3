"""Commit statuses in memory, held to the same contract as GitHub's API (tests/contract/test_publishing_elsewhere.py)."""

from __future__ import annotations

from collections.abc import Callable

from gate.domain.commit_status import CommitStatus
from gate.github_ports import CommitStatuses


class FakeStatuses(CommitStatuses):
    """The statuses of commits. `before` is called ahead of each call, and may raise."""

    def __init__(self, *, before: Callable[[str], None] = lambda _: None) -> None:
        self.sent: list[tuple[str, CommitStatus]] = []
        self._before = before

    def statuses(self, commit: str) -> tuple[CommitStatus, ...]:
        self._before("statuses")
        last = {status.context.lower(): status for of, status in self.sent if of == commit}
        return tuple(last.values())

    def send_status(self, commit: str, status: CommitStatus) -> None:
        self._before("send_status")
        self.sent.append((commit, status))

    def settle(self) -> None:
        self._before("settle")

    def shown(self, commit: str) -> dict[str, str]:
        """Return the state of each context."""
        return {status.context: str(status.state) for status in self.statuses(commit)}

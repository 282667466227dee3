"""Keeps a commit's statuses as the newest run has them: look, decide, send, and look again.

The rules are in `gate.domain.commit_status`. Prints nothing, and knows no HTTP.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gate.domain.commit_status import CommitStatus, RunOrder, due_statuses
from gate.github_ports import CommitStatuses
from gate.ports import LookAgain, ReportingTrouble

_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStatuses:
    """What a run wants to be seen on a commit; `prefix` is what all contexts of its name begin with."""

    commit: str
    run: RunOrder
    prefix: str
    run_url: str
    statuses: Sequence[CommitStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatuses:
    """How it ended: how many statuses were sent, and the newer run whose word was left, if there was one."""

    sent: int = 0
    newer: RunOrder | None = None


def keep_statuses(api: CommitStatuses, wanted: WantedStatuses) -> KeptStatuses:
    """Bring the statuses to what they should be, and come back when they are so.

    Raises:
        ReportingTrouble: it could not be done.
    """
    sent: set[str] = set()
    trouble = "other runs kept changing them"
    for _ in range(_ROUNDS):
        due = due_statuses(
            wanted.statuses,
            api.statuses(wanted.commit),
            wanted.run,
            prefix=wanted.prefix,
            target_url=wanted.run_url,
            sent=sent,
        )
        if not due.send:
            return KeptStatuses(sent=len(sent), newer=due.newer)
        for status in due.send:
            try:
                api.send_status(wanted.commit, status)
            except LookAgain as again:
                trouble = str(again)
            else:
                sent.add(status.context.lower())
        api.settle()
    raise ReportingTrouble(f"the statuses did not come to rest in {_ROUNDS} attempts: {trouble}")

"""Commit statuses, one a gate, and which of them to send given those that are there. Talks to nobody.

GitHub shows the last status that was sent for a context, whoever sent it, and takes 1000 for a commit and context
(https://docs.github.com/en/rest/commits/statuses): a run sends what its predecessors did not say, once.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

RunOrder = tuple[int, int]

_RUN = re.compile(r"/actions/runs/([1-9][0-9]{0,17})/attempts/([1-9][0-9]{0,8})\Z")
NOT_JUDGED = "the newest run did not judge this"


class State(StrEnum):
    """The states that GitHub knows; `pending` is never sent."""

    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitStatus:
    """A status of a commit. GitHub compares contexts without regard to case; `target_url` names the run."""

    context: str
    state: State
    description: str
    target_url: str = ""

    @property
    def run(self) -> RunOrder | None:
        """The run and attempt that sent it; None where its address does not tell."""
        match = _RUN.search(self.target_url)
        return (int(match[1]), int(match[2])) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStatuses:
    """What to send next; `newer` is the run whose word stands, where there is a newer one."""

    send: tuple[CommitStatus, ...] = ()
    newer: RunOrder | None = None


def due_statuses(
    wanted: Sequence[CommitStatus],
    there: Sequence[CommitStatus],
    run: RunOrder,
    *,
    prefix: str,
    target_url: str,
    sent: Collection[str] = (),
) -> DueStatuses:
    """Return which of the `wanted` statuses of `run` are still to be sent.

    An older run's word gives way, a newer run's stands. What an older run said of a gate that this one did not
    judge must not stay green: contexts that begin with `prefix` become errors.
    """
    latest = {status.context.lower(): status for status in there}
    newer = max((other.run for other in latest.values() if _is_ours(other, prefix) and other.run), default=run)
    if newer > run:
        return DueStatuses(newer=newer)
    send = [status for status in wanted if _is_due(status, latest.get(status.context.lower()), run, sent)]
    told = {status.context.lower() for status in wanted}
    send += [
        CommitStatus(context=other.context, state=State.ERROR, description=NOT_JUDGED, target_url=target_url)
        for context, other in latest.items()
        if context not in told and _is_stale(other, run, prefix)
    ]
    return DueStatuses(send=tuple(send))


def _is_due(status: CommitStatus, there: CommitStatus | None, run: RunOrder, sent: Collection[str]) -> bool:
    if there is None or there.run is None or there.run < run:
        return True
    if status.context.lower() in sent:
        return False
    return (there.state, there.description) != (status.state, status.description)


def _is_stale(there: CommitStatus, run: RunOrder, prefix: str) -> bool:
    is_older = there.run is not None and there.run < run
    return is_older and _is_ours(there, prefix) and there.state is not State.ERROR


def _is_ours(status: CommitStatus, prefix: str) -> bool:
    return status.context.lower().startswith(prefix.lower())

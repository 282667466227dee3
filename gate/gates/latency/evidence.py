"""What the gate `latency` measured: every sample, what the database was asked, how the load was made. Judges nothing.

Durations are in seconds, as in `gate.load_ports`; an operation's name is its key everywhere: `GET /tasks/{task_id}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.database_ports import LockWait, OperationCost
from gate.domain.finding import Location
from gate.load_ports import LoadResult


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseComparison:
    """The change and the commit it is compared with, measured in turn: `base[i]` and `head[i]` stood side by side."""

    commit: str
    base: tuple[LoadResult, ...]
    head: tuple[LoadResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyEvidence:
    """All that was measured.

    `source` says where the session comes from, such as `the OpenAPI document` or `load.sessions:session`. `think_time`
    is None where it is not the gate's to say, as in a locustfile; with `rate` (requests a second) nobody thinks.
    `rounds` are the load, whole or in turns, and, where that left it undecided, the same load once more. `expected` are
    an operation's statuses that are no error beside 2xx and 3xx. `rows`: how many each table had. `locations`: where an
    operation's route is. `lock_waits`: who waited for locks while the load was on. `silence`: that the service answers
    nobody any more, now that the load is over, and why; "" where it does. `uncompared`: why there is no `base`
    although there was to be one, `untold`: why the database could not be looked into, else "". `notices` are sentences
    for the reader.
    """

    users: int
    think_time: float | None
    source: str
    rate: float | None = None
    warm_up: float = 0.0
    rounds: tuple[LoadResult, ...] = ()
    expected: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    costs: tuple[OperationCost, ...] = ()
    lock_waits: tuple[LockWait, ...] = ()
    locations: Mapping[str, Location] = field(default_factory=dict)
    base: BaseComparison | None = None
    silence: str = ""
    uncompared: str = ""
    untold: str = ""
    notices: tuple[str, ...] = ()

"""What the gate `latency` asks of a load generator: plans as data, and every sample that came of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gate.domain.http_message import Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadStep:
    """A request of a session. `operation` is the name under which its samples are counted: `GET /tasks/{task_id}`.

    `target`, `headers` and `body` may hold `{name}` for a value that was extracted before, or was given to the user,
    and `{{`, `}}` for braces (`gate.formats.request_template` reads them). `{unique}` is in each request a text that no
    other has. `extract` names values of a JSON answer by their path: `{"task": "items[0].id"}`.
    `expected` are statuses that are no error beside 2xx and 3xx.
    """

    operation: str
    method: str
    target: str
    headers: Headers = ()
    body: str = ""
    extract: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadUser:
    """A user who plays a session: `before` once, outside the timed window, then `steps` again and again.

    `values` are what `{name}` means to begin with.
    """

    steps: tuple[LoadStep, ...]
    before: tuple[LoadStep, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """A load. All durations are in seconds.

    Closed (`rate` is None): each user thinks after each answer, `think_time` on average: between a half of it and one
    and a half. Open: `rate` requests a second start when they are due, at equal distances, whoever is still waiting,
    and their time counts from then. It ends when every operation has `samples` that are not of the `warm_up`, or after
    `longest`, or, where `duration` is given, then and not before. Both count from the end of the warm-up; what has
    started by then is waited for.
    """

    origin: str
    users: tuple[LoadUser, ...]
    think_time: float
    samples: int
    longest: float
    warm_up: float = 3.0
    duration: float | None = None
    rate: float | None = None
    request_timeout: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What was measured of one operation: parallel columns, a sample each, in the order of their starts.

    `starts` and `seconds` count from the begin of the timed window and from when the request was due. `statuses`: 0
    where there was no answer, or it had not the values that the session needs; -1 where the session does not take the
    answer, or its status is not told. Only what was due in the timed window is here, answered or not.
    """

    operation: str
    starts: Sequence[float]
    seconds: Sequence[float]
    statuses: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedWindow:
    """What a generator that keeps no samples counted of one operation from `start` on, for `length` seconds.

    `start` counts as that of `Samples` does. `times` are (seconds, how many requests took so long), in any order, the
    failed ones among them, rounded to two digits; `failures` are (status, how many).
    """

    operation: str
    start: float
    length: float
    times: tuple[tuple[float, int], ...]
    failures: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What came of a plan.

    `window`: the seconds that were timed. `lag_p99`: by how many seconds the generator's own event loop was late at the
    99th percentile, to about a millisecond. `processor_share`: of one processor, that the generator used in the window,
    0.0 to 1.0. `processor_seconds`: the same as seconds. `ended`: why it ended, for a sentence. `trouble`: why it could
    not be carried out whole, "" where it could.
    `answers` are a few whole answers of each operation, for whom they concern: (operation, status, media type, body).
    `unanswered`: why there was no answer to requests of the window, and to how many. `windows` stand in for `samples`
    where the generator keeps none; nobody knows then how late it was.
    """

    samples: tuple[Samples, ...]
    window: float
    lag_p99: float
    processor_share: float
    processor_seconds: float
    ended: str
    trouble: str = ""
    answers: tuple[tuple[str, int, str, bytes], ...] = ()
    unanswered: tuple[tuple[str, int], ...] = ()
    windows: tuple[CountedWindow, ...] = ()


class LoadGenerator(Protocol):
    """Plays plans, in a process of its own."""

    async def play(self, plan: LoadPlan, scratch: Path) -> LoadResult:
        """Play a plan to its end; the process ends with it, also where the caller is cancelled.

        Raises:
            CannotRun: the plan cannot be played (a step needs a value that nothing gives), the process could not be
                started, or died.
        """
        ...

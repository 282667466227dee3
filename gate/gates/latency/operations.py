"""What the samples of each operation come to: its quantiles, its errors, and whether it keeps its limit. Pure.

A generator that is late lengthens what it measures, and never shortens it: so it takes a proof of slowness away, and
leaves one of speed. One that has no time left at all proves nothing.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from gate.gates.latency.columns import columns_of
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.options import FEWEST_SAMPLES, LatencyOptions
from gate.gates.latency.statistics import Interval, Timings
from gate.load_ports import LoadResult

PASSED, FAILED, INCONCLUSIVE, TOO_RARE = "passed", "failed", "inconclusive", "too rare"
ALL_REQUESTS = "all requests"
REFUSALS = (401, 429)
"""What says that it was not the operation that was measured: nobody was logged in, or the load was turned away."""

RARELY = 0.05
"""Whose session says how often an operation is played: less often than this share of the most frequent one is rare."""

_JUDGED = 0.95
# From so few, the lower end is nearly the shortest time of all; to fail, it must be over the limit nevertheless.
_FEWEST_TO_FAIL = 100
_BUSY = 0.9
_LATE = 0.005
# A request is late as it is sent, and late as its answer is read.
_TIMES_LATE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation and its timings. `limit` is in seconds, None where it is only told; `p95` is None without samples.

    `failures` and `refusals` are how many had which status; `ending` is one of passed, failed, inconclusive and too
    rare to be judged by itself; `why` says of an inconclusive one what it lacks. `is_doubtful`: the generator was
    overloaded.
    """

    name: str
    timings: Timings
    window: float
    limit: float | None
    p95: Interval | None = None
    failures: Mapping[int, int] = field(default_factory=dict)
    refusals: Mapping[int, int] = field(default_factory=dict)
    ending: str = INCONCLUSIVE
    why: str = ""
    is_doubtful: bool = False

    @property
    def requests(self) -> int:
        """How many requests were measured."""
        return len(self.timings)

    @property
    def failed_requests(self) -> int:
        """How many of them failed, those that were refused among them."""
        return sum(self.failures.values()) + sum(self.refusals.values())

    @property
    def throughput(self) -> float:
        """Requests a second."""
        return self.requests / self.window if self.window > 0 else 0.0

    def share_over(self, seconds: float) -> float:
        """Return which share of the requests took longer, 0.0 to 1.0."""
        return 1 - bisect_right(self.timings.ordered, seconds) / max(self.requests, 1)

    def exceeds(self, share: Fraction) -> bool:
        """Tell whether more than `share` percent failed; of few requests, whether that can hardly be chance.

        Where the generator was overloaded only answers count: that there was none may be its own doing.
        """
        failed = sum(count for status, count in self.failures.items() if status > 0 or not self.is_doubtful)
        if 100 * failed <= share * self.requests:
            return False
        return self.requests >= FEWEST_SAMPLES or _least_share(failed, self.requests) * 100 > share


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """All operations, and the `whole` of them; that is only told where one of them may take longer than the others."""

    whole: Operation
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class _Generator:
    """How far the load generator itself is to blame: `late` in seconds, `busy` of a processor, 0.0 to 1.0.

    `counts`: it keeps no samples, so that times are rounded, and nobody knows how late it was.
    """

    late: float
    busy: float
    counts: bool

    @property
    def is_overloaded(self) -> bool:
        return self.busy > _BUSY and (self.counts or self.late > _LATE)


def is_overloaded(rounds: Iterable[LoadResult]) -> bool:
    """Tell whether the load generator had no time left in one of the rounds."""
    return _generator(tuple(rounds)).is_overloaded


def _generator(rounds: Sequence[LoadResult]) -> _Generator:
    return _Generator(
        late=max((one.lag_p99 for one in rounds), default=0.0),
        busy=max((one.processor_share for one in rounds), default=0.0),
        counts=any(one.windows for one in rounds),
    )


def operations_of(evidence: LatencyEvidence, options: LatencyOptions) -> Load:
    """Return every operation, in the order of the session, and how each ended against its limit."""
    generator = _generator(evidence.rounds)
    columns = columns_of(evidence.rounds)
    window = math.fsum(one.window for one in evidence.rounds)
    often = RARELY * max((len(seconds) for _, seconds, _ in columns.values()), default=0)
    operations = []
    for name, (starts, seconds, statuses) in columns.items():
        failures, refusals = _divided(statuses, evidence.expected.get(name, ()))
        bare = Operation(
            name=name,
            timings=Timings(starts, seconds),
            window=window,
            limit=options.limits.get(name, options.limit) / 1000,
            failures=failures,
            refusals=refusals,
            is_doubtful=generator.is_overloaded,
        )
        judged = _judged(bare, generator)
        # Where somebody else says what is played how often, what is rare does not hold up all the others.
        is_rare = evidence.think_time is None and evidence.rate is None and name not in options.limits
        is_rare = is_rare and judged.requests < min(often, FEWEST_SAMPLES)
        operations.append(replace(judged, ending=TOO_RARE) if is_rare and judged.ending == INCONCLUSIVE else judged)
    whole = Operation(
        name=ALL_REQUESTS,
        timings=Timings(
            [start for starts, _, _ in columns.values() for start in starts],
            [second for _, seconds, _ in columns.values() for second in seconds],
        ),
        window=window,
        # Who allows one operation more, allows all of them together what that one makes of it.
        limit=None if any(options.limits.get(name, 0) > options.limit for name in columns) else options.limit / 1000,
        failures=_summed(one.failures for one in operations),
        refusals=_summed(one.refusals for one in operations),
        is_doubtful=generator.is_overloaded,
    )
    return Load(whole=_judged(whole, generator), operations=tuple(operations))


def _divided(statuses: Counter[int], expected: Sequence[int]) -> tuple[Counter[int], Counter[int]]:
    """Return the failures and the refusals among statuses."""
    wrong = {status: n for status, n in statuses.items() if n and status not in expected and not 200 <= status < 400}
    failures = {status: n for status, n in wrong.items() if status not in REFUSALS}
    return Counter(failures), Counter({status: n for status, n in wrong.items() if status in REFUSALS})


def _summed(counts: Iterable[Mapping[int, int]]) -> Counter[int]:
    total = Counter[int]()
    for count in counts:
        total.update(count)
    return total


def _judged(bare: Operation, generator: _Generator) -> Operation:
    """Return the operation with its interval and its ending."""
    if not bare.requests:
        return replace(bare, why="no request of it was measured")
    p95 = bare.timings.interval(_JUDGED)
    if generator.counts:
        p95 = replace(p95, low=p95.low - _rounding(p95.low), high=p95.high + _rounding(p95.high))
    if bare.limit is None:
        return replace(bare, p95=p95, ending=PASSED)
    ending, why = _ending(p95, bare.limit, bare.requests, generator)
    return replace(bare, p95=p95, ending=ending, why=why)


def _ending(p95: Interval, limit: float, requests: int, generator: _Generator) -> tuple[str, str]:
    if p95.low > limit and requests >= _FEWEST_TO_FAIL:
        if generator.is_overloaded:
            return INCONCLUSIVE, _overload(generator)
        is_certain = p95.low - _TIMES_LATE * generator.late > limit
        return (FAILED, "") if is_certain else (INCONCLUSIVE, _lateness(generator))
    if requests < FEWEST_SAMPLES:
        return INCONCLUSIVE, f"{requests:,} requests are too few to judge a p95 by: {FEWEST_SAMPLES:,} are the least"
    if generator.is_overloaded:
        return INCONCLUSIVE, _overload(generator)
    return (PASSED, "") if p95.high <= limit else (INCONCLUSIVE, "the limit lies within what the p95 may be")


def _rounding(seconds: float) -> float:
    """Return by how much a time of two digits, and whole milliseconds, may differ from what was measured."""
    if not 0 < seconds < math.inf:
        return 0.0
    return max(math.pow(10, math.floor(math.log10(seconds * 1000) + 1e-9) - 1), 1.0) / 2000


def _overload(generator: _Generator) -> str:
    share = math.floor(generator.busy * 100)
    late = "" if generator.counts else f" and late by up to {_late(generator)}"
    return f"the load generator was overloaded, at {share} % of a processor{late}"


def _lateness(generator: _Generator) -> str:
    return f"the load generator itself was late by up to {_late(generator)}"


def _late(generator: _Generator) -> str:
    return f"{generator.late * 1000:.0f} ms"


def _least_share(failed: int, requests: int) -> float:
    """Return the least share that would let so many fail by chance, by Wilson's interval (1927) of 95 %."""
    z2 = 1.96**2
    share = failed / requests
    spread = 1.96 * math.sqrt(share * (1 - share) / requests + z2 / (4 * requests * requests))
    return max((share + z2 / (2 * requests) - spread) / (1 + z2 / requests), 0.0)

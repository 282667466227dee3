"""Quantiles of response times, and how far they can be trusted: samples that follow each other are alike. Pure.

The interval of a quantile is Woodruff's (1952, https://doi.org/10.2307/2280781): order statistics, at the ranks that
the binomial distribution gives for as many samples as the measured ones are worth. What they are worth is told by how
much the share of slow ones differs from one stretch of time to the next (batch means): a stall of a second makes fifty
slow samples, and is one event. Why so: docs/adr/latency-verdict.md; simulated in benchmarks/latency_verdict.py.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

_NORMAL = 1.959964
_TAIL = 0.025
_FINEST = 60
# (How many of the finest batches make one, the 97.5th percentile of Student's t for so many batches less one.) Many
# short ones tell the most; few long ones see what lasts.
_BATCHES = ((1, 2.001), (3, 2.093), (6, 2.262))
_REFINEMENTS = 2
_PERCENTILES_OF_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate, and between what it lies with a confidence of 95 %. `high` is infinite where nobody can say."""

    value: float
    low: float
    high: float


class Timings:
    """Response times: `starts` and `seconds` are parallel, in any order."""

    __slots__ = ("_starts", "ordered", "starts")

    def __init__(self, starts: Sequence[float], seconds: Sequence[float]) -> None:
        by_length = sorted(range(len(seconds)), key=seconds.__getitem__)
        self.starts = starts
        self.ordered = [seconds[at] for at in by_length]
        self._starts = [starts[at] for at in by_length]

    def __len__(self) -> int:
        return len(self.ordered)

    def pairs(self) -> Iterable[tuple[float, float]]:
        """Return when each started and how long it took."""
        return zip(self._starts, self.ordered, strict=True)

    def quantile(self, share: float) -> float:
        """Return the time that `share` (0.0 to 1.0) of all do not exceed.

        Raises:
            ValueError: there are none.
        """
        if not self.ordered:
            raise ValueError("nothing was timed")
        return self.ordered[max(math.ceil(share * len(self.ordered)), 1) - 1]

    def interval(self, share: float) -> Interval:
        """Estimate a quantile of what these are samples of, at most as sure as such samples can be.

        Raises:
            ValueError: there are none.
        """
        value = self.quantile(share)
        batches = _Batches(self.starts)
        at_value = self._inflation(value, batches)
        low = self._low(share, at_value)
        for _ in range(_REFINEMENTS):
            # Whether a time is an end is decided by how those vary that exceed *it*.
            low = self._low(share, max(at_value, self._inflation(low, batches)))
        return Interval(value=value, low=min(low, value), high=max(self._high(share, batches), value))

    def _low(self, share: float, inflation: float) -> float:
        number = len(self)
        worth = max(int(number / inflation), 1)
        above = math.ceil(_exceeding(worth, 1 - share)[1] * number / worth)
        return self.ordered[number - above] if above <= number else 0.0

    def _high(self, share: float, batches: "_Batches") -> float:
        """Return the shortest time that surely fewer exceed than a quantile may.

        What comes and goes and makes many a little slower does not count there: hardly any of them is as slow as that.
        """
        number = len(self)

        def are_too_many(above: int) -> bool:
            worth = max(int(number / self._inflation(self.ordered[number - above - 1], batches)), 1)
            return above > _exceeding(worth, 1 - share)[0] * number / worth

        first = bisect_left(range(number - math.ceil(share * number) + 1), True, key=are_too_many)
        return self.ordered[number - first] if first else math.inf

    def _inflation(self, limit: float, batches: "_Batches") -> float:
        """Return how many samples are worth one, by how the share of those that exceed `limit` varies; 1.0 at least.

        Where many are exactly as long, both those that exceed it and those that reach it are looked at.
        """
        above, reaching = bisect_right(self.ordered, limit), bisect_left(self.ordered, limit)
        inflation = batches.inflation(self._starts[above:])
        return inflation if above - reaching < 2 else max(inflation, batches.inflation(self._starts[reaching:]))


def ratio(base: Sequence[float], head: Sequence[float]) -> Interval | None:
    """Estimate by which factor `head` is greater than `base`, of figures that were measured in turn.

    Returns None where there are too few pairs to say how much they differ by chance.
    """
    pairs = [math.log(after / before) for before, after in zip(base, head, strict=False) if before > 0 and after > 0]
    if len(pairs) < 2:
        return None
    mean = math.fsum(pairs) / len(pairs)
    variance = math.fsum((pair - mean) ** 2 for pair in pairs) / (len(pairs) - 1)
    freedom = len(pairs) - 1
    t = _PERCENTILES_OF_T[freedom - 1] if freedom <= len(_PERCENTILES_OF_T) else _BATCHES[-1][1]
    half = t * math.sqrt(variance / len(pairs))
    # The exponential of what hardly any time can be would be no number.
    return Interval(value=math.exp(mean), low=math.exp(mean - min(half, 50)), high=math.exp(mean + min(half, 50)))


class _Batches:
    """A measurement divided into batches of equal time."""

    __slots__ = ("_first", "_number", "_scale", "_sizes")

    def __init__(self, starts: Sequence[float]) -> None:
        rising = sorted(starts)
        self._number = len(rising)
        self._first, length = rising[0], rising[-1] - rising[0]
        self._scale = _FINEST / length * (1 - 1e-9) if length > 0 else 0.0
        ends = [bisect_left(rising, self._first + length * at / _FINEST) for at in range(1, _FINEST)]
        self._sizes = [end - begin for begin, end in pairwise((0, *ends, self._number))]

    def inflation(self, slow: Sequence[float]) -> float:
        """Return by how much the share of those that started at `slow` varies more than chance has it; 1.0 at least."""
        share = len(slow) / self._number
        if share in (0.0, 1.0) or not self._scale:
            return 1.0
        counts = [0] * _FINEST
        for start in slow:
            counts[int((start - self._first) * self._scale)] += 1
        worst = 1.0
        for together, t in _BATCHES:
            places = range(0, _FINEST, together)
            sizes = [sum(self._sizes[at : at + together]) for at in places]
            excess = sum((sum(counts[at : at + together]) - share * sizes[at // together]) ** 2 for at in places)
            filled = sum(map(bool, sizes))
            if filled > 1:
                variance = excess * filled / (filled - 1) / self._number
                worst = max(worst, variance / (share * (1 - share)) * (t / _NORMAL) ** 2)
        return worst


@lru_cache(maxsize=1024)
def _exceeding(number: int, share: float) -> tuple[int, int]:
    """Return between how many of `number` exceed a quantile that `share` exceed: fewer, or more, are a rare chance.

    The first is the most that so few are as rare as 2.5 %, -1 where even none is not; the second is the least that so
    many are.
    """
    rest = 1 - share
    # Seven deviations below the mean there is nothing to add up.
    many = max(int(number * share - 7 * math.sqrt(number * share * rest)), 0)
    ways = math.lgamma(number + 1) - math.lgamma(many + 1) - math.lgamma(number - many + 1)
    chance = math.exp(ways + many * math.log(share) + (number - many) * math.log(rest))
    fewer, below = many - 1, 0.0
    while many <= number and 1 - below > _TAIL:
        below += chance
        fewer = many if below <= _TAIL else fewer
        chance *= (number - many) / (many + 1) * share / rest
        many += 1
    return fewer, many

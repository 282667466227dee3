"""How often latencies fell where, in little space however many they are: for merging and for drawing.

A histogram of high dynamic range, as Gil Tene's HdrHistogram (https://hdrhistogram.github.io/HdrHistogram/): buckets of
one width up to 2,048 µs, from there on of twice the width each time the value doubles. What it says is true to 0.05 %,
from microseconds to hours. It holds no raw samples, and knows neither operations nor limits.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_MICROSECONDS = 1_000_000
# Buckets of one width: a value of at least half as many microseconds is known to one part in 1,024.
_BITS = 11
_LONGEST_SECONDS = 86_400.0
# In how many parts a decade is drawn, the finest that fits: 5 parts end at 1.58, 2.51, 3.98, 6.31 and 10.
_PARTS_OF_A_DECADE = (640, 320, 160, 80, 40, 20, 10, 5, 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyHistogram:
    """Counts by bucket. Make one with `histogram_of`; an empty one is `LatencyHistogram(counts={})`."""

    counts: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many values there are."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float:
        """Return the value in seconds that `share` (0.0 to 1.0) of all values do not exceed.

        Raises:
            ValueError: there are no values.
        """
        if not self.counts:
            raise ValueError("an empty histogram has no quantiles")
        wanted = max(1, math.ceil(share * self.count))
        index = max(self.counts)
        for index in sorted(self.counts):
            wanted -= self.counts[index]
            if wanted <= 0:
                break
        low, high = _ends(index)
        # A bucket of one microsecond holds the values that were rounded down to it.
        return (low + high) / 2 / _MICROSECONDS

    def buckets(self, most: int = 40) -> tuple[tuple[float, int], ...]:
        """Return (upper end in seconds, count) for drawing: `most` at most, of one width on a logarithmic scale.

        They rise without a gap from the first that holds a value to the last that does; () where there are none.
        """
        if not self.counts:
            return ()
        middles = {index: max(sum(_ends(index)) / 2, 1) / _MICROSECONDS for index in self.counts}
        for parts in _PARTS_OF_A_DECADE:
            steps = {index: math.ceil(math.log10(middle) * parts - 1e-9) for index, middle in middles.items()}
            first, last = min(steps.values()), max(steps.values())
            if last - first < most:
                break
        drawn = Counter[int]()
        for index, step in steps.items():
            # Where not even a bucket a decade would do, what is longer than the last bucket is counted in it.
            drawn[min(step, first + most - 1)] += self.counts[index]
        return tuple((10 ** (step / parts), drawn[step]) for step in range(first, min(last, first + most - 1) + 1))


def histogram_of(seconds: Iterable[float]) -> LatencyHistogram:
    """Count latencies in seconds. What is below nought counts as nought, what takes longer than a day as a day."""
    return LatencyHistogram(counts=Counter(map(_index, seconds)))


def merged(histograms: Iterable[LatencyHistogram]) -> LatencyHistogram:
    """Return one histogram of the values of all."""
    counts = Counter[int]()
    for histogram in histograms:
        counts.update(histogram.counts)
    return LatencyHistogram(counts=counts)


def _index(seconds: float) -> int:
    """Return the bucket of a value: its leading bits, behind how far they are shifted."""
    value = int(min(max(0.0, seconds), _LONGEST_SECONDS) * _MICROSECONDS)  # NaN is not above nought
    shift = max(0, value.bit_length() - _BITS)
    return (shift << (_BITS - 1)) + (value >> shift)


def _ends(index: int) -> tuple[int, int]:
    """Return the microseconds from which, and until before which, values are in a bucket."""
    shift = max(0, (index >> (_BITS - 1)) - 1)
    leading = index - (shift << (_BITS - 1))
    return leading << shift, (leading + 1) << shift

"""Makes response times of which the truth is known: independent ones, and such as follow each other. In seconds.

Every process takes when requests started, rising, and returns how long each took. Judges nothing.
"""

import math
import random
from collections.abc import Callable, Sequence

RATE = 50.0
"""Requests a second: fifty users who think for a second."""
SPREAD = 0.44
"""Of the logarithm. With it, 1,000 samples of a p95 of 490 ms show more than 500 ms one time in four."""

_Z95 = 1.644854

Process = Callable[[Sequence[float], random.Random], list[float]]


def starts_of(number: int, chance: random.Random) -> list[float]:
    """Return when so many requests start, by chance."""
    return sorted(chance.random() * number / RATE for _ in range(number))


def lognormal(p95: float) -> Process:
    """Return a process of independent times whose 95th percentile is `p95`."""
    median = p95 / math.exp(_Z95 * SPREAD)
    return lambda starts, chance: [median * math.exp(SPREAD * chance.gauss(0, 1)) for _ in starts]


def in_waves(starts: Sequence[float], chance: random.Random) -> list[float]:
    """Half of the spread is of something beside it that comes and goes within a second or two."""
    wave, before, times = chance.gauss(0, 1), 0.0, []
    for start in starts:
        kept = math.exp(before - start)
        wave, before = kept * wave + math.sqrt(1 - kept * kept) * chance.gauss(0, 1), start
        times.append(math.exp(SPREAD * math.sqrt(0.5) * (wave + chance.gauss(0, 1))) / 10)
    return times


def heavy_tailed(starts: Sequence[float], chance: random.Random) -> list[float]:
    """Pareto's distribution, so that a few are a hundred times as long as most."""
    return [chance.paretovariate(1.5) / 20 for _ in starts]


def stalled(starts: Sequence[float], chance: random.Random) -> list[float]:
    """Every five seconds or so nobody is answered for 0.6 s: who comes then waits for the rest of it."""
    begin, times = chance.expovariate(1 / 5), []
    for start in starts:
        while start > begin + 0.6:
            begin += 0.6 + chance.expovariate(1 / 5)
        times.append(max(begin + 0.6 - start, 0.0) if start >= begin else 0.0)
    return [time + 0.05 * math.exp(0.3 * chance.gauss(0, 1)) for time in times]


PROCESSES: dict[str, Process] = {
    "independent": lognormal(0.1),
    "in waves": in_waves,
    "heavy-tailed": heavy_tailed,
    "stalled": stalled,
}


def truth_of(process: Process, number: int = 400_000) -> float:
    """Return a process's 95th percentile, as near as so many samples know it."""
    chance = random.Random(99)  # noqa: S311 - nothing is secret
    return sorted(process(starts_of(number, chance), chance))[number * 95 // 100]

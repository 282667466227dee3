"""How often the verdict on a p95 is wrong, and how often it is none: simulated, on times of which the truth is known.

No service runs, and no clock is read but to say how long the judging takes: the same figures on every machine.
"""

import random
import sys
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from comparison import Arguments, Result, main
from made_latencies import PROCESSES, Process, lognormal, starts_of, truth_of

from gate.gates.latency.statistics import Interval, Timings

LIMIT = 0.5
# Of 400 runs, 2.5 % are ten; more than eighteen are rarer than one time in a hundred.
_MISSES = 4.5


def measured(process: Process, number: int, seed: int) -> Interval:
    """Return the interval that so many samples of a process give."""
    chance = random.Random(seed)  # noqa: S311 - nothing is secret
    starts = starts_of(number, chance)
    return Timings(starts, process(starts, chance)).interval(0.95)


def share_of(name: str, limit: float, wrong: Sequence[bool], seconds: float, note: str = "") -> Result:
    """Make a row: how many percent were wrong, and the seconds of one judgement."""
    each = seconds / len(wrong)
    return Result(
        name=name,
        ratio=100 * sum(wrong) / len(wrong),
        limit=limit,
        ours_seconds=each,
        theirs_seconds=each,
        runs=len(wrong),
        unit="%",
        note=note,
    )


def near_the_limit(runs: int) -> list[Result]:
    """Judge 3,000 samples whose true p95 is under or over a limit of 500 ms."""
    rows = []
    for true, number in product((0.46, 0.49, 0.54), (1_000, 3_000)):
        begin = time.perf_counter()
        found = [measured(lognormal(true), number, seed) for seed in range(runs)]
        seconds = time.perf_counter() - begin
        passed, failed = [one.high <= LIMIT for one in found], [one.low > LIMIT for one in found]
        naive = sum(one.value > LIMIT for one in found) if true < LIMIT else sum(one.value <= LIMIT for one in found)
        words = f"true p95 {true * 1000:.0f} ms, limit 500, {number:,} samples"
        note = f"{100 * sum(passed) / runs:.1f} % pass, {100 * sum(failed) / runs:.1f} % fail, the rest is inconclusive"
        note += f"; the p95 alone would be wrong in {100 * naive / runs:.1f} %"
        rows.append(share_of(f"wrong verdict, {words}", 2.5, failed if true < LIMIT else passed, seconds, note))
        if number == 3_000 and true != 0.49:
            missing = [not one for one in (passed if true < LIMIT else failed)]
            rows.append(share_of(f"no verdict, {words}", 5.0, missing, seconds))
    return rows


def coverage(runs: int) -> list[Result]:
    """Count how often the interval of 3,000 samples lies above the truth, which would be a false alarm."""
    rows = []
    for name, process in PROCESSES.items():
        truth = truth_of(process)
        begin = time.perf_counter()
        found = [measured(process, 3_000, seed) for seed in range(runs)]
        seconds = time.perf_counter() - begin
        note = f"{100 * sum(one.high < truth for one in found) / runs:.1f} % lie below it"
        above = [one.low > truth for one in found]
        rows.append(share_of(f"interval above the truth, {name} times", _MISSES, above, seconds, note))
    return rows


def twenty_operations() -> Result:
    """Time the intervals of 20 operations with 3,000 samples each."""
    chance = random.Random(1)  # noqa: S311 - nothing is secret
    columns = [(starts := starts_of(3_000, chance), lognormal(0.1)(starts, chance)) for _ in range(20)]
    begin = time.process_time()
    for starts, seconds in columns:
        Timings(starts, seconds).interval(0.95)
    took = time.process_time() - begin
    return Result(
        name="20 intervals of 3,000 samples, in milliseconds of one processor",
        ratio=took * 1000,
        limit=50,
        ours_seconds=took,
        theirs_seconds=took,
        runs=1,
        unit="ms",
    )


def measure(arguments: Arguments) -> list[Result]:
    """Simulate everything."""
    return [*near_the_limit(arguments.runs), *coverage(arguments.runs), twenty_operations()]


if __name__ == "__main__":
    main(measure, runs=400, quick_runs=60)

"""Everything that was measured of an operation, in all rounds, as columns: of samples and of counts alike. Pure."""

from collections import Counter
from collections.abc import Sequence

from gate.load_ports import CountedWindow, LoadResult

Columns = tuple[list[float], list[float], Counter[int]]
"""When requests started and how long they took, in seconds, and how many had which status."""


def columns_of(rounds: Sequence[LoadResult]) -> dict[str, Columns]:
    """Return what was measured of each operation, one round after the other."""
    columns: dict[str, Columns] = {}
    begin = 0.0
    for one in rounds:
        for samples in one.samples:
            starts, seconds, statuses = columns.setdefault(samples.operation, ([], [], Counter()))
            starts += [begin + start for start in samples.starts]
            seconds += samples.seconds
            statuses.update(samples.statuses)
        for window in one.windows:
            _count(window, begin, columns.setdefault(window.operation, ([], [], Counter())))
        begin += one.window
    return columns


def _count(window: CountedWindow, begin: float, columns: Columns) -> None:
    starts, seconds, statuses = columns
    for length, count in window.times:
        starts += [begin + window.start] * count
        seconds += [length] * count
    failed = dict(window.failures)
    statuses.update(failed)
    statuses[200] += sum(count for _, count in window.times) - sum(failed.values())

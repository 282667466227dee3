"""Which shard runs which test. Every shard decides alike, from the names of the tests and recorded durations alone.

Imports nothing but the standard library, works with Python 3.9, and reads no file.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence


def assign(units: Mapping[str, Sequence[str]], total: int, durations: Mapping[str, float]) -> dict[str, int]:
    """Return the shard, from 1 to `total`, of each unit: of tests that stay together, by the names of the tests.

    With the duration, in seconds, of some test the longest go first, each to the shard that has least; a test whose
    duration is not known counts as the mean of the others. Without any, a unit's own name decides: where tests are
    added or a shard is, as few as possible move.
    """
    known = [durations[test] for tests in units.values() for test in tests if test in durations]
    if not known:
        return {unit: _highest(unit, total) for unit in units}
    # Exact sums: the order of the tests may be another in each shard.
    mean = math.fsum(known) / len(known)
    weights = {unit: math.fsum(durations.get(test, mean) for test in tests) for unit, tests in units.items()}
    load = [(0.0, 0, shard) for shard in range(1, total + 1)]
    shards: dict[str, int] = {}
    for unit in sorted(units, key=lambda unit: (-weights[unit], unit)):
        least, count, shard = min(load)
        load[shard - 1] = (least + weights[unit], count + len(units[unit]), shard)
        shards[unit] = shard
    return shards


def digest(assigned: Iterable[tuple[str, int]]) -> str:
    """Return what all shards must agree on: a digest over every test with its shard, in whatever order."""
    lines = sorted(f"{shard} {test}" for test, shard in assigned)
    return hashlib.sha256(_bytes("\n".join(lines))).hexdigest()


def _highest(unit: str, total: int) -> int:
    """Choose by rendezvous hashing: https://en.wikipedia.org/wiki/Rendezvous_hashing."""
    return max(range(1, total + 1), key=lambda shard: hashlib.sha256(_bytes(f"{shard} {unit}")).digest())


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

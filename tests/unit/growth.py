"""How the time of reading grows with what is read: no second is measured against a clock on the wall."""

import time
from collections.abc import Callable

# For reading that takes no more than this, what else the machine does decides.
_FLOOR_SECONDS = 0.005
_TIMES = 8
STEEP = 24
"""More than what is linear (8) or linear with a logarithm, less than what is quadratic (64)."""


def growth(read: Callable[[int], object], size: int) -> float:
    """Return how many times as long `read(8 * size)` takes the processor as `read(size)`, the best of three each."""
    return _seconds(read, _TIMES * size) / _seconds(read, size)


def _seconds(read: Callable[[int], object], size: int) -> float:
    def once() -> float:
        started = time.process_time()
        read(size)
        return time.process_time() - started

    return _FLOOR_SECONDS + min(once() for _ in range(3))

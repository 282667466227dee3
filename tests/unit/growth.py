"""How the time of reading grows with what is read: no second is measured against a clock on the wall."""

import math
import time
from collections.abc import Callable

# For reading that takes no more than this, what else the machine does decides.
_FLOOR_SECONDS = 0.005
_TIMES = 8
STEEP = 24
"""More than what is linear (8) or linear with a logarithm, less than what is quadratic (64)."""


_TRIES = 3


def growth(read: Callable[[int], object], size: int) -> float:
    """Return how many times as long `read(8 * size)` takes the processor as `read(size)`, the best of three each.

    The long one is not tried again once it is no steeper than it may be.
    """
    short = min(_seconds(read, size) for _ in range(_TRIES))
    found = math.inf
    for _ in range(_TRIES):
        found = min(found, _seconds(read, _TIMES * size) / short)
        if found < STEEP:
            break
    return found


def _seconds(read: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    read(size)
    return _FLOOR_SECONDS + time.process_time() - started

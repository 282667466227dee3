"""Turns of two services that are measured in one run: how many, how long, in which order. In seconds. Pure.

Noise of a machine comes and goes in seconds. So turns are short, and each of the two is as often the first as the
second: base after change, change after base.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from gate.load_ports import LoadPlan

# Turns of about five seconds, as many as an interval needs, and not so many that their beginnings take the time.
_LENGTH = 5.0
_FEWEST, _MOST = 6, 16
_SHORTEST = 1.0
# Of fewer samples, a p95 is nearly the longest of them.
_FEWEST_SAMPLES = 60
_TIMES_THINKING = 3.0
# A service that runs already is warm: only who plays must have begun.
_WARM_UP = 1.0
# The process of a load starts, and its users begin.
_BEGINNING = 1.0
_TIMES_LATE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """`pairs` of turns, each played by `plan`, the first of each service by `first`; `seconds`: about all of them."""

    pairs: int
    first: LoadPlan
    plan: LoadPlan
    seconds: float

    @property
    def order(self) -> Iterable[tuple[bool, LoadPlan]]:
        """Yield whose turn it is (True: the change's), and its plan."""
        for number in range(self.pairs):
            for is_head in (True, False) if number % 2 == 0 else (False, True):
                yield is_head, self.plan if number else self.first


def turns_of(plan: LoadPlan, about: float) -> Turns:
    """Divide a load that takes `about` so long, its warm-up included, into turns, and have as many of another."""
    window = max(about - plan.warm_up, 0.1)
    pairs = min(max(2 * round(window / _LENGTH / 2), _FEWEST), _MOST)
    samples = max(math.ceil(plan.samples / pairs), _FEWEST_SAMPLES)
    shortest = max(_SHORTEST, _TIMES_THINKING * plan.think_time if plan.rate is None else 0.0)
    length = max(window * samples / plan.samples, shortest)
    samples = max(samples, math.ceil(plan.samples * length / window))
    warm_up = min(plan.warm_up, max(_WARM_UP, plan.think_time))
    longest = max(plan.longest / pairs, _TIMES_LATE * length)
    part = replace(
        plan,
        samples=samples,
        longest=longest,
        warm_up=warm_up,
        duration=None if plan.duration is None else max(plan.duration / pairs, shortest),
    )
    seconds = 2 * (plan.warm_up - warm_up + pairs * (length + warm_up + _BEGINNING))
    return Turns(pairs=pairs, first=replace(part, warm_up=plan.warm_up), plan=part, seconds=seconds)

"""Turns of two services that are measured in one run: how many, how long, in which order. In seconds. Pure.

Noise of a machine comes and goes in seconds. So turns are short and equally long, and each of the two services is as
often the first as the second: change, base, base, change, and so on.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gate.load_ports import LoadPlan, LoadResult

# As many turns as an interval needs, and not so many that their beginnings take the time.
_LENGTH = 5.0
_FEWEST, _MOST = 6, 16
_MORE = 4
_SHORTEST = 1.0
_TIMES_THINKING = 3.0
# A service that runs already is warm: only who plays must have begun.
_WARM_UP = 1.0
# The process of a load starts, and its users begin.
_BEGINNING = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """`pairs` of turns of a load that is to have the samples of `plan`, each of `length` seconds."""

    plan: LoadPlan
    pairs: int
    length: float

    @property
    def seconds(self) -> float:
        """About how long all of them take."""
        first = self.plan.warm_up - _warm_up(self.plan)
        return 2 * (first + self.pairs * (self.length + _warm_up(self.plan) + _BEGINNING))

    def turn(self, number: int) -> LoadPlan:
        """Return the load of one turn of a pair: the first pair tells how long the others must be."""
        warm_up = _warm_up(self.plan) if number else self.plan.warm_up
        return replace(self.plan, warm_up=warm_up, duration=self.length if number else _shortest(self.plan))

    def is_done(self, done: Sequence[LoadResult]) -> bool:
        """Tell whether so many turns of the change are enough; a few more are played where samples are lacking."""
        if len(done) < self.pairs or self.plan.duration is not None:
            return len(done) >= self.pairs
        return len(done) >= self.pairs + _MORE or _least(done) >= self.plan.samples

    def after(self, first: LoadResult) -> "Turns":
        """Return the turns that there are to be, now that it is known how many samples one has."""
        steps = Counter(step.operation for user in self.plan.users for step in user.steps)
        # In so short a time, who begins a session has not played its end.
        had = sum(len(one.seconds) for one in first.samples) * min(steps.values()) / steps.total()
        if self.plan.duration is not None or not had:
            return self
        return turns_of(self.plan, first.window * self.plan.samples / had)


def turns_of(plan: LoadPlan, window: float) -> Turns:
    """Divide a load that takes so long, without its warm-up, into turns."""
    pairs = min(max(2 * round(window / _LENGTH / 2), _FEWEST), _MOST)
    return Turns(plan=plan, pairs=pairs, length=max(window / pairs, _shortest(plan)))


def is_first(number: int) -> bool:
    """Tell whether it is the change that is measured first in a pair."""
    return number % 2 == 0


def _least(done: Sequence[LoadResult]) -> int:
    """Return how many samples the operation has that has the fewest."""
    counts = Counter[str]()
    for one in (samples for result in done for samples in result.samples):
        counts[one.operation] += len(one.seconds)
    return min(counts.values(), default=0)


def _warm_up(plan: LoadPlan) -> float:
    return min(plan.warm_up, max(_WARM_UP, plan.think_time))


def _shortest(plan: LoadPlan) -> float:
    return max(_SHORTEST, math.ceil(_TIMES_THINKING * plan.think_time) if plan.rate is None else 0.0)

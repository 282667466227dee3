"""How long to go on with a service that fails: bounded in failures and in time. Sends nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from gate.ports import ReportingTrouble

_MAX_FAILURES_IN_A_ROW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, to be replaced in tests: a steady clock, the time of day, and sleep; all in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


class Patience:
    """Waits between attempts; all requests together begin within `seconds` of the first one."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._started: float | None = None
        self._failures = 0

    def begin(self) -> None:
        """Begin a request; the first one starts the clock.

        Raises:
            ReportingTrouble: the time is over.
        """
        if self._started is None:
            self._started = self._clock.monotonic()
        if self._left() <= 0:
            raise ReportingTrouble(f"GitHub is too slow: {self._seconds:.0f} s are over")

    def succeeded(self) -> None:
        """Forget the failures so far."""
        self._failures = 0

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of patience."""
        self._clock.sleep(max(0.0, min(seconds, self._left())))

    def wait(self, failure: str, asked: float | None) -> None:
        """Wait after a failure (a sentence) for as long as was `asked`, else 1, 2, 4 … seconds.

        Raises:
            ReportingTrouble: with that sentence; it is of no use, or would take too long.
        """
        self._failures += 1
        seconds = 2.0 ** (self._failures - 1) if asked is None else asked
        left = self._left()
        if self._failures == _MAX_FAILURES_IN_A_ROW:
            self._failures = 0
            raise ReportingTrouble(f"{failure}; given up after {_MAX_FAILURES_IN_A_ROW} attempts")
        if seconds >= left:
            self._failures = 0
            raise ReportingTrouble(
                f"{failure}; given up: the next attempt would be in {seconds:.0f} s, and there are "
                f"{max(left, 0.0):.0f} s of {self._seconds:.0f} s left"
            )
        self._clock.sleep(seconds)

    def _left(self) -> float:
        since = 0.0 if self._started is None else self._clock.monotonic() - self._started
        return self._seconds - since

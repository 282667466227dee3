"""Decides when a load is over, and why. Waits for nothing and sends nothing."""

import asyncio
import time

from gate.adapters.load.record import MOST_SAMPLES, Record
from gate.load_ports import LoadPlan

# A service that is gone: nobody had an answer for so long, and so many or all in turn had none.
_SILENT_SECONDS = 5.0
_SILENT_REQUESTS = 20


class Ending:
    """Tells when a load is over: `over` is set then, `reason` says why, `trouble` what is wrong with that."""

    def __init__(self, plan: LoadPlan, record: Record) -> None:
        self._plan = plan
        self._record = record
        self._silent = 0
        self._answered_at = time.perf_counter()
        self.over = asyncio.Event()
        self.at = 0.0
        self.reason = ""
        self.trouble = ""
        self.failure: BaseException | None = None

    @property
    def longest(self) -> float:
        """How many seconds the timed window may take."""
        return self._plan.longest if self._plan.duration is None else self._plan.duration

    def note(self, *, answered: bool) -> None:
        """Note that a request has ended."""
        if answered:
            self._silent = 0
            self._answered_at = time.perf_counter()
        else:
            self._silent += 1
        if self._plan.duration is None and self._record.is_enough:
            self.end(f"every operation has {self._plan.samples:,} samples")
        elif self._record.is_full:
            self.end(f"there are {MOST_SAMPLES:,} samples", "no more samples are kept, and it ended early")
        elif self._silent >= max(_SILENT_REQUESTS, len(self._plan.users)):
            silence = time.perf_counter() - self._answered_at
            if silence >= _SILENT_SECONDS:
                self.end("the service answered nothing any longer", f"nothing was answered in the last {silence:.0f} s")

    def time_is_up(self) -> None:
        """Note that the timed window is as long as it may be."""
        given = "as it was to" if self._plan.duration is not None else "the longest it may take"
        self.end(f"it took {self.longest:g} s, {given}")

    def fail(self, error: BaseException) -> None:
        """End it because the generator itself has a fault."""
        self.failure = self.failure or error
        self.end("the load generator has a fault")

    def end(self, reason: str, trouble: str = "") -> None:
        """End it, unless it has ended."""
        if not self.over.is_set():
            self.at, self.reason, self.trouble = time.perf_counter(), reason, trouble
            self.over.set()

"""Watches the generator itself while it plays: how late its event loop is, and how much of a processor it takes."""

import asyncio
import gc
import time
from array import array

_TICK_SECONDS = 0.01
_TICKS_BETWEEN_COLLECTIONS = 100


class Watch:
    """Measures from `begin` to `end`. Meanwhile the collector of garbage looks at what is young, and only then."""

    def __init__(self) -> None:
        self._late = array("d")
        self._began = self._processor = 0.0
        self._ticking: asyncio.TimerHandle | None = None
        self.seconds = self.processor_seconds = 0.0

    def begin(self) -> None:
        """Begin to measure. All that there is by now is kept, and no collection looks at it again."""
        gc.collect()
        if hasattr(gc, "freeze"):  # not in PyPy
            gc.freeze()
        gc.disable()
        self._began, self._processor = time.perf_counter(), time.process_time()
        self._tick(self._began)

    def _tick(self, due: float) -> None:
        self._late.append(max(0.0, time.perf_counter() - due))
        if len(self._late) % _TICKS_BETWEEN_COLLECTIONS == 0:
            gc.collect(1)
        next_due = time.perf_counter() + _TICK_SECONDS
        self._ticking = asyncio.get_running_loop().call_later(_TICK_SECONDS, self._tick, next_due)

    def end(self) -> None:
        """Stop; safe where it never began."""
        if self._ticking is None:
            return
        self._ticking.cancel()
        self.seconds = time.perf_counter() - self._began
        self.processor_seconds = time.process_time() - self._processor
        gc.enable()
        if hasattr(gc, "unfreeze"):
            gc.unfreeze()

    @property
    def lag_p99(self) -> float:
        """By how many seconds the loop was late, at the 99th percentile."""
        late = sorted(self._late)
        return late[(len(late) - 1) * 99 // 100] if late else 0.0

    @property
    def processor_share(self) -> float:
        """The share of one processor that was used."""
        return min(1.0, self.processor_seconds / self.seconds) if self.seconds > 0 else 0.0

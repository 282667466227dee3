"""How late and how busy a process is that loads a service. Decides nothing.

Imports nothing but the standard library and, once it looks, gevent; works with Python 3.9.
"""

import time

_TICK = 0.01


class Watch:
    """How late this process is, and how busy, from `begin` to `end`, in seconds since the epoch."""

    def __init__(self) -> None:
        self.begin: "float | None" = None
        self.end: "float | None" = None
        self.lags: "list[float]" = []
        self.processor = 0.0
        self.seconds = 0.0

    def run(self) -> None:
        """Look again and again."""
        import gevent  # type: ignore[import-untyped,unused-ignore]

        before = None
        while True:
            due = time.perf_counter() + _TICK
            gevent.sleep(_TICK)
            now = time.time()
            counts = self.begin is not None and now >= self.begin and (self.end is None or now < self.end)
            if not counts:
                before = None
                continue
            self.lags.append(max(time.perf_counter() - due, 0.0))
            spent = (time.process_time(), time.perf_counter())
            if before is not None:
                self.processor += spent[0] - before[0]
                self.seconds += spent[1] - before[1]
            before = spent

    def lag(self) -> float:
        """Return by how many seconds it was late at the 99th percentile."""
        rising = sorted(self.lags)
        return rising[int(len(rising) * 0.99)] if rising else 0.0

    def busy(self) -> float:
        """Return which share of a processor it had."""
        return self.processor / self.seconds if self.seconds else 0.0

"""What the load generator reports, against a service that knows its own latency; and what a request costs it.

The service (`load_server.py`) runs beside it, in a process of its own. Where a machine is busy, both wait for their
turns, and the way between them is what is measured: the generator's own lag, in the notes, tells. Who may,
runs it as `chrt --rr 10 make bench ONLY=load_accuracy`: then nobody else is in its way.
"""

import asyncio
import signal
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from comparison import Arguments, Result, main

from gate.adapters.load.generator import ProcessLoads
from gate.load_ports import LoadPlan, LoadResult, LoadStep, LoadUser

MICROSECONDS, ACCURACY, STALL_SHOWS = 150, 1.02, 1.1
USERS = 50
STEPS = (LoadStep(operation="GET /tasks", method="GET", target="/tasks", headers=(("Authorization", "Bearer x"),)),)
ENDLESS = 5_000_000
# A service as they are: half of the answers within 30 ms, one in twenty takes 80 ms or more.
USUAL = (0.03, 0.6)
STALL, EVERY = 1.0, 5.0
# A fifth of the requests come during a stall, and wait 0.5 s on average: a quarter of those, 0.75 s and more.
P95_OF_STALLS = 0.75


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(seconds)[int(len(seconds) * 0.95)]


@contextmanager
def service(folder: Path, *figures: float) -> Iterator[str]:
    """Run the service; when the block is left, it has written its latencies."""
    (folder / "port").unlink(missing_ok=True)
    script = Path(__file__).with_name("load_server.py")
    process = subprocess.Popen([sys.executable, script, folder, *map(str, figures)])
    try:
        while not (folder / "port").exists():
            time.sleep(0.02)
        yield f"http://127.0.0.1:{(folder / 'port').read_text()}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def played(
    median_seconds: float,
    spread: float,
    *,
    stall: float = 0.0,
    **plan: Any,  # noqa: ANN401 - as LoadPlan has them
) -> tuple[LoadResult, Sequence[float]]:
    """Play a load; return what was reported, and the service's own latencies after the warm-up."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-bench-") as name:
        folder = Path(name)
        with service(folder, median_seconds, spread, stall, EVERY) as origin:
            users = (LoadUser(steps=STEPS),) * USERS
            wanted = {"think_time": 0.0, "samples": ENDLESS, "longest": 60.0, "warm_up": 1.0} | plan
            load = LoadPlan(origin=origin, users=users, **wanted)
            result = asyncio.run(ProcessLoads({}).play(load, folder))
        noted = array("d", (folder / "latencies").read_bytes())
    if result.trouble or set(result.samples[0].statuses) != {200}:
        sys.exit(f"the load was not played as it should: {result.trouble or result.unanswered}")
    arrivals = noted[::2]
    begin = min(arrivals) + load.warm_up
    return result, [seconds for arrival, seconds in zip(arrivals, noted[1::2], strict=True) if arrival >= begin]


def cost(arguments: Arguments) -> Result:
    """Measure the processor time of a request, where the service answers at once."""
    results = [played(0.0, 0.0, duration=5.0)[0] for _ in range(arguments.runs)]
    best = median(1e6 * one.processor_seconds / len(one.samples[0].seconds) for one in results)
    return Result(
        name=f"load generator: processor time of a request, {USERS} users at full speed",
        ratio=best,
        limit=MICROSECONDS,
        ours_seconds=median(one.processor_seconds for one in results),
        theirs_seconds=median(one.window for one in results),
        runs=arguments.runs,
        unit="µs",
        note=f"{median(len(one.samples[0].seconds) / one.window for one in results):,.0f} requests/s",
    )


def accuracy(think_time: float, samples: int, arguments: Arguments) -> Result:
    """Compare the p95 that is reported with the service's own."""
    pairs = [played(*USUAL, think_time=think_time, samples=samples) for _ in range(arguments.runs)]
    reported = [p95(result.samples[0].seconds) for result, _ in pairs]
    own = [p95(seconds) for _, seconds in pairs]
    lag = median(1000 * result.lag_p99 for result, _ in pairs)
    return Result(
        name=f"load generator: p95 it reports, against the service's own; {USERS} users, think time {think_time:g} s",
        ratio=1 + median(abs(one / other - 1) for one, other in zip(reported, own, strict=True)),
        limit=ACCURACY,
        ours_seconds=median(reported),
        theirs_seconds=median(own),
        runs=arguments.runs,
        note=f"lag of its own loop at the 99th percentile: {lag:.1f} ms",
    )


def stalls(arguments: Arguments) -> Result:
    """Look whether a service that stands still every few seconds is seen to, by a load that waits for nobody."""
    figures: dict[str, Any] = {"stall": STALL, "warm_up": 0.0, "duration": 3 * EVERY}
    opened = [played(0.005, 0.5, rate=100.0, **figures)[0] for _ in range(arguments.runs)]
    closed = [played(0.005, 0.5, think_time=0.05, **figures)[0] for _ in range(arguments.runs)]
    reported = [p95(one.samples[0].seconds) for one in opened]
    hidden = median(p95(one.samples[0].seconds) for one in closed)
    return Result(
        name=f"load generator: p95 at 100 requests/s, {STALL:g} s of every {EVERY:g} s stalled, against the stalls' own",
        ratio=1 + median(abs(one / P95_OF_STALLS - 1) for one in reported),
        limit=STALL_SHOWS,
        ours_seconds=median(reported),
        theirs_seconds=P95_OF_STALLS,
        runs=arguments.runs,
        note=f"users who wait for each answer report {1000 * hidden:.0f} ms",
    )


def measure(arguments: Arguments) -> Sequence[Result]:
    """Measure cost, accuracy and stalls."""
    return [
        cost(arguments),
        accuracy(0.0, 10_000, arguments),
        accuracy(0.2, 5_000, arguments),
        stalls(arguments),
    ]


if __name__ == "__main__":
    main(measure, runs=3, quick_runs=1)

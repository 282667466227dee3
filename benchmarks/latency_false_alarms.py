"""How often the gate `latency` fails a service that nobody has changed, while two processes beside it use all processors.

The gate is the real one, with the settings of sample_service. That nothing could be decided is no false alarm: it is
counted and told.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from comparison import BIN, Arguments, Result, main, plain_environment
from sample_copy import copied

HOGS = 2
_HOG = "while True: pass"


@contextmanager
def hogs() -> Iterator[None]:
    """Keep the processors busy until the block is left."""
    started = [subprocess.Popen([sys.executable, "-c", _HOG]) for _ in range(HOGS)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def outcome(project: Path, out: Path, env: Mapping[str, str]) -> tuple[str, float]:
    """Run the gate once; return its outcome, of an inconclusive one that word, and its seconds."""
    begin = time.perf_counter()
    command = (BIN / "quality-gate", "run", project, "--gates", "latency", "--postgres", "embedded", "--out", out)
    completed = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    try:
        (result,) = json.loads((out / "report.json").read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError):
        sys.exit(f"the gate made no report\n{completed.stdout}\n{completed.stderr}")
    ended, reason = result["outcome"], result["reason"]
    print(f"{ended}: {reason}", file=sys.stderr, flush=True)
    if ended == "errored" and not reason.startswith("cannot decide"):
        # An error of its own is no measurement.
        sys.exit(f"the gate could not run: {reason}")
    return "inconclusive" if ended == "errored" else ended, time.perf_counter() - begin


def measure(arguments: Arguments) -> Sequence[Result]:
    """Count how the runs ended."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-", ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        project = copied(place / "service")
        env = plain_environment(XDG_CACHE_HOME=str(place / "cache"))
        with hogs():
            runs = [outcome(project, place / f"report-{number}", env) for number in range(arguments.runs)]
    ended = Counter(name for name, _ in runs)
    seconds = sorted(taken for _, taken in runs)[len(runs) // 2]
    told = ", ".join(f"{count} {name}" for name, count in ended.most_common())
    result = Result(
        name=f"latency: false alarms on an unchanged service beside {HOGS} processor hogs",
        ratio=ended["failed"],
        limit=0,
        ours_seconds=seconds,
        theirs_seconds=seconds,
        runs=arguments.runs,
        unit="failed",
        note=told,
    )
    return [result]


if __name__ == "__main__":
    main(measure, runs=20, quick_runs=2)

"""How the benchmarks measure: ours and theirs in turn, in one run, so that a busy machine slows both alike.

Decides nothing about what is measured. The ratio is the median of the pairs' ratios; the seconds are medians.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
SAMPLE = ROOT / "sample_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One row of the table. `unit` is of `ratio` and `limit`: "×", or "MB" where memory is measured."""

    name: str
    ratio: float
    limit: float
    ours_seconds: float
    theirs_seconds: float
    runs: int
    unit: str = "×"
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """How a script was called: how many pairs it measures, and where it works."""

    runs: int
    quick: bool


def compare(
    name: str,
    limit: float,
    ours: Callable[[], float],
    theirs: Callable[[], float],
    arguments: Arguments,
    *,
    note: str = "",
) -> Result:
    """Measure pairs after one of each that does not count; each callable returns its seconds."""
    _settled(ours), _settled(theirs)
    pairs = [(_settled(ours), _settled(theirs)) for _ in range(arguments.runs)]
    return Result(
        name=name,
        ratio=median(mine / other for mine, other in pairs),
        limit=limit,
        ours_seconds=median(mine for mine, _ in pairs),
        theirs_seconds=median(other for _, other in pairs),
        runs=arguments.runs,
        note=note,
    )


def _settled(side: Callable[[], float]) -> float:
    """Measure when what the other side has written is on the disk: neither pays for what the other left to be done."""
    os.sync()
    return side()


def seconds_of(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    statuses: Sequence[int] = (0,),
) -> float:
    """Run a program to its end and return the seconds; another exit status than `statuses` ends the benchmark."""
    start = time.perf_counter()
    completed = subprocess.run(
        [str(word) for word in argv], env=env, cwd=cwd, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if completed.returncode not in statuses:
        sys.exit(f"{argv[0]} exited with status {completed.returncode}\n{completed.stdout}\n{completed.stderr}")
    return seconds


def peak_megabytes(argv: Sequence[str | Path]) -> float:
    """Run a program in a child of its own and return the most memory it had resident, in MB (10**6 bytes)."""
    pid = os.posix_spawn(str(argv[0]), [str(word) for word in argv], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{argv[0]} ended with status {status}")
    # https://man7.org/linux/man-pages/man2/getrusage.2.html: kilobytes; on macOS bytes.
    return usage.ru_maxrss / 1e6 if sys.platform == "darwin" else usage.ru_maxrss * 1024 / 1e6


def plain_environment(**more: str) -> dict[str, str]:
    """Return the caller's variables without those that steer Python, uv, pytest or the gate, and `more`."""
    steering = ("PYTHON", "UV_", "PYTEST", "QUALITY_GATE", "VIRTUAL_ENV", "GITHUB_", "COVERAGE")
    indexes = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_CACHE_DIR", "UV_FIND_LINKS", "UV_OFFLINE")
    kept = {
        name: value for name, value in os.environ.items() if name.startswith(indexes) or not name.startswith(steering)
    }
    return kept | more


def line_of(result: Result) -> str:
    """Write a result for a reader."""
    mark = "ok      " if result.passed else "TOO SLOW" if result.unit == "×" else "TOO MUCH"
    digits = 0 if result.unit == "MB" else 2
    seconds = f"{result.ours_seconds:.3f} s against {result.theirs_seconds:.3f} s"
    words = f"{mark} {result.name}: {result.ratio:.{digits}f} {result.unit}, limit {result.limit:g}"
    return f"{words} ({seconds}, {result.runs} runs)" + (f"; {result.note}" if result.note else "")


def main(measure: Callable[[Arguments], Sequence[Result]], *, runs: int, quick_runs: int = 3) -> None:
    """Be a script: measure, print a line a result (with --json an object), exit with 1 where a limit is exceeded."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="print one JSON object a result")
    parser.add_argument("--quick", action="store_true", help="few repetitions")
    parser.add_argument("--runs", type=int, default=None, help=f"pairs to measure (default: {runs})")
    given = parser.parse_args()
    number = given.runs or (quick_runs if given.quick else runs)
    results = measure(Arguments(runs=number, quick=given.quick))
    for result in results:
        print(json.dumps(asdict(result) | {"passed": result.passed}) if given.json else line_of(result), flush=True)
    sys.exit(not all(result.passed for result in results))

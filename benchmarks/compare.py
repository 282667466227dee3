"""Two reports of 100,000 tests, 2,000 covered files and 5,000 findings each: read, compared, comment, summary and page written.

One process, its start counted, in seconds and in memory. Beside it, `json.loads` of the two. Two in three of the tests
have another name in the one than in the other.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from comparison import PYTHON, ROOT, Arguments, Result, compare, main, peak_megabytes, seconds_of
from made_evidence import make

LIMIT_OF_TIME, LIMIT_OF_MEMORY = 3.0, 200
_LOADS = "import json, pathlib, sys; [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]"


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""
    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-") as scratch:
        reports = []
        for seed in (3, 4):
            evidence, out = Path(scratch) / f"evidence-{seed}", Path(scratch) / f"report-{seed}"
            make(evidence, seed=seed)
            seconds_of((PYTHON, here / "report_ours.py", evidence, out))
            reports.append(out / "report.json")
        own = (PYTHON, here / "compare_ours.py", *reports, Path(scratch) / "out")
        paired = compare(
            "", LIMIT_OF_TIME, lambda: seconds_of(own), lambda: seconds_of((PYTHON, "-c", _LOADS, *reports)), arguments
        )
        seconds = {"ours_seconds": paired.ours_seconds, "theirs_seconds": paired.theirs_seconds}
        name = "two reports of 100,000 tests compared and rendered"
        return [
            Result(name=name, ratio=paired.ours_seconds, limit=LIMIT_OF_TIME, runs=arguments.runs, unit="s", **seconds),
            Result(
                name=f"{name}, memory",
                ratio=peak_megabytes(own),
                limit=LIMIT_OF_MEMORY,
                runs=1,
                unit="MB",
                **seconds,
            ),
        ]


if __name__ == "__main__":
    main(measure, runs=5)

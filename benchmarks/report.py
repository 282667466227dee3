"""Report, summary and comment of 100,000 tests in 50 files, 2,000 covered files and 5,000 findings.

In time, against reading the same files with the standard library alone, each in a process of its own, its start
counted. Then `publish`'s reading of the report.json that was made, against `json.loads` of it. In memory, the most that the process had resident. And, of the tests alone, against
EnricoMi/publish-unit-test-result-action where QUALITY_GATE_RIVAL names a folder with its `checkout` and an
`environment` that has its requirements (see README.md).
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from comparison import PYTHON, ROOT, Arguments, Result, compare, main, peak_megabytes, seconds_of
from made_evidence import make

LIMIT_OF_TIME, LIMIT_OF_MEMORY, LIMIT_AGAINST_RIVAL, LIMIT_OF_READING = 2.5, 300, 0.3, 4.0
RIVAL = "QUALITY_GATE_RIVAL"
_LOADS = "import json, pathlib, sys; json.loads(pathlib.Path(sys.argv[1]).read_text())"


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-") as scratch:
        evidence = Path(scratch) / "evidence"
        make(evidence)
        own = (PYTHON, here / "report_ours.py", evidence, Path(scratch) / "out")
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        read = (PYTHON, here / "report_theirs.py", evidence)

        def ours() -> float:
            return seconds_of(own, env=env)

        against_reading = compare(
            "report of 100,000 tests, against reading", LIMIT_OF_TIME, ours, lambda: seconds_of(read), arguments
        )
        os.environ["PYTHONPATH"] = str(ROOT)
        memory = Result(
            name="report of 100,000 tests, memory",
            ratio=peak_megabytes(own),
            limit=LIMIT_OF_MEMORY,
            ours_seconds=against_reading.ours_seconds,
            theirs_seconds=against_reading.theirs_seconds,
            runs=1,
            unit="MB",
        )
        report = Path(scratch) / "out" / "report.json"
        decoded = (PYTHON, here / "report_decoded.py", report)
        publishing = compare(
            "publish's reading of that report.json, against json.loads",
            LIMIT_OF_READING,
            lambda: seconds_of(decoded, env=env),
            lambda: seconds_of((PYTHON, "-c", _LOADS, report)),
            arguments,
        )
        return [against_reading, memory, publishing, *_against_rival(evidence, (*own, "junit"), arguments)]


def _against_rival(evidence: Path, own: Sequence[str | Path], arguments: Arguments) -> Sequence[Result]:
    if RIVAL not in os.environ:
        print(f"left out: publish-unit-test-result-action, for {RIVAL} names no folder", file=sys.stderr)
        return ()
    folder = Path(os.environ[RIVAL])
    rival = (
        folder / "environment" / "bin" / "python",
        Path(__file__).with_name("report_rival.py"),
        folder / "checkout",
        evidence,
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    name = "report of 100,000 tests, against publish-unit-test-result-action"
    without_ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return [
        compare(
            name,
            LIMIT_AGAINST_RIVAL,
            lambda: seconds_of(own, env=env),
            lambda: seconds_of(rival, env=without_ours),
            arguments,
        )
    ]


if __name__ == "__main__":
    main(measure, runs=7, quick_runs=1)

"""A whole run on sample_service against a script by hand that runs the same tools in parallel.

Both have the environment ready, and start a PostgreSQL of the same binaries from nothing. The script is by_hand.sh.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from comparison import BIN, Arguments, Result, compare, main, plain_environment, seconds_of
from sample_copy import POSTGRES_BIN, copied

LIMIT = 1.10


def measure(arguments: Arguments) -> Sequence[Result]:
    """Compare pairs."""
    # Not in a folder that only its owner may enter: as root, the script's PostgreSQL runs as somebody else.
    with tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o755)
        place = Path(scratch)
        project = copied(place / "service")
        env = plain_environment(XDG_CACHE_HOME=str(place / "cache"))
        gate = (BIN / "quality-gate", "run", project, "--postgres", "embedded", "--out", place / "report")

        def ours() -> float:
            return seconds_of(gate, env=env)

        ours()  # makes the environment that both use
        (ready,) = place.glob("cache/quality-gate/environments/*/*/bin/pytest")
        script = (Path(__file__).with_name("by_hand.sh"), project, ready.parents[1], POSTGRES_BIN, place / "by-hand")
        return [
            compare("whole run, against a script by hand", LIMIT, ours, lambda: seconds_of(script, env=env), arguments)
        ]


if __name__ == "__main__":
    main(measure, runs=10, quick_runs=1)

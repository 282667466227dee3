"""`python -m tests.campaign`: play cases, say what was wrong with them, and exit with 1 if anything was."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from random import SystemRandom

from tests.campaign.case import Played, play
from tests.campaign.place import interpreter_of_all


def main() -> int:
    """Play the cases that were asked for."""
    parser = argparse.ArgumentParser(prog="campaign")
    parser.add_argument("--cases", type=int, default=1000, help="how many cases to play (default: 1000)")
    parser.add_argument("--first", type=int, help="the first seed; by default a random one, which is said")
    parser.add_argument("--seed", type=int, help="play this case alone, and show what was printed")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default: 2)")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    interpreter_of_all()
    if arguments.seed is not None:
        seeds = range(arguments.seed, arguments.seed + 1)
    else:
        first = arguments.first if arguments.first is not None else SystemRandom().randrange(10**9)
        seeds = range(first, first + arguments.cases)
    scratch = tempfile.TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True)
    with scratch as base, ThreadPoolExecutor(arguments.jobs) as pool:
        # Accounts that servers run as must be able to come through.
        Path(base).chmod(0o755)
        cases = [pool.submit(play, seed, Path(base)) for seed in seeds]
        try:
            played = [_told(case.result(), at, len(seeds)) for at, case in enumerate(as_completed(cases), 1)]
        except BaseException:
            # Those that are being played end as they should; no others begin.
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if arguments.seed is not None:
        print(played[0].said)
    wrong, left = sum(bool(case.wrong) for case in played), sum(bool(case.left) for case in played)
    seconds = sorted(case.seconds for case in played)
    print(
        f"{len(played)} cases, seeds {seeds[0]} to {seeds[-1]}: {wrong} went wrong, {left} left something behind; "
        f"{seconds[len(seconds) // 2]:.1f} s in the middle, {seconds[-1]:.1f} s at most"
    )
    return 1 if wrong or left else 0


def _told(case: Played, at: int, of: int) -> Played:
    if case.wrong or case.left:
        print(f"SEED={case.seed}: {case.told}", flush=True)
        for fault in case.wrong:
            print(f"  wrong: {fault}", flush=True)
        for fault in case.left:
            print(f"  left behind: {fault}", flush=True)
    elif at % 50 == 0:
        print(f"{at} of {of}", flush=True)
    return case


if __name__ == "__main__":
    sys.exit(main())

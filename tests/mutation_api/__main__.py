"""`python -m tests.mutation_api [NAME ...]`: review mutants of sample_service, and the service itself, two at a time.

Says of each whether it was found at its place, what else was found, and exits with 1 if a mutant was missed, if
something was found that its flaw does not explain, or if anything was found in the service itself.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tests.mutation_api.mutant import Mutant, compare
from tests.mutation_api.mutants import MUTANTS, sampled
from tests.mutation_api.reviewing import Reviewed, review

CLEAN = "the-service-as-it-is"


def main() -> int:
    """Review what was asked for, and say what came of it."""
    parser = argparse.ArgumentParser(prog="mutation_api", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a mutant, or words in names; default: all")
    parser.add_argument("--sample", type=int, help="so many mutants only, of as many kinds as can be")
    parser.add_argument("--list", action="store_true", help="say where each is to be found, and review nothing")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (default: 2)")
    parser.add_argument("--keep", type=Path, help="a folder for the changed services and their reports")
    arguments = parser.parse_args()
    mutants = _chosen(arguments.names, arguments.sample)
    if not mutants:
        parser.error(f"no mutant has such a name: {', '.join(arguments.names)}")
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant.name}: {_places(mutant)}")
        return 0
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as scratch:
        base = Path(arguments.keep or scratch)
        base.mkdir(parents=True, exist_ok=True)
        # Accounts that servers run as must be able to come through.
        base.chmod(0o755)
        return _reviewed(mutants, base, arguments.jobs)


def _chosen(names: list[str], sample: int | None) -> tuple[Mutant, ...]:
    if sample is not None:
        return sampled(sample)
    if not names:
        return tuple(MUTANTS.values())
    exact = [MUTANTS[name] for name in names if name in MUTANTS]
    words = [name for name in names if name not in MUTANTS]
    return (*exact, *(one for one in MUTANTS.values() if any(word in one.name for word in words)))


def _reviewed(mutants: tuple[Mutant, ...], base: Path, jobs: int) -> int:
    with ThreadPoolExecutor(jobs) as pool:
        runs = {
            pool.submit(review, one, Path(tempfile.mkdtemp(prefix=f"{one.name if one else CLEAN}-", dir=base))): one
            for one in (None, *mutants)
        }
        try:
            wrong = [runs[run] for run in as_completed(runs) if _told(run.result())]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    itself = "something is wrong with" if None in wrong else "nothing was found in"
    found = len(mutants) - sum(mutant is not None for mutant in wrong)
    print(f"{found} of {len(mutants)} mutants found, each at its place and nothing else; {itself} the service as it is")
    return 1 if wrong else 0


def _told(one: Reviewed) -> bool:
    """Say what came of a review, and whether something is wrong with it."""
    name = one.mutant.name if one.mutant else CLEAN
    if one.review is None or one.trouble:
        print(f"TROUBLE  {name} ({one.seconds:.1f} s): {one.trouble}", flush=True)
        return True
    compared = compare(one.mutant, one.review.found)
    asked = f"{one.review.operations} operations, {one.review.requests} requests, {one.seconds:.1f} s"
    if one.mutant is None:
        wrong = [*(f"found: {words}" for words in one.review.findings)]
        wrong += [f"not exercised: {operation}" for operation in one.review.left_out]
        wrong += [f"found at {operation}: {question}" for operation, question in compared.extra]
        word = "WRONG" if wrong else "clean"
    else:
        wrong = [f"missed at {place.operation}: {' or '.join(place.questions)}" for place in compared.missed]
        wrong += [f"found elsewhere, at {operation}: {question}" for operation, question in compared.extra]
        word = "MISSED" if compared.missed else "EXTRA" if compared.extra else "found"
        if wrong:
            wrong += [f"finding: {words}" for words in one.review.findings]
    print(f"{word:<8} {name} ({asked})", *(f"         {words}" for words in wrong), sep="\n", flush=True)
    return bool(wrong)


def _places(mutant: Mutant) -> str:
    return "; ".join(f"{' or '.join(place.questions)} at {place.operation}" for place in mutant.places)


if __name__ == "__main__":
    sys.exit(main())

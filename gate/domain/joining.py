"""The results of one gate in several shards -> the result that it would have had in one run. Reads no file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import chain

from gate.domain.exhibit import CaseOutcome, Exhibit, Matrix, MatrixRow, OutputTail, Table, TestCase, Tests
from gate.domain.finding import Location
from gate.domain.measure import Measure
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.shard import Shard

# The worst first: what one shard found wrong is wrong with the whole.
_ORDER = (Outcome.FAILED, Outcome.ERRORED, Outcome.PASSED, Outcome.SKIPPED)
# What is counted of the failing tests themselves: one that every shard meets is one.
_FAILURES = "failures"

# What two parts tell of a case that is one: its name, message, outcome and place.
_Failure = tuple[str, str, CaseOutcome, Location | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one shard has of a gate; `artifacts` are its files, where the merge has put them."""

    shard: Shard
    result: GateResult
    artifacts: tuple[Artifact, ...] = ()


def join(parts: Sequence[Part], missing: Sequence[str] = ()) -> GateResult:
    """Return what the parts of a gate come to; `missing` are clauses that say what is not there of the others.

    What is missing makes it errored, unless a test has failed. The durations add up to the time spent.
    """
    outcomes = {part.result.outcome for part in parts}
    outcome = next(outcome for outcome in _ORDER if outcome in outcomes)
    if missing and outcome is not Outcome.FAILED:
        outcome = Outcome.ERRORED
    ran = [part for part in parts if part.result.outcome is not Outcome.SKIPPED] or list(parts)
    reasons = (*missing, *_reasons(ran))
    return replace(
        parts[0].result,
        started_at=min(part.result.started_at for part in parts),
        duration=sum((part.result.duration for part in parts), timedelta()),
        set_up=sum((part.result.set_up for part in parts), timedelta()),
        judgement=Judgement(
            outcome=outcome,
            reason="; ".join(reasons),
            measures=_measures(ran),
            findings=tuple(dict.fromkeys(chain.from_iterable(part.result.findings for part in ran))),
            rules=tuple(dict.fromkeys(chain.from_iterable(part.result.judgement.rules for part in ran))),
            exhibits=_exhibits(ran),
            artifacts=tuple(chain.from_iterable(part.artifacts for part in parts)),
        ),
    )


def _reasons(parts: Sequence[Part]) -> list[str]:
    """Say what all parts say as it is, and what only some say with their names."""
    said = [[clause for clause in part.result.reason.split("; ") if clause] for part in parts]
    common = [clause for clause in dict.fromkeys(chain.from_iterable(said)) if all(clause in one for one in said)]
    own = [
        f"{part.shard.words}: {clause}"
        for part, clauses in zip(parts, said, strict=True)
        for clause in clauses
        if clause not in common
    ]
    return [*common, *own]


def _measures(parts: Sequence[Part]) -> tuple[Measure, ...]:
    """Add up the counts of each name, in the order in which they are told; a limit that a part breaks counts."""
    again = sum(len(exhibit.failing) for exhibit in _tests_of(parts)) - len(_joined_tests(parts).failing)
    first: dict[str, Measure] = {}
    sums: dict[str, Fraction] = {}
    for measure in chain.from_iterable(part.result.measures for part in parts):
        if first.setdefault(measure.name, measure).is_within and not measure.is_within:
            first[measure.name] = measure
        # What one part tells takes nothing away from what another does.
        sums[measure.name] = sums.get(measure.name, Fraction(0)) + max(Fraction(0), measure.value)
    if _FAILURES in sums:
        sums[_FAILURES] -= again
    return tuple(
        Measure(name=name, value=sums[name], unit=measure.unit, threshold=measure.threshold)
        for name, measure in first.items()
    )


def _exhibits(parts: Sequence[Part]) -> tuple[Exhibit, ...]:
    tables: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], None]] = {}
    matrices: dict[tuple[str, tuple[str, ...]], dict[MatrixRow, None]] = {}
    tails: list[OutputTail] = []
    for part in parts:
        for exhibit in part.result.exhibits:
            if isinstance(exhibit, Table):
                rows = tables.setdefault((exhibit.title, exhibit.columns), {})
                rows.update(dict.fromkeys(exhibit.rows))
            elif isinstance(exhibit, Matrix):
                matrices.setdefault((exhibit.title, exhibit.columns), {}).update(dict.fromkeys(exhibit.rows))
            elif isinstance(exhibit, OutputTail):
                tails.append(replace(exhibit, title=f"{exhibit.title} of {part.shard.words}"))
    joined = _joined_tests(parts)
    return (
        *((joined,) if joined.cases else ()),
        *(Table(title=title, columns=columns, rows=tuple(rows)) for (title, columns), rows in tables.items()),
        *(Matrix(title=title, columns=columns, rows=tuple(rows)) for (title, columns), rows in matrices.items()),
        *tails,
    )


def _joined_tests(parts: Sequence[Part]) -> Tests:
    """Return all test cases; a file that no shard can collect is told by each of them, and counts once."""
    cases: list[TestCase] = []
    told: set[_Failure] = set()
    for exhibit in _tests_of(parts):
        failing = set(map(_failure, exhibit.failing))
        known = failing & told
        cases += [case for case in exhibit.cases if _failure(case) not in known] if known else exhibit.cases
        told |= failing
    return Tests(cases=tuple(cases))


def _failure(case: TestCase) -> _Failure:
    return case.name, case.message, case.outcome, case.location


def _tests_of(parts: Sequence[Part]) -> Iterable[Tests]:
    return (exhibit for part in parts for exhibit in part.result.exhibits if isinstance(exhibit, Tests))

"""The runs that led to one: the base's own, and those that led to it."""

from fractions import Fraction

from gate.comparing.known import cases_of
from gate.domain.comparison import PastRun
from gate.domain.exhibit import CaseOutcome
from gate.domain.report import Report

MOST_RUNS = 30
_MOST_FLAKY = 20
_COVERAGE = "coverage"


def history_of(base: Report) -> tuple[PastRun, ...]:
    """Return the runs before one that is compared with `base`, the last one first."""
    if not base.results:
        return base.history[:MOST_RUNS]
    return (_past(base), *base.history)[:MOST_RUNS]


def _past(report: Report) -> PastRun:
    cases = [case for result in report.results for case in cases_of(result)]
    start = min(result.started_at for result in report.results)
    # Seen from the begin: a report of unknown origin may say that it ran at the end of all time.
    seconds = max((result.started_at - start + result.duration).total_seconds() for result in report.results)
    flaky = (case.name for case in cases if case.retried and case.outcome is CaseOutcome.PASSED)
    return PastRun(
        commit=report.subject.commit,
        started_at=start,
        verdict=str(report.verdict),
        seconds=seconds,
        run_id=report.subject.run_id,
        coverage=_coverage(report),
        tests=len(cases) if cases else None,
        outcomes={result.gate: result.outcome for result in report.results},
        flaky=tuple(name for name, _ in zip(flaky, range(_MOST_FLAKY), strict=False)),
    )


def _coverage(report: Report) -> Fraction | None:
    measures = (measure for result in report.results for measure in result.measures)
    found = (one.value for one in measures if one.name == _COVERAGE and one.unit == "percent" and 0 <= one.value <= 100)
    return next(found, None)

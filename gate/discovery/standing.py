"""How a project stands today, from the report of a run: what its first configuration must let pass. Runs nothing."""

from dataclasses import dataclass, replace
from fractions import Fraction

from gate.domain.exhibit import Tests
from gate.domain.finding import Severity
from gate.domain.measure import floored
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome

_COVERAGE = "coverage"
_MOST_OF_A_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What keeps a project from being green.

    `findings` are how many things each gate found that are no tests, by its title. `coverage` is the percentage where
    it is below `limit`. `failing` are tests, which no configuration lets pass, and `undecided` what could not run, and
    why.
    """

    findings: tuple[tuple[str, int], ...] = ()
    coverage: Fraction | None = None
    limit: Fraction | None = None
    failing: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How many findings there are."""
        return sum(count for _, count in self.findings)

    @property
    def floor(self) -> int | None:
        """The threshold that holds today: a whole number, for the figure may differ a little between machines."""
        return None if self.coverage is None else int(self.coverage)

    @property
    def lines(self) -> tuple[str, ...]:
        """Say it in lines, nothing of a project that is green."""
        said = [f"{count:,} {'finding' if count == 1 else 'findings'} of {title}" for title, count in self.findings]
        if self.coverage is not None and self.limit is not None:
            said.append(f"coverage {floored(self.coverage)} %, below {floored(self.limit)} %")
        said += [f"could not run, so that nothing is known of it: {one}" for one in self.undecided]
        return tuple(said)


def standing_of(report: Report) -> Standing:
    """Return how the project of a report stands."""
    if report.problems:
        return Standing(undecided=tuple(problem.message for problem in report.problems))
    standing = Standing()
    for result in report.results:
        if result.outcome is Outcome.ERRORED:
            told = f"{result.title}: {' '.join(result.reason.split())[:_MOST_OF_A_REASON]}"
            standing = replace(standing, undecided=(*standing.undecided, told))
        elif result.outcome is Outcome.FAILED:
            standing = _with_failed(standing, result)
    return standing


def _with_failed(standing: Standing, result: GateResult) -> Standing:
    for measure in result.measures:
        limit = measure.threshold
        if measure.name == _COVERAGE and limit is not None and not limit.allows(measure.value):
            standing = replace(standing, coverage=measure.value, limit=limit.value)
    tests = [exhibit for exhibit in result.exhibits if isinstance(exhibit, Tests)]
    if tests:
        names = tuple(case.name for exhibit in tests for case in exhibit.failing)
        return replace(standing, failing=(*standing.failing, *names))
    errors = sum(finding.severity is Severity.ERROR for finding in result.findings)
    return replace(standing, findings=(*standing.findings, (result.title, errors))) if errors else standing

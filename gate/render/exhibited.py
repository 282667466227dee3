"""What a result exhibits: its test cases, their names and how they ended, and what its findings tell beside them.

Plain text, not escaped: every surface escapes for itself.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add

from gate.domain.exhibit import CaseOutcome, SourceCoverage, TestCase, Tests
from gate.domain.finding import Finding
from gate.domain.result import GateResult

FAILING = (CaseOutcome.FAILED, CaseOutcome.ERRORED)


def cases_of(result: GateResult) -> tuple[TestCase, ...]:
    """Return the test cases of all the result's exhibits."""
    return _joined(exhibit.cases for exhibit in tests_of(result))


def failing_cases(result: GateResult) -> tuple[TestCase, ...]:
    """Return the test cases that failed or errored."""
    return _joined(exhibit.failing for exhibit in tests_of(result))


def skipped_cases(result: GateResult) -> tuple[TestCase, ...]:
    """Return the test cases that were skipped."""
    return _joined(exhibit.skipped for exhibit in tests_of(result))


def flaky_cases(result: GateResult) -> tuple[TestCase, ...]:
    """Return the test cases that passed only when they were tried again."""
    return _joined(exhibit.flaky for exhibit in tests_of(result))


def tests_of(result: GateResult) -> tuple[Tests, ...]:
    """Return the result's exhibits of test cases."""
    return tuple(exhibit for exhibit in result.exhibits if isinstance(exhibit, Tests))


def coverage_of(result: GateResult) -> tuple[SourceCoverage, ...]:
    """Return the result's exhibits of source coverage."""
    return tuple(exhibit for exhibit in result.exhibits if isinstance(exhibit, SourceCoverage))


def beside_tests(result: GateResult) -> tuple[Finding, ...]:
    """Return the findings that are not told by a failing test at the same place already."""
    told = {case.location for case in failing_cases(result)}
    if not told:
        return result.findings
    return tuple(finding for finding in result.findings if finding.location is None or finding.location not in told)


def beside_exhibits(result: GateResult) -> tuple[Finding, ...]:
    """Return the findings that neither a failing test nor a missing line of the result's exhibits tells already."""
    missing = {
        (file.path, line)
        for exhibit in coverage_of(result)
        for file in exhibit.files
        for line in (*file.missing_lines, *(path.line for path in file.error_paths))
    }
    beside = beside_tests(result)
    if not missing:
        return beside
    return tuple(
        finding
        for finding in beside
        if finding.location is None or (finding.location.path, finding.location.line) not in missing
    )


def short_name(case: TestCase) -> str:
    """Return a test's name without the file that pytest puts before it, where the location says that."""
    file, _, name = case.name.partition("::")
    return name if name and case.location is not None and file == case.location.path else case.name


def ended_words(case: TestCase) -> str:
    """Write how a test case ended: `failed`, or `failed, tried again 2 times`."""
    return f"{case.outcome}, {tries_words(case)}" if case.retried else str(case.outcome)


def tries_words(case: TestCase) -> str:
    """Write how often a test case was tried again."""
    return "tried again once" if case.retried == 1 else f"tried again {case.retried:,} times"


def _joined(parts: Iterable[tuple[TestCase, ...]]) -> tuple[TestCase, ...]:
    """Join the cases of several exhibits; those of one are not copied."""
    return reduce(add, parts, ())

"""Tests that passed only when they were tried again, and how often they did before.

GitHub's Markdown; knows no gate.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gate.domain.comparison import PastRun
from gate.domain.exhibit import TestCase
from gate.domain.finding import Finding, Severity
from gate.domain.report import Report
from gate.domain.result import GateResult
from gate.domain.wording import clipped, counted
from gate.render.budget import Section
from gate.render.escape import code_link, text
from gate.render.exhibited import flaky_cases, tries_words
from gate.render.links import Links
from gate.render.markdown import Extent, listing
from gate.render.next_steps import first_line

_MOST_OF_A_NAME = 300


def flaky_tests(report: Report, ladder: Sequence[Extent], links: Links) -> Iterable[Section]:
    """Show each gate's flaky tests: the failure before the pass, and how often the test was flaky before."""
    before = times_flaky(report.history)
    for result in report.results:
        cases = flaky_cases(result)
        if not cases:
            continue
        summary = f"{counted(len(cases), 'flaky test')} in {text(result.title)}, which passed only when tried again"

        def entry(case: TestCase) -> str:
            name = code_link(clipped(case.name, _MOST_OF_A_NAME), links.line_url(case.location))
            failure = f": {text(first_line(case.message))}" if case.message.strip() else ""
            return f"{name}{failure} ({flaky_words(case, before, len(report.history))})"

        yield listing(summary, cases, entry, ladder, links)


def beside_flaky(result: GateResult, findings: Iterable[Finding]) -> list[Finding]:
    """Leave out the findings that a flaky test at the same place tells already, unless they are errors."""
    told = {case.location for case in flaky_cases(result)}
    return [one for one in findings if one.location not in told or one.severity is Severity.ERROR or not one.location]


def times_flaky(history: Sequence[PastRun]) -> Mapping[str, int]:
    """Count in how many of the runs before each test was flaky, by its name."""
    return Counter(name for run in history for name in set(run.flaky))


def flaky_words(case: TestCase, before: Mapping[str, int], runs: int) -> str:
    """Say how often a flaky test was tried again, and in how many of the last runs it was flaky, this one with them."""
    tried = tries_words(case)
    return f"{tried}; flaky in {before.get(case.name, 0) + 1} of the last {runs + 1} runs" if runs else tried

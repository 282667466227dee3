"""A report as commit statuses, one a gate: what a branch protection can require one by one. Sends nothing.

Statuses are plain text in GitHub's pages; their length is GitHub's limit (docs/publishing.md).
"""

from collections.abc import Iterable

from gate.domain.commit_status import CommitStatus, State
from gate.domain.report import Report, Verdict
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped
from gate.render.escape import visible, well_formed
from gate.render.figures import brief_words, leading, limit_words, value_words
from gate.render.headline import headline

DESCRIPTION_LIMIT = 140
_STATES = {Outcome.PASSED: State.SUCCESS, Outcome.FAILED: State.FAILURE, Outcome.ERRORED: State.ERROR}
_LAST_OF_THE_BASIC_PLANE = "\uffff"


def status_prefix(name: str) -> str:
    """Return what the contexts of a use begin with; each use of the action in a run has another `name`."""
    return f"quality-gate ({name})/" if name else "quality-gate/"


def render_statuses(
    report: Report, *, gates: Iterable[str], run_url: str, contradiction: str = ""
) -> tuple[CommitStatus, ...]:
    """Return a status for each gate of the report, or for each of `gates` where the report has no result at all.

    Results of other gates than `gates` are left out. `contradiction` says how the run ended where that is not how
    the report has it: then no gate of a report that passed is green.
    """
    known = tuple(gates)
    prefix = status_prefix(report.subject.name)
    if not report.results:
        told = {gate: (State.ERROR, _undecided(report)) for gate in known}
    else:
        results = (result for result in report.results if result.gate in known)
        told = {result.gate: _told(result, report, contradiction) for result in results}
    return tuple(
        CommitStatus(context=f"{prefix}{gate}", state=state, description=_fitting(words), target_url=run_url)
        for gate, (state, words) in told.items()
    )


def _told(result: GateResult, report: Report, contradiction: str) -> tuple[State, str]:
    words = f"{result.gate}: {_words(result)}"
    if contradiction:
        return State.ERROR, f"{contradiction}; the report says {words}"
    if report.is_weakened and result.outcome is Outcome.PASSED:
        # Whoever requires the statuses alone would let pass what the verdict does not.
        return State.FAILURE, f"the change weakens the gate; {words}"
    if result.outcome is Outcome.SKIPPED:
        # A gate that was stopped because another one failed has not passed.
        return State.SUCCESS if report.verdict is Verdict.PASSED else State.ERROR, words
    return _STATES[result.outcome], words


def _words(result: GateResult) -> str:
    if result.outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        return f"{result.outcome}: {result.reason}"
    measure = leading(result)
    if measure is None or measure.threshold is None or measure.unit == "count" or measure.holds:
        return brief_words(result)
    relation = "<" if measure.threshold.direction == "at-least" else ">"
    return f"{value_words(measure)} {relation} {limit_words(measure).lstrip('≥≤ ')}"


def _undecided(report: Report) -> str:
    problem = next(iter(report.problems), None)
    return f"misconfigured: {problem.place}: {problem.message}" if problem else headline(report)


def _fitting(words: str) -> str:
    """Make one line that GitHub takes and nothing in it is hidden, cut to the limit."""
    plain = "".join(char if char <= _LAST_OF_THE_BASIC_PLANE else "?" for char in visible(well_formed(words)))
    return clipped(plain, DESCRIPTION_LIMIT)

"""The verdict in one line, for every surface. Plain text, not escaped."""

from gate.domain.report import Report, Verdict
from gate.domain.result import Outcome
from gate.domain.wording import clipped, counted
from gate.render.figures import with_outcome

MARKS = {
    Outcome.PASSED: "✅",
    Outcome.FAILED: "❌",
    Outcome.SKIPPED: "⏭️",
    Outcome.ERRORED: "⚠️",
}
_VERDICT_MARKS = {
    Verdict.PASSED: "✅",
    Verdict.FAILED: "❌",
    Verdict.ERRORED: "⚠️",
    Verdict.MISCONFIGURED: "⚠️",
}
_MOST_OF_A_REASON = 160
_WEAKENED = "the change weakens the gate"
_OF_PART = ", and only what was changed was looked at"
_PART = " what was changed, by the fast gates alone"


def mark(report: Report) -> str:
    """Return the mark of the report's verdict."""
    return _VERDICT_MARKS[report.verdict]


def headline(report: Report, name: str = "") -> str:
    """Say the verdict in one line; `name` is put behind the words `Quality Gate`."""
    subject = f"Quality Gate {name}" if name else "Quality Gate"
    verdict = report.verdict
    of_part = _OF_PART if report.subject.changed_only else ""
    if verdict is Verdict.MISCONFIGURED:
        return f"{subject} is misconfigured"
    if verdict is Verdict.PASSED:
        return f"{subject} passed{_PART if report.subject.changed_only else ''}"
    if verdict is Verdict.FAILED:
        return f"{subject}: {_tally(report)}{of_part}"
    return f"{subject} could not decide: {_why_undecided(report)}{of_part}"


def _tally(report: Report) -> str:
    failed = len(with_outcome(report.results, Outcome.FAILED))
    errored = len(with_outcome(report.results, Outcome.ERRORED))
    words = f"{failed} of {counted(len(report.results), 'gate')} failed"
    words = f"{words}, {errored} could not run" if errored else words
    if not report.is_weakened:
        return words
    return f"{words}, and {_WEAKENED}" if failed or errored else _WEAKENED


def _why_undecided(report: Report) -> str:
    errored = with_outcome(report.results, Outcome.ERRORED)
    if len(errored) == 1:
        return f"{errored[0].title} errored ({clipped(errored[0].reason, _MOST_OF_A_REASON)})"
    if errored and len({result.reason for result in errored}) == 1:
        reason = clipped(errored[0].reason, _MOST_OF_A_REASON)
        return f"{len(errored)} of {counted(len(report.results), 'gate')} errored ({reason})"
    if errored:
        return f"{len(errored)} of {counted(len(report.results), 'gate')} errored"
    if report.interrupted:
        return "the run was interrupted"
    return "every gate was skipped" if report.results else "no gate ran"

"""The verb `enforce`: the report's verdict as the exit status. Reads the report anew and publishes nothing."""

from collections.abc import Callable
from pathlib import Path

from gate.domain.report import Report, Verdict
from gate.domain.result import Outcome
from gate.render.escape import console_line
from gate.render.figures import result_words, with_outcome
from gate.render.headline import headline
from gate.report_file import UnreadableReportError, read_report


def enforce(folder: Path, say: Callable[[str], None]) -> int:
    """Say the verdict and what stands against it, a line each, and return the exit status that follows from it."""
    try:
        report = read_report(folder)
    except UnreadableReportError as error:
        say(console_line(f"Quality Gate could not decide: there is no readable report ({error})"))
        return Verdict.ERRORED.exit_code
    for line in _lines(report):
        say(console_line(line))
    return report.verdict.exit_code


def _lines(report: Report) -> list[str]:
    in_the_way = [
        *with_outcome(report.results, Outcome.FAILED),
        *with_outcome(report.results, Outcome.ERRORED),
    ]
    return [
        headline(report, report.subject.name),
        *(f"  {problem.place}: {problem.message}" for problem in report.problems),
        *(f"  {result.title}: {result_words(result)}" for result in in_the_way),
    ]

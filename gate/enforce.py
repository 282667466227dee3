"""The verb `enforce`: the report's verdict, or how needed jobs ended, as the exit status. Publishes nothing."""

from collections.abc import Callable
from pathlib import Path

from gate.domain.report import Report, Verdict
from gate.domain.result import GateResult, Outcome
from gate.formats import UnreadableError
from gate.formats.needs_context import SUCCESS, parse_needs
from gate.formats.shard_notes import RunNote
from gate.gates import PARTED
from gate.render.escape import console_line
from gate.render.figures import result_words, with_outcome
from gate.render.headline import headline
from gate.render.weakened import weakened_words
from gate.report_file import UnreadableReportError, read_report
from gate.shard_folders import ShardFolder


def enforce(folder: Path, say: Callable[[str], None]) -> int:
    """Say the verdict and what stands against it, a line each, and return the exit status that follows from it."""
    try:
        report = read_report(folder)
    except UnreadableReportError as error:
        say(console_line(f"Quality Gate could not decide: there is no readable report ({error})"))
        return Verdict.ERRORED.exit_code
    for line in _lines(report):
        say(console_line(line))
    if left_to_the_merge(report, ShardFolder(folder=folder, report=report).run_note(), say):
        return Verdict.PASSED.exit_code
    if report.subject.changed_only and report.verdict is Verdict.PASSED:
        return Verdict.ERRORED.exit_code
    return report.verdict.exit_code


def left_to_the_merge(report: Report, note: RunNote | None, say: Callable[[str], None]) -> bool:
    """Tell, and say, whether a shard is red for nothing but what may be old, where only what is new counts.

    Which are new is known where the shards are merged: a shard is shown nothing of the base's report.
    """
    if note is None or note.fail_on != "new" or report.subject.shard is None:
        return False
    wrong = [result for result in report.results if result.outcome in (Outcome.FAILED, Outcome.ERRORED)]
    if report.verdict is not Verdict.FAILED or not all(map(_may_be_old, wrong)) or report.is_weakened:
        return False
    say("  the base may have these failures too: that is for the merge of the shards to decide")
    return True


def _may_be_old(result: GateResult) -> bool:
    is_open = result.gate in PARTED or any(finding.in_base is None for finding in result.findings)
    return result.outcome is Outcome.FAILED and is_open


def enforce_needs(needs: str, say: Callable[[str], None]) -> int:
    """Hold that every needed job succeeded, and return 0 if so, else 1 if one failed, else 3.

    `needs` is the JSON of GitHub's `needs` context; nothing is held where it is empty. A job that was skipped has
    not succeeded: GitHub takes a required check that was skipped for a success.
    """
    if not needs.strip():
        return 0
    try:
        results = parse_needs(needs)
    except UnreadableError as error:
        say(console_line(f"Quality Gate could not decide: the input needs {error}"))
        return Verdict.ERRORED.exit_code
    missed = {name: result for name, result in results.items() if result != SUCCESS}
    for name, result in missed.items():
        say(console_line(f"Quality Gate: the job {name!r} did not succeed: {result}"))
    if not missed:
        return 0
    return (Verdict.FAILED if "failure" in missed.values() else Verdict.ERRORED).exit_code


def _lines(report: Report) -> list[str]:
    in_the_way = [
        *with_outcome(report.results, Outcome.FAILED),
        *with_outcome(report.results, Outcome.ERRORED),
    ]
    return [
        headline(report, report.subject.name),
        *(["  only what was changed was looked at: that decides nothing"] if report.subject.changed_only else []),
        *([f"  {weakened_words(report)}"] if report.weakenings else []),
        *(f"  {problem.place}: {problem.message}" for problem in report.problems),
        *(f"  {result.title}: {result_words(result)}" for result in in_the_way),
    ]

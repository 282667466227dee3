"""Annotations of a run, as workflow commands. Prints nothing.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the runner keeps ten of
each level a step and cuts a message at 4,096 characters (actions/runner, ExecutionContext.cs).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from gate.domain.finding import Location, Severity
from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.domain.wording import clipped, counted
from gate.render.escape import command_data, command_property
from gate.render.exhibited import beside_tests, failing_cases
from gate.render.figures import leading, limit_words, result_words
from gate.render.links import is_inside
from gate.render.since_base import is_excused, newest_first
from gate.render.weakened import at_its_place

MOST_OF_A_LEVEL = 10
_MOST_OF_A_MESSAGE = 2_000
_MOST_OF_A_TITLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annotation:
    level: Severity
    title: str
    message: str
    location: Location | None = None


def render_annotations(report: Report, changed: Collection[str] | None = None) -> list[str]:
    """Return the commands: of each level at most ten, those in the `changed` files first.

    What was left out is counted in a notice; not so what the base has too and no gate is red for, which is told as a
    notice where it lies in a changed file, and nowhere else.
    """
    everything = list(_annotations(report, changed))
    shown: list[_Annotation] = []
    left_out: list[str] = []
    for level in (Severity.ERROR, Severity.WARNING, Severity.NOTICE):
        of_level = [annotation for annotation in everything if annotation.level is level]
        of_level.sort(key=lambda annotation: not _is_changed(annotation, changed))
        most = MOST_OF_A_LEVEL - 1 if level is Severity.NOTICE else MOST_OF_A_LEVEL
        shown += of_level[:most]
        if len(of_level) > most:
            left_out.append(counted(len(of_level) - most, f"more {level}"))
    if left_out:
        message = f"{', '.join(left_out)}: GitHub shows ten of each level; the job summary has all of them."
        shown.append(_Annotation(level=Severity.NOTICE, title="Quality Gate", message=message))
    return [_command(annotation) for annotation in shown]


def _annotations(report: Report, changed: Collection[str] | None) -> Iterable[_Annotation]:
    for problem in report.problems:
        value = f" ({problem.value})" if problem.value else ""
        yield _Annotation(
            level=Severity.ERROR,
            title=f"Quality Gate is misconfigured: {problem.place}",
            message=f"{problem.message}{value}; write instead: {problem.instead}"
            if problem.instead
            else problem.message,
            location=Location(path=problem.path, line=problem.line) if problem.path else None,
        )
    for result in report.results:
        if result.outcome is Outcome.ERRORED:
            yield _Annotation(level=Severity.ERROR, title=f"{result.title} could not run", message=result.reason)
    for one in report.weakenings:
        level = Severity.ERROR if report.is_weakened else Severity.WARNING
        yield _Annotation(level=level, title="weakens the gate", message=at_its_place(one), location=one.location)
    for result in report.results:
        yield from _of_result(result, changed)


def _of_result(result: GateResult, changed: Collection[str] | None) -> Iterable[_Annotation]:
    for case in newest_first(failing_cases(result)):
        message = case.message or str(case.outcome)
        told = _Annotation(level=Severity.ERROR, title=case.name, message=message, location=case.location)
        yield from _weighed(told, changed, is_excused=is_excused(case, result))
    for finding in newest_first(beside_tests(result)):
        title = f"{result.title} {finding.rule_id}".rstrip()
        told = _Annotation(level=finding.severity, title=title, message=finding.message, location=finding.location)
        yield from _weighed(told, changed, is_excused=is_excused(finding, result))
    measure = leading(result)
    if result.outcome is Outcome.FAILED and measure is not None and not measure.holds and measure.unit != "count":
        yield _Annotation(
            level=Severity.ERROR,
            title=result.title,
            message=f"{result_words(result)}, limit {limit_words(measure)}",
        )


def _weighed(told: _Annotation, changed: Collection[str] | None, *, is_excused: bool) -> Iterable[_Annotation]:
    if not is_excused:
        yield told
    elif _is_changed(told, changed):
        yield replace(told, level=Severity.NOTICE)


def _is_changed(annotation: _Annotation, changed: Collection[str] | None) -> bool:
    return changed is not None and annotation.location is not None and annotation.location.path in changed


def _command(annotation: _Annotation) -> str:
    location = annotation.location
    properties: dict[str, str | int | None] = {}
    if location is not None and is_inside(location.path):
        properties["file"] = location.path
        properties["line"] = location.line
        properties["endLine"] = location.end_line
        properties["col"] = location.column
    properties["title"] = clipped(" ".join(annotation.title.split()), _MOST_OF_A_TITLE) or "Quality Gate"
    listed = ",".join(f"{name}={command_property(str(value))}" for name, value in properties.items() if value)
    message = clipped(annotation.message, _MOST_OF_A_MESSAGE) or "(no message)"
    return f"::{annotation.level} {listed}::{command_data(message)}"

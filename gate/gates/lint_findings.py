"""What ruff found -> findings. Pure: their paths are located already."""

from collections.abc import Sequence
from dataclasses import replace

from gate.domain.finding import Finding, Location, Severity
from gate.domain.project import Project
from gate.formats.ruff_output import Violation

GATE_ID = "lint"


def located(project: Project, violations: Sequence[Violation]) -> tuple[Violation, ...]:
    """Return violations with their paths relative to the repository's root."""
    return tuple(replace(violation, path=project.located(violation.path)) for violation in violations)


def findings_of(violations: Sequence[Violation], unformatted: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings: violations, then files that `ruff format` would change."""
    return (*map(_of_violation, violations), *map(_of_format, unformatted))


def _of_violation(violation: Violation) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id=violation.rule,
        severity=Severity.ERROR,
        message=violation.message,
        location=Location(
            path=violation.path, line=violation.line, end_line=violation.end_line, column=violation.column
        ),
        help_url=violation.url,
    )


def _of_format(path: str) -> Finding:
    return Finding(
        gate=GATE_ID,
        rule_id="format",
        severity=Severity.ERROR,
        message="ruff format would change this file",
        location=Location(path=path),
        help_url="https://docs.astral.sh/ruff/formatter/",
    )

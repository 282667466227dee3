"""What a linter found, as both sides of a comparison have it."""

from gate.domain.finding import Finding, Location, Severity
from gate.domain.result import GateResult
from tests.unit.render.reports import lint


def linted(*lines: int, known: bool | None = None) -> GateResult:
    """Return a result with a finding on each of these lines of a file; `known` is what ruff says of the base."""
    return lint(
        *(
            Finding(
                gate="lint",
                rule_id="E501",
                severity=Severity.ERROR,
                message="too long",
                location=Location(path="a.py", line=line),
                in_base=known,
            )
            for line in lines
        )
    )

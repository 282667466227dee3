"""A finding and its place in the source. Knows nothing of the tool that found it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gate.domain.record import record


class Severity(StrEnum):
    """How much a finding weighs. The values are GitHub's annotation levels."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@record
class Location:
    """A place in a file.

    `path` is relative to the repository root, with forward slashes.
    `line`, `end_line` and `column` count from 1.
    """

    path: str
    line: int | None = None
    end_line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


def line_in(path: str, line: int | None) -> Location:
    """Make a location of no more than a line, in half the time: a report has a hundred thousand."""
    location: Any = object.__new__(Location)
    location.path, location.line, location.end_line, location.column = path, line, None, None
    return location  # type: ignore[no-any-return]


@record
class Finding:
    """One thing a gate found. `message` is text from the change: never trusted, never markup.

    `in_base` tells whether the base has it too; None where that is not known.
    """

    gate: str
    rule_id: str
    severity: Severity
    message: str
    location: Location | None = None
    help_url: str | None = None
    in_base: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """What is known of a rule, whatever was found by it.

    `tags` are such as `security` and `external/cwe/cwe-639`. `score` is how bad it is, from 0.0 to 10.0, in the bands
    of CVSS; None where that makes no sense.
    """

    rule_id: str
    title: str = ""
    advice: str = ""
    tags: tuple[str, ...] = ()
    score: float | None = None

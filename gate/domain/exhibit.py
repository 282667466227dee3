"""What a gate has to show, by kind. Renderers know these kinds and never a gate."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gate.domain.finding import Location
from gate.domain.measure import Unit
from gate.domain.record import record


class CaseOutcome(StrEnum):
    """How one test case ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERRORED = "errored"
    SKIPPED = "skipped"


@record
class TestCase:
    """One test case. `message` is its first line of failure, `details` the traceback and captured output.

    `retried` is how often it was tried again: one that passed then is flaky. `in_base` tells of a case that failed
    whether the base's failed too; None where that is not known.
    """

    __test__ = False  # pytest would take its name for a test

    name: str
    outcome: CaseOutcome
    seconds: float
    location: Location | None = None
    message: str = ""
    details: str = ""
    retried: int = 0
    in_base: bool | None = None


def passed_case(name: str, seconds: float, location: Location | None) -> TestCase:
    """Make a test case that passed and tells nothing, in half the time: a report has a hundred thousand."""
    case: Any = object.__new__(TestCase)
    case.name, case.outcome, case.seconds, case.location = name, CaseOutcome.PASSED, seconds, location
    case.message = case.details = ""
    case.retried, case.in_base = 0, None
    return case  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """The test cases of a run, in the order they ran.

    `failing` are those that failed or errored, `flaky` those that passed only when they were tried again.
    """

    __test__ = False  # pytest would take its name for a test

    cases: tuple[TestCase, ...]
    failing: tuple[TestCase, ...] = field(init=False, repr=False, compare=False)
    skipped: tuple[TestCase, ...] = field(init=False, repr=False, compare=False)
    flaky: tuple[TestCase, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Every surface asks for these, and there may be a hundred thousand cases.
        told = [case for case in self.cases if case.outcome is not CaseOutcome.PASSED or case.retried]
        skipped = tuple(case for case in told if case.outcome is CaseOutcome.SKIPPED)
        failing = tuple(case for case in told if case.outcome in (CaseOutcome.FAILED, CaseOutcome.ERRORED))
        flaky = tuple(case for case in told if case.outcome is CaseOutcome.PASSED)
        object.__setattr__(self, "failing", failing)
        object.__setattr__(self, "skipped", skipped)
        object.__setattr__(self, "flaky", flaky)

    @property
    def ran(self) -> int:
        """How many cases ran to an end: all but the skipped."""
        return len(self.cases) - len(self.skipped)


class ErrorPathKind(StrEnum):
    """By what a path is known to be one that runs when something goes wrong."""

    RAISE = "raise"
    EXCEPT = "except"
    HTTP_ERROR = "http-error"
    GUARD = "guard"


@record
class ErrorPath:
    """A path for errors that no test took: its lines, the function it is in, and the test that would reach it.

    `test` goes on after `a test in which`: `comment.owner_id != user.id in delete_comment`.
    """

    kind: ErrorPathKind
    line: int
    end_line: int
    function: str
    test: str


@record
class Excerpt:
    """Lines of a file as it was measured, from line `start` on."""

    start: int
    text: str


@record
class FileCoverage:
    """Coverage of one file: what ran, what there is, and the lines and branches that did not run.

    `error_paths` are those that did not run. `patch_lines` are the lines of the change that can run, and
    `patch_missing` those of them that did not. `excerpts` show what did not run and what stands around it.
    """

    path: str
    covered: int
    total: int
    missing_lines: tuple[int, ...] = ()
    missing_branches: tuple[tuple[int, int], ...] = ()
    error_paths: tuple[ErrorPath, ...] = ()
    patch_lines: tuple[int, ...] = ()
    patch_missing: tuple[int, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def error_lines(self) -> tuple[int, ...]:
        """The lines that did not run and lie on a path for errors."""
        starts = sorted((path.line, path.end_line) for path in self.error_paths)
        lines, at, told_to = [], 0, 0
        for line in sorted(self.missing_lines):
            while at < len(starts) and starts[at][0] <= line:
                told_to = max(told_to, starts[at][1])
                at += 1
            if line <= told_to:
                lines.append(line)
        return tuple(lines)


# The measures, beside that of the whole, that speak of `FileCoverage`.
PATCH_COVERAGE = "patch-coverage"
ERROR_PATH_COVERAGE = "error-path-coverage"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCoverage:
    """Coverage of a project by file, in the order of their paths."""

    files: tuple[FileCoverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under a heading."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """What a row is about, and a cell for each column behind the first."""

    label: str
    cells: tuple[str, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """How each of many things ended under each of a few questions; the first of `columns` says what the rows are.

    A cell that is one of `ENDINGS` is drawn as a mark; any other is text.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


ENDINGS = ("passed", "failed", "inconclusive", "warning", "waived", "not exercised", "not asked")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputTail:
    """Text as a program gave it, its end the most telling: from the change, never markup."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """How often values of `unit` fell where: `buckets` are (upper end, count), rising; `marks` are named values."""

    title: str
    unit: Unit
    buckets: tuple[tuple[float, int], ...]
    marks: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Values of `unit` over time: `lines` are a name and points (seconds from the begin, value), rising in time."""

    title: str
    unit: Unit
    lines: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]


Exhibit = Tests | SourceCoverage | Table | Matrix | Histogram | Series | OutputTail


def line_ranges(lines: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Join sorted line numbers to ranges: (1, 2, 3, 7) becomes ((1, 3), (7, 7))."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    return tuple(ranges)

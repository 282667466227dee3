"""coverage.py's JSON report -> lines and branches by file.

Format: https://coverage.readthedocs.io/en/latest/commands/cmd_reporting.html#json-reporting-coverage-json
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.domain.exhibit import FileCoverage
from gate.formats import UnreadableError


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """Counts over all files; `branches` are 0 of 0 where branches were not measured. Paths are coverage's own.

    `executed` are the lines of each file that ran and count: not those that the project leaves out.
    """

    covered_lines: int
    total_lines: int
    covered_branches: int
    total_branches: int
    files: tuple[FileCoverage, ...]
    executed: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def covered(self) -> int:
        """Lines and branches that ran: the numerator of coverage.py's own percentage."""
        return self.covered_lines + self.covered_branches

    @property
    def total(self) -> int:
        """Lines and branches there are."""
        return self.total_lines + self.total_branches


def parse_coverage(text: str) -> CoverageReport:
    """Read the JSON report.

    Raises:
        UnreadableError: it is cut short, or of another form.
    """
    try:
        document = json.loads(text)
        totals = document["totals"]
        return CoverageReport(
            covered_lines=_count(totals["covered_lines"]),
            total_lines=_count(totals["num_statements"]),
            covered_branches=_covered_branches(totals),
            total_branches=_count(totals.get("num_branches", 0)),
            files=tuple(_file(path, entry) for path, entry in sorted(document["files"].items())),
            executed={path: _executed(entry) for path, entry in document["files"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableError(f"the coverage report cannot be read: {error!r}") from None


def _file(path: str, entry: dict[str, object]) -> FileCoverage:
    summary = entry["summary"]
    missing_lines, missing_branches = entry["missing_lines"], entry.get("missing_branches", [])
    if not isinstance(summary, dict) or not isinstance(missing_lines, list) or not isinstance(missing_branches, list):
        raise UnreadableError("a file's entry has another form")
    return FileCoverage(
        path=path,
        covered=_count(summary["covered_lines"]) + _covered_branches(summary),
        total=_count(summary["num_statements"]) + _count(summary.get("num_branches", 0)),
        missing_lines=tuple(sorted(_count(line) for line in missing_lines)),
        missing_branches=tuple(sorted((_whole(start), _whole(end)) for start, end in missing_branches)),
    )


def _executed(entry: Mapping[str, object]) -> frozenset[int]:
    executed, excluded = entry.get("executed_lines", []), entry.get("excluded_lines", [])
    if not isinstance(executed, list) or not isinstance(excluded, list):
        raise UnreadableError("a file's entry has another form")
    return frozenset(map(_count, executed)).difference(map(_count, excluded))


def _covered_branches(summary: Mapping[str, object]) -> int:
    """Return how many branches ran; coverage.py before 5.3 tells it by its percentage of lines and branches alone."""
    branches = _count(summary.get("num_branches", 0))
    if "covered_branches" in summary or not branches:
        return _count(summary.get("covered_branches", 0))
    percent, lines = summary["percent_covered"], _count(summary["covered_lines"])
    if not isinstance(percent, int | float) or not 0 <= percent <= 100:
        raise UnreadableError(f"{percent!r} is no percentage")
    ran = round(percent * (_count(summary["num_statements"]) + branches) / 100)
    return min(branches, max(0, ran - lines))


def _count(value: object) -> int:
    number = _whole(value)
    if number < 0:
        raise UnreadableError(f"{number} is no count")
    return number


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnreadableError(f"{value!r} is no whole number")
    return value

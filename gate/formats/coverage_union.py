"""coverage.py's JSON reports of several shards -> the report that one run of all tests would have given.

A line or branch is missing where no shard ran it; which there are follows from the source, so all shards tell the same.
Format: https://coverage.readthedocs.io/en/latest/commands/cmd_reporting.html#json-reporting-coverage-json
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.formats import UnreadableError

_Jump = tuple[int, int]


@dataclass(slots=True)
class _Source:
    """One file: how many lines and branches there are, and those that no shard has run so far.

    Lines that were left out may be among the `executed`, and are no statements.
    """

    statements: int
    branches: int
    executed_lines: frozenset[int]
    missing_lines: frozenset[int]
    missing_branches: frozenset[_Jump]
    excluded_lines: frozenset[int]

    def is_of_same_source(self, other: "_Source") -> bool:
        """Tell whether both were measured on one source: what one misses the other misses or has run."""
        mine = (self.statements, self.branches, self.excluded_lines)
        return (
            mine == (other.statements, other.branches, other.excluded_lines)
            and self.missing_lines <= other.missing_lines | other.executed_lines
            and other.missing_lines <= self.missing_lines | self.executed_lines
        )


@dataclass(slots=True)
class CoverageUnion:
    """Takes the reports of the shards one by one, so that no two are held at once."""

    _files: dict[str, _Source] = field(default_factory=dict)
    reports: int = 0

    def add(self, text: str) -> None:
        """Add a shard's report.

        Raises:
            UnreadableError: it is of another form, or of other sources than those before.
        """
        try:
            files = {path: _source(entry) for path, entry in json.loads(text)["files"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise UnreadableError(f"the coverage report cannot be read: {error!r:.200}") from None
        for path, source in files.items():
            known = self._files.setdefault(path, source)
            if not known.is_of_same_source(source):
                raise UnreadableError(
                    f"{path} has other lines in one shard than in another: they must have the same sources, Python and "
                    "coverage.py"
                )
            known.executed_lines |= source.executed_lines
            known.missing_lines &= source.missing_lines
            known.missing_branches &= source.missing_branches
        self.reports += 1

    def text(self) -> str:
        """Return the whole's report, with what of coverage.py's own is read here."""
        files = {path: _entry(source) for path, source in sorted(self._files.items())}
        totals = {
            name: sum(entry["summary"][name] for entry in files.values())
            for name in ("covered_lines", "num_statements", "num_branches", "covered_branches")
        }
        return json.dumps({"files": files, "totals": totals})


def _source(entry: Mapping[str, Any]) -> _Source:
    summary = entry["summary"]
    source = _Source(
        statements=int(summary["num_statements"]),
        branches=int(summary.get("num_branches", 0)),
        executed_lines=_lines(entry["executed_lines"]),
        missing_lines=_lines(entry["missing_lines"]),
        missing_branches=frozenset((int(start), int(end)) for start, end in entry.get("missing_branches", ())),
        excluded_lines=_lines(entry.get("excluded_lines", ())),
    )
    if source.statements - len(source.missing_lines) != summary["covered_lines"]:
        raise UnreadableError("the coverage report contradicts itself")
    if source.branches - len(source.missing_branches) != summary.get("covered_branches", source.branches):
        raise UnreadableError("the coverage report does not tell which branches ran: coverage.py 7 does")
    return source


def _lines(values: Iterable[Any]) -> frozenset[int]:
    return frozenset(int(value) for value in values)


def _entry(source: _Source) -> dict[str, Any]:
    missing_branches = sorted(source.missing_branches)
    return {
        "executed_lines": sorted(source.executed_lines),
        "missing_lines": sorted(source.missing_lines),
        "excluded_lines": sorted(source.excluded_lines),
        "missing_branches": [list(jump) for jump in missing_branches],
        "summary": {
            "num_statements": source.statements,
            "covered_lines": source.statements - len(source.missing_lines),
            "num_branches": source.branches,
            "covered_branches": source.branches - len(missing_branches),
        },
    }

"""Exhibits -> what the page's script draws, by kind. Texts are plain: the script makes text nodes of them."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from gate.domain.exhibit import (
    CaseOutcome,
    Exhibit,
    FileCoverage,
    Histogram,
    Matrix,
    OutputTail,
    Series,
    SourceCoverage,
    Table,
    TestCase,
    Tests,
    line_ranges,
)
from gate.domain.report import Report
from gate.domain.result import GateResult
from gate.render.exhibited import short_name, tests_of
from gate.render.figures import UNITS
from gate.render.flaky import flaky_words, times_flaky
from gate.render.page.telling import Telling, block_of, end_of, line_of

OUTCOMES = tuple(CaseOutcome)
MOST_CASES = 150_000
MOST_FILES = 20_000
MOST_ROWS = 5_000
MOST_POINTS = 2_000
_MOST_OF_A_CELL = 300
_MOST_COLUMNS = 100
_CODES = {outcome: at for at, outcome in enumerate(OUTCOMES)}
_OLD, _NEW = 1, 2


def case_rows(report: Report, telling: Telling) -> Iterator[list[Any]]:
    """Yield a row a test case.

    Gate, name, outcome, seconds, path, line; message, details, retried, in the base; how often it was flaky.
    What stands at the end of a row and says nothing is left out: most cases passed.
    """
    before, runs = times_flaky(report.history), len(report.history)
    for gate, result in enumerate(report.results):
        for exhibit in tests_of(result):
            for case in telling.most(_kept(exhibit), MOST_CASES, "tests"):
                row = _case_row(gate, case, telling)
                is_flaky = case.retried and case.outcome is CaseOutcome.PASSED
                yield [*row, flaky_words(case, before, runs)] if is_flaky else row


def _kept(exhibit: Tests) -> Sequence[TestCase]:
    """Return the cases in their order; where there are too many, those that tell something first."""
    if len(exhibit.cases) <= MOST_CASES:
        return exhibit.cases
    return sorted(exhibit.cases, key=lambda case: case.outcome is CaseOutcome.PASSED and not case.retried)


def _case_row(gate: int, case: TestCase, telling: Telling) -> list[Any]:
    path, line = telling.place(case.location)
    row: list[Any] = [gate, line_of(short_name(case)), _CODES[case.outcome], _decimal(case.seconds, 4), path, line]
    if case.outcome is not CaseOutcome.PASSED or case.retried or case.message:
        known = 0 if case.in_base is None else _OLD if case.in_base else _NEW
        details = telling.long(block_of(case.details), "outputs of tests")
        row += [block_of(case.message, 2_000), details, case.retried, known]
    return row


def coverage_of_files(result: GateResult, exhibit: SourceCoverage, telling: Telling) -> dict[str, Any]:
    """Return what is known of each file, those of which the most is missing first where there are too many."""
    files: Sequence[FileCoverage] = exhibit.files
    if len(files) > MOST_FILES:
        files = telling.most(sorted(files, key=lambda file: file.covered - file.total), MOST_FILES, "files")
    return {"gate": line_of(result.title), "files": [_file(file, telling) for file in files]}


def _file(file: FileCoverage, telling: Telling) -> dict[str, Any]:
    told: dict[str, Any] = {"path": telling.path(file.path), "covered": file.covered, "total": file.total}
    if file.missing_lines:
        told["missing"] = line_ranges(file.missing_lines)
    if file.missing_branches:
        told["branches"] = file.missing_branches[:MOST_ROWS]
    if file.error_paths:
        told["errors"] = [
            (str(path.kind), path.line, path.end_line, line_of(path.function), line_of(path.test))
            for path in telling.most(file.error_paths, MOST_ROWS, "error paths")
        ]
    if file.patch_lines:
        told["patch"] = line_ranges(file.patch_lines)
        told["patchMissing"] = line_ranges(file.patch_missing)
    excerpts = [(one.start, telling.long(block_of(one.text), "excerpts")) for one in file.excerpts]
    if shown := [excerpt for excerpt in excerpts if excerpt[1]]:
        told["excerpts"] = shown
    return told


def drawn(result: GateResult, exhibit: Exhibit, telling: Telling) -> dict[str, Any] | None:
    """Return what is drawn by itself; None for what has a part of the page of its own."""
    head = {"gate": line_of(result.title)}
    match exhibit:
        case Table():
            return {
                **head,
                "kind": "table",
                "title": line_of(exhibit.title),
                "columns": _cells(telling.most(exhibit.columns, _MOST_COLUMNS, "columns")),
                "rows": [_cells(row) for row in telling.most(exhibit.rows, MOST_ROWS, "rows of tables")],
            }
        case Matrix():
            return {
                **head,
                "kind": "matrix",
                "title": line_of(exhibit.title),
                "columns": _cells(telling.most(exhibit.columns, _MOST_COLUMNS, "columns")),
                "rows": [
                    (line_of(row.label), _cells(row.cells), *telling.place(row.location))
                    for row in telling.most(exhibit.rows, MOST_ROWS, "rows of matrices")
                ],
            }
        case Histogram():
            return head | _histogram(exhibit, telling)
        case Series():
            return head | _series(exhibit, telling)
        case OutputTail():
            text = telling.long(end_of(exhibit.text), "outputs of programs")
            return {**head, "kind": "output", "title": line_of(exhibit.title), "text": text}
        case _:
            return None


def _histogram(exhibit: Histogram, telling: Telling) -> dict[str, Any]:
    buckets = telling.most(exhibit.buckets, MOST_POINTS, "buckets of histograms")
    return {
        "kind": "histogram",
        "title": line_of(exhibit.title),
        "unit": UNITS[exhibit.unit],
        "buckets": [(_decimal(end), count) for end, count in buckets],
        "marks": [(line_of(name), _decimal(value)) for name, value in exhibit.marks[:20]],
    }


def _series(exhibit: Series, telling: Telling) -> dict[str, Any]:
    return {
        "kind": "series",
        "title": line_of(exhibit.title),
        "unit": UNITS[exhibit.unit],
        "lines": [
            (
                line_of(name),
                [
                    (_decimal(at), _decimal(value))
                    for at, value in telling.most(points, MOST_POINTS, "points of charts")
                ],
            )
            for name, points in telling.most(exhibit.lines, 12, "lines of charts")
        ],
    }


def _cells(cells: Sequence[str]) -> list[str]:
    return [line_of(cell, _MOST_OF_A_CELL) for cell in cells[:_MOST_COLUMNS]]


def _decimal(value: float, digits: int = 3) -> float | None:
    """Return a figure as JSON has it, which knows nothing of what is endless or no number."""
    return round(value, digits) if math.isfinite(value) else None

"""Exhibits -> report.json; the mirror of `exhibit_decoding`. A report has a hundred thousand test cases."""

from collections.abc import Sequence
from json.encoder import encode_basestring as quoted
from typing import Any

from gate.domain.exhibit import (
    CaseOutcome,
    ErrorPath,
    Exhibit,
    FileCoverage,
    Histogram,
    Matrix,
    MatrixRow,
    OutputTail,
    Series,
    SourceCoverage,
    Table,
    TestCase,
    Tests,
)
from gate.domain.finding import Location
from gate.domain.json_writing import JSON, MAX_LINE, MAX_SECONDS, Writing, Written, figure_of, seconds_of, within
from gate.domain.untrusted_json import MAX_WHOLE


class ExhibitEncoder(Writing):
    """Writes each kind of exhibit."""

    def exhibit(self, exhibit: Exhibit) -> dict[str, Any]:
        """Write an exhibit of any kind."""
        match exhibit:
            case Tests():
                return {"kind": "tests", "cases": Written(entries=map(self.case, self.cases(exhibit)))}
            case SourceCoverage():
                return {"kind": "source-coverage", "files": self.each(exhibit.files, self.file)}
            case Table():
                return {
                    "kind": "table",
                    "title": self.text(exhibit.title),
                    "columns": self.each(exhibit.columns, self.text),
                    "rows": self.each(exhibit.rows, lambda row: [self.text(cell) for cell in row[: self.most_items]]),
                }
            case Matrix():
                return {
                    "kind": "matrix",
                    "title": self.text(exhibit.title),
                    "columns": self.each(exhibit.columns, self.text),
                    "rows": self.each(exhibit.rows, self.row),
                }
            case Histogram() | Series():
                return self.drawn(exhibit)
            case OutputTail():
                return {"kind": "output-tail", "title": self.text(exhibit.title), "text": self.end(exhibit.text)}

    def drawn(self, exhibit: Histogram | Series) -> dict[str, Any]:
        """Write what is drawn."""
        head = {"title": self.text(exhibit.title), "unit": exhibit.unit}
        if isinstance(exhibit, Series):
            return {"kind": "series", **head, "lines": self.each(exhibit.lines, self.line)}
        return {
            "kind": "histogram",
            **head,
            "buckets": self.each(exhibit.buckets, self.bucket),
            "marks": self.each(exhibit.marks, lambda one: {"name": self.text(one[0]), "value": figure_of(one[1])}),
        }

    def bucket(self, bucket: tuple[float, int]) -> dict[str, Any]:
        """Write how many values fell up to an end."""
        end, count = bucket
        return {"up_to": figure_of(end), "count": min(max(count, 0), MAX_WHOLE)}

    def line(self, line: tuple[str, Sequence[tuple[float, float]]]) -> dict[str, Any]:
        """Write one line of a series."""
        name, points = line
        return {
            "name": self.text(name),
            "points": [[seconds_of(at), figure_of(value)] for at, value in points[: self.most_items]],
        }

    def row(self, row: MatrixRow) -> dict[str, Any]:
        """Write a row of a matrix."""
        place = {name: value for name, value in self.location(row.location).items() if value is not None}
        return {"label": self.text(row.label), "cells": [self.text(c) for c in row.cells[: self.most_items]], **place}

    def cases(self, exhibit: Tests) -> Sequence[TestCase]:
        """Return the cases in their order; of too many, those that passed are left out first."""
        cases = exhibit.cases
        if len(cases) <= self.most_items:
            return cases
        kept = sorted(range(len(cases)), key=lambda at: cases[at].outcome is CaseOutcome.PASSED)[: self.most_items]
        return [cases[at] for at in sorted(kept)]

    def case(self, case: TestCase) -> str:
        """Write a case as JSON at once, without what it does not have: there may be a hundred thousand."""
        name, seconds, location = case.name, case.seconds, case.location
        if not 0 <= seconds <= MAX_SECONDS:
            seconds = seconds_of(seconds)
        place = "" if location is None else self.place(location)
        told = ""
        if case.message or case.details:
            told = f',\n"message": {quoted(self.text(case.message))},\n"details": {quoted(self.text(case.details))}'
        if case.retried:
            told += f',\n"retried": {within(case.retried, MAX_WHOLE) or 1}'
        if case.in_base is not None:
            told += f',\n"in_base": {"true" if case.in_base else "false"}'
        head = f'{{"name": {quoted(self.text(name))},\n"outcome": "{case.outcome!s}",\n"seconds": {seconds!r}'
        return f"{head}{place}{told}}}"

    def place(self, location: Location) -> str:
        """Write a place as further members of a case."""
        line = location.line
        if location.end_line is None and location.column is None and line is not None and 1 <= line <= MAX_LINE:
            return f',\n"path": {quoted(self.text(location.path))},\n"line": {line}'
        members = {name: value for name, value in self.location(location).items() if value is not None}
        return f",\n{JSON.encode(members)[1:-1]}"

    def file(self, file: FileCoverage) -> dict[str, Any]:
        """Write the coverage of a file, without what it does not have."""
        encoded: dict[str, Any] = {
            "path": self.text(file.path),
            "covered": file.covered,
            "total": file.total,
            "missing_lines": [line for line in file.missing_lines if 1 <= line <= MAX_LINE][: self.most_items],
            "missing_branches": [list(jump) for jump in file.missing_branches[: self.most_items]],
        }
        if file.error_paths:
            encoded["error_paths"] = [self.error_path(path) for path in file.error_paths[: self.most_items]]
        if file.patch_lines:
            encoded["patch_lines"] = [line for line in file.patch_lines if 1 <= line <= MAX_LINE][: self.most_items]
            encoded["patch_missing"] = [line for line in file.patch_missing if 1 <= line <= MAX_LINE]
            encoded["patch_missing"] = encoded["patch_missing"][: self.most_items]
        if file.excerpts:
            encoded["excerpts"] = [
                {"start": within(one.start, MAX_LINE) or 1, "text": self.text(one.text)}
                for one in file.excerpts[: self.most_items]
            ]
        return encoded

    def error_path(self, path: ErrorPath) -> dict[str, Any]:
        """Write a path for errors."""
        line = within(path.line, MAX_LINE) or 1
        return {
            "kind": str(path.kind),
            "line": line,
            "end_line": max(within(path.end_line, MAX_LINE) or line, line),
            "function": self.text(path.function),
            "test": self.text(path.test),
        }

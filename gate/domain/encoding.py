"""Report -> report.json, schema version 1 (docs/report.md, docs/report.schema.json). Writes no file.

What is written can always be read back: texts and lists that are too long are cut here, not refused there.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from fractions import Fraction
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import Any

from gate.domain.exhibit import (
    CaseOutcome,
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
from gate.domain.finding import Finding, Location, RuleWords
from gate.domain.measure import Measure, floored
from gate.domain.report import Problem, Report, Subject
from gate.domain.result import Artifact, GateResult
from gate.domain.untrusted_json import MAX_CHARACTERS, MAX_ITEMS, MAX_TEXT, MAX_WHOLE, REFUSED_NAMES

MAX_LINE = 10**9
MAX_SECONDS = 10**8
MAX_VALUE = 10**15
MAX_RESULTS = 100
VALUE_DIGITS = 6
"""Decimal digits of a measure's value; a ratio is exact through its counts."""

_DIGITS_OF_A_DOUBLE = 15
# A line a member: as easy to look through as with `indent`, with which Python encodes ten times as slowly.
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",\n", ": "))
_HANDFUL = 200

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}")
WEB_ADDRESS = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)

# Characters of a text and entries of a list: each pair is tried until the whole is short enough.
_SMALLER = ((4_096, MAX_ITEMS), (512, 50_000), (256, 5_000), (128, 200), (64, 20))
_CUT = " … cut"


def encode_report(report: Report) -> str:
    """Write a report as JSON, in a stable order. Text that is not well-formed Unicode is made so."""
    return "".join(encode_parts(report))


def encode_parts(report: Report) -> Sequence[str]:
    """Write a report as `encode_report` does, in parts: joined, a large one would take its memory once more."""
    parts = _bounded(_Encoder(most_text=MAX_TEXT, most_items=MAX_ITEMS).encode(report), MAX_CHARACTERS)
    for most_text, most_items in _SMALLER:
        if parts:
            break
        cut = replace(
            report, notices=(*report.notices, f"long parts of the report were cut to fit {MAX_CHARACTERS:,} characters")
        )
        most = None if (most_text, most_items) == _SMALLER[-1] else MAX_CHARACTERS
        parts = _bounded(_Encoder(most_text=most_text, most_items=most_items).encode(cut), most)
    return parts


def _bounded(parts: Iterable[str], most: int | None) -> Sequence[str]:
    """Gather `parts`; return none as soon as there are more than `most` characters, if there is a most."""
    kept: list[str] = []
    length = 0
    for part in parts:
        length += len(part)
        if most is not None and length > most:
            return ()
        kept.append(part)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """A list that may be long: its entries are made when they are written, some at a time."""

    values: Iterable[Any]
    encode: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A list of entries that are JSON already."""

    entries: Iterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoder:
    most_text: int
    most_items: int

    def encode(self, report: Report) -> Iterator[str]:
        document = {
            "schema_version": report.schema_version,
            "verdict": str(report.verdict),
            "interrupted": report.interrupted,
            "subject": self.subject(report.subject),
            "results": [self.result(result) for result in report.results],
            "problems": self.each(report.problems, self.problem),
            "notices": self.each(report.notices, self.text),
            "found": self.each(report.found, self.text),
            "tool_versions": self.tool_versions(report.tool_versions),
        }
        yield from _written(document)
        yield "\n"

    def tool_versions(self, versions: Mapping[str, str]) -> dict[str, str]:
        return {self.text(name): self.text(versions[name]) for name in sorted(versions) if name not in REFUSED_NAMES}

    def each(self, values: Sequence[Any], encode: Callable[[Any], Any]) -> _Entries:
        return _Entries(values=islice(values, self.most_items), encode=encode)

    def text(self, value: str) -> str:
        if len(value) <= self.most_text and value.isascii():
            return value
        well_formed = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if len(well_formed) <= self.most_text:
            return well_formed
        return well_formed[: self.most_text - len(_CUT)] + _CUT

    def end(self, value: str) -> str:
        return self.text(value if len(value) <= self.most_text else "… " + value[2 - self.most_text :])

    def subject(self, subject: Subject) -> dict[str, Any]:
        shard = subject.shard
        return {
            "name": self.text(subject.name),
            "project": self.text(subject.project),
            "repository": subject.repository if REPOSITORY.fullmatch(subject.repository) else "",
            "commit": subject.commit if COMMIT.fullmatch(subject.commit) else "",
            "run_id": _within(subject.run_id, MAX_WHOLE),
            "run_attempt": _within(subject.run_attempt, MAX_WHOLE),
            "pull_request": _within(subject.pull_request, MAX_WHOLE),
            "shard": None if shard is None else {"index": shard.index, "total": shard.total},
        }

    def result(self, result: GateResult) -> dict[str, Any]:
        started_at = result.started_at if result.started_at.tzinfo else result.started_at.replace(tzinfo=UTC)
        return {
            "gate": result.gate,
            "title": self.text(result.title),
            "outcome": str(result.outcome),
            "reason": self.text(result.reason),
            "started_at": started_at.astimezone(UTC).isoformat(),
            "duration_seconds": _seconds(result.duration.total_seconds()),
            "measures": self.each(result.measures, self.measure),
            "findings": self.each(result.findings, self.finding),
            "rules": self.each(result.judgement.rules, self.rule),
            "exhibits": [self.exhibit(exhibit) for exhibit in result.exhibits[: self.most_items]],
            "artifacts": self.each(result.judgement.artifacts, self.artifact),
        }

    def artifact(self, artifact: Artifact) -> dict[str, Any]:
        return {"title": self.text(artifact.title), "path": self.text(artifact.path)}

    def measure(self, measure: Measure) -> dict[str, Any]:
        encoded: dict[str, Any] = {
            "name": self.text(measure.name),
            "value": number_of(measure.value),
            "unit": measure.unit,
            "threshold": None if measure.threshold is None else number_of(measure.threshold.value),
            "baseline": None if measure.baseline is None else number_of(measure.baseline),
        }
        if measure.threshold is not None:
            encoded["direction"] = measure.threshold.direction
        if measure.numerator is not None and measure.denominator is not None:
            encoded |= {"numerator": measure.numerator, "denominator": measure.denominator}
        return encoded

    def finding(self, finding: Finding) -> dict[str, Any]:
        address = finding.help_url or ""
        return {
            "rule_id": self.text(finding.rule_id),
            "severity": str(finding.severity),
            "message": self.text(finding.message),
            **self.location(finding.location),
            "help_url": address if WEB_ADDRESS.fullmatch(address) else None,
        }

    def rule(self, rule: RuleWords) -> dict[str, Any]:
        encoded: dict[str, Any] = {
            "rule_id": self.text(rule.rule_id),
            "title": self.text(rule.title),
            "advice": self.text(rule.advice),
            "tags": [self.text(tag) for tag in rule.tags[: self.most_items]],
        }
        return encoded if rule.score is None else {**encoded, "score": min(max(rule.score, 0.0), 10.0)}

    def location(self, location: Location | None) -> dict[str, Any]:
        if location is None:
            return {"path": None, "line": None, "end_line": None, "column": None}
        return {
            "path": self.text(location.path),
            "line": _within(location.line, MAX_LINE),
            "end_line": _within(location.end_line, MAX_LINE),
            "column": _within(location.column, MAX_LINE),
        }

    def exhibit(self, exhibit: Exhibit) -> dict[str, Any]:
        match exhibit:
            case Tests():
                return {"kind": "tests", "cases": _Written(entries=map(self.case, self.cases(exhibit)))}
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
        head = {"title": self.text(exhibit.title), "unit": exhibit.unit}
        if isinstance(exhibit, Series):
            return {"kind": "series", **head, "lines": self.each(exhibit.lines, self.line)}
        return {
            "kind": "histogram",
            **head,
            "buckets": self.each(exhibit.buckets, self.bucket),
            "marks": self.each(exhibit.marks, lambda one: {"name": self.text(one[0]), "value": _figure(one[1])}),
        }

    def bucket(self, bucket: tuple[float, int]) -> dict[str, Any]:
        end, count = bucket
        return {"up_to": _figure(end), "count": min(max(count, 0), MAX_WHOLE)}

    def line(self, line: tuple[str, Sequence[tuple[float, float]]]) -> dict[str, Any]:
        name, points = line
        return {
            "name": self.text(name),
            "points": [[_seconds(at), _figure(value)] for at, value in points[: self.most_items]],
        }

    def row(self, row: MatrixRow) -> dict[str, Any]:
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
            seconds = _seconds(seconds)
        place = "" if location is None else self.place(location)
        told = ""
        if case.message or case.details:
            told = f',\n"message": {quoted(self.text(case.message))},\n"details": {quoted(self.text(case.details))}'
        head = f'{{"name": {quoted(self.text(name))},\n"outcome": "{case.outcome!s}",\n"seconds": {seconds!r}'
        return f"{head}{place}{told}}}"

    def place(self, location: Location) -> str:
        line = location.line
        if location.end_line is None and location.column is None and line is not None and 1 <= line <= MAX_LINE:
            return f',\n"path": {quoted(self.text(location.path))},\n"line": {line}'
        members = {name: value for name, value in self.location(location).items() if value is not None}
        return f",\n{_JSON.encode(members)[1:-1]}"

    def file(self, file: FileCoverage) -> dict[str, Any]:
        return {
            "path": self.text(file.path),
            "covered": file.covered,
            "total": file.total,
            "missing_lines": [line for line in file.missing_lines if 1 <= line <= MAX_LINE][: self.most_items],
            "missing_branches": [list(jump) for jump in file.missing_branches[: self.most_items]],
        }

    def problem(self, problem: Problem) -> dict[str, Any]:
        return {
            "place": self.text(problem.place),
            "value": self.text(problem.value),
            "message": self.text(problem.message),
            "instead": self.text(problem.instead),
            "path": None if problem.path is None else self.text(problem.path),
            "line": _within(problem.line, MAX_LINE),
        }


def _written(value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever JSON holds
    """Write a value in parts, none of them of more than a handful of entries: the whole is never held twice."""
    if isinstance(value, _Entries | _Written):
        written = value.entries if isinstance(value, _Written) else map(_JSON.encode, map(value.encode, value.values))
        yield "["
        before = ""
        while handful := list(islice(written, _HANDFUL)):
            yield before + ",\n".join(handful)
            before = ",\n"
        yield "]"
    elif isinstance(value, dict) and value:
        before = "{"
        for name, member in value.items():
            yield f"{before}{_JSON.encode(name)}: "
            yield from _written(member)
            before = ",\n"
        yield "}"
    elif isinstance(value, list) and value:
        for at, entry in enumerate(value):
            yield ",\n" if at else "["
            yield from _written(entry)
        yield "]"
    else:
        yield _JSON.encode(value)


def number_of(value: Fraction) -> int | float:
    """Return the JSON number of a figure: whole as it is, else floored to what a double holds to the digit."""
    if abs(value) >= MAX_VALUE:
        return MAX_VALUE if value > 0 else -MAX_VALUE
    if value.denominator == 1:
        return value.numerator
    digits = min(VALUE_DIGITS, _DIGITS_OF_A_DOUBLE - len(str(abs(int(value)))))
    return float(floored(value, max(digits, 0)))


def _figure(value: float) -> float:
    """Return a figure that can be read back; what is no number is nought."""
    return min(max(value, -float(MAX_VALUE)), float(MAX_VALUE)) if not math.isnan(value) else 0.0


def _seconds(seconds: float) -> float:
    """Return a duration that can be read back: what tools tell may be negative, endless or no number."""
    return min(max(seconds, 0.0), float(MAX_SECONDS)) if math.isfinite(seconds) else 0.0


def _within(number: int | None, most: int) -> int | None:
    return number if number is not None and 1 <= number <= most else None

"""Exhibits, and places in the source, out of report.json; what `codec` reads the rest of. Trusts nothing it decodes.

A report has a hundred thousand test cases: what is slow here is slow for everyone who publishes.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from gate.domain.exhibit import (
    CaseOutcome,
    ErrorPath,
    ErrorPathKind,
    Excerpt,
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
    passed_case,
)
from gate.domain.finding import Location, line_in
from gate.domain.json_writing import MAX_LINE, MAX_SECONDS, MAX_VALUE
from gate.domain.measure import Unit
from gate.domain.untrusted_json import MAX_ITEMS, MAX_WHOLE, InvalidReport, Node, is_plain_text

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)", re.ASCII)
_MEMBERS_OF_A_PLAIN_CASE = ("outcome", "name", "seconds", "path", "line")


def decode_location(node: Node) -> Location | None:
    """Read the members of an object that name a place in the source."""
    path = node.optional("path")
    line = node.whole_of("line", 1, MAX_LINE)
    end_line = node.whole_of("end_line", 1, MAX_LINE)
    column = node.whole_of("column", 1, MAX_LINE)
    return None if path is None else Location(path=path.text(), line=line, end_line=end_line, column=column)


def decode_in_base(node: Node) -> bool | None:
    """Read whether the base has it too."""
    known = node.optional("in_base")
    return None if known is None else known.flag()


def decode_instant(node: Node) -> datetime:
    """Read a time in UTC."""
    try:
        return datetime.fromisoformat(node.text(_INSTANT)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidReport):
            raise
        node.fail("is not a time that exists")


def decode_exhibit(node: Node) -> Exhibit | None:
    """Read an exhibit; None for a kind that is not known here."""
    decode = _KINDS.get(node.member("kind").text())
    return None if decode is None else decode(node)


def decode_unit(node: Node) -> Unit:
    """Read the unit of a figure."""
    return node.word("percent", "count", "seconds", "milliseconds", "per-second")


def _tests(node: Node) -> Tests:
    return Tests(cases=_cases(node.member("cases")))


def _coverage(node: Node) -> SourceCoverage:
    return SourceCoverage(files=tuple(_file(entry) for entry in node.member("files").items()))


def _table(node: Node) -> Table:
    return Table(
        title=node.text_of("title"),
        columns=tuple(entry.text() for entry in node.member("columns").items()),
        rows=tuple(tuple(cell.text() for cell in row.items()) for row in node.member("rows").items()),
    )


def _matrix(node: Node) -> Matrix:
    return Matrix(
        title=node.text_of("title"),
        columns=tuple(entry.text() for entry in node.member("columns").items()),
        rows=tuple(_row(entry) for entry in node.member("rows").items()),
    )


def _histogram(node: Node) -> Histogram:
    return Histogram(
        title=node.text_of("title"),
        unit=decode_unit(node.member("unit")),
        buckets=tuple(_bucket(entry) for entry in node.member("buckets").items()),
        marks=tuple(_mark(entry) for entry in node.entries("marks")),
    )


def _series(node: Node) -> Series:
    return Series(
        title=node.text_of("title"),
        unit=decode_unit(node.member("unit")),
        lines=tuple(_line(entry) for entry in node.member("lines").items()),
    )


def _output_tail(node: Node) -> OutputTail:
    return OutputTail(title=node.text_of("title"), text=node.text_of("text"))


def _cases(node: Node) -> tuple[TestCase, ...]:
    """Read test cases: as nearly all are plain, a node is made only for those that are not."""
    values = node.value
    if not isinstance(values, list) or len(values) > MAX_ITEMS:
        return tuple(_case(entry) for entry in node.items())
    cases: list[TestCase] = []
    paths: dict[str, str] = {}
    for at, value in enumerate(values):
        cases.append(_plain_case(value, paths) or _case(Node(value=value, pointer=f"{node.pointer}/{at}")))
        # What was read makes room for what is read next: a report has its cases in memory once.
        values[at] = None
    return tuple(cases)


def _plain_case(value: object, paths: dict[str, str]) -> TestCase | None:
    """Return a case that passed, of nothing but what `_case` would take as it is; None where it must look itself."""
    if type(value) is not dict or len(value) != len(_MEMBERS_OF_A_PLAIN_CASE) or value.get("outcome") != "passed":
        return None
    name, seconds, path, line = map(value.get, _MEMBERS_OF_A_PLAIN_CASE[1:])
    if type(seconds) is not Decimal or type(line) is not int or not 1 <= line <= MAX_LINE:
        return None
    took = float(seconds)
    # At the limits a double says less than the number that was written.
    if not 0 < took < MAX_SECONDS or not is_plain_text(name) or not is_plain_text(path):
        return None
    return passed_case(name, took, line_in(paths.setdefault(path, path), line))


def _case(node: Node) -> TestCase:
    return TestCase(
        name=node.member("name").text(),
        outcome=node.member("outcome").choice(CaseOutcome),
        seconds=float(node.member("seconds").decimal(0, MAX_SECONDS)),
        location=decode_location(node),
        message=node.text_of("message"),
        details=node.text_of("details"),
        retried=node.whole_of("retried", 0, MAX_WHOLE) or 0,
        in_base=decode_in_base(node),
    )


def _row(node: Node) -> MatrixRow:
    return MatrixRow(
        label=node.member("label").text(),
        cells=tuple(cell.text() for cell in node.member("cells").items()),
        location=decode_location(node),
    )


def _bucket(node: Node) -> tuple[float, int]:
    return _figure(node.member("up_to")), node.member("count").whole(0, MAX_WHOLE)


def _mark(node: Node) -> tuple[str, float]:
    return node.member("name").text(), _figure(node.member("value"))


def _line(node: Node) -> tuple[str, tuple[tuple[float, float], ...]]:
    return node.member("name").text(), tuple(_point(entry) for entry in node.member("points").items())


def _point(node: Node) -> tuple[float, float]:
    pair = node.items()
    if len(pair) != 2:
        node.fail("is not a time and a value")
    return float(pair[0].decimal(0, MAX_SECONDS)), _figure(pair[1])


def _figure(node: Node) -> float:
    return float(node.decimal(-MAX_VALUE, MAX_VALUE))


def _file(node: Node) -> FileCoverage:
    total = node.member("total").whole(0, MAX_WHOLE)
    missing = node.optional("missing_lines")
    return FileCoverage(
        path=node.member("path").text(),
        covered=node.member("covered").whole(0, total),
        total=total,
        missing_lines=() if missing is None else missing.wholes(1, MAX_LINE),
        missing_branches=tuple(_jump(entry) for entry in node.entries("missing_branches")),
        error_paths=tuple(_error_path(entry) for entry in node.entries("error_paths")),
        patch_lines=_lines(node, "patch_lines"),
        patch_missing=_lines(node, "patch_missing"),
        excerpts=tuple(_excerpt(entry) for entry in node.entries("excerpts")),
    )


def _lines(node: Node, name: str) -> tuple[int, ...]:
    lines = node.optional(name)
    return () if lines is None else lines.wholes(1, MAX_LINE)


def _error_path(node: Node) -> ErrorPath:
    line = node.member("line").whole(1, MAX_LINE)
    return ErrorPath(
        kind=node.member("kind").choice(ErrorPathKind),
        line=line,
        end_line=node.member("end_line").whole(line, MAX_LINE),
        function=node.text_of("function"),
        test=node.text_of("test"),
    )


def _excerpt(node: Node) -> Excerpt:
    return Excerpt(start=node.member("start").whole(1, MAX_LINE), text=node.text_of("text"))


def _jump(node: Node) -> tuple[int, int]:
    if isinstance(node.value, list) and len(node.value) != 2:
        node.fail("is not a pair of lines")
    # coverage.py writes the entry and the exit of a block as negative lines.
    start, end = node.wholes(-MAX_LINE, MAX_LINE)
    return start, end


_KINDS: Mapping[str, Callable[[Node], Exhibit]] = {
    "tests": _tests,
    "source-coverage": _coverage,
    "table": _table,
    "matrix": _matrix,
    "histogram": _histogram,
    "series": _series,
    "output-tail": _output_tail,
}

"""report.json, schema version 1, in both directions (docs/report.md). Reads no file, and trusts nothing it decodes."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from gate.domain.encoding import (
    COMMIT,
    MAX_LINE,
    MAX_RESULTS,
    MAX_SECONDS,
    MAX_VALUE,
    REPOSITORY,
    WEB_ADDRESS,
    encode_report,
    number_of,
)
from gate.domain.exhibit import (
    CaseOutcome,
    Exhibit,
    FileCoverage,
    OutputTail,
    SourceCoverage,
    Table,
    TestCase,
    Tests,
    passed_case,
)
from gate.domain.finding import Finding, Location, Severity, line_in
from gate.domain.measure import Direction, Measure, Threshold, Unit
from gate.domain.report import SCHEMA_VERSION, Problem, Report, Subject
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.untrusted_json import (
    MAX_CHARACTERS,
    MAX_ITEMS,
    MAX_WHOLE,
    InvalidReport,
    Node,
    is_plain_text,
    parse_untrusted,
)

__all__ = ["MAX_CHARACTERS", "InvalidReport", "decode_report", "encode_report"]

_GATE = re.compile(r"[a-z][a-z0-9-]{0,63}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)", re.ASCII)
_ARTIFACT = re.compile(r"(?!/)(?!(.*/)?\.\.?(/|\Z))[^\\\0:]+(?<!/)", re.DOTALL)


def decode_report(text: str) -> Report:
    """Read a report that anybody may have written.

    Unknown fields and kinds of exhibits are ignored.

    Raises:
        InvalidReport: for anything else that docs/report.schema.json does not allow, an unknown schema
            version, or a verdict that does not follow from the results.
    """
    node = parse_untrusted(text)
    version = node.member("schema_version")
    if version.whole(0, MAX_WHOLE) != SCHEMA_VERSION:
        version.fail(f"is a schema version that is not known here; known is {SCHEMA_VERSION}")
    report = Report(
        subject=_subject(node.member("subject")),
        results=tuple(_result(entry) for entry in node.member("results").items(MAX_RESULTS)),
        problems=tuple(_problem(entry) for entry in node.entries("problems")),
        notices=tuple(entry.text() for entry in node.entries("notices")),
        found=tuple(entry.text() for entry in node.entries("found")),
        tool_versions=_tool_versions(node),
        interrupted=_interrupted(node),
    )
    gates = [result.gate for result in report.results]
    for at, gate in enumerate(gates):
        if gate in gates[:at]:
            raise InvalidReport(f"/results/{at}/gate", f"is the second result of {gate}")
    verdict = node.member("verdict")
    if verdict.text() != report.verdict:
        verdict.fail(f"contradicts the results, by which the verdict is {report.verdict}")
    return report


def _interrupted(node: Node) -> bool:
    flag = node.optional("interrupted")
    return False if flag is None else flag.flag()


def _tool_versions(node: Node) -> dict[str, str]:
    versions = node.optional("tool_versions")
    return {} if versions is None else {name: member.text() for name, member in versions.members().items()}


def _subject(node: Node) -> Subject:
    return Subject(
        name=node.text_of("name"),
        project=node.text_of("project") or ".",
        repository=node.text_of("repository", REPOSITORY),
        commit=node.text_of("commit", COMMIT),
        run_id=node.whole_of("run_id", 1, MAX_WHOLE),
        run_attempt=node.whole_of("run_attempt", 1, MAX_WHOLE),
        pull_request=node.whole_of("pull_request", 1, MAX_WHOLE),
    )


def _problem(node: Node) -> Problem:
    path = node.optional("path")
    return Problem(
        place=node.text_of("place"),
        value=node.text_of("value"),
        message=node.member("message").text(),
        instead=node.text_of("instead"),
        path=None if path is None else path.text(),
        line=node.whole_of("line", 1, MAX_LINE),
    )


def _result(node: Node) -> GateResult:
    gate = node.member("gate").text(_GATE)
    outcome = node.member("outcome").choice(Outcome)
    reason = node.text_of("reason")
    if not reason and outcome in (Outcome.SKIPPED, Outcome.ERRORED):
        raise InvalidReport(f"{node.pointer}/reason", f"is missing, and {outcome} needs one")
    return GateResult(
        gate=gate,
        title=node.member("title").text(),
        judgement=Judgement(
            outcome=outcome,
            reason=reason,
            measures=tuple(_measure(entry) for entry in node.entries("measures")),
            findings=tuple(_finding(entry, gate) for entry in node.entries("findings")),
            exhibits=tuple(filter(None, (_exhibit(entry) for entry in node.entries("exhibits")))),
            artifacts=tuple(_artifact(entry) for entry in node.entries("artifacts")),
        ),
        started_at=_instant(node.member("started_at")),
        duration=_duration(node.member("duration_seconds")),
    )


def _instant(node: Node) -> datetime:
    try:
        return datetime.fromisoformat(node.text(_INSTANT)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, InvalidReport):
            raise
        node.fail("is not a time that exists")


def _duration(node: Node) -> timedelta:
    return timedelta(microseconds=round(node.decimal(0, MAX_SECONDS) * 1_000_000))


def _artifact(node: Node) -> Artifact:
    return Artifact(title=node.text_of("title"), path=node.member("path").text(_ARTIFACT))


def _measure(node: Node) -> Measure:
    name = node.member("name").text()
    unit: Unit = node.member("unit").word("percent", "count", "seconds", "milliseconds")
    value = _number(node.member("value"))
    threshold, baseline = node.optional("threshold"), node.optional("baseline")
    numerator = node.whole_of("numerator", 0, MAX_WHOLE)
    denominator = node.whole_of("denominator", 1, MAX_WHOLE)
    if (numerator is None) != (denominator is None):
        node.fail("has one of numerator and denominator without the other")
    if numerator is not None and denominator is not None:
        exact = Fraction(100 * numerator, denominator)
        if unit != "percent" or value != Fraction(Decimal(repr(number_of(exact)))):
            node.member("value").fail(f"contradicts its counts, by which it is {number_of(exact)} percent")
        value = exact
    return Measure(
        name=name,
        value=value,
        unit=unit,
        threshold=None if threshold is None else Threshold(value=_number(threshold), direction=_direction(node)),
        baseline=None if baseline is None else _number(baseline),
        numerator=numerator,
        denominator=denominator,
    )


def _direction(node: Node) -> Direction:
    return node.member("direction").word("at-least", "at-most")


def _number(node: Node) -> Fraction:
    return Fraction(node.decimal(-MAX_VALUE, MAX_VALUE))


def _finding(node: Node, gate: str) -> Finding:
    address = node.optional("help_url")
    return Finding(
        gate=gate,
        rule_id=node.member("rule_id").text(),
        severity=node.member("severity").choice(Severity),
        message=node.member("message").text(),
        location=_location(node),
        help_url=None if address is None else address.text(WEB_ADDRESS),
    )


def _location(node: Node) -> Location | None:
    path = node.optional("path")
    line = node.whole_of("line", 1, MAX_LINE)
    end_line = node.whole_of("end_line", 1, MAX_LINE)
    column = node.whole_of("column", 1, MAX_LINE)
    return None if path is None else Location(path=path.text(), line=line, end_line=end_line, column=column)


class _Kind(StrEnum):
    TESTS = "tests"
    SOURCE_COVERAGE = "source-coverage"
    TABLE = "table"
    OUTPUT_TAIL = "output-tail"


def _exhibit(node: Node) -> Exhibit | None:
    kind = node.member("kind").text()
    if kind == _Kind.TESTS:
        return Tests(cases=_cases(node.member("cases")))
    if kind == _Kind.SOURCE_COVERAGE:
        return SourceCoverage(files=tuple(_file(entry) for entry in node.member("files").items()))
    if kind == _Kind.TABLE:
        return Table(
            title=node.text_of("title"),
            columns=tuple(entry.text() for entry in node.member("columns").items()),
            rows=tuple(tuple(cell.text() for cell in row.items()) for row in node.member("rows").items()),
        )
    if kind == _Kind.OUTPUT_TAIL:
        return OutputTail(title=node.text_of("title"), text=node.text_of("text"))
    return None


def _cases(node: Node) -> tuple[TestCase, ...]:
    """Read test cases: as nearly all are plain, a node is made only for those that are not."""
    if not isinstance(node.value, list) or len(node.value) > MAX_ITEMS:
        return tuple(_case(entry) for entry in node.items())
    return tuple(
        _plain_case(value) or _case(Node(value=value, pointer=f"{node.pointer}/{at}"))
        for at, value in enumerate(node.value)
    )


def _plain_case(value: object) -> TestCase | None:
    """Return a case that passed, of nothing but what `_case` would take as it is; None where it must look itself."""
    if type(value) is not dict or value.get("outcome") != "passed":
        return None
    get = value.get
    name, seconds, path, line = get("name"), get("seconds"), get("path"), get("line")
    if not is_plain_text(name) or not is_plain_text(path) or type(line) is not int or not 1 <= line <= MAX_LINE:
        return None
    if get("end_line") is not None or get("column") is not None or type(seconds) is not Decimal:
        return None
    took = float(seconds)
    # At the limits a double says less than the number that was written.
    if get("message") != "" or get("details") != "" or not 0 < took < MAX_SECONDS:
        return None
    return passed_case(name, took, line_in(path, line))


def _case(node: Node) -> TestCase:
    return TestCase(
        name=node.member("name").text(),
        outcome=node.member("outcome").choice(CaseOutcome),
        seconds=float(node.member("seconds").decimal(0, MAX_SECONDS)),
        location=_location(node),
        message=node.text_of("message"),
        details=node.text_of("details"),
    )


def _file(node: Node) -> FileCoverage:
    total = node.member("total").whole(0, MAX_WHOLE)
    missing = node.optional("missing_lines")
    return FileCoverage(
        path=node.member("path").text(),
        covered=node.member("covered").whole(0, total),
        total=total,
        missing_lines=() if missing is None else missing.wholes(1, MAX_LINE),
        missing_branches=tuple(_jump(entry) for entry in node.entries("missing_branches")),
    )


def _jump(node: Node) -> tuple[int, int]:
    if isinstance(node.value, list) and len(node.value) != 2:
        node.fail("is not a pair of lines")
    # coverage.py writes the entry and the exit of a block as negative lines.
    start, end = node.wholes(-MAX_LINE, MAX_LINE)
    return start, end

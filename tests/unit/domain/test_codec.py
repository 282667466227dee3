"""report.json goes from job to job without loss, and a forged one goes nowhere."""

import json
import math
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain import encoding
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.checklist import Question
from gate.domain.codec import MAX_CHARACTERS, InvalidReport, decode_report, encode_report
from gate.domain.comparison import Baseline, Comparison, PastRun, Slower, SuiteChange
from gate.domain.exhibit import (
    ENDINGS,
    CaseOutcome,
    ErrorPath,
    ErrorPathKind,
    Excerpt,
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
from gate.domain.finding import Finding, Location, RuleWords, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Problem, Report, Subject
from gate.domain.result import Artifact, GateResult, Judgement, Outcome
from gate.domain.shard import Shard
from gate.domain.untrusted_json import REFUSED_NAMES
from gate.domain.weakening import Policy, Weakening, WeakeningKind

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

texts = st.text(max_size=20)
lines = st.integers(1, 10**9)
figures = st.one_of(
    st.integers(-(10**15), 10**15).map(Fraction),
    st.decimals(-(10**8), 10**8, places=6, allow_nan=False).map(Fraction),
)
units = st.sampled_from(["percent", "count", "seconds", "milliseconds", "per-second"])
thresholds = st.builds(Threshold, value=figures, direction=st.sampled_from(["at-least", "at-most"]))
measures = st.one_of(
    st.builds(
        Measure,
        name=texts,
        value=figures,
        unit=units,
        threshold=st.none() | thresholds,
        baseline=st.none() | figures,
        max_fall=st.none() | figures,
    ),
    st.builds(
        Measure.ratio,
        texts,
        st.integers(0, 10**9),
        st.integers(1, 10**9),
        threshold=st.none() | thresholds,
        baseline=st.none() | figures,
    ),
)
locations = st.none() | st.builds(
    Location, path=texts, line=st.none() | lines, end_line=st.none() | lines, column=st.none() | lines
)
addresses = st.none() | st.from_regex(r"https?://[!-~]{1,20}", fullmatch=True)
cases = st.builds(
    TestCase,
    name=texts,
    outcome=st.sampled_from(CaseOutcome),
    seconds=st.floats(0, 10**8),
    location=locations,
    message=texts,
    details=texts,
    retried=st.integers(0, 2**53 - 1),
    in_base=st.none() | st.booleans(),
)
line_lists = st.lists(lines, max_size=3).map(tuple)
error_paths = st.builds(
    lambda line, more, **rest: ErrorPath(line=line, end_line=min(line + more, 10**9), **rest),
    line=lines,
    more=st.integers(0, 99),
    kind=st.sampled_from(ErrorPathKind),
    function=texts,
    test=texts,
)
files = st.builds(
    lambda covered, missing, **rest: FileCoverage(covered=covered, total=covered + missing, **rest),
    covered=st.integers(0, 10**6),
    missing=st.integers(0, 10**6),
    path=texts,
    missing_lines=st.lists(lines, max_size=3).map(tuple),
    missing_branches=st.lists(st.tuples(lines, st.integers(-100, 100)), max_size=3).map(tuple),
    error_paths=st.lists(error_paths, max_size=2).map(tuple),
    patch_lines=st.lists(lines, min_size=1, max_size=3).map(tuple),
    patch_missing=line_lists,
    excerpts=st.lists(st.builds(Excerpt, start=lines, text=texts), max_size=2).map(tuple),
)
drawn_figures = st.floats(-(10**15), 10**15)
exhibits = st.one_of(
    st.builds(Tests, cases=st.lists(cases, max_size=3).map(tuple)),
    st.builds(SourceCoverage, files=st.lists(files, max_size=3).map(tuple)),
    st.builds(
        Table,
        title=texts,
        columns=st.lists(texts, max_size=3).map(tuple),
        rows=st.lists(st.lists(texts, max_size=3).map(tuple), max_size=3).map(tuple),
    ),
    st.builds(
        Matrix,
        title=texts,
        columns=st.lists(texts, max_size=3).map(tuple),
        rows=st.lists(
            st.builds(
                MatrixRow,
                label=texts,
                cells=st.lists(st.sampled_from(ENDINGS) | texts, max_size=3).map(tuple),
                location=locations,
            ),
            max_size=3,
        ).map(tuple),
    ),
    st.builds(
        Histogram,
        title=texts,
        unit=units,
        buckets=st.lists(st.tuples(drawn_figures, st.integers(0, 2**53 - 1)), max_size=3).map(tuple),
        marks=st.lists(st.tuples(texts, drawn_figures), max_size=3).map(tuple),
    ),
    st.builds(
        Series,
        title=texts,
        unit=units,
        lines=st.lists(
            st.tuples(texts, st.lists(st.tuples(st.floats(0, 10**8), drawn_figures), max_size=3).map(tuple)), max_size=3
        ).map(tuple),
    ),
    st.builds(OutputTail, title=texts, text=texts),
)
rules = st.builds(
    RuleWords,
    rule_id=texts,
    title=texts,
    advice=texts,
    tags=st.lists(texts, max_size=3).map(tuple),
    score=st.none() | st.floats(0, 10),
)
artifact_paths = st.from_regex(r"[a-z]{1,5}(/[a-z.]{0,3}[a-z])?", fullmatch=True)


@st.composite
def results(draw: st.DrawFn, gate: str) -> GateResult:
    """Make a result whose findings are of its own gate."""
    finding = st.builds(
        Finding,
        gate=st.just(gate),
        rule_id=texts,
        severity=st.sampled_from(Severity),
        message=texts,
        location=locations,
        help_url=addresses,
        in_base=st.none() | st.booleans(),
    )
    outcome = draw(st.sampled_from(Outcome))
    judgement = Judgement(
        outcome=outcome,
        reason=draw(st.text(min_size=1 if outcome in (Outcome.SKIPPED, Outcome.ERRORED) else 0, max_size=9)),
        measures=tuple(draw(st.lists(measures, max_size=2))),
        findings=tuple(draw(st.lists(finding, max_size=2))),
        rules=tuple(draw(st.lists(rules, max_size=2))),
        exhibits=tuple(draw(st.lists(exhibits, max_size=2))),
        artifacts=tuple(draw(st.lists(st.builds(Artifact, title=texts, path=artifact_paths), max_size=2))),
    )
    return GateResult(
        gate=gate,
        title=draw(texts),
        judgement=judgement,
        started_at=draw(st.datetimes(timezones=st.just(UTC))),
        duration=draw(st.timedeltas(timedelta(), timedelta(days=1000))),
        set_up=draw(st.timedeltas(timedelta(), timedelta(days=1000))),
        configuration=draw(st.just("") | st.from_regex(r"[0-9a-f]{32}", fullmatch=True)),
    )


identifiers = st.none() | st.integers(1, 2**53 - 1)
subjects = st.builds(
    Subject,
    name=texts,
    project=st.text(min_size=1, max_size=9),
    repository=st.sampled_from(["", "acme/tasks", "a.b-c_d/x"]),
    commit=st.sampled_from(["", "3f2c1ab94e0d5b7c8a6f1e2d3c4b5a69788f0e1d", "ab" * 32]),
    run_id=identifiers,
    run_attempt=identifiers,
    pull_request=identifiers,
    shard=st.none() | st.integers(1, 256).map(lambda total: Shard(index=(total + 1) // 2, total=total)),
    changed_only=st.booleans(),
    uncommitted=st.booleans(),
)
problems = st.builds(
    Problem,
    place=texts,
    value=texts,
    message=texts,
    instead=texts,
    path=st.none() | texts,
    line=st.none() | lines,
)
counts = st.integers(0, 2**53 - 1)
durations = st.floats(0, 10**8)
names = st.lists(texts, max_size=2).map(tuple)
gate_ids = st.sampled_from(["lint", "unit-tests", "coverage"])
changes = st.builds(
    Change,
    base=texts,
    origin=texts,
    files=st.lists(
        st.builds(
            ChangedFile,
            path=texts,
            status=st.sampled_from(FileStatus),
            hunks=st.lists(
                st.builds(
                    Hunk,
                    old_start=st.integers(0, 10**9),
                    old_lines=st.integers(0, 10**9),
                    new_start=st.integers(0, 10**9),
                    new_lines=st.integers(0, 10**9),
                ),
                max_size=2,
            ).map(tuple),
            old_path=st.none() | texts,
            is_binary=st.booleans(),
            lines_unknown=st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
)
comparisons = st.builds(
    Comparison,
    suites=st.lists(
        st.builds(
            SuiteChange,
            gate=gate_ids,
            before=counts,
            now=counts,
            added=counts,
            removed=counts,
            newly_failing=names,
            failing_before=names,
            mended=names,
            removed_names=names,
        ),
        max_size=2,
    ).map(tuple),
    slower=st.lists(st.builds(Slower, gate=gate_ids, name=texts, before=durations, now=durations), max_size=2).map(
        tuple
    ),
    mended_findings=st.dictionaries(gate_ids, counts),
)
past_runs = st.builds(
    PastRun,
    commit=texts,
    started_at=st.datetimes(timezones=st.just(UTC)),
    verdict=texts,
    seconds=durations,
    run_id=identifiers,
    coverage=st.none() | st.decimals(0, 100, places=6).map(Fraction),
    tests=st.none() | counts,
    outcomes=st.dictionaries(gate_ids, st.sampled_from(Outcome)),
    flaky=names,
)
weakenings = st.builds(Weakening, kind=st.sampled_from(WeakeningKind), message=texts, location=locations)
questions = st.builds(Question, words=texts, gate=texts, measure=texts, row=texts)
reports = st.builds(
    Report,
    change=st.none() | changes,
    baseline=st.none() | st.builds(Baseline, commit=texts, origin=texts, source=texts, missing=texts),
    comparison=st.none() | comparisons,
    history=st.lists(past_runs, max_size=2).map(tuple),
    policy=st.sampled_from(Policy),
    weakenings=st.lists(weakenings, max_size=2).map(tuple),
    checklist=st.lists(questions, max_size=2).map(tuple),
    subject=subjects,
    results=st.lists(st.sampled_from(["lint", "unit-tests", "coverage"]), unique=True).flatmap(
        lambda gates: st.tuples(*(results(gate) for gate in gates))
    ),
    problems=st.lists(problems, max_size=2).map(tuple),
    notices=st.lists(texts, max_size=2).map(tuple),
    found=st.lists(texts, max_size=2).map(tuple),
    tool_versions=st.dictionaries(texts.filter(lambda name: name not in REFUSED_NAMES), texts, max_size=3),
    interrupted=st.booleans(),
)


@given(reports)
def test_a_report_comes_back_as_it_was_and_keeps_the_published_schema(report: Report) -> None:
    text = encode_report(report)
    assert decode_report(text) == report
    assert encode_report(decode_report(text)) == text
    VALIDATOR.validate(json.loads(text))


def a_report(**changes: Any) -> Report:
    judgement = Judgement(
        outcome=Outcome.FAILED,
        measures=(
            Measure.ratio("coverage", 1904, 2030, threshold=Threshold(value=Fraction(95), direction="at-least")),
        ),
        findings=(
            Finding(
                gate="coverage",
                rule_id="R1",
                severity=Severity.ERROR,
                message="m",
                location=Location(path="a.py", line=3),
                help_url="https://a.example/R1",
            ),
        ),
        exhibits=(
            Tests(cases=(TestCase(name="t", outcome=CaseOutcome.PASSED, seconds=0.5),)),
            SourceCoverage(
                files=(FileCoverage(path="a.py", covered=1, total=2, missing_lines=(3,), missing_branches=((2, -1),)),)
            ),
            Histogram(title="h", unit="milliseconds", buckets=((1.5, 3), (2.5, 0)), marks=(("limit", 500.0),)),
            Series(title="s", unit="per-second", lines=(("requests", ((0.0, 47.5), (1.0, 50.0))),)),
        ),
        artifacts=(Artifact(title="HTML", path="coverage/html"),),
    )
    result = GateResult(
        gate="coverage",
        title="coverage",
        judgement=judgement,
        started_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        duration=timedelta(seconds=1.5),
    )
    return replace(Report(subject=Subject(), results=(result,), tool_versions={"ruff": "0.17.6"}), **changes)


def document() -> Any:
    return json.loads(encode_report(a_report()))


def test_a_ratio_is_exact_again_though_its_value_is_written_floored() -> None:
    written = document()["results"][0]["measures"][0]
    assert written["value"] == 93.793103
    assert (written["numerator"], written["denominator"]) == (1904, 2030)
    (measure,) = decode_report(encode_report(a_report())).results[0].measures
    assert measure.value == Fraction(190_400, 2030)


def test_a_report_reads_the_same_everywhere() -> None:
    report = a_report(tool_versions={"b": "1", "a": "2"})
    text = encode_report(report)
    assert text == encode_report(replace(report, tool_versions={"a": "2", "b": "1"}))
    assert list(json.loads(text))[:5] == ["schema_version", "verdict", "interrupted", "subject", "results"]
    elsewhere = timezone(timedelta(hours=2))
    (result,) = report.results
    moved = replace(result, started_at=result.started_at.astimezone(elsewhere))
    assert encode_report(replace(report, results=(moved,))) == text
    naive = replace(result, started_at=result.started_at.replace(tzinfo=None))
    assert encode_report(replace(report, results=(naive,))) == text


def test_what_tools_tell_wrongly_is_mended_so_that_the_report_can_be_read() -> None:
    (result,) = a_report().results
    odd = replace(
        result.judgement,
        measures=(
            Measure(name="p95", value=Fraction(1, 3), unit="seconds", baseline=Fraction(10**18)),
            Measure(name="p99", value=Fraction(-(10**18)), unit="seconds"),
            Measure(name="big", value=Fraction(10**15 * 2 - 1, 2), unit="seconds"),
        ),
        findings=(
            replace(result.findings[0], message="\ud800", help_url="javascript:x", location=Location(path="p", line=0)),
        ),
        exhibits=(
            Tests(
                cases=tuple(
                    TestCase(name="\udfff", outcome=CaseOutcome.PASSED, seconds=seconds)
                    for seconds in (float("nan"), float("inf"), -1.0, 1e300)
                )
            ),
            SourceCoverage(files=(FileCoverage(path="a", covered=0, total=1, missing_lines=(0, 1)),)),
            Histogram(title="h", unit="count", buckets=((math.inf, -1), (math.nan, 10**20))),
            Series(title="s", unit="count", lines=(("l", ((-1.0, -math.inf), (math.inf, math.nan))),)),
        ),
    )
    subject = Subject(repository="not a repository", commit="HEAD", run_id=0, pull_request=-1)
    report = a_report(results=(replace(result, judgement=odd),), subject=subject, tool_versions={"__proto__": "1"})
    text = encode_report(report)
    text.encode()
    VALIDATOR.validate(json.loads(text))
    read = decode_report(text)
    assert read.subject == Subject()
    third, lowest, big = read.results[0].measures
    assert (third.value, third.baseline, lowest.value) == (Fraction(333_333, 10**6), 10**15, -(10**15))
    assert big.value == 10**15 - 1
    (finding,) = read.results[0].findings
    assert (finding.message, finding.help_url, finding.location) == ("\ufffd", None, Location(path="p"))
    tests, coverage, histogram, series = read.results[0].exhibits
    assert histogram == Histogram(title="h", unit="count", buckets=((10.0**15, 0), (0.0, 2**53 - 1)))
    assert series == Series(title="s", unit="count", lines=(("l", ((0.0, -(10.0**15)), (0.0, 0.0))),))
    assert isinstance(tests, Tests)
    assert [case.seconds for case in tests.cases] == [0, 0, 0, 10**8]
    assert isinstance(coverage, SourceCoverage)
    assert coverage.files[0].missing_lines == (1,)


def test_what_is_too_long_is_cut_and_the_report_can_still_be_read() -> None:
    text = decode_report(encode_report(a_report(notices=("x" * 100_000,)))).notices[0]
    assert len(text) == 65_536
    assert text.endswith("x … cut")


def test_of_a_change_nothing_is_cut_that_would_be_taken_for_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_ITEMS", 3)
    hunk = Hunk(old_start=1, old_lines=1, new_start=1, new_lines=1)
    files = tuple(ChangedFile(path=f"{at}.py", status=FileStatus.MODIFIED, hunks=(hunk,) * at) for at in range(5))
    for change in (Change(base="b", origin="", files=files[:2]), Change(base="b", origin="", files=files[2:])):
        decoded = decode_report(encode_report(a_report(change=change))).change
        assert decoded is not None
        assert [len(file.hunks) + 9 * file.lines_unknown for file in decoded.files] == [
            len(file.hunks) if len(file.hunks) <= 3 else 9 for file in change.files
        ]
    assert decode_report(encode_report(a_report(change=Change(base="b", origin="", files=files)))).change is None


def test_a_report_that_is_too_large_is_cut_until_it_fits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # Real sizes would take a test of many seconds; the limit is a constant of the format.
    monkeypatch.setattr(encoding, "MAX_CHARACTERS", 60_000)
    many = tuple(
        TestCase(
            name=f"t{at}",
            outcome=CaseOutcome.FAILED if at % 50 == 0 else CaseOutcome.PASSED,
            seconds=1,
            details="d" * 5_000,
        )
        for at in range(500)
    )
    tail = OutputTail(title="o", text="s" * 9_000 + "the end")
    (result,) = a_report().results
    judgement = replace(result.judgement, exhibits=(Tests(cases=many), tail))
    text = encode_report(a_report(results=(replace(result, judgement=judgement),)))
    assert len(text) <= 60_000
    read = decode_report(text)
    assert "were cut to fit" in read.notices[-1]
    tests, output = read.results[0].exhibits
    assert isinstance(tests, Tests)
    assert len(tests.failing) == 10
    assert isinstance(output, OutputTail)
    assert output.text.endswith("the end")


def test_fields_and_exhibits_of_a_later_version_are_ignored() -> None:
    later = document()
    later["new"] = {"deep": [1e999, "x" * 99_999, 10**99]} | {"a": {"b": []}}
    later["results"][0]["new"] = None
    later["results"][0]["exhibits"].append({"kind": "hologram", "photons": 7})
    text = json.dumps(later).replace("Infinity", "1e999999")
    assert decode_report(text) == a_report()
    VALIDATOR.validate(json.loads(encode_report(a_report())) | {"new": 1})


def test_what_may_be_left_out_may_be_left_out() -> None:
    smallest = {
        "schema_version": 1,
        "verdict": "passed",
        "subject": {},
        "results": [
            {
                "gate": "lint",
                "title": "lint",
                "outcome": "passed",
                "started_at": "2026-11-23T09:30:00Z",
                "duration_seconds": 1,
            }
        ],
    }
    VALIDATOR.validate(smallest)
    assert decode_report(json.dumps(smallest)).results[0].duration == timedelta(seconds=1)


Forge = Callable[[Any], object]
RESULT = "/results/0"
FORGERIES: list[tuple[str, str, Forge]] = [
    ("/schema_version", "not known", lambda d: d.update(schema_version=2)),
    ("/schema_version", "whole number", lambda d: d.update(schema_version=True)),
    ("/schema_version", "missing", lambda d: d.pop("schema_version")),
    ("/verdict", "contradicts", lambda d: d.update(verdict="passed")),
    ("/verdict", "missing", lambda d: d.pop("verdict")),
    ("/subject", "not an object", lambda d: d.update(subject=[])),
    ("/subject/commit", "look like", lambda d: d["subject"].update(commit="HEAD~1")),
    ("/subject/repository", "look like", lambda d: d["subject"].update(repository="a/b/../c")),
    ("/subject/run_id", "from 1", lambda d: d["subject"].update(run_id=0)),
    ("/interrupted", "neither true nor false", lambda d: d.update(interrupted=1)),
    ("/notices", "not a list", lambda d: d.update(notices="x")),
    ("/notices/0", "not a text", lambda d: d.update(notices=[7])),
    ("/found/0", "not a text", lambda d: d.update(found=[7])),
    ("/notices/0", "longer", lambda d: d.update(notices=["x" * 65_537])),
    ("/tool_versions/a~1b~0c", "not a text", lambda d: d.update(tool_versions={"a/b~c": 1})),
    ("/tool_versions", "refused", lambda d: d.update(tool_versions={"__proto__": "1"})),
    ("/problems/0/message", "missing", lambda d: d.update(problems=[{}])),
    ("/subject/shard/total", "missing", lambda d: d["subject"].update(shard={"index": 1})),
    ("/subject/shard/total", "from 1", lambda d: d["subject"].update(shard={"index": 1, "total": 257})),
    ("/subject/shard/index", "from 1", lambda d: d["subject"].update(shard={"index": 0, "total": 2})),
    ("/results", "entries", lambda d: d.update(results=d["results"] * 101)),
    ("/results/1/gate", "second", lambda d: d.update(results=d["results"] * 2)),
    (f"{RESULT}/gate", "look like", lambda d: d["results"][0].update(gate="Lint\n")),
    (f"{RESULT}/outcome", "none of", lambda d: d["results"][0].update(outcome="great")),
    (f"{RESULT}/outcome", "none of", lambda d: d["results"][0].update(outcome=["passed"])),
    (f"{RESULT}/reason", "needs one", lambda d: d["results"][0].update(outcome="skipped")),
    (f"{RESULT}/started_at", "look like", lambda d: d["results"][0].update(started_at="yesterday")),
    (f"{RESULT}/started_at", "exists", lambda d: d["results"][0].update(started_at="2026-13-01T00:00:00Z")),
    (f"{RESULT}/duration_seconds", "from 0", lambda d: d["results"][0].update(duration_seconds=-1)),
    (f"{RESULT}/duration_seconds", "not a number", lambda d: d["results"][0].update(duration_seconds="1")),
    (f"{RESULT}/artifacts/0/path", "look like", lambda d: d["results"][0]["artifacts"][0].update(path="../x")),
    (f"{RESULT}/artifacts/0/path", "look like", lambda d: d["results"][0]["artifacts"][0].update(path="/x")),
    (f"{RESULT}/artifacts/0/path", "look like", lambda d: d["results"][0]["artifacts"][0].update(path="a/./b")),
    (f"{RESULT}/artifacts/0/path", "look like", lambda d: d["results"][0]["artifacts"][0].update(path="a\\b")),
    (f"{RESULT}/measures/0/value", "contradicts", lambda d: d["results"][0]["measures"][0].update(value=99)),
    (f"{RESULT}/measures/0/value", "contradicts", lambda d: d["results"][0]["measures"][0].update(unit="count")),
    (f"{RESULT}/measures/0/denominator", "from 1", lambda d: d["results"][0]["measures"][0].update(denominator=0)),
    (f"{RESULT}/measures/0", "without the other", lambda d: d["results"][0]["measures"][0].pop("numerator")),
    (f"{RESULT}/measures/0/unit", "none of", lambda d: d["results"][0]["measures"][0].update(unit="parsec")),
    (
        f"{RESULT}/measures/0/direction",
        "missing",
        lambda d: d["results"][0]["measures"][0].pop("direction"),
    ),
    (f"{RESULT}/measures/0/baseline", "from", lambda d: d["results"][0]["measures"][0].update(baseline=10**16)),
    (f"{RESULT}/findings/0/help_url", "look like", lambda d: d["results"][0]["findings"][0].update(help_url="data:,")),
    (f"{RESULT}/findings/0/line", "from 1", lambda d: d["results"][0]["findings"][0].update(line=0)),
    (f"{RESULT}/exhibits/0/kind", "missing", lambda d: d["results"][0]["exhibits"][0].pop("kind")),
    (f"{RESULT}/exhibits/0/cases", "missing", lambda d: d["results"][0]["exhibits"][0].pop("cases")),
    (
        f"{RESULT}/exhibits/1/files/0/covered",
        "from 0",
        lambda d: d["results"][0]["exhibits"][1]["files"][0].update(total=0),
    ),
    (
        f"{RESULT}/exhibits/1/files/0/missing_branches/0",
        "pair",
        lambda d: d["results"][0]["exhibits"][1]["files"][0].update(missing_branches=[[1]]),
    ),
    (f"{RESULT}/exhibits/2/unit", "none of", lambda d: d["results"][0]["exhibits"][2].update(unit="parsec")),
    (f"{RESULT}/exhibits/2/buckets", "missing", lambda d: d["results"][0]["exhibits"][2].pop("buckets")),
    (
        f"{RESULT}/exhibits/2/buckets/0/count",
        "whole number",
        lambda d: d["results"][0]["exhibits"][2]["buckets"][0].update(count=1.5),
    ),
    (
        f"{RESULT}/exhibits/2/buckets/1/up_to",
        "from -",
        lambda d: d["results"][0]["exhibits"][2]["buckets"][1].update(up_to=10**16),
    ),
    (
        f"{RESULT}/exhibits/2/marks/0/value",
        "not a number",
        lambda d: d["results"][0]["exhibits"][2]["marks"][0].update(value="500"),
    ),
    (
        f"{RESULT}/exhibits/3/lines/0/points/1",
        "a time and a value",
        lambda d: d["results"][0]["exhibits"][3]["lines"][0]["points"][1].append(3),
    ),
    ("/change/files/0/status", "none of", lambda d: d.update(change={"files": [{"path": "a", "status": "bent"}]})),
    (
        "/change/files/0/hunks/0",
        "two ranges",
        lambda d: d.update(change={"files": [{"path": "a", "status": "added", "hunks": [[1, 2, 3]]}]}),
    ),
    ("/baseline/missing", "not a text", lambda d: d.update(baseline={"missing": 3})),
    ("/comparison/mended_findings", "refused", lambda d: d.update(comparison={"mended_findings": {"__proto__": 1}})),
    ("/comparison/suites/0/now", "missing", lambda d: d.update(comparison={"suites": [{"gate": "g", "before": 1}]})),
    (
        "/comparison/slower/0/now",
        "from 0",
        lambda d: d.update(comparison={"slower": [{"gate": "g", "before": 1, "now": -1}]}),
    ),
    ("/history", "entries", lambda d: d.update(history=[{}] * 101)),
    ("/history/0/started_at", "missing", lambda d: d.update(history=[{"verdict": "passed", "seconds": 1}])),
    ("/policy", "none of", lambda d: d.update(policy="lax")),
    ("/weakenings/0/kind", "none of", lambda d: d.update(weakenings=[{"kind": "x", "message": "m"}])),
    ("/checklist", "entries", lambda d: d.update(checklist=[{}] * 101)),
    ("/checklist/0/gate", "missing", lambda d: d.update(checklist=[{"words": "?"}])),
    (f"{RESULT}/findings/0/in_base", "neither true", lambda d: d["results"][0]["findings"][0].update(in_base=1)),
    (
        f"{RESULT}/exhibits/0/cases/0/retried",
        "from 0",
        lambda d: d["results"][0]["exhibits"][0]["cases"][0].update(retried=-1),
    ),
    (
        f"{RESULT}/exhibits/1/files/0/error_paths/0/end_line",
        "from 2",
        lambda d: d["results"][0]["exhibits"][1]["files"][0].update(
            error_paths=[{"kind": "raise", "line": 2, "end_line": 1}]
        ),
    ),
    (
        f"{RESULT}/exhibits/1/files/0/excerpts/0/start",
        "from 1",
        lambda d: d["results"][0]["exhibits"][1]["files"][0].update(excerpts=[{"start": 0}]),
    ),
    (
        f"{RESULT}/exhibits/3/lines/0/points/0/0",
        "from 0",
        lambda d: (
            d["results"][0]["exhibits"][3]["lines"][0]["points"][0].insert(0, -1.0)
            or d["results"][0]["exhibits"][3]["lines"][0]["points"][0].pop()
        ),
    ),
]


@pytest.mark.parametrize(("pointer", "problem", "change"), FORGERIES)
def test_a_forged_report_is_refused_with_its_place_and_fault(pointer: str, problem: str, change: Forge) -> None:
    forged = document()
    change(forged)
    with pytest.raises(InvalidReport, match=problem) as refused:
        decode_report(json.dumps(forged))
    assert refused.value.pointer == pointer
    assert str(refused.value).startswith(f"{pointer}: ")


@pytest.mark.parametrize(
    ("pointer", "problem", "change"),
    [
        forgery
        for forgery in FORGERIES
        # What a schema cannot say: a verdict that follows, a gate twice, figures that agree, times that exist.
        if forgery[1] not in ("contradicts", "second", "exists", "from 0", "from 2") or "duration" in forgery[0]
    ],
)
def test_the_published_schema_refuses_it_too(pointer: str, problem: str, change: Forge) -> None:
    forged = document()
    change(forged)
    assert not VALIDATOR.is_valid(forged), (pointer, problem)


TEXT_FORGERIES = [
    ("", "not JSON", ""),
    ("", "not JSON", "{"),
    ("", "not JSON", "\ufeff{}"),
    ("", "not an object", "[]"),
    ("", "not an object", "1"),
    ("", "nested too deep", "[" * 200_000),
    ("", "nested too deep", '{"a":' * 200_000),
    ("", "twice", '{"schema_version": 1, "schema_version": 1}'),
    ("", "refused", '{"constructor": 1}'),
    ("/schema_version", "not JSON", '{"schema_version": NaN}'),
    ("/schema_version", "not JSON", '{"schema_version": -Infinity}'),
    ("/schema_version", "too many digits", '{"schema_version": ' + "9" * 5_000 + "}"),
    ("/schema_version", "too many digits", '{"schema_version": 1e999999999999999999999}'),
    ("/schema_version", "too many digits", '{"schema_version": 0.' + "1" * 5_000 + "}"),
    ("/schema_version", "not a whole", '{"schema_version": 1.0}'),
    ("/verdict", "half of a surrogate", encode_report(Report(subject=Subject())).replace("errored", "\\ud800")),
]


@pytest.mark.parametrize(("pointer", "problem", "text"), TEXT_FORGERIES, ids=range(len(TEXT_FORGERIES)))
def test_what_is_hardly_json_is_refused(pointer: str, problem: str, text: str) -> None:
    with pytest.raises(InvalidReport, match=problem) as refused:
        decode_report(text)
    assert refused.value.pointer == pointer


def test_a_text_without_end_is_not_even_parsed() -> None:
    with pytest.raises(InvalidReport, match="longer than"):
        decode_report(" " * (MAX_CHARACTERS + 1))


def test_a_name_without_end_is_not_told_in_full() -> None:
    document = json.loads(encode_report(Report(subject=Subject())))
    forged = json.dumps({**document, "tool_versions": {"x" * 9_999: 5}})
    with pytest.raises(InvalidReport, match="tool_versions/xxx.*…: is not a text") as refused:
        decode_report(forged)
    assert len(str(refused.value)) < 200


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(reports, st.data())
def test_a_report_with_any_part_replaced_is_read_or_refused_and_never_more(report: Report, data: st.DataObject) -> None:
    mutated = json.loads(encode_report(report))
    node = mutated
    while isinstance(node, dict | list) and node:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.booleans()):  # type: ignore[index]
            node[key] = data.draw(anything)  # type: ignore[index]
            break
        node = node[key]  # type: ignore[index]
    with suppress(InvalidReport):
        read = decode_report(json.dumps(mutated))
        assert decode_report(encode_report(read)) == read


@given(st.text() | st.text(alphabet='{}[]",:0123456789.eE+-ntfalsru \\'))
def test_any_text_is_read_or_refused_and_never_more(text: str) -> None:
    with pytest.raises(InvalidReport):
        decode_report(text)


def test_refusing_works_however_deep_the_caller_is() -> None:
    def dive(depth: int) -> None:
        if depth:
            dive(depth - 1)
        else:
            with pytest.raises(InvalidReport):
                decode_report("[" * sys.getrecursionlimit() * 2)

    dive(100)


def test_each_member_of_a_case_stands_on_a_line_of_its_own_so_that_a_large_report_can_be_looked_through() -> None:
    place = Location(path="a.py", line=3)
    case = TestCase(name='"quoted" é', outcome=CaseOutcome.FAILED, seconds=0.5, location=place, message="m")
    report = replace(
        a_report(),
        results=(
            replace(
                a_report().results[0],
                judgement=Judgement(outcome=Outcome.FAILED, exhibits=(Tests(cases=(case, case)),)),
            ),
        ),
    )
    lines = encode_report(report).splitlines()
    assert lines.count('"line": 3,') == 2
    assert decode_report(encode_report(report)) == report


PLAIN = {"name": "t", "outcome": "passed", "seconds": 0.25, "path": "a.py", "line": 3}


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        ("0", None),
        ("-1e-400", "seconds"),
        ("-0.5", "seconds"),
        ("100000000.00000000001", "seconds"),
        ("1e999999999", "seconds"),
        ("NaN", "seconds"),
        ("true", "line"),
        ("0", "line"),
        ("1.5", "line"),
        ("1000000001", "line"),
        ("[]", "outcome"),
        ('"Passed"', "outcome"),
        ("7", "path"),
        ('"\\ud800"', "name"),
        (f'"{"x" * 65_537}"', "name"),
    ],
)
def test_one_wrong_field_among_many_plain_test_cases_is_refused_at_its_place(number: str, changed: str | None) -> None:
    document = json.loads(encode_report(a_report()))
    document["results"][0]["exhibits"] = [{"kind": "tests", "cases": [PLAIN, PLAIN | {changed or "seconds": "HERE"}]}]
    text = json.dumps(document).replace('"HERE"', number)
    if changed is None:
        (tests,) = decode_report(text).results[0].exhibits
        assert isinstance(tests, Tests)
        assert [case.seconds for case in tests.cases] == [0.25, 0.0]
        return
    with pytest.raises(InvalidReport) as refused:
        decode_report(text)
    assert refused.value.pointer == f"/results/0/exhibits/0/cases/1/{changed}"


def test_a_case_is_written_without_what_it_does_not_have() -> None:
    case = TestCase(name="t", outcome=CaseOutcome.PASSED, seconds=0.5)
    judgement = Judgement(outcome=Outcome.PASSED, exhibits=(Tests(cases=(case,)),))
    document = json.loads(
        encode_report(replace(a_report(), results=(replace(a_report().results[0], judgement=judgement),)))
    )
    assert document["results"][0]["exhibits"][0]["cases"] == [{"name": "t", "outcome": "passed", "seconds": 0.5}]

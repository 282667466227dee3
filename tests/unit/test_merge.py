"""One report of what the shards left: nothing is lost, and nothing that does not belong together passes."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from gate.domain.codec import decode_report, encode_report
from gate.domain.exhibit import CaseOutcome, Exhibit, SourceCoverage, TestCase, Tests
from gate.domain.finding import Finding, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.patch import AlteredFile, Patch
from gate.domain.report import Problem, Report, Subject, Verdict
from gate.domain.result import GateResult, Judgement, Outcome
from gate.domain.shard import Shard
from gate.domain.unparsed import UnparsedFile
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.formats.coverage_json import CoverageReport
from gate.formats.shard_notes import CoverageNote, RunNote, SuiteNote, render_note
from gate.gates.coverage_errors import ReadSource, no_source
from gate.merge import Merged, merge, names_of
from gate.report_file import read_report
from gate.shard_folders import ShardFolder, read_shards

COMMIT = "c" * 40
DIGEST = "d" * 64
NONE_FAILED = Threshold(value=Fraction(0), direction="at-most")
NO_REPORTS = "there is no coverage.py here"


def case(name: str, outcome: CaseOutcome = CaseOutcome.PASSED, message: str = "") -> TestCase:
    return TestCase(name=name, outcome=outcome, seconds=1.0, message=message)


def suite(*cases: TestCase, outcome: Outcome = Outcome.PASSED, reason: str = "") -> Judgement:
    """Make the judgement of a suite as the gate does."""
    tests = Tests(cases=cases)
    return Judgement(
        outcome=outcome,
        reason=reason,
        measures=(
            Measure.count("failures", len(tests.failing), threshold=NONE_FAILED),
            Measure.count("tests", len(cases)),
            Measure.count("skipped", len(tests.skipped)),
        ),
        findings=tuple(
            Finding(gate="unit-tests", rule_id="test-failed", severity=Severity.ERROR, message=one.name)
            for one in tests.failing
        ),
        exhibits=(tests,),
    )


def result(gate: str, judgement: Judgement) -> GateResult:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return GateResult(gate=gate, title=gate, judgement=judgement, started_at=at, duration=timedelta(seconds=2))


def covering(*executed: int) -> str:
    """Return coverage.py's report of a file of ten lines of which these ran."""
    missing = [line for line in range(1, 11) if line not in executed]
    summary = {"num_statements": 10, "covered_lines": len(executed)}
    entry = {"executed_lines": list(executed), "missing_lines": missing, "excluded_lines": [], "summary": summary}
    return json.dumps({"files": {"app/a.py": entry}, "totals": summary})


@dataclass(kw_only=True)
class Left:
    """What one shard leaves, and how to write it."""

    index: int
    total: int = 2
    unit: Judgement = field(default_factory=lambda: suite(case("test_a")))
    coverage: Judgement = field(default_factory=lambda: Judgement.skipped("judged when the shards are merged"))
    covered: str = field(default_factory=lambda: covering(*range(1, 11)))
    subject: Subject = field(default_factory=lambda: Subject(commit=COMMIT, run_id=5))
    run: RunNote | None = field(default_factory=lambda: RunNote(configuration=DIGEST))
    parting: str = DIGEST
    patch: Patch | None = None
    unparsed: tuple[UnparsedFile, ...] = ()

    def write(self, folder: Path) -> Path:
        first = self.index == 1
        lint = Judgement(outcome=Outcome.PASSED) if first else Judgement.skipped("runs in the first shard")
        shard = Shard(index=self.index, total=self.total)
        results = (
            result("lint", lint),
            result("unit-tests", self.unit),
            result("coverage", self.coverage),
        )
        report = Report(subject=replace(self.subject, shard=shard), results=results)
        files = {
            "report.json": encode_report(report),
            "shard/coverage.json": self.covered,
            "shard/coverage-note.json": render_note(
                CoverageNote(own_threshold=Fraction(80), patch=self.patch, unparsed=self.unparsed)
            ),
            "shard/unit-tests.json": render_note(SuiteNote(collected=2, parting=self.parting, durations={"a": 1.0})),
            "shard/run.json": render_note(self.run) if self.run else "",
        }
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text:
                path.write_text(text, "utf-8")
        return folder


def merged(folder: Path, *shards: Left, here: Subject | None = None, read: ReadSource = no_source) -> Merged:
    for at, left in enumerate(shards):
        left.write(folder / f"shard-{at}")
    folder.mkdir(exist_ok=True)

    def no_reports(shards: object, note: object, expected: CoverageReport) -> str:
        del shards, note, expected
        return NO_REPORTS

    return merge(read_shards([folder], None), no_reports, here, read=read)


def outcomes(merged: Merged) -> dict[str, str]:
    return {result.gate: str(result.outcome) for result in merged.report.results}


def reason(merged: Merged, gate: str = "unit-tests") -> str:
    result = merged.report.result(gate)
    assert result is not None
    return result.reason


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "left"


def test_parts_make_a_whole(folder: Path) -> None:
    skipped = case("test_c", CaseOutcome.SKIPPED)
    one = Left(index=1, unit=suite(case("test_a"), reason="on PostgreSQL 16"), covered=covering(1, 2, 3, 4))
    other = Left(
        index=2, unit=suite(case("test_b"), skipped, reason="on PostgreSQL 16"), covered=covering(4, 5, 6, 7, 8)
    )
    whole = merged(folder, one, other)
    assert whole.report.verdict is Verdict.PASSED
    assert outcomes(whole) == {"lint": "passed", "unit-tests": "passed", "coverage": "passed"}
    unit, coverage = whole.report.result("unit-tests"), whole.report.result("coverage")
    assert unit is not None
    assert coverage is not None
    assert {measure.name: int(measure.value) for measure in unit.measures} == {"failures": 0, "tests": 3, "skipped": 1}
    assert unit.reason == "on PostgreSQL 16"
    assert unit.duration == timedelta(seconds=4)
    (exhibit,) = coverage.exhibits
    assert isinstance(exhibit, SourceCoverage)
    assert exhibit.files[0].missing_lines == (9, 10)
    assert coverage.measures[0].value == 80
    assert whole.report.subject == Subject(commit=COMMIT, run_id=5)
    assert whole.durations == {"a": 1.0}
    assert any(NO_REPORTS in notice for notice in whole.report.notices)


def test_what_fails_in_one_shard_fails_the_whole_and_says_where(folder: Path) -> None:
    red = suite(case("test_b", CaseOutcome.FAILED), outcome=Outcome.FAILED, reason="pytest stopped early")
    whole = merged(folder, Left(index=1), Left(index=2, unit=red))
    assert whole.report.verdict is Verdict.FAILED
    assert reason(whole) == "shard 2 of 2: pytest stopped early"
    result = whole.report.result("unit-tests")
    assert result is not None
    assert [finding.message for finding in result.findings] == ["test_b"]


def test_the_lines_of_a_change_are_judged_where_the_shards_are_merged(folder: Path) -> None:
    altered = AlteredFile(path="app/a.py", lines=(1, 2, 9, 40))
    cold = AlteredFile(path="app/cold.py", lines=(3,), unmeasured=(3,))
    run = RunNote(configuration=DIGEST, threshold=Fraction(10), patch_threshold=Fraction(80), patch_minimum=4)
    shards = [Left(index=index, covered=covering(index), patch=Patch(files=(altered,)), run=run) for index in (1, 2)]
    whole = merged(folder, *shards).report.result("coverage")
    assert whole is not None
    patch = next(measure for measure in whole.measures if measure.name == "patch-coverage")
    assert (whole.outcome, patch.numerator, patch.denominator) == (Outcome.PASSED, 2, 3)
    assert "the change has 3 lines that can run, fewer than 4: shown, not judged" in whole.reason
    shards[0].patch = Patch(files=(altered, replace(cold, unmeasured=None)))
    shards[1].patch = Patch(files=(altered, cold))
    whole = merged(folder / "again", *shards).report.result("coverage")
    assert whole is not None
    assert (
        "2 of 4 lines of the change ran, 50 % and not 80 %: all but app/a.py 9 and app/cold.py (no test imports it)"
        in whole.reason
    )


def test_what_did_not_parse_in_any_shard_is_told_unless_another_measured_it(folder: Path) -> None:
    unparsed = (UnparsedFile(path="app/broken.py", line=3), UnparsedFile(path="app/a.py"))
    shards = [Left(index=1, unparsed=unparsed[:1]), Left(index=2, unparsed=unparsed)]
    whole = merged(folder, *shards).report.result("coverage")
    assert whole is not None
    assert whole.outcome is Outcome.PASSED
    assert [str(one.location) for one in whole.findings] == ["app/broken.py:3"]


def test_too_little_coverage_fails_though_every_shard_passed(folder: Path) -> None:
    run = RunNote(configuration=DIGEST, threshold=Fraction(95))
    whole = merged(folder, *(Left(index=index, run=run, covered=covering(*range(1, 10))) for index in (1, 2)))
    assert outcomes(whole)["coverage"] == "failed"


def test_error_paths_are_told_of_the_whole_where_the_sources_are_checked_out(folder: Path) -> None:
    source = "def f(x):\n    if x:\n        raise A\n    if not x:\n        raise B\n    return x\n\n\n\n\n"
    run = RunNote(configuration=DIGEST, error_path_threshold=Fraction(100))
    shards = [Left(index=index, run=run, covered=covering(1, 2, 4, 6, 7, 8, 9, 10, index * 2 + 1)) for index in (1, 2)]
    alone = merged(folder / "one", *shards, read=lambda path, most: source)
    assert outcomes(alone)["coverage"] == "passed"
    half = replace(shards[1], covered=covering(*range(6, 11), 1, 2, 4))
    red = merged(folder / "half", shards[0], half, read=lambda path, most: source).report.result("coverage")
    assert red is not None
    assert red.outcome is Outcome.FAILED
    assert [finding.message for finding in red.findings] == ["no test in which `not x` in f"]
    assert outcomes(merged(folder / "none", *shards))["coverage"] == "errored"


def test_a_shard_to_which_nothing_fell_takes_nothing_away(folder: Path) -> None:
    empty = Left(index=2, unit=Judgement.skipped("none of 1 tests fell to shard 2 of 2"), covered="")
    whole = merged(folder, Left(index=1), empty)
    assert whole.report.verdict is Verdict.PASSED
    assert reason(whole) == ""


@pytest.mark.parametrize(
    ("shards", "told"),
    [
        ([Left(index=1, total=3), Left(index=3, total=3)], "shard 2 of 3 left no report"),
        ([Left(index=2)], "shard 1 of 2 left no report"),
        ([Left(index=1), Left(index=2), Left(index=2)], "shard 2 of 2 left 2 reports"),
        ([Left(index=1), Left(index=2, total=3)], "there are 2 and 3 of them"),
        ([Left(index=1), Left(index=2, subject=Subject(commit="e" * 40, run_id=5))], "different commits"),
        ([Left(index=1), Left(index=2, subject=Subject(commit=COMMIT, run_id=6))], "different runs"),
        ([Left(index=1), Left(index=2, run=RunNote(configuration="e" * 64))], "configured differently"),
        ([Left(index=1), Left(index=2, run=None)], "shard 2 of 2 did not end"),
        ([Left(index=1), Left(index=2, parting="e" * 64)], "did not collect the same tests"),
        (
            [Left(index=1), Left(index=2, unit=Judgement.skipped("pytest found no test"), parting="e" * 64)],
            "did not collect the same tests",
        ),
        (
            [Left(index=1), Left(index=2, unit=Judgement.skipped("stopped (fail-fast)"), parting="")],
            "shard 2 of 2 does not say which tests it took",
        ),
        ([Left(index=1, total=9)], "shard 6 of 9 left no report; 3 more shards left none"),
    ],
)
def test_what_is_missing_or_does_not_belong_together_is_errored(folder: Path, shards: list[Left], told: str) -> None:
    whole = merged(folder, *shards)
    assert whole.report.verdict is Verdict.ERRORED
    assert outcomes(whole)["unit-tests"] == "errored"
    assert told in reason(whole)
    assert outcomes(whole)["coverage"] in ("errored", "skipped")


def test_a_shard_is_missed_also_where_no_suite_was_to_run(folder: Path) -> None:
    Left(index=1).write(folder / "one")
    report = read_report(folder / "one")
    of_lint = replace(report, results=tuple(result for result in report.results if result.gate == "lint"))
    (folder / "one" / "report.json").write_text(encode_report(of_lint), "utf-8")
    whole = merged(folder)
    assert outcomes(whole) == {"lint": "errored"}
    assert reason(whole, "lint") == "shard 2 of 2 left no report"


def test_a_test_that_failed_stays_failed_though_a_shard_is_missing(folder: Path) -> None:
    red = suite(case("test_a", CaseOutcome.FAILED), outcome=Outcome.FAILED)
    whole = merged(folder, Left(index=1, unit=red))
    assert whole.report.verdict is Verdict.FAILED
    assert "shard 2 of 2 left no report" in reason(whole)


def test_no_shard_at_all_is_errored(folder: Path) -> None:
    whole = merged(folder)
    assert whole.report.verdict is Verdict.ERRORED
    assert set(outcomes(whole).values()) == {"errored"}
    assert reason(whole) == "no shard left a report"


def test_shards_of_another_run_or_commit_are_not_taken_for_this_one(folder: Path) -> None:
    shards = Left(index=1), Left(index=2)
    assert merged(folder, *shards, here=Subject(commit=COMMIT, run_id=5)).report.verdict is Verdict.PASSED
    assert merged(folder, *shards, here=Subject(commit=COMMIT, run_id=7)).report.verdict is Verdict.ERRORED
    assert merged(folder, *shards, here=Subject(commit="a" * 40, run_id=5)).report.verdict is Verdict.ERRORED


@pytest.mark.parametrize("text", ["", "{}", "[" * 9999, '{"schema_version": 2}'])
def test_a_report_that_cannot_be_read_is_errored(folder: Path, text: str) -> None:
    Left(index=1).write(folder / "one")
    (folder / "two").mkdir()
    (folder / "two" / "report.json").write_text(text)
    whole = merged(folder)
    assert outcomes(whole)["unit-tests"] == "errored"
    assert "the report in two cannot be read" in reason(whole)


def test_a_report_of_a_whole_run_among_the_shards_is_errored(folder: Path) -> None:
    Left(index=1).write(folder / "one")
    Left(index=2).write(folder / "two")
    whole = Report(
        subject=Subject(commit=COMMIT, run_id=5), results=(result("lint", Judgement(outcome=Outcome.PASSED)),)
    )
    (folder / "three").mkdir()
    (folder / "three" / "report.json").write_text(encode_report(whole))
    assert "the report in three is of no shard" in reason(merged(folder))


def test_a_mistake_in_the_configuration_is_told_once(folder: Path) -> None:
    problem = Problem(place="timeout", value="x", message="not a number")
    for index in (1, 2):
        place = folder / str(index)
        place.mkdir(parents=True)
        subject = Subject(shard=Shard(index=index, total=2))
        (place / "report.json").write_text(encode_report(Report(subject=subject, problems=(problem,))))
    whole = merged(folder).report
    assert whole.verdict is Verdict.MISCONFIGURED
    assert whole.problems == (problem,)


def test_a_file_that_no_shard_can_collect_counts_once(folder: Path) -> None:
    broken = case("tests/test_a.py", CaseOutcome.ERRORED, "SyntaxError")
    judgement = suite(broken, outcome=Outcome.ERRORED, reason="1 file of tests could not be collected: SyntaxError")
    whole = merged(folder, Left(index=1, unit=judgement), Left(index=2, unit=judgement))
    unit = whole.report.result("unit-tests")
    assert unit is not None
    assert unit.reason == judgement.reason
    assert unit.measures[0].value == 1
    assert len(unit.findings) == 1
    tests: list[Exhibit] = [exhibit for exhibit in unit.exhibits if isinstance(exhibit, Tests)]
    assert [len(exhibit.cases) for exhibit in tests if isinstance(exhibit, Tests)] == [1]
    assert outcomes(whole)["coverage"] == "skipped"


@pytest.mark.parametrize(("named", "outcome"), [(False, "skipped"), (True, "errored")])
def test_tests_that_were_all_skipped_are_none(folder: Path, named: bool, outcome: str) -> None:
    run = RunNote(configuration=DIGEST, named=named)
    shards = (Left(index=at, run=run, unit=suite(case(f"t{at}", CaseOutcome.SKIPPED, "later"))) for at in (1, 2))
    whole = merged(folder, *shards)
    assert outcomes(whole)["unit-tests"] == outcome
    assert reason(whole) == "all 2 tests were skipped: later"


@pytest.mark.parametrize(
    ("covered", "told"),
    [
        ("", "shard 2 of 2 left no coverage data"),
        ("[]", "cannot be read"),
        (covering(1).replace("9", "99"), "same sources"),
    ],
)
def test_coverage_that_is_lost_or_is_none_is_errored(folder: Path, covered: str, told: str) -> None:
    whole = merged(folder, Left(index=1), Left(index=2, covered=covered))
    assert outcomes(whole) == {"lint": "passed", "unit-tests": "passed", "coverage": "errored"}
    assert told in reason(whole, "coverage")


def test_a_link_in_the_place_of_a_note_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(covering(1))
    left = Left(index=2, covered="").write(folder / "two")
    (left / "shard" / "coverage.json").symlink_to(secret)
    assert "is a link" in reason(merged(folder, Left(index=1)), "coverage")


def test_of_several_uses_in_a_run_those_of_the_name_are_merged(folder: Path) -> None:
    Left(index=1, subject=Subject(name="orders")).write(folder / "one")
    Left(index=1, subject=Subject(name="payments")).write(folder / "two")
    (folder / "three").mkdir()
    (folder / "three" / "report.json").write_text("{}")
    found: list[ShardFolder] = read_shards([folder], "orders")
    assert [one.folder.name for one in found] == ["one", "three"]


def test_where_all_reports_have_another_name_the_names_are_told(folder: Path) -> None:
    for index in (1, 2):
        Left(index=index, subject=Subject(name=f"part-{index}")).write(folder / str(index))
    whole = merge(read_shards([folder], "orders"), lambda *_: NO_REPORTS, others=names_of(read_shards([folder], None)))
    assert reason(whole) == "no shard left a report under this name; there are those of 'part-1' and 'part-2'"
    assert whole.report.verdict is Verdict.ERRORED


def test_what_any_shard_saw_weakened_is_told_once_and_the_strictest_policy_counts(folder: Path) -> None:
    seen = Weakening(kind=WeakeningKind.SKIP, message="adds pytest.mark.skip to test_a")
    more = Weakening(kind=WeakeningKind.SUPPRESSION, message='adds "# noqa"')
    for index, policy, weakenings in ((1, Policy.HEAD, (seen,)), (2, Policy.STRICT, (seen, more))):
        place = Left(index=index).write(folder / str(index)) / "report.json"
        report = replace(decode_report(place.read_text("utf-8")), policy=policy, weakenings=weakenings)
        place.write_text(encode_report(report), "utf-8")
    whole = merged(folder).report
    assert (whole.policy, whole.weakenings, whole.verdict) == (Policy.STRICT, (seen, more), Verdict.FAILED)

"""What follows for the outcome of a gate from what the base has: green only for what is old, never for what is not known."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gate.comparing.places import Places
from gate.comparing.weighing import Weighing, weigh
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.exhibit import CaseOutcome, FileCoverage, Matrix, MatrixRow, SourceCoverage, TestCase, Tests
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.result import GateResult, Judgement, Outcome
from tests.unit.comparing.linted import linted
from tests.unit.render import reports

NONE = Threshold(value=Fraction(0), direction="at-most")
ONLY_NEW = Weighing(only_new=True)
UNCHANGED = Places(Change(base="b", origin=""))


def modified(*hunks: Hunk) -> Places:
    file = ChangedFile(path="a.py", status=FileStatus.MODIFIED, hunks=hunks)
    return Places(Change(base="b", origin="", files=(file,)))


def result(judgement: Judgement) -> GateResult:
    return reports.result("any", "any", judgement)


def suite(*failing: str, path: str = "tests/test_a.py", outcome: Outcome | None = None) -> GateResult:
    place = Location(path=path, line=3)
    cases = tuple(
        TestCase(
            name=f"{path}::{name}",
            outcome=CaseOutcome.FAILED if name in failing else CaseOutcome.PASSED,
            seconds=1,
            location=place,
            message="assert 1" if name in failing else "",
        )
        for name in ("test_a", "test_b", "test_c")
    )
    tests = Tests(cases=cases)
    findings = tuple(
        Finding(
            gate="any",
            rule_id="test-failed",
            severity=Severity.ERROR,
            message=f"{case.name}: {case.message}",
            location=place,
        )
        for case in tests.failing
    )
    outcome = outcome or (Outcome.FAILED if failing else Outcome.PASSED)
    measures = (Measure.count("failures", len(failing), threshold=NONE), Measure.count("tests", 3))
    return result(
        Judgement(outcome=outcome, reason="on PostgreSQL 16.4", measures=measures, findings=findings, exhibits=(tests,))
    )


def covered(numerator: int, *, max_fall: Fraction | None = Fraction(1, 2), least: int = 50) -> GateResult:
    threshold = Threshold(value=Fraction(least), direction="at-least")
    measure = Measure.ratio("coverage", numerator, 1000, threshold=threshold)
    outcome = Outcome.PASSED if measure.holds else Outcome.FAILED
    return result(Judgement(outcome=outcome, measures=(replace(measure, max_fall=max_fall),)))


def ended(weighed: GateResult) -> tuple[Outcome, str]:
    return weighed.outcome, weighed.reason


def test_a_measure_has_the_base_s_figure_of_the_same_name_and_unit() -> None:
    base = result(
        Judgement(
            outcome=Outcome.PASSED,
            measures=(Measure.count("tests", 7), Measure(name="p95", value=Fraction(9), unit="seconds")),
        )
    )
    now = result(
        Judgement(
            outcome=Outcome.PASSED,
            measures=(Measure.count("tests", 9), Measure(name="p95", value=Fraction(9), unit="milliseconds")),
        )
    )
    assert [one.baseline for one in weigh(now, base, UNCHANGED, Weighing()).measures] == [7, None]
    broken = replace(base, judgement=replace(base.judgement, outcome=Outcome.ERRORED, reason="no end"))
    assert [one.baseline for one in weigh(now, broken, UNCHANGED, Weighing()).measures] == [None, None]


def test_what_is_measured_of_the_change_itself_has_no_figure_of_the_base() -> None:
    one = result(Judgement(outcome=Outcome.PASSED, measures=(Measure.ratio("patch-coverage", 3, 4),)))
    assert weigh(one, one, UNCHANGED, Weighing()).measures[0].baseline is None


def test_a_gate_stays_red_for_old_findings_unless_only_new_ones_count() -> None:
    weighed = weigh(linted(1, 2), linted(1, 2), UNCHANGED, Weighing())
    assert ended(weighed) == (Outcome.FAILED, "")
    assert [finding.in_base for finding in weighed.findings] == [True, True]


def test_where_only_new_findings_count_old_ones_are_green_and_counted() -> None:
    weighed = weigh(linted(1, 2), linted(1, 2, 3), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.PASSED, "2 findings, none of them new")
    leading, count = weighed.measures
    assert leading == Measure.count("new findings", 0, threshold=NONE)
    assert count == replace(Measure.count("findings", 2), baseline=Fraction(3))


def test_one_new_finding_among_old_ones_is_red() -> None:
    places = modified(Hunk(old_start=2, old_lines=0, new_start=3, new_lines=1))
    weighed = weigh(linted(1, 2, 3), linted(1, 2), places, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "3 findings, 1 of them new")
    assert [finding.in_base for finding in weighed.findings] == [True, True, False]
    assert weighed.measures[0] == Measure.count("new findings", 1, threshold=NONE)


@pytest.mark.parametrize(
    "base",
    [None, result(Judgement.errored("no ruff")), result(Judgement.skipped("nothing"))],
    ids=["no report", "errored", "skipped"],
)
def test_where_the_base_is_not_known_everything_counts_and_that_is_said(base: GateResult | None) -> None:
    weighed = weigh(linted(1, 2), base, UNCHANGED, Weighing(only_new=True, missing="no artifact"))
    assert ended(weighed) == (Outcome.FAILED, "which of 2 findings are new is not known: no artifact")
    assert weighed.measures[0].threshold == NONE


def test_one_fault_of_which_nothing_is_known_is_told_in_the_singular_and_without_an_empty_reason() -> None:
    weighed = weigh(linted(1), None, UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "whether it is new is not known")


def test_what_a_gate_knows_by_itself_needs_no_report_of_the_base() -> None:
    weighed = weigh(linted(1, 2, known=True), None, Places(None), ONLY_NEW)
    assert ended(weighed) == (Outcome.PASSED, "2 findings, none of them new")
    known = linted(1, known=True)
    both = replace(known, judgement=replace(known.judgement, findings=(*known.findings, *linted(2).findings)))
    assert [one.in_base for one in weigh(both, linted(1, 2), UNCHANGED, ONLY_NEW).findings] == [True, True]
    mixed = replace(weighed.findings[0], in_base=None)
    now = linted(1, 2, known=True)
    now = replace(now, judgement=replace(now.judgement, findings=(now.findings[0], mixed)))
    assert ended(weigh(now, None, Places(None), ONLY_NEW)) == (
        Outcome.FAILED,
        "2 findings, 1 of them not known to be in the base",
    )


def test_a_test_that_fails_in_the_base_too_is_old_and_any_other_is_new() -> None:
    weighed = weigh(suite("test_a"), suite("test_a", "test_b"), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.PASSED, "on PostgreSQL 16.4; 1 failure, not new")
    assert weighed.findings[0].in_base is True
    weighed = weigh(suite("test_c"), suite("test_a"), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "on PostgreSQL 16.4; 1 failure, new")
    weighed = weigh(suite("test_b", "test_c"), suite("test_a"), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "on PostgreSQL 16.4; 2 failures, all of them new")
    weighed = weigh(suite("test_a", "test_c"), suite("test_a", "test_b"), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "on PostgreSQL 16.4; 2 failures, 1 of them new")
    assert [finding.in_base for finding in weighed.findings] == [True, False]


def test_failures_are_counted_by_the_cases_that_failed_and_not_by_the_findings_that_tell_them() -> None:
    def told_of_one(*failing: str) -> GateResult:
        now = suite(*failing)
        return replace(now, judgement=replace(now.judgement, findings=now.findings[:1]))

    weighed = weigh(told_of_one("test_a", "test_b"), suite("test_a"), UNCHANGED, ONLY_NEW)
    assert ended(weighed) == (Outcome.FAILED, "on PostgreSQL 16.4; 2 failures, 1 of them new")
    (tests,) = weighed.exhibits
    assert isinstance(tests, Tests)
    assert [one.in_base for one in tests.failing] == [True, False]
    untold = suite("test_a", "test_b")
    untold = replace(untold, judgement=replace(untold.judgement, findings=()))
    assert ended(weigh(untold, suite("test_a"), UNCHANGED, ONLY_NEW)) == ended(weighed)


def test_a_count_that_may_be_more_than_none_is_judged_as_it_was() -> None:
    some = Measure.count("findings", 2, threshold=Threshold(value=Fraction(1), direction="at-most"))
    now = linted(1, 2)
    now = replace(now, judgement=replace(now.judgement, measures=(some,)))
    assert ended(weigh(now, linted(1, 2), UNCHANGED, ONLY_NEW)) == (Outcome.FAILED, "")


def test_a_failing_test_of_a_renamed_file_is_old() -> None:
    files = (ChangedFile(path="tests/test_n.py", status=FileStatus.RENAMED, old_path="tests/test_a.py"),)
    now = suite("test_a", path="tests/test_n.py")
    assert weigh(now, suite("test_a"), Places(Change(base="b", origin="", files=files)), ONLY_NEW).outcome == "passed"
    assert weigh(now, suite("test_a"), UNCHANGED, ONLY_NEW).outcome == "failed"


def test_of_a_suite_that_came_to_no_end_in_the_base_only_its_failures_are_known() -> None:
    broken = suite("test_a", outcome=Outcome.ERRORED)
    broken = replace(broken, judgement=replace(broken.judgement, reason="killed"))
    assert weigh(suite("test_a"), broken, UNCHANGED, ONLY_NEW).outcome == "passed"
    weighed = weigh(suite("test_a", "test_b"), broken, UNCHANGED, ONLY_NEW)
    assert [finding.in_base for finding in weighed.findings] == [True, None]
    assert weighed.outcome == "failed"


def test_a_gate_that_errored_stays_so() -> None:
    now = suite("test_a", outcome=Outcome.ERRORED)
    now = replace(now, judgement=replace(now.judgement, reason="killed"))
    assert ended(weigh(now, suite("test_a"), UNCHANGED, ONLY_NEW)) == (Outcome.ERRORED, "killed")


def test_a_limit_of_another_measure_is_not_kept_by_old_findings() -> None:
    share = Measure.ratio("operations", 1, 2, threshold=Threshold(value=Fraction(90), direction="at-least"))
    now = linted(1)
    now = replace(now, judgement=replace(now.judgement, measures=(share, *now.measures)))
    assert weigh(now, now, UNCHANGED, ONLY_NEW).outcome == "failed"


def test_what_failed_without_a_finding_is_not_green_beside_old_findings() -> None:
    def with_cell(cell: str) -> GateResult:
        matrix = Matrix(title="Operations", columns=("", "owner"), rows=(MatrixRow(label="GET /a", cells=(cell,)),))
        now = linted(1)
        return replace(now, judgement=replace(now.judgement, exhibits=(matrix,)))

    assert weigh(with_cell("failed"), with_cell("passed"), UNCHANGED, ONLY_NEW).outcome == "failed"
    assert weigh(with_cell("failed"), with_cell("failed"), UNCHANGED, ONLY_NEW).outcome == "passed"


def test_a_gate_that_failed_for_more_than_it_counts_stays_red() -> None:
    now = suite()
    now = replace(now, judgement=replace(now.judgement, outcome=Outcome.FAILED, reason="pytest exited with status 1"))
    assert ended(weigh(now, now, UNCHANGED, ONLY_NEW)) == (Outcome.FAILED, "pytest exited with status 1")


def test_coverage_may_fall_as_far_as_is_allowed_and_no_further() -> None:
    assert weigh(covered(935), covered(940), UNCHANGED, Weighing()).outcome == "passed"
    assert ended(weigh(covered(934), covered(940), UNCHANGED, Weighing())) == (
        Outcome.FAILED,
        "coverage fell by 0.6 from 94 %, and may fall by 0.5",
    )
    strict = covered(939, max_fall=Fraction(0))
    assert "must not fall" in weigh(strict, covered(940), UNCHANGED, Weighing()).reason
    assert weigh(covered(934, max_fall=None), covered(940), UNCHANGED, Weighing()).outcome == "passed"


def test_a_fall_that_no_digit_shows_is_a_fall_and_stands_first() -> None:
    def of(numerator: int, denominator: int) -> GateResult:
        measure = replace(Measure.ratio("coverage", numerator, denominator), max_fall=Fraction(0))
        return result(Judgement(outcome=Outcome.PASSED, reason="measured app", measures=(measure,)))

    weighed = weigh(of(2_999_999, 3_000_000), of(1, 1), UNCHANGED, Weighing())
    assert ended(weighed) == (
        Outcome.FAILED,
        "coverage fell by 0.000033 from 100 %, and must not fall; measured app",
    )
    assert weigh(of(1, 1), of(1, 1), UNCHANGED, Weighing()).outcome == "passed"


def test_where_the_base_is_not_known_a_fall_is_not_guessed() -> None:
    weighed = weigh(covered(934), None, UNCHANGED, Weighing(missing="no artifact"))
    assert ended(weighed) == (Outcome.PASSED, "whether coverage fell is not known: no artifact")


def test_where_it_cannot_be_told_what_the_base_is_a_limit_that_was_set_is_not_green() -> None:
    blind = Weighing(missing="no git", is_trouble=True)
    assert ended(weigh(covered(934), None, UNCHANGED, blind)) == (
        Outcome.ERRORED,
        "cannot decide: `max-fall` is set, and whether coverage fell is not known: no git",
    )
    assert weigh(covered(934, max_fall=None), None, UNCHANGED, blind).outcome == "passed"
    assert weigh(covered(434), None, UNCHANGED, blind).outcome == "failed"


def test_a_line_that_did_not_run_in_the_base_is_old_although_the_base_was_green() -> None:
    def missing(*lines: int) -> tuple[SourceCoverage]:
        return (SourceCoverage(files=(FileCoverage(path="a.py", covered=5, total=9, missing_lines=lines),)),)

    finding = Finding(
        gate="any",
        rule_id="missing-lines",
        severity=Severity.WARNING,
        message="lines 3 to 4 did not run",
        location=Location(path="a.py", line=3, end_line=4),
    )
    other = replace(finding, message="line 7 did not run", location=Location(path="a.py", line=7))
    now = covered(400)
    now = replace(now, judgement=replace(now.judgement, findings=(finding, other), exhibits=missing(3, 4, 7)))
    base = covered(940)
    base = replace(base, judgement=replace(base.judgement, exhibits=missing(3, 4)))
    assert [one.in_base for one in weigh(now, base, UNCHANGED, Weighing()).findings] == [True, False]
    fewer = replace(base, judgement=replace(base.judgement, exhibits=missing(3, 7)))
    assert [one.in_base for one in weigh(now, fewer, UNCHANGED, Weighing()).findings] == [False, True]
    elsewhere = replace(base.judgement.exhibits[0], files=(FileCoverage(path="b.py", covered=5, total=9),))
    unmeasured = replace(base, judgement=replace(base.judgement, exhibits=(elsewhere,)))
    assert [one.in_base for one in weigh(now, unmeasured, UNCHANGED, Weighing()).findings] == [False, False]
    added = Places(Change(base="b", origin="", files=(ChangedFile(path="a.py", status=FileStatus.ADDED),)))
    assert [one.in_base for one in weigh(now, base, added, Weighing()).findings] == [False, False]
    moved = modified(Hunk(old_start=0, old_lines=0, new_start=1, new_lines=1))
    above = replace(base, judgement=replace(base.judgement, exhibits=missing(2, 3, 7)))
    assert [one.in_base for one in weigh(now, above, moved, Weighing()).findings] == [True, False]
    file = ChangedFile(path="a.py", status=FileStatus.MODIFIED, lines_unknown=True)
    unknown = Places(Change(base="b", origin="", files=(file,)))
    assert [one.in_base for one in weigh(now, base, unknown, Weighing()).findings] == [None, None]


def test_a_test_that_fails_without_a_word_is_known_by_its_name() -> None:
    now = suite("test_a")
    silent = replace(now.findings[0], message=now.findings[0].message.partition(": ")[0])
    now = replace(now, judgement=replace(now.judgement, findings=(silent,)))
    assert weigh(now, suite("test_a"), UNCHANGED, Weighing()).findings[0].in_base is True


def test_a_test_whose_name_looks_like_a_message_is_known_by_its_name() -> None:
    name = "tests/test_a.py::test_b[key: value]"
    tests = Tests(cases=(TestCase(name=name, outcome=CaseOutcome.FAILED, seconds=1),))
    finding = replace(linted(1).findings[0], message=f"{name}: assert {{'a': 1}} == {{'a': 2}}")
    now = result(Judgement(outcome=Outcome.FAILED, findings=(finding,), exhibits=(tests,)))
    base = result(Judgement(outcome=Outcome.FAILED, exhibits=(tests,)))
    assert weigh(now, base, UNCHANGED, Weighing()).findings[0].in_base is True


def test_weighing_twice_says_nothing_twice() -> None:
    for now, base in ((linted(1), linted(1)), (linted(1, 2), linted(1)), (covered(934), covered(940))):
        once = weigh(now, base, UNCHANGED, ONLY_NEW)
        again = weigh(once, base, UNCHANGED, ONLY_NEW)
        assert (again.outcome, again.reason.count("of them"), again.reason.count("fell")) == (
            once.outcome,
            once.reason.count("of them"),
            once.reason.count("fell"),
        )

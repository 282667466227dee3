"""What each gate concludes from evidence: the outcome, the reason, and the finding at its line."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gate.domain.exhibit import CaseOutcome, FileCoverage, OutputTail, Table, TestCase
from gate.domain.finding import Location, Severity
from gate.domain.result import Outcome
from gate.domain.shard import Shard
from gate.formats.coverage_json import CoverageReport
from gate.formats.ruff_output import Violation
from gate.gates.coverage import CoverageEvidence, CoverageGate, CoverageOptions, unread_reason
from gate.gates.lint import LintEvidence, LintGate, LintOptions
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_options import UnitTestsOptions
from gate.gates.suites import INTEGRATION_TESTS, UNIT_TESTS


class TestLint:
    def test_nothing_found_passes_and_says_which_ruff_judged(self) -> None:
        judgement = LintGate().judge(LintEvidence(version="0.16.0"), LintOptions())
        assert (judgement.outcome, judgement.reason) == (Outcome.PASSED, "ruff 0.16.0")

    def test_a_violation_fails_at_its_line_with_its_page(self) -> None:
        violation = Violation(
            rule="F401", message="`os` unused", path="app/a.py", line=3, column=8, end_line=3, url="https://x/F401"
        )
        judgement = LintGate().judge(LintEvidence(violations=(violation,), version="1"), LintOptions())
        (finding,) = judgement.findings
        assert judgement.outcome is Outcome.FAILED
        assert (finding.rule_id, str(finding.location), finding.help_url) == ("F401", "app/a.py:3", "https://x/F401")
        assert finding.severity is Severity.ERROR

    def test_an_unformatted_file_fails(self) -> None:
        judgement = LintGate().judge(LintEvidence(unformatted=("app/a.py",), version="1"), LintOptions(format=True))
        assert judgement.outcome is Outcome.FAILED
        assert judgement.findings[0].rule_id == "format"

    def test_no_python_is_skipped_unless_asked_for_by_name(self) -> None:
        assert LintGate().judge(LintEvidence(nothing="none"), LintOptions()).outcome is Outcome.SKIPPED
        assert LintGate().judge(LintEvidence(nothing="none", named=True), LintOptions()).outcome is Outcome.ERRORED


def case(
    outcome: CaseOutcome = CaseOutcome.PASSED,
    name: str = "tests/test_a.py::test_b",
    message: str = "",
    details: str = "",
) -> TestCase:
    location = Location(path="tests/test_a.py", line=41)
    return TestCase(name=name, outcome=outcome, seconds=0.1, location=location, message=message, details=details)


TAIL = OutputTail(title="last output", text="…")


def suite(**more: object) -> SuiteEvidence:
    given: dict[str, object] = {
        "named": False,
        "ended": "exited with status 0",
        "cases": (case(),),
        "tail": TAIL,
        "selected": 1,
    }
    return SuiteEvidence(**(given | more))  # type: ignore[arg-type]


class TestSuites:
    def test_all_passed(self) -> None:
        judgement = UNIT_TESTS.judge(suite(), UnitTestsOptions())
        assert (judgement.outcome, judgement.reason, judgement.findings) == (Outcome.PASSED, "", ())
        assert {measure.name: int(measure.value) for measure in judgement.measures} == {
            "failures": 0,
            "tests": 1,
            "skipped": 0,
        }

    @pytest.mark.parametrize(
        ("policy", "outcome", "severity"),
        [("pass", Outcome.PASSED, Severity.WARNING), ("fail", Outcome.FAILED, Severity.ERROR)],
    )
    def test_the_policy_says_what_a_test_is_that_passed_only_when_tried_again(
        self, policy: str, outcome: Outcome, severity: Severity
    ) -> None:
        flaky = replace(case(message="timed out"), retried=2)
        judgement = UNIT_TESTS.judge(suite(cases=(flaky,)), UnitTestsOptions(flaky=policy))
        (finding,) = judgement.findings
        assert (judgement.outcome, finding.rule_id, finding.severity) == (outcome, "test-flaky", severity)
        assert finding.message == "test_b passed only when tried again 2 times; before: timed out"
        assert judgement.reason == "1 test passed only when tried again"
        (measure,) = (measure for measure in judgement.measures if measure.name == "flaky")
        assert measure.holds is (outcome is Outcome.PASSED)

    def test_no_policy_hides_a_test_that_always_fails_and_none_makes_a_broken_run_red(self) -> None:
        always, flaky = replace(case(CaseOutcome.FAILED), retried=3), replace(case(name="b"), retried=1)
        for policy in ("pass", "fail"):
            options = UnitTestsOptions(retries=3, flaky=policy)
            red = UNIT_TESTS.judge(suite(returncode=1, cases=(always, flaky), selected=2), options)
            assert red.outcome is Outcome.FAILED
            assert red.findings[0].rule_id == "test-failed"
            broken = UNIT_TESTS.judge(suite(returncode=3, ended="exited with status 3", cases=(flaky,)), options)
            assert broken.outcome is Outcome.ERRORED

    def test_who_asks_for_retries_is_told_that_nothing_was_flaky(self) -> None:
        judgement = UNIT_TESTS.judge(suite(), UnitTestsOptions(retries=1))
        assert {measure.name: int(measure.value) for measure in judgement.measures}["flaky"] == 0

    def test_tests_that_were_left_out_are_told(self) -> None:
        judgement = UNIT_TESTS.judge(suite(left_out=2, database="PostgreSQL 16.4"), UnitTestsOptions())
        assert judgement.outcome is Outcome.PASSED
        assert judgement.reason == "on PostgreSQL 16.4; 2 tests were left out by pytest's options or a conftest.py"

    def test_the_version_of_the_server_is_told(self) -> None:
        judgement = INTEGRATION_TESTS.judge(suite(database="PostgreSQL 16.4"), UnitTestsOptions())
        assert judgement.reason == "on PostgreSQL 16.4"

    @pytest.mark.parametrize("outcome", [CaseOutcome.FAILED, CaseOutcome.ERRORED])
    def test_a_red_test_fails_at_its_line(self, outcome: CaseOutcome) -> None:
        evidence = suite(returncode=1, cases=(case(), case(outcome, message="expected 422, got 500")), selected=2)
        judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
        assert judgement.outcome is Outcome.FAILED
        (finding,) = judgement.findings
        assert str(finding.location) == "tests/test_a.py:41"
        assert finding.message == "tests/test_a.py::test_b: expected 422, got 500"

    def test_tests_that_cannot_run_here_are_errored_and_what_they_need_is_said(self) -> None:
        docker = "E   docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.')"
        network = "E   socket.gaierror: [Errno -3] Temporary failure in name resolution"
        cases = tuple(
            case(CaseOutcome.ERRORED, name=f"t.py::{number}", details=details)
            for number, details in enumerate((docker, docker, network))
        )
        judgement = UNIT_TESTS.judge(suite(returncode=1, cases=cases, selected=3), UnitTestsOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert judgement.reason == (
            "cannot run: needs Docker (2 tests), the network (1 test). Run these tests where a Docker engine is"
        )
        assert {finding.severity for finding in judgement.findings} == {Severity.NOTICE}
        (table,) = (exhibit for exhibit in judgement.exhibits if isinstance(exhibit, Table))
        assert table.rows[0] == ("Docker", "2", docker[4:], "Run these tests where a Docker engine is.")

    def test_a_test_that_failed_in_its_own_right_is_not_hidden_by_those_that_could_not_run(self) -> None:
        unable = case(CaseOutcome.ERRORED, name="t.py::a", details="E   ModuleNotFoundError: No module named 'boto3'")
        own = case(CaseOutcome.FAILED, name="t.py::b", details="E   assert 1 == 2", message="assert 1 == 2")
        judgement = UNIT_TESTS.judge(suite(returncode=1, cases=(unable, own), selected=2), UnitTestsOptions())
        assert judgement.outcome is Outcome.FAILED
        assert judgement.reason == "1 of these could not run: needs `boto3`, which nothing declares"
        assert [(finding.severity, finding.message) for finding in judgement.findings] == [
            (
                Severity.NOTICE,
                "t.py::a: could not run: needs `boto3`, which nothing declares. Add it to what the project's tests require.",
            ),
            (Severity.ERROR, "t.py::b: assert 1 == 2"),
        ]
        assert judgement.measures[-1].name == "not-run"

    def test_a_schema_that_could_not_be_made_explains_the_tests_that_miss_it(self) -> None:
        details = 'E   psycopg.errors.UndefinedTable: relation "users" does not exist'
        red = case(CaseOutcome.FAILED, details=details)
        evidence = suite(
            returncode=1, cases=(red,), schema_trouble="the schema could not be made: `alembic upgrade head` failed"
        )
        judgement = INTEGRATION_TESTS.judge(evidence, UnitTestsOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert judgement.reason == (
            "cannot run: needs the schema, which could not be made: `alembic upgrade head` failed"
        )

    def test_a_schema_that_could_not_be_made_hides_no_test_that_failed_in_its_own_right(self) -> None:
        red = case(CaseOutcome.FAILED, details="E   assert 1 == 2")
        evidence = suite(
            returncode=1, cases=(red,), schema_trouble="the schema could not be made: `alembic upgrade head` failed"
        )
        judgement = INTEGRATION_TESTS.judge(evidence, UnitTestsOptions())
        assert (judgement.outcome, judgement.reason) == (
            Outcome.FAILED,
            "the schema could not be made: `alembic upgrade head` failed",
        )

    def test_a_schema_that_could_not_be_made_and_no_test_misses_is_nothing(self) -> None:
        assert INTEGRATION_TESTS.judge(suite(schema_trouble="x"), UnitTestsOptions()).outcome is Outcome.PASSED

    def test_files_that_cannot_be_imported_for_want_of_something_say_what(self) -> None:
        unable = case(CaseOutcome.ERRORED, name="a.py", details="E   ModuleNotFoundError: No module named 'boto3'")
        own = case(CaseOutcome.ERRORED, name="b.py", message="SyntaxError: x", details="E   SyntaxError: x")
        evidence = suite(returncode=2, cases=(), not_collected=(unable,))
        judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert judgement.reason.startswith("cannot run: needs `boto3`, which nothing declares. Add it")
        both = UNIT_TESTS.judge(replace(evidence, not_collected=(unable, own)), UnitTestsOptions())
        assert both.reason == (
            "1 file of tests could not be collected: SyntaxError: x; "
            "1 of these could not run: needs `boto3`, which nothing declares"
        )

    def test_why_pytest_itself_could_not_start_is_read_from_its_last_words(self) -> None:
        tail = OutputTail(title="last output", text="ERROR: usage: x\nerror: unrecognized arguments: --reuse-db -n2")
        judgement = UNIT_TESTS.judge(suite(returncode=4, cases=(), tail=tail), UnitTestsOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert "needs `pytest-django` and `pytest-xdist`, which nothing declares" in judgement.reason

    # 0: a conftest.py hides pytest's status.
    @pytest.mark.parametrize("returncode", [0, 1, 2])
    def test_a_suite_that_stops_at_its_first_red_test_is_failed_and_says_so(self, returncode: int) -> None:
        red = case(CaseOutcome.FAILED, details="E   assert 1 == 2")
        judgement = UNIT_TESTS.judge(suite(returncode=returncode, cases=(red,), selected=9), UnitTestsOptions())
        assert (judgement.outcome, judgement.reason) == (
            Outcome.FAILED,
            "pytest stopped early, after 1 of 9 tests",
        )
        assert (judgement.measures[-1].name, int(judgement.measures[-1].value)) == ("not-run", 8)

    def test_what_only_unittest_reads_is_told(self) -> None:
        judgement = UNIT_TESTS.judge(suite(unread=("tests/__init__.py",)), UnitTestsOptions())
        assert (
            judgement.reason == "`load_tests` or `test_suite` of tests/__init__.py was not obeyed: pytest reads neither"
        )

    def test_a_red_test_fails_even_when_pytest_says_that_all_is_well(self) -> None:
        judgement = UNIT_TESTS.judge(suite(cases=(case(CaseOutcome.FAILED),)), UnitTestsOptions())
        assert judgement.outcome is Outcome.FAILED

    def test_status_1_without_a_red_test_is_red_with_its_output(self) -> None:
        judgement = UNIT_TESTS.judge(suite(returncode=1), UnitTestsOptions())
        assert judgement.outcome is Outcome.FAILED
        assert TAIL in judgement.exhibits
        assert "although no test failed" in judgement.reason

    @pytest.mark.parametrize(
        ("evidence", "reason"),
        [
            (
                suite(returncode=-9, ended="was killed by signal 9 (SIGKILL)", cases=(), running="tests/a.py::t"),
                "pytest was killed by signal 9 (SIGKILL) during tests/a.py::t",
            ),
            (
                suite(returncode=3, ended="exited with status 3"),
                "pytest exited with status 3: it had an internal error",
            ),
            (
                suite(returncode=4, ended="exited with status 4"),
                "pytest exited with status 4: it does not take its arguments",
            ),
            (suite(unreadable="pytest wrote no results", cases=()), "pytest wrote no results, although it exited"),
            (suite(selected=3), "pytest ended after 1 of 3 tests"),
            (suite(selected=None), "pytest ran without Quality Gate's plug-in"),
            (
                suite(returncode=5, ended="exited with status 5", cases=(), selected=0, left_out=4),
                "all tests of this kind (4) were left out by pytest's options (-k, -m, …) or a conftest.py",
            ),
            (
                suite(
                    returncode=2, ended="exited with status 2", cases=(), not_collected=(case(message="no module x"),)
                ),
                "1 file of tests could not be collected: no module x",
            ),
        ],
    )
    def test_a_suite_that_did_not_run_to_its_end_is_errored_with_its_output(
        self, evidence: SuiteEvidence, reason: str
    ) -> None:
        judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert reason in judgement.reason
        assert TAIL in judgement.exhibits

    def test_what_cannot_be_collected_is_found_at_its_line(self) -> None:
        broken = case(CaseOutcome.ERRORED, name="tests/test_a.py", message="SyntaxError: x")
        judgement = UNIT_TESTS.judge(suite(returncode=2, cases=(), not_collected=(broken,)), UnitTestsOptions())
        assert [(finding.rule_id, str(finding.location)) for finding in judgement.findings] == [
            ("test-not-collected", "tests/test_a.py:41")
        ]

    @pytest.mark.parametrize(
        "evidence",
        [
            suite(nothing="there is no test"),
            suite(returncode=5, cases=(), selected=0),
            suite(returncode=0, cases=(), selected=0),
            suite(cases=(case(CaseOutcome.SKIPPED, message="no DATABASE_URL"),)),
        ],
    )
    def test_nothing_ran_is_never_green(self, evidence: SuiteEvidence) -> None:
        assert UNIT_TESTS.judge(evidence, UnitTestsOptions()).outcome is Outcome.SKIPPED
        assert UNIT_TESTS.judge(replace(evidence, named=True), UnitTestsOptions()).outcome is Outcome.ERRORED

    def test_a_shard_to_which_no_test_fell_is_skipped_though_its_gate_was_named(self) -> None:
        evidence = suite(named=True, cases=(), selected=0, collected=7, returncode=5, shard=Shard(index=2, total=8))
        judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
        assert (judgement.outcome, judgement.reason) == (Outcome.SKIPPED, "none of 7 tests fell to shard 2 of 8")

    def test_no_test_at_all_is_no_better_in_a_shard(self) -> None:
        evidence = suite(named=True, cases=(), selected=0, collected=0, returncode=5, shard=Shard(index=2, total=8))
        assert UNIT_TESTS.judge(evidence, UnitTestsOptions()).outcome is Outcome.ERRORED

    def test_tests_of_a_shard_that_all_skipped_are_counted_for_the_whole(self) -> None:
        evidence = suite(cases=(case(CaseOutcome.SKIPPED),), collected=7, shard=Shard(index=2, total=8))
        judgement = UNIT_TESTS.judge(evidence, UnitTestsOptions())
        assert judgement.outcome is Outcome.PASSED
        assert {measure.name: int(measure.value) for measure in judgement.measures}["skipped"] == 1

    def test_tests_that_all_skipped_say_why(self) -> None:
        evidence = suite(cases=(case(CaseOutcome.SKIPPED, message="no DATABASE_URL"),))
        assert UNIT_TESTS.judge(evidence, UnitTestsOptions()).reason == "the only test was skipped: no DATABASE_URL"


def measured(covered: int, total: int, **more: object) -> CoverageEvidence:
    report = CoverageReport(covered_lines=covered, total_lines=total, covered_branches=0, total_branches=0, files=())
    return CoverageEvidence(report=report, **more)  # type: ignore[arg-type]


class TestCoverage:
    @pytest.mark.parametrize(
        ("covered", "option", "own", "outcome"),
        [
            (80, None, None, Outcome.PASSED),
            (79, None, None, Outcome.FAILED),
            (90, None, Fraction(90), Outcome.PASSED),
            (89, None, Fraction(90), Outcome.FAILED),
            (89, Fraction(85), Fraction(90), Outcome.PASSED),
            (0, Fraction(0), None, Outcome.PASSED),
            (100, Fraction(100), None, Outcome.PASSED),
        ],
    )
    def test_the_option_then_the_projects_own_then_80(
        self, covered: int, option: Fraction | None, own: Fraction | None, outcome: Outcome
    ) -> None:
        judgement = CoverageGate().judge(measured(covered, 100, own_threshold=own), CoverageOptions(threshold=option))
        assert judgement.outcome is outcome

    def test_rounding_never_passes_and_the_difference_is_explained(self) -> None:
        judgement = CoverageGate().judge(
            measured(7973, 10000, own_precision=0), CoverageOptions(threshold=Fraction(80))
        )
        assert judgement.outcome is Outcome.FAILED
        assert judgement.reason == "exactly 7973 of 10000 is 79.73 %, below 80 %; coverage.py rounds it to 80 %"

    def test_a_clear_failure_needs_no_explanation(self) -> None:
        judgement = CoverageGate().judge(measured(1, 2), CoverageOptions())
        assert (judgement.outcome, judgement.reason) == (Outcome.FAILED, "")

    def test_missing_lines_are_found_as_ranges_only_when_red(self) -> None:
        files = (FileCoverage(path="app/a.py", covered=1, total=5, missing_lines=(3, 4, 5, 9)),)
        red = CoverageGate().judge(measured(1, 5, files=files), CoverageOptions())
        assert [(finding.location, finding.message) for finding in red.findings] == [
            (Location(path="app/a.py", line=3, end_line=5), "lines 3 to 5 did not run"),
            (Location(path="app/a.py", line=9, end_line=9), "line 9 did not run"),
        ]
        assert CoverageGate().judge(measured(5, 5, files=files), CoverageOptions()).findings == ()

    def test_branches_are_measured_apart_where_there_are_any(self) -> None:
        report = CoverageReport(covered_lines=9, total_lines=10, covered_branches=1, total_branches=2, files=())
        judgement = CoverageGate().judge(CoverageEvidence(report=report), CoverageOptions())
        assert {measure.name: measure.value for measure in judgement.measures} == {
            "coverage": Fraction(1000, 12),
            "line-coverage": Fraction(90),
            "branch-coverage": Fraction(50),
        }

    def test_nothing_measured_is_errored(self) -> None:
        assert CoverageGate().judge(measured(0, 0), CoverageOptions()).outcome is Outcome.ERRORED

    def test_without_data_it_is_skipped_with_the_reason(self) -> None:
        judgement = CoverageGate().judge(CoverageEvidence(skipped="no tests ran"), CoverageOptions())
        assert (judgement.outcome, judgement.reason) == (Outcome.SKIPPED, "no tests ran")

    def test_files_outside_the_repository_are_told_with_the_figure_without_them(self) -> None:
        files = (
            FileCoverage(path="/venv/site-packages/a.py", covered=0, total=60),
            FileCoverage(path="/venv/site-packages/b.py", covered=10, total=20),
            FileCoverage(path="app/a.py", covered=17, total=20),
        )
        judgement = CoverageGate().judge(measured(27, 100, files=files), CoverageOptions(threshold=Fraction(90)))
        told = "2 measured files lie outside the repository: without them, 85 %"
        assert (judgement.outcome, judgement.reason) == (Outcome.FAILED, f"{told}; measured app")
        assert (judgement.findings[0].rule_id, judgement.findings[0].severity) == ("outside-project", Severity.WARNING)

    @pytest.mark.parametrize(("inside", "whole"), [(17, 27), (10, 85)])
    def test_files_outside_that_turn_the_verdict_leave_it_open(self, inside: int, whole: int) -> None:
        files = (
            FileCoverage(path="/venv/site-packages/a.py", covered=whole - inside, total=80),
            FileCoverage(path="app/a.py", covered=inside, total=20),
        )
        judgement = CoverageGate().judge(measured(whole, 100, files=files), CoverageOptions())
        assert judgement.outcome is Outcome.ERRORED
        assert judgement.reason.startswith("cannot decide: 1 measured file lies outside the repository: without it, ")
        assert "`source`" in judgement.reason

    @pytest.mark.parametrize(("covered", "outcome"), [(79, Outcome.ERRORED), (80, Outcome.PASSED)])
    def test_too_little_is_not_certain_where_tests_of_another_runner_did_not_run(
        self, covered: int, outcome: Outcome
    ) -> None:
        judgement = CoverageGate().judge(measured(covered, 100, unread=("tests/test_a.py",)), CoverageOptions())
        assert judgement.outcome is outcome
        assert judgement.reason.startswith("cannot decide: what tests/test_a.py tells") is (outcome is Outcome.ERRORED)

    def test_settings_that_name_nothing_that_ran_are_told_from_data_that_cannot_be_read(self) -> None:
        assert "`source`" in unread_reason("No data to report.", configured=True)
        for told, configured in (("No data to report.", False), ("Couldn't use data file", True)):
            assert unread_reason(told, configured=configured) == f"the coverage data cannot be read: {told}"

    def test_what_was_measured_is_told(self) -> None:
        files = tuple(FileCoverage(path=path, covered=9, total=10) for path in ("app/a.py", "app/b.py", "tests/t.py"))
        judgement = CoverageGate().judge(measured(27, 30, files=files), CoverageOptions())
        assert (judgement.outcome, judgement.reason) == (Outcome.PASSED, "measured app and tests")

"""How a project stands today, and what its first configuration says because of it."""

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
import yaml

from gate.discovery.model import Discovery, Migration
from gate.discovery.standing import Standing, standing_of
from gate.discovery.starter import pyproject_table, yaml_file
from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.finding import Finding, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Problem, Report, Subject
from gate.domain.result import GateResult, Judgement, Outcome
from tests.unit.render import reports


def lint(errors: int, warnings: int = 0) -> GateResult:
    weights = [Severity.ERROR] * errors + [Severity.WARNING] * warnings
    return reports.lint(*(Finding(gate="lint", rule_id="F401", severity=one, message="unused") for one in weights))


def coverage(covered: int, limit: int = 80) -> GateResult:
    threshold = Threshold(value=Fraction(limit), direction="at-least")
    measure = Measure.ratio("coverage", covered, 10_000, threshold=threshold)
    outcome = Outcome.PASSED if measure.holds else Outcome.FAILED
    return reports.result("coverage", "coverage", Judgement(outcome=outcome, measures=(measure,)))


def stands(*results: GateResult) -> Standing:
    return standing_of(Report(subject=Subject(), results=results))


def written(standing: Standing, discovery: Discovery = Discovery()) -> Mapping[str, Any]:  # noqa: B008
    """What both forms of the configuration say, which is the same."""
    table = tomllib.loads(pyproject_table(discovery, standing))["tool"]["quality-gate"]
    assert yaml.safe_load(yaml_file(discovery, standing)) == table
    return dict(table)


def test_a_healthy_project_gets_nothing_of_it() -> None:
    standing = stands(lint(0, warnings=3), coverage(8_000))
    assert standing == Standing()
    assert standing.lines == ()
    assert written(standing) == {}


def test_old_findings_are_let_pass_and_new_ones_are_not() -> None:
    standing = stands(lint(500, warnings=3))
    assert standing.lines == ("500 findings of lint",)
    assert written(standing) == {"fail-on": "new"}
    assert "# findings today: 500." in pyproject_table(Discovery(), standing)


def test_low_coverage_must_not_fall_and_what_is_new_is_held_to_the_limit_that_was() -> None:
    standing = stands(coverage(4_099))
    assert standing.lines == ("coverage 40.99 %, below 80 %",)
    assert written(standing) == {"coverage": {"threshold": 40, "max-fall": 0, "patch-threshold": 80}}
    assert written(stands(coverage(6_999, limit=95)))["coverage"]["patch-threshold"] == 95
    assert written(stands(coverage(0)))["coverage"]["threshold"] == 0


def test_all_of_it_goes_with_what_was_found() -> None:
    found = Discovery(variables={"A": "b"}, migration=Migration(command="alembic upgrade head", origin="x"))
    table = written(stands(lint(1), coverage(4_000)), found)
    assert [*table] == ["fail-on", "env", "integration-tests", "coverage"]
    assert (table["env"], table["integration-tests"]) == (["A=b"], {"migrate": "alembic upgrade head"})


def test_a_test_that_fails_today_is_named_and_nothing_lets_it_pass() -> None:
    red = TestCase(name="tests/test_a.py::test_b", outcome=CaseOutcome.FAILED, seconds=1)
    standing = stands(reports.suite("unit-tests", "unit tests", red, *reports.passing(2, "tests/test_c.py")))
    assert standing == Standing(failing=("tests/test_a.py::test_b",))
    assert written(standing) == {}


@pytest.mark.parametrize(
    "report",
    [
        Report(
            subject=Subject(), results=(reports.result("unit-tests", "unit tests", Judgement.errored("no\npytest")),)
        ),
        Report(subject=Subject(), problems=(Problem(place="gates", value="x", message="no such gate"),)),
    ],
)
def test_what_could_not_run_is_told_and_nothing_is_made_of_it(report: Report) -> None:
    standing = standing_of(report)
    (line,) = standing.lines
    assert line.startswith("could not run, so that nothing is known of it: ")
    assert "\n" not in line
    assert written(standing) == {}

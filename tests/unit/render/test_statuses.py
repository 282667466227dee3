"""A status for each gate: its state, its figure, and nothing that GitHub would not take."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.commit_status import State
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report, Subject
from gate.domain.result import Judgement, Outcome
from gate.render.statuses import render_statuses
from tests.unit.render.reports import (
    errored,
    forbidden,
    green,
    hostile,
    hostile_report,
    misconfigured,
    red,
    result,
    weakened,
)

GATES = ("lint", "unit-tests", "integration-tests", "coverage", "access-review", "latency")
RUN = "https://github.com/acme/tasks/actions/runs/5/attempts/1"


def told(report: Report, contradiction: str = "", gates: tuple[str, ...] = GATES) -> dict[str, tuple[str, str]]:
    statuses = render_statuses(report, gates=gates, run_url=RUN, contradiction=contradiction)
    assert {status.target_url for status in statuses} <= {RUN}
    return {status.context: (str(status.state), status.description) for status in statuses}


def test_a_green_report_is_a_figure_for_each_gate() -> None:
    statuses = told(green())
    assert statuses["quality-gate/lint"] == ("success", "lint: 0 findings")
    assert statuses["quality-gate/unit-tests"][1].startswith("unit-tests: 148 passed")
    state, words = statuses["quality-gate/coverage"]
    assert (state, words) == ("success", "coverage: 96.2 % ≥ 95 % (▲ 0.4)"), words


def test_a_limit_that_is_broken_is_written_so() -> None:
    statuses = told(replace(red(), subject=Subject()))
    assert statuses["quality-gate/coverage"] == ("failure", "coverage: 93.79 % < 95 %")
    slow = Measure(
        name="p95",
        value=Fraction(612),
        unit="milliseconds",
        threshold=Threshold(value=Fraction(500), direction="at-most"),
    )
    latency = result("latency", "latency", Judgement(outcome=Outcome.FAILED, measures=(slow,)))
    report = Report(subject=Subject(), results=(latency,))
    assert told(report) == {"quality-gate/latency": ("failure", "latency: 612 ms > 500 ms")}


def test_a_gate_that_was_stopped_by_another_one_is_not_green() -> None:
    state, words = told(replace(red(), subject=Subject()))["quality-gate/access-review"]
    assert (state, words) == ("error", "access-review: skipped: unit tests failed")


def test_a_gate_with_nothing_to_do_is_green_where_all_is_well() -> None:
    skipped = result("access-review", "access review", Judgement.skipped("no routes"))
    passed = result("lint", "lint", Judgement(outcome=Outcome.PASSED))
    report = Report(subject=Subject(), results=(passed, skipped))
    assert told(report)["quality-gate/access-review"] == ("success", "access-review: skipped: no routes")
    assert told(replace(report, interrupted=True))["quality-gate/access-review"][0] == "error"
    assert told(Report(subject=Subject(), results=(skipped,)))["quality-gate/access-review"][0] == "error"


def test_a_gate_that_could_not_decide_is_an_error() -> None:
    states = {state for state, words in told(errored()).values() if "errored: " in words}
    assert states == {"error"}


def test_without_any_result_every_gate_is_an_error_that_says_why() -> None:
    statuses = told(misconfigured())
    assert set(statuses) == {f"quality-gate/{gate}" for gate in GATES}
    assert all(state == "error" and words.startswith("misconfigured: ") for state, words in statuses.values())
    assert all(state == "error" for state, _ in told(Report(subject=Subject())).values())


def test_a_use_with_a_name_has_contexts_of_its_own() -> None:
    report = replace(green(), subject=Subject(name="orders"))
    assert "quality-gate (orders)/lint" in told(report)
    assert not set(told(report)) & set(told(green()))


def test_gates_that_do_not_exist_get_no_status() -> None:
    assert set(told(green(), gates=("lint",))) == {"quality-gate/lint"}


def test_a_report_that_passed_is_not_green_where_its_run_did_not_succeed() -> None:
    statuses = told(green(), "the run did not succeed (failure)")
    assert {state for state, _ in statuses.values()} == {"error"}
    assert statuses["quality-gate/lint"][1] == "the run did not succeed (failure); the report says lint: 0 findings"


@pytest.mark.parametrize("report", [hostile(), green(), red()])
def test_github_takes_every_description(report: Report) -> None:
    for _, words in told(report, gates=tuple(one.gate for one in report.results)).values():
        prove_takeable(words)


@given(st.text(max_size=300))
def test_whatever_is_in_a_reason_the_description_is_one_short_visible_line(words: str) -> None:
    prove_takeable(next(iter(told(hostile_report(words), gates=("lint", "unit-tests", "coverage")).values()))[1])
    skipped = result("lint", "lint", Judgement.skipped(words or "x"))
    prove_takeable(told(Report(subject=Subject(), results=(skipped,)))["quality-gate/lint"][1])


def prove_takeable(words: str) -> None:
    assert 0 < len(words) <= 140
    assert words.isprintable()
    assert max(words) <= "\uffff"
    assert "\n" not in words


def test_states_are_githubs() -> None:
    assert {state.value for state in State} == {"error", "failure", "pending", "success"}


def test_no_status_is_green_where_the_policy_does_not_allow_what_is_weakened() -> None:
    statuses = render_statuses(forbidden(), gates=["lint", "unit-tests"], run_url="")
    assert {status.state for status in statuses} == {State.FAILURE}
    assert statuses[0].description.startswith("the change weakens the gate; lint: ")
    allowed = render_statuses(weakened(), gates=["lint"], run_url="")
    assert allowed[0].state is State.SUCCESS

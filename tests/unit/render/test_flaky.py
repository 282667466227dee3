"""Flaky tests in the comment: the failure before the pass, and how often that was so before."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings

from gate.domain.comparison import PastRun
from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.report import Report
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.summary import render_summary
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts, shown
from tests.unit.render.test_surfaces import assert_only_ours

NAME = "tests/test_a.py::test_late"


def past(*flaky: str) -> PastRun:
    return PastRun(
        commit="a" * 40, started_at=datetime(2026, 1, 1, tzinfo=UTC), verdict="passed", seconds=1, flaky=flaky
    )


def report(*history: PastRun, name: str = NAME, message: str = "too early", retried: int = 1) -> Report:
    place = Location(path="tests/test_a.py", line=9)
    case = TestCase(name=name, outcome=CaseOutcome.PASSED, seconds=1, location=place, message=message, retried=retried)
    result = reports.suite("unit-tests", "unit tests", case, *reports.passing(3, "tests/test_b.py"))
    found = Finding(gate="unit-tests", rule_id="test-flaky", severity=Severity.WARNING, message="seen", location=place)
    judgement = replace(result.judgement, findings=(found,))
    return Report(subject=reports.SUBJECT, results=(replace(result, judgement=judgement),), history=history)


def test_a_flaky_test_is_told_once_with_its_failure_and_its_history() -> None:
    told = report(past(NAME), past(), past(NAME, NAME), past("other"), retried=2)
    for words in (render_comment(told, reports.the_links()), render_summary(told, reports.the_links())):
        assert "1 flaky test in unit tests, which passed only when tried again" in words
        assert "too early (tried again 2 times; flaky in 3 of the last 5 runs)" in words
        assert "flaky</code>" not in words


def test_without_a_history_none_is_told_and_without_a_flaky_test_nothing() -> None:
    assert "(tried again once)" in render_comment(report(), reports.the_links())
    assert "flaky test" not in render_comment(report(past(NAME), retried=0, message=""), reports.the_links())


def test_a_green_line_does_not_hide_that_a_test_was_flaky() -> None:
    assert "unit tests 4 passed, 1 flaky" in render_comment(report(), reports.the_links())
    assert "4 passed, " not in render_comment(report(retried=0, message=""), reports.the_links())


def test_where_the_policy_makes_it_red_it_stands_among_the_findings_too() -> None:
    (result,) = report().results
    (finding,) = result.findings
    red = replace(result, judgement=replace(result.judgement, findings=(replace(finding, severity=Severity.ERROR),)))
    words = render_comment(replace(report(), results=(red,)), reports.the_links())
    assert "flaky</code>" in words
    assert "1 flaky test" in words


def test_a_log_has_no_list_of_them_and_tells_them_as_findings() -> None:
    assert "tests/test_a.py:9:1: warning: seen (test-flaky)" in render_console(report())


@settings(max_examples=50)
@given(hostile_texts)
def test_no_word_of_a_flaky_test_is_more_than_a_word(words: str) -> None:
    for name, message in ((words, "x"), (NAME, words)):
        assert_only_ours(shown(render_comment(report(name=name, message=message), reports.the_links())))

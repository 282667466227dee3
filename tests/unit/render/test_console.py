"""What a terminal or a log shows of the gates: every reason whole, in as many columns as there are."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.comparison import Baseline
from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.finding import Location
from gate.domain.report import Report
from gate.domain.result import GateResult, Judgement, Outcome
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.next_steps import next_steps
from gate.render.summary import render_summary
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts, shown

LONG = "measured app; 3 of 22 lines of the change ran, 13.63 % and not 80 %: all but app/cart.py 22–40 and 51"


def with_reason(reason: str, outcome: Outcome = Outcome.PASSED) -> GateResult:
    covered = reports.coverage(1953)
    return replace(covered, judgement=replace(covered.judgement, outcome=outcome, reason=reason))


def table(*results: GateResult, width: int | None = None) -> list[str]:
    lines = render_console(Report(subject=reports.SUBJECT, results=results), width).splitlines()
    ends = [at for at, line in enumerate(lines) if not line]
    starts = next(at for at, line in enumerate(lines) if line.startswith(f"{results[0].outcome}  "))
    return lines[starts : next(at for at in ends if at > starts)]


def test_a_reason_that_is_too_long_for_its_row_stands_whole_below_and_leaves_limits_in_their_column() -> None:
    assert table(reports.lint(), with_reason(LONG)) == [
        "passed  lint      0 findings               0 findings",
        "passed  coverage  96.2 % (1,953 of 2,030)  ≥ 95 %",
        f"                  {LONG}",
    ]
    assert table(with_reason("measured app")) == ["passed  coverage  96.2 % (1,953 of 2,030); measured app  ≥ 95 %"]


def test_why_a_gate_did_not_run_stands_whole_in_its_row_and_pushes_no_column_away() -> None:
    why = "no test is marked `integration` or has it in a part of its path"
    skipped = reports.result("integration-tests", "integration tests", Judgement.skipped(why))
    assert table(reports.lint(), skipped) == [
        "passed   lint               0 findings  0 findings",
        f"skipped  integration tests  {why}",
    ]


def test_on_a_terminal_sentences_are_broken_where_it_ends_and_a_figure_stays_with_its_unit() -> None:
    for width in range(52, 110):
        row, *below = table(with_reason(LONG), width=width)
        assert row == "passed  coverage  96.2 % (1,953 of 2,030)  ≥ 95 %"
        assert all(len(line) <= width and line.startswith(" " * 18) for line in below)
        assert not any(line.lstrip().startswith("%") for line in below)
        assert " ".join(line.strip() for line in below) == LONG


def test_what_an_editor_reads_is_never_broken_into_lines() -> None:
    narrow, wide = (render_console(reports.compared(), width) for width in (40, None))
    places = [line for line in wide.splitlines() if ": error: " in line or ": warning: " in line]
    assert places
    assert set(places) <= set(narrow.splitlines())


@given(hostile_texts, st.sampled_from([None, 1, 24, 80]))
def test_a_reason_is_words_on_a_terminal_of_any_width(reason: str, width: int | None) -> None:
    results = (with_reason(reason), with_reason(reason, Outcome.FAILED))
    errored = reports.result("lint", "lint", Judgement.errored(reason or "x"))
    lines = render_console(Report(subject=reports.SUBJECT, results=(*results, errored)), width).splitlines()
    assert not any(line.startswith(("::", "##[")) for line in lines)
    assert lines[-1].startswith("Quality Gate: ")


def test_a_report_whose_only_reason_is_why_there_is_no_base_can_be_told() -> None:
    skipped = reports.result("lint", "lint", Judgement.skipped(": no base"))
    report = Report(subject=reports.SUBJECT, results=(skipped,), baseline=Baseline(missing="no base"))
    assert "skipped  lint  : no base" in render_console(report)


def test_a_reason_that_several_gates_share_is_told_once() -> None:
    why = (
        "under policy strict, what the change weakens must be known: the clone has no commit that both sides come from"
    )
    gates = [reports.result(f"g{at}", f"gate {at}", Judgement.errored(why)) for at in range(3)]
    report = Report(subject=reports.SUBJECT, results=tuple(gates))
    assert table(*gates) == [f"errored  gate 0  {why}", *(f"errored  gate {at}  for the same reason" for at in (1, 2))]
    (step,) = next_steps(report)
    assert (step.subject, step.message) == ("gate 0, gate 1, gate 2", f"could not run: {why}")
    told = shown(render_comment(report, reports.the_links())).text
    assert told.count("the clone has no commit") == 2, "in the heading and in the first row"
    assert "errored: for the same reason" in told


def test_why_there_is_no_base_is_told_once_for_all_gates() -> None:
    why = "there is no report of 1a2b3c4d5e6f: no earlier run has left one here"
    results = (with_reason(f"whether coverage fell is not known: {why}; measured app"), with_reason("measured app"))
    report = Report(subject=reports.SUBJECT, results=results, baseline=Baseline(missing=why))
    for told in (render_console(report), shown(render_summary(report, reports.the_links())).text.replace("\u200b", "")):
        assert told.count(why) == 1
        assert "whether coverage fell is not known; measured app" in told


@pytest.mark.parametrize(("retried", "words"), [(0, ""), (1, ", tried again once"), (2, ", tried again 2 times")])
def test_a_test_that_failed_in_every_try_says_how_many_there_were(retried: int, words: str) -> None:
    case = TestCase(
        name="tests/test_a.py::test_b",
        outcome=CaseOutcome.FAILED,
        seconds=0,
        message="no",
        retried=retried,
        location=Location(path="tests/test_a.py", line=4),
    )
    report = Report(subject=reports.SUBJECT, results=(reports.suite("unit-tests", "unit tests", case),))
    assert f"tests/test_a.py:4:1: error: test_b failed{words}: no\n" in render_console(report)
    assert f"test_b{words} tests/test_a.py:4" in shown(render_comment(report, reports.the_links())).text

"""Every question of the checklist is ticked by what was measured, and by nothing else."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from gate.checklist import checklist
from gate.cli import main
from gate.domain.checklist import Question
from gate.domain.codec import encode_report
from gate.domain.exhibit import Matrix, MatrixRow
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report
from gate.domain.result import Judgement, Outcome
from gate.gates import GATES
from gate.gates.access_review.evidence import ReviewEvidence
from gate.gates.access_review.exhibits import exhibits_of
from gate.gates.checklist import CHECKLIST
from gate.render.checklist import answers, render_checklist
from gate.render.comment import render_comment
from tests.unit.render import reports
from tests.unit.render.github_page import shown

ASKED = Question(words="Does it hold?", gate="g")


def judged(question: Question, judgement: Judgement) -> tuple[bool | None, str]:
    (answer,) = answers(
        Report(subject=reports.SUBJECT, results=(reports.result("g", "the gate", judgement),), checklist=(question,))
    )
    return answer.holds, answer.words


def measured(value: int, *, of: int, at_least: int | None = None) -> Judgement:
    limit = None if at_least is None else Threshold(value=Fraction(at_least), direction="at-least")
    return Judgement(outcome=Outcome.FAILED, measures=(Measure.ratio("m", value, of, threshold=limit),))


def reviewed(cell: str) -> Judgement:
    rows = (MatrixRow(label="Is it so?", cells=(cell, "held by 13 of 14 operations")),)
    return Judgement(outcome=Outcome.PASSED, exhibits=(Matrix(title="m", columns=("q", "", "said"), rows=rows),))


@pytest.mark.parametrize(
    ("question", "judgement", "holds", "words"),
    [
        (ASKED, Judgement(outcome=Outcome.PASSED), True, "the gate: passed"),
        (ASKED, Judgement(outcome=Outcome.FAILED), False, "the gate: failed"),
        (ASKED, Judgement.skipped("no tests"), None, "the gate skipped: no tests"),
        (ASKED, Judgement.errored("no server"), None, "the gate errored: no server"),
        (replace(ASKED, gate="other"), Judgement(outcome=Outcome.PASSED), None, "not measured: other did not run"),
        (replace(ASKED, measure="m"), measured(9, of=10, at_least=90), True, "the gate: 90 % (9 of 10) ≥ 90 %"),
        (replace(ASKED, measure="m"), measured(8, of=10, at_least=90), False, "the gate: 80 % (8 of 10) ≥ 90 %"),
        (replace(ASKED, measure="m"), measured(8, of=10), None, "the gate: 80 % (8 of 10), shown and not judged"),
        (replace(ASKED, measure="m"), measured(10, of=10), True, "the gate: 100 % (10 of 10)"),
        (replace(ASKED, measure="n"), measured(10, of=10), None, "the gate did not measure it"),
        (replace(ASKED, row="Is it so?"), reviewed("passed"), True, "the gate: held by 13 of 14 operations"),
        (replace(ASKED, row="Is it so?"), reviewed("failed"), False, "the gate: held by 13 of 14 operations"),
        (replace(ASKED, row="Is it so?"), reviewed("not exercised"), False, "the gate: held by 13 of 14 operations"),
        (replace(ASKED, row="Is it so?"), reviewed("not asked"), None, "the gate asked nothing of it"),
        (replace(ASKED, row="Is it?"), reviewed("passed"), None, "the gate asked nothing of it"),
    ],
)
def test_a_question_is_answered_by_its_gate_its_measure_or_its_row(
    question: Question, judgement: Judgement, holds: bool | None, words: str
) -> None:
    assert judged(question, judgement) == (holds, words)


def test_what_has_no_limit_is_told_from_what_does_not_hold_and_from_what_was_not_measured() -> None:
    questions = (replace(ASKED, measure="m"), replace(ASKED, gate="other"))
    result = reports.result("g", "the gate", measured(8, of=10))
    report = replace(reports.green(), results=(result,), checklist=questions)
    told = shown(render_comment(report, reports.the_links())).text
    assert "Checklist: none holds, 1 shown only, 1 not measured" in told
    assert "⚠️ Does it hold? the gate: 80 % (8 of 10), shown and not judged" in told
    assert "⏭️ Does it hold? not measured" in told
    assert "- [ ] Does it hold? the gate: 80 %" in render_checklist(report)


def test_a_reason_why_several_questions_have_no_answer_is_told_once() -> None:
    report = replace(reports.errored(), checklist=tuple(one for one in CHECKLIST if one.gate == "coverage"))
    words = [answer.words for answer in answers(report)]
    assert words == ["coverage skipped: integration tests errored", *["coverage skipped for the same reason"] * 2]


def test_what_the_base_has_too_is_no_reason_to_tick_that_there_is_nothing() -> None:
    old = Finding(
        gate="g", rule_id="F401", severity=Severity.ERROR, message="old", in_base=True, location=Location(path="a.py")
    )
    new = replace(old, message="new", in_base=False, location=Location(path="b.py"))
    measures = (Measure.count("new findings", 0, threshold=reports.NONE_ALLOWED),)
    assert judged(ASKED, Judgement(outcome=Outcome.PASSED, measures=measures, findings=(old,))) == (
        None,
        "the gate: 0 new findings; what the base has too is shown and not judged",
    )
    judgement = Judgement(outcome=Outcome.FAILED, measures=measures, findings=(old, new))
    results = (reports.result("g", "the gate", judgement),)
    (answer,) = answers(Report(subject=reports.SUBJECT, results=results, checklist=(ASKED,)))
    assert (answer.holds, answer.location) == (False, new.location)


def test_every_question_names_a_gate_and_a_row_that_there_are() -> None:
    evidence = ReviewEvidence(framework="", today=date(2026, 11, 23))
    rows = {row.label for one in exhibits_of(evidence, (), ()) if isinstance(one, Matrix) for row in one.rows}
    for question in CHECKLIST:
        assert question.gate in GATES
        assert not question.row or question.row in rows


def test_the_comment_shows_it_folded_with_what_answered_each_question() -> None:
    told = shown(render_comment(reports.green(), reports.the_links())).text
    assert "Checklist: 4 hold, 7 not measured" in told
    assert "✅ Do the tests run enough of the code? coverage: 96.2 % (1,953 of 2,030) ≥ 95 %" in told
    assert "⏭️ Is the user logged in? not measured: access-review did not run" in told
    red = shown(render_comment(replace(reports.red(), checklist=CHECKLIST), reports.the_links()))
    assert (
        "❌ Does every unit test pass? unit tests: 1 of 148 failed, 1 skipped, tests/unit/test_comments.py:41"
        in red.text
    )


def test_the_command_prints_a_template_without_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["checklist"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("- ")] == [f"- [ ] {question.words}" for question in CHECKLIST]


def test_the_command_ticks_what_a_report_says(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(encode_report(reports.green()), "utf-8")
    lines: list[str] = []
    assert checklist(tmp_path, lines.append) == 0
    assert sum(line.startswith("- [x] ") for line in lines) == 4
    assert sum(line.startswith("- [ ] ") for line in lines) == len(CHECKLIST) - 4


def test_a_report_cannot_bring_questions_of_its_own_to_the_command(tmp_path: Path) -> None:
    forged = replace(reports.green(), checklist=(Question(words="All is well?", gate="lint"),))
    (tmp_path / "report.json").write_text(encode_report(forged), "utf-8")
    lines: list[str] = []
    assert checklist(tmp_path, lines.append) == 0
    assert not any("All is well" in line for line in lines)


def test_without_a_readable_report_nothing_is_ticked(tmp_path: Path) -> None:
    lines: list[str] = []
    assert checklist(tmp_path, lines.append) == 3
    assert len(lines) == 1

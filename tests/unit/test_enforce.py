"""The verb `enforce`: the verdict as an exit status, from a report that is read anew."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

import gate.report_file
from gate.cli import main
from gate.domain.codec import encode_report
from gate.domain.exhibit import CaseOutcome
from gate.domain.report import Report
from gate.domain.result import Judgement, Outcome
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.enforce import enforce
from gate.formats.shard_notes import RunNote
from gate.report_file import read_report
from tests.unit.render.reports import HOSTILE, errored, forbidden, green, hostile, misconfigured, red, weakened
from tests.unit.test_merge import Left, case, suite


def enforced(folder: Path, report: Report | None = None) -> tuple[int, list[str]]:
    if report is not None:
        (folder / "report.json").write_text(encode_report(report))
    lines: list[str] = []
    return enforce(folder, lines.append), lines


@pytest.mark.parametrize(("report", "status"), [(green(), 0), (red(), 1), (misconfigured(), 2), (errored(), 3)])
def test_the_exit_status_is_the_verdicts(tmp_path: Path, report: Report, status: int) -> None:
    code, lines = enforced(tmp_path, report)
    assert code == status
    assert lines[0].startswith("Quality Gate")


def test_what_failed_is_named_and_what_passed_is_not(tmp_path: Path) -> None:
    report = red()
    _, lines = enforced(tmp_path, report)
    named = [result.title for result in report.results if any(f"  {result.title}: " in line for line in lines)]
    assert named == [result.title for result in report.results if result.outcome in ("failed", "errored")]


def test_mistakes_of_the_configuration_are_named(tmp_path: Path) -> None:
    report = misconfigured()
    _, lines = enforced(tmp_path, report)
    assert len(lines) == 1 + len(report.problems)
    assert report.problems[0].message in lines[1]


def test_hostile_words_are_one_line_each_and_no_commands(tmp_path: Path) -> None:
    _, lines = enforced(tmp_path, replace(hostile(), notices=(HOSTILE,)))
    assert all("\n" not in line and "\x1b" not in line and not line.lstrip().startswith("::") for line in lines)


def test_without_a_report_it_could_not_decide(tmp_path: Path) -> None:
    code, lines = enforced(tmp_path)
    assert code == 3
    assert lines == [
        f"Quality Gate could not decide: there is no readable report ({tmp_path}/report.json: No such file or directory)"
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b'{"verdict": "passed"}'])
def test_what_is_no_report_never_passes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "report.json").write_bytes(content)
    assert enforced(tmp_path)[0] == 3


def test_a_pipe_or_folder_in_the_reports_place_does_not_hold_the_job_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.json")
    code, lines = enforced(tmp_path)
    assert code == 3
    assert "it is no file" in lines[0]
    (tmp_path / "report.json").unlink()
    (tmp_path / "report.json").mkdir()
    assert enforced(tmp_path)[0] == 3


def test_a_report_too_large_to_be_one_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The real bound is too large for a test to write.
    monkeypatch.setattr(gate.report_file, "MAX_BYTES", 100)
    code, lines = enforced(tmp_path, green())
    assert code == 3
    assert "larger than 100 bytes" in lines[0]


def test_a_run_that_named_no_folder_is_not_judged_by_a_report_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.json").write_text(encode_report(green()))
    monkeypatch.chdir(tmp_path)
    assert main(["enforce", "--report", ""]) == 3
    assert "could not decide" in capsys.readouterr().out


def test_what_weakens_the_gate_is_named_and_red_under_policy_strict(tmp_path: Path) -> None:
    code, lines = enforced(tmp_path, forbidden())
    assert code == 1
    assert any("lowers coverage.threshold from 95 to 80" in line for line in lines)
    assert enforced(tmp_path, weakened())[0] == 0


NEW = RunNote(configuration="d" * 64, fail_on="new")
FAILING = suite(case("test_a", CaseOutcome.FAILED), outcome=Outcome.FAILED)


@pytest.mark.parametrize(
    ("left", "status"),
    [
        (Left(index=1, run=NEW, unit=FAILING), 0),
        (Left(index=1, run=replace(NEW, fail_on="all"), unit=FAILING), 1),
        (Left(index=1, run=None, unit=FAILING), 1),
        (Left(index=1, run=NEW, unit=FAILING, coverage=Judgement.errored("could not run")), 1),
        (Left(index=1, run=NEW, unit=Judgement.errored("could not run")), 3),
        (Left(index=1, run=NEW, unit=FAILING, coverage=Judgement(outcome=Outcome.FAILED)), 1),
        (Left(index=1, run=NEW), 0),
    ],
    ids=["only tests", "all count", "no note", "something errored", "tests errored", "more than tests", "nothing"],
)
def test_which_failures_of_a_shard_are_new_is_for_the_merge_to_say(tmp_path: Path, left: Left, status: int) -> None:
    """Its job is one of those that the merge needs to succeed, and a shard knows nothing of the base's report."""
    code, lines = enforced(left.write(tmp_path))
    assert code == status
    assert ("for the merge of the shards to decide" in " ".join(lines)) is (left.unit is FAILING and not status)


def test_what_weakens_the_gate_is_red_in_a_shard_too(tmp_path: Path) -> None:
    folder = Left(index=1, run=NEW, unit=FAILING).write(tmp_path)
    told = Weakening(kind=WeakeningKind.SKIP, message="adds pytest.mark.skip")
    code, _ = enforced(folder, replace(read_report(folder), policy=Policy.STRICT, weakenings=(told,)))
    assert code == 1

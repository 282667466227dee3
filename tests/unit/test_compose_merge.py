"""The verb `merge` over folders that are none: an exit status and a reason, never an error of its own."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gate.compose_merge import MergeArguments, merge_shards
from gate.domain.change import Change
from gate.domain.codec import encode_report
from gate.domain.comparison import Baseline, Comparison
from gate.domain.exhibit import CaseOutcome
from gate.domain.report import Report, Subject, Verdict
from gate.domain.result import Outcome
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.formats.shard_notes import RunNote
from gate.report_file import read_report
from tests.unit.test_merge import DIGEST, Left, case, result, suite


def merging(tmp_path: Path, folder: Path) -> int:
    arguments = MergeArguments(folders=(folder,), project=tmp_path, out=tmp_path / "out", in_action=False)
    return merge_shards(arguments, {})


def test_a_link_to_itself_is_a_folder_without_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert merging(tmp_path, loop) == Verdict.ERRORED.exit_code
    assert "no shard left a report" in capsys.readouterr().out


def test_a_project_that_is_a_link_to_itself_is_merged_like_one_that_is_not_checked_out(tmp_path: Path) -> None:
    for index in (1, 2):
        Left(index=index).write(tmp_path / "shards" / str(index))
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    arguments = MergeArguments(folders=(tmp_path / "shards",), project=loop, out=tmp_path / "out", in_action=False)
    assert merge_shards(arguments, {}) == Verdict.PASSED.exit_code
    assert "the project cannot be read" in (read_report(tmp_path / "out").baseline or Baseline()).missing
    # But for a limit that was set for the change.
    for index in (1, 2):
        Left(index=index, run=RunNote(configuration=DIGEST, max_fall=Fraction(0))).write(
            tmp_path / "shards" / str(index)
        )
    assert merge_shards(replace(arguments, out=tmp_path / "again"), {}) == Verdict.ERRORED.exit_code


def test_the_report_must_not_lie_among_what_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    assert merging(tmp_path, link) == Verdict.MISCONFIGURED.exit_code
    assert "lie in each other" in capsys.readouterr().err


def test_what_the_change_weakens_is_told_of_the_whole_and_judged_by_the_policy(tmp_path: Path) -> None:
    told = Weakening(kind=WeakeningKind.SUPPRESSION, message='adds "# noqa"')
    for index in (1, 2):
        folder = Left(index=index).write(tmp_path / "shards" / str(index))
        report = replace(read_report(folder), policy=Policy.STRICT, weakenings=(told,))
        (folder / "report.json").write_text(encode_report(report))
    assert merging(tmp_path, tmp_path / "shards") == Verdict.FAILED.exit_code
    whole = read_report(tmp_path / "out")
    assert (whole.policy, whole.weakenings) == (Policy.STRICT, (told,))


def test_the_whole_is_compared_with_the_base_by_what_the_shards_agree_on(tmp_path: Path) -> None:
    """A test that fails in the base too is old, wherever it ran; there is no checkout here."""
    change = Change(base="b" * 40, origin="the merge's first parent")
    failing = suite(case("test_b", CaseOutcome.FAILED), outcome=Outcome.FAILED)
    run = RunNote(configuration=DIGEST, fail_on="new", baseline="base.json")
    for index, unit in enumerate((suite(case("test_a")), failing), start=1):
        folder = Left(index=index, unit=unit, run=run).write(tmp_path / "shards" / str(index))
        report = replace(read_report(folder), change=change)
        (folder / "report.json").write_text(encode_report(report))
    arguments = MergeArguments(folders=(tmp_path / "shards",), project=tmp_path, out=tmp_path / "out", in_action=False)
    assert merge_shards(arguments, {}) == Verdict.FAILED.exit_code
    assert "base.json cannot be read" in (read_report(tmp_path / "out").baseline or Baseline()).missing

    base = Report(subject=Subject(commit=change.base), results=(result("unit-tests", failing),))
    (tmp_path / "base.json").write_text(encode_report(base))
    assert merge_shards(replace(arguments, out=tmp_path / "again"), {}) == Verdict.PASSED.exit_code
    whole = read_report(tmp_path / "again")
    assert whole.baseline == Baseline(commit=change.base, origin=change.origin, source="base.json")
    assert whole.change == change
    assert [suite.failing_before for suite in (whole.comparison or Comparison()).suites] == [("test_b",)]

"""A shard whose tests wrote its report themselves: it can spoil its own part, but speaks for no other shard."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gate.compose_merge import MergeArguments, merge_shards
from gate.domain.change import Change, ChangedFile, FileStatus
from gate.domain.codec import encode_report
from gate.domain.comparison import Baseline
from gate.domain.exhibit import CaseOutcome, Tests
from gate.domain.finding import Location
from gate.domain.measure import Measure, Threshold
from gate.domain.patch import AlteredFile, Patch
from gate.domain.report import Report, Subject, Verdict
from gate.domain.result import Judgement, Outcome
from gate.domain.shard import Shard
from gate.formats.shard_notes import CoverageNote, RunNote, render_note
from gate.report_file import read_report
from tests.unit.comparing.linted import linted
from tests.unit.test_merge import COMMIT, DIGEST, Left, case, covering, merged, outcomes, reason, result, suite

BASE = "b" * 40
CHANGE = Change(base=BASE, origin="the merge's first parent")
NEW = RunNote(configuration=DIGEST, fail_on="new", baseline="base.json")
ALTERED = (
    AlteredFile(path="app/a.py", lines=(1, 2, 9)),
    AlteredFile(path="app/cold.py", lines=(3,), unmeasured=(3,)),
)
RED = suite(case("tests/test_b.py::test_b", CaseOutcome.FAILED, "boom"), outcome=Outcome.FAILED)


def of_base(*judgements: Judgement) -> Report:
    return Report(subject=Subject(commit=BASE), results=tuple(result("unit-tests", one) for one in judgements))


def whole(tmp_path: Path, *shards: Left, change: Change | None = CHANGE, base: Report | None = None) -> Report:
    """Merge on a machine without a checkout, compared with `base`; every shard tells of `change`."""
    for at, left in enumerate(shards, start=1):
        folder = left.write(tmp_path / "shards" / str(at))
        report = replace(read_report(folder), change=change)
        (folder / "report.json").write_text(encode_report(report))
    return merged_there(tmp_path, base)


def merged_there(tmp_path: Path, base: Report | None) -> Report:
    (tmp_path / "base.json").write_text(encode_report(base or of_base(suite(case("test_a")))))
    arguments = MergeArguments(folders=(tmp_path / "shards",), project=tmp_path, out=tmp_path / "out", in_action=False)
    code = merge_shards(arguments, {})
    report = read_report(tmp_path / "out")
    assert code == report.verdict.exit_code
    return report


# --- What is compared with the base --------------------------------------------------------------------------------


def test_that_a_test_failed_in_the_base_is_for_the_base_to_say(tmp_path: Path) -> None:
    forged = replace(case("tests/test_b.py::test_b", CaseOutcome.FAILED, "boom"), in_base=True)
    judgement = suite(forged, outcome=Outcome.FAILED)
    told = tuple(replace(finding, in_base=True) for finding in judgement.findings)
    judgement = replace(judgement, findings=told)
    assert whole(tmp_path, Left(index=1, run=NEW, unit=judgement), Left(index=2, run=NEW)).verdict is Verdict.FAILED


def test_a_shard_does_not_say_of_anothers_failing_test_that_the_base_has_it(tmp_path: Path) -> None:
    """Of two that tell of the same test, the merge keeps one."""
    forged = suite(replace(RED.exhibits[0].cases[0], in_base=True), outcome=Outcome.FAILED)  # type: ignore[union-attr]
    report = whole(tmp_path, Left(index=1, run=NEW, unit=forged), Left(index=2, run=NEW, unit=RED))
    assert report.verdict is Verdict.FAILED


def test_a_shard_does_not_move_anothers_failing_test_to_a_file_in_which_it_fails_in_the_base(tmp_path: Path) -> None:
    here, there = (
        replace(case("test_b", CaseOutcome.FAILED, "boom"), location=Location(path=path))
        for path in ("tests/test_b.py", "tests/old.py")
    )
    base = of_base(suite(there, outcome=Outcome.FAILED))
    shards = (Left(index=at, run=NEW, unit=suite(one, outcome=Outcome.FAILED)) for at, one in ((1, there), (2, here)))
    assert whole(tmp_path, *shards, base=base).verdict is Verdict.FAILED


@pytest.mark.parametrize("fault", ["another base", "another file renamed"])
def test_what_was_changed_is_not_for_one_shard_to_say(tmp_path: Path, fault: str) -> None:
    """A base in which the test failed, or a rename of a file in which it did, would make it old."""
    renamed = ChangedFile(path="tests/test_b.py", old_path="tests/old.py", status=FileStatus.RENAMED)
    forged = replace(CHANGE, base="e" * 40) if fault == "another base" else replace(CHANGE, files=(renamed,))
    failing = case("tests/old.py::test_b", CaseOutcome.FAILED, "boom")
    base = of_base(suite(failing, outcome=Outcome.FAILED))
    if fault == "another base":
        base = replace(of_base(RED), subject=Subject(commit=forged.base))
    for at, (change, unit) in enumerate(((forged, suite(case("test_a"))), (CHANGE, RED)), start=1):
        folder = Left(index=at, run=NEW, unit=unit).write(tmp_path / "shards" / str(at))
        (folder / "report.json").write_text(encode_report(replace(read_report(folder), change=change)))
    report = merged_there(tmp_path, base)
    assert report.verdict is Verdict.FAILED
    assert report.change is None
    assert "the shards do not agree on what was changed" in " ".join(report.notices)


def test_what_git_knows_of_the_change_counts_and_not_what_the_shards_say(tmp_path: Path) -> None:
    from tests.unit.adapters.test_revisions import commit, git

    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".gitignore").write_text("out/\nshards/\nbase.json\n")
    base = commit(tmp_path, "app.py", "x = 1\n")
    git(tmp_path, "switch", "-q", "-c", "feature")
    commit(tmp_path, "app.py", "x = 2\n")
    lie = Change(base="e" * 40, origin="I say so", files=(ChangedFile(path="lie.py", status=FileStatus.ADDED),))
    report = whole(tmp_path, Left(index=1), Left(index=2), change=lie, base=of_base(suite(case("test_a"))))
    assert report.change is not None
    assert report.change.base == base
    assert [file.path for file in report.change.files] == ["app.py"]


# --- What is missing under `fail-on = "new"` -----------------------------------------------------------------------


def old_failures() -> Report:
    return of_base(RED)


def test_old_failures_do_not_make_up_for_a_shard_that_is_missing(tmp_path: Path) -> None:
    report = whole(tmp_path, Left(index=1, run=NEW, unit=RED), base=old_failures())
    unit = report.result("unit-tests")
    assert unit is not None
    assert (unit.outcome, report.verdict) == (Outcome.ERRORED, Verdict.ERRORED)
    assert "shard 2 of 2 left no report" in unit.reason


def test_old_failures_do_not_make_up_for_a_shard_that_could_not_run(tmp_path: Path) -> None:
    broken = Left(index=2, run=NEW, unit=Judgement.errored("did not end within 60 s"))
    report = whole(tmp_path, Left(index=1, run=NEW, unit=RED), broken, base=old_failures())
    unit = report.result("unit-tests")
    assert unit is not None
    assert unit.outcome is Outcome.ERRORED
    assert "shard 2 of 2: did not end within 60 s" in unit.reason


def test_old_findings_do_not_make_up_for_a_shard_that_is_missing_where_no_suite_is(tmp_path: Path) -> None:
    found = linted(1)
    folder = Left(index=1, run=NEW).write(tmp_path / "shards" / "1")
    (folder / "report.json").write_text(encode_report(replace(read_report(folder), change=CHANGE, results=(found,))))
    report = merged_there(tmp_path, Report(subject=Subject(commit=BASE), results=(found,)))
    assert [one.outcome for one in report.results] == [Outcome.ERRORED]
    assert "shard 2 of 2 left no report" in report.results[0].reason


def test_where_nothing_is_missing_old_failures_are_not_red(tmp_path: Path) -> None:
    report = whole(tmp_path, Left(index=1, run=NEW, unit=RED), Left(index=2, run=NEW), base=old_failures())
    assert report.verdict is Verdict.PASSED
    assert report.baseline == Baseline(commit=BASE, origin=CHANGE.origin, source="base.json")


@pytest.mark.parametrize(("ran_with", "verdict"), [("a" * 32, Verdict.PASSED), ("b" * 32, Verdict.FAILED)])
def test_the_whole_too_is_not_compared_with_what_ran_otherwise(tmp_path: Path, ran_with: str, verdict: Verdict) -> None:
    run = replace(NEW, base=(("unit-tests", "a" * 32),))
    base = old_failures()
    base = replace(base, results=tuple(replace(one, configuration=ran_with) for one in base.results))
    assert whole(tmp_path, Left(index=1, run=run, unit=RED), Left(index=2, run=run), base=base).verdict is verdict


def test_shards_that_differ_in_how_the_base_is_configured_compare_nothing(tmp_path: Path) -> None:
    runs = [replace(NEW, base=(("unit-tests", digest * 32),)) for digest in "ab"]
    base = old_failures()
    base = replace(base, results=tuple(replace(one, configuration="a" * 32) for one in base.results))
    report = whole(tmp_path, Left(index=1, run=runs[0], unit=RED), Left(index=2, run=runs[1]), base=base)
    assert report.verdict is Verdict.FAILED
    assert "the shards were configured differently" not in " ".join(report.notices)


# --- What the whole is judged by -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "forged",
    [
        replace(NEW, fail_on="all"),
        replace(NEW, baseline="another.json"),
        replace(NEW, data_branch="evil"),
        replace(NEW, max_fall=Fraction(100)),
        replace(NEW, patch_threshold="off"),
        replace(NEW, patch_minimum=999_999),
        replace(NEW, error_path_threshold=Fraction(1)),
        replace(NEW, threshold=Fraction(1)),
        replace(NEW, named=True),
    ],
)
def test_options_of_the_whole_have_to_be_said_by_all_shards_alike(tmp_path: Path, forged: RunNote) -> None:
    report = whole(tmp_path, Left(index=1, run=forged), Left(index=2, run=NEW))
    assert report.verdict is Verdict.ERRORED
    assert "the shards were configured differently" in " ".join(report.notices)


@pytest.mark.parametrize(
    "forged",
    [
        CoverageNote(own_threshold=Fraction(1)),
        CoverageNote(own_threshold=Fraction(80), own_precision=9),
        CoverageNote(own_threshold=Fraction(80), unread=("tests/other.py",)),
    ],
)
def test_what_the_project_asks_of_coverage_has_to_be_said_by_all_shards_alike(
    tmp_path: Path, forged: CoverageNote
) -> None:
    shards = [Left(index=index, covered=covering(1, 2)) for index in (1, 2)]
    for left in shards:
        left.write(tmp_path / str(left.index))
    assert outcomes(merged(tmp_path))["coverage"] == "failed"
    (tmp_path / "1" / "shard" / "coverage-note.json").write_text(render_note(forged))
    assert outcomes(merged(tmp_path))["coverage"] == "errored"
    assert "do not say the same of what the project asks of coverage" in reason(merged(tmp_path), "coverage")


@pytest.mark.parametrize(
    "forged",
    [
        Patch(),
        Patch(files=(AlteredFile(path="app/a.py", lines=(1,)), AlteredFile(path="app/cold.py", lines=(3,)))),
        Patch(files=(AlteredFile(path="app/a.py", lines=(1, 2, 9)),)),
        Patch(nothing="the change touches no Python", files=ALTERED),
    ],
)
def test_a_shard_cannot_take_lines_out_of_the_change(tmp_path: Path, forged: Patch) -> None:
    shards = (Left(index=1, patch=forged), Left(index=2, patch=Patch(files=ALTERED)))
    judged = merged(tmp_path, *shards)
    assert outcomes(judged)["coverage"] == "errored"
    assert "the shards do not agree on which lines were changed" in reason(judged, "coverage")


def test_what_no_test_imports_stays_so_though_a_shard_says_that_nothing_in_it_can_run(tmp_path: Path) -> None:
    cold, forged = (AlteredFile(path="app/cold.py", lines=(3,), unmeasured=lines) for lines in ((3,), ()))
    run = RunNote(configuration=DIGEST, patch_threshold=Fraction(80), patch_minimum=1)
    shards = (Left(index=at, run=run, patch=Patch(files=(one,))) for at, one in ((1, cold), (2, forged)))
    assert outcomes(merged(tmp_path, *shards))["coverage"] == "failed"


def test_a_shard_that_does_not_know_the_change_leaves_it_to_the_others(tmp_path: Path) -> None:
    known = Patch(files=(AlteredFile(path="app/a.py", lines=(1, 2, 9)),))
    shards = (Left(index=1, patch=Patch(unknown="GitHub did not answer")), Left(index=2, patch=known))
    coverage = merged(tmp_path, *shards).report.result("coverage")
    assert coverage is not None
    assert [measure.denominator for measure in coverage.measures if measure.name == "patch-coverage"] == [3]


# --- Who says to be whom -------------------------------------------------------------------------------------------


def test_what_was_changed_alone_is_no_shard(tmp_path: Path) -> None:
    """Its report passes though every gate was skipped; the whole does not."""
    forged = Subject(commit=COMMIT, run_id=5, changed_only=True)
    nothing = Judgement.skipped("nothing to do")
    shards = [Left(index=at, subject=forged, unit=nothing, coverage=nothing, covered="") for at in (1, 2)]
    report = merged(tmp_path, *shards).report
    assert report.verdict is Verdict.ERRORED
    assert not report.subject.changed_only
    assert "shard 1 of 2 is of what was changed alone" in " ".join(report.notices)


def test_a_report_of_another_shard_than_its_artifact_is_refused(tmp_path: Path) -> None:
    Left(index=1).write(tmp_path / "quality-gate-report-api-shard-1-of-2")
    Left(index=2).write(tmp_path / "quality-gate-report-api-shard-2-of-2")
    assert merged(tmp_path).report.verdict is Verdict.PASSED
    Left(index=1).write(tmp_path / "quality-gate-report-api-shard-2-of-2")
    told = reason(merged(tmp_path))
    assert "the report in quality-gate-report-api-shard-2-of-2 says to be shard 1 of 2" in told


def test_a_report_of_another_repository_is_refused_where_the_own_one_is_known(tmp_path: Path) -> None:
    theirs = Subject(commit=COMMIT, run_id=5, repository="evil/evil")
    shards = [Left(index=index, subject=theirs) for index in (1, 2)]
    here = Subject(commit=COMMIT, run_id=5, repository="acme/service")
    assert "different repositories" in reason(merged(tmp_path, *shards, here=here))


def test_a_suite_that_a_shard_leaves_out_is_missed(tmp_path: Path) -> None:
    Left(index=1).write(tmp_path / "1")
    folder = Left(index=2, covered="").write(tmp_path / "2")
    report = read_report(folder)
    without = tuple(one for one in report.results if one.gate != "unit-tests")
    (folder / "report.json").write_text(encode_report(replace(report, results=without)))
    whole = merged(tmp_path)
    assert outcomes(whole)["unit-tests"] == "errored"
    assert "shard 2 of 2 has no result of it" in reason(whole)


# --- Figures -------------------------------------------------------------------------------------------------------


def with_measures(judgement: Judgement, *measures: Measure) -> Judgement:
    return replace(judgement, measures=(*judgement.measures, *measures))


def test_a_shard_does_not_make_anothers_broken_limit_lax_and_its_counts_do_not_take_away(tmp_path: Path) -> None:
    none, many = (Threshold(value=Fraction(limit), direction="at-most") for limit in (0, 999))
    forged = with_measures(
        suite(case("test_a")), Measure(name="lost", value=Fraction(-3), unit="count", threshold=many)
    )
    broken = with_measures(RED, Measure(name="lost", value=Fraction(2), unit="count", threshold=none))
    shards = (Left(index=1, run=NEW, unit=forged), Left(index=2, run=NEW, unit=broken))
    report = whole(tmp_path, *shards, base=old_failures())
    assert report.verdict is Verdict.FAILED, "something else than an old failure is wrong"


def test_a_case_that_fails_in_every_shard_counts_once_whatever_else_they_tell(tmp_path: Path) -> None:
    broken = replace(
        case("tests/test_a.py", CaseOutcome.ERRORED, "SyntaxError"), location=Location(path="tests/test_a.py")
    )
    unit = suite(broken, outcome=Outcome.ERRORED, reason="1 file of tests could not be collected: SyntaxError")
    slower = suite(replace(broken, seconds=9.0), outcome=Outcome.ERRORED, reason=unit.reason)
    joined = merged(tmp_path, Left(index=1, unit=unit), Left(index=2, unit=slower)).report.result("unit-tests")
    assert joined is not None
    assert joined.measures[0].value == 1
    assert [len(one.cases) for one in joined.exhibits if isinstance(one, Tests)] == [1]


def test_a_shard_of_a_total_that_no_other_has_is_refused(tmp_path: Path) -> None:
    folder = Left(index=1).write(tmp_path / "1")
    Left(index=2).write(tmp_path / "2")
    report = read_report(folder)
    alone = replace(report, subject=replace(report.subject, shard=Shard(index=1, total=1)))
    (folder / "report.json").write_text(encode_report(alone))
    assert merged(tmp_path).report.verdict is Verdict.ERRORED

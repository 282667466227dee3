"""Reports with everything that the page can show: one as a reviewer meets it, one that is hostile, one that is large."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.comparison import Baseline, Comparison, PastRun, Slower, SuiteChange
from gate.domain.exhibit import CaseOutcome, ErrorPath, ErrorPathKind, Excerpt, FileCoverage, SourceCoverage, TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.report import Report
from gate.domain.result import Artifact, Outcome
from gate.domain.weakening import Policy, Weakening, WeakeningKind
from gate.gates.checklist import CHECKLIST
from tests.unit.render.reports import (
    COMMIT,
    HOSTILE,
    START,
    SUBJECT,
    TRACEBACK,
    coverage,
    hostile_report,
    lint,
    loaded,
    passing,
    reviewed,
    suite,
)

BASE = "b41d0f2c9a7e6d5c4b3a291807f6e5d4c3b2a190"
SOURCE = """\
async def delete_comment(comment_id: int, user: User = Depends(current_user)) -> None:
    comment = await comments.get(comment_id)
    if comment is None:
        raise HTTPException(404, "no such comment")
    if comment.owner_id != user.id:
        log.warning("user %s may not delete comment %s", user.id, comment_id)
        raise HTTPException(403, "not yours")
    await comments.delete(comment)
    await events.publish("comment-deleted", comment_id)
"""


def _failing(name: str, line: int, *, in_base: bool | None) -> TestCase:
    return TestCase(
        name=f"tests/unit/test_comments.py::{name}",
        outcome=CaseOutcome.FAILED,
        seconds=0.21,
        location=Location(path="tests/unit/test_comments.py", line=line),
        message="assert 500 == 422",
        details=TRACEBACK,
        in_base=in_base,
    )


def _files() -> tuple[FileCoverage, ...]:
    comments = FileCoverage(
        path="app/routes/comments.py",
        covered=88,
        total=96,
        missing_lines=(57, 58, 59, 60, 72),
        missing_branches=((56, 57), (71, -1)),
        error_paths=(
            ErrorPath(
                kind=ErrorPathKind.HTTP_ERROR,
                line=57,
                end_line=57,
                function="delete_comment",
                test="comments.get(comment_id) finds nothing",
            ),
            ErrorPath(
                kind=ErrorPathKind.GUARD,
                line=59,
                end_line=60,
                function="delete_comment",
                test="comment.owner_id != user.id",
            ),
        ),
        patch_lines=(56, 57, 58, 59, 60, 61),
        patch_missing=(57, 58, 59, 60),
        excerpts=(Excerpt(start=54, text=SOURCE),),
    )
    names = ("app/main.py", "app/mail.py", "app/models/task.py", "app/models/user.py", "app/routes/tasks.py")
    more = ("app/routes/users.py", "app/security/tokens.py", "app/security/hashing.py", "app/db.py", "app/settings.py")
    others = tuple(
        FileCoverage(
            path=path,
            covered=(40 + 67 * at % 181) * (100, 96, 90, 82, 74, 100, 45)[at % 7] // 100,
            total=40 + 67 * at % 181,
            missing_lines=() if at % 7 in (0, 5) else (8, 9, 30 + at),
        )
        for at, path in enumerate((*names, *more))
    )
    return tuple(sorted((comments, *others), key=lambda file: file.path))


def _history() -> tuple[PastRun, ...]:
    return tuple(
        PastRun(
            commit=f"{at:02x}" * 20,
            started_at=START - timedelta(hours=7 * (at + 1)),
            verdict="failed" if at in (2, 6) else "passed",
            seconds=52.0 + at * 13 % 11,
            run_id=19345678000 - at,
            coverage=Fraction(9570 - 35 * at % 190, 100),
            tests=181 - 2 * at,
            outcomes={"lint": Outcome.PASSED},
            flaky=("tests/unit/test_mail.py::test_sends",) if at % 4 == 1 else (),
        )
        for at in range(12)
    )


def full() -> Report:
    """Make a report that has something for every part of the page."""
    new = Finding(
        gate="lint",
        rule_id="F401",
        severity=Severity.ERROR,
        message="`os` imported but unused",
        location=Location(path="app/main.py", line=3),
        help_url="https://docs.astral.sh/ruff/rules/unused-import",
        in_base=False,
    )
    old = replace(new, rule_id="E501", severity=Severity.WARNING, message="line too long", in_base=True)
    flaky = TestCase(
        name="tests/unit/test_mail.py::test_sends",
        outcome=CaseOutcome.PASSED,
        seconds=1.92,
        location=Location(path="tests/unit/test_mail.py", line=9),
        retried=1,
    )
    skipped = TestCase(
        name="tests/unit/test_x.py::test_s3", outcome=CaseOutcome.SKIPPED, seconds=0, message="no S3 here"
    )
    unit = suite(
        "unit-tests",
        "unit tests",
        *passing(147, "tests/unit/test_tasks.py"),
        _failing("test_too_long_is_rejected", 41, in_base=False),
        _failing("test_old_sorrow", 80, in_base=True),
        flaky,
        skipped,
    )
    integration = suite(
        "integration-tests",
        "integration tests",
        *passing(31, "tests/integration/test_comments_db.py"),
        reason="on PostgreSQL 16.4",
    )
    files = tuple(
        ChangedFile(
            path=path,
            status=FileStatus.MODIFIED,
            hunks=(Hunk(old_start=3, old_lines=2, new_start=3, new_lines=6),),
        )
        for path in ("app/routes/comments.py", "pyproject.toml", "tests/unit/test_comments.py")
    )
    return Report(
        subject=replace(SUBJECT, name="api"),
        checklist=CHECKLIST,
        results=(
            lint(new, old),
            unit,
            integration,
            coverage(1904, *_files(), baseline=Fraction(9570, 100)),
            reviewed().results[1],
            loaded().results[1],
        ),
        notices=("DATABASE_URL names db.example.com, which is neither loopback nor a socket: passed over",),
        found=("pyproject.toml: a FastAPI application, app.main:app", "uv.lock: installed with uv"),
        tool_versions={"ruff": "0.17.6", "pytest": "9.2.0", "PostgreSQL": "16.4"},
        change=Change(base=BASE, origin="first parent of the merge commit", files=files),
        baseline=Baseline(commit=BASE, origin="first parent of the merge commit", source="artifact of run 19345670000"),
        comparison=Comparison(
            suites=(
                SuiteChange(
                    gate="unit-tests",
                    before=146,
                    now=150,
                    added=5,
                    removed=1,
                    newly_failing=("tests/unit/test_comments.py::test_too_long_is_rejected",),
                    failing_before=("tests/unit/test_comments.py::test_old_sorrow",),
                    removed_names=("tests/unit/test_comments.py::test_empty_is_rejected",),
                ),
            ),
            slower=(Slower(gate="unit-tests", name="tests/unit/test_mail.py::test_sends", before=0.31, now=1.92),),
            mended_findings={"lint": 3},
        ),
        history=_history(),
        weakenings=(
            Weakening(kind=WeakeningKind.CONFIGURATION, message="coverage.threshold from 98 to 95"),
            Weakening(
                kind=WeakeningKind.SUPPRESSION,
                message='adds "# noqa: S105"',
                location=Location(path="app/security/tokens.py", line=12),
            ),
        ),
    )


def hostile_everywhere(words: str = HOSTILE) -> Report:
    """Make a report in which every text is `words`, those of the comparison too."""
    place = Location(path=words, line=1)
    report = hostile_report(words)
    path = ErrorPath(kind=ErrorPathKind.RAISE, line=1, end_line=2, function=words, test=words)
    file = FileCoverage(
        path=words,
        covered=1,
        total=3,
        missing_lines=(1, 2),
        error_paths=(path,),
        patch_lines=(1,),
        patch_missing=(1,),
        excerpts=(Excerpt(start=1, text=words),),
    )
    shown = coverage(1904, file)
    evidence = replace(
        shown.judgement,
        exhibits=(SourceCoverage(files=(file, replace(file, path=f"{words}/{words}"))),),
        artifacts=(Artifact(title=words, path=words), Artifact(title=words, path="javascript:alert(1)")),
    )
    suites = SuiteChange(
        gate=words,
        before=1,
        now=2,
        newly_failing=(words,),
        failing_before=(words,),
        mended=(words,),
        removed_names=(words,),
    )
    run = PastRun(commit=words, started_at=START, verdict=words, seconds=1, coverage=Fraction(1), flaky=(words,))
    return replace(
        report,
        results=(*report.results, replace(shown, title=words, judgement=evidence)),
        found=(words,),
        change=Change(
            base=words,
            origin=words,
            files=(ChangedFile(path=words, status=FileStatus.RENAMED, old_path=words),),
        ),
        baseline=Baseline(commit=words, origin=words, source=words, missing=words),
        comparison=Comparison(
            suites=(suites,),
            slower=(Slower(gate=words, name=words, before=1, now=2),),
            mended_findings={words: 1},
        ),
        history=(run, run),
        policy=Policy.STRICT,
        weakenings=(Weakening(kind=WeakeningKind.SKIP, message=words, location=place),),
    )


def large(tests: int, files: int) -> Report:
    """Make a report of so many tests, of which one in a hundred fails, and so many files."""
    cases = [
        TestCase(
            name=f"tests/area_{at // 40}/test_answers.py::TestTasks::test_answers_{at}[{at % 7}-small]",
            outcome=CaseOutcome.FAILED if at % 100 == 7 else CaseOutcome.PASSED,
            seconds=at % 97 / 50,
            location=Location(path=f"tests/area_{at // 40}/test_answers.py", line=10 + at % 900),
            message="assert 201 == 422" if at % 100 == 7 else "",
            details=TRACEBACK if at % 100 == 7 else "",
        )
        for at in range(tests)
    ]
    covered = [
        FileCoverage(
            path=f"app/area_{at % 40}/module_{at}.py",
            covered=150 - at % 60,
            total=150 + at * 37 % 400,
            missing_lines=tuple(range(20, 26 + at % 9)),
            excerpts=(Excerpt(start=17, text=SOURCE),),
        )
        for at in range(files)
    ]
    return Report(
        subject=replace(SUBJECT, commit=COMMIT),
        results=(lint(), suite("unit-tests", "unit tests", *cases), coverage(1904, *covered)),
    )

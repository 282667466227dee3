"""What did not run is told with the error paths first, and with what to cover next and what that would bring."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given

from gate.domain.exhibit import (
    ERROR_PATH_COVERAGE,
    PATCH_COVERAGE,
    ErrorPath,
    ErrorPathKind,
    FileCoverage,
    SourceCoverage,
)
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report
from gate.domain.result import Judgement, Outcome
from gate.render.annotations import render_annotations
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.escape import quoting
from gate.render.next_steps import next_steps
from gate.render.summary import render_summary
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts, shown

LINKS = reports.the_links()
NOT_THE_OWNER = ErrorPath(
    kind=ErrorPathKind.HTTP_ERROR,
    line=57,
    end_line=60,
    function="delete_comment",
    test="`comment.owner_id != user.id` in delete_comment, answered with 403",
)
EMPTY = ErrorPath(
    kind=ErrorPathKind.RAISE, line=72, end_line=72, function="create_comment", test="`not text` in create_comment"
)
COMMENTS = FileCoverage(
    path="app/routes/comments.py",
    covered=60,
    total=68,
    missing_lines=(20, 57, 58, 60, 72),
    missing_branches=((56, 57), (71, 72)),
    error_paths=(NOT_THE_OWNER, EMPTY),
)
MAIL = FileCoverage(path="app/mail.py", covered=20, total=26, missing_lines=(8, 9, 10, 30, 31, 32))


def ratio(name: str, ran: int, total: int, least: int) -> Measure:
    return Measure.ratio(name, ran, total, threshold=Threshold(value=Fraction(least), direction="at-least"))


def report_of(*measures: Measure, files: tuple[FileCoverage, ...] = (MAIL, COMMENTS)) -> Report:
    judgement = Judgement(
        outcome=Outcome.PASSED if all(measure.holds for measure in measures) else Outcome.FAILED,
        measures=measures,
        exhibits=(SourceCoverage(files=files),),
    )
    return replace(reports.red(), results=(reports.result("coverage", "coverage", judgement),), comparison=None)


def next_of(report: Report) -> list[str]:
    """Return the steps as the console has them."""
    lines = render_console(report).splitlines()
    return [line.partition(". ")[2] for line in lines[lines.index("Next") + 1 :] if line.startswith("  ")]


def test_the_error_paths_that_reach_the_threshold_are_what_to_do_next() -> None:
    assert next_of(report_of(ratio("coverage", 936, 1000, 94))) == [
        "coverage: cover the error paths in app/routes/comments.py 57–60 (`comment.owner_id != user.id` in "
        "delete_comment, answered with 403): 3 lines would lift coverage to 94 %"
    ]
    assert next_of(report_of(ratio("coverage", 935, 1000, 94))) == [
        "coverage: cover the error paths in app/routes/comments.py 57–60 (`comment.owner_id != user.id` in "
        "delete_comment, answered with 403) and 72 (`not text` in create_comment): 4 lines would lift coverage to 94.1 %"
    ]


def test_what_they_would_lift_it_to_is_what_is_there_when_they_are_covered() -> None:
    after = replace(COMMENTS, missing_lines=(20,), missing_branches=(), error_paths=())
    gained = (len(COMMENTS.missing_lines) - 1) + len(COMMENTS.missing_branches)
    assert gained == 6
    assert "would lift coverage to 94.1 %" in next_of(report_of(ratio("coverage", 935, 1000, 94)))[0]
    assert next_of(report_of(ratio("coverage", 935 + gained, 1000, 95), files=(after,))) == [
        "coverage: cover 9 more lines to reach 95 %, starting with app/routes/comments.py 20"
    ]


def test_where_the_error_paths_are_not_enough_they_are_first_of_what_is_missing() -> None:
    (step,) = next_of(report_of(ratio("coverage", 700, 1000, 95)))
    assert step.startswith(
        "coverage: cover 250 more lines or branches to reach 95 %, the error paths first: app/routes/comments.py 57–60"
    )
    assert "lift" not in step


def test_coverage_that_fell_too_far_is_lifted_to_where_it_may_be() -> None:
    fallen = replace(ratio("coverage", 940, 1000, 80), baseline=Fraction(95), max_fall=Fraction(1, 2))
    assert next_of(report_of(fallen))[0].endswith(": 4 lines would lift coverage to 94.6 %")
    file = replace(COMMENTS, error_paths=())
    assert "cover 5 more lines or branches to reach 94.5 %" in next_of(report_of(fallen, files=(file,)))[0]


def test_the_lines_of_a_red_change_come_first() -> None:
    changed = replace(MAIL, patch_lines=(8, 9, 10, 11), patch_missing=(8, 9, 10))
    files = (replace(COMMENTS, patch_lines=(72,), patch_missing=(72,)), changed)
    red = report_of(ratio("coverage", 935, 1000, 94), ratio(PATCH_COVERAGE, 1, 5, 40), files=files)
    first, second = next_of(red)
    assert first == (
        "coverage: cover the error paths of the change in app/routes/comments.py 72 (`not text` in create_comment): "
        "1 line would lift patch coverage to 40 %"
    )
    assert second.startswith("coverage: cover the error paths in app/routes/comments.py 57–60")
    page = shown(render_comment(red, LINKS))
    assert page.text.index("app/mail.py") < page.text.index("57–60 no test in which")
    assert "app/mail.py of the change 8–10; 30–32" in page.text, "no line is told twice"


def test_where_only_the_change_is_red_nothing_else_is_told_in_the_console() -> None:
    files = (COMMENTS, replace(MAIL, patch_lines=(8, 9), patch_missing=(9,)))
    told = render_console(report_of(ratio("coverage", 96, 100, 95), ratio(PATCH_COVERAGE, 1, 2, 80), files=files))
    assert "app/mail.py:9:1: warning: not covered: 9\n" in told
    assert "comments.py" not in told
    assert "cover 1 more line of the change to reach 80 %, starting with app/mail.py 9" in told


def test_where_coverage_only_fell_what_the_change_left_out_is_told_and_nothing_else() -> None:
    fallen = replace(ratio("coverage", 940, 1000, 80), baseline=Fraction(9405, 100), max_fall=Fraction(0))
    changed = replace(MAIL, patch_lines=(9,), patch_missing=(9,))
    told = render_console(report_of(fallen, files=(COMMENTS, changed)))
    assert "app/mail.py:9:1: warning: not covered: 9\n" in told
    assert "comments.py" not in told
    assert "cover 1 more line to reach 94.05 %, starting with app/mail.py 9" in told
    # Where the change left out too little to have made it fall, tests are gone: everything counts.
    told = render_console(report_of(replace(fallen, baseline=Fraction(95)), files=(COMMENTS, changed)))
    assert "comments.py 57–60" in told


def test_error_paths_have_a_threshold_of_their_own() -> None:
    red = report_of(ratio("coverage", 96, 100, 95), ratio(ERROR_PATH_COVERAGE, 7, 10, 80))
    assert next_of(red) == [
        "coverage: cover the error paths in app/routes/comments.py 57–60 (`comment.owner_id != user.id` in "
        "delete_comment, answered with 403): 1 test would lift error path coverage to 80 %"
    ]


def test_of_many_files_with_error_paths_three_are_named_and_how_much_more_there_is_is_said() -> None:
    guard = ErrorPath(kind=ErrorPathKind.GUARD, line=3, end_line=3, function="f", test="`not x` in f")
    files = tuple(
        FileCoverage(
            path=f"{name}.py",
            covered=9,
            total=11,
            missing_lines=(3, 5),
            error_paths=(guard, replace(guard, line=5, end_line=5)),
        )
        for name in "abcd"
    )
    (step,) = next_of(report_of(ratio(ERROR_PATH_COVERAGE, 2, 10, 80), files=files))
    assert step == (
        "coverage: cover 6 more paths to reach 80 %, the error paths first: a.py 3 (`not x` in f) and 5 (`not x` in f); "
        "b.py 3 (`not x` in f) and 5 (`not x` in f)"
    )
    one_each = tuple(replace(file, error_paths=file.error_paths[:1]) for file in files)
    (step,) = next_of(report_of(ratio(ERROR_PATH_COVERAGE, 6, 10, 80), files=one_each))
    assert step.endswith("a.py 3 (`not x` in f); b.py 3 (`not x` in f): 2 tests would lift error path coverage to 80 %")
    (step,) = next_of(report_of(ratio(ERROR_PATH_COVERAGE, 2, 10, 60), files=one_each))
    assert "c.py" in step
    assert "d.py" not in step


def test_a_guard_on_one_line_counts_for_its_branch() -> None:
    guard = ErrorPath(kind=ErrorPathKind.GUARD, line=3, end_line=3, function="f", test="`not x` in f")
    file = FileCoverage(path="a.py", covered=9, total=10, missing_branches=((3, -1),), error_paths=(guard,))
    assert next_of(report_of(ratio("coverage", 9, 10, 95), files=(file,))) == [
        "coverage: cover the error paths in a.py 3 (`not x` in f): 1 test would lift coverage to 100 %"
    ]


def test_a_finding_at_an_error_path_is_not_told_a_second_time() -> None:
    guard = ErrorPath(kind=ErrorPathKind.GUARD, line=3, end_line=3, function="f", test="`not x` in f")
    file = FileCoverage(path="a.py", covered=9, total=10, missing_branches=((3, -1),), error_paths=(guard,))
    report = report_of(ratio("coverage", 9, 10, 95), files=(file,))
    finding = Finding(
        gate="coverage",
        rule_id="error-path-not-covered",
        severity=Severity.WARNING,
        message="no test in which `not x` in f",
        location=Location(path="a.py", line=3, end_line=3),
    )
    (result,) = report.results
    report = replace(report, results=(replace(result, judgement=replace(result.judgement, findings=(finding,))),))
    assert render_console(report).count("no test in which") == 1
    assert "1 finding" not in shown(render_comment(report, LINKS)).text
    assert [annotation for annotation in render_annotations(report) if "file=a.py,line=3" in annotation]


def test_missing_lines_are_told_by_file_with_the_test_that_reaches_each_error_path() -> None:
    page = shown(render_comment(report_of(ratio("coverage", 935, 1000, 94)), LINKS))
    assert "11 lines and 2 branches not covered in 2 files, 4 lines on error paths" in page.text
    assert "57–60 no test in which comment.owner_id != user.id in delete_comment, answered with 403" in page.text
    assert "72 no test in which not text in create_comment" in page.text
    assert "also 20, branches 56→57, 71→72" in page.text
    assert page.text.index("57–60 no test") < page.text.index("app/mail.py")
    address = f"https://github.com/acme/tasks/blob/{reports.COMMIT}/app/routes/comments.py#L57-L60"
    assert ("href", address) in page.attributes


def test_the_words_of_a_count_are_right_for_one_and_for_many() -> None:
    one = replace(COMMENTS, missing_lines=(72,), missing_branches=(), error_paths=(EMPTY,))
    assert (
        "1 line not covered in 1 file, on an error path"
        in shown(render_summary(report_of(ratio("coverage", 95, 100, 95), files=(one,)), LINKS)).text
    )
    beside = replace(COMMENTS, missing_lines=(20, 72), error_paths=(EMPTY,))
    assert (
        "2 lines and 2 branches not covered in 1 file, 1 line on error paths"
        in shown(render_summary(report_of(ratio("coverage", 95, 100, 95), files=(beside,)), LINKS)).text
    )
    many = replace(COMMENTS, missing_branches=())
    assert (
        "5 lines not covered in 1 file, 4 of them on error paths"
        in shown(render_summary(report_of(ratio("coverage", 95, 100, 95), files=(many,)), LINKS)).text
    )


def test_the_console_names_the_tests_first() -> None:
    told = render_console(report_of(ratio("coverage", 935, 1000, 94))).splitlines()
    assert told[1:5] == [
        "app/routes/comments.py:57:1: warning: no test in which `comment.owner_id != user.id` in delete_comment, "
        "answered with 403",
        "app/routes/comments.py:72:1: warning: no test in which `not text` in create_comment",
        "app/mail.py:8:1: warning: not covered: 8–10, 30–32",
        "app/routes/comments.py:20:1: warning: not covered: 20",
    ]


def test_a_file_of_a_thousand_error_paths_is_told_in_part() -> None:
    paths = tuple(replace(EMPTY, line=line, end_line=line) for line in range(1, 1001))
    file = replace(COMMENTS, missing_lines=tuple(range(1, 1001)), error_paths=paths)
    page = shown(render_comment(report_of(ratio("coverage", 0, 1000, 95), files=(file,)), LINKS))
    assert "980 more error paths" in page.text


def test_a_report_that_lies_about_its_files_is_rendered_all_the_same() -> None:
    twice = replace(COMMENTS, error_paths=(NOT_THE_OWNER, NOT_THE_OWNER, replace(EMPTY, line=9_000, end_line=1)))
    odd = report_of(ratio("coverage", 999, 1000, 100), files=(twice, twice))
    assert "100 %" in next_of(odd)[0]
    render_comment(odd, LINKS)
    assert next_steps(report_of(ratio("coverage", 1, 2, 100), files=())) != ()


@given(words=hostile_texts)
def test_what_stands_between_backticks_is_code_and_nothing_else(words: str) -> None:
    page = shown(f"- {quoting(words)}")
    assert set(page.tags) <= {"ul", "li", "code", "wbr", "span", "p"}
    assert page.others == []

"""Error paths as the gate `coverage` counts and judges them, and the sources that it shows."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from gate.domain.exhibit import ERROR_PATH_COVERAGE, FileCoverage
from gate.domain.measure import Measure
from gate.domain.result import Judgement, Outcome
from gate.formats.coverage_json import CoverageReport
from gate.gates.coverage_errors import ErrorPathCount, ReadSource, SourcesRead, no_source, read_sources
from gate.gates.coverage_judging import CoverageEvidence, judge_coverage
from gate.gates.coverage_options import CoverageOptions

SERVICE = """\
def read(tasks, number):
    if number not in tasks:
        raise KeyError(number)
    try:
        return tasks[number].text
    except AttributeError:
        return None
"""
ALL = frozenset(range(1, 8))
FILE = FileCoverage(path="app/tasks.py", covered=5, total=8, missing_lines=(3, 6, 7))


def reading(sources: Mapping[str, str]) -> ReadSource:
    """Return what reads these sources, and says of no other that it may be read."""

    def read(path: str, most: int) -> str | None:
        source = sources[path]
        return source if len(source) <= most else None

    return read


def known(*files: FileCoverage, source: str = SERVICE) -> SourcesRead:
    executed = {file.path: ALL.difference(file.missing_lines) for file in files}
    return read_sources(files, executed, reading(dict.fromkeys(executed, source)), has_branches=False)


def judged(read: SourcesRead, *, ran: int = 90, threshold: int | None = None) -> Judgement:
    report = CoverageReport(covered_lines=ran, total_lines=100, covered_branches=0, total_branches=0, files=read.files)
    evidence = CoverageEvidence(report=report, files=read.files, error_paths=read.error_paths)
    limit = None if threshold is None else Fraction(threshold)
    return judge_coverage(evidence, CoverageOptions(error_path_threshold=limit))


def error_paths(judgement: Judgement) -> Measure | None:
    return next((measure for measure in judgement.measures if measure.name == ERROR_PATH_COVERAGE), None)


def test_error_paths_of_all_files_are_counted_and_those_that_did_not_run_are_told() -> None:
    half = replace(FILE, path="app/more.py", missing_lines=(3,))
    read = known(half, FILE)
    assert read.error_paths == ErrorPathCount(ran=1, total=4)
    assert [file.path for file in read.files] == ["app/more.py", "app/tasks.py"]
    assert [[path.line for path in file.error_paths] for file in read.files] == [[3], [3, 6]]
    assert [excerpt.start for excerpt in read.files[0].excerpts] == [1]


def test_tests_and_what_lies_outside_of_the_project_are_not_even_read() -> None:
    files = (
        replace(FILE, path="app/tests/test_a.py"),
        replace(FILE, path="/usr/lib/python3/json.py"),
        replace(FILE, path="app/page.html"),
    )
    assert read_sources(files, {}, reading({}), has_branches=True) == SourcesRead(
        files=files, error_paths=ErrorPathCount()
    )


def test_what_cannot_be_read_is_counted_and_changes_nothing_else() -> None:
    read = read_sources((FILE,), {}, no_source, has_branches=True)
    assert read == SourcesRead(files=(FILE,), error_paths=ErrorPathCount(unread=1))


def test_no_more_than_four_million_characters_are_shown_those_of_the_files_with_the_most_missing_first() -> None:
    source = "".join(f"{'x' * 300} = {at}\n" for at in range(2_000))
    files = tuple(replace(FILE, path=f"app/{at:02}.py", missing_lines=tuple(range(1, 1_000 + at))) for at in range(20))
    shown = [sum(len(excerpt.text) for excerpt in file.excerpts) for file in known(*files, source=source).files]
    assert 3_500_000 < sum(shown) <= 4_000_000
    assert (shown[0], shown[-1]) == (0, max(shown))


def test_the_share_that_ran_is_shown_and_not_judged_where_nothing_is_asked_for() -> None:
    judgement = judged(known(FILE))
    measure = error_paths(judgement)
    assert judgement.outcome is Outcome.PASSED
    assert measure is not None
    assert (measure.numerator, measure.denominator, measure.threshold) == (0, 2, None)
    assert error_paths(judged(known(replace(FILE, missing_lines=()), source="x = 1\n"))) is None


def test_too_few_error_paths_are_red_though_enough_ran_of_the_whole() -> None:
    judgement = judged(known(replace(FILE, missing_lines=(3,))), threshold=80)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.reason.startswith("1 of 2 error paths ran, 50 % and not 80 %")
    assert [(finding.rule_id, finding.message) for finding in judgement.findings] == [
        ("error-path-not-covered", "no test in which `number not in tasks` in read")
    ]
    assert judged(known(replace(FILE, missing_lines=(3,))), threshold=50).outcome is Outcome.PASSED


def test_a_threshold_of_what_nobody_can_know_is_errored_and_one_of_what_is_not_there_holds() -> None:
    unread = read_sources((FILE,), {}, no_source, has_branches=True)
    judgement = judged(unread, threshold=80)
    assert judgement.outcome is Outcome.ERRORED
    assert judgement.reason.startswith("cannot decide: the error paths are not known")
    assert judged(unread).outcome is Outcome.PASSED
    assert judged(unread, ran=10, threshold=80).outcome is Outcome.FAILED
    assert judged(known(FILE, source="x = 1\n"), threshold=80).outcome is Outcome.PASSED


def test_error_paths_stand_first_among_the_findings_and_each_line_is_told_once() -> None:
    file = replace(FILE, missing_lines=(2, 3, 6, 7, 9))
    judgement = judged(known(file), ran=10)
    assert [(finding.rule_id, finding.location and finding.location.line) for finding in judgement.findings] == [
        ("error-path-not-covered", 3),
        ("error-path-not-covered", 6),
        ("missing-lines", 2),
        ("missing-lines", 9),
    ]


@pytest.mark.parametrize("ran", [10, 90])
def test_of_how_many_files_nothing_is_known_is_said(ran: int) -> None:
    read = known(FILE)
    partly = replace(read, error_paths=replace(read.error_paths, unread=2))
    assert "the error paths of 2 measured files are not known" in judged(partly, ran=ran).reason


def test_a_source_of_another_python_is_one_of_which_nothing_is_known() -> None:
    read = known(FILE, replace(FILE, path="app/new.py"), source="print 'x'\n")
    assert read.error_paths == ErrorPathCount(unread=2)
    assert [file.error_paths for file in read.files] == [(), ()]

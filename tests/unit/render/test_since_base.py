"""What a reviewer asks first: what of this is new, and what was so before?"""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from gate.domain.comparison import Baseline, Comparison, SuiteChange
from gate.domain.exhibit import CaseOutcome, TestCase
from gate.domain.finding import Finding, Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report, Subject
from gate.domain.result import Judgement, Outcome
from gate.render.annotations import render_annotations
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.figures import limit_words
from gate.render.links import Links
from gate.render.next_steps import next_steps
from gate.render.since_base import is_new, versus_words
from gate.render.summary import render_summary
from tests.unit.render import reports
from tests.unit.render.github_page import hostile_texts, shown
from tests.unit.render.test_surfaces import assert_only_ours

LINKS = reports.the_links()


def commented(report: Report) -> str:
    return shown(render_comment(report, LINKS)).text


def failing(name: str, *, in_base: bool | None) -> TestCase:
    return TestCase(name=name, outcome=CaseOutcome.FAILED, seconds=0.1, message=f"{name} is red", in_base=in_base)


def finding(message: str, *, in_base: bool | None = None, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(gate="lint", rule_id="F401", severity=severity, message=message, in_base=in_base)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((False,), "new"),
        ((False, False), "new"),
        ((True, False, True), "1 new"),
        ((True, True), "none new"),
        ((None, False), ""),
        ((None,), ""),
    ],
)
def test_a_red_gate_says_how_much_of_it_is_new(states: tuple[bool | None, ...], words: str) -> None:
    cases = [failing(f"test_{at}", in_base=state) for at, state in enumerate(states)]
    assert versus_words(reports.suite("unit-tests", "unit tests", *cases)) == words
    findings = [finding("f", in_base=state) for state in states]
    assert versus_words(reports.lint(*findings)) == words


def test_a_failing_test_and_the_finding_that_tells_of_it_are_one() -> None:
    place = Location(path="tests/test_a.py", line=3)
    cases = [replace(failing(f"test_{state}", in_base=state), location=place) for state in (True, False)]
    result = reports.suite("unit-tests", "unit tests", *cases)
    told = tuple(replace(finding(case.name, in_base=case.in_base), location=place) for case in cases)
    assert versus_words(replace(result, judgement=replace(result.judgement, findings=told))) == "1 new"


def test_warnings_of_a_gate_that_failed_by_a_figure_do_not_hide_its_change() -> None:
    result = reports.red().results[3]
    known = tuple(finding("line 3 did not run", in_base=True, severity=Severity.WARNING) for _ in range(3))
    assert versus_words(replace(result, judgement=replace(result.judgement, findings=known))) == "▼ 1.9"


@pytest.mark.parametrize(
    ("direction", "before", "words"),
    [
        ("at-least", 90, "▲ 5"),
        ("at-least", 99, "▼ 4"),
        ("at-most", 90, "▲ 5 worse"),
        ("at-most", 99, "▼ 4 better"),
        ("at-most", 95, "="),
    ],
)
def test_an_arrow_never_reads_the_wrong_way_round(direction: str, before: int, words: str) -> None:
    limit = Threshold(value=Fraction(95), direction=direction)  # type: ignore[arg-type]
    measure = Measure(name="m", value=Fraction(95), unit="percent", threshold=limit, baseline=Fraction(before))
    judgement = Judgement(outcome=Outcome.PASSED, measures=(measure,))
    assert versus_words(reports.result("g", "g", judgement)) == words


@pytest.mark.parametrize(("max_fall", "words"), [(Fraction(0), "▼ 0.002"), (None, "=")])
def test_a_fall_that_a_gate_is_red_for_is_never_told_as_no_change(max_fall: Fraction | None, words: str) -> None:
    measure = replace(Measure.ratio("coverage", 8, 621), baseline=Fraction(800, 620), max_fall=max_fall)
    result = reports.result("c", "c", Judgement(outcome=Outcome.FAILED, measures=(measure,)))
    assert versus_words(result) == words


@pytest.mark.parametrize(
    ("threshold", "max_fall", "words"),
    [(80, 0, "≥ 95 %, the base's"), (80, 1, "≥ 94 %, 1 below the base's"), (80, 5, "≥ 80 %"), (94, 1, "≥ 94 %")],
)
def test_the_limit_that_is_told_is_the_one_that_is_broken(threshold: int, max_fall: int, words: str) -> None:
    limit = Threshold(value=Fraction(threshold), direction="at-least")
    measure = Measure.ratio("coverage", 93, 100, threshold=limit, baseline=Fraction(95))
    assert limit_words(replace(measure, max_fall=Fraction(max_fall))) == words


def test_new_failures_stand_first_and_old_ones_are_counted_apart() -> None:
    states = (True, True, False, True)
    cases = [failing(f"test_{at}", in_base=state) for at, state in enumerate(states)]
    report = Report(subject=reports.SUBJECT, results=(reports.suite("unit-tests", "unit tests", *cases),))
    told = commented(report)
    assert "4 failing tests in unit tests, 3 of them fail in the base too" in told
    assert next_steps(report)[0].subject == "test_2"
    detailed = told.partition("failing tests in")[2]
    assert detailed.index("test_2") < detailed.index("test_0") < detailed.index("test_3")
    lines = [line for line in render_console(report).splitlines() if line.startswith("error: ")]
    assert lines[0] == "error: test_2 failed: test_2 is red (new)"
    assert not any("new" in line for line in lines[1:])


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((False,), "1 failing test in unit tests, new"),
        ((True,), "1 failing test in unit tests, which fails in the base too"),
        ((True, False), "2 failing tests in unit tests, 1 of them fails in the base too"),
        ((True, True), "2 failing tests in unit tests, all of them fail in the base too"),
        ((False, False), "2 failing tests in unit tests, all of them new"),
        ((None, None), "2 failing tests in unit tests\n"),
    ],
)
def test_failing_tests_say_which_of_them_the_base_has(states: tuple[bool | None, ...], words: str) -> None:
    cases = [failing(f"test_{at}", in_base=state) for at, state in enumerate(states)]
    report = Report(subject=reports.SUBJECT, results=(reports.suite("unit-tests", "unit tests", *cases),))
    assert words in commented(report)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((True, False, True), "3 findings of lint, 1 of them new"),
        ((True, True), "2 findings of lint, none of them new"),
        ((True,), "1 finding of lint, not new"),
        ((False,), "1 finding of lint, new"),
        ((None, None), "2 findings of lint\n"),
    ],
)
def test_findings_say_how_many_are_new_and_these_stand_first(states: tuple[bool | None, ...], words: str) -> None:
    findings = [finding(f"number {at}", in_base=state) for at, state in enumerate(states)]
    told = commented(Report(subject=reports.SUBJECT, results=(reports.lint(*findings),)))
    assert words in told
    if states == (True, False, True):
        assert told.partition("findings of lint")[2].index("number 1 (new)") < told.rindex("number 0")


@pytest.mark.parametrize(
    ("suite", "words"),
    [
        (SuiteChange(gate="unit-tests", before=145, now=148, added=3), "unit tests: 148, 3 more."),
        (
            SuiteChange(gate="unit-tests", before=150, now=148, added=1, removed=3),
            "148, 2 fewer (1 added, 3 removed).",
        ),
        (SuiteChange(gate="unit-tests", before=148, now=148, added=2, removed=2), "148, as many (2 added, 2 removed)."),
        (SuiteChange(gate="unit-tests", before=0, now=1, mended=("a", "b")), "1, 1 more; 2 mended tests."),
    ],
)
def test_the_size_of_the_suite_is_told_against_the_base(suite: SuiteChange, words: str) -> None:
    report = replace(reports.green(), comparison=Comparison(suites=(suite,)))
    assert f"Since the base: {words}" in commented(report) or words in commented(report)
    assert words in shown(render_summary(report, LINKS)).text


def test_a_suite_that_is_as_it_was_is_no_news() -> None:
    suites = (SuiteChange(gate="unit-tests", before=148, now=148),)
    assert "Since the base" not in commented(replace(reports.green(), comparison=Comparison(suites=suites)))


def test_what_it_is_compared_with_stands_in_the_footer_or_why_with_nothing() -> None:
    told = commented(reports.compared()).splitlines()[-1]
    assert "· vs 1a2b3c4, the merge's first parent ·" in told
    page = shown(render_comment(reports.compared(), LINKS))
    base = "https://github.com/acme/tasks/commit/1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
    assert ("href", base) in page.attributes
    why = "the base 1a2b3c4 left no report that could be found"
    missing = replace(reports.compared(), comparison=None, baseline=Baseline(missing=why))
    assert f"· not compared: {why} ·" in commented(missing).replace("\u200b", "")
    assert "vs " not in commented(reports.green()).splitlines()[-1]
    forged = replace(reports.compared(), baseline=Baseline(commit="../../x", origin="o"))
    assert "vs " not in commented(forged).splitlines()[-1]


def test_the_console_too_says_what_the_figures_are_compared_with() -> None:
    lines = render_console(reports.compared()).splitlines()
    assert "compared with 1a2b3c4, the merge's first parent" in lines
    assert lines.index("compared with 1a2b3c4, the merge's first parent") < lines.index("Next")
    why = "the base 1a2b3c4 left no report\n::error::x"
    missing = replace(reports.compared(), comparison=None, baseline=Baseline(missing=why))
    told = render_console(missing)
    assert "\nnot compared: the base 1a2b3c4 left no report" in told
    assert "\n::error" not in told
    assert "compared" not in render_console(reports.green())


@given(hostile_texts)
def test_why_nothing_was_compared_is_words_whatever_it_says(words: str) -> None:
    report = replace(reports.compared(), comparison=None, baseline=Baseline(missing=words, origin=words, source=words))
    page = shown(render_comment(report, LINKS))
    assert_only_ours(page)
    assert len(page.others) == 1, "the marker is the one comment of HTML"


def test_what_takes_longer_is_folded_with_both_times() -> None:
    told = commented(reports.compared())
    assert "2 slower than in the base" in told
    assert "31 s" in told
    assert "1 min 14 s" in told


def test_every_red_gate_has_its_one_thing_to_do_however_many_are_red() -> None:
    red = [
        reports.result(
            f"gate-{at}",
            f"gate {at}",
            Judgement(outcome=Outcome.FAILED, findings=tuple(finding(f"{at}-{one}") for one in range(9))),
        )
        for at in range(7)
    ]
    steps = next_steps(Report(subject=reports.SUBJECT, results=tuple(red)))
    assert [step.message for step in steps] == [f"{at}-0" for at in range(7)]


def test_a_gate_that_failed_by_its_figure_is_not_explained_by_a_warning_alone() -> None:
    result = reports.red().results[3]
    warned = (finding("one measured file lies outside", severity=Severity.WARNING),)
    first, *_ = next_steps(
        Report(
            subject=reports.SUBJECT, results=(replace(result, judgement=replace(result.judgement, findings=warned)),)
        )
    )
    assert "outside" not in first.message


def test_nothing_is_said_of_a_base_where_nothing_was_compared() -> None:
    for told in (commented(reports.red()), render_console(reports.red())):
        assert "new" not in told
        assert "Since the base" not in told
    assert "commit" in render_comment(reports.compared(), Links())


def judged_by_what_is_new(*findings: Finding) -> Report:
    """Make a report of a gate that is red for new findings alone, as `fail-on = "new"` has it."""
    new = Measure.count("new findings", sum(map(is_new, findings)), threshold=reports.NONE_ALLOWED)
    outcome = Outcome.PASSED if new.holds else Outcome.FAILED
    judgement = Judgement(outcome=outcome, measures=(new, Measure.count("findings", len(findings))), findings=findings)
    return Report(subject=reports.SUBJECT, results=(reports.result("lint", "lint", judgement),))


def test_what_no_gate_is_red_for_is_no_error_on_the_console_and_counted_beside_what_is() -> None:
    old, new = finding("an old one", in_base=True), finding("a new one", in_base=False)
    assert "old one" not in render_console(judged_by_what_is_new(old, old))
    told = render_console(judged_by_what_is_new(old, old, new))
    assert "error: a new one (F401, new)\n… and 2 findings that the base has too, in report.json\n" in told
    assert "old one" not in told


def test_what_no_gate_is_red_for_is_counted_in_the_comment_and_listed_in_the_summary() -> None:
    old, new = finding("an old one", in_base=True), finding("a new one", in_base=False)
    told = commented(judged_by_what_is_new(old, old, new))
    assert "3 findings of lint, 1 of them new" in told
    assert "F401 a new one (new)" in told
    assert "… and 2 more in the report" in told
    assert "an old one" not in told
    assert shown(render_summary(judged_by_what_is_new(old, old, new), LINKS)).text.count("an old one") == 2
    assert "finding of" not in commented(judged_by_what_is_new(old))


def test_a_green_line_says_that_none_of_its_failures_is_new() -> None:
    measures = (Measure.count("new failures", 0, threshold=reports.NONE_ALLOWED), Measure.count("failures", 1))
    suite = reports.suite("unit-tests", "unit tests", failing("test_a", in_base=True), *reports.passing(4, "t.py"))
    judgement = replace(suite.judgement, outcome=Outcome.PASSED, measures=measures)
    report = Report(subject=reports.SUBJECT, results=(replace(suite, judgement=judgement),))
    assert "unit tests 1 of 5 failed, none of them new" in commented(report)


def test_what_no_gate_is_red_for_is_annotated_in_changed_files_alone_and_as_a_notice() -> None:
    places = [Location(path=path, line=1) for path in ("app/changed.py", "app/other.py")]
    old = [replace(finding(place.path, in_base=True), location=place) for place in places]
    new = finding("new", in_base=False)
    for findings, errors in ((old, 0), ([*old, new], 1)):
        lines = render_annotations(judged_by_what_is_new(*findings), {"app/changed.py"})
        assert [line.split(" ")[0] for line in lines] == ["::error"] * errors + ["::notice"]
        assert lines[-1].endswith("::app/changed.py")
        assert len(render_annotations(judged_by_what_is_new(*findings))) == errors


def test_annotations_of_what_is_new_stand_before_what_the_base_has_too() -> None:
    old, new = finding("old", in_base=True), finding("new", in_base=False)
    many = reports.lint(*[old] * 12, new)
    first, *others = render_annotations(Report(subject=Subject(), results=(many,)))
    assert first.endswith("::new")
    assert others[0].startswith("::error ")


def test_a_red_gate_is_told_by_the_figure_that_it_failed_by_and_not_by_one_that_it_keeps() -> None:
    def ratio(name: str, value: int, limit: int) -> Measure:
        return Measure.ratio(name, value, 100, threshold=Threshold(value=Fraction(limit), direction="at-least"))

    measures = (ratio("coverage", 97, 95), ratio("patch-coverage", 60, 80))
    failed = Judgement(outcome=Outcome.FAILED, reason="60 of 100 lines of the change ran", measures=measures)
    told = commented(Report(subject=reports.SUBJECT, results=(reports.result("coverage", "coverage", failed),)))
    assert "60 % (60 of 100); 60 of 100 lines of the change ran" in told
    assert "≥ 80 %" in told
    passed = replace(failed, outcome=Outcome.PASSED, measures=(measures[0], ratio("patch-coverage", 90, 80)))
    told = commented(Report(subject=reports.SUBJECT, results=(reports.result("coverage", "coverage", passed),)))
    assert "coverage 97 % ≥ 95 %" in told

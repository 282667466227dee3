"""Every surface tells the same report, and no word of a change is more than a word on any of them."""

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate import __version__
from gate.adapters.page_assets import read_page_assets
from gate.domain.codec import InvalidReport, decode_report, encode_report
from gate.domain.exhibit import (
    ENDINGS,
    CaseOutcome,
    Exhibit,
    FileCoverage,
    Histogram,
    Matrix,
    MatrixRow,
    Series,
    Table,
    TestCase,
    Tests,
)
from gate.domain.finding import Location, Severity
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Problem, Report, Subject, Verdict
from gate.domain.result import Judgement, Outcome
from gate.domain.weakening import Weakening, WeakeningKind
from gate.render.annotations import render_annotations
from gate.render.budget import COMMENT_LIMIT
from gate.render.comment import render_comment
from gate.render.console import render_console, render_result_line
from gate.render.links import Links
from gate.render.marker import Marker, marker_of, parse_marker
from gate.render.page import render_page
from gate.render.summary import render_summary
from tests.unit.render import reports
from tests.unit.render.github_page import Page, hostile_texts, shown
from tests.unit.render.page_reports import full

SAMPLES = Path(__file__).parents[2] / "samples" / "render"
REPORTS = {
    "green": reports.green,
    "red": reports.red,
    "reviewed": reports.reviewed,
    "loaded": reports.loaded,
    "compared": reports.compared,
    "weakened": reports.weakened,
    "forbidden": reports.forbidden,
    "errored": reports.errored,
    "misconfigured": reports.misconfigured,
    "hostile": reports.hostile,
}
LINKS = reports.the_links()
SURFACES: dict[str, Callable[[Report], str]] = {
    "comment.md": lambda report: render_comment(report, LINKS),
    "summary.md": lambda report: render_summary(report, LINKS),
    "console.txt": render_console,
    "annotations.txt": lambda report: "".join(f"{line}\n" for line in render_annotations(report)),
}
OUR_TAGS = {
    *("a", "br", "code", "details", "h3", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "ul", "wbr"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_looks_as_it_was_approved(name: str, surface: str) -> None:
    """After a wanted change: QUALITY_GATE_APPROVE=1 pytest tests/unit/render, and read the difference."""
    approved = SAMPLES / f"{name}.{surface}"
    rendered = SURFACES[surface](REPORTS[name]()).replace(f"Quality Gate {__version__}", "Quality Gate VERSION")
    if os.environ.get("QUALITY_GATE_APPROVE") == "1":
        approved.parent.mkdir(parents=True, exist_ok=True)
        approved.write_text(rendered, encoding="utf-8", newline="\n")
    assert rendered == approved.read_text(encoding="utf-8")


def assert_only_ours(page: Page) -> None:
    assert set(page.tags) <= OUR_TAGS
    assert {name for name, _ in page.attributes} <= {"href"}
    assert all(re.match(r"https?://", value or "") for _, value in page.attributes)
    mentioned = re.search(r"@\w|#\d|://|www\.", page.prose, re.IGNORECASE)
    assert mentioned is None, mentioned


@given(hostile_texts)
def test_no_word_of_a_change_is_more_than_a_word_in_the_comment(words: str) -> None:
    report = reports.hostile_report(words)
    body = render_comment(report, LINKS)
    page = shown(body)
    assert_only_ours(page)
    assert len(page.others) == body.count("<!--") == 1
    assert parse_marker(body) == replace(marker_of(report.subject), name=words.encode("utf-8", "replace").decode())


@given(hostile_texts)
def test_no_word_of_a_change_is_more_than_a_word_in_the_job_summary(words: str) -> None:
    page = shown(render_summary(reports.hostile_report(words), LINKS))
    assert_only_ours(page)
    assert page.others == []


@given(hostile_texts)
def test_no_word_of_a_change_is_a_command_in_the_log(words: str) -> None:
    report = reports.hostile_report(words)
    for line in render_console(report).splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line)
    for line in render_annotations(report):
        assert re.match(r"::(error|warning|notice) (\w+=[^,:]*,)*title=[^,:]*::", line)
        assert len(line.splitlines()) == 1


def test_a_hostile_report_has_the_verdict_and_every_gate_in_the_comment() -> None:
    page = shown(render_comment(reports.hostile(), LINKS))
    assert "3 of 5 gates failed, 1 could not run" in page.text
    assert page.tags.count("details") == len(re.findall("<details>", render_comment(reports.hostile(), LINKS)))


def many_failures(number: int) -> Report:
    cases = tuple(
        TestCase(
            name=f"tests/test_{at}.py::test_{at}",
            outcome=CaseOutcome.FAILED,
            seconds=0.1,
            message=reports.HOSTILE,
            details=f"{reports.HOSTILE}\n" * 40,
        )
        for at in range(number)
    )
    return replace(reports.red(), results=(reports.suite("unit-tests", "unit tests", *cases),))


def test_thousands_of_failures_keep_to_the_limits_and_say_what_is_missing() -> None:
    report = many_failures(3_000)
    comment, summary = render_comment(report, LINKS), render_summary(report, LINKS)
    assert len(comment) <= 65_536
    assert len(summary.encode()) <= 1024 * 1024
    for page in (shown(comment), shown(summary)):
        assert_only_ours(page)
        assert "3,000 of 3,000 failed" in page.text
        assert "3,000 failing tests in unit tests" in page.text
        assert re.search(r"… and 2,\d\d\d more in the report\.|see the report", page.text)
        assert "Quality Gate " + __version__ in page.text


def test_a_comment_without_room_is_cut_and_keeps_marker_verdict_and_footer() -> None:
    body = render_comment(many_failures(100), LINKS, limit=2_500)
    assert len(body) <= 2_500
    assert parse_marker(body) is not None
    assert "1 of 1 gate failed" in shown(body).text
    assert "lines did not fit here: see the report." in shown(body).text
    assert body.endswith("</sub>\n")


def test_the_marker_of_the_publisher_goes_before_that_of_the_report() -> None:
    mine = Marker(name="mine", run=5, attempt=2, sha=reports.COMMIT)
    assert parse_marker(render_comment(reports.hostile(), LINKS, mine)) == mine


def test_without_links_nothing_is_linked() -> None:
    assert shown(render_comment(reports.misconfigured(), Links())).attributes == []
    page = shown(render_comment(replace(reports.red(), results=reports.red().results[1:]), Links()))
    assert page.attributes == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../../settings", "a/../../b", "C:\\x", "", "a//b", "./a"])
def test_a_path_that_leaves_the_repository_is_not_linked(path: str) -> None:
    case = TestCase(
        name="t",
        outcome=CaseOutcome.FAILED,
        seconds=1,
        location=replace(reports.red().results[0].findings[0].location, path=path),  # type: ignore[type-var]
    )
    report = replace(reports.red(), results=(reports.suite("unit-tests", "unit tests", case),))
    assert not [value for _, value in shown(render_comment(report, LINKS)).attributes if "/blob/" in (value or "")]
    assert not [line for line in render_annotations(report) if "file=" in line]


def test_lines_of_a_rendered_document_are_shown_in_its_source() -> None:
    location = replace(reports.red().results[0].findings[0].location, path="docs/a b.md", line=3, end_line=4)  # type: ignore[type-var]
    assert LINKS.line_url(location).endswith(f"/acme/tasks/blob/{reports.COMMIT}/docs/a%20b.md?plain=1#L3-L4")


def judged(judgement: Judgement, title: str = "p95") -> Report:
    return Report(subject=Subject(), results=(reports.result("latency", title, judgement, seconds=65),))


def latency(value: Fraction) -> Measure:
    limit = Threshold(value=Fraction(500), direction="at-most")
    return Measure(name="p95", value=value, unit="milliseconds", threshold=limit, baseline=Fraction(480))


def test_a_gate_with_a_figure_only_is_shown_by_its_measure() -> None:
    failed = judged(Judgement(outcome=Outcome.FAILED, measures=(latency(Fraction(5_000_001, 10_000)),)))
    page = shown(render_comment(failed, LINKS))
    assert "501 ms" in page.text, "a limit that is just broken must not read as kept"
    assert "≤ 500 ms" in page.text
    assert "▲ 20 worse" in page.text, "for a time, up is not better"
    assert "p95: 501 ms (limit: ≤ 500 ms)" in page.text
    assert render_annotations(failed) == ["::error title=p95::501 ms, limit ≤ 500 ms"]
    passed = judged(Judgement(outcome=Outcome.PASSED, measures=(latency(Fraction(480)),)))
    assert "p95 480 ms ≤ 500 ms (=)" in shown(render_comment(passed, LINKS)).text
    assert "1 min 5 s" in shown(render_comment(passed, LINKS)).text


def test_coverage_just_under_the_limit_never_reads_as_reached() -> None:
    measure = Measure.ratio("coverage", 94_999, 100_000, threshold=Threshold(value=Fraction(95), direction="at-least"))
    report = judged(Judgement(outcome=Outcome.FAILED, measures=(measure,)), "coverage")
    assert "94.99 % (94,999 of 100,000)" in shown(render_comment(report, LINKS)).text


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(subject=Subject()), "could not decide: no gate ran"),
        (Report(subject=Subject(), interrupted=True), "could not decide: the run was interrupted"),
        (judged(Judgement.skipped("no routes")), "could not decide: every gate was skipped"),
        (
            Report(subject=Subject(), results=judged(Judgement.errored("no base")).results * 2),
            "could not decide: 2 of 2 gates errored (no base)",
        ),
        (
            Report(subject=Subject(), results=tuple(judged(Judgement.errored(f"no {one}")).results[0] for one in "ab")),
            "could not decide: 2 of 2 gates errored",
        ),
    ],
)
def test_why_nothing_could_be_decided_stands_in_the_first_line(report: Report, words: str) -> None:
    assert f"⚠️ Quality Gate {words}" in shown(render_comment(report, LINKS)).text
    assert render_console(report).endswith(f"Quality Gate {words}\n")


def test_what_to_do_next_has_something_of_every_kind_and_no_more_than_five() -> None:
    red = reports.red()
    failing = many_failures(9).results[0]
    report = replace(red, results=(red.results[0], failing, red.results[3], reports.errored().results[2]))
    steps = re.findall(r"^\d\. (.*)$", render_comment(report, LINKS).partition("**Next**")[2], re.MULTILINE)
    assert len(steps) == 5
    assert "could not run" in steps[0]
    assert sum("test&#95;" in step for step in steps) == 2
    assert "F401" in steps[3]
    assert "25 more lines or branches to reach 95 %" in steps[4]


def test_one_line_says_how_a_gate_ended() -> None:
    line = render_result_line(reports.red().results[1])
    assert line == "unit tests failed: 1 of 148 failed, 1 skipped (in 31 s)"
    assert "\n" not in render_result_line(reports.hostile().results[1])


def test_annotations_keep_to_ten_of_a_level_with_changed_files_first_and_count_the_rest() -> None:
    first = reports.red().results[0].findings[0]
    findings = [
        replace(first, severity=severity, location=replace(first.location, path=f"app/{severity}{at}.py"))  # type: ignore[type-var]
        for severity in Severity
        for at in range(14)
    ]
    report = replace(reports.red(), results=(reports.lint(*findings),))
    lines = render_annotations(report, changed={"app/error13.py"})
    levels = [line[2:].split(" ")[0] for line in lines]
    assert levels == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert "file=app/error13.py," in lines[0]
    assert "file=app/error0.py," in lines[1]
    assert lines[-1].endswith(
        "::4 more errors, 4 more warnings, 5 more notices: GitHub shows ten of each level; "
        "the job summary has all of them."
    )


def test_the_log_does_not_drown_in_findings() -> None:
    finding = reports.red().results[0].findings[0]
    console = render_console(replace(reports.red(), results=(reports.lint(*[finding] * 400),)))
    assert "… and 350 more lines in report.json" in console
    assert len(console.splitlines()) < 70


def test_a_long_run_is_told_in_hours() -> None:
    slow = replace(reports.green().results[0], duration=timedelta(seconds=3_840.5))
    assert "1 h 4 min" in render_comment(replace(reports.green(), results=(slow,)), LINKS)


def test_a_gate_without_a_measure_is_shown_by_its_findings_or_its_outcome() -> None:
    finding = reports.red().results[0].findings[0]
    report = judged(Judgement(outcome=Outcome.FAILED, findings=(finding, finding)), "openapi")
    assert "2 findings" in shown(render_comment(report, LINKS)).text
    bare = judged(Judgement(outcome=Outcome.PASSED), "openapi")
    assert "openapi passed" in shown(render_comment(bare, LINKS)).text
    plain = judged(Judgement(outcome=Outcome.PASSED, measures=(replace(latency(Fraction(7, 2)), threshold=None),)))
    assert "3.5 ms" in shown(render_summary(plain, LINKS)).text


def test_a_file_with_missing_lines_everywhere_is_told_in_part() -> None:
    file = FileCoverage(
        path="a.py",
        covered=0,
        total=120,
        missing_lines=tuple(range(1, 121, 2)),
        missing_branches=tuple((at, at + 1) for at in range(1, 31)),
    )
    page = shown(render_comment(replace(reports.red(), results=(reports.coverage(1928, file),)), LINKS))
    assert "60 lines and 30 branches not covered in 1 file" in page.text
    assert "37, 39, 40 more places, branches 1→2," in page.text
    assert "20→21 and 10 more" in page.text
    assert "1 more line or branch to reach 95 %, starting with a.py 1, 3, 5, 7 and 56 more places" in page.text
    only_branches = replace(file, missing_lines=(), missing_branches=((1, 2),))
    page = shown(render_comment(replace(reports.red(), results=(reports.coverage(1920, only_branches),)), LINKS))
    assert "1 branch not covered in 1 file" in page.text
    assert "coverage: 94.58 % (1,920 of 2,030) (limit: ≥ 95 %)" in page.text
    only_lines = replace(file, missing_branches=())
    page = shown(render_comment(replace(reports.red(), results=(reports.coverage(1920, only_lines),)), LINKS))
    assert "cover 9 more lines to reach 95 %" in page.text


def test_every_ending_of_a_matrix_is_drawn_and_any_other_word_is_text() -> None:
    row = MatrixRow(label="thing", cells=(*ENDINGS, "in part"))
    drawn = Matrix(title="m", columns=("what", *ENDINGS, "more"), rows=(row,))
    line = render_comment(judged(Judgement(outcome=Outcome.FAILED, exhibits=(drawn,))), LINKS)
    assert "| thing | ✅ | ❌ | ⚠️ inconclusive | ⚠️ warning | ⏭️ waived | ⚠️ not exercised |  | in part |" in line


def test_under_what_load_it_was_measured_stands_with_the_figure_wherever_that_is() -> None:
    reason = "with 50 users, 1 s think time; p95 1.04 times the base's"
    passed = judged(Judgement(outcome=Outcome.PASSED, reason=reason, measures=(latency(Fraction("118.2")),)), "p95")
    calm = shown(render_comment(passed, LINKS)).text
    assert "p95 119 ms ≤ 500 ms with 50 users, 1 s think time (▼ 361 better)" in calm
    assert "times" not in calm
    assert "p95 passed: 119 ms with 50 users, 1 s think time; p95 1.04" in render_result_line(passed.results[0])


def summary_of(*exhibits: Exhibit) -> Page:
    return shown(render_summary(judged(Judgement(outcome=Outcome.PASSED, exhibits=exhibits)), LINKS))


def test_a_histogram_has_a_bar_a_bucket_and_its_marks_where_they_lie() -> None:
    drawn = Histogram(
        title="Response times",
        unit="milliseconds",
        buckets=((10.0, 1), (100.0, 400), (1_000.0, 0)),
        marks=(("p95", 64.2), ("limit", 5_000.0), ("p50", 10.0)),
    )
    lines = summary_of(drawn).text.splitlines()
    (few,) = [line for line in lines if "≤ 10.0 ms" in line or "≤ 10 ms" in line]
    (many,) = [line for line in lines if "≤ 100 ms" in line]
    (none,) = [line for line in lines if "≤ 1,000 ms" in line]
    assert "▏" in few, "even one of many is seen"
    assert few.endswith("p50 10 ms")
    assert many.count("█") == 40
    assert many.endswith("p95 64.2 ms")
    assert not re.search("[█-▏]", none)
    assert "limit 5,000 ms" in lines[lines.index(none) + 1], (
        "a limit that nothing reaches is shown behind the last bucket"
    )


def test_a_series_is_drawn_from_nought_to_its_highest_and_tells_both_ends() -> None:
    drawn = Series(title="p95 over time", unit="milliseconds", lines=(("p95", ((0, 100), (1, 800), (2, 0), (3, 400))),))
    assert "p95  ▂█▁▅  0 ms to 800 ms, from 0 s to 3 s" in summary_of(drawn).text


def test_charts_without_end_are_drawn_small_and_empty_ones_not_at_all() -> None:
    buckets = tuple((float(at), at % 7) for at in range(100_000))
    points = tuple((float(at), float(at)) for at in range(10_000))
    endless = summary_of(
        Histogram(title="h", unit="count", buckets=buckets, marks=(("m" * 9_999, 5.0),) * 5_000),
        Series(title="s", unit="count", lines=(("l" * 9_999, points),) * 50),
    )
    # Fifty lines, each of them drawn in eighty columns, and forty buckets.
    assert len(endless.text) < 20_000
    assert sum(line.startswith(("l", " ")) and "▁" in line for line in endless.text.splitlines()) == 50
    empty = summary_of(
        Histogram(title="no-buckets", unit="count", buckets=()),
        Series(title="no-lines", unit="count", lines=(("l", ()),)),
        Histogram(title="nought", unit="count", buckets=((math.nan, 0), (math.inf, 0))),
        Series(title="below", unit="count", lines=(("l", ((0.0, -1.0), (1.0, -2.0))),)),
    )
    assert "no-buckets" not in empty.text
    assert "no-lines" not in empty.text
    assert "l  ▁▁  -2 to -1" in empty.text


def test_a_share_of_things_is_told_in_things_and_a_figure_in_percent() -> None:
    assert render_result_line(reports.reviewed().results[1]).startswith(
        "access review failed: 13 of 14 operations; 1 flaw"
    )
    passed = replace(
        reports.green(), results=(judged(shared(14, 14), "access review").results[0], reports.green().results[3])
    )
    assert "access review 14 of 14 operations · coverage 96.2 % ≥ 95 %" in shown(render_comment(passed, LINKS)).text


def shared(numerator: int, denominator: int) -> Judgement:
    return Judgement(outcome=Outcome.PASSED, measures=(Measure.ratio("operations", numerator, denominator),))


def test_a_short_run_is_told_in_tenths_of_a_second() -> None:
    assert "· 0.3 s ·" in shown(render_comment(replace(reports.green(), results=(reports.lint(),)), LINKS)).text


@pytest.mark.parametrize("endless", ["x" * 60_000, "\u202e" * 60_000])
def test_a_path_or_name_without_end_leaves_room_for_the_rest(endless: str) -> None:
    place = Location(path=endless, line=1)
    case = TestCase(name=endless, outcome=CaseOutcome.FAILED, seconds=1.0, location=place, message="no")
    judgement = Judgement(outcome=Outcome.FAILED, exhibits=(Tests(cases=(case,)),))
    first, *others = reports.red().results
    problem = Problem(place=endless, value="1", message="is wrong", path=endless)
    report = Report(
        subject=Subject(),
        results=(replace(first, judgement=judgement), *others),
        problems=(problem,),
        notices=("All the rest",),
    )
    comment = render_comment(report, LINKS)
    for words in ("| gate |", "is wrong", "1 failing test", "All the rest"):
        assert words in comment


@pytest.mark.parametrize("endless", ["x" * 60_000, "\u202e" * 20_000, "|" * 20_000], ids=["long", "unseen", "marks"])
def test_texts_without_end_in_a_report_of_others_never_take_the_place_of_the_verdict(endless: str) -> None:
    report = reports.hostile_report(endless)
    undecided = replace(report, results=tuple(one for one in report.results if one.outcome is Outcome.ERRORED))
    for one, words in ((report, "3 of 5 gates failed"), (undecided, "could not decide")):
        received = decode_report(encode_report(one))
        body = render_comment(received, LINKS)
        assert parse_marker(body) == marker_of(received.subject)
        assert words in shown(body.split("\n")[1]).text
        assert words in shown(render_summary(received, LINKS).split("\n")[0]).text
        assert "| gate |" in body


DOCUMENT: dict[str, Any] = json.loads(encode_report(full()))
ODD = (0, -1, 1, 2**53 - 1, 10**15, -(10**15), 1e-300, 0.5, True, "", "x" * 65_536, "0001-01-01T00:00:00+14:00")
ODDER = (
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "a\nb",
    "::error::x",
    "1) x",
    ":0",
    "-",
    "errored",
    [],
    None,
)


def places_in(node: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node[:3]) if isinstance(node, list) else ()
    for name, value in inside:
        yield (*before, name)
        yield from places_in(value, (*before, name))


@settings(max_examples=30)
@given(st.sampled_from(list(places_in(DOCUMENT))), st.sampled_from((*ODD, *ODDER)))
def test_whatever_stands_in_a_report_that_is_read_can_be_shown(place: tuple[str | int, ...], value: object) -> None:
    changed = json.loads(json.dumps(DOCUMENT))
    node = changed
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    for verdict in Verdict:
        try:
            report = decode_report(json.dumps(changed | {"verdict": verdict}))
        except InvalidReport:
            continue
        body = render_comment(report, LINKS)
        assert parse_marker(body) == marker_of(report.subject)
        assert "Quality Gate" in body.split("\n")[1]
        assert len(body) <= COMMENT_LIMIT
        assert render_summary(report, LINKS).startswith("### ")
        assert render_console(report)
        assert render_annotations(report) is not None
        assert "".join(render_page(report, LINKS, read_page_assets())).endswith("</html>\n")


def test_of_a_table_with_columns_without_number_some_are_shown_and_the_others_counted() -> None:
    names = tuple(f"c{at}" for at in range(100_000))
    wide = Table(title="t", columns=names, rows=(("cell",) * 100_000, ("cell",)) * 300)
    matrix = Matrix(title="m", columns=names, rows=(MatrixRow(label="row", cells=("passed",) * 100_000),))
    text = summary_of(wide, matrix).text
    assert text.count("c29") == 2
    assert text.count("… and 99,970 more columns") == 2
    assert text.count("cell") == 250 * 31


def test_what_weakens_the_gate_stands_before_all_else_and_the_same_thing_is_counted() -> None:
    text = shown(render_comment(reports.weakened(), LINKS)).text
    sentence = "this change lowers coverage.threshold from 95 to 80, waives other-user-reads at GET /a until 2027-01-31"
    assert text.index("Quality Gate passed") < text.index(sentence) < text.index("148 passed")
    assert 'adds 2 \u00d7 "# noqa: S105"' in text
    assert "deletes 4 tests: test_a, test_b, test_c, …" in text


def test_of_much_that_weakens_the_gate_each_kind_gets_its_word() -> None:
    many = tuple(
        Weakening(kind=kind, message=f"{kind} number {number}") for kind in WeakeningKind for number in range(9)
    )
    sentence = next(
        line for line in render_console(replace(reports.green(), weakenings=many)).splitlines() if "this change" in line
    )
    assert all(f"{kind} number 0" in sentence for kind in list(WeakeningKind)[:5])
    assert sentence.endswith("more ways")
    assert len(sentence) < 500


def test_under_policy_strict_what_weakens_the_gate_is_red_everywhere() -> None:
    report = reports.forbidden()
    assert "❌ Quality Gate: the change weakens the gate" in shown(render_summary(report, LINKS)).text
    assert render_console(report).endswith("Quality Gate: the change weakens the gate\n")
    assert all(line.startswith("::error ") for line in render_annotations(report))
    assert "take back what weakens the gate" in shown(render_comment(report, LINKS)).text
    assert all(line.startswith("::warning ") for line in render_annotations(reports.weakened())[:10])


def test_what_was_judged_beside_the_commit_is_told_with_it() -> None:
    report = replace(reports.green(), subject=replace(reports.SUBJECT, uncommitted=True))
    for surface in ("comment.md", "summary.md"):
        assert "commit 3f2c1ab and uncommitted changes ·" in shown(SURFACES[surface](report)).text
        assert "uncommitted" not in SURFACES[surface](reports.green())

"""The page as text: what it may hold, whatever a report says. How it is used is proven in a browser, in tests/e2e."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

from hypothesis import given

from gate.adapters.page_assets import read_page_assets
from gate.domain.exhibit import (
    Exhibit,
    Histogram,
    Matrix,
    MatrixRow,
    OutputTail,
    Series,
    SourceCoverage,
    Table,
    TestCase,
    Tests,
)
from gate.domain.measure import Measure, Threshold
from gate.domain.report import Report
from gate.domain.result import Artifact, Judgement, Outcome
from gate.domain.weakening import Weakening, WeakeningKind
from gate.render.links import Links
from gate.render.page import render_page
from gate.render.page.exhibits import MOST_ROWS, drawn
from gate.render.page.telling import Telling
from tests.unit.render.github_page import hostile_texts
from tests.unit.render.page_reports import full, hostile_everywhere
from tests.unit.render.reports import HOSTILE, SUBJECT, green, result, the_links

DOCS = Path(__file__).resolve().parents[3] / "docs"
ASSETS = read_page_assets()
CONTENTS = re.compile(r'<script type="application/json" id="contents">(.*?)</script>', re.DOTALL)


def page_of(report: Report, links: Links | None = None, evidence: str = "") -> str:
    return "".join(render_page(report, links or Links(), ASSETS, evidence))


def contents_of(html: str) -> dict[str, Any]:
    found = CONTENTS.search(html)
    assert found is not None
    contents: dict[str, Any] = json.loads(found[1])
    return contents


class Markup(HTMLParser):
    """The elements of a page and their attributes, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}


def texts_in(value: object) -> set[str]:
    if isinstance(value, str):
        return {value}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(texts_in, inside))


def with_exhibits(*exhibits: Exhibit, artifacts: tuple[Artifact, ...] = ()) -> Report:
    judgement = Judgement(outcome=Outcome.PASSED, exhibits=exhibits, artifacts=artifacts)
    return Report(subject=SUBJECT, results=(result("any", "any", judgement),))


@given(hostile_texts)
def test_no_text_of_a_report_becomes_markup_or_ends_the_data(words: str) -> None:
    html = page_of(hostile_everywhere(words), the_links())
    contents = contents_of(html)
    shown, expected = Markup(html), Markup(page_of(hostile_everywhere("x"), the_links()))
    assert set(shown.tags) <= set(expected.tags)
    assert shown.names <= expected.names
    assert (shown.tags.count("script"), shown.tags.count("style")) == (2, 1)
    assert not {name for name in shown.names if name.startswith("on")} | shown.names & {"style", "srcdoc", "src"}
    assert contents["tests"]
    data = CONTENTS.search(html)
    assert data is not None
    assert not set("<>&\u2028\u2029") & set(data[1])
    html.encode("utf-8")


def test_what_cannot_be_seen_is_spelt_out_in_every_text() -> None:
    for words in texts_in(contents_of(page_of(hostile_everywhere()))):
        assert "\u202e" not in words
        assert "\x1b" not in words
        assert "\u200b" not in words


def test_the_policy_allows_the_style_and_the_script_that_are_there_and_nothing_else() -> None:
    html = page_of(full())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    style, script = (
        re.search(r"<style>(.*?)</style>", html, re.DOTALL),
        re.search(r"<script>(.*?)</script>", html, re.DOTALL),
    )
    assert policy is not None
    assert style is not None
    assert script is not None
    digests = [base64.b64encode(hashlib.sha256(one[1].encode()).digest()).decode() for one in (style, script)]
    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_our_own_script_makes_no_markup_of_texts_and_runs_none() -> None:
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "</"):
        assert forbidden not in ASSETS.script


def test_the_same_report_makes_the_same_page() -> None:
    assert page_of(full(), the_links()) == page_of(full(), the_links())


def test_an_artifact_is_linked_from_where_the_page_lies_unless_it_leaves_the_folder() -> None:
    artifacts = tuple(
        Artifact(title="HTML", path=path) for path in ("coverage/html 1", "../../secret", "javascript:alert(1)", "/etc")
    )
    contents = contents_of(page_of(with_exhibits(artifacts=artifacts), evidence="../report/"))
    assert contents["artifacts"] == [["any", "HTML", "../report/coverage/html%201"]]


def test_a_place_is_linked_to_its_line_at_the_commit_only_inside_the_repository() -> None:
    assert contents_of(page_of(green(), the_links()))["paths"][0][1].startswith("https://github.com/acme/tasks/blob/")
    hostile = contents_of(page_of(hostile_everywhere("../../x"), the_links()))
    assert ["../../x", ""] in hostile["paths"]


def test_what_is_too_much_is_left_out_and_said() -> None:
    rows = tuple((str(at),) for at in range(MOST_ROWS + 7))
    contents = contents_of(page_of(with_exhibits(Table(title="t", columns=("n",), rows=rows))))
    assert len(contents["exhibits"][0]["rows"]) == MOST_ROWS
    assert contents["omissions"] == ["7 rows of tables left out of this page"]


def test_long_outputs_are_shown_while_there_is_room_and_counted_then() -> None:
    telling = Telling(links=Links(), room=10)
    assert [telling.long("1234", "outputs of tests") for _ in range(4)] == ["1234", "1234", "", ""]
    assert telling.omissions() == ["2 outputs of tests left out of this page"]


def test_figures_that_json_does_not_know_do_not_break_the_page() -> None:
    infinite = Histogram(title="h", unit="seconds", buckets=((1.0, 1), (float("inf"), 2)), marks=(("m", float("nan")),))
    series = Series(title="s", unit="seconds", lines=(("l", ((0.0, float("-inf")),)),))
    shown = contents_of(page_of(with_exhibits(infinite, series)))["exhibits"]
    assert shown[0]["buckets"] == [[1.0, 1], [None, 2]]
    assert shown[1]["lines"] == [["l", [[0.0, None]]]]


def test_every_kind_of_exhibit_is_drawn_or_has_a_part_of_its_own() -> None:
    given_ones: tuple[Exhibit, ...] = (
        Table(title="t", columns=("a",), rows=(("b",),)),
        Matrix(title="m", columns=("a", "b"), rows=(MatrixRow(label="r", cells=("passed",)),)),
        Histogram(title="h", unit="seconds", buckets=((1.0, 1),)),
        Series(title="s", unit="seconds", lines=(("l", ((0.0, 1.0),)),)),
        OutputTail(title="o", text="end"),
    )
    assert {type(one) for one in given_ones} | {Tests, SourceCoverage} == set(get_args(Exhibit))
    whole = green().results[0]
    kinds = [drawn(whole, one, Telling(links=Links())) for one in given_ones]
    assert [kind["kind"] for kind in kinds if kind] == ["table", "matrix", "histogram", "series", "output"]
    assert all(f"{kind['kind']}" in ASSETS.script for kind in kinds if kind)


def test_a_change_is_for_the_better_or_worse_by_its_limit() -> None:
    limit = Threshold(value=Fraction(500), direction="at-most")
    slower = Measure(name="p95", value=Fraction(400), unit="milliseconds", threshold=limit, baseline=Fraction(300))
    judgement = Judgement(outcome=Outcome.PASSED, measures=(slower,))
    html = page_of(Report(subject=SUBJECT, results=(result("latency", "latency", judgement),)))
    assert re.search(r'class="worse">▲ 100', html)


def test_a_passed_test_of_which_nothing_is_told_takes_a_short_row() -> None:
    case: TestCase = green().results[1].judgement.exhibits[0].cases[0]  # type: ignore[union-attr]
    row = contents_of(page_of(green()))["tests"][0]
    assert row == [1, "test_case_0", 0, case.seconds, 0, 10]


def test_a_name_never_stands_unescaped_in_the_head_or_the_first_screen() -> None:
    html = page_of(replace(green(), subject=replace(SUBJECT, name=HOSTILE)))
    head = html.partition("<main")[0].replace(ASSETS.style, "")
    assert "<img" not in head
    assert "<!-- quality-gate" not in html


def test_the_docs_show_the_page_in_pictures_that_are_there_and_small() -> None:
    named = re.findall(r"\]\((images/[^)]+\.png)\)", (DOCS / "page.md").read_text("utf-8"))
    assert len(named) >= 4
    assert {name: (DOCS / name).stat().st_size < 200_000 for name in named} == dict.fromkeys(named, True)


def test_of_many_weakenings_the_first_are_seen_and_the_others_folded_and_counted() -> None:
    many = tuple(Weakening(kind=WeakeningKind.SKIP, message=f"skips test_{at}") for at in range(250))
    html = page_of(replace(green(), weakenings=many))
    first, _, rest = html.partition("<summary>242 more</summary>")
    assert ("skips test_7 " in first, "skips test_8 " in first) == (True, False)
    assert "skips test_199 " in rest
    assert "and 50 more, which report.json has" in rest

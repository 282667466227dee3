"""The page report.html as somebody uses it: in a real browser, from disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gate.adapters.page_assets import read_page_assets
from gate.domain.exhibit import ErrorPath, ErrorPathKind, Excerpt, FileCoverage
from gate.domain.report import Report
from gate.render.escape import visible
from gate.render.links import Links
from gate.render.page import render_page
from tests.testbed.browser import Browser as Chromium
from tests.testbed.leaving_out import part
from tests.testbed.pages import Opened, axe_script, barriers, opened, steered_browser
from tests.unit.render.page_reports import full, hostile_everywhere, large
from tests.unit.render.reports import HOSTILE, SUBJECT, coverage, errored, green, misconfigured, red

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e
Open = Callable[..., AbstractContextManager[Opened]]

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 360, "height": 740}}
REPORTS = {
    "full": full,
    "green": green,
    "red": red,
    "errored": errored,
    "misconfigured": misconfigured,
    "hostile": hostile_everywhere,
}


# Of this module alone: Playwright's event loop must not run beside other tests.
@pytest.fixture(scope="module")
def steered(browser: Chromium) -> Iterator[Browser]:
    with part("Playwright"), steered_browser(browser.program) as started:
        yield started


@pytest.fixture
def open_page(steered: Browser, tmp_path: Path) -> Open:
    def open_report(report: Report, **options: Any) -> AbstractContextManager[Opened]:
        links = Links(repository=report.subject.repository, commit=report.subject.commit)
        file = tmp_path / "report.html"
        file.write_bytes("".join(render_page(report, links, read_page_assets())).encode())
        return opened(steered, file, **(DESKTOP | options))

    return open_report


@pytest.mark.parametrize("name", REPORTS)
def test_it_asks_the_network_for_nothing_and_keeps_its_own_policy(open_page: Open, name: str) -> None:
    with open_page(REPORTS[name]()) as one:
        assert one.page.locator("html").get_attribute("data-drawn") == "yes"
        for summary in one.page.locator("summary").all():
            summary.click()
        one.page.mouse.wheel(0, 20_000)
        assert one.mishaps() == []


def test_a_script_or_a_style_that_is_not_ours_is_refused(open_page: Open) -> None:
    with open_page(green()) as one:
        one.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'alert(1)'}))")
        one.page.evaluate("document.body.setAttribute('style', 'color: red')")
        one.page.evaluate("fetch('https://example.com/').catch(() => {})")
        one.page.wait_for_timeout(100)
        assert len(one.page.evaluate("window.policyViolations")) == 3
        assert one.dialogs == []
        assert one.requests == []


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_verdict_is_read_without_scrolling(open_page: Open, window: dict[str, Any]) -> None:
    with open_page(full(), **window) as one:
        box = one.page.get_by_role("heading", level=1, name="Quality Gate api: 5 of 6 gates failed").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < window["viewport"]["height"]


def test_without_scripts_it_has_verdict_weakenings_gates_and_what_to_do(open_page: Open) -> None:
    with open_page(full(), java_script_enabled=False) as one:
        text = one.page.locator("main").inner_text()
        for words in ("5 of 6 gates failed", "coverage.threshold from 98 to 95", "cover 25 more lines", "1 min 5 s"):
            assert words in text


def test_tests_are_filtered_sorted_searched_and_turned_over(open_page: Open) -> None:
    with open_page(full()) as one:
        part_of = one.page.locator("#tests")
        status, rows = part_of.get_by_role("status"), part_of.locator(".rows > li")
        assert status.inner_text() == "182 tests, 1–25 shown"
        assert "test_too_long_is_rejected" in rows.first.inner_text()
        assert "assert response.status_code == 422" in rows.first.locator("pre").inner_text()

        part_of.get_by_role("button", name="flaky 1").click()
        assert (status.inner_text(), rows.count()) == ("1 test of 182", 1)
        assert "tried again once; flaky in 4 of the last 13 runs" in rows.first.inner_text()
        part_of.get_by_role("button", name="new 1").click()
        assert rows.count() == 2
        part_of.get_by_role("button", name="flaky 1").click()
        part_of.get_by_role("button", name="new 1").click()

        part_of.get_by_label("Gate").select_option(label="integration tests")
        assert status.inner_text() == "31 tests of 182, 1–25 shown"
        part_of.get_by_role("button", name="Next").click()
        assert status.inner_text() == "31 tests of 182, 26–31 shown"
        part_of.get_by_role("button", name="Next").click(force=True)  # it says that it is disabled, and keeps the focus
        assert rows.count() == 6
        part_of.get_by_label("Gate").select_option(label="all")

        part_of.get_by_label("Order").select_option(label="slowest first")
        assert "test_sends" in rows.first.inner_text()
        part_of.get_by_label("Search tests").fill("COMMENTS old")
        rows.nth(1).wait_for(state="detached")
        assert "fails in the base too" in rows.first.inner_text()


def test_findings_can_be_those_of_this_change_alone(open_page: Open) -> None:
    with open_page(full()) as one:
        part_of = one.page.locator("#findings")
        assert part_of.get_by_role("status").inner_text() == "4 findings"
        part_of.get_by_label("only what is new in this change").check()
        assert part_of.get_by_role("status").inner_text() == "1 finding of 4"
        assert part_of.get_by_role("link", name="F401").get_attribute("href") == (
            "https://docs.astral.sh/ruff/rules/unused-import"
        )
        part_of.get_by_label("only what is new in this change").uncheck()
        part_of.get_by_role("button", name="warning 1").click()
        assert "line too long" in part_of.locator(".rows > li").inner_text()


def test_a_file_opens_to_its_error_paths_and_then_its_source(open_page: Open) -> None:
    with open_page(full()) as one:
        first = one.page.locator("#coverage table.files .path").first
        assert first.inner_text() == "app/routes/comments.py"
        first.click()
        inside = one.page.locator("tr.inside").first
        assert "a test in which comment.owner_id != user.id" in inside.inner_text()
        missed = inside.locator(".line.missed")
        assert missed.count() == 4
        assert "line 57 error path, not run, changed" in missed.first.inner_text()
        assert missed.first.inner_text().rstrip().endswith('raise HTTPException(404, "no such comment")')
        assert first.get_attribute("aria-expanded") == "true"


def test_the_treemap_is_walked_with_the_arrows_and_opens_a_file(open_page: Open) -> None:
    with open_page(full()) as one:
        tiles = one.page.locator(".treemap button")
        assert tiles.count() == 11
        assert one.page.locator(".treemap button[tabindex='0']").count() == 1
        tiles.first.focus()
        start = one.page.evaluate("document.activeElement.title")
        one.page.keyboard.press("ArrowRight")
        right = one.page.evaluate("document.activeElement.title")
        assert right != start
        one.page.keyboard.press("ArrowLeft")
        assert one.page.evaluate("document.activeElement.title") == start
        one.page.keyboard.press("Enter")
        assert one.page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
        assert one.page.evaluate("document.activeElement.textContent") == start.partition(":")[0]


def test_the_tiles_fill_the_map_by_their_sizes(open_page: Open) -> None:
    with open_page(full()) as one:
        map_box = one.page.locator(".treemap").bounding_box()
        assert map_box is not None
        whole = map_box["width"] * map_box["height"]
        areas = one.page.evaluate(
            "[...document.querySelectorAll('.treemap button')].map((tile) =>"
            " [Number(/of (\\d+) covered/.exec(tile.title)[1]), tile.offsetWidth * tile.offsetHeight])"
        )
        total = sum(lines for lines, _ in areas)
        assert all(abs(area / whole - lines / total) < 0.01 for lines, area in areas)


def test_every_kind_of_exhibit_is_drawn(open_page: Open) -> None:
    with open_page(full()) as one:
        evidence = one.page.locator("#evidence")
        assert evidence.get_by_role("row", name="DELETE /tasks/{task_id}").inner_text().count("not exercised") == 1
        assert evidence.get_by_role("img", name="Response times: p50 361 ms").locator("rect").count() == 4
        assert evidence.get_by_role("img", name="p95 over time").locator("polyline").count() == 1
        assert one.page.locator("#history circle.dot").count() == 12
        assert "1 test of unit tests failing now and not in the base" in one.page.locator("#comparison").inner_text()


def test_the_theme_follows_the_system_until_it_is_chosen_and_is_remembered(open_page: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with open_page(green(), color_scheme="dark") as one:
        dark = one.page.evaluate(ground)
        one.page.get_by_role("button", name="Change to the light theme").click()
        light = one.page.evaluate(ground)
        assert light != dark
        one.page.reload()
        assert one.page.evaluate(ground) == light
        one.page.get_by_role("button", name="Change to the dark theme").click()
        assert one.page.evaluate(ground) == dark


def test_the_keyboard_reaches_the_content_first_and_every_control_visibly(open_page: Open) -> None:
    with open_page(full()) as one:
        one.page.keyboard.press("Tab")
        assert one.page.evaluate("document.activeElement.textContent") == "Skip to the content"
        one.page.keyboard.press("Enter")
        assert one.page.evaluate("document.activeElement.id") == "content"
        seen = set()
        for _ in range(200):
            one.page.keyboard.press("Tab")
            words, outline = one.page.evaluate(
                "[document.activeElement.textContent || document.activeElement.parentElement.textContent,"
                " getComputedStyle(document.activeElement).outlineStyle]"
            )
            if words.startswith("Skip") or "Made by" in words:
                break
            assert outline != "none", words
            seen.add(words)
        assert {"failed 2", "Search tests", "Next", "app/routes/comments.py", "only what is new in this change"} <= seen


@pytest.mark.parametrize("name", REPORTS)
def test_a_phone_never_scrolls_sideways(open_page: Open, name: str) -> None:
    with open_page(REPORTS[name](), **PHONE) as one:
        for toggle in one.page.locator("#coverage table.files .path").all()[:2]:
            toggle.click()
        for summary in one.page.locator("summary").all():
            summary.click()
        assert one.page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["full", "errored", "misconfigured", "hostile"])
def test_it_can_be_used_by_everybody(open_page: Open, name: str, theme: str) -> None:
    with part("axe-core"):
        axe = axe_script()
    with open_page(REPORTS[name](), color_scheme=theme) as one:
        if name == "full":
            one.page.locator("#coverage table.files .path").first.click()
            for summary in one.page.locator("summary").all():
                summary.click()
        assert barriers(one, axe) == []


def test_who_hears_the_page_finds_its_parts_and_tells_its_folds_apart(open_page: Open) -> None:
    with open_page(full()) as one:
        tree = one.page.context.new_cdp_session(one.page).send("Accessibility.getFullAXTree")["nodes"]
        heard = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if not node["ignored"]]
        names = {role: [name for one_role, name in heard if one_role == role] for role, _ in heard}
        assert {"Tests 2", "Findings 4", "Coverage 11"} <= set(names["link"])
        # A landmark a part of the page, and none for every table that could be scrolled.
        assert len(names["region"]) == one.page.locator("main > section:not([hidden])").count()
        folds = names["DisclosureTriangle"]
        assert "traceback and output of test_old_sorrow" in folds
        assert len(folds) == len(set(folds))
        assert "" not in names["columnheader"]


def test_it_is_printed_in_light_and_a_chosen_filter_is_seen_in_the_colours_of_the_system(open_page: Open) -> None:
    with open_page(full(), color_scheme="dark", forced_colors="active") as one:
        colours = "one => getComputedStyle(one).backgroundColor"
        pressed, other = one.page.locator("#tests .chips button").all()[:2]
        pressed.click()
        assert pressed.evaluate(colours) != other.evaluate(colours)
    with open_page(full(), color_scheme="dark") as one:
        one.page.emulate_media(media="print")
        assert one.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.parametrize("width", [320, 720, 960])
def test_files_are_read_at_every_width(open_page: Open, width: int) -> None:
    with open_page(full(), viewport={"width": width, "height": 700}) as one:
        table, name = one.page.locator("table.files"), one.page.locator("table.files .path").first
        name.click()
        (path, whole) = (name.bounding_box(), table.bounding_box())
        assert path is not None
        assert whole is not None
        assert path["height"] < 60
        assert one.page.evaluate("document.documentElement.scrollWidth") == width
        share = one.page.locator("table.files .share").first.bounding_box()
        assert share is not None
        assert whole["x"] + whole["width"] / 2 < share["x"]
        assert share["x"] + share["width"] <= whole["x"] + whole["width"]


def test_a_file_of_which_nothing_ran_opens_however_long_it_is(open_page: Open) -> None:
    lines = range(1, 40_001, 2)
    path = ErrorPath(kind=ErrorPathKind.RAISE, line=1, end_line=1, function="f", test="x is None")
    file = FileCoverage(
        path="app/long.py",
        covered=20_000,
        total=40_000,
        missing_lines=tuple(lines),
        error_paths=tuple(replace(path, line=line, end_line=line) for line in lines[:5_000]),
        excerpts=tuple(Excerpt(start=start, text="x = 1\n" * 2_000) for start in range(1, 40_001, 2_000)),
    )
    with open_page(Report(subject=SUBJECT, results=(coverage(20_000, file),))) as one:
        one.page.locator("table.files .path").first.click()
        inside = one.page.locator("tr.inside").first
        assert inside.locator(".line").count() == 10_000
        assert inside.locator(".line.missed").count() == 5_000
        words = inside.inner_text()
        for told in ("and 4,800 more in this file", "and 19,500 more places", "30,000 more lines not shown"):
            assert told in words


def test_hostile_texts_are_shown_as_they_are_and_run_nothing(open_page: Open) -> None:
    with open_page(hostile_everywhere()) as one:
        for toggle in one.page.locator("#coverage table.files .path").all():
            toggle.click()
        for summary in one.page.locator("summary").all():
            summary.click()
        assert one.page.locator("img, iframe, object, form, base, link, [onerror], [style*='url']").count() == 0
        addresses = one.page.eval_on_selector_all("a", "all => all.map((one) => one.getAttribute('href'))")
        assert not [address for address in addresses if "evil" in address or address.startswith("javascript")]
        shown = visible(HOSTILE, keep="\n\t")
        assert one.page.locator("#tests .message").first.text_content() == shown
        assert one.page.locator("#tests pre").first.text_content() == shown
        # Every section is there: no text closed an element or broke the script's data.
        parts = one.page.eval_on_selector_all("main > section:not([hidden])", "all => all.map((one) => one.id)")
        wanted = ("weakened", "next", "gates", "tests", "findings", "coverage", "evidence", "comparison", "history")
        assert set(parts) >= {*wanted, "about", "measures"}
        assert one.mishaps() == []


def test_a_report_three_times_as_large_puts_no_more_into_the_page(open_page: Open) -> None:
    count = "document.querySelectorAll('*').length - document.querySelectorAll('.treemap *').length"
    with open_page(large(3_000, 300)) as one:
        small = one.page.evaluate(count)
    with open_page(large(10_000, 1_000)) as one:
        assert one.page.evaluate(count) == small
        assert one.page.locator("#tests").get_by_role("status").inner_text() == "10,000 tests, 1–25 shown"


def test_a_hundred_thousand_tests_still_open_and_can_be_searched(open_page: Open) -> None:
    with open_page(large(100_000, 2_000)) as one:
        part_of = one.page.locator("#tests")
        assert part_of.get_by_role("status").inner_text() == "100,000 tests, 1–25 shown"
        part_of.get_by_label("Search tests").fill("test_answers_99999[")
        part_of.locator(".rows > li").nth(1).wait_for(state="detached")
        assert part_of.get_by_role("status").inner_text() == "1 test of 100,000"
        assert "500 smaller files not drawn" in one.page.locator("#coverage").inner_text()


def test_the_pictures_in_the_docs_are_of_this_page(open_page: Open, tmp_path: Path) -> None:
    folder = IMAGES if os.environ.get("QUALITY_GATE_SCREENSHOTS") == "1" else tmp_path
    for theme in ("light", "dark"):
        with open_page(full(), color_scheme=theme) as one:
            one.page.screenshot(path=folder / f"page-{theme}.png")
    with open_page(full(), viewport={"width": 1280, "height": 1100}, reduced_motion="reduce") as one:
        one.page.locator("#coverage table.files .path").first.click()
        one.page.locator("header.top").evaluate("top => { top.hidden = true; }")
        one.page.locator(".treemap").evaluate("map => map.scrollIntoView()")
        one.page.screenshot(path=folder / "page-coverage.png")
    with open_page(full(), **PHONE, color_scheme="dark") as one:
        one.page.screenshot(path=folder / "page-phone.png")
    made = {path.name for path in folder.glob("page-*.png")}
    assert made == {path.name for path in IMAGES.glob("page-*.png")}

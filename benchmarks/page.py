"""How long the page report.html takes to open in Chromium: 10,000 tests and 1,000 files, and 100,000 tests.

Ours is the page as it is written; theirs the same tests as the plainest table there is, without style or script. What
is measured is from the begin of the navigation to the first picture after everything was drawn.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from comparison import ROOT, Arguments, Result, compare, main

sys.path.insert(0, str(ROOT))

from gate.adapters.page_assets import read_page_assets
from gate.domain.exhibit import SourceCoverage, Tests
from gate.domain.report import Report
from gate.render.links import Links
from gate.render.page import render_page
from tests.testbed.browser import browser
from tests.testbed.pages import steered_browser
from tests.unit.render.page_reports import large

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# When the second frame after loading is asked for, the first has been painted.
_PAINTED = """() => new Promise((done) => {
  const frames = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() / 1000)));
  if (document.readyState === "complete") frames();
  else addEventListener("load", frames);
})"""


def measure(arguments: Arguments) -> Sequence[Result]:
    """Open each page and its plain counterpart in turn."""
    few = Arguments(runs=min(arguments.runs, 3), quick=arguments.quick)  # theirs takes half a minute
    with (
        tempfile.TemporaryDirectory(prefix="quality-gate-benchmark-") as scratch,
        steered_browser(browser().program) as one,
    ):
        return [
            _compared(
                one,
                Path(scratch),
                "page of 10,000 tests and 1,000 files, against a plain table",
                large(10_000, 1_000),
                1.0,
                arguments,
            ),
            _compared(
                one,
                Path(scratch),
                "page of 100,000 tests, against a plain table",
                large(100_000, 1_000),
                0.5,
                few,
            ),
        ]


def _compared(browser: Browser, folder: Path, name: str, report: Report, limit: float, arguments: Arguments) -> Result:
    ours, theirs = folder / "ours.html", folder / "theirs.html"
    links = Links(repository=report.subject.repository, commit=report.subject.commit)
    ours.write_text("".join(render_page(report, links, read_page_assets())), encoding="utf-8")
    theirs.write_text(_plain(report), encoding="utf-8")
    return compare(name, limit, lambda: _opened(browser, ours), lambda: _opened(browser, theirs), arguments)


def _opened(browser: Browser, file: Path) -> float:
    """Open a file in a window of its own and return the seconds until it is painted."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(file.as_uri(), wait_until="commit")
        seconds: float = page.evaluate(_PAINTED)
    return seconds


def _plain(report: Report) -> str:
    rows = []
    for result in report.results:
        for exhibit in result.exhibits:
            if isinstance(exhibit, Tests):
                rows += [(case.name, str(case.outcome), str(case.seconds), case.details) for case in exhibit.cases]
            elif isinstance(exhibit, SourceCoverage):
                rows += [(file.path, str(file.covered), str(file.total), "") for file in exhibit.files]
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>tests</title><table>{body}</table></html>'


if __name__ == "__main__":
    main(measure, runs=9, quick_runs=3)

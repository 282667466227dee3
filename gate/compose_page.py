"""The part of the composition root that the verbs `render` and `show` need: report.json -> report.html."""

import os
import sys
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gate.adapters import report_folder
from gate.adapters.actions_runtime import read_job
from gate.adapters.page_assets import read_page_assets
from gate.domain.report import Verdict
from gate.render.escape import console_line, path_in_url
from gate.render.links import Links
from gate.render.page import render_page
from gate.report_file import NAME, UnreadableReportError, read_report_file

PAGE = "report.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArguments:
    """The arguments of `render` and `show`: `report` is a folder or a file; `out` is beside it unless it is given."""

    report: Path
    out: Path | None
    opens: bool


def show_page(arguments: PageArguments, environment: Mapping[str, str]) -> int:
    """Write the page of a report, say where it is, open it if that is asked for, and return the exit status."""
    source = arguments.report / NAME if arguments.report.is_dir() else arguments.report
    page = (arguments.out or source.with_name(PAGE)).absolute()
    if page.is_dir():
        print(console_line(f"quality-gate: no page: {page} is a folder, give a file with --out"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    try:
        report = read_report_file(source)
    except UnreadableReportError as error:
        instead = "" if source.exists() else "; `quality-gate run` makes a report, --report names one elsewhere"
        print(console_line(f"quality-gate: no page: {error}{instead}"), file=sys.stderr)
        return Verdict.ERRORED.exit_code
    links = Links(
        server_url=read_job(environment).server_url,
        repository=report.subject.repository,
        commit=report.subject.commit,
    )
    way = os.path.relpath(source.absolute().parent, page.parent)
    evidence = "" if way == "." else f"{path_in_url(way)}/"
    try:
        report_folder.write(page.parent, page.name, *render_page(report, links, read_page_assets(), evidence))
    except OSError as error:
        print(console_line(f"quality-gate: no page, give another place with --out: {error}"), file=sys.stderr)
        return Verdict.ERRORED.exit_code
    print(console_line(f"page: {page}"))
    if arguments.opens and not _opened(page):
        print("no browser could be opened: open it yourself")
    return 0


def _opened(page: Path) -> bool:
    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False

"""The folder of a report: report.json, and all that is made of it. Part of the composition root."""

import sys
from dataclasses import replace
from pathlib import Path

from gate.adapters import report_folder
from gate.adapters.page_assets import read_page_assets
from gate.adapters.standard_streams import width_of_output
from gate.domain.codec import encode_parts
from gate.domain.job import Job
from gate.domain.report import Report
from gate.gates.checklist import CHECKLIST
from gate.render.badge import render_badges
from gate.render.comment import render_comment
from gate.render.console import render_console
from gate.render.escape import console_line
from gate.render.links import Links
from gate.render.page import render_page
from gate.render.sarif import render_sarif
from gate.render.summary import render_summary


def tell_report(folder: Path, report: Report, job: Job) -> None:
    """Print a report, write it, and say where it is."""
    print(render_console(report, width_of_output()))
    write_report(folder, report, job)
    print(console_line(f"report: {folder / 'report.json'}"))


def write_report(folder: Path, report: Report, job: Job) -> None:
    """Write a report and what is made from it."""
    if not report.subject.is_part and report.results:
        report = replace(report, checklist=CHECKLIST)
    links = Links(server_url=job.server_url, repository=report.subject.repository, commit=report.subject.commit)
    report_folder.write(folder, "report.json", *encode_parts(report))
    try:
        report_folder.write(folder, "summary.md", render_summary(report, links))
        report_folder.write(folder, "comment.md", render_comment(report, links))
        report_folder.write(folder, "report.html", *render_page(report, links, read_page_assets()))
        for name, badge in render_badges(report).items() if not report.subject.is_part else ():
            report_folder.write(folder, name, badge)
        for result in report.results:
            for artifact in result.judgement.artifacts:
                if artifact.path.endswith(".sarif"):
                    report_folder.write(folder, artifact.path, render_sarif(result))
    except OSError as error:
        # The verdict stands in report.json; what is made from it can be made again.
        print(console_line(f"quality-gate: not all of the report could be written: {error}"), file=sys.stderr)

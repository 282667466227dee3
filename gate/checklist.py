"""The verb `checklist`: the questions as Markdown, ticked by a report where one is given. Measures nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gate.domain.report import Verdict
from gate.gates.checklist import CHECKLIST
from gate.render.checklist import render_checklist, render_template
from gate.render.escape import console_line
from gate.report_file import UnreadableReportError, read_report


def checklist(folder: Path | None, say: Callable[[str], None]) -> int:
    """Say the checklist, line by line, and return 0; 3 where the report that is to tick it cannot be read.

    The questions are those of this version; the report only answers them.
    """
    if folder is None:
        printed = render_template(CHECKLIST)
    else:
        try:
            report = read_report(folder)
        except UnreadableReportError as error:
            say(console_line(f"quality-gate: there is no readable report ({error}); `quality-gate run` makes one"))
            return Verdict.ERRORED.exit_code
        printed = render_checklist(replace(report, checklist=CHECKLIST))
    for line in printed.splitlines():
        say(console_line(line))
    return 0

"""Two reports of a large project -> compared; comment, summary and page. Run as a script: `compare_ours.py BASE HEAD OUT`."""

import sys
from dataclasses import replace
from pathlib import Path

from gate.adapters.page_assets import read_page_assets
from gate.adapters.report_folder import write
from gate.against_base import AgainstBase
from gate.cli import collect_rarely
from gate.domain.change import Change, ChangedFile, FileStatus, Hunk
from gate.domain.codec import decode_report
from gate.domain.comparison import Baseline
from gate.render.comment import render_comment
from gate.render.links import Links
from gate.render.page import render_page
from gate.render.summary import render_summary

_LINKS = Links(repository="owner/service", commit="0" * 40)
_FILES = 200


def main(base: Path, head: Path, out: Path) -> None:
    """Read both, compare them as a run does, and write what is made of that."""
    hunk = Hunk(old_start=20, old_lines=1, new_start=20, new_lines=4)
    files = (
        ChangedFile(path=f"app/area_{n % 40}/module_{n}.py", status=FileStatus.MODIFIED, hunks=(hunk,))
        for n in range(_FILES)
    )
    against = AgainstBase(
        only_new=True,
        baseline=Baseline(commit="b" * 40, origin="the merge's first parent", source="the artifact of run 7"),
        base=decode_report(base.read_text(encoding="utf-8")),
        change=Change(base="b" * 40, origin="the merge's first parent", files=tuple(files)),
    )
    report = decode_report(head.read_text(encoding="utf-8"))
    results = tuple(against.weigh(result) for result in report.results)
    compared = against.compared(replace(report, results=results, change=against.change))
    write(out, "summary.md", render_summary(compared, _LINKS))
    write(out, "comment.md", render_comment(compared, _LINKS))
    write(out, "report.html", *render_page(compared, _LINKS, read_page_assets()))


if __name__ == "__main__":
    collect_rarely()
    main(*map(Path, sys.argv[1:4]))

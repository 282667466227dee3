"""Coverage in a shard: what is left for the merge instead of a judgement."""

import json

from gate.context import Context
from gate.formats.shard_notes import COVERAGE_NOTE, SHARD_FOLDER, CoverageNote, render_note

REPORT = "coverage.json"
DATA = "coverage.data"


def leave_for_merge(ctx: Context, report: str, note: CoverageNote) -> None:
    """Write down the report of what ran here, its paths relative to the repository, and the note.

    The report has the form of coverage.py's own: the merge must know no folder of this machine.
    """
    document = json.loads(report)
    document["files"] = {ctx.project.located(path): entry for path, entry in document["files"].items()}
    folder = ctx.evidence_folder(SHARD_FOLDER)
    ctx.write_text(folder / REPORT, json.dumps(document))
    ctx.write_text(folder / COVERAGE_NOTE, render_note(note))

"""Holds the report of an earlier run against what was asked for. Opens no file, and asks nobody.

Such a report is data of unknown origin: a folder, an artifact or a branch to which others may write.
"""

import gzip
import io
import zlib
from dataclasses import dataclass

from gate.domain.report import Report
from gate.report_file import MAX_BYTES, UnreadableReportError, decoded

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose report it has to be. `project` and `run_id` are None, `repository` is "", where that does not matter."""

    commit: str
    name: str
    repository: str = ""
    project: str | None = None
    run_id: int | None = None


def verified(content: bytes, place: str, wanted: Wanted) -> Report:
    """Return the report that `content` is; `place` says in the reason where it lay.

    Raises:
        UnreadableReportError: it cannot be read, is another's, or is not that of a whole run.
    """
    report = decoded(content, place)
    if refusal := _refusal(report, wanted):
        raise UnreadableReportError(f"{place} {refusal}")
    return report


def unpacked(content: bytes, place: str) -> bytes:
    """Return what is packed with gzip (RFC 1952), bounded as a report is.

    Raises:
        UnreadableReportError: it is not packed so, or too large.
    """
    text = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while chunk := stream.read(_CHUNK):
                text += chunk
                if len(text) > MAX_BYTES:
                    raise UnreadableReportError(f"{place} is larger than {MAX_BYTES} bytes")
    except (OSError, EOFError, zlib.error):
        raise UnreadableReportError(f"{place} is not packed with gzip") from None
    return bytes(text)


def _refusal(report: Report, wanted: Wanted) -> str:
    subject = report.subject
    # A run on a laptop knows no repository at GitHub.
    is_elsewhere = subject.repository and wanted.repository.lower() not in ("", subject.repository.lower())
    refusals = {
        f"is of another commit, {_shown(subject.commit[:12])}": subject.commit != wanted.commit,
        f"is of another repository, {_shown(subject.repository)}": is_elsewhere,
        f"is of another use, with the name {_shown(subject.name)}": subject.name != wanted.name,
        f"is of another project, {_shown(subject.project)}": wanted.project not in (None, subject.project),
        "is of another run": wanted.run_id not in (None, subject.run_id),
        "is that of a part alone": subject.shard is not None,
        "is of what was changed alone": subject.changed_only,
        "is of a run that was interrupted": report.interrupted,
        # What a workflow makes in the checkout before the gates, it makes every time.
        "is of uncommitted changes too": subject.uncommitted and subject.run_id is None,
        "has no results": not report.results,
    }
    return next((words for words, refused in refusals.items() if refused), "")


def _shown(text: str) -> str:
    return ascii(text[:100])

"""Reports that other jobs left, from a folder or from a run's artifacts: hostile, each read or refused for itself.

Writes nothing, and uses no name from an artifact as a path.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from gate.config.naming import slug
from gate.domain.finding import Finding
from gate.domain.finished_run import MAX_ARTIFACT_BYTES, MAX_REPORTS, RunArtifact, report_artifacts
from gate.domain.report import Report
from gate.formats import UnreadableError
from gate.formats.report_archive import unpack_report
from gate.gates import GATES
from gate.github_ports import FinishedRuns
from gate.plain_file import read_plain
from gate.ports import ReportingTrouble
from gate.report_file import MAX_BYTES, NAME, UnreadableReportError, decoded, read_report

_MAX_ENTRIES = 200
_NAME = re.compile(r"[A-Za-z0-9.-]{0,60}")
# Where the pages lie that our own findings link to.
_HELP = tuple(f"https://{urlsplit(gate.help_url).netloc}/" for gate in GATES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A report and where it lay, or the reason (a clause) why there is none. `artifact_id` is GitHub's, if known."""

    place: str
    report: Report | None = None
    refusal: str = ""
    artifact_id: int | None = None


def reports_in(folder: Path) -> Iterator[Received]:
    """Read what was downloaded to `folder`: a `report.json` or zips, there or in the folders in it."""
    files = [*_candidates(folder)]
    for path in files[:MAX_REPORTS]:
        yield _read(path, path.relative_to(folder).as_posix())
    if len(files) > MAX_REPORTS:
        yield _too_many(len(files))


def reports_of(runs: FinishedRuns, run_id: int) -> Iterator[Received]:
    """Download and read the reports of a run.

    Raises:
        ReportingTrouble: its artifacts cannot be listed.
    """
    artifacts = report_artifacts(runs.artifacts(run_id))
    for artifact in artifacts[:MAX_REPORTS]:
        yield _downloaded(runs, artifact)
    if len(artifacts) > MAX_REPORTS:
        yield _too_many(len(artifacts))


def _downloaded(runs: FinishedRuns, artifact: RunArtifact) -> Received:
    place = f"the artifact {artifact.name}"
    if artifact.expired:
        return Received(place=place, refusal="has expired")
    try:
        content = runs.download(artifact)
    except ReportingTrouble as trouble:
        return Received(place=place, refusal=f"cannot be had: {trouble}")
    return replace(_unpacked(content, place), artifact_id=artifact.artifact_id)


def _read(path: Path, place: str) -> Received:
    if path.name == NAME:
        try:
            return _accepted(read_report(path.parent), place)
        except UnreadableReportError as error:
            return Received(place=place, refusal=f"cannot be read: {error}")
    try:
        return _unpacked(read_plain(path, MAX_ARTIFACT_BYTES), place)
    except OSError as error:
        return Received(place=place, refusal=f"cannot be read: {error.strerror}")


def _unpacked(content: bytes, place: str) -> Received:
    try:
        return _accepted(decoded(unpack_report(content, MAX_BYTES), NAME), place)
    except UnreadableError as error:
        return Received(place=place, refusal=str(error))
    except UnreadableReportError as error:
        return Received(place=place, refusal=f"is refused: {error}")


def _accepted(report: Report, place: str) -> Received:
    # Only what the action itself would call a use gets a comment and statuses of its own.
    name = report.subject.name if _NAME.fullmatch(report.subject.name) else slug(report.subject.name)
    results = tuple(
        replace(result, judgement=replace(result.judgement, findings=tuple(map(_harmless, result.findings))))
        for result in report.results
    )
    return Received(place=place, report=replace(report, subject=replace(report.subject, name=name), results=results))


def _harmless(finding: Finding) -> Finding:
    """Take the link away that leads elsewhere than to a tool's own pages: the comment has our name under it."""
    address = finding.help_url
    return finding if address is None or address.startswith(_HELP) else replace(finding, help_url=None)


def _candidates(folder: Path) -> Iterator[Path]:
    """Find the files that may be reports. What a link leads to is not looked at."""
    inner = [folder, *(folder / entry.name for entry in _entries(folder) if entry.is_dir(follow_symlinks=False))]
    for one in inner:
        files = sorted(entry.name for entry in _entries(one) if entry.is_file(follow_symlinks=False))
        if NAME in files:
            yield one / NAME
        else:
            yield from (one / name for name in files if name.endswith(".zip"))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)[:_MAX_ENTRIES]
    except OSError:
        return []


def _too_many(number: int) -> Received:
    return Received(
        place=f"the run's {number} reports", refusal=f"are more than {MAX_REPORTS}: the others are left out"
    )

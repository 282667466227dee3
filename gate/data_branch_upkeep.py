"""Keeps badges and reports on a branch of the repository: look, commit, move the branch, and look again.

A branch is only ever moved forward, so that of two runs at once neither loses what it wrote. Prints nothing, and knows
no HTTP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.config.naming import report_in
from gate.domain.commit_status import RunOrder
from gate.github_ports import DataBranches
from gate.ports import LookAgain, Refused, ReportingTrouble

MOST_REPORTS = 50
INDEX = "reports/index.txt"
_ROUNDS = 5
_LINE = re.compile(r"([0-9a-f]{40}(?:[0-9a-f]{24})?) (\d{1,18}) (\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFiles:
    """What a run wants to be kept below `folder` of the branch.

    `badges` are files by their names; `report` the report of `commit`, packed with gzip.
    """

    branch: str
    folder: str
    commit: str
    run: RunOrder
    badges: Mapping[str, bytes]
    report: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFiles:
    """How it ended: the commit that the branch was moved to, and whether the badges are those of a newer run."""

    commit: str
    is_newer_there: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    commit: str
    run: RunOrder


def keep_files(api: DataBranches, wanted: WantedFiles) -> KeptFiles:
    """Bring the branch to what it should be, making it where there is none.

    Raises:
        ReportingTrouble: it could not be done.
    """
    trouble = "other runs kept moving it"
    for _ in range(_ROUNDS):
        tip = api.tip(wanted.branch)
        there = api.files(tip) if tip else {}
        before = _index(api, there, wanted.folder)
        entry = _Entry(commit=wanted.commit, run=wanted.run)
        if entry in before:
            # A try whose answer was lost has arrived.
            return KeptFiles(commit=tip or "", is_newer_there=before[0] != entry)
        changes, is_newer_there = _changes(wanted, entry, before, there)
        try:
            made = api.commit(tip, changes, f"Quality Gate: {wanted.folder} at {wanted.commit[:12]}")
            api.move(wanted.branch, made, is_new=tip is None)
        except Refused:
            raise
        except ReportingTrouble as told:
            # GitHub answers with one status whether another run was first or the branch may not be written to.
            trouble = str(told)
            api.settle()
            if not isinstance(told, LookAgain) and api.tip(wanted.branch) == tip:
                raise
        else:
            return KeptFiles(commit=made, is_newer_there=is_newer_there)
    raise ReportingTrouble(f"the branch {wanted.branch} did not come to rest in {_ROUNDS} attempts: {trouble}")


def _index(api: DataBranches, there: Mapping[str, str], folder: str) -> list[_Entry]:
    """Read which reports are there, the newest run's first."""
    blob = there.get(f"{folder}/{INDEX}")
    text = api.blob(blob).decode("ascii", "replace") if blob else ""
    matches = filter(None, map(_LINE.fullmatch, text.splitlines()[: 2 * MOST_REPORTS]))
    return [_Entry(commit=match[1], run=(int(match[2]), int(match[3]))) for match in matches]


def _changes(
    wanted: WantedFiles, entry: _Entry, before: list[_Entry], there: Mapping[str, str]
) -> tuple[Mapping[str, bytes | None], bool]:
    """Return what to write, None for what goes, and whether a newer run has written its badges already."""
    newest = max((one.run for one in before), default=entry.run)
    others = [one for one in before if one.commit != entry.commit]
    kept = sorted((entry, *others), key=lambda one: one.run, reverse=True)[:MOST_REPORTS]
    names = {report_in(wanted.folder, one.commit) for one in kept}
    reports = re.compile(rf"{re.escape(wanted.folder)}/reports/[0-9a-f]+\.json\.gz")
    changes: dict[str, bytes | None] = {path: None for path in there if reports.fullmatch(path) and path not in names}
    if entry in kept:
        changes[report_in(wanted.folder, entry.commit)] = wanted.report
    index = "".join(f"{one.commit} {one.run[0]} {one.run[1]}\n" for one in kept)
    changes[f"{wanted.folder}/{INDEX}"] = index.encode()
    is_newer_there = newest > entry.run
    if not is_newer_there:
        changes |= {f"{wanted.folder}/{name}": content for name, content in wanted.badges.items()}
    return changes, is_newer_there

"""Reads what shards left: folders with a report and notes, all of which may be hostile. Judges nothing."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from gate.domain.report import Report
from gate.domain.result import GateResult, Outcome
from gate.domain.shard import Shard
from gate.formats import UnreadableError
from gate.formats.shard_notes import (
    COVERAGE_NOTE,
    RUN_NOTE,
    SHARD_FOLDER,
    CoverageNote,
    RunNote,
    SuiteNote,
    parse_coverage_note,
    parse_run_note,
    parse_suite_note,
)
from gate.plain_file import read_plain
from gate.report_file import NAME, UnreadableReportError, read_report

_MOST_BYTES = 128 * 1024 * 1024
_MOST_FILES = 50
# The evidence that is kept of each shard, by folder.
_EVIDENCE = {"junit": re.compile(r"[a-z0-9-]{1,80}\.xml"), "logs": re.compile(r"[a-z0-9-]{1,80}\.log")}

KEPT = frozenset(_EVIDENCE)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardFolder:
    """What one shard left: its report, or why there is none that can be read."""

    folder: Path
    report: Report | None
    unreadable: str = ""

    @property
    def shard(self) -> Shard | None:
        """Which shard the report is of."""
        return None if self.report is None else self.report.subject.shard

    def has(self, gate: str) -> bool:
        """Tell whether the report has a result of a gate."""
        return self.report is not None and self.report.result(gate) is not None

    def run_note(self) -> RunNote | None:
        """Return the note of the run; None where there is none that can be read."""
        return self._note(RUN_NOTE, parse_run_note)

    def suite_note(self, gate: str) -> SuiteNote | None:
        """Return the note of a suite; None where there is none that can be read."""
        return self._note(f"{gate}.json", parse_suite_note)

    def coverage_note(self) -> CoverageNote | None:
        """Return the note of coverage; None where there is none that can be read."""
        return self._note(COVERAGE_NOTE, parse_coverage_note)

    def content(self, name: str) -> bytes | None:
        """Return what a file that was left for the merge holds, None where there is none.

        Raises:
            UnreadableError: it is too large, or cannot be read.
        """
        return _content(self.folder / SHARD_FOLDER / name)

    def evidence(self) -> Iterator[tuple[str, bytes]]:
        """Give the names and contents of results and logs; what cannot be read is left out."""
        for kind, pattern in _EVIDENCE.items():
            folder = self.folder / kind
            names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
            for name in [name for name in names if pattern.fullmatch(name)][:_MOST_FILES]:
                try:
                    content = _content(folder / name)
                except UnreadableError:
                    continue
                if content is not None:
                    yield f"{kind}/{name}", content

    def _note(self, name: str, parse: Callable[[str], T]) -> T | None:
        try:
            content = self.content(name)
            return None if content is None else parse(content.decode("utf-8"))
        except (UnreadableError, UnicodeDecodeError):
            return None


def read_shards(folders: Sequence[Path], name: str | None) -> list[ShardFolder]:
    """Read the reports in `folders`, or in the folders in them: those of the use called `name`, where one is given."""
    found = [_read(folder) for folder in _folders_of_reports(folders)]
    if name is None:
        return found
    # A report that cannot be read may be of any use.
    return [one for one in found if one.report is None or one.report.subject.name == name]


def may_have_run(result: GateResult | None) -> bool:
    """Tell whether a suite ran any of its tests."""
    return result is not None and result.outcome in (Outcome.PASSED, Outcome.FAILED)


def _folders_of_reports(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if (folder / NAME).exists():
            yield folder
        elif folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if path.is_dir())


def _read(folder: Path) -> ShardFolder:
    try:
        return ShardFolder(folder=folder, report=read_report(folder))
    except UnreadableReportError as error:
        return ShardFolder(folder=folder, report=None, unreadable=str(error))


def _content(path: Path) -> bytes | None:
    if path.is_symlink() or path.parent.is_symlink():
        raise UnreadableError(f"{path.name} is a link")
    try:
        return read_plain(path, _MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from None

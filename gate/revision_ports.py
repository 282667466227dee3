"""What gates and verbs ask of the repository's commits, and of the reports of earlier runs. `gate.adapters` answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gate.domain.change import Change
from gate.domain.report import Report, Subject
from gate.ports import CannotRun

# How a base was chosen, where both the run and the step that fetches may choose it.
BEFORE_THE_PUSH = "what was there before the push"
FORK_POINT = "where the pull request's branch begins"
OF_THE_GROUP = "the base of the merge group"
OF_THE_QUEUE = "the branch that the queue merges into"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The commit that the change is compared with; `origin` says how it was chosen: `the merge's first parent`."""

    commit: str
    origin: str


class NoChange(CannotRun):
    """There is nothing that the commit could be compared with: the run is of no change, or the commit is the first."""


class BaseNotHere(CannotRun):
    """The clone does not have the commit to compare with; `base` says which one it is."""

    def __init__(self, reason: str, base: Base) -> None:
        super().__init__(reason)
        self.base = base


class Revisions(Protocol):
    """The repository's commits, as git has them in the checkout. Runs nothing that the repository configures."""

    async def base(self) -> Base:
        """Return the commit that this change is compared with.

        Raises:
            BaseNotHere: a shallow clone does not have it; says what to do.
            NoChange: there can be none.
            CannotRun: there is none; says what to do.
        """
        ...

    async def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, `path` relative to the repository's root; None where the commit has none.

        A link is no file, and neither is a folder, nor what lies in another repository.

        Raises:
            CannotRun: the commit cannot be read, or the file is too large.
        """
        ...

    async def files_at(self, commit: str, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Return several files of a commit, as `file_at` does one.

        Raises:
            CannotRun: as `file_at`, or they are too large together.
        """
        return {path: await self.file_at(commit, path) for path in paths}

    async def export(self, commit: str, folder: Path) -> None:
        """Write all files of a commit into an empty folder, following no link out of it.

        Raises:
            CannotRun: it cannot be had.
        """
        ...

    async def change(self) -> Change:
        """Return what was done to the files since `base`: to those of the checkout as they lie there now.

        Raises:
            NoChange: there can be no base.
            CannotRun: there is no base, or it cannot be compared with; says what to do.
        """
        raise CannotRun("what was changed cannot be told")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReport:
    """The report of an earlier run, verified to be of the commit that was asked for; `source` says where it lay."""

    report: Report
    source: str


class Baselines(Protocol):
    """Reports of earlier runs."""

    def report_of(self, commit: str, subject: Subject) -> FoundReport:
        """Return the report of a commit, of the same repository, project and name as `subject`.

        Raises:
            CannotRun: there is none, or none that can be believed; says where one was looked for.
        """
        ...

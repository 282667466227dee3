"""The answer to `gate.revision_ports.Baselines`: where the report of an earlier run may lie, one place after the other.

Whatever lies there may be anybody's work: each is held against the commit and the subject before it is believed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gate.adapters.base_folder import base_folder
from gate.adapters.cache_folders import reports_folder
from gate.adapters.kept_reports import KeptReports
from gate.adapters.revisions import GitRevisions
from gate.base_report import Wanted, unpacked, verified
from gate.config.naming import kept_report
from gate.domain.project import Project
from gate.domain.report import Subject
from gate.formats import UnreadableError
from gate.plain_file import read_plain
from gate.ports import CannotRun
from gate.report_file import MAX_BYTES, NAME, UnreadableReportError
from gate.revision_ports import Base, Baselines, FoundReport

AUTO = "auto"
OFF = "off"


class _NotThere(Exception):
    """No report lies there; says why, if that is worth saying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReports(Baselines):
    """Looks in the folder of `fetch-base`, on a branch of the clone, and among the kept reports of this user.

    `option` is `auto`, `off`, or the path of a report or of its folder, relative to the project's folder, and then
    nothing else is looked at. `branch` is one that keeps reports, "" for none.
    """

    option: str
    branch: str
    project: Project
    environment: Mapping[str, str]
    kept: KeptReports | None = None

    def report_of(self, commit: str, subject: Subject) -> FoundReport:
        """Return the report of a commit from the first place that has one which can be believed."""
        if self.option == OFF:
            raise CannotRun("the option `baseline` is off")
        wanted = Wanted(commit=commit, name=subject.name, repository=subject.repository, project=subject.project)
        reasons = []
        for place in self._places():
            try:
                return place(wanted)
            except (_NotThere, UnreadableError, UnreadableReportError) as reason:
                reasons.append(str(reason))
        told = "; ".join(filter(None, reasons)) or "no run of it has left one here yet"
        raise CannotRun(f"there is no report of {commit[:12]}: {told}")

    def _places(self) -> tuple[Callable[[Wanted], FoundReport], ...]:
        if self.option != AUTO:
            return (self._given,)
        return (self._fetched, self._on_branch, self._kept)

    def _given(self, wanted: Wanted) -> FoundReport:
        given = self.project.folder / self.option
        path = given / NAME if given.is_dir() else given
        try:
            content = read_plain(path, MAX_BYTES)
        except (OSError, ValueError) as error:
            raise _NotThere(f"{self.option} cannot be read: {getattr(error, 'strerror', None) or error}") from None
        return FoundReport(report=verified(content, self.option, wanted), source=self.option)

    def _fetched(self, wanted: Wanted) -> FoundReport:
        folder = base_folder(self.environment)
        if folder is None:
            raise _NotThere("")
        if not folder.is_filled:
            raise _NotThere("nothing was fetched from GitHub")
        fetched = folder.fetched()
        if fetched.commit and fetched.commit != wanted.commit:
            raise _NotThere(f"what was fetched is of another commit, {fetched.commit[:12]}")
        if not fetched.source:
            raise _NotThere(fetched.missing)
        return FoundReport(report=verified(folder.report(), "what was fetched", wanted), source=fetched.source)

    def _on_branch(self, wanted: Wanted) -> FoundReport:
        if not self.branch:
            raise _NotThere("")
        revisions = GitRevisions(self.project.root, self.environment)
        place = f"the branch {self.branch}"
        for revision in (f"refs/remotes/origin/{self.branch}", f"refs/heads/{self.branch}"):
            try:
                content = revisions.read_file(revision, kept_report(wanted.name, wanted.commit))
            except CannotRun:
                continue
            if content is None:
                raise _NotThere(f"{place} has no report of it")
            return FoundReport(report=verified(unpacked(content, "its report"), "its report", wanted), source=place)
        raise _NotThere(f"{place} is not in this clone")

    def _kept(self, wanted: Wanted) -> FoundReport:
        content = None if self.kept is None else self.kept.packed(wanted.commit)
        if content is None:
            raise _NotThere("")
        report = verified(unpacked(content, "the kept report"), "the kept report", wanted)
        return FoundReport(report=report, source="a run of it on this machine")


def reports_of(
    project: Project, name: str, environment: Mapping[str, str], *, option: str, branch: str
) -> FoundReports:
    """Return where the reports of a project's use with this `name` may lie."""
    kept = KeptReports(reports_folder(environment), project, name)
    return FoundReports(option=option, branch=branch, project=project, environment=environment, kept=kept)


def fetched_base(environment: Mapping[str, str]) -> Base | None:
    """Return the base that `fetch-base` found, for who has no clone that tells; None where it found none."""
    folder = base_folder(environment)
    if folder is None:
        return None
    try:
        fetched = folder.fetched()
    except UnreadableError:
        return None
    return Base(commit=fetched.commit, origin=fetched.origin) if fetched.commit else None

"""The verb `fetch-base`: what GitHub has of the base, to a folder that the run is told. Knows ports, never adapters.

It has the token and runs nothing of the project; what it fetches may be anybody's work and is only looked at. The
run looks at it again. Never red: what there is not is said in `fetched.json`, in a sentence.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

from gate.base_report import Wanted, unpacked, verified
from gate.config.naming import kept_report
from gate.domain.finished_run import CommitRun, runs_to_believe
from gate.domain.report import Verdict
from gate.formats import UnreadableError
from gate.formats.fetched_base import FILES, NAME, FetchedBase, render_fetched_base
from gate.formats.github_diff import COMPARED_FILE, render_compared
from gate.formats.github_event import ON_PULL_REQUESTS, EventBase
from gate.formats.report_archive import unpack_report
from gate.github_ports import BaseCommits
from gate.ports import CannotRun, Refused, ReportingTrouble
from gate.report_file import MAX_BYTES, UnreadableReportError
from gate.report_file import NAME as REPORT
from gate.revision_ports import BEFORE_THE_PUSH, FORK_POINT, OF_THE_GROUP, OF_THE_QUEUE, Base, BaseNotHere

# A commit has one run of a workflow, or a few where it was started again or by several events.
_MAX_RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to fetch, for which job.

    `commit` is what started the job (`GITHUB_SHA`), `head` what is checked out, "" for nothing. `artifact` is the name
    of the one with the report, "" where none is wanted. `files` are paths of
    which the run wants the base's, where the clone does not have it. `branch` is one that keeps reports, "" for none.
    """

    event: str
    told: EventBase
    commit: str
    head: str
    repository: str
    name: str
    artifact: str
    workflow: str = ""
    branch: str = ""
    files: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class BaseFetch:
    """One call of the verb. `base` is what the clone says; `write` takes a name in the folder and its content."""

    request: Request
    base: Callable[[], Base]
    connect: Callable[[], AbstractContextManager[BaseCommits]]
    write: Callable[[str, bytes], None]
    # What is wanting of the change and of the base's configuration: no reason why there is no report.
    troubles: tuple[str, ...] = ()
    _reasons: list[str] = field(default_factory=list)
    _files: list[str] = field(default_factory=list)
    _is_merged: bool = False

    def run(self) -> FetchedBase:
        """Fetch what there is, write it, and return what is said of it."""
        fetched = FetchedBase()
        with self._trouble(), self.connect() as commits:
            base = self._found(commits)
            self.troubles, self._reasons = tuple(map(_line, self._reasons)), []
            fetched = FetchedBase(commit=base.commit, origin=base.origin, files=tuple(self._files))
            fetched = replace(fetched, source=self._report(commits, base.commit))
        if not fetched.source:
            reason = "; ".join(dict.fromkeys(self._reasons)) or "no run of it has left a report"
            fetched = replace(fetched, missing=_line(reason))
        self.write(NAME, render_fetched_base(fetched).encode())
        return fetched

    def _found(self, commits: BaseCommits) -> Base:
        """Return the base; where the clone does not have it, fetch what the run would have asked the clone."""
        is_here = True
        try:
            base = self.base()
        except BaseNotHere as missing:
            base, is_here = missing.base, False
        except CannotRun:
            if self.request.head:
                raise
            return self._told(commits)
        further = self._further_back(commits, base)
        if is_here or further != base:
            return further
        with self._trouble("the change cannot be told"):
            base = self._compared(commits, base)
        self._fetch_files(commits, base)
        return base

    def _further_back(self, commits: BaseCommits, base: Base) -> Base:
        """Return what is compared with rather than the commit before, where that cannot have a report.

        Of a push of several commits, only the last one has a run; what a clone of a few commits lacks is what was there
        before. In a merge queue, the group before may still run, and what it breaks is not merged: the branch that they
        all go to is. A shard goes by the event alone, for that branch may move on between two of them. What does not
        lead to what is there now, as after a push that was forced, does not count.
        """
        request = self.request
        with self._trouble(BEFORE_THE_PUSH if request.event == "push" else OF_THE_QUEUE):
            commit, origin = self._other_base(commits)
            self._is_merged = commit == base.commit
            if commit in ("", base.commit):
                return base
            head = request.head or request.told.head
            compared = commits.compare(commit, head)
            if compared.merge_base == commit:
                self._is_merged = True
                base = Base(commit=commit, origin=origin)
                if request.head:
                    self.write(COMPARED_FILE, render_compared(commit, head, compared.answer).encode())
                    self._fetch_files(commits, base)
        return base

    def _other_base(self, commits: BaseCommits) -> tuple[str, str]:
        request = self.request
        if request.event == "push":
            return request.told.base, BEFORE_THE_PUSH
        if request.event == "merge_group" and request.told.branch and request.artifact:
            return commits.tip(request.told.branch) or "", OF_THE_QUEUE
        return "", ""

    def _fetch_files(self, commits: BaseCommits, base: Base) -> None:
        for path in self.request.files:
            with self._trouble("the base's configuration cannot be had"):
                content = commits.file_at(base.commit, path)
                if content is not None:
                    self.write(f"{FILES}/{len(self._files)}", content)
                self._files.append(path)

    def _compared(self, commits: BaseCommits, base: Base) -> Base:
        """Fetch what was done since the base, and return where that begins."""
        head = self.request.head
        compared = commits.compare(base.commit, head)
        self.write(COMPARED_FILE, render_compared(base.commit, head, compared.answer).encode())
        is_branch = self.request.event in ON_PULL_REQUESTS and head == self.request.told.head
        return Base(commit=compared.merge_base, origin=FORK_POINT) if is_branch else base

    def _told(self, commits: BaseCommits) -> Base:
        """Return the base where nothing is checked out, as in the job that merges shards."""
        request, told = self.request, self.request.told
        if request.event == "merge_group" and told.base:
            return self._further_back(commits, Base(commit=told.base, origin=OF_THE_GROUP))
        if request.event == "push" and told.base:
            return Base(commit=told.base, origin=BEFORE_THE_PUSH)
        if request.event not in ON_PULL_REQUESTS or not told.base:
            raise CannotRun(f"the event {request.event!r} names no commit to compare with")
        parents = commits.parents(request.commit)
        if len(parents) == 2 and parents[1] == told.head:
            return Base(commit=parents[0], origin="the merge's first parent")
        return Base(commit=commits.compare(told.base, told.head).merge_base, origin=FORK_POINT)

    def _report(self, commits: BaseCommits, commit: str) -> str:
        """Fetch the report of a commit, and return where it was, "" where none can be believed."""
        if not self.request.artifact:
            self._reasons.append("a shard is compared where all of them are merged")
            return ""
        with self._trouble(needs="actions"):
            if source := self._from_artifact(commits, commit):
                return source
        with self._trouble():
            return self._from_branch(commits, commit)
        return ""

    def _from_artifact(self, commits: BaseCommits, commit: str) -> str:
        found = commits.runs_of(commit)
        runs = runs_to_believe(found, self.request.workflow)
        if found and not runs:
            self._reasons.append("its runs are those of forks, or of events that judge other commits")
        for run in runs[:_MAX_RUNS]:
            place = f"the artifact of run {run.run_id}"
            with self._trouble(place, needs="actions"):
                artifact = commits.artifact_of(run.run_id, self.request.artifact)
                if artifact is None:
                    none = f"has left no artifact {self.request.artifact}"
                    still = "has not ended yet: once it has, run this one again"
                    self._reasons.append(f"run {run.run_id} {none if run.has_ended else still}")
                elif artifact.expired:
                    self._reasons.append(f"{place} has expired")
                else:
                    content = unpack_report(commits.download(artifact), MAX_BYTES)
                    report = verified(content, REPORT, self._wanted(commit, run.run_id))
                    if self._is_of_group_before(run) and report.verdict is not Verdict.PASSED:
                        told = f"the group before, judged by run {run.run_id}, did not pass"
                        self._reasons.append(f"{told}: what is wrong there is not old")
                        continue
                    self.write(REPORT, content)
                    return f"{place}, of a pull request" if run.event in ON_PULL_REQUESTS else place
        return ""

    def _from_branch(self, commits: BaseCommits, commit: str) -> str:
        if not self.request.branch:
            return ""
        place = f"the branch {self.request.branch}"
        content = commits.file_at(self.request.branch, kept_report(self.request.name, commit))
        if content is None:
            self._reasons.append(f"{place} has no report of it")
            return ""
        with self._trouble(place):
            content = unpacked(content, REPORT)
            verified(content, REPORT, self._wanted(commit))
            self.write(REPORT, content)
            return place
        return ""

    def _wanted(self, commit: str, run_id: int | None = None) -> Wanted:
        request = self.request
        return Wanted(commit=commit, name=request.name, repository=request.repository, run_id=run_id)

    def _is_of_group_before(self, run: CommitRun) -> bool:
        """Tell whether a run judged what the queue has not merged yet. It may do so whatever that run came to."""
        return self.request.event == run.event == "merge_group" and not self._is_merged

    @contextmanager
    def _trouble(self, where: str = "", needs: str = "contents") -> Iterator[None]:
        """Turn whatever goes wrong in the block into a reason; `needs` is what the token has to be allowed to read."""
        place = f"{where}: " if where else ""
        try:
            yield
        except Refused:
            self._reasons.append(f"the token may not read it: give the job `permissions:` with `{needs}: read`")
        except CannotRun as trouble:
            self._reasons.append(f"{place}{trouble.reason}")
        except (ReportingTrouble, UnreadableError, UnreadableReportError) as trouble:
            self._reasons.append(f"{place}{trouble}")


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:1_000]

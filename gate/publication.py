"""What is published of one report on GitHub: its comment and its statuses, each trouble told in one sentence.

Runs nothing from the change, and takes the run's identity from the runner or the API, never from the report.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gate.comment_upkeep import KeptComment, WantedComment, keep_comment
from gate.domain.job import Job
from gate.domain.report import Report, Subject, Verdict
from gate.domain.shard import Shard
from gate.domain.sticky_comment import CommentMode
from gate.formats.needs_context import SUCCESS
from gate.github_ports import CommitStatuses, DataBranches, FinishedRuns, PullRequests
from gate.ports import Refused, ReportingTrouble, Runtime
from gate.render.comment import render_comment
from gate.render.escape import command_data, console_line
from gate.render.links import Links
from gate.render.marker import marker_of
from gate.render.statuses import render_statuses, status_prefix
from gate.status_upkeep import WantedStatuses, keep_statuses

# Their commit is the base's, not the change's.
_NOT_THE_CHANGES_COMMIT = ("pull_request_target", "workflow_run")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """What the user chose. `name` is what this use is called; None leaves the report's own, also for the shard.

    `gates` are the ids of all gates there are, for the outputs and the statuses. `data_branch` is the branch that keeps
    badges and reports, "" for none.
    """

    folder: Path
    gates: Collection[str]
    comment: CommentMode = CommentMode.ALWAYS
    statuses: bool = False
    name: str | None = None
    shard: Shard | None = None
    artifact_url: str = ""
    coverage_artifact_url: str = ""
    data_branch: str = ""


def _no_branches() -> AbstractContextManager[DataBranches]:
    raise ReportingTrouble("what publishes here writes to no branch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """Ways to GitHub's API; each raises `ReportingTrouble` where there is no token."""

    pull_requests: Callable[[], AbstractContextManager[PullRequests]]
    statuses: Callable[[], AbstractContextManager[CommitStatuses]]
    runs: Callable[[], AbstractContextManager[FinishedRuns]]
    branches: Callable[[], AbstractContextManager[DataBranches]] = _no_branches


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One report on its way to GitHub.

    `conclusion` is how its run ended, in GitHub's words. `permissions` are the lines that give a job's token what
    publishing needs here, and `in_summary` says whether they are added to the job summary, if it lacks them.
    """

    options: PublishOptions
    job: Job
    runtime: Runtime
    connections: Connections
    permissions: str
    conclusion: str = SUCCESS
    in_summary: bool = True

    @property
    def links(self) -> Links:
        """Addresses around the report."""
        return Links(
            server_url=self.job.server_url,
            repository=self.job.repository,
            commit=self.job.judged_commit,
            run_url=self.job.run_url,
            artifact_url=self.options.artifact_url,
            coverage_url=self.options.coverage_artifact_url,
        )

    def subject(self, claimed: Subject) -> Subject:
        """Return the subject as the runner or the API knows it; the name and the shard as the workflow does.

        Of the claims, the project is left. A shard that says to be the whole stays one.
        """
        job, options = self.job, self.options
        named = claimed
        if options.name is not None:
            named = replace(claimed, name=options.name, shard=options.shard or claimed.shard)
        if job.run_id is None:
            return named
        pull_request = job.event.pull_request
        return replace(
            named,
            repository=job.repository,
            commit=job.judged_commit,
            run_id=job.run_id,
            run_attempt=job.run_attempt,
            pull_request=pull_request.number if pull_request else None,
        )

    def contradiction(self, report: Report) -> str:
        """Say how the run ended where the report would have it that all is well; else nothing."""
        if self.conclusion == SUCCESS or report.verdict is not Verdict.PASSED:
            return ""
        return f"the run did not succeed ({self.conclusion})"

    def connect(self, stack: ExitStack) -> PullRequests | None:
        """Open the way to the pull requests where there is a comment to write."""
        if self.job.event.pull_request is None or self.options.comment is CommentMode.NEVER:
            return None
        try:
            return stack.enter_context(self.connections.pull_requests())
        except ReportingTrouble as trouble:
            self.say(f"No comment: {trouble}.")
        except Exception as error:  # noqa: BLE001 - a fault in reporting must not redden the job
            self.warn(f"No comment was written: {type(error).__name__}, a fault of Quality Gate; please report it.")
        return None

    def comment(self, report: Report, pull_requests: PullRequests | None) -> str:
        """Bring the report's comment up to date; its address, empty where there is none."""
        pull_request = self.job.event.pull_request
        if self.options.comment is CommentMode.NEVER:
            self.say("No comment: comments are switched off.")
        elif report.subject.shard is not None:
            self.say("No comment: this is a shard; the job that merges the shards comments.")
        elif pull_request is None:
            self.say(f"No comment: {self.job.event.absence}.")
        elif pull_requests is not None:
            marker, contradiction = marker_of(report.subject), self.contradiction(report)
            wanted = WantedComment(
                number=pull_request.number,
                mode=self.options.comment,
                marker=marker,
                body=render_comment(report, self.links, marker, contradiction=contradiction),
                passed=report.verdict is Verdict.PASSED and not contradiction,
            )
            try:
                kept = keep_comment(pull_requests, wanted)
            except Refused as refused:
                self.explain(refused, "No comment was written", "No comment")
            else:
                self._tell(kept)
                return kept.url
        return ""

    def send_statuses(self, report: Report) -> None:
        """Send a status for each gate, where they are wanted."""
        if not self.options.statuses:
            return
        if reason := self._why_no_statuses(report):
            self.say(f"No statuses: {reason}.")
            return
        prefix, run_url = status_prefix(report.subject.name), self.links.run_url
        wanted = WantedStatuses(
            commit=self.job.judged_commit,
            run=(self.job.run_id or 0, self.job.run_attempt),
            prefix=prefix,
            run_url=run_url,
            statuses=render_statuses(
                report, gates=self.options.gates, run_url=run_url, contradiction=self.contradiction(report)
            ),
        )
        try:
            with self.connections.statuses() as api:
                kept = keep_statuses(api, wanted)
        except Refused as refused:
            self.explain(refused, "No statuses were sent", "No statuses")
            return
        newer = f"; those of a newer run, {kept.newer[0]}, were left" if kept.newer else ""
        self.say(f"Statuses: {kept.sent} sent to {wanted.commit[:7]}{newer}.")

    def _why_no_statuses(self, report: Report) -> str:
        if report.subject.shard is not None:
            return "this is a shard; the job that merges the shards sends them"
        if self.job.run_id is None:
            return "this is not a run of GitHub Actions"
        if self.job.event.name in _NOT_THE_CHANGES_COMMIT:
            return f"the event {self.job.event.name!r} is not about a commit of the change"
        return "" if self.job.judged_commit else "the commit is not known"

    def _tell(self, kept: KeptComment) -> None:
        if kept.written:
            self.say(f"Comment: {kept.url}")
        elif kept.url:
            self.say(f"The comment was left as it is, {kept.url}: {kept.reason}.")
        else:
            self.say(f"No comment: {kept.reason}.")

    def explain(self, refused: Refused, failed: str, none: str) -> None:
        """Say what to do so that the token may write, if anything."""
        if "locked" in str(refused):
            self.say(f"{none}: the conversation of the pull request is locked.")
        elif self.job.is_from_fork:
            self.say(
                f"{none}: the token of a pull request from a fork may only read. The job summary and the "
                "artifact have the report; a workflow on workflow_run can publish it (docs/forks.md)."
            )
        else:
            accepted = f" (GitHub accepts: {refused.accepted})" if refused.accepted else ""
            self.warn(f"{failed}: {refused}{accepted}. Give the job these lines:\n{self.permissions}")
            if self.job.is_from_dependabot:
                self.say(
                    "Dependabot's runs read only unless the job has these lines; a workflow on workflow_run can "
                    "publish as well (docs/forks.md)."
                )
            if self.in_summary:
                self.runtime.append_summary(
                    f"\n> [!NOTE]\n> {failed}: the token may not do it. Give the job these lines:\n\n"
                    f"```yaml\n{self.permissions}\n```\n"
                )

    @contextmanager
    def attempt(self, failed: str) -> Iterator[None]:
        """Turn whatever goes wrong in the block into one sentence of the log."""
        try:
            yield
        except ReportingTrouble as trouble:
            self.warn(f"{failed}: {trouble}.")
        except Exception as error:  # noqa: BLE001 - a fault in reporting must not redden the job
            self.warn(f"{failed}: {type(error).__name__}, a fault of Quality Gate; please report it.")

    def say(self, text: str) -> None:
        """Print a line of the log."""
        self.runtime.say(console_line(text))

    def warn(self, text: str) -> None:
        """Print a warning, as an annotation where there is a run."""
        if self.job.run_id is None:
            self.say(f"warning: {text}")
        else:
            self.runtime.say(f"::warning title=Quality Gate::{command_data(text)}")


def permission_lines(*, reads: str, statuses: bool, writes_contents: bool = False) -> str:
    """Return the lines that a job needs: `reads` is what else it reads (`contents`, `actions`, or nothing)."""
    access = "write" if writes_contents and reads == "contents" else "read"
    wanted = {reads: access, "pull-requests": "write", **({"statuses": "write"} if statuses else {})}
    return "\n".join(["permissions:", *(f"  {scope}: {access}" for scope, access in wanted.items() if scope)])

"""The verb `publish`: a report to outputs, job summary, annotations and the pull request's comment.

Never changes the verdict: whatever goes wrong here is said in one sentence, and the exit status is 0.
Runs nothing from the change, and takes the run's identity from the runner, never from the report.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gate.comment_upkeep import KeptComment, WantedComment, keep_comment
from gate.domain.job import Job
from gate.domain.report import Report, Subject, Verdict
from gate.domain.sticky_comment import CommentMode
from gate.ports import PullRequests, Refused, ReportingTrouble, Runtime
from gate.render.annotations import render_annotations
from gate.render.comment import render_comment
from gate.render.escape import command_data, console_line
from gate.render.links import Links
from gate.render.marker import marker_of
from gate.render.outputs import render_outputs
from gate.render.summary import render_summary
from gate.report_file import NAME, UnreadableReportError, read_report

Connect = Callable[[], AbstractContextManager[PullRequests]]

PERMISSIONS = "permissions:\n  contents: read\n  pull-requests: write"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """What the user chose. `name` is that of the report's one comment; None leaves the report's own.

    `gates` are the ids of all gates there are, for the outputs.
    """

    folder: Path
    gates: Collection[str]
    comment: CommentMode = CommentMode.ALWAYS
    name: str | None = None
    artifact_url: str = ""
    coverage_artifact_url: str = ""


def publish(options: PublishOptions, job: Job, runtime: Runtime, connect: Connect) -> int:
    """Publish the report in its order of reliability: outputs, job summary, annotations, comment.

    `connect` opens the API; it raises `ReportingTrouble` where there is no token. Always returns 0.
    """
    publication = _Publication(options=options, job=job, runtime=runtime)
    report = publication.report()
    with publication.attempt("The outputs were not set"):
        publication.set_outputs(report)
    with publication.attempt("The job summary was not written"):
        runtime.append_summary(render_summary(report, publication.links))
    with ExitStack() as stack:
        pull_requests = publication.connect(connect, stack)
        with publication.attempt("The annotations were not printed"):
            publication.annotate(report, pull_requests)
        with publication.attempt("No comment was written"):
            publication.comment(report, pull_requests)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publication:
    options: PublishOptions
    job: Job
    runtime: Runtime

    @property
    def links(self) -> Links:
        job = self.job
        run_url = f"{job.server_url.rstrip('/')}/{job.repository}/actions/runs/{job.run_id}" if job.run_id else ""
        return Links(
            server_url=job.server_url,
            repository=job.repository,
            commit=job.judged_commit,
            run_url=f"{run_url}/attempts/{job.run_attempt}" if run_url else "",
            artifact_url=self.options.artifact_url,
            coverage_url=self.options.coverage_artifact_url,
        )

    def report(self) -> Report:
        """Read the report; without one, publish that there is none."""
        try:
            report = read_report(self.options.folder)
        except UnreadableReportError as error:
            self.warn(f"There is no readable report: {error}")
            report = Report(subject=Subject(), notices=(f"There is no readable report: {error}",))
        return replace(report, subject=self._subject(report.subject))

    def _subject(self, claimed: Subject) -> Subject:
        job, options = self.job, self.options
        named = claimed if options.name is None else replace(claimed, name=options.name)
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

    def set_outputs(self, report: Report) -> None:
        report_path = str((self.options.folder / NAME).absolute())
        self.runtime.set_outputs({**render_outputs(report, self.options.gates), "report-path": report_path})

    def connect(self, connect: Connect, stack: ExitStack) -> PullRequests | None:
        if self.job.event.pull_request is None or self.options.comment is CommentMode.NEVER:
            return None
        try:
            return stack.enter_context(connect())
        except ReportingTrouble as trouble:
            self.say(f"No comment: {trouble}.")
        except Exception as error:  # noqa: BLE001 - a fault in reporting must not redden the job
            self.warn(f"No comment was written: {type(error).__name__}, a fault of Quality Gate; please report it.")
        return None

    def annotate(self, report: Report, pull_requests: PullRequests | None) -> None:
        commands = render_annotations(report)
        pull_request = self.job.event.pull_request
        if commands and pull_requests is not None and pull_request is not None:
            with self.attempt("The changed files are not known, so annotations on them do not come first"):
                commands = render_annotations(report, frozenset(pull_requests.changed_files(pull_request.number)))
        if self.job.run_id is not None:
            for command in commands:
                self.runtime.say(command)

    def comment(self, report: Report, pull_requests: PullRequests | None) -> None:
        pull_request = self.job.event.pull_request
        if self.options.comment is CommentMode.NEVER:
            self.say("No comment: comments are switched off.")
        elif pull_request is None:
            self.say(f"No comment: {self.job.event.absence}.")
        elif pull_requests is not None:
            marker = marker_of(report.subject)
            wanted = WantedComment(
                number=pull_request.number,
                mode=self.options.comment,
                marker=marker,
                body=render_comment(report, self.links, marker),
                passed=report.verdict is Verdict.PASSED,
            )
            try:
                kept = keep_comment(pull_requests, wanted)
            except Refused as refused:
                self._explain(refused)
            else:
                self._tell(kept)

    def _tell(self, kept: KeptComment) -> None:
        if kept.written:
            self.say(f"Comment: {kept.url}")
        elif kept.url:
            self.say(f"The comment was left as it is, {kept.url}: {kept.reason}.")
        else:
            self.say(f"No comment: {kept.reason}.")
        self.runtime.set_outputs({"comment-url": kept.url})

    def _explain(self, refused: Refused) -> None:
        """Say what to do so that the token may write, if anything."""
        if "locked" in str(refused):
            self.say("No comment: the conversation of the pull request is locked.")
        elif self.job.is_from_fork:
            self.say(
                "No comment: the token of a pull request from a fork may only read. The job summary and the "
                "artifact have the report; a workflow on workflow_run can comment (docs/publishing.md)."
            )
        else:
            accepted = f" (GitHub accepts: {refused.accepted})" if refused.accepted else ""
            self.warn(f"No comment was written: {refused}{accepted}. Give the job these lines:\n{PERMISSIONS}")
            if self.job.is_from_dependabot:
                self.say(
                    "Dependabot's runs read only unless the job has these lines; a workflow on workflow_run can "
                    "comment as well (docs/publishing.md)."
                )
            self.runtime.append_summary(
                f"\n> [!NOTE]\n> The comment was refused. Give the job these lines:\n\n```yaml\n{PERMISSIONS}\n```\n"
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
        self.runtime.say(console_line(text))

    def warn(self, text: str) -> None:
        if self.job.run_id is None:
            self.say(f"warning: {text}")
        else:
            self.runtime.say(f"::warning title=Quality Gate::{command_data(text)}")

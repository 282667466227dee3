"""The verb `publish --elsewhere`: reports that other jobs left to comments and statuses, and to nothing else.

The reports are hostile: they may come from jobs that ran anybody's code. Which run, commit and pull request they
are about is taken from the event and the API. Always returns 0: the job is made red by `enforce --needs` alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from gate.domain.finished_run import FinishedRun
from gate.domain.job import Event, Job, PullRequest
from gate.domain.report import Report, Verdict
from gate.formats.github_event import ON_PULL_REQUESTS
from gate.formats.needs_context import SUCCESS
from gate.ports import Refused, Runtime
from gate.publication import Connections, Publication, PublishOptions, permission_lines
from gate.received_reports import Received, reports_in, reports_of

# Each report is commented on each, and a job's token has 1000 requests an hour, for all jobs of the repository:
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api.
_MAX_PULL_REQUESTS = 3
_WORST_FIRST = (Verdict.FAILED, Verdict.MISCONFIGURED, Verdict.ERRORED, Verdict.PASSED)
_UNDECIDED = (Verdict.ERRORED, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElsewhereOptions:
    """What the user chose. `folder` holds what was downloaded; None means the run that the event names.

    `needs` is how the jobs ended that the report is from, by their names; empty where that is not known.
    """

    folder: Path | None
    publish: PublishOptions
    needs: Mapping[str, str]


def publish_elsewhere(
    options: ElsewhereOptions,
    job: Job,
    runtime: Runtime,
    connections: Connections,
    finished_run: Callable[[], FinishedRun],
) -> int:
    """Publish what other jobs left.

    `finished_run` gives the run that the event names; it raises `ReportingTrouble` where it names none.
    """
    publisher = _Publisher(options=options, job=job, runtime=runtime, connections=connections)
    teller = publisher.publication(job, SUCCESS)
    published: list[tuple[Verdict, str]] = []
    is_whole = False
    failed = "Nothing more was published"
    with teller.attempt(failed):
        try:
            if options.folder is not None:
                published += publisher.from_folder(options.folder)
            else:
                published += publisher.from_run(finished_run())
            is_whole = bool(published)
        except Refused as refused:
            teller.explain(refused, failed, failed)
    if not is_whole:
        published.append(_UNDECIDED)
    with teller.attempt("The outputs were not set"):
        runtime.set_outputs(
            {
                "verdict": str(min((verdict for verdict, _ in published), key=_WORST_FIRST.index)),
                "comment-url": next((url for _, url in published if url), ""),
            }
        )
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Publisher:
    options: ElsewhereOptions
    job: Job
    runtime: Runtime
    connections: Connections

    def publication(self, job: Job, conclusion: str, artifact_url: str = "") -> Publication:
        return Publication(
            options=replace(self.options.publish, artifact_url=artifact_url),
            job=job,
            runtime=self.runtime,
            connections=self.connections,
            permissions=permission_lines(
                reads="actions" if self.options.folder is None else "", statuses=self.options.publish.statuses
            ),
            conclusion=conclusion,
            in_summary=False,
        )

    def from_folder(self, folder: Path) -> Iterator[tuple[Verdict, str]]:
        """Publish what lies in a folder, as what jobs of this very run left."""
        conclusion = _conclusion(self.options.needs)
        teller = self.publication(self.job, conclusion)
        for _, report in self._accepted(teller, reports_in(folder)):
            if report is None:
                yield _UNDECIDED
            else:
                yield from self._publish(report, self.publication(self.job, conclusion))

    def from_run(self, run: FinishedRun) -> Iterator[tuple[Verdict, str]]:
        """Publish what a finished run left, on the open pull requests whose head it judged."""
        teller = self.publication(self.job, SUCCESS)
        if run.event not in ON_PULL_REQUESTS:
            teller.say(f"Nothing to publish: the run was started by {run.event!r}, not by a pull request.")
            return
        with self.connections.runs() as runs:
            numbers = runs.open_pull_requests(run)
            if not numbers:
                told = f"{run.head_owner or 'a fork that is gone'}:{run.head_branch}"
                teller.say(
                    f"Nothing to publish: no open pull request of {told} has the commit {run.head_sha[:7]} as its "
                    "head. It was closed, or has newer commits."
                )
                return
            if len(numbers) > _MAX_PULL_REQUESTS:
                told = f"only {_MAX_PULL_REQUESTS} of them are commented"
                teller.warn(f"{len(numbers)} open pull requests have that head: {told}.")
            for received, report in self._accepted(teller, reports_of(runs, run.run_id)):
                if report is None:
                    yield _UNDECIDED
                else:
                    yield from self._publish_for(numbers[:_MAX_PULL_REQUESTS], run, received, report)

    def _publish_for(
        self, numbers: Iterable[int], run: FinishedRun, received: Received, report: Report
    ) -> Iterator[tuple[Verdict, str]]:
        for at, number in enumerate(numbers):
            # The token is this job's, whosever the change is: no fork makes it read-only.
            event = Event(name=run.event, pull_request=PullRequest(number=number, head_sha=run.head_sha))
            job = replace(
                self.job, event=event, run_id=run.run_id, run_attempt=run.attempt, commit=run.head_sha, actor=""
            )
            page = f"{job.server_url.rstrip('/')}/{job.repository}/actions/runs/{run.run_id}"
            url = f"{page}/artifacts/{received.artifact_id}" if received.artifact_id else ""
            publication = self.publication(job, run.conclusion, url)
            # Statuses are the commit's: once for all pull requests.
            yield from self._publish(report, publication, statuses=at == 0)

    def _publish(
        self, report: Report, publication: Publication, *, statuses: bool = True
    ) -> Iterator[tuple[Verdict, str]]:
        report = replace(report, subject=publication.subject(report.subject))
        url = ""
        with ExitStack() as stack, publication.attempt("No comment was written"):
            url = publication.comment(report, publication.connect(stack))
        if statuses:
            with publication.attempt("No statuses were sent"):
                publication.send_statuses(report)
        if report.subject.shard is None:
            yield Verdict.ERRORED if publication.contradiction(report) else report.verdict, url

    def _accepted(self, teller: Publication, reports: Iterable[Received]) -> Iterator[tuple[Received, Report | None]]:
        """Let only the first report of a name through; say what is refused, and give None for it."""
        names: set[str] = set()
        nothing = True
        for received in reports:
            nothing = False
            if received.report is None:
                teller.warn(f"Not published: {received.place} {received.refusal}.")
                yield received, None
            elif (shard := received.report.subject.shard) is not None:
                teller.say(f"Not published: {received.place} is the report of {shard.words}.")
            elif (name := received.report.subject.name).lower() in names:
                teller.warn(f"Not published: {received.place} has the name {name!r}, as another report has.")
                yield received, None
            else:
                # As GitHub compares the contexts of statuses.
                names.add(name.lower())
                yield received, received.report
        if nothing:
            teller.say("Nothing to publish: there is no report; the run may have ended before it wrote one.")


def _conclusion(needs: Mapping[str, str]) -> str:
    others = [f"{name}: {result}" for name, result in needs.items() if result != SUCCESS]
    return ", ".join(others) or SUCCESS

"""The verb `publish`: a report to outputs, job summary, annotations, statuses and the pull request's comment.

Never changes the verdict: whatever goes wrong here is said in one sentence, and the exit status is 0.
Runs nothing from the change, and takes the run's identity from the runner, never from the report.
"""

from contextlib import ExitStack
from dataclasses import replace

from gate.data_branch import keep_on_branch
from gate.domain.job import Job
from gate.domain.report import Report, Subject
from gate.github_ports import PullRequests
from gate.ports import Runtime
from gate.publication import Connections, Publication, PublishOptions, permission_lines
from gate.render.annotations import render_annotations
from gate.render.outputs import render_outputs
from gate.render.summary import render_summary
from gate.report_file import NAME, UnreadableReportError, read_report


def publish(options: PublishOptions, job: Job, runtime: Runtime, connections: Connections) -> int:
    """Publish the report in its order of reliability: outputs, summary, annotations, comment, statuses, data branch.

    Always returns 0.
    """
    publication = Publication(
        options=options,
        job=job,
        runtime=runtime,
        connections=connections,
        permissions=permission_lines(
            reads="contents", statuses=options.statuses, writes_contents=bool(options.data_branch)
        ),
    )
    report = _report(publication)
    with publication.attempt("The outputs were not set"):
        report_path = str((options.folder / NAME).absolute())
        runtime.set_outputs({**render_outputs(report, options.gates), "report-path": report_path})
    with publication.attempt("The job summary was not written"):
        runtime.append_summary(render_summary(report, publication.links))
    with ExitStack() as stack:
        pull_requests = publication.connect(stack)
        with publication.attempt("The annotations were not printed"):
            _annotate(publication, report, pull_requests)
        with publication.attempt("No comment was written"):
            if url := publication.comment(report, pull_requests):
                runtime.set_outputs({"comment-url": url})
    with publication.attempt("No statuses were sent"):
        publication.send_statuses(report)
    with publication.attempt("Nothing was written to the data branch"):
        keep_on_branch(publication, report)
    return 0


def _report(publication: Publication) -> Report:
    """Read the report; without one, publish that there is none."""
    try:
        report = read_report(publication.options.folder)
    except UnreadableReportError as error:
        publication.warn(f"There is no readable report: {error}")
        report = Report(subject=Subject(), notices=(f"There is no readable report: {error}",))
    return replace(report, subject=publication.subject(report.subject))


def _annotate(publication: Publication, report: Report, pull_requests: PullRequests | None) -> None:
    if report.subject.shard is not None:
        return  # the job that merges the shards prints those of all, and GitHub shows only some
    commands = render_annotations(report)
    pull_request = publication.job.event.pull_request
    if commands and pull_requests is not None and pull_request is not None:
        with publication.attempt("The changed files are not known, so annotations on them do not come first"):
            commands = render_annotations(report, frozenset(pull_requests.changed_files(pull_request.number)))
    if publication.job.run_id is not None:
        for command in commands:
            publication.runtime.say(command)

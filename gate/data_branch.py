"""Publishes badges and report to a branch of the repository. Only a push to the default branch writes there."""

import gzip

from gate.config.naming import kept_folder
from gate.data_branch_upkeep import WantedFiles, keep_files
from gate.domain.codec import encode_report
from gate.domain.report import Report
from gate.ports import Refused
from gate.publication import Publication
from gate.render.badge import render_badges


def keep_on_branch(publication: Publication, report: Report) -> None:
    """Write a report and its badges to the data branch, where there is to be one."""
    branch, job, name = publication.options.data_branch, publication.job, publication.options.name
    if not branch:
        return
    if name is None:
        # A report may have any name: it does not decide where it is kept.
        publication.say(f"Nothing on the branch {branch}: the workflow does not say what this use is called.")
        return
    if reason := _why_not(publication, report):
        publication.say(f"Nothing on the branch {branch}: {reason}.")
        return
    wanted = WantedFiles(
        branch=branch,
        folder=kept_folder(name),
        commit=job.judged_commit,
        run=(job.run_id or 0, job.run_attempt),
        badges={file: badge.encode() for file, badge in render_badges(report).items()},
        # Without a time in it, the same report is the same file.
        report=gzip.compress(encode_report(report).encode("utf-8", "backslashreplace"), mtime=0),
    )
    try:
        with publication.connections.branches() as api:
            kept = keep_files(api, wanted)
    except Refused as refused:
        publication.explain(refused, f"Nothing was written to the branch {branch}", f"Nothing on the branch {branch}")
        return
    newer = "; the badges are those of a newer run" if kept.is_newer_there else ""
    publication.say(f"Data branch: {branch} is at {kept.commit[:7]}{newer}.")


def _why_not(publication: Publication, report: Report) -> str:
    job = publication.job
    if job.run_id is None:
        return "this is not a run of GitHub Actions"
    if not job.event.is_default_branch:
        return "only a push to the default branch writes there"
    if report.subject.is_part:
        return "this is the report of a part"
    if not report.results or report.interrupted:
        return "there is no whole report"
    if not job.judged_commit:
        return "the commit is not known"
    return ""

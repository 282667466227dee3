"""The verb `publish`: what reaches which surface, and that nothing on the way can redden the job."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gate.domain.codec import encode_report
from gate.domain.job import Event, Job, PullRequest
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.domain.sticky_comment import CommentMode
from gate.github_ports import FinishedRuns, PullRequests
from gate.ports import Refused, ReportingTrouble
from gate.publication import Connections, PublishOptions
from gate.publish import publish
from gate.render.marker import Marker, parse_marker
from tests.fakes.commit_statuses import FakeStatuses
from tests.fakes.pull_requests import BOT, Conversation, FakePullRequests, trouble_at
from tests.fakes.runtime import FakeRuntime
from tests.unit.render.reports import green, red

HEAD = "c" * 40
GATES = ("lint", "unit-tests", "coverage", "latency")
JOB = Job(
    event=Event(name="pull_request", pull_request=PullRequest(number=7, head_sha=HEAD)),
    run_id=812,
    run_attempt=2,
    repository="acme/service",
    commit="d" * 40,
    actor="octocat",
)
PUSH = replace(JOB, event=Event(name="push", absence="the event 'push' is not about a pull request"))
FORK = replace(JOB, event=Event(name="pull_request", pull_request=PullRequest(number=7, head_sha=HEAD, from_fork=True)))


def no_runs() -> AbstractContextManager[FinishedRuns]:
    raise AssertionError("a report of this very job needs no other run")


class Stage:
    """A report folder, a runner and a pull request, and the verb between them."""

    def __init__(self, folder: Path, *, broken_runtime: bool = False) -> None:
        self.folder = folder
        self.runtime = FakeRuntime(broken=broken_runtime)
        self.talk = Conversation(head_sha=HEAD)
        self.api = FakePullRequests(self.talk)
        self.statuses = FakeStatuses()
        self.closed = False

    def given(self, report: Report) -> Stage:
        (self.folder / "report.json").write_text(encode_report(report))
        return self

    def api_where(self, before: Callable[[str], None]) -> Stage:
        self.api = FakePullRequests(self.talk, before=before)
        return self

    def publish(
        self, job: Job = JOB, connect: Callable[[], AbstractContextManager[PullRequests]] | None = None, **options: Any
    ) -> None:
        chosen = PublishOptions(folder=self.folder, gates=GATES, **options)
        ways = Connections(
            pull_requests=connect or self._connect, statuses=lambda: nullcontext(self.statuses), runs=no_runs
        )
        assert publish(chosen, job, self.runtime, ways) == 0

    @contextmanager
    def _connect(self) -> Iterator[PullRequests]:
        yield self.api
        self.closed = True

    @property
    def log(self) -> str:
        return "\n".join(self.runtime.lines)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_report_reaches_outputs_summary_annotations_and_comment(stage: Stage) -> None:
    stage.given(red()).publish(artifact_url="https://github.example/artifact/1")
    outputs = stage.runtime.outputs
    assert outputs["verdict"] == "failed"
    assert outputs["report-path"] == str(stage.folder / "report.json")
    assert outputs["unit-tests-outcome"] == "failed"
    assert outputs["latency-outcome"] == ""
    assert json.loads(outputs["outcomes"])["unit-tests"] == "failed"
    [comment] = stage.talk.comments
    assert outputs["comment-url"] == comment.url
    assert "Quality Gate" in stage.runtime.summary
    assert any(line.startswith("::error ") for line in stage.runtime.lines)
    assert f"Comment: {comment.url}" in stage.runtime.lines
    assert "https://github.example/artifact/1" in comment.body
    assert stage.closed


def test_who_publishes_is_taken_from_the_runner_and_not_from_the_report(stage: Stage) -> None:
    liar = Subject(name="api", repository="evil/evil", commit="e" * 40, run_id=10**15, run_attempt=99, pull_request=1)
    stage.given(replace(red(), subject=liar)).publish()
    [comment] = stage.talk.comments
    assert parse_marker(comment.body) == Marker(name="api", run=812, attempt=2, sha=HEAD)
    assert "evil" not in comment.body + stage.runtime.summary
    assert f"https://github.com/acme/service/blob/{HEAD}/" in comment.body
    assert "https://github.com/acme/service/actions/runs/812/attempts/2" in comment.body


def test_the_users_name_is_the_comments_name(stage: Stage) -> None:
    stage.given(green()).publish(name="worker")
    marker = parse_marker(stage.talk.comments[0].body)
    assert marker is not None
    assert marker.name == "worker"


def test_a_report_that_says_to_be_another_uses_does_not_touch_that_ones_comment(stage: Stage) -> None:
    stage.given(green()).publish(name="worker")
    forged = replace(red(), subject=replace(red().subject, name="worker"))
    stage.given(forged).publish(name="api")
    markers = [parse_marker(comment.body) for comment in stage.talk.comments]
    assert [marker.name for marker in markers if marker] == ["worker", "api"]
    assert "failed" not in stage.talk.comments[0].body


def test_a_shard_that_says_to_be_the_whole_stays_one(stage: Stage) -> None:
    stage.given(green()).publish(name="", shard=Shard(index=2, total=4), statuses=True)
    assert stage.talk.comments == []
    assert "No comment: this is a shard" in stage.log
    assert "No statuses: this is a shard" in stage.log


def test_annotations_on_changed_files_come_first(stage: Stage) -> None:
    report = red()
    finding = next(result for result in report.results if result.findings).findings[0]
    crowd = tuple(
        replace(finding, location=replace(finding.location, path=f"file_{at}.py"))
        for at in range(30)
        if finding.location
    )
    results = tuple(
        replace(result, judgement=replace(result.judgement, findings=crowd)) if result.findings else result
        for result in report.results
    )
    stage.given(replace(report, results=results))
    stage.talk.files = ("file_29.py",)
    stage.publish()
    errors = [line for line in stage.runtime.lines if line.startswith("::error ") and "file_" in line]
    assert "file=file_29.py" in errors[0]


def test_not_knowing_the_changed_files_only_loses_the_order(stage: Stage) -> None:
    stage.given(red()).api_where(trouble_at("changed_files", ReportingTrouble("GitHub is down"))).publish()
    assert "annotations on them do not come first: GitHub is down." in stage.log
    assert any(line.startswith("::error ") for line in stage.runtime.lines)
    assert stage.talk.comments


def test_a_green_run_does_not_ask_for_the_changed_files(stage: Stage) -> None:
    stage.given(green()).publish()
    assert "changed_files" not in stage.api.calls


def test_without_a_pull_request_there_is_no_comment_and_the_log_says_why(stage: Stage) -> None:
    stage.given(red()).publish(PUSH)
    assert "No comment: the event 'push' is not about a pull request." in stage.runtime.lines
    assert stage.api.calls == []
    assert stage.runtime.outputs["verdict"] == "failed"
    assert "comment-url" not in stage.runtime.outputs


def test_comments_may_be_switched_off(stage: Stage) -> None:
    stage.given(red()).publish(comment=CommentMode.NEVER)
    assert "No comment: comments are switched off." in stage.runtime.lines
    assert stage.api.calls == []


def test_without_a_token_there_is_no_comment_and_the_log_says_so(stage: Stage) -> None:
    def connect() -> AbstractContextManager[PullRequests]:
        raise ReportingTrouble("no token was given (input github-token)")

    stage.given(red()).publish(connect=connect)
    assert "No comment: no token was given (input github-token)." in stage.runtime.lines
    assert any(line.startswith("::error ") for line in stage.runtime.lines)


def test_on_failure_a_green_run_turns_the_red_comment_green(stage: Stage) -> None:
    stage.given(green()).publish(comment=CommentMode.ON_FAILURE)
    assert stage.talk.comments == []
    assert "No comment: the gate passed, and comments are wanted on failure only." in stage.runtime.lines
    stage.given(red()).publish(comment=CommentMode.ON_FAILURE)
    stage.given(green()).publish(replace(JOB, run_id=813), comment=CommentMode.ON_FAILURE)
    assert "✅" in stage.talk.comments[0].body
    assert len(stage.talk.comments) == 1


def test_on_change_the_same_result_of_another_run_and_commit_is_not_written_again(stage: Stage) -> None:
    stage.given(red()).publish(comment=CommentMode.ON_CHANGE, artifact_url="https://github.example/artifact/1")
    before = stage.talk.comments[0]
    later = replace(
        JOB, run_id=813, event=Event(name="pull_request", pull_request=PullRequest(number=7, head_sha="f" * 40))
    )
    stage.talk.head_sha = "f" * 40
    stage.publish(later, comment=CommentMode.ON_CHANGE, artifact_url="https://github.example/artifact/2")
    assert stage.talk.comments == [before]
    assert (
        f"The comment was left as it is, {before.url}: nothing changed since the last comment." in stage.runtime.lines
    )
    assert stage.runtime.outputs["comment-url"] == before.url
    stage.given(green()).publish(later, comment=CommentMode.ON_CHANGE)
    assert stage.talk.comments != [before]


@pytest.mark.parametrize("content", [None, "", "{", '{"schema_version": 99}', "x" * 100])
def test_without_a_readable_report_it_says_so_and_publishes_that(stage: Stage, content: str | None) -> None:
    if content is not None:
        (stage.folder / "report.json").write_text(content)
    stage.publish()
    assert stage.runtime.lines[0].startswith("::warning title=Quality Gate::There is no readable report: ")
    assert stage.runtime.outputs["verdict"] == "errored"
    assert "no readable report" in stage.runtime.summary
    assert "could not decide" in stage.talk.comments[0].body


def refused(message: str = "Resource not accessible by integration") -> Callable[[str], None]:
    return trouble_at(
        "create_comment", Refused(f"GitHub answered POST /x with status 403: {message}", "pull_requests=write")
    )


def test_a_token_that_may_only_read_is_told_which_lines_to_add(stage: Stage) -> None:
    stage.given(red()).api_where(refused()).publish()
    assert stage.runtime.outputs["verdict"] == "failed"
    for place in (stage.log.replace("%0A", "\n"), stage.runtime.summary):
        assert "permissions:\n  contents: read\n  pull-requests: write" in place
    assert "GitHub accepts: pull_requests=write" in stage.log


def test_a_fork_is_told_of_the_second_workflow_and_not_of_permissions_it_cannot_have(stage: Stage) -> None:
    stage.given(red()).api_where(refused()).publish(FORK)
    assert "workflow_run" in stage.log
    assert "permissions:" not in stage.log + stage.runtime.summary
    assert "::warning" not in stage.log


def test_dependabot_is_told_of_both(stage: Stage) -> None:
    stage.given(red()).api_where(refused()).publish(replace(JOB, actor="dependabot[bot]"))
    assert "pull-requests: write" in stage.log
    assert "workflow_run" in stage.log


def test_a_locked_conversation_is_said_to_be_that(stage: Stage) -> None:
    stage.given(red()).api_where(refused("Unable to create comment because issue is locked.")).publish()
    assert "No comment: the conversation of the pull request is locked." in stage.runtime.lines
    assert "permissions:" not in stage.log


def test_an_api_that_is_down_is_one_sentence(stage: Stage) -> None:
    trouble = ReportingTrouble("GitHub did not answer\n::error::within 20 s")
    stage.given(red()).api_where(trouble_at("state", trouble)).publish()
    expected = "::warning title=Quality Gate::No comment was written: GitHub did not answer%0A::error::within 20 s."
    assert expected in stage.runtime.lines


def test_a_fault_of_our_own_is_one_sentence_too(stage: Stage) -> None:
    def fault(_: str) -> None:
        raise KeyError("the token is s3cret")

    stage.given(red()).api_where(fault).publish()
    assert "No comment was written: KeyError, a fault of Quality Gate; please report it." in stage.log
    assert "s3cret" not in stage.log


def test_a_fault_in_connecting_is_one_sentence_too(stage: Stage) -> None:
    def connect() -> AbstractContextManager[PullRequests]:
        raise ValueError("not foreseen")

    stage.given(red()).publish(connect=connect)
    assert "No comment was written: ValueError, a fault of Quality Gate" in stage.log
    assert stage.runtime.outputs["verdict"] == "failed"


def test_files_that_cannot_be_written_do_not_keep_the_comment_away(tmp_path: Path) -> None:
    stage = Stage(tmp_path, broken_runtime=True).given(red())
    stage.publish()
    assert "The outputs were not set: the outputs cannot be written: No space left on device." in stage.log
    assert "The job summary was not written" in stage.log
    assert len(stage.talk.comments) == 1


def test_on_a_laptop_it_prints_plain_lines_and_no_commands(stage: Stage) -> None:
    stage.given(red())
    stage.publish(Job(event=Event(name="", absence="this is not a run of GitHub Actions")))
    assert stage.runtime.lines == ["No comment: this is not a run of GitHub Actions."]
    stage.folder.joinpath("report.json").unlink()
    stage.publish(Job(event=Event(name="", absence="this is not a run of GitHub Actions")))
    assert stage.runtime.lines[1].startswith("warning: There is no readable report")


def test_the_author_is_the_account_of_the_token(stage: Stage) -> None:
    stage.given(red()).publish()
    assert stage.talk.comments[0].author == BOT


def test_statuses_are_sent_only_where_they_are_wanted_one_a_gate_on_the_head_commit(stage: Stage) -> None:
    stage.given(red()).publish()
    assert stage.statuses.sent == []
    stage.publish(statuses=True)
    shown = stage.statuses.shown(HEAD)
    assert shown["quality-gate (api)/unit-tests"] == "failure"
    assert set(shown) == {f"quality-gate (api)/{gate}" for gate in ("lint", "unit-tests", "coverage")}
    assert f"Statuses: 3 sent to {HEAD[:7]}." in stage.runtime.lines
    assert {status.target_url for _, status in stage.statuses.sent} == {
        "https://github.com/acme/service/actions/runs/812/attempts/2"
    }


def test_a_push_has_statuses_on_its_commit_and_no_comment(stage: Stage) -> None:
    stage.given(green()).publish(PUSH, statuses=True)
    assert set(stage.statuses.shown("d" * 40).values()) == {"success"}


def test_an_older_run_leaves_the_statuses_of_a_newer_one_and_says_so(stage: Stage) -> None:
    stage.given(red()).publish(replace(JOB, run_id=900), statuses=True)
    stage.given(replace(green(), subject=red().subject)).publish(statuses=True)
    assert "failure" in stage.statuses.shown(HEAD).values()
    assert f"Statuses: 0 sent to {HEAD[:7]}; those of a newer run, 900, were left." in stage.runtime.lines


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_a_commit_that_is_not_the_changes_gets_no_statuses(stage: Stage, event: str) -> None:
    stage.given(green()).publish(replace(JOB, event=Event(name=event, absence="it is not about one")), statuses=True)
    assert stage.statuses.sent == []
    assert f"No statuses: the event '{event}' is not about a commit of the change." in stage.runtime.lines


def test_a_token_that_may_not_send_statuses_is_told_which_lines_to_add(stage: Stage) -> None:
    stage.statuses = FakeStatuses(before=trouble_at("send_status", Refused("status 403", "statuses=write")))
    stage.given(red()).publish(statuses=True)
    assert "No statuses were sent: status 403 (GitHub accepts: statuses=write)." in stage.log
    assert "contents: read\n  pull-requests: write\n  statuses: write" in stage.log.replace("%0A", "\n")
    assert "statuses: write" in stage.runtime.summary
    assert stage.talk.comments


def test_a_fork_gets_no_statuses_and_is_told_of_the_second_workflow(stage: Stage) -> None:
    stage.statuses = FakeStatuses(before=trouble_at("send_status", Refused("status 403")))
    stage.given(red()).publish(FORK, statuses=True)
    assert "No statuses: the token of a pull request from a fork may only read." in stage.log
    assert "docs/forks.md" in stage.log
    assert "permissions:" not in stage.log


@pytest.mark.parametrize("trouble", [ReportingTrouble("GitHub is down"), KeyError("x")])
def test_trouble_with_statuses_is_one_sentence(stage: Stage, trouble: Exception) -> None:
    def fail(_: str) -> None:
        raise trouble

    stage.statuses = FakeStatuses(before=fail)
    stage.given(red()).publish(statuses=True)
    assert "No statuses were sent: " in stage.log


def test_a_shard_neither_comments_nor_sends_statuses(stage: Stage) -> None:
    shard = replace(red(), subject=replace(red().subject, shard=Shard(index=2, total=8)))
    stage.given(shard).publish(statuses=True)
    assert stage.talk.comments == []
    assert stage.statuses.sent == []
    assert "No comment: this is a shard; the job that merges the shards comments." in stage.runtime.lines
    assert "No statuses: this is a shard; the job that merges the shards sends them." in stage.runtime.lines
    assert stage.runtime.outputs["verdict"] == "failed"
    assert not any(line.startswith("::error") for line in stage.runtime.lines)

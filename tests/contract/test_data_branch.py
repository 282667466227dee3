"""Badges and reports on a branch of the repository, through GitHub's API as it is described, and as it fails."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gate.adapters.actions_runtime import ActionsRuntime, read_job
from gate.adapters.github_api import GitHubApi
from gate.adapters.github_branches import GitHubBranches
from gate.adapters.github_runs import GitHubRuns
from gate.adapters.github_statuses import GitHubStatuses
from gate.adapters.patience import Clock
from gate.cli import main
from gate.config.naming import kept_report
from gate.data_branch_upkeep import MOST_REPORTS
from gate.domain.codec import decode_report, encode_report
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.gates import GATES
from gate.publication import Connections, PublishOptions
from gate.publish import publish
from tests.fakes import github_api as fake
from tests.fakes.github_api import TOKEN, FakeGitHub, fake_github
from tests.testbed.github_api_description import GitHubApiDescription
from tests.unit.render.reports import green, red

pytestmark = pytest.mark.integration

BRANCH = "quality/data"
PUSH = {"ref": "refs/heads/main", "repository": {"default_branch": "main"}}


@dataclass
class Publisher:
    """A job on GitHub that publishes what is in a folder."""

    folder: Path
    github: FakeGitHub

    def publish(
        self, report: Report, *, run: int = 1, event: Any = PUSH, name: str = "push", use: str = "", **options: Any
    ) -> str:
        """Publish a report as run `run` of a `use`, of a commit that goes with it; return the log."""
        home = self.folder / str(run)
        home.mkdir(exist_ok=True)
        (home / "report.json").write_text(encode_report(report))
        (home / "event.json").write_text(json.dumps(event))
        environment = {
            **self.github.environment,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(home / "event.json"),
            "GITHUB_RUN_ID": str(run),
            "GITHUB_SHA": commit(run),
            "GITHUB_OUTPUT": str(home / "output"),
            "GITHUB_STEP_SUMMARY": str(home / "summary.md"),
        }
        job, stream = read_job(environment), io.StringIO()
        clock = Clock(sleep=lambda _: None)
        given = {"folder": home, "gates": tuple(GATES), "data_branch": BRANCH, "name": use, **options}
        code = publish(
            PublishOptions(**given),
            job,
            ActionsRuntime(environment, stream),
            Connections(
                pull_requests=lambda: closing(GitHubApi(job, TOKEN, clock=clock)),
                statuses=lambda: closing(GitHubStatuses(job, TOKEN, clock=clock)),
                runs=lambda: closing(GitHubRuns(job, TOKEN, clock=clock)),
                branches=lambda: closing(GitHubBranches(job, TOKEN, clock=clock)),
            ),
        )
        assert code == 0, "reporting never changes the verdict"
        assert TOKEN not in stream.getvalue()
        return stream.getvalue()


def commit(run: int) -> str:
    return f"{run:040x}"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as served:
        yield served
        assert served.violations == []


@pytest.fixture
def publisher(tmp_path: Path, github: FakeGitHub) -> Publisher:
    return Publisher(tmp_path, github)


def test_the_first_push_makes_a_branch_that_shares_nothing_with_the_source(
    publisher: Publisher, github: FakeGitHub, github_api_description: GitHubApiDescription
) -> None:
    log = publisher.publish(green())
    assert re.search(rf"Data branch: {BRANCH} is at [0-9a-f]{{7}}\.", log)
    files = github.git.files(BRANCH)
    assert set(files) == {
        *("default/badge.svg", "default/badge.json", "default/badge-coverage.svg", "default/badge-coverage.json"),
        *("default/reports/index.txt", kept_report("", commit(1))),
    }
    assert b"passed" in files["default/badge.svg"]
    kept = decode_report(gzip.decompress(files[kept_report("", commit(1))]).decode())
    assert (kept.subject.commit, kept.subject.run_id) == (commit(1), 1), "as the runner has it, not as the report"
    assert len(github.git.history(BRANCH)) == 1
    publisher.publish(red(), run=2)
    for request in github.requests:
        if "/git/" in request.path:
            github_api_description.check(request.method, request.path, query=request.query, body=request.body)


def test_each_use_has_a_folder_of_its_own_and_leaves_those_of_the_others(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.git.commit_files(BRANCH, {"README.md": b"by hand", "other/badge.svg": b"<svg/>"})
    publisher.publish(red(), use="api")
    files = github.git.files(BRANCH)
    assert files["README.md"] == b"by hand"
    assert files["other/badge.svg"] == b"<svg/>"
    assert b"failed" in files["api/badge.svg"]
    assert len(github.git.history(BRANCH)) == 2


@pytest.mark.parametrize("claimed", ["worker", "default", "../.github", "reports"])
def test_where_it_is_kept_is_for_the_workflow_to_say_and_not_for_the_report(
    publisher: Publisher, github: FakeGitHub, claimed: str
) -> None:
    publisher.publish(green(), run=1, use="worker")
    before = github.git.files(BRANCH)
    publisher.publish(replace(red(), subject=replace(red().subject, name=claimed)), run=2, use="api")
    after = github.git.files(BRANCH)
    assert {path: after[path] for path in before} == before
    assert {path.partition("/")[0] for path in after} == {"worker", "api"}
    kept = decode_report(gzip.decompress(after[kept_report("api", commit(2))]).decode())
    assert kept.subject.name == "api", "or no later run would believe it"


def test_a_use_called_default_does_not_write_where_the_one_without_a_name_does(
    publisher: Publisher, github: FakeGitHub
) -> None:
    publisher.publish(green(), run=1)
    publisher.publish(red(), run=2, use="default")
    files = github.git.files(BRANCH)
    assert b"passed" in files["default/badge.svg"]
    assert b"failed" in files["default_/badge.svg"]


def test_the_report_of_a_shard_is_not_kept_whatever_it_says(publisher: Publisher, github: FakeGitHub) -> None:
    log = publisher.publish(green(), shard=Shard(index=1, total=2))
    assert "this is the report of a part" in log
    assert github.git.branches == {}


def test_no_more_reports_are_kept_than_fifty_and_the_oldest_go(publisher: Publisher, github: FakeGitHub) -> None:
    index = "".join(f"{commit(at)} {at} 1\n" for at in range(MOST_REPORTS + 100, 100, -1))
    reports = {kept_report("", commit(at)): b"old" for at in range(101, MOST_REPORTS + 101)}
    stray = {kept_report("", commit(9_999)): b"in no index"}
    github.git.commit_files(BRANCH, {**reports, **stray, "default/reports/index.txt": index.encode()})
    publisher.publish(green(), run=1_000)
    kept = {path for path in github.git.files(BRANCH) if path.endswith(".json.gz")}
    assert len(kept) == MOST_REPORTS
    assert kept_report("", commit(1_000)) in kept
    assert kept_report("", commit(101)) not in kept
    assert kept_report("", commit(102)) in kept


def test_an_older_run_that_ends_last_adds_its_report_and_leaves_the_newer_badge(
    publisher: Publisher, github: FakeGitHub
) -> None:
    publisher.publish(red(), run=6)
    log = publisher.publish(green(), run=5)
    assert "the badges are those of a newer run" in log
    files = github.git.files(BRANCH)
    assert b"failed" in files["default/badge.svg"]
    assert kept_report("", commit(5)) in files
    assert files["default/reports/index.txt"].decode().split("\n")[0] == f"{commit(6)} 6 1"


def test_two_runs_at_once_lose_nothing_of_each_other(publisher: Publisher, github: FakeGitHub) -> None:
    publisher.publish(green(), run=1)
    meanwhile = [True]

    def other_run(request: fake.ReceivedRequest) -> None:
        if request.method == "PATCH" and meanwhile:
            meanwhile.clear()
            publisher.publish(red(), run=3)

    github.before = other_run
    publisher.publish(green(), run=2)
    files = github.git.files(BRANCH)
    assert {kept_report("", commit(at)) for at in (1, 2, 3)} <= set(files)
    assert b"failed" in files["default/badge.svg"], "run 3 is the newest"


def test_two_runs_that_both_make_the_branch_end_in_one(publisher: Publisher, github: FakeGitHub) -> None:
    meanwhile = [True]

    def other_run(request: fake.ReceivedRequest) -> None:
        if request.method == "POST" and request.path.endswith("/git/refs") and meanwhile:
            meanwhile.clear()
            publisher.publish(green(), run=2)

    github.before = other_run
    publisher.publish(green(), run=1)
    assert {kept_report("", commit(at)) for at in (1, 2)} <= set(github.git.files(BRANCH))


@pytest.mark.parametrize("act", [fake.status(502), fake.drop, fake.break_off])
def test_a_lost_answer_is_looked_for_and_nothing_is_written_twice(
    publisher: Publisher, github: FakeGitHub, act: Any
) -> None:
    publisher.publish(green(), run=1)
    github.fail("PATCH", r"/git/refs/heads/.*", act, after=True)
    publisher.publish(green(), run=2)
    assert len(github.git.history(BRANCH)) == 2
    assert kept_report("", commit(2)) in github.git.files(BRANCH)


def test_a_token_that_may_not_write_is_told_what_the_job_lacks(publisher: Publisher, github: FakeGitHub) -> None:
    github.git.is_read_only = True
    log = publisher.publish(green())
    assert f"Nothing was written to the branch {BRANCH}" in log
    assert "contents: write" in log
    assert github.git.branches == {}


def test_a_branch_that_nobody_may_write_to_is_one_sentence_and_not_five_attempts(
    publisher: Publisher, github: FakeGitHub
) -> None:
    publisher.publish(green(), run=1)
    github.fail("PATCH", r"/git/refs/heads/.*", fake.status(422, "Cannot update this protected ref."), times=99)
    log = publisher.publish(green(), run=2)
    assert "Cannot update this protected ref." in log
    assert len(github.seen("PATCH", r"/git/refs/heads/.*")) == 1


@pytest.mark.parametrize(
    ("event", "name", "report", "why"),
    [
        ({**PUSH, "ref": "refs/heads/feature"}, "push", green(), "only a push to the default branch writes there"),
        ({**PUSH, "ref": "refs/tags/main"}, "push", green(), "only a push to the default branch writes there"),
        ({}, "push", green(), "only a push to the default branch writes there"),
        (PUSH, "workflow_dispatch", green(), "only a push to the default branch writes there"),
        (PUSH, "push", Report(subject=green().subject), "there is no whole report"),
        (PUSH, "push", replace(green(), subject=replace(green().subject, changed_only=True)), "the report of a part"),
    ],
)
def test_nothing_else_writes_to_the_branch(
    publisher: Publisher, github: FakeGitHub, event: Any, name: str, report: Report, why: str
) -> None:
    assert why in publisher.publish(report, event=event, name=name)
    assert github.git.branches == {}
    assert not [one for one in github.requests if "/git/" in one.path]


def test_without_a_branch_named_github_is_not_asked_and_nothing_is_said(
    publisher: Publisher, github: FakeGitHub
) -> None:
    assert "branch" not in publisher.publish(green(), data_branch="").lower()
    assert github.git.branches == {}


def test_the_verb_takes_from_the_inputs_what_the_use_is_called(
    tmp_path: Path, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment of the step is all that the verb is given."""
    (tmp_path / "report.json").write_text(encode_report(replace(green(), subject=Subject(name="worker"))))
    (tmp_path / "event.json").write_text(json.dumps(PUSH))
    environment = {
        **github.environment,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_RUN_ID": "7",
        "GITHUB_SHA": commit(7),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "QUALITY_GATE_TOKEN": TOKEN,
        "QUALITY_GATE_DATA_BRANCH": BRANCH,
        "QUALITY_GATE_WORKING_DIRECTORY": "services/api",
        "QUALITY_GATE_MATRIX": '{"python": "3.12"}',
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["publish", "--report", str(tmp_path)]) == 0
    assert {path.partition("/")[0] for path in github.git.files(BRANCH)} == {"services-api-3.12"}

"""What `fetch-base` gets of the base over real HTTP, and everything hostile or missing about it.

Every request is held against GitHub's published description; the store of artifacts must see no token.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gate.adapters.base_folder import BaseFolder
from gate.adapters.github_bases import GitHubBases
from gate.domain.codec import encode_report
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.fetch_base import BaseFetch, Request
from gate.formats.fetched_base import FetchedBase
from gate.formats.github_diff import COMPARED_FILE, parse_compared
from gate.formats.github_event import EventBase
from gate.ports import CannotRun
from gate.revision_ports import Base, BaseNotHere
from tests.contract.test_github_api import Time, hold_against, job_at
from tests.fakes import github_api as fake
from tests.fakes.github_api import REPOSITORY, TOKEN, Artifact, FakeGitHub, WorkflowRun, fake_github
from tests.testbed.github_api_description import GitHubApiDescription
from tests.unit.render.reports import green, red
from tests.unit.zips import zipped

pytestmark = pytest.mark.integration

BASE = "b" * 40
HEAD = "a" * 40
MERGE = "c" * 40
RUN = 812
NAME = "quality-gate-report"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as server:
        server.runs = [WorkflowRun(run_id=RUN, head_sha=BASE)]
        yield server
        assert server.violations == []


def of_base(**subject: Any) -> Report:
    told: dict[str, Any] = {"commit": BASE, "repository": REPOSITORY, "run_id": RUN, "run_attempt": 1}
    return replace(green(), subject=Subject(**told | subject), notices=(), interrupted=False)


def artifact(report: Report | bytes, **more: Any) -> Artifact:
    content = report if isinstance(report, bytes) else encode_report(report).encode()
    return Artifact(content=zipped(("report.json", content)), **more)


@dataclass
class Job:
    """The step that fetches, in a job on a pull request whose merge is checked out."""

    path: Path
    github: FakeGitHub
    token: str = TOKEN
    head: str = MERGE
    base: Base | CannotRun = Base(commit=BASE, origin="the merge's first parent")  # noqa: RUF009 - frozen
    request: Request = Request(  # noqa: RUF009 - frozen
        event="pull_request",
        told=EventBase(base=BASE, head=HEAD),
        commit=MERGE,
        head=MERGE,
        repository=REPOSITORY,
        name="",
        artifact=NAME,
        workflow=".github/workflows/ci.yml",
    )

    @property
    def folder(self) -> BaseFolder:
        return BaseFolder(self.path)

    def fetch(self, **request: Any) -> FetchedBase:
        def base() -> Base:
            if isinstance(self.base, CannotRun):
                raise self.base
            return self.base

        self.folder.prepare()
        told = BaseFetch(
            request=replace(self.request, **request),
            base=base,
            connect=lambda: closing(GitHubBases(job_at(self.github.url), self.token, clock=Time().clock())),
            write=self.folder.write,
        ).run()
        assert self.folder.fetched() == told
        assert TOKEN not in str(told)
        return told


@pytest.fixture
def job(tmp_path: Path, github: FakeGitHub) -> Job:
    return Job(tmp_path / "base", github)


def not_here(origin: str = "the merge's first parent") -> BaseNotHere:
    return BaseNotHere("it is not in this clone", Base(commit=BASE, origin=origin))


def test_the_report_of_the_base_is_that_which_its_own_run_left(
    job: Job, github: FakeGitHub, github_api_description: GitHubApiDescription
) -> None:
    github.artifacts[RUN] = [Artifact(name="coverage-report"), artifact(of_base())]
    told = job.fetch()
    assert told == FetchedBase(
        commit=BASE, origin="the merge's first parent", source=f"the artifact of run {RUN}", missing=""
    )
    assert job.folder.report() == encode_report(of_base()).encode()
    # Where the clone has the base, GitHub is not asked what the clone can tell.
    assert not (job.path / COMPARED_FILE).exists()
    assert len(github.requests) == 3
    hold_against(github_api_description, github.requests)


def test_of_several_runs_that_of_the_same_workflow_which_was_pushed_counts_and_the_newest(
    job: Job, github: FakeGitHub
) -> None:
    github.runs = [
        WorkflowRun(run_id=1, head_sha=BASE),
        WorkflowRun(run_id=2, head_sha=BASE),
        WorkflowRun(run_id=3, head_sha=BASE, path=".github/workflows/other.yml@main"),
        WorkflowRun(run_id=4, head_sha=BASE, event="pull_request"),
        WorkflowRun(run_id=5, head_sha="d" * 40),
    ]
    github.artifacts = {number: [artifact(of_base(run_id=number))] for number in range(1, 6)}
    assert job.fetch().source == "the artifact of run 2"
    github.artifacts[2] = github.artifacts[1] = []
    assert job.fetch().source == "the artifact of run 3"
    github.artifacts[3] = []
    assert job.fetch().source == "the artifact of run 4, of a pull request"


def test_of_a_run_that_was_tried_again_the_newest_report_counts(job: Job, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [
        artifact(of_base(run_attempt=2), created_at="2026-11-23T11:00:00Z"),
        artifact(of_base(run_attempt=1), created_at="2026-11-23T10:00:00Z"),
    ]
    job.fetch()
    assert b'"run_attempt":2' in job.folder.report().replace(b" ", b"")


@pytest.mark.parametrize(
    "run",
    [
        WorkflowRun(run_id=RUN, head_sha=BASE, head_repository="stranger/service"),
        WorkflowRun(run_id=RUN, head_sha=BASE, head_repository=None),
        WorkflowRun(run_id=RUN, head_sha=BASE, event="pull_request_target"),
        WorkflowRun(run_id=RUN, head_sha=BASE, event="workflow_run"),
        WorkflowRun(run_id=RUN, head_sha=BASE, event="issue_comment"),
    ],
    ids=lambda run: run.event + str(run.head_repository),
)
def test_what_a_fork_or_a_run_on_anybodys_change_left_is_not_even_downloaded(
    job: Job, github: FakeGitHub, run: WorkflowRun
) -> None:
    github.runs = [run]
    github.artifacts[RUN] = [artifact(of_base())]
    assert job.fetch().missing == "its runs are those of forks, or of events that judge other commits"
    assert github.fetched == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        pytest.param(artifact(of_base(commit=HEAD)), "is of another commit", id="other commit"),
        pytest.param(artifact(of_base(repository="evil/evil")), "is of another repository", id="other repository"),
        pytest.param(artifact(of_base(name="api")), "is of another use, with the name 'api'", id="other name"),
        pytest.param(artifact(of_base(run_id=7)), "is of another run", id="other run"),
        pytest.param(artifact(of_base(run_id=None, run_attempt=None)), "is of another run", id="no run"),
        pytest.param(artifact(of_base(shard=Shard(index=1, total=2))), "a part alone", id="shard"),
        pytest.param(artifact(replace(of_base(), interrupted=True)), "was interrupted", id="interrupted"),
        pytest.param(artifact(b'{"schema_version": 99}'), "schema version", id="schema"),
        pytest.param(artifact(b"[" * 100_000), "nested too deep", id="deep"),
        pytest.param(artifact(b"\xff"), "not UTF-8", id="not UTF-8"),
        pytest.param(artifact(b" " * (129 * 1024 * 1024)), "of more than 134,217,728 bytes", id="bomb"),
        pytest.param(artifact(of_base(), size=100_000_000), "it has 100,000,000 bytes, more than", id="too large"),
        pytest.param(artifact(of_base(), expired=True), "has expired", id="expired"),
        pytest.param(Artifact(content=b"no zip"), "is not a zip", id="no zip"),
        pytest.param(artifact(of_base(), name=f"{NAME}-api"), f"has left no artifact {NAME}", id="no artifact"),
    ],
)
def test_a_report_that_cannot_be_believed_is_not_kept_and_the_reason_is_said(
    job: Job, github: FakeGitHub, left: Artifact, words: str
) -> None:
    github.artifacts[RUN] = [left]
    told = job.fetch()
    assert words in told.missing
    assert (told.commit, told.source) == (BASE, "")
    assert not (job.path / "report.json").exists()


def test_where_github_does_not_heed_the_filter_only_runs_of_the_commit_are_taken(job: Job, github: FakeGitHub) -> None:
    repository = {"id": 1}
    other = {"id": RUN, "head_sha": HEAD, "event": "push", "repository": repository, "head_repository": repository}
    github.fail("GET", "/actions/runs", fake.raw(200, json.dumps({"workflow_runs": [other]}).encode()))
    assert job.fetch().missing == "no run of it has left a report"


def test_a_commit_without_a_run_is_told(job: Job, github: FakeGitHub) -> None:
    github.runs = []
    assert job.fetch().missing == "no run of it has left a report"


@pytest.mark.parametrize("status", ["queued", "in_progress", "waiting"])
def test_of_a_run_that_still_runs_it_is_said_what_to_do(job: Job, github: FakeGitHub, status: str) -> None:
    """A pull request that is pushed to at once after another was merged comes before the report of its base."""
    github.runs = [WorkflowRun(run_id=RUN, head_sha=BASE, status=status)]
    assert job.fetch().missing == f"run {RUN} has not ended yet: once it has, run this one again"
    github.artifacts[RUN] = [artifact(of_base())]
    assert job.fetch().source, "its report is uploaded before it ends"


@pytest.mark.parametrize(
    ("event", "run_event", "is_believed"),
    [("merge_group", "merge_group", False), ("merge_group", "push", True), ("pull_request", "merge_group", True)],
)
def test_what_is_wrong_with_a_group_that_is_not_merged_yet_is_not_old_for_the_next_one(
    job: Job, github: FakeGitHub, event: str, run_event: str, is_believed: bool
) -> None:
    """A queue may merge a group whose last part passes: what the part before it breaks must not pass for old."""
    github.runs = [WorkflowRun(run_id=RUN, head_sha=BASE, event=run_event)]
    wrong = replace(red(), subject=of_base().subject, notices=())
    github.artifacts[RUN] = [artifact(wrong)]
    told = job.fetch(event=event)
    assert bool(told.source) is is_believed
    if not is_believed:
        assert told.missing == f"the group before, judged by run {RUN}, did not pass: what is wrong there is not old"
        assert not (job.path / "report.json").exists()
        github.artifacts[RUN] = [artifact(of_base())]
        assert job.fetch(event=event).source


TIP = "f" * 40
QUEUE = EventBase(base=BASE, head=HEAD, branch="main")


@pytest.mark.parametrize("is_here", [True, False])
def test_a_merge_group_behind_others_is_compared_with_the_branch_that_they_all_go_to(
    job: Job, github: FakeGitHub, github_api_description: GitHubApiDescription, is_here: bool
) -> None:
    """The group before it still runs, and has left no report."""
    group = Base(commit=BASE, origin="the base of the merge group")
    job.base = group if is_here else BaseNotHere("it is not in this clone", group)
    github.git.branches["main"] = TIP
    github.merge_bases[TIP, HEAD] = TIP
    github.runs = [WorkflowRun(run_id=RUN, head_sha=TIP, event="merge_group")]
    wrong = replace(red(), subject=of_base(commit=TIP).subject, notices=())
    github.artifacts[RUN] = [artifact(wrong)]
    told = job.fetch(event="merge_group", told=QUEUE, head=HEAD)
    assert (told.commit, told.origin) == (TIP, "the branch that the queue merges into")
    assert told.source == f"the artifact of run {RUN}", "what is merged is old, whatever is wrong with it"
    assert parse_compared((job.path / COMPARED_FILE).read_text()).base == TIP
    hold_against(github_api_description, github.requests)
    job.base = CannotRun("there is no commit")
    assert job.fetch(event="merge_group", told=QUEUE, head="").commit == TIP


@pytest.mark.parametrize("tip", [BASE, TIP, None])
def test_a_merge_group_that_is_the_next_one_is_compared_with_its_base(
    job: Job, github: FakeGitHub, tip: str | None
) -> None:
    """So is one whose queue was begun anew on another tip, and one of a branch that is gone."""
    job.base = Base(commit=BASE, origin="the base of the merge group")
    github.git.branches |= {"main": tip} if tip else {}
    github.merge_bases[TIP, HEAD] = "e" * 40
    github.artifacts[RUN] = [artifact(of_base())]
    told = job.fetch(event="merge_group", told=QUEUE, head=HEAD)
    assert (told.commit, told.source) == (BASE, f"the artifact of run {RUN}")
    assert not (job.path / COMPARED_FILE).exists()


def test_the_shards_of_a_merge_group_all_have_the_base_that_the_event_names(job: Job, github: FakeGitHub) -> None:
    """The branch may move on between the first of them and the last."""
    job.base = Base(commit=BASE, origin="the base of the merge group")
    github.git.branches["main"] = TIP
    github.merge_bases[TIP, HEAD] = TIP
    assert job.fetch(event="merge_group", told=QUEUE, head=HEAD, artifact="").commit == BASE


# --- A push of several commits -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_here", [True, False])
def test_several_commits_that_are_pushed_at_once_are_compared_with_what_was_there_before(
    job: Job, github: FakeGitHub, github_api_description: GitHubApiDescription, is_here: bool
) -> None:
    """Only the last commit of a push has a run: that before it has left no report."""
    told = EventBase(base=BASE, head=HEAD)
    commit_before = Base(commit="d" * 40, origin="the commit before this one")
    job.base = commit_before if is_here else BaseNotHere("it is not in this clone", commit_before)
    github.merge_bases[BASE, HEAD] = BASE
    github.artifacts[RUN] = [artifact(of_base())]
    github.files[BASE, "pyproject.toml"] = b"[project]\n"
    fetched = job.fetch(event="push", told=told, head=HEAD, files=("pyproject.toml",))
    assert (fetched.commit, fetched.origin) == (BASE, "what was there before the push")
    assert fetched.source == f"the artifact of run {RUN}"
    assert parse_compared((job.path / COMPARED_FILE).read_text()).base == BASE
    assert job.folder.file_at(BASE, "pyproject.toml") == b"[project]\n"
    hold_against(github_api_description, github.requests)


@pytest.mark.parametrize("trouble", ["forced", "not found"])
def test_a_push_that_was_forced_is_compared_with_the_commit_before(job: Job, github: FakeGitHub, trouble: str) -> None:
    if trouble == "forced":
        github.merge_bases[BASE, HEAD] = "e" * 40
    job.base = Base(commit="d" * 40, origin="the commit before this one")
    fetched = job.fetch(event="push", told=EventBase(base=BASE, head=HEAD), head=HEAD)
    assert (fetched.commit, fetched.origin) == ("d" * 40, "the commit before this one")
    assert not (job.path / COMPARED_FILE).exists()


# --- The clone does not have the base ------------------------------------------------------------------------------


def test_in_a_clone_of_depth_one_the_change_and_the_bases_configuration_come_from_github(
    job: Job, github: FakeGitHub, github_api_description: GitHubApiDescription
) -> None:
    job.base = not_here()
    github.merge_bases[BASE, MERGE] = BASE
    github.files[BASE, "back end/pyproject.toml"] = b"[tool.quality-gate]\n"
    told = job.fetch(files=("back end/pyproject.toml", "back end/quality-gate.yml"))
    compared = parse_compared((job.path / COMPARED_FILE).read_text())
    assert (compared.base, compared.head, [file.path for file in compared.files]) == (BASE, MERGE, ["app.py"])
    assert told.commit == BASE
    assert job.folder.file_at(BASE, "back end/pyproject.toml") == b"[tool.quality-gate]\n"
    assert job.folder.file_at(BASE, "back end/quality-gate.yml") is None
    hold_against(github_api_description, github.requests)


def test_a_change_that_cannot_be_had_is_no_reason_why_there_is_no_report(job: Job, github: FakeGitHub) -> None:
    job.base = not_here()
    github.runs = []
    assert job.fetch(files=("pyproject.toml",)).missing == "no run of it has left a report"
    assert not (job.path / COMPARED_FILE).exists()


def test_where_the_branch_itself_is_checked_out_the_base_is_where_it_begins(job: Job, github: FakeGitHub) -> None:
    job.base = not_here("the pull request's base")
    github.merge_bases[BASE, HEAD] = "d" * 40
    told = job.fetch(head=HEAD)
    assert (told.commit, told.origin) == ("d" * 40, "where the pull request's branch begins")


def test_a_job_without_a_checkout_asks_for_the_parents_of_the_merge(job: Job, github: FakeGitHub) -> None:
    job.base = CannotRun("there is no commit")
    github.parents[MERGE] = [BASE, HEAD]
    github.artifacts[RUN] = [artifact(of_base())]
    told = job.fetch(head="")
    assert (told.commit, told.origin, told.source) == (
        BASE,
        "the merge's first parent",
        f"the artifact of run {RUN}",
    )
    # What was merged may have moved on since the event.
    github.parents[MERGE] = [BASE, "e" * 40]
    github.merge_bases[BASE, HEAD] = "d" * 40
    assert job.fetch(head="").commit == "d" * 40
    assert job.fetch(head="", event="merge_group").origin == "the base of the merge group"
    assert job.fetch(head="", event="push").origin == "what was there before the push"
    assert "names no commit" in job.fetch(head="", event="schedule", told=EventBase()).missing


def test_an_event_that_is_no_change_is_told_as_the_run_would(job: Job) -> None:
    job.base = CannotRun("the event 'schedule' is no change")
    assert job.fetch() == FetchedBase(missing="the event 'schedule' is no change")


# --- A branch that keeps reports -----------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 2 * 1024 * 1024], ids=["small", "larger than the contents API gives"])
def test_without_an_artifact_the_report_comes_from_the_branch_that_keeps_reports(
    job: Job, github: FakeGitHub, github_api_description: GitHubApiDescription, more: int
) -> None:
    report = encode_report(of_base()).encode() + b" " * more
    github.files["reports", f"default/reports/{BASE}.json.gz"] = gzip.compress(report, 0)
    told = job.fetch(branch="reports")
    assert told.source == "the branch reports"
    assert job.folder.report() == report
    hold_against(github_api_description, github.requests)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the branch reports has no report of it"),
        (lambda: b"no gzip", "is not packed with gzip"),
        (lambda: gzip.compress(b" " * (129 * 1024 * 1024)), "is larger than"),
        (lambda: gzip.compress(encode_report(of_base(commit=HEAD)).encode()), "is of another commit"),
        (lambda: gzip.compress(encode_report(of_base()).encode())[:-9], "is not packed with gzip"),
    ],
    ids=["none", "no gzip", "bomb", "other commit", "cut off"],
)
def test_a_kept_report_that_cannot_be_believed_is_told(
    job: Job, github: FakeGitHub, content: Callable[[], bytes] | None, words: str
) -> None:
    if content is not None:
        github.files["reports", f"default/reports/{BASE}.json.gz"] = content()
    assert words in job.fetch(branch="reports").missing


# --- Trouble -------------------------------------------------------------------------------------------------------


def test_a_token_that_may_not_read_says_which_line_to_add(job: Job, github: FakeGitHub) -> None:
    refused = fake.status(403, "Resource not accessible by integration")
    github.fail("GET", "/actions/runs", refused)
    assert job.fetch().missing == "the token may not read it: give the job `permissions:` with `actions: read`"
    job.base = not_here()
    github.artifacts[RUN] = [artifact(of_base())]
    github.fail("GET", f"/compare/{BASE}...{MERGE}", refused)
    # What could be had is there all the same.
    assert job.fetch().source == f"the artifact of run {RUN}"


def test_without_a_token_nothing_is_asked(job: Job, github: FakeGitHub) -> None:
    job.token = ""
    assert job.fetch().missing == "no token was given (input github-token)"
    assert github.requests == []


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (fake.status(500), "given up"),
        (fake.status(401, "Bad credentials"), "does not accept the token"),
        (fake.status(429, Retry_After="3600"), "given up"),
        (fake.drop, "the connection to GitHub failed"),
        (fake.break_off, "broke off"),
        (fake.raw(200, b"<html>"), "is not JSON"),
        (fake.raw(200, b'{"workflow_runs": 1}'), "is not a list of runs"),
        (fake.raw(200, b'{"workflow_runs": [{"head_sha": "%s"}]}' % BASE.encode()), "is not a run"),
    ],
    ids=["500", "401", "429", "drop", "break off", "no JSON", "no list", "no run"],
)
def test_trouble_with_github_is_one_sentence(job: Job, github: FakeGitHub, act: Any, words: str) -> None:
    github.fail("GET", "/actions/runs", act, times=20)
    assert words in job.fetch().missing


def test_a_fault_that_passes_is_outlived(job: Job, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [artifact(of_base())]
    github.fail("GET", "/actions/runs", fake.status(502), times=2)
    github.fail("GET", "/artifacts", fake.drop)
    assert job.fetch().source


def test_the_verb_writes_where_the_run_looks_and_leaves_what_a_step_before_it_fetched(
    tmp_path: Path, github: FakeGitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    from gate.cli import main

    github.artifacts[RUN] = [artifact(of_base())]
    (tmp_path / "event.json").write_text(json.dumps({"before": BASE, "after": HEAD}))
    environment = {
        **github.environment,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_SHA": HEAD,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "RUNNER_TEMP": str(tmp_path),
        "QUALITY_GATE_TOKEN": TOKEN,
    }
    (tmp_path / "empty").mkdir()
    folder = tmp_path / "quality-gate-base" / "default"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        assert main(["fetch-base", str(tmp_path / "empty")]) == 0
        assert f"its report: the artifact of run {RUN}" in capsys.readouterr().out
        patch.setenv("QUALITY_GATE_TOKEN", "")
        assert main(["fetch-base", str(tmp_path / "empty")]) == 0
    assert BaseFolder(folder).fetched().source == f"the artifact of run {RUN}"
    assert str(folder) in (tmp_path / "output").read_text()

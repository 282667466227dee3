"""What other jobs left, over real HTTP: statuses, artifacts and pull requests, and everything hostile about them.

Every request is held against GitHub's published description; the store of artifacts must see no token.
"""

from __future__ import annotations

import io
import json
import re
import traceback
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from gate import publish_elsewhere as publish_elsewhere_module
from gate.adapters import github_runs
from gate.adapters.actions_runtime import ActionsRuntime, read_finished_run, read_job
from gate.adapters.github_api import GitHubApi
from gate.adapters.github_runs import GitHubRuns
from gate.adapters.github_statuses import GitHubStatuses
from gate.adapters.stored_file import fetch_stored_file
from gate.domain.codec import encode_report
from gate.domain.commit_status import CommitStatus, State
from gate.domain.finding import Finding, Severity
from gate.domain.finished_run import FinishedRun, RunArtifact
from gate.domain.job import Event, Job
from gate.domain.report import Report, Subject
from gate.domain.shard import Shard
from gate.domain.sticky_comment import CommentMode
from gate.gates import GATES
from gate.github_ports import CommitStatuses
from gate.ports import LookAgain, Refused, ReportingTrouble
from gate.publication import Connections, PublishOptions
from gate.publish_elsewhere import ElsewhereOptions, publish_elsewhere
from gate.received_reports import Received
from gate.render.marker import Marker, parse_marker
from tests.contract.test_github_api import Time, hold_against
from tests.fakes import github_api as fake
from tests.fakes.commit_statuses import FakeStatuses
from tests.fakes.github_api import BOT, REPOSITORY, TOKEN, Artifact, FakeGitHub, PullRequest, fake_github
from tests.testbed.events import pull_request_payload, workflow_run_payload
from tests.testbed.github_api_description import GitHubApiDescription
from tests.unit.adapters.test_actions_runtime import parsed_outputs
from tests.unit.render.reports import green, hostile, red
from tests.unit.zips import zipped

pytestmark = pytest.mark.integration

HEAD = "a" * 40
RUN = 812
FORK = "stranger/service"


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with fake_github() as server:
        server.pulls = {7: PullRequest(head_repository=FORK)}
        yield server
        assert server.violations == []


def unnamed(report: Report, **subject: Any) -> Report:
    return replace(report, subject=replace(Subject(), **subject))


def archive(report: Report | str | bytes, *more: tuple[str, bytes]) -> bytes:
    text = encode_report(report) if isinstance(report, Report) else report
    return zipped(("report.json", text if isinstance(text, bytes) else text.encode()), *more)


@dataclass
class Publisher:
    """The job that publishes, and what came of it."""

    folder: Path
    github: FakeGitHub
    log: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    def publish(self, payload: dict[str, Any] | None = None, event: str = "workflow_run", **options: Any) -> str:
        (self.folder / "event.json").write_text(json.dumps(payload or workflow_run_payload(head_sha=HEAD, run_id=RUN)))
        environment = {
            **self.github.environment,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            # The publisher's own run, on the default branch.
            "GITHUB_RUN_ID": "999",
            "GITHUB_SHA": "f" * 40,
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
        }
        reports, needs = options.pop("reports", None), options.pop("needs", {})
        job = read_job(environment)
        stream = io.StringIO()
        code = publish_elsewhere(
            ElsewhereOptions(
                folder=reports,
                publish=PublishOptions(folder=reports or Path(), gates=tuple(GATES), **options),
                needs=needs,
            ),
            job,
            ActionsRuntime(environment, stream),
            Connections(
                pull_requests=lambda: closing(GitHubApi(job, TOKEN, clock=Time().clock())),
                statuses=lambda: closing(GitHubStatuses(job, TOKEN, clock=Time().clock())),
                runs=lambda: closing(GitHubRuns(job, TOKEN, clock=Time().clock())),
            ),
            lambda: read_finished_run(environment),
        )
        assert code == 0
        assert not (self.folder / "summary.md").exists()
        self.log = stream.getvalue()
        self.outputs = parsed_outputs((self.folder / "output").read_text())
        (self.folder / "output").unlink()
        assert TOKEN not in self.log + str(self.outputs)
        return self.log


@pytest.fixture
def publisher(tmp_path: Path, github: FakeGitHub) -> Publisher:
    return Publisher(tmp_path, github)


# --- The way that is meant -----------------------------------------------------------------------------------------


def test_what_a_forks_run_left_is_published_as_what_the_api_says_it_is(
    publisher: Publisher, github: FakeGitHub, github_api_description: GitHubApiDescription
) -> None:
    lies = Subject(name="", repository="evil/evil", commit="e" * 40, run_id=10**15, run_attempt=99, pull_request=1)
    github.pulls[1] = PullRequest(head_sha="b" * 40)
    github.artifacts[RUN] = [
        Artifact(name="pytest-results", content=b"no zip"),
        Artifact(content=archive(replace(red(), subject=lies), ("../../evil", b"x"))),
    ]
    run = workflow_run_payload(head_sha=HEAD, run_id=RUN, run_attempt=3, conclusion="failure")
    publisher.publish(run, statuses=True)
    [comment] = github.bodies()
    assert github.bodies(1) == []
    assert parse_marker(comment) == Marker(name="", run=RUN, attempt=3, sha=HEAD)
    assert "evil" not in comment
    assert f"https://github.com/{REPOSITORY}/actions/runs/{RUN}/artifacts/{RUN * 1000 + 1}" in comment
    assert f"https://github.com/{REPOSITORY}/blob/{HEAD}/" in comment
    assert {name: state for name, (state, _) in github.shown().items()} == {
        "quality-gate/lint": "failure",
        "quality-gate/unit-tests": "failure",
        "quality-gate/integration-tests": "success",
        "quality-gate/coverage": "failure",
        "quality-gate/access-review": "error",  # stopped, because another gate failed
    }
    assert github.statuses[0]["target_url"] == f"https://github.com/{REPOSITORY}/actions/runs/{RUN}/attempts/3"
    assert publisher.outputs["verdict"] == "failed"
    assert publisher.outputs["comment-url"].endswith("#issuecomment-1000")
    assert [one.path for one in github.fetched] == [f"/artifacts/{RUN * 1000 + 1}"]
    hold_against(github_api_description, github.requests)


def test_publishing_again_or_after_the_job_itself_writes_nothing_new(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(red())))]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"), statuses=True)
    writes = [one for one in github.requests if one.method != "GET" and one.path != "/graphql"]
    # As in the comment of the job itself, the link to the report is another.
    github.artifacts[RUN].insert(0, Artifact(name="pytest-results"))
    log = publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"), statuses=True)
    assert [one for one in github.requests if one.method != "GET" and one.path != "/graphql"] == writes
    assert "the comment is up to date" in log
    assert "Statuses: 0 sent" in log


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out"])
def test_a_report_that_says_passed_where_the_run_did_not_is_contradicted_first(
    publisher: Publisher, github: FakeGitHub, conclusion: str
) -> None:
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion=conclusion), statuses=True)
    [comment] = github.bodies()
    first = comment.split("\n")[1]
    assert first.startswith("### ⚠️ Quality Gate: the run did not succeed")
    assert "✅" not in comment
    assert "The report says that the gate passed" in comment
    assert {state for state, _ in github.shown().values()} == {"error"}
    assert publisher.outputs["verdict"] == "errored"


def test_every_pull_request_of_the_branch_with_that_head_gets_the_comment(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.pulls |= {
        8: PullRequest(head_repository=FORK),
        9: PullRequest(head_repository=FORK, state="closed"),
        10: PullRequest(head_repository="other/service"),
        11: PullRequest(head_repository=FORK, head_sha="b" * 40),
        12: PullRequest(head_repository="stranger/other"),
        13: PullRequest(head_repository=FORK, head_ref="feature2"),
    }
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    publisher.publish(statuses=True)
    assert [number for number in github.pulls if github.bodies(number)] == [7, 8]
    # Statuses are the commit's: looked at, sent, and looked at again once for both.
    assert len(github.seen("POST", f"/statuses/{HEAD}")) == len(github.shown())
    assert len(github.seen("GET", "/status")) == 2


def test_one_run_cannot_have_all_of_a_repositorys_requests_by_many_pull_requests(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.pulls = {number: PullRequest(head_repository=FORK) for number in range(1, 31)}
    github.artifacts[RUN] = [
        Artifact(name=f"quality-gate-report-{name}", content=archive(unnamed(green(), name=name))) for name in "ab"
    ]
    log = publisher.publish()
    assert len([number for number in github.pulls if github.bodies(number)]) == 3
    assert log.count("30 open pull requests have that head: only 3 of them are commented") == 1


def test_where_github_does_not_heed_the_filter_only_that_branch_and_head_are_taken(
    publisher: Publisher, github: FakeGitHub
) -> None:
    def pull(number: int, **head: Any) -> dict[str, Any]:
        theirs = {"sha": HEAD, "ref": "feature", "repo": {"full_name": FORK}}
        return {"number": number, "state": "open", "head": theirs | head}

    github.pulls |= {number: PullRequest() for number in range(8, 12)}
    others = [pull(8, ref="other"), pull(9, sha="b" * 40), pull(10, repo={"full_name": "other/service"})]
    listed = [*others, {**pull(11), "state": "closed"}, pull(7, repo=None)]
    github.fail("GET", "/pulls", fake.raw(200, json.dumps(listed).encode()))
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    publisher.publish()
    assert [number for number in github.pulls if github.bodies(number)] == [7]


def test_a_contradicted_report_is_no_success_where_only_failures_are_commented(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    publisher.publish(comment=CommentMode.ON_FAILURE)
    assert github.bodies() == []
    publisher.publish(
        workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"), comment=CommentMode.ON_FAILURE
    )
    assert len(github.bodies()) == 1


def test_the_pull_request_is_found_behind_a_hundred_others(publisher: Publisher, github: FakeGitHub) -> None:
    others = {number: PullRequest(head_repository=FORK, head_sha="b" * 40) for number in range(100, 230)}
    github.pulls = {**others, 7: PullRequest(head_repository=FORK)}
    github.artifacts[RUN] = [Artifact(name=f"log-{at}") for at in range(150)]
    github.artifacts[RUN].append(Artifact(content=archive(unnamed(green()))))
    publisher.publish()
    assert len(github.bodies()) == 1


@pytest.mark.parametrize("branch", ["a&state=all", "x#y?z=1", "ünï/'; rm -rf ~", "a:b", "%2e%2e/%00"])
def test_a_branch_of_any_name_is_found_and_no_other(publisher: Publisher, github: FakeGitHub, branch: str) -> None:
    github.pulls[7].head_ref = branch
    github.pulls[8] = PullRequest(head_repository=FORK)
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, head_branch=branch))
    assert [number for number in github.pulls if github.bodies(number)] == [7]


def test_of_a_run_that_was_tried_again_the_newest_report_counts(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [
        Artifact(content=archive(unnamed(green())), created_at="2026-11-23T11:00:00Z"),
        Artifact(content=archive(unnamed(red())), created_at="2026-11-23T10:00:00Z"),
    ]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, run_attempt=2))
    assert publisher.outputs["verdict"] == "passed"
    assert len(github.fetched) == 1


def test_several_reports_have_a_comment_each_and_the_worst_verdict_is_told(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.artifacts[RUN] = [
        Artifact(name="quality-gate-report-api", content=archive(unnamed(green(), name="api"))),
        Artifact(name="quality-gate-report-orders", content=archive(unnamed(red(), name="orders"))),
        Artifact(name="quality-gate-report-zzz", content=archive(unnamed(red(), name="api"))),
        Artifact(name="quality-gate-report-yyyy", content=archive(unnamed(red(), shard=Shard(index=2, total=8)))),
        Artifact(name="quality-gate-report-shard-1-of-8", content=b"is not fetched"),
    ]
    log = publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"))
    assert [body.split()[2] for body in github.bodies()] == ["name=api", "name=orders"]
    assert "the artifact quality-gate-report-zzz has the name 'api', as another report has" in log
    assert "is the report of shard 2 of 8" in log
    assert publisher.outputs["verdict"] == "failed"


# --- What is not published, and why --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"event": "push"}, "started by 'push', not by a pull request"),
        ({"head_repository": None}, "no open pull request of a fork that is gone"),
        ({"head_branch": None}, "no open pull request of stranger:"),
        ({"head_sha": "b" * 40}, "has the commit bbbbbbb as its head"),
        ({"head_branch": "other"}, "no open pull request of stranger:other"),
        ({"conclusion": None}, "has not ended"),
    ],
)
def test_without_an_open_pull_request_with_that_head_nothing_is_published(
    publisher: Publisher, github: FakeGitHub, change: dict[str, Any], words: str
) -> None:
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    payload = {"head_sha": HEAD, "run_id": RUN} | change
    assert words in publisher.publish(workflow_run_payload(**payload), statuses=True)
    assert {one.method for one in github.requests} <= {"GET"}
    assert github.fetched == []
    assert publisher.outputs == {"verdict": "errored", "comment-url": ""}


@pytest.mark.parametrize("pull", [PullRequest(state="closed"), PullRequest(head_sha="b" * 40)], ids=["closed", "moved"])
def test_a_pull_request_that_was_closed_or_moved_on_is_left_alone(
    publisher: Publisher, github: FakeGitHub, pull: PullRequest
) -> None:
    github.pulls[7] = replace(pull, head_repository=FORK)
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    assert "It was closed, or has newer commits" in publisher.publish()
    assert github.bodies() == []


def test_another_event_is_told_what_to_give(publisher: Publisher) -> None:
    log = publisher.publish(pull_request_payload(head_sha=HEAD, base_sha="b" * 40), "pull_request")
    assert "the event 'pull_request' names no finished run: give `report`" in log


BOMB = zipped(("report.json", b" " * (129 * 1024 * 1024)))
NOT_UTF8 = archive(b'{"schema_version": 1, "x": "\xff"}')


@pytest.mark.parametrize(
    ("artifact", "words"),
    [
        pytest.param(Artifact(content=archive('{"schema_version": 99}')), "schema version", id="wrong schema"),
        pytest.param(Artifact(content=archive("{}")), "is missing", id="no report"),
        pytest.param(Artifact(content=archive("[" * 100_000)), "nested too deep", id="deep"),
        pytest.param(Artifact(content=NOT_UTF8), "not UTF-8", id="not UTF-8"),
        pytest.param(Artifact(content=b"\x89PNG"), "is not a zip that can be read", id="not a zip"),
        pytest.param(Artifact(content=b""), "is not a zip that can be read", id="empty"),
        pytest.param(Artifact(content=zipped(("../report.json", b"{}"))), "no members named", id="zip slip"),
        pytest.param(
            Artifact(content=zipped(("report.json", b"{}"), ("report.json", b"{}"))), "has 2 members", id="two members"
        ),
        pytest.param(Artifact(content=BOMB), "has a report.json of more than 134,217,728 bytes", id="bomb"),
        pytest.param(
            Artifact(content=archive("{}"), size=100_000_000), "it has 100,000,000 bytes, more than", id="100 MB"
        ),
        pytest.param(Artifact(content=archive("{}"), expired=True), "quality-gate-report has expired.", id="expired"),
    ],
)
def test_a_tampered_artifact_publishes_nothing_and_the_log_says_why(
    publisher: Publisher, github: FakeGitHub, artifact: Artifact, words: str
) -> None:
    github.artifacts[RUN] = [artifact]
    log = publisher.publish(statuses=True)
    assert "Not published: the artifact quality-gate-report " in log
    assert words in log
    assert github.comments == github.statuses == []
    assert publisher.outputs["verdict"] == "errored"


def test_a_good_report_beside_a_bad_one_is_published(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [
        Artifact(content=b"no zip"),
        Artifact(name="quality-gate-report-api", content=archive(unnamed(green(), name="api"))),
    ]
    publisher.publish()
    assert [body.split()[2] for body in github.bodies()] == ["name=api"]
    # Of what could not be read nobody knows that it passed.
    assert publisher.outputs["verdict"] == "errored"
    assert publisher.outputs["comment-url"]


def test_what_breaks_off_half_way_has_not_passed(
    publisher: Publisher, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: object) -> Iterator[Received]:
        yield Received(place="the first", report=unnamed(green()))
        raise MemoryError

    monkeypatch.setattr(publish_elsewhere_module, "reports_of", breaking)
    assert "Nothing more was published: MemoryError" in publisher.publish()
    assert len(github.bodies()) == 1
    assert publisher.outputs["verdict"] == "errored"


def test_names_that_differ_in_case_alone_are_one_name_as_contexts_of_statuses_are(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.artifacts[RUN] = [
        Artifact(name="quality-gate-report-api", content=archive(unnamed(red(), name="api"))),
        Artifact(name="quality-gate-report-later", content=archive(unnamed(green(), name="API"))),
    ]
    log = publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"), statuses=True)
    assert "has the name 'API', as another report has" in log
    assert github.shown()["quality-gate (api)/lint"][0] == "failure"
    assert len(github.bodies()) == 1


def test_a_job_that_may_not_look_at_the_run_is_told_the_lines_to_give(publisher: Publisher, github: FakeGitHub) -> None:
    github.fail("GET", "/artifacts", fake.status(403, "Resource not accessible by integration"))
    log = publisher.publish()
    assert "Nothing more was published: GitHub answered GET" in log
    assert "permissions:%0A  actions: read%0A  pull-requests: write" in log


def test_the_only_addresses_that_a_report_may_link_to_are_those_of_the_gates_tools(
    publisher: Publisher, github: FakeGitHub
) -> None:
    addresses = [
        "https://docs.astral.sh/ruff/rules/unused-import",
        "https://docs.astral.sh.evil.example/ruff",
        "https://evil.example/docs.astral.sh/",
        "http://docs.astral.sh/plain",
        "https://docs.astral.sh:8443/port",
        "https://evil.example\\@docs.astral.sh/back",
    ]
    findings = [
        Finding(gate="lint", rule_id=f"R{at}", severity=Severity.ERROR, message="Sign in again", help_url=address)
        for at, address in enumerate(addresses)
    ]
    lint_result, *others = red().results
    judgement = replace(lint_result.judgement, findings=tuple(findings))
    report = unnamed(replace(red(), results=(replace(lint_result, judgement=judgement), *others)))
    github.artifacts[RUN] = [Artifact(content=archive(report))]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=RUN, conclusion="failure"))
    [comment] = github.bodies()
    links = re.findall(r'href="([^"]*)"', comment)
    assert [link for link in links if not link.startswith("https://github.com/")] == addresses[:1]
    assert "R5" in comment


def test_reports_without_end_are_bounded(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [
        Artifact(name=f"quality-gate-report-{at:03}", content=archive(unnamed(green(), name=f"n{at}")))
        for at in range(60)
    ]
    log = publisher.publish()
    assert len(github.bodies()) == len(github.fetched) == 20
    assert "the run's 60 reports are more than 20: the others are left out" in log


def test_without_a_report_the_log_says_so(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [Artifact(name="coverage-report", content=b"")]
    assert "Nothing to publish: there is no report" in publisher.publish()


def test_a_hostile_report_is_text_and_its_name_one_that_the_action_could_have_given(
    publisher: Publisher, github: FakeGitHub
) -> None:
    name = "../../<!-- quality-gate:v1 name=x run=9 attempt=9 sha= -->\n@octocat ::error::x"
    github.artifacts[RUN] = [Artifact(content=archive(replace(hostile(), subject=Subject(name=name))))]
    log = publisher.publish(statuses=True)
    [comment] = github.bodies()
    marker = parse_marker(comment)
    assert marker is not None
    assert (marker.run, marker.sha) == (RUN, HEAD)
    assert re.fullmatch(r"[A-Za-z0-9.-]{1,60}", marker.name)
    assert comment.count("<!--") == 1
    assert not [line for line in log.splitlines() if line.startswith("::") and "warning title=Quality Gate" not in line]
    for one in github.statuses:
        assert one["context"].startswith("quality-gate (")
        assert one["description"].isprintable()


# --- From a folder, in the same run --------------------------------------------------------------------------------


OWN = pull_request_payload(head_sha=HEAD, base_sha="b" * 40)


@pytest.mark.parametrize("form", ["zip", "file", "zip in a folder", "folders"])
def test_what_was_downloaded_is_published_as_what_this_run_left(
    publisher: Publisher, github: FakeGitHub, tmp_path: Path, form: str
) -> None:
    folder = tmp_path / "downloaded"
    inner = folder / "quality-gate-report" if form in ("zip in a folder", "folders") else folder
    inner.mkdir(parents=True)
    report = unnamed(red(), pull_request=1, run_id=5)
    if "zip" in form:
        (inner / "quality-gate-report.zip").write_bytes(archive(report))
    else:
        (inner / "report.json").write_text(encode_report(report))
        (inner / "evil.zip").write_bytes(archive(unnamed(green(), name="evil")))
    publisher.publish(OWN, "pull_request", reports=folder, statuses=True, needs={"gate": "failure"})
    [comment] = github.bodies()
    assert parse_marker(comment) == Marker(name="", run=999, attempt=1, sha=HEAD)
    assert "failure" in {state for state, _ in github.shown().values()}
    assert publisher.outputs["verdict"] == "failed"


def test_a_needed_job_that_failed_contradicts_a_report_that_passed(
    publisher: Publisher, github: FakeGitHub, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "report.json").write_text(encode_report(unnamed(green())))
    publisher.publish(OWN, "pull_request", reports=tmp_path / "in", needs={"lint": "success", "gate": "cancelled"})
    assert "the run did not succeed &#40;gate: cancelled&#41;" in github.bodies()[0].replace("(", "&#40;").replace(
        ")", "&#41;"
    )
    assert publisher.outputs["verdict"] == "errored"


def test_links_pipes_and_what_is_no_report_are_refused(
    publisher: Publisher, github: FakeGitHub, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "report.json").write_text(encode_report(unnamed(green())))
    (tmp_path / "in" / "report.json").symlink_to(tmp_path / "report.json")
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    (tmp_path / "in" / "x.zip").write_bytes(b"no zip")
    log = publisher.publish(OWN, "pull_request", reports=tmp_path / "in")
    assert "Not published: x.zip is not a zip" in log
    assert "Nothing to publish: there is no report" in publisher.publish(OWN, "pull_request", reports=tmp_path / "none")
    assert github.bodies() == []


def test_a_push_that_is_published_from_another_job_has_statuses_only(
    publisher: Publisher, github: FakeGitHub, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "report.json").write_text(encode_report(unnamed(green())))
    log = publisher.publish({}, "push", reports=tmp_path / "in", statuses=True)
    assert "No comment: the event 'push' is not about a pull request" in log
    assert github.shown("f" * 40)


# --- The adapters and a failing GitHub -----------------------------------------------------------------------------


def job_at(github: FakeGitHub) -> Job:
    return Job(event=Event(name="push"), repository=REPOSITORY, api_url=github.url, graphql_url=f"{github.url}/graphql")


@pytest.fixture
def statuses(github: FakeGitHub) -> Iterator[GitHubStatuses]:
    with closing(GitHubStatuses(job_at(github), TOKEN, clock=Time().clock())) as api:
        yield api


@pytest.fixture
def runs(github: FakeGitHub) -> Iterator[GitHubRuns]:
    with closing(GitHubRuns(job_at(github), TOKEN, clock=Time().clock())) as api:
        yield api


def lint(state: State = State.SUCCESS, gate: str = "lint") -> CommitStatus:
    return CommitStatus(context=f"quality-gate/{gate}", state=state, description="x", target_url="https://x.example/1")


@pytest.mark.parametrize("kind", ["memory", "http"])
def test_the_last_status_of_each_context_is_what_a_commit_has(kind: str, github: FakeGitHub) -> None:
    with closing(GitHubStatuses(job_at(github), TOKEN, clock=Time().clock())) as over_http:
        statuses: CommitStatuses = FakeStatuses() if kind == "memory" else over_http
        statuses.send_status(HEAD, lint(State.FAILURE))
        statuses.send_status(HEAD, replace(lint(State.SUCCESS), context="Quality-Gate/LINT"))
        statuses.send_status(HEAD, lint(State.FAILURE, "coverage"))
        statuses.send_status("b" * 40, lint(State.ERROR))
        statuses.settle()
        there = {status.context.lower(): status for status in statuses.statuses(HEAD)}
        assert {context: status.state for context, status in there.items()} == {
            "quality-gate/lint": State.SUCCESS,
            "quality-gate/coverage": State.FAILURE,
        }
        assert there["quality-gate/coverage"] == lint(State.FAILURE, "coverage")
        assert statuses.statuses("c" * 40) == ()


def test_statuses_are_listed_however_many_there_are(statuses: GitHubStatuses, github: FakeGitHub) -> None:
    statuses.send_status(HEAD, lint())
    github.statuses += [{**github.statuses[0], "context": f"quality-gate/g{at}"} for at in range(130)]
    assert len(statuses.statuses(HEAD)) == 131
    assert len(github.seen("GET", "/status")) == 2


def test_a_status_without_description_and_address_is_one_too(statuses: GitHubStatuses, github: FakeGitHub) -> None:
    github.statuses.append(
        {"sha": HEAD, "context": "ci", "state": "pending", "description": None, "target_url": None, "id": 1}
    )
    assert statuses.statuses(HEAD) == (CommitStatus(context="ci", state=State.PENDING, description=""),)


def test_trouble_with_a_status_is_told_by_its_kind(statuses: GitHubStatuses, github: FakeGitHub) -> None:
    github.fail("POST", HEAD, fake.drop)
    with pytest.raises(LookAgain):
        statuses.send_status(HEAD, lint())
    github.statuses += [{"sha": HEAD, "context": "quality-gate/lint", "state": "success"}] * 1_000
    with pytest.raises(ReportingTrouble, match="status 422: Validation Failed"):
        statuses.send_status(HEAD, lint())
    github.read_only = True
    with pytest.raises(Refused) as refused:
        statuses.send_status(HEAD, lint())
    assert refused.value.accepted == "statuses=write"
    for content in (b"[]", b"{}", b'{"statuses": [{"context": "x", "state": "odd"}]}', b'{"statuses": [7]}'):
        github.fail("GET", "/status", fake.raw(200, content))
        with pytest.raises(ReportingTrouble, match="as its documentation has it"):
            statuses.statuses(HEAD)


THE_RUN = FinishedRun(
    run_id=RUN,
    attempt=1,
    event="pull_request",
    conclusion="success",
    head_sha=HEAD,
    head_branch="feature",
    head_owner="stranger",
    head_repository=FORK,
)


@pytest.mark.parametrize(
    "content",
    [
        *(b"[]", b"{}", b'{"artifacts": [7]}', b'{"artifacts": [{"id": "1", "name": "x", "size_in_bytes": 1}]}'),
        b'{"artifacts": [{"id": 1, "name": 7, "size_in_bytes": 1, "expired": false}]}',
        b'{"artifacts": [{"id": 1, "name": "x", "size_in_bytes": true, "expired": false}]}',
    ],
)
def test_artifacts_that_are_none_are_trouble(runs: GitHubRuns, github: FakeGitHub, content: bytes) -> None:
    github.fail("GET", "/artifacts", fake.raw(200, content))
    with pytest.raises(ReportingTrouble, match="as its documentation has it"):
        runs.artifacts(RUN)


def test_a_list_that_ends_with_the_last_page_that_is_read_is_whole(runs: GitHubRuns, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [Artifact(name=f"log-{at}") for at in range(1_000)]
    assert len(runs.artifacts(RUN)) == 1_000


def test_lists_without_end_end(runs: GitHubRuns, github: FakeGitHub) -> None:
    loop = fake.raw(200, b"[]", Link=f'<{github.url}/repos/{REPOSITORY}/pulls?per_page=100>; rel="next"')
    github.fail("GET", "/pulls", loop, times=99)
    with pytest.raises(ReportingTrouble, match="more than 10 pages"):
        runs.open_pull_requests(THE_RUN)


def test_a_download_that_went_well_ends_the_failures_in_a_row(runs: GitHubRuns, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [Artifact(name=f"quality-gate-report-{at}", content=b"zip") for at in range(7)]
    for artifact in runs.artifacts(RUN):
        github.fail("GET", f"/artifacts/{artifact.artifact_id}/zip", fake.status(502))
        assert runs.download(artifact) == b"zip"


ARTIFACT = RunArtifact(artifact_id=RUN * 1000, name="quality-gate-report", size=1)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (fake.status(410, "Artifact has expired"), "status 410: Artifact has expired"),
        (fake.status(403, "no"), "status 403"),
        (fake.raw(200, b"{}"), "does not say where the file lies"),
        (fake.redirect(302, "ftp://127.0.0.1/x"), "an address that is not https"),
        (fake.redirect(302, "http://127.0.0.1:1/x"), "did not give the file"),
    ],
)
def test_an_artifact_that_cannot_be_had_is_trouble(runs: GitHubRuns, github: FakeGitHub, act: Any, words: str) -> None:
    github.fail("GET", "/zip", act)
    with pytest.raises(ReportingTrouble, match=words):
        runs.download(ARTIFACT)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (fake.status(404), "answered with status 404"),
        (fake.redirect(302, "http://127.0.0.1/"), "answered with status 302"),
        (fake.drop, "did not give the file"),
        (fake.break_off, "the store at 127.0.0.1"),
        (fake.raw(200, b"x" * 2_001), "larger than 2,000 bytes"),
    ],
)
def test_a_store_that_fails_is_trouble_and_its_signed_address_is_not_told(
    runs: GitHubRuns, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch, act: Any, words: str
) -> None:
    monkeypatch.setattr(github_runs, "MAX_ARTIFACT_BYTES", 2_000)
    github.artifacts[RUN] = [Artifact(content=b"zip")]
    github.fail("GET", rf"/artifacts/{RUN * 1000}", act)
    with pytest.raises(ReportingTrouble, match=words) as trouble:
        runs.download(ARTIFACT)
    assert "signedForAMinute" not in "".join(traceback.format_exception(trouble.value))


def test_a_store_that_never_ends_is_given_up(github: FakeGitHub) -> None:
    github.fail("GET", "/slow", fake.drip)
    with pytest.raises(ReportingTrouble, match="too slow"):
        fetch_stored_file(f"{github.store_url}/slow", may_be_plain=True, most=10_000_000, seconds=0.3)


def test_a_file_that_is_told_to_be_too_large_is_not_begun(github: FakeGitHub) -> None:
    github.fail("GET", "/slow", fake.drip)
    with pytest.raises(ReportingTrouble, match="larger than 500,000 bytes"):
        fetch_stored_file(f"{github.store_url}/slow", may_be_plain=True, most=500_000, seconds=0.3)


def test_where_an_artifact_lies_is_asked_again_where_that_may_help(runs: GitHubRuns, github: FakeGitHub) -> None:
    github.artifacts[RUN] = [Artifact(content=b"zip")]
    github.fail("GET", "/zip", fake.status(502), times=2)
    assert runs.download(ARTIFACT) == b"zip"


def test_netrc_is_not_sent_to_the_store(
    runs: GitHubRuns, github: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login octocat password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    github.artifacts[RUN] = [Artifact(content=b"zip")]
    assert runs.download(ARTIFACT) == b"zip"
    assert "authorization" not in github.fetched[0].headers


def test_a_plain_address_is_refused_where_the_api_is_not_plain() -> None:
    with pytest.raises(ReportingTrouble, match="not https"):
        fetch_stored_file("http://127.0.0.1:1/x", may_be_plain=False, most=1, seconds=1)


def test_a_comment_of_the_publisher_that_may_not_write_says_which_lines_to_add(
    publisher: Publisher, github: FakeGitHub
) -> None:
    github.read_only = True
    github.artifacts[RUN] = [Artifact(content=archive(unnamed(green())))]
    log = publisher.publish(statuses=True)
    assert "permissions:%0A  actions: read%0A  pull-requests: write%0A  statuses: write" in log
    assert log.count("No comment was written") == log.count("No statuses were sent") == 1


def test_an_api_that_is_down_is_a_sentence_and_nothing_else(publisher: Publisher, github: FakeGitHub) -> None:
    for method in ("GET", "POST"):
        github.fail(method, "", fake.status(500), times=999)
    assert "Nothing more was published: GitHub answered GET" in publisher.publish()


def test_the_bots_own_comment_of_an_older_run_is_updated(publisher: Publisher, github: FakeGitHub) -> None:
    github.artifacts[5] = github.artifacts[6] = [Artifact(content=archive(unnamed(red())))]
    publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=6, conclusion="failure"))
    log = publisher.publish(workflow_run_payload(head_sha=HEAD, run_id=5, conclusion="failure"))
    assert "a newer run, 6, has commented already" in log
    assert [one["user"]["login"] for one in github.comments] == [BOT]

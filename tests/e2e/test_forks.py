"""Pull requests from forks: a run whose token only reads, and a second workflow that publishes what it left."""

from __future__ import annotations

import pytest

from gate.domain.codec import decode_report, encode_report
from gate.render.marker import Marker, parse_marker
from tests.e2e.service import NAME, NUMBER, ROOT, Service
from tests.fakes.github_api import Artifact, FakeGitHub, PullRequest
from tests.testbed.events import workflow_run_payload
from tests.testbed.workflow_run import WorkflowRun
from tests.unit.zips import zipped

pytestmark = pytest.mark.e2e

FORK = "stranger/service"
RUN = 41
GATE, PUBLISH = ((ROOT / "examples" / f"forks-{half}.yml").read_text("utf-8") for half in ("gate", "publish"))
FOUND_WRONG = "app/unused.py"


# A job that others need: red unless they succeeded, whatever was published.
REQUIRED = """
on:
  workflow_run:
    workflows: [Quality Gate]
    types: [completed]
permissions: {}
jobs:
  required:
    runs-on: ubuntu-latest
    steps:
      - id: publish
        uses: OWNER/quality-gate/publish@v1
        with:
          comment: never
          statuses: true
          needs: '{"gate": {"result": "skipped", "outputs": {}}}'
"""


def published(service: Service, conclusion: str, workflows: dict[str, str]) -> WorkflowRun:
    """Run workflows of the default branch on the event that the first run has ended."""
    repository = service.repository
    repository.git("checkout", "--quiet", "--detach", service.base)
    repository.commit("On the default branch", {f".github/workflows/{name}": text for name, text in workflows.items()})
    ran = service.runner.run(
        repository.folder,
        service.folder / "publisher",
        event="workflow_run",
        payload=workflow_run_payload(
            head_sha=service.head, run_id=RUN, conclusion=conclusion, head_repository=FORK, repository=NAME
        ),
        repository_name=NAME,
        token=service.token,
        environment=service.environment,
        local_actions={"OWNER/quality-gate@v1": service.action},
        run_id=99,
    )
    assert not ran.timed_out, ran.log
    assert ran.left_behind == (), ran.log
    return ran


def test_what_a_forks_run_left_is_published_by_the_workflow_of_the_default_branch(
    service: Service, github: FakeGitHub
) -> None:
    # No tests, so that nothing is installed for them.
    service.push({"requirements.txt": "", FOUND_WRONG: "import json\n", ".github/workflows/gate.yml": GATE})
    github.pulls[NUMBER] = PullRequest(head_sha=service.head, head_repository=FORK)
    github.read_only = True
    ran = service.run(run_id=RUN)
    assert ran.exit_code != 0
    assert github.comments == []
    assert {one.method for one in github.requests} <= {"GET"}

    github.read_only = False
    [stored] = service.folder.glob(f"run-0/artifacts/{RUN}/quality-gate-report/*.zip")
    # Everything that a hostile job could leave beside it, under names that are taken for reports.
    report = decode_report(ran.artifacts["quality-gate-report"]["report.json"].decode())
    bomb, huge = zipped(("report.json", b" " * (129 * 1024 * 1024))), b"\0" * (65 * 1024 * 1024)
    github.artifacts[RUN] = [
        Artifact(content=stored.read_bytes()),
        Artifact(name="quality-gate-report-bomb", content=bomb),
        Artifact(name="quality-gate-report-huge", content=huge),
        # GitHub's own figure may be wrong, too: what arrives is counted.
        Artifact(name="quality-gate-report-more", content=huge, size=10),
        Artifact(
            name="quality-gate-report-slip", content=zipped(("../../report.json", encode_report(report).encode()))
        ),
        Artifact(name="quality-gate-report-text", content=b"::error::owned\n"),
    ]
    second = published(service, "failure", {"publish.yml": PUBLISH, "required.yml": REQUIRED})
    assert second.jobs == {"Publish": "success", "required": "failure"}, second.log
    [comment] = github.bodies()
    assert parse_marker(comment) == Marker(run=RUN, attempt=1, sha=service.head)
    assert FOUND_WRONG in comment
    refusals = [one.message for one in second.annotations if one.level == "warning" and one.job == "Publish"]
    for name, reason in {
        "bomb": "of more than 134,217,728 bytes",
        "huge": "it has 68,157,440 bytes",
        "more": "the file is larger than 67,108,864 bytes",
        "slip": "has no members named report.json",
        "text": "is not a zip",
    }.items():
        assert any(f"quality-gate-report-{name} " in one and reason in one for one in refusals), refusals
    assert len(refusals) == 5
    assert second.summaries == {}
    assert "the job 'gate' did not succeed: skipped" in second.log
    assert github.shown(service.head)["quality-gate/lint"] == ("failure", "lint: 1 finding")
    assert second.outputs["required"]["publish"]["verdict"] == "failed"
    assert service.token not in second.log

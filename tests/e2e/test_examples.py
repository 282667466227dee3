"""The workflows that a user copies, and the one that this repository runs on itself: each is run as it is written."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.service import NAME, RELEASED, ROOT, SMALL, Service, as_act_knows_it
from tests.fakes.github_api import FakeGitHub
from tests.testbed.events import merge_group_payload, pull_request_payload
from tests.testbed.repositories import Repository, working_copy
from tests.testbed.runner import Runner

pytestmark = pytest.mark.e2e

EXAMPLES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*.yml"))}
DOGFOOD = ROOT / ".github" / "workflows" / "dogfood.yml"
QUEUE = merge_group_payload(head_sha="a" * 40, base_sha="b" * 40, repository=NAME)
# Its tests want what the secret carries, and print it.
WITH_A_SECRET = {
    **SMALL,
    "tests/conftest.py": "import os\n\n\ndef pytest_report_header():\n    return f'greeting: {os.environ[\"GREETING\"]}'\n",
    "tests/test_secret.py": (
        "import os\n\n\ndef test_secret():\n    assert os.environ['GREETING'] == 'a=b c'\n"
        "    assert 'QUALITY_GATE_ENVIRONMENT' not in os.environ\n"
    ),
}
# As on Enterprise Server: another host, where actions/upload-artifact refuses to run.
ENTERPRISE = {"GITHUB_SERVER_URL": "https://github.acme.example"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How an example is run on this machine, and the names that its comments must have."""

    project: Mapping[str, str] = field(default_factory=lambda: SMALL)
    comments: frozenset[str] = frozenset({""})
    artifacts: frozenset[str] = frozenset({""})
    more: Mapping[str, Any] = field(default_factory=dict)


RUN_HERE = {
    "minimal.yml": Case(),
    "monorepo.yml": Case(
        project={f"services/{one}/{name}": text for one in ("orders", "payments") for name, text in SMALL.items()},
        comments=frozenset({"services-orders", "services-payments"}),
        artifacts=frozenset({"-services-orders", "-services-payments"}),
    ),
    # The Python of this machine; the other jobs differ in nothing but its number. `on-failure`: no comment.
    "python-versions.yml": Case(
        comments=frozenset(), artifacts=frozenset({"-3.11"}), more={"matrix": {"python": "3.11"}}
    ),
    "merge-queue.yml": Case(comments=frozenset(), more={"event": "merge_group", "payload": QUEUE}),
    "self-hosted.yml": Case(),
    "enterprise-server.yml": Case(artifacts=frozenset(), more={"environment": ENTERPRISE}),
    # Without a container: what needs its PostgreSQL is in test_workflows.py.
    "reusable-workflow.yml": Case(
        project=WITH_A_SECRET, more={"secrets": {"QUALITY_GATE_ENVIRONMENT": "GREETING=a=b c\nOTHER=1"}}
    ),
}
RUN_ELSEWHERE = {
    "service-container.yml": "test_examples.py",
    "pipeline.yml": "test_workflows.py",
    "shards.yml": "test_shards.py",
    "forks-gate.yml": "test_forks.py",
    "forks-publish.yml": "test_forks.py",
    "docker.yml": "test_image.py",
    "gitlab-ci.yml": "test_image.py",  # what its one job runs
}


def test_every_example_is_run() -> None:
    assert set(EXAMPLES) == {*RUN_HERE, *RUN_ELSEWHERE}
    assert all('ROOT / "examples"' in Path(__file__).with_name(file).read_text() for file in RUN_ELSEWHERE.values())


@pytest.mark.parametrize("example", sorted(RUN_HERE))
def test_an_example_on_this_machine(example: str, service: Service, github: FakeGitHub) -> None:
    case = RUN_HERE[example]
    service.push({**case.project, ".github/workflows/example.yml": EXAMPLES[example]})
    ran = service.run(**case.more)
    assert ran.exit_code == 0, ran.log
    assert "greeting: a=b" not in ran.log
    assert {body.split()[2] for body in github.bodies()} == {f"name={name}" for name in case.comments}
    assert all("Quality Gate" in body and "passed" in body for body in github.bodies())
    reports = {name.removeprefix("quality-gate-report") for name in ran.artifacts if name.startswith("quality-gate")}
    assert reports == case.artifacts


def test_the_dogfood_workflow_expects_of_each_fault_what_it_does() -> None:
    faults = runpy.run_path(str(ROOT / "tests" / "samples" / "faults" / "plant.py"))["FAULTS"]
    matrix = yaml.safe_load(DOGFOOD.read_text("utf-8"))["jobs"]["red"]["strategy"]["matrix"]["include"]
    assert matrix == [{"fault": one["fault"], "verdict": faults[one["fault"]].verdict} for one in matrix]


def test_the_dogfood_workflow(runner: Runner, action: Path, github: FakeGitHub, tmp_path: Path) -> None:
    """As it is and with one of the faults: the jobs of the others differ in nothing but its name."""
    repository = Repository(tmp_path / "quality-gate", name=NAME)
    as_act_knows_it(working_copy(ROOT, repository.folder))
    # Steps on this machine have no service container; in test_workflows.py there is one.
    workflow = repository.folder / DOGFOOD.relative_to(ROOT)
    here = workflow.read_text("utf-8").replace("sample_service\n\n", "sample_service\n      postgres: embedded\n\n", 1)
    # Beside other tests nobody can say how long users wait; `make gate` measures it alone.
    assert ",latency," in here
    workflow.write_text(here.replace(",latency,", ","), "utf-8")
    head = repository.commit("A change", {})
    github.pulls[7].head_sha = head
    ran = runner.run(
        repository.folder,
        tmp_path / "run",
        event="pull_request",
        payload=pull_request_payload(head_sha=head, base_sha=head, repository=NAME),
        environment=github.environment,
        token=next(iter(github.logins)),
        workflow=str(DOGFOOD.relative_to(ROOT)),
        local_actions={f"{RELEASED}@v1": action},
        matrix={"fault": "failing-unit-test"},
        timeout=280,
    )
    assert ran.exit_code == 0, ran.log
    assert ran.left_behind == ()
    assert set(ran.jobs.values()) == {"success"}
    assert len(ran.jobs) == 4
    assert [body.split()[2] for body in github.bodies()] == ["name=sample-service"]

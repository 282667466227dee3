"""The workflows that a user copies, and the one that this repository runs on itself: each is run as it is written."""

from __future__ import annotations

import json
import os
import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from tests.e2e.service import NAME, ROOT, SMALL, Service, files_of
from tests.fakes.github_api import FakeGitHub
from tests.testbed.docker_engine import DockerEngine
from tests.testbed.events import pull_request_payload
from tests.testbed.images import postgres_image as make_postgres_image
from tests.testbed.leaving_out import part
from tests.testbed.repositories import Repository, working_copy
from tests.testbed.runner import Runner

pytestmark = pytest.mark.e2e

EXAMPLES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*.yml"))}
DOGFOOD = ROOT / ".github" / "workflows" / "dogfood.yml"
RUN_HERE = {
    "minimal.yml": (SMALL, {""}),
    "monorepo.yml": (
        {f"services/{one}/{name}": text for one in ("orders", "payments") for name, text in SMALL.items()},
        {"services-orders", "services-payments"},
    ),
}
# Where pip, uv and their TLS look on this machine: a container on it needs the same.
_OF_THE_MACHINE = re.compile(r"PIP_.*|UV_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|.*_PROXY", re.IGNORECASE)


def test_every_example_is_run() -> None:
    assert set(EXAMPLES) == {*RUN_HERE, "service-container.yml"}


@pytest.mark.parametrize("example", sorted(RUN_HERE))
def test_an_example_on_this_machine(example: str, service: Service, github: FakeGitHub) -> None:
    project, names = RUN_HERE[example]
    service.push({**project, ".github/workflows/example.yml": EXAMPLES[example]})
    ran = service.run()
    assert ran.exit_code == 0, ran.log
    assert {body.split()[2] for body in github.bodies()} == {f"name={name}" for name in names}
    assert all("Quality Gate" in body and "passed" in body for body in github.bodies())


@pytest.mark.xdist_group("port-5432")
def test_an_example_with_a_service_container(
    service: Service, github: FakeGitHub, docker_engine: DockerEngine, runner_image: str
) -> None:
    text = EXAMPLES["service-container.yml"]
    image = yaml.safe_load(text)["jobs"]["quality-gate"]["services"]["postgres"]["image"]
    with part("PostgreSQL image"):
        postgres = make_postgres_image(docker_engine, tag=image)
    variables = {name: value for name, value in os.environ.items() if _OF_THE_MACHINE.fullmatch(name)}
    mounted = {Path(value) for value in variables.values() if value.startswith("/") and Path(value).exists()}
    inside = [path for path in mounted if not any(other in path.parents for other in mounted)]
    service.runner = replace(service.runner, packages=(*service.runner.packages, *inside))
    service.push({**files_of(ROOT / "tests" / "samples" / "seed_project"), ".github/workflows/example.yml": text})
    ran = service.run(environment=variables, image=runner_image, docker_host=docker_engine.host)
    assert ran.exit_code == 0, ran.log
    report = json.loads(ran.artifacts["quality-gate-report"]["report.json"])
    assert report["tool_versions"]["postgresql"].startswith(postgres.version)
    assert {one["gate"]: one["outcome"] for one in report["results"]}["integration-tests"] == "passed"
    assert len(github.bodies()) == 1
    assert docker_engine.docker("ps", "--all", "--quiet") == ""


def test_the_dogfood_workflow_expects_of_each_fault_what_it_does() -> None:
    faults = runpy.run_path(str(ROOT / "tests" / "samples" / "faults" / "plant.py"))["FAULTS"]
    matrix = yaml.safe_load(DOGFOOD.read_text("utf-8"))["jobs"]["red"]["strategy"]["matrix"]["include"]
    assert matrix == [{"fault": one["fault"], "verdict": faults[one["fault"]].verdict} for one in matrix]


def test_the_dogfood_workflow(runner: Runner, github: FakeGitHub, tmp_path: Path) -> None:
    """The sample as it is and with one of the faults: the jobs of the others differ in nothing but its name."""
    repository = Repository(tmp_path / "quality-gate", name=NAME)
    working_copy(ROOT, repository.folder)
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
        matrix={"fault": "failing-unit-test"},
        timeout=280,
    )
    assert ran.exit_code == 0, ran.log
    assert ran.left_behind == ()
    assert set(ran.jobs.values()) == {"success"}
    assert len(ran.jobs) == 2
    assert [body.split()[2] for body in github.bodies()] == ["name=sample-service"]

"""`gate.yml`, `pipeline.yml` and a job with a service container: the examples, as they are written."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.e2e.service import FAILING, ROOT, SMALL, Service, files_of
from tests.fakes.github_api import FakeGitHub
from tests.testbed.docker_engine import DockerEngine
from tests.testbed.images import postgres_image as make_postgres_image
from tests.testbed.images import tiny_image
from tests.testbed.leaving_out import part
from tests.testbed.workflow_run import WorkflowRun

pytestmark = pytest.mark.e2e

SEED_PROJECT = files_of(ROOT / "tests" / "samples" / "seed_project")
# Built for real: what its RUN prints stands in the log.
DOCKERFILE = 'FROM local/tiny:1\nCOPY app /srv/app\nRUN ["/bin/busybox", "ls", "/srv/app"]\n'


def example(name: str, *, tell_outputs_of: str, **inputs: str) -> str:
    """An example with more inputs, and with a job that repeats the outputs which reach it."""
    workflow = yaml.safe_load((ROOT / "examples" / name).read_text("utf-8"))
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads the key `on` as true
    called = workflow["jobs"][tell_outputs_of]
    called["with"] = {**called.get("with", {}), **{key.replace("_", "-"): value for key, value in inputs.items()}}
    workflow["jobs"]["caller"] = {
        "needs": tell_outputs_of,
        "if": "always()",
        "runs-on": "ubuntu-latest",
        "permissions": {},
        "steps": [
            {
                "id": "told",
                "env": {"TOLD": f"${{{{ toJSON(needs.{tell_outputs_of}.outputs) }}}}"},
                "run": 'printf "outputs=%s\\n" "$(tr -d "\\n" <<<"$TOLD")" >> "$GITHUB_OUTPUT"',
            }
        ],
    }
    return yaml.safe_dump(workflow, sort_keys=False)


def told(ran: WorkflowRun) -> dict[str, str]:
    return json.loads(ran.outputs["caller"]["told"]["outputs"])


def test_a_green_change_goes_through_to_the_image_and_the_outputs_reach_the_caller(
    service: Service, github: FakeGitHub, docker_engine: DockerEngine, runner_image: str
) -> None:
    with part("PostgreSQL image"):
        postgres = make_postgres_image(docker_engine, tag="postgres:16-alpine")
    with part("image to build upon"):
        tiny_image(docker_engine)
    text = example("pipeline.yml", tell_outputs_of="pipeline")
    service.push({**SEED_PROJECT, "Dockerfile": DOCKERFILE, ".github/workflows/example.yml": text})
    socket = Path(docker_engine.host.removeprefix("unix://"))
    ran = service.run_in_container(
        docker_engine,
        runner_image,
        also=(Path("/usr/bin/docker"), socket),
        environment={"DOCKER_HOST": docker_engine.host},
    )
    assert ran.exit_code == 0, ran.log
    assert ran.jobs == {"Gates": "success", "Verdict": "success", "Build": "success", "caller": "success"}
    report = json.loads(ran.artifacts["quality-gate-report"]["report.json"])
    assert report["tool_versions"]["postgresql"].startswith(postgres.version)
    outputs = told(ran)
    assert outputs["verdict"] == report["verdict"] == "passed"
    assert json.loads(outputs["outcomes"])["integration-tests"] == "passed"
    assert outputs["comment-url"].startswith("https://github.com/acme/service/pull/7#issuecomment-")
    assert outputs["pushed"] == ""
    assert len(github.bodies()) == 1
    # The archive holds the image that was built, with the project in it.
    with tarfile.open(fileobj=io.BytesIO(ran.artifacts["image"]["image.tar"])) as archive:
        names = archive.getnames()
    assert f"{outputs['digest'].removeprefix('sha256:')}.json" in names
    assert docker_engine.docker("ps", "--all", "--quiet") == ""


def test_a_red_change_stops_before_the_build(service: Service, github: FakeGitHub) -> None:
    text = example("pipeline.yml", tell_outputs_of="pipeline", postgres="off")
    broken = {**SMALL, "tests/test_prices.py": SMALL["tests/test_prices.py"] + FAILING}
    service.push({**broken, "Dockerfile": DOCKERFILE, ".github/workflows/example.yml": text})
    ran = service.run()
    assert ran.exit_code != 0
    assert {job: result for job, result in ran.jobs.items() if job != "caller"} == {
        "Gates": "failure",
        "Verdict": "failure",
    }
    assert "image" not in ran.artifacts
    assert len(github.bodies()) == 1
    assert "failed" in github.bodies()[0]


def test_an_example_with_a_service_container(
    service: Service, github: FakeGitHub, docker_engine: DockerEngine, runner_image: str
) -> None:
    text = (ROOT / "examples" / "service-container.yml").read_text("utf-8")
    image = yaml.safe_load(text)["jobs"]["quality-gate"]["services"]["postgres"]["image"]
    with part("PostgreSQL image"):
        postgres = make_postgres_image(docker_engine, tag=image)
    service.push({**SEED_PROJECT, ".github/workflows/example.yml": text})
    ran = service.run_in_container(docker_engine, runner_image)
    assert ran.exit_code == 0, ran.log
    report = json.loads(ran.artifacts["quality-gate-report"]["report.json"])
    assert report["tool_versions"]["postgresql"].startswith(postgres.version)
    assert {one["gate"]: one["outcome"] for one in report["results"]}["integration-tests"] == "passed"
    assert len(github.bodies()) == 1
    assert docker_engine.docker("ps", "--all", "--quiet") == ""

"""`gate.yml` and `pipeline.yml` against `action.yml`, against each other and against the examples that call them."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"


def read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text("utf-8"))
    return {"on" if key is True else key: value for key, value in document.items()}  # YAML 1.1 reads `on` as true


ACTION = read(ROOT / "action.yml")
GATE, PIPELINE = (read(WORKFLOWS / name) for name in ("gate.yml", "pipeline.yml"))
CALLED = {name: workflow["on"]["workflow_call"] for name, workflow in (("gate", GATE), ("pipeline", PIPELINE))}

# What a called workflow cannot have, or has otherwise, and why.
NOT_AN_INPUT = {
    "github-token": "each job has its own token, with no more rights than the job needs",
    "matrix": "a called workflow does not see its caller's matrix",
    "shard": "a matrix over shards needs a fan-in job: examples/shards.yml",
    "statuses": "`statuses: write` would be asked of every caller",
    "data-branch": "`contents: write` would be asked of every caller",
}
NOT_AN_OUTPUT = {"report-path": "a path of another machine"}
OF_THE_WORKFLOW = {"postgres-image", "runs-on", "timeout-minutes"}
OTHERWISE = {"postgres": "the service container comes first", "postgres-version": "its version", "name": "no matrix"}


def test_the_gate_has_the_inputs_of_the_action_in_the_same_words() -> None:
    inputs = CALLED["gate"]["inputs"]
    assert set(inputs) == set(ACTION["inputs"]) - set(NOT_AN_INPUT) | OF_THE_WORKFLOW
    for name in set(inputs) - OF_THE_WORKFLOW - set(OTHERWISE):
        expected = ACTION["inputs"][name]
        assert inputs[name] == {**expected, "type": "string"}, name


def test_the_gate_hands_every_input_on_to_the_action() -> None:
    (step,) = [step for step in GATE["jobs"]["gate"]["steps"] if step.get("id") == "gate"]
    assert step["uses"] == "$/composite"
    given = step["with"]
    for name in set(CALLED["gate"]["inputs"]) - OF_THE_WORKFLOW - {"postgres", "postgres-version", "comment"}:
        assert given[name] == f"${{{{ inputs.{name} }}}}"
    assert given["comment"] == "never"
    assert given["github-token"] == ""
    used = set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(GATE["jobs"])))
    assert used == set(CALLED["gate"]["inputs"])


def test_in_the_gate_the_token_is_in_a_step_that_ends_before_the_gates_and_only_reads() -> None:
    steps = GATE["jobs"]["gate"]["steps"]
    used = [step["uses"].partition("@")[0] for step in steps]
    assert used == ["actions/checkout", "$/fetch-base", "$/composite"]
    fetching, running = steps[1]["with"], steps[2]["with"]
    assert fetching.items() <= running.items()
    assert {"name", "working-directory", "config-file"} == set(fetching)
    assert set(GATE["jobs"]["gate"]["permissions"].values()) == {"read"}


def test_the_gate_has_the_outputs_of_the_action_from_the_job_that_sets_them() -> None:
    outputs = CALLED["gate"]["outputs"]
    assert set(outputs) == set(ACTION["outputs"]) - set(NOT_AN_OUTPUT)
    for name, output in outputs.items():
        job = "publish" if name == "comment-url" else "gate"
        assert output["value"] == f"${{{{ jobs.{job}.outputs.{name} }}}}"
        assert GATE["jobs"][job]["outputs"][name] == f"${{{{ steps.{job}.outputs.{name} }}}}"
        assert output["description"] == ACTION["outputs"][name]["description"]


def test_the_pipeline_takes_every_input_and_secret_of_the_gate_and_hands_it_on() -> None:
    job = PIPELINE["jobs"]["gate"]
    assert job["uses"] == "$/.github/workflows/gate.yml"
    for name, given in CALLED["gate"]["inputs"].items():
        same = {key: value for key, value in given.items() if key != "description" or name != "timeout-minutes"}
        assert CALLED["pipeline"]["inputs"][name].items() >= same.items()
        assert job["with"][name] == f"${{{{ inputs.{name} }}}}"
    for name, given in CALLED["gate"]["secrets"].items():
        assert CALLED["pipeline"]["secrets"][name] == given
        assert job["secrets"][name] == f"${{{{ secrets.{name} }}}}"
    used = set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(PIPELINE["jobs"])))
    assert used == set(CALLED["pipeline"]["inputs"])


def test_each_job_of_the_pipeline_needs_the_one_before() -> None:
    needs = {name: job.get("needs") for name, job in PIPELINE["jobs"].items()}
    assert needs == {"gate": None, "build": "gate", "push": "build"}
    assert "always()" not in yaml.safe_dump(PIPELINE)


def test_one_job_alone_may_comment_and_it_runs_nothing_of_the_change() -> None:
    writers = {name: job for name, job in GATE["jobs"].items() if "write" in job["permissions"].values()}
    assert list(writers) == ["publish"]
    publish = writers["publish"]
    assert publish["if"] == "always()"
    assert not any("checkout" in step.get("uses", "") or "run" in step for step in publish["steps"])
    assert publish["steps"][-1]["with"]["needs"] == "${{ toJSON(needs) }}"
    # Without a number, the action would download every artifact of the run, whoever made it.
    assert publish["steps"][0]["if"] == "needs.gate.outputs.artifact-id != ''"


def test_no_called_workflow_waits_for_its_callers_name() -> None:
    for workflow in (GATE, PIPELINE):
        assert "concurrency" not in workflow
        assert not any("concurrency" in job for job in workflow["jobs"].values())


def asked_for(workflow: dict[str, Any]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for job in workflow["jobs"].values():
        for scope, level in job["permissions"].items():
            asked[scope] = "write" if "write" in (level, asked.get(scope)) else level
    return asked


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.yml")), ids=lambda path: path.stem)
def test_a_caller_grants_exactly_what_the_called_workflow_asks_for(example: Path) -> None:
    if example.name == "gitlab-ci.yml":
        return
    for job in read(example)["jobs"].values():
        called = re.fullmatch(r"OWNER/quality-gate/\.github/workflows/(\S+)@v1", job.get("uses", ""))
        if called:
            assert job["permissions"] == asked_for(read(WORKFLOWS / called[1]))


def test_the_gate_asks_for_no_more_than_to_read_and_to_comment() -> None:
    assert asked_for(GATE) == {"contents": "read", "pull-requests": "write"}

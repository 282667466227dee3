"""`merge/action.yml`: the action's outputs and steps once more, over what shards left, and without running the change."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
MERGE: dict[str, Any] = yaml.safe_load((ROOT / "merge" / "action.yml").read_text("utf-8"))
ALONE: dict[str, Any] = yaml.safe_load((ROOT / "fetch-base" / "action.yml").read_text("utf-8"))
FETCH = "Fetch what the change is compared with"
STEPS: list[dict[str, Any]] = MERGE["runs"]["steps"]


def step(name: str, steps: list[dict[str, Any]] = STEPS) -> dict[str, Any]:
    return next(step for step in steps if step["name"] == name)


def test_the_outputs_are_those_of_the_action() -> None:
    assert MERGE["outputs"] == ACTION["outputs"]


def test_an_input_of_both_has_one_default() -> None:
    both = set(MERGE["inputs"]) & set(ACTION["inputs"])
    assert {name: MERGE["inputs"][name].get("default") for name in both} == {
        name: ACTION["inputs"][name].get("default") for name in both
    }
    assert set(MERGE["inputs"]) - both == {"needs"}


def test_every_input_reaches_a_step() -> None:
    assert set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(STEPS))) == set(MERGE["inputs"])


def test_uploads_and_publishing_are_those_of_the_action() -> None:
    names = ["Upload the report", "Upload the coverage report", "Upload the test results", "Publish"]
    for name in names:
        text = yaml.safe_dump(step(name)).replace("steps.merge.", "steps.run.").replace("/../", "/")
        of_action = {**step(name, ACTION["runs"]["steps"])}
        if "env" in of_action:
            # What is merged is the whole.
            of_action["env"] = {key: told for key, told in of_action["env"].items() if key != "QUALITY_GATE_SHARD"}
        assert yaml.safe_load(text) == of_action


def test_the_token_reaches_two_steps_only() -> None:
    assert [step["name"] for step in STEPS if "token" in yaml.safe_dump(step).lower()] == [FETCH, "Publish"]


@pytest.mark.parametrize("steps", [STEPS, ALONE["runs"]["steps"]], ids=["merge", "fetch-base"])
def test_what_is_fetched_is_asked_as_by_the_action(steps: list[dict[str, Any]]) -> None:
    fetching = step(FETCH, steps)
    fetched = step(FETCH, ACTION["runs"]["steps"])
    assert fetching["env"].items() <= fetched["env"].items()
    assert fetching["run"].replace("/../", "/") == fetched["run"]
    assert fetching["continue-on-error"]


def test_the_action_that_only_fetches_has_the_inputs_of_the_action_in_the_same_words() -> None:
    inputs = {name: given for name, given in ALONE["inputs"].items() if name != "github-token"}
    assert inputs == {name: ACTION["inputs"][name] for name in inputs}
    assert ALONE["inputs"]["github-token"]["default"] == ACTION["inputs"]["github-token"]["default"]
    assert set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(ALONE["runs"]))) == set(ALONE["inputs"])


def test_it_is_red_for_the_verdict_and_for_the_needed_jobs_whatever_became_of_the_rest() -> None:
    enforcing = STEPS[-2:]
    assert [step["name"] for step in enforcing] == ["Enforce the verdict", "Enforce that the needed jobs succeeded"]
    assert all(step["if"] == "always()" and "continue-on-error" not in step for step in enforcing)
    assert MERGE["inputs"]["needs"]["required"] is True


def test_it_takes_every_artifact_that_a_shard_may_have_left() -> None:
    pattern = step("Download what the shards left")["with"]["pattern"]
    told = re.compile(pattern.replace("*", "[^/]*"))
    assert told.fullmatch("quality-gate-report-shard-2-of-8")
    assert told.fullmatch("quality-gate-report-orders-shard-2-of-8")
    assert not told.fullmatch("quality-gate-report-orders")


def test_its_scripts_exist_and_may_be_run() -> None:
    scripts = re.findall(r"entrypoint/(\w+)", yaml.safe_dump(STEPS))
    assert scripts == ["install", "fetch_base", "merge", "publish", "enforce", "enforce_needs"]
    assert all((ROOT / "entrypoint" / script).stat().st_mode & 0o111 for script in scripts)

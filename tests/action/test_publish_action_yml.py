"""`publish/action.yml` and what calls it: what reaches which step, and what can make it red."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "publish" / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
INSTALL, PUBLISH, ENFORCE = STEPS


def test_every_input_reaches_a_step_and_every_output_is_set_by_one() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(STEPS)))
    assert used == set(ACTION["inputs"]) == {"report", "comment", "statuses", "github-token", "needs"}
    assert {name: output["value"] for name, output in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.publish.outputs.{name} }}}}" for name in ("verdict", "comment-url")
    }


def test_the_token_reaches_one_step_only_and_no_expression_stands_in_a_script() -> None:
    assert [step["name"] for step in STEPS if "token" in yaml.safe_dump(step).lower()] == ["Publish"]
    assert not any("${{" in step["run"] or "uses" in step for step in STEPS)


def test_only_the_needed_jobs_can_make_it_red() -> None:
    assert INSTALL["continue-on-error"] is PUBLISH["continue-on-error"] is True
    assert PUBLISH["if"] == "steps.install.outcome == 'success'"
    assert "continue-on-error" not in ENFORCE
    assert ENFORCE["if"] == "always()"
    assert ENFORCE["env"] == {"QUALITY_GATE_NEEDS": "${{ inputs.needs }}"}


def test_the_scripts_of_the_steps_lie_beside_those_of_the_action_and_may_be_run() -> None:
    scripts = re.findall(r"\$GITHUB_ACTION_PATH/\.\./entrypoint/(\w+)", yaml.safe_dump(STEPS))
    assert scripts == ["install", "publish_elsewhere", "enforce_needs"]
    assert all((ROOT / "entrypoint" / script).stat().st_mode & 0o111 for script in scripts)


@pytest.mark.parametrize("path", ["publish/action.yml", "action.yml"])
def test_what_both_actions_have_is_the_same(path: str) -> None:
    other = yaml.safe_load((ROOT / path).read_text("utf-8"))["inputs"]
    for name in ("comment", "statuses", "github-token"):
        assert other[name]["default"] == ACTION["inputs"][name]["default"]


@pytest.mark.parametrize("path", [".github/workflows/publish.yml", "examples/forks-publish.yml"])
def test_the_publisher_checks_nothing_out_and_asks_for_no_more_than_it_needs(path: str) -> None:
    document = yaml.safe_load((ROOT / path).read_text("utf-8"))
    [job] = document["jobs"].values()
    assert document["permissions"] == {}
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert job["steps"] == [{"uses": "OWNER/quality-gate/publish@v1"}]

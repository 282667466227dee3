"""`action.yml` against the registry of gates, the options, the README and its own scripts."""

import re
import runpy
from pathlib import Path
from typing import Any

import yaml

from gate.config.resolve import variable_of
from gate.gates import GATES

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
FETCH = "Fetch what the change is compared with"
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CONTRACT_OUTPUTS = {
    "verdict",
    "coverage",
    "tests",
    "failures",
    "report-path",
    "comment-url",
    "artifact-url",
    "artifact-id",
    "outcomes",
}


def step(name: str) -> dict[str, Any]:
    return next(step for step in STEPS if step["name"] == name)


def test_the_outputs_are_those_of_the_contract_and_one_for_each_gate() -> None:
    assert set(ACTION["outputs"]) == CONTRACT_OUTPUTS | {f"{gate}-outcome" for gate in GATES}


def test_every_output_is_that_of_a_step_which_sets_it() -> None:
    for name, output in ACTION["outputs"].items():
        source = "upload" if name.startswith("artifact-") else "publish"
        assert output["value"] == f"${{{{ steps.{source}.outputs.{name} }}}}"


def test_every_input_reaches_a_step() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(STEPS)))
    assert used == set(ACTION["inputs"])


def test_inputs_that_are_options_arrive_as_the_variable_that_the_configuration_reads() -> None:
    env = step("Run the gates")["env"]
    options = ["gates", "postgres", "postgres-version", "python-version", "install", "fail-fast", "timeout", "pass-env"]
    options += ["shard", "workers"]
    options += ["data-branch"]
    for key, name in [*((key, key) for key in options), ("coverage.threshold", "coverage-threshold")]:
        assert env[variable_of(key)] == f"${{{{ inputs.{name} }}}}"


def test_what_fetches_and_what_publishes_know_the_branch_of_badges_and_reports() -> None:
    for name in (FETCH, "Publish"):
        assert step(name)["env"]["QUALITY_GATE_DATA_BRANCH"] == "${{ inputs.data-branch }}"


def test_what_publishes_is_told_by_the_workflow_what_this_use_is_called() -> None:
    """The report may say anything: the tests could have written it."""
    publishing, running = step("Publish")["env"], step("Run the gates")["env"]
    named = {f"QUALITY_GATE_{part}" for part in ("NAME", "MATRIX", "SHARD", "WORKING_DIRECTORY")}
    assert {name: publishing[name] for name in named} == {name: running[name] for name in named}


def test_the_token_reaches_one_step_before_the_gates_and_one_after_them_and_never_theirs() -> None:
    holders = [step["name"] for step in STEPS if "token" in yaml.safe_dump(step).lower()]
    assert holders == [FETCH, "Publish"]
    names = [step["name"] for step in STEPS]
    assert names.index(FETCH) < names.index("Run the gates") < names.index("Publish")


def test_what_is_fetched_is_of_the_use_that_is_run() -> None:
    fetching, running = step(FETCH)["env"], step("Run the gates")["env"]
    shared = {name: value for name, value in fetching.items() if name != "QUALITY_GATE_TOKEN"}
    assert shared.items() <= running.items()
    # All that makes the name of a use, and the configuration of which the base's may be wanted.
    named = {f"QUALITY_GATE_{part}" for part in ("NAME", "MATRIX", "SHARD", "WORKING_DIRECTORY", "CONFIG_FILE")}
    assert named <= set(shared)
    assert running["QUALITY_GATE_BASE_FOLDER"] == "${{ steps.base.outputs.folder }}"


def test_kept_reports_are_saved_by_what_is_pushed_alone_and_restored_by_the_name_of_the_use() -> None:
    restore, save = step("Restore kept reports"), step("Save kept reports")
    assert "github.event_name == 'push'" in save["if"]
    assert restore["with"]["path"] == save["with"]["path"] == "${{ runner.temp }}/quality-gate-kept"
    # With its end, so that the reports of one name are never taken for those of a longer one.
    assert restore["with"]["restore-keys"] == "quality-gate-kept-${{ steps.base.outputs.use }}/"
    assert restore["with"]["key"].startswith(restore["with"]["restore-keys"])


def test_everything_after_the_gates_runs_whatever_happened() -> None:
    later = STEPS[STEPS.index(step("Run the gates")) + 1 :]
    assert all(step["if"].startswith("always()") for step in later)


def test_trouble_with_reporting_cannot_make_the_job_red() -> None:
    quiet = [step["name"] for step in STEPS if step.get("continue-on-error")]
    uploads = ["Upload the report", "Upload the coverage report", "Upload the test results"]
    before = ["Restore downloaded packages", FETCH, "Restore kept reports"]
    assert quiet == [*before, "Save downloaded packages", "Save kept reports", *uploads, "Publish"]


def test_nothing_of_the_gate_itself_comes_from_a_cache_and_no_pull_request_writes_to_it() -> None:
    names = [step["name"] for step in STEPS]
    assert names.index("Install Quality Gate") < names.index("Restore downloaded packages")
    assert "github.event_name == 'push'" in step("Save downloaded packages")["if"]


def test_the_scripts_of_the_steps_exist_and_may_be_run() -> None:
    scripts = re.findall(r"entrypoint/(\w+)", yaml.safe_dump(STEPS))
    assert scripts == ["install", "fetch_base", "run", "publish", "enforce"]
    for script in scripts:
        assert (ROOT / "entrypoint" / script).stat().st_mode & 0o111


def test_what_is_made_from_other_files_is_what_they_make_of_it() -> None:
    docs = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    for page in docs["pages"]():
        text = page.read_text("utf-8")
        assert docs["generated"](text) == text, f"{page.name}: run `make docs`"
    assert (ROOT / "composite" / "action.yml").read_text("utf-8") == docs["composite"](), "run `make docs`"


def test_every_gate_and_every_option_is_documented() -> None:
    from dataclasses import fields

    configuration = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    for gate in GATES.values():
        page = (ROOT / "docs" / "gates" / f"{gate.id}.md").read_text("utf-8")
        for option in fields(gate.options):
            name = option.name.replace("_", "-")
            assert f"\n{name} =" in configuration or f"`{name}`" in page, f"{gate.id}.{name}"


def test_locked_requirements_are_all_hashed_and_name_no_host() -> None:
    for name in ("entrypoint/requirements.txt", "entrypoint/bootstrap.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text("utf-8")
        pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==\S+.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.endswith("\\") for pin in pins)
        assert "://" not in text


def test_the_installer_itself_is_the_one_that_is_locked() -> None:
    pin = re.search(r"^uv==\S+", (ROOT / "entrypoint" / "bootstrap.txt").read_text("utf-8"), re.MULTILINE)
    assert pin
    assert pin[0] in (ROOT / "entrypoint" / "requirements.txt").read_text("utf-8")

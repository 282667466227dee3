"""Inputs and paths that a careless shell script would trip over, or run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.e2e.service import ROOT, SMALL, Service, tell, use, workflow
from tests.fakes.github_api import FakeGitHub
from tests.testbed.repositories import working_copy
from tests.testbed.supervised import run_supervised

pytestmark = pytest.mark.e2e

FOLDER = 'dienste/été & co\'s $(touch owned) `touch owned` "x" ; 日本'
CONFIG = "[tool.quality-gate]\ngates = ['lint', 'unit-tests', 'coverage']\ninstall = 'none'\n"
COVERED = "coverage.threshold = 99\n\n  lint.format=false\n"


def test_paths_and_values_with_every_odd_character(service: Service, github: FakeGitHub) -> None:
    """The folder and the configuration's path: spaces, quotes, other letters, a dash in front."""
    files = workflow(
        use("odd", working_directory=FOLDER, config_file=f"{FOLDER}/the configuration's.toml", set=COVERED),
        {**use("dash", working_directory="-rf", gates="lint"), "if": "always()"},
        {
            **use(
                "command",
                name="a b/c: $(id)",
                working_directory="c",
                gates="unit-tests",
                install="echo \"it's\" '$HOME' > 'in stalled'",
            ),
            "if": "always()",
        },
        tell(
            odd="${{ steps.odd.outputs.outcomes }}",
            dash="${{ steps.dash.outputs.verdict }}",
            command="${{ steps.command.outputs.verdict }}",
        ),
        {"id": "look", "if": "always()", "run": "test ! -e owned && cat 'c/in stalled'"},
    )
    odd = {f"{FOLDER}/{name}": content for name, content in {**SMALL, "the configuration's.toml": CONFIG}.items()}
    others = {f"{folder}/{name}": content for folder in ("-rf", "c") for name, content in SMALL.items()}
    service.push({**odd, **others, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.exit_code == 0, ran.log
    after = ran.outputs["gate"]["after"]
    assert json.loads(after.pop("odd")) == {"lint": "passed", "unit-tests": "passed", "coverage": "passed"}
    assert after == {"dash": "passed", "command": "passed"}
    assert "] it's $HOME\n" in ran.log
    names = {body.split()[2].removeprefix("name=") for body in github.bodies()}
    assert {"rf", "a-b-c-id"} < names
    [odd_name] = names - {"rf", "a-b-c-id"}
    assert odd_name.startswith("dienste-t-co-s-touch-owned-touch-owned-x-")
    report = json.loads(ran.artifacts[f"quality-gate-report-{odd_name}"]["report.json"])
    [threshold] = {one["threshold"] for one in report["results"][2]["measures"] if one["threshold"]}
    assert str(threshold).startswith("99")


def test_the_scripts_in_folders_with_odd_names(tmp_path: Path) -> None:
    """act cannot run from such folders itself: the steps' scripts, as the runner would start them."""
    action = working_copy(ROOT, tmp_path / "the action's $(copy)")
    temporary = tmp_path / "temporary files & more"
    project = tmp_path / "a project"
    for name, content in SMALL.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(content)
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PYTHON"))},
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(tmp_path / "the outputs"),
        "QUALITY_GATE_REPORT_FOLDER": str(temporary / "quality-gate" / "default"),
    }

    def script(name: str, *arguments: str) -> int:
        command = [str(action / "entrypoint" / name), *arguments]
        return run_supervised(command, timeout=240, environment=variables, folder=project).exit_code

    assert script("enforce") == 3
    assert script("install", str(temporary / "quality-gate-environment")) == 0
    assert [script(name) for name in ("run", "publish", "enforce")] == [0, 0, 0]
    assert "report-folder" in (tmp_path / "the outputs").read_text()
    assert json.loads((temporary / "quality-gate/default/report.json").read_text())["verdict"] == "passed"
    assert sorted(path.name for path in project.iterdir()) == ["app", "requirements.txt", "tests"]


def test_nothing_in_an_input_is_run(service: Service, github: FakeGitHub) -> None:
    command = "\"; touch owned; $(touch owned) `touch owned`\n::error::owned\n'"
    inputs = dict.fromkeys(("gates", "coverage_threshold", "timeout", "postgres", "fail_fast", "pass_env"), command)
    files = workflow(
        use("bad", name=command, set=f"lint.format={command}", **inputs),
        {**use("nowhere", name="nowhere", working_directory="no/such folder"), "if": "always()"},
        tell(verdict="${{ steps.bad.outputs.verdict }}"),
        {"if": "always()", "run": "test ! -e owned"},
    )
    service.push({**SMALL, ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.jobs == {"gate": "failure"}
    assert ran.outputs["gate"]["after"] == {"verdict": "misconfigured"}, ran.log
    assert ran.steps[-1].result == "success" or ran.step("4").result == "success", ran.log
    assert [one for one in ran.annotations if one.message == "owned"] == []
    assert "no/such folder is not a folder: give the folder of the project" in ran.log
    assert ran.step("nowhere/run").result == "failure"
    [body] = github.bodies()
    assert "misconfigured" in body


def test_settings_of_the_caller_for_pip_uv_and_python_do_not_reach_the_gate_itself(service: Service) -> None:
    env = {
        "PYTHONHOME": "/nowhere",
        "PYTHONPATH": "/nowhere:.",
        "PYTHONSTARTUP": "start.py",
        "PIP_TARGET": "elsewhere",
        "PIP_CONSTRAINT": "constraints.txt",
        "PIP_REQUIREMENT": "nowhere.txt",
        "PIP_NO_BINARY": ":all:",
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_DRY_RUN": "1",
        "UV_PROJECT_ENVIRONMENT": "elsewhere",
        "UV_PYTHON": "2.7",
        "UV_CONSTRAINT": "constraints.txt",
        "UV_NO_BINARY": "1",
        "VIRTUAL_ENV": "/nowhere",
        "CDPATH": "/",
    }
    files = workflow(use(gates="lint", install="none"), tell(verdict="${{ steps.gate.outputs.verdict }}"), env=env)
    service.push({**SMALL, "constraints.txt": "uv==0.0.1\n", ".github/workflows/gate.yml": files})
    ran = service.run()
    assert ran.step("gate/0").result == "success", ran.log
    assert ran.outputs["gate"]["after"] == {"verdict": "passed"}, ran.log

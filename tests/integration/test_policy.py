"""A change that weakens the gate, as the command judges it under each policy: a real repository, real ruff."""

import subprocess

import pytest

from tests.integration.conftest import MakeProject, Project

pytestmark = pytest.mark.integration

CONFIGURED = '[project]\nname = "a"\nversion = "1"\n[tool.quality-gate]\ngates = ["lint"]\npolicy = "{policy}"\n'
WITHOUT = CONFIGURED.replace('gates = ["lint"]', 'gates = ["unit-tests"]')


def git(project: Project, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=project.folder, check=True, capture_output=True)


def commit(project: Project) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "change")


def branched(make_project: MakeProject, policy: str) -> Project:
    """Return a project at the begin of a branch; `main` has the policy."""
    project = make_project({"pyproject.toml": CONFIGURED.format(policy=policy), "a.py": "x = 1\n"})
    git(project, "init", "--quiet", "--initial-branch", "main")
    commit(project)
    git(project, "checkout", "--quiet", "-b", "branch")
    return project


def test_under_policy_base_no_change_decides_which_gates_judge_it(make_project: MakeProject) -> None:
    project = branched(make_project, "base")
    project.write({"pyproject.toml": WITHOUT.format(policy="head"), "a.py": "import os\n"})
    commit(project)
    run = project.run("--postgres", "off")
    assert (run.exit_code, run.outcomes) == (1, {"lint": "failed"}), run.stdout
    assert {one.message for one in run.report.weakenings} == {
        "takes lint out of gates",
        "loosens policy from base to head",
    }


def test_under_policy_strict_what_weakens_the_gate_is_red_committed_or_not(make_project: MakeProject) -> None:
    project = branched(make_project, "strict")
    run = project.run("--postgres", "off")
    assert (run.exit_code, run.report.weakenings) == (0, ()), run.stdout
    project.write({"a.py": "import os  # noqa: F401\n", "b.py": "y = 1  # type: ignore\n"})
    run = project.run("--postgres", "off")
    assert (run.exit_code, run.outcomes) == (1, {"lint": "passed"}), run.stdout
    assert {f"{one.location} {one.message}" for one in run.report.weakenings} == {
        'a.py:1 adds "# noqa: F401"',
        'b.py:1 adds "# type: ignore"',
    }
    assert "Quality Gate: the change weakens the gate" in run.stdout


def test_a_policy_that_needs_the_base_decides_nothing_without_it(make_project: MakeProject) -> None:
    project = make_project({"pyproject.toml": CONFIGURED.format(policy="base"), "a.py": "x = 1\n"})
    run = project.run("--postgres", "off")
    assert (run.exit_code, run.outcomes) == (3, {"lint": "errored"}), run.stdout
    assert "under policy base, the base's configuration must be known" in run.reason("lint")

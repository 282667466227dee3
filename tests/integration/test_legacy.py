"""`init` on a project that has been neglected for years: green today, red for the next new fault."""

import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from gate.domain.measure import Threshold
from tests.integration.conftest import COMMAND, MakeProject, Project, Run

pytestmark = pytest.mark.integration

MODULES, TESTED, IMPORTS = 50, 20, 10
NAMES = ("abc", "ast", "csv", "enum", "json", "math", "os", "re", "sys", "time")


def legacy() -> dict[str, str]:
    """A package with 500 unused imports, of which tests run 40 %."""
    module = "".join(f"import {name}\n" for name in NAMES) + "\n\ndef answer():\n    return 42\n"
    tests = (
        "from importlib import import_module\n\nimport pytest\n\n\n"
        f"@pytest.mark.parametrize('number', range({TESTED}))\n"
        "def test_answer(number):\n    assert import_module(f'legacy.part_{number:02}').answer() == 42\n"
    )
    return {
        "pyproject.toml": "[project]\nname = 'legacy'\nversion = '1'\n\n[tool.ruff.lint]\nselect = ['F']\n",
        "legacy/__init__.py": "",
        **{f"legacy/part_{number:02}.py": module for number in range(MODULES)},
        "tests/test_legacy.py": tests,
        ".gitignore": "__pycache__\n",
    }


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *author, *words], check=True, capture_output=True)


def commit(project: Project, message: str) -> None:
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", "--message", message)


def initialised(project: Project, *words: str) -> str:
    ended = subprocess.run(
        [COMMAND, "init", *words, project.folder],
        env=project.environment,
        cwd=project.out.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def change(project: Project, **files: str) -> None:
    """Put the project back to what is committed, and write these files."""
    git(project.folder, "reset", "--quiet", "--hard")
    git(project.folder, "clean", "--quiet", "--force", "-d")
    project.write(files)


def new_findings(run: Run) -> list[str]:
    (result,) = run.report.results
    return sorted(str(finding.location) for finding in result.findings if finding.in_base is False)


def outcomes(run: Run) -> dict[str, str]:
    return {gate: outcome for gate, outcome in run.outcomes.items() if outcome != "skipped"}


def test_a_legacy_project_is_green_today_and_red_for_the_next_new_fault(make_project: MakeProject) -> None:
    project = make_project(legacy())
    git(project.folder, "init", "--quiet", "--initial-branch=main")
    commit(project, "years of neglect")
    told = initialised(project)
    assert "500 findings of lint" in told
    assert "coverage 40 %, below 80 %" in told
    assert 'fail-on = "new"' in (project.folder / "pyproject.toml").read_text()

    today = project.run()
    assert today.exit_code == 0, today.stdout
    assert outcomes(today) == dict.fromkeys(("lint", "unit-tests", "coverage"), "passed")
    commit(project, "the gate")
    git(project.folder, "checkout", "--quiet", "-b", "change")

    old = (project.folder / "legacy" / "part_00.py").read_text()
    imports, _, function = old.partition("\n\n")
    moved = {
        "legacy/part_00.py": f"{function.strip()}\n\n\n{imports}\n",
        "legacy/part_01.py": old.replace("import os\n", ""),
        "legacy/part_02.py": "import json\n\njson\n\n" + old.replace("import json\n", ""),
    }
    change(project, **moved)
    run = project.run("--gates", "lint")
    assert run.outcomes == {"lint": "passed"}, run.stdout
    new = {
        "legacy/part_00.py": f"import ftplib\n{old}",
        "legacy/part_01.py": f"{old}\n\ndef other():\n    import os\n",
        "legacy/new.py": "import ftplib\n",
    }
    change(project, **new)
    run = project.run("--gates", "lint")
    assert run.outcomes == {"lint": "failed"}, run.stdout
    # The second `os` is unused, and hides the first.
    assert new_findings(run) == ["legacy/new.py:1", "legacy/part_00.py:1", *["legacy/part_01.py:18"] * 2]

    body = "".join(f"    x = {number}\n" for number in range(25))
    change(project, **{"legacy/part_00.py": f"{old}\n\ndef untested():\n{body}    return x\n"})
    run = project.run()
    assert outcomes(run) == {"lint": "passed", "unit-tests": "passed", "coverage": "failed"}, run.stdout
    measures = {measure.name: measure for result in run.report.results for measure in result.measures}
    assert (measures["patch-coverage"].numerator, measures["patch-coverage"].denominator) == (1, 27)
    assert measures["patch-coverage"].threshold == Threshold(value=Fraction(80), direction="at-least")
    change(project, **{"tests/test_new.py": "def test_new():\n    assert False\n"})
    run = project.run("--gates", "unit-tests")
    assert run.outcomes == {"unit-tests": "failed"}, run.stdout


def test_a_healthy_project_gets_none_of_that_and_a_failing_test_is_named(make_project: MakeProject) -> None:
    files = {
        "requirements.txt": "",
        "good.py": "def answer():\n    return 42\n",
        "test_good.py": "from good import answer\n\n\ndef test_good():\n    assert answer() == 42\n",
    }
    project = make_project(files)
    told = initialised(project, "--dry-run")
    assert "fail-on" not in told
    assert "threshold" not in told
    assert "How it stands today: no gate is red" in told
    project.write({"test_bad.py": files["test_good.py"].replace("_good", "_bad").replace("42", "1")})
    told = initialised(project)
    assert "1 test fails today; mend it first:\n  test_bad.py::test_bad\n" in told
    assert "fail-on" not in (project.folder / "quality-gate.yml").read_text()

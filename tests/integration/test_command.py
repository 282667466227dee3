"""What a user of the command meets: outcomes, exit statuses, mistakes, interruptions."""

import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from gate.domain.report import Verdict
from tests.integration.conftest import MakeProject, Project

pytestmark = pytest.mark.integration

PLAIN = {
    "requirements.txt": "",
    "app.py": "def double(n):\n    return 2 * n\n",
    "tests/test_app.py": "from app import double\n\n\ndef test_double():\n    assert double(2) == 4\n",
    "conftest.py": "",
}
FAILING = "\n\ndef test_wrong():\n    expected = 5\n    assert double(2) == expected\n"


def test_a_plain_library_passes_without_a_line_of_configuration(make_project: MakeProject) -> None:
    run = make_project(PLAIN).run()
    assert run.exit_code == 0, run.stdout + run.stderr
    assert run.outcomes == {
        "lint": "passed",
        "unit-tests": "passed",
        "integration-tests": "skipped",
        "coverage": "passed",
    }
    assert run.reason("integration-tests").startswith("no test is marked `integration`")
    assert "PostgreSQL" not in run.stderr


def test_the_report_folder_has_all_that_is_promised_and_ignores_itself(make_project: MakeProject) -> None:
    run = make_project(PLAIN).run()
    promised = {
        "report.json",
        "summary.md",
        "comment.md",
        "report.html",
        "lint.sarif",
        "junit/unit-tests.xml",
        "coverage/coverage.xml",
    }
    promised |= {"coverage/coverage.json", "coverage/html/index.html", "logs/unit-tests.log"}
    assert {path for path in promised if not (run.folder / path).is_file()} == set()
    assert (run.folder / ".gitignore").read_text().endswith("*\n")
    assert json.loads((run.folder / "lint.sarif").read_text())["version"] == "2.1.0"


def test_a_failing_test_is_red_at_its_line(make_project: MakeProject) -> None:
    run = make_project(PLAIN | {"tests/test_app.py": PLAIN["tests/test_app.py"] + FAILING}).run()
    assert run.exit_code == 1
    assert run.findings("unit-tests") == ["test-failed tests/test_app.py:10"]
    assert "tests/test_app.py:10" in run.stdout
    assert run.outcomes["coverage"] == "passed"


def test_exit_zero_hides_the_verdict_from_the_shell_only(make_project: MakeProject) -> None:
    project = make_project(PLAIN | {"tests/test_app.py": PLAIN["tests/test_app.py"] + FAILING})
    run = project.run("--exit-zero", "--gates", "unit-tests")
    assert (run.exit_code, run.report.verdict) == (0, Verdict.FAILED)


def test_paths_are_those_of_the_repository(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project({})
    (project.folder / ".git").mkdir()
    service = Project(project.folder / "services" / "ärger api", project.out, project.environment)
    service.write(
        PLAIN | {"app.py": "import os\n" + PLAIN["app.py"], "tests/test_app.py": PLAIN["tests/test_app.py"] + FAILING}
    )
    run = service.run("--set", "coverage.threshold=100")
    assert "F401 services/ärger api/app.py:1" in run.findings("lint")
    assert run.findings("unit-tests") == ["test-failed services/ärger api/tests/test_app.py:10"]
    assert run.report.subject.project == "services/ärger api"


MISTAKES = """
[tool.quality-gate]
gates = ["lnt"]
timeuot = 3
[tool.quality-gate.coverage]
threshold = 101
"""


def test_every_mistake_in_the_configuration_is_told_and_nothing_is_done(make_project: MakeProject) -> None:
    run = make_project(PLAIN | {"pyproject.toml": MISTAKES}).run("--set", "lint.fromat=true")
    assert run.exit_code == 2
    for words in (
        "did you mean 'lint'?",
        "did you mean 'timeout'?",
        "such as 95 or 92.5",
        "did you mean 'format'?",
        "pyproject.toml:6",
    ):
        assert words in run.stdout
    assert run.report.verdict is Verdict.MISCONFIGURED
    assert not (run.folder / "junit").exists()


@pytest.mark.parametrize(
    ("files", "arguments", "words"),
    [
        ({"quality-gate.yml": "timeout: 3\n", "pyproject.toml": "[tool.quality-gate]\n"}, (), "more than one place"),
        ({}, ("--config", "absent.toml"), "there is no such file"),
        ({}, ("--gates", "coverage"), "add unit-tests or integration-tests"),
        ({}, ("--set", "nonsense"), "gate.option=value"),
        ({}, ("--postgres", "mysql"), "neither a provider nor a URL"),
    ],
)
def test_a_mistake_says_what_to_do(
    make_project: MakeProject, files: dict[str, str], arguments: tuple[str, ...], words: str
) -> None:
    run = make_project(PLAIN | files).run(*arguments)
    assert run.exit_code == 2
    assert words in run.stdout


def test_a_folder_with_other_files_is_not_overwritten(make_project: MakeProject) -> None:
    project = make_project(PLAIN)
    project.out.mkdir()
    (project.out / "thesis.txt").write_text("years of work")
    run = project.run()
    assert run.exit_code == 2
    assert "not a report of Quality Gate" in run.stderr
    assert [path.name for path in project.out.iterdir()] == ["thesis.txt"]


def test_a_second_run_replaces_the_report_of_the_first(make_project: MakeProject) -> None:
    project = make_project(PLAIN)
    project.run()
    run = project.run("--gates", "lint")
    assert run.outcomes == {"lint": "passed"}
    assert not (project.out / "junit").exists()


def test_a_project_that_is_not_there(make_project: MakeProject) -> None:
    project = make_project({})
    project.folder.rmdir()
    run = project.run()
    assert run.exit_code == 2
    assert "is not a folder" in run.stderr


HOSTILE_NEIGHBOURS = {
    "gate/__init__.py": "raise RuntimeError('the project\\'s own gate was imported')\n",
    "gate/cli.py": "raise RuntimeError('the project\\'s own gate was imported')\n",
    "sitecustomize.py": "import os\nif os.environ.get('EXPECT_PROJECT') != 'yes':\n    os._exit(77)\n",
    "rich.py": "raise RuntimeError('not yours')\n",
    "yaml.py": "raise RuntimeError('not yours')\n",
}


def test_a_gate_a_sitecustomize_and_a_pythonpath_of_the_project_are_its_own(make_project: MakeProject) -> None:
    own = "import gate_of_ours\nimport sys\n\n\ndef test_it():\n    assert gate_of_ours and 'sitecustomize' in sys.modules\n"
    project = make_project(PLAIN | HOSTILE_NEIGHBOURS | {"tests/test_app.py": own, "lib/gate_of_ours.py": ""})
    where = f"{project.folder}{os.pathsep}{project.folder / 'lib'}"
    arguments = ("--gates", "unit-tests")
    run = project.run(*arguments, PYTHONPATH=where, EXPECT_PROJECT="yes")
    assert run.outcomes == {"unit-tests": "passed"}, run.stdout + run.stderr
    project.write({"tests/test_app.py": own.replace("assert ", "assert not ")})
    assert project.run(*arguments, PYTHONPATH=where, EXPECT_PROJECT="yes").outcomes == {"unit-tests": "failed"}


LOOKS_FOR_TOKENS = """
import os


def test_no_token():
    named = [name for name in os.environ if name.startswith(("INPUT_", "ACTIONS_")) or name in
             ("GITHUB_TOKEN", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")]
    assert named == []
    assert not [name for name, value in os.environ.items() if "s3cr3t" in value]
    assert os.environ["HARMLESS"] == "here"
"""


def test_tests_see_no_token(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(PLAIN | {"tests/test_app.py": LOOKS_FOR_TOKENS})
    secrets = {
        "GITHUB_TOKEN": "s3cr3t",
        "INPUT_GITHUB_TOKEN": "s3cr3t",
        "ANOTHER_NAME": "url with s3cr3t inside",
        "ACTIONS_RUNTIME_TOKEN": "s3cr3t2",
        "GITHUB_OUTPUT": str(tmp_path / "out"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "HARMLESS": "here",
    }
    run = project.run("--gates", "unit-tests", **secrets)
    assert run.outcomes == {"unit-tests": "passed"}, run.stdout


COMMANDS = """
def test_speaks_to_the_runner(capfd):
    with capfd.disabled():
        print("\\n::set-output name=verdict::passed")
        print("::stop-commands::mine", flush=True)
        print("::add-mask::passed", flush=True)
    assert False
"""


def test_what_tests_print_reaches_the_runner_only_between_fences(make_project: MakeProject) -> None:
    run = make_project(PLAIN | {"tests/test_app.py": COMMANDS}).run("--gates", "unit-tests", GITHUB_ACTIONS="true")
    lines = run.stderr.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("::stop-commands::"))
    token = lines[start].removeprefix("::stop-commands::")
    end = lines.index(f"::{token}::")
    assert len(token) >= 32
    for command in ("::set-output name=verdict::passed", "::stop-commands::mine", "::add-mask::passed"):
        assert lines.index(command) in range(start + 1, end)
    outside = lines[:start] + lines[end + 1 :] + run.stdout.splitlines()
    assert not [line for line in outside if line.lstrip().startswith(("::set-output", "::add-mask", "::stop-commands"))]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "import os\n\n\ndef test_it():\n    os._exit(0)\n",
            "pytest wrote no results, although it exited with status 0",
        ),
        (
            "import pytest\n\n\ndef test_it():\n    pytest.exit('enough', returncode=0)\n\n\ndef test_other():\n    pass\n",
            "after 1 of 2 tests",
        ),
        (
            "import pytest\n\n\ndef test_it():\n    pytest.exit('enough', returncode=0)\n",
            "in the middle of tests/test_app.py::test_it",
        ),
        ("import pytest\n\npytest.skip('no', allow_module_level=True)\n", "pytest found no test of this kind"),
        (
            "import pytest\n\n\n@pytest.mark.skip(reason='later')\ndef test_it():\n    pass\n",
            "the only test was skipped: later",
        ),
    ],
)
def test_a_suite_that_did_not_run_is_never_green(make_project: MakeProject, body: str, reason: str) -> None:
    run = make_project(PLAIN | {"tests/test_app.py": body}).run("--gates", "unit-tests")
    assert (run.exit_code, run.outcomes) == (3, {"unit-tests": "errored"}), run.stdout
    assert reason in run.reason("unit-tests")


@pytest.mark.parametrize("setting", ["fix", "fix-only"])
def test_ruff_never_changes_the_sources(make_project: MakeProject, setting: str) -> None:
    untidy = "import os\nimport sys\nx=1\n"
    config = f"[tool.ruff]\n{setting} = true\nunsafe-fixes = true\n"
    project = make_project(PLAIN | {"app.py": untidy, "pyproject.toml": config})
    run = project.run("--gates", "lint", "--set", "lint.format=true")
    assert (project.folder / "app.py").read_text() == untidy
    assert {"F401 app.py:1", "F401 app.py:2", "format app.py"} <= set(run.findings("lint"))


def test_a_lint_that_leaves_every_file_out_is_not_passed(make_project: MakeProject) -> None:
    project = make_project(PLAIN | {"ruff.toml": "exclude = ['*']\n"})
    run = project.run("--gates", "lint", "--set", "lint.format=true")
    assert (run.exit_code, run.outcomes) == (3, {"lint": "errored"}), run.stdout
    assert run.reason("lint") == "ruff's configuration leaves out every Python file"


def test_the_projects_pinned_ruff_judges(make_project: MakeProject) -> None:
    config = (
        "repos:\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.14.0\n    hooks: [{id: ruff}]\n"
    )
    run = make_project(PLAIN | {".pre-commit-config.yaml": config}).run("--gates", "lint")
    assert run.reason("lint") == "ruff 0.14.0"
    assert run.report.tool_versions["ruff"] == "0.14.0"


@pytest.mark.parametrize("lock", [{}, {"uv.lock": 'version = 1\n\n[[package]]\nname = "ruff"\nversion = "0.14.0"\n'}])
def test_a_project_that_cannot_be_installed_is_linted_all_the_same(
    make_project: MakeProject, lock: dict[str, str]
) -> None:
    run = make_project(PLAIN | {"requirements.txt": "./absent\n"} | lock).run("--gates", "lint,unit-tests")
    assert run.outcomes == {"lint": "passed", "unit-tests": "errored"}, run.stdout
    assert "could not be installed" in run.reason("unit-tests")
    assert (run.report.tool_versions["ruff"] == "0.14.0") is bool(lock)


def test_a_ruff_that_cannot_read_its_configuration_is_errored(make_project: MakeProject) -> None:
    run = make_project(PLAIN | {"ruff.toml": "line-length = 'long'\n"}).run("--gates", "lint")
    assert run.outcomes == {"lint": "errored"}
    assert "exited with status 2" in run.reason("lint")


SLOW = "import time\n\n\ndef test_it():\n    time.sleep(120)\n"


def _wait_until_it_tests(project: Project) -> None:
    log = project.out / "logs" / "unit-tests.log"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if log.exists() and "test_app.py" in log.read_text():
            return
        time.sleep(0.1)
    raise AssertionError("the tests did not start")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_cleans_up_and_its_report_says_so(
    make_project: MakeProject, number: signal.Signals, tmp_path: Path
) -> None:
    project = make_project(PLAIN | {"tests/test_app.py": SLOW})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = project.start("--gates", "unit-tests,lint", "--postgres", "embedded", TMPDIR=str(scratch))
    _wait_until_it_tests(project)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    run = project.end(process)
    assert run.exit_code == 130
    assert run.report.interrupted
    assert run.reason("unit-tests") == f"interrupted by {number.name}"
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    assert list(scratch.iterdir()) == []


def test_the_first_that_fails_stops_the_others(make_project: MakeProject) -> None:
    project = make_project(PLAIN | {"app.py": "import os\n", "tests/test_app.py": SLOW})
    run = project.run("--fail-fast", "--gates", "lint,unit-tests")
    assert run.outcomes == {"lint": "failed", "unit-tests": "skipped"}
    assert run.exit_code == 1

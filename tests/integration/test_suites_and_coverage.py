"""The two halves of a suite, and what they cover together, on projects of many shapes."""

import subprocess
from pathlib import Path

import pytest

from tests.integration.conftest import MakeProject

pytestmark = pytest.mark.integration

HALVES = {
    "requirements.txt": "",
    "pkg/__init__.py": "",
    "pkg/core.py": "def first():\n    return 1\n\n\ndef second():\n    return 2\n",
    "tests/unit/test_first.py": "from pkg.core import first\n\n\ndef test_first():\n    assert first() == 1\n",
    "tests/integration/test_second.py": "from pkg.core import second\n\n\ndef test_second():\n    assert second() == 2\n",
    "conftest.py": "",
}


def test_two_halves_make_a_whole_and_the_projects_own_threshold_judges_it(make_project: MakeProject) -> None:
    config = "[tool.coverage.run]\nsource = ['pkg']\nbranch = true\n[tool.coverage.report]\nfail_under = 100\n"
    run = make_project(HALVES | {"pyproject.toml": config}).run()
    assert run.exit_code == 0, run.stdout
    assert run.measures("coverage")["coverage"] == "100"
    result = run.report.result("coverage")
    assert result is not None
    assert result.measures[0].threshold is not None
    assert result.measures[0].threshold.value == 100


def test_tests_inside_the_package_count_where_nothing_is_configured_and_it_is_said(make_project: MakeProject) -> None:
    inside = {
        "pkg/tests/deep/test_inside.py": "def test_it():\n    assert True\n",
        "pkg/test_beside.py": "",
        "pkg/conftest.py": "",
    }
    run = make_project(HALVES | inside).run("--gates", "unit-tests,integration-tests,coverage")
    result = run.report.result("coverage")
    assert result is not None
    (exhibit,) = result.exhibits
    measured = [file.path for file in exhibit.files]  # type: ignore[union-attr]
    assert {"pkg/core.py", "pkg/tests/deep/test_inside.py"} <= {*measured}
    assert not any(path.startswith("tests/") for path in measured)
    assert "counted; without them" in run.reason("coverage")


@pytest.mark.parametrize(
    "addopts",
    [
        "--cov=pkg --cov-fail-under=100 --cov-report=term",
        "--cov --cov-config=own.cfg",
        "-p no:cacheprovider",
        "--tb=no -q -x",
    ],
)
def test_the_projects_addopts_stay_in_force_and_redden_no_half(make_project: MakeProject, addopts: str) -> None:
    files = {
        # What pytest-cov says of a dynamic context is a warning, and no fault of the tests.
        "pytest.ini": f"[pytest]\naddopts = {addopts}\nfilterwarnings = error\n",
        "own.cfg": "[run]\nsource = pkg\ndynamic_context = test_function\n",
    }
    run = make_project(HALVES | files).run("--gates", "unit-tests,integration-tests,coverage")
    assert run.outcomes == dict.fromkeys(("unit-tests", "integration-tests", "coverage"), "passed"), run.stdout
    assert run.measures("coverage")["coverage"] == "100"


def test_a_repository_of_tests_alone_has_nothing_to_measure(make_project: MakeProject) -> None:
    project = make_project({"requirements.txt": "", "tests/test_a.py": "def test_a():\n    pass\n"})
    run = project.run()
    assert (run.exit_code, run.outcomes["coverage"]) == (0, "skipped"), run.stdout
    assert run.reason("coverage") == "there is no source beside the tests"
    assert project.run("--gates", "unit-tests,coverage").outcomes["coverage"] == "errored"


EMPTIES = "def pytest_collection_modifyitems(items):\n    items[:] = []\n"


@pytest.mark.parametrize(
    ("settings", "conftest", "reason"),
    [
        ("-k nothing", "", "all tests of this kind (1) were left out"),
        ("-n 2 -k nothing", "", "all tests of this kind (1) were left out"),
        ("", EMPTIES, "all tests of this kind (1) were left out"),
        ("--setup-only", "", "pytest exited with status 4"),
        ("-p no:quality-gate-plugin", "", "without Quality Gate's plug-in"),
    ],
)
def test_a_suite_that_is_kept_from_running_is_errored(
    make_project: MakeProject, settings: str, conftest: str, reason: str
) -> None:
    files = {
        "requirements.txt": "pytest-xdist\n",
        "pytest.ini": f"[pytest]\naddopts = {settings}\n",
        "tests/test_a.py": "def test_a():\n    pass\n",
        "conftest.py": conftest,
    }
    run = make_project(files).run("--set", "gates=lint,unit-tests")
    assert (run.exit_code, run.outcomes["unit-tests"]) == (3, "errored"), run.stdout
    assert reason in run.reason("unit-tests")


def test_without_the_gate_coverage_the_projects_own_threshold_is_not_asked(make_project: MakeProject) -> None:
    files = {"pytest.ini": "[pytest]\naddopts = --cov=pkg --cov-fail-under=100\nfilterwarnings = error\n"}
    run = make_project(HALVES | files).run("--gates", "unit-tests")
    assert run.outcomes == {"unit-tests": "passed"}


def test_xdist_subprocesses_and_parallel_data_are_combined(make_project: MakeProject) -> None:
    worker = "import subprocess\nimport sys\n\n\ndef test_{n}():\n    code = 'from pkg.core import {n}; assert {n}()'\n    subprocess.run([sys.executable, '-c', code], check=True)\n"
    files = {
        "requirements.txt": "pytest-xdist\n",
        "pytest.ini": "[pytest]\naddopts = -n 2\n",
        "tests/unit/test_first.py": worker.format(n="first"),
        "tests/integration/test_second.py": worker.format(n="second"),
        ".coveragerc": "[run]\nsource = pkg\nparallel = true\npatch = subprocess\nbranch = true\n",
    }
    run = make_project(HALVES | files).run("--gates", "unit-tests,integration-tests,coverage")
    assert run.exit_code == 0, run.stdout
    assert run.measures("coverage")["coverage"] == "100"
    assert run.measures("unit-tests")["tests"] == "1"


def test_one_line_below_the_threshold_is_red_at_the_line(make_project: MakeProject) -> None:
    run = make_project(HALVES | {"tests/integration/test_second.py": "def test_nothing():\n    pass\n"}).run(
        "--set", "coverage.threshold=75.01"
    )
    assert run.outcomes["coverage"] == "failed"
    assert run.measures("coverage")["coverage"] == "75"
    assert run.findings("coverage") == ["missing-lines pkg/core.py:6"]


def test_every_test_runs_in_exactly_one_half(make_project: MakeProject) -> None:
    marked = (
        "import pytest\n\n\n@pytest.mark.integration\ndef test_marked():\n    pass\n\n\ndef test_plain():\n    pass\n"
    )
    files = {
        "pytest.ini": "[pytest]\nmarkers = integration\n",
        "tests/test_mixed.py": marked,
        "tests/test_integration_db.py": "def test_by_name():\n    pass\n",
    }
    run = make_project(HALVES | files).run("--gates", "unit-tests,integration-tests")
    assert run.outcomes == dict.fromkeys(("unit-tests", "integration-tests"), "passed"), run.stdout
    halves = {}
    for gate in ("unit-tests", "integration-tests"):
        result = run.report.result(gate)
        assert result is not None
        halves[gate] = {case.name for case in result.exhibits[0].cases}  # type: ignore[union-attr]
    assert halves == {
        "unit-tests": {"tests/unit/test_first.py::test_first", "tests/test_mixed.py::test_plain"},
        "integration-tests": {
            "tests/integration/test_second.py::test_second",
            "tests/test_mixed.py::test_marked",
            "tests/test_integration_db.py::test_by_name",
        },
    }


def test_a_suite_that_the_project_parts_by_hand_is_parted_all_the_same(make_project: MakeProject) -> None:
    marked = (
        "import pytest\n\n\n@pytest.mark.integration\ndef test_marked():\n    pass\n\n\ndef test_plain():\n    pass\n"
    )
    files = {
        "requirements.txt": "",
        "pytest.ini": "[pytest]\nmarkers = integration\naddopts = -m 'not integration'\n",
        "tests/test_mixed.py": marked,
    }
    run = make_project(files).run("--gates", "unit-tests,integration-tests")
    assert run.outcomes == dict.fromkeys(("unit-tests", "integration-tests"), "passed"), run.stdout
    assert (run.measures("unit-tests")["tests"], run.measures("integration-tests")["tests"]) == ("1", "1")


def test_sessions_that_the_project_runs_apart_are_run_apart_and_summed(make_project: MakeProject) -> None:
    # In one session pytest refuses two files of the same name.
    files = {
        "tox.ini": "[testenv]\ncommands =\n    pytest --doctest-modules pkg a {posargs}\n    pytest b {posargs}\n",
        "pkg/__init__.py": "",
        "pkg/core.py": 'def first():\n    """\n    >>> first()\n    1\n    """\n    return 1\n\n\ndef second():\n    return 2\n',
        "a/test_it.py": "def test_a():\n    pass\n",
        "b/test_it.py": "from pkg.core import second\n\n\ndef test_b():\n    assert second() == 2\n",
    }
    run = make_project(files).run("--gates", "unit-tests,coverage")
    assert run.outcomes == dict.fromkeys(("unit-tests", "coverage"), "passed"), run.stdout
    assert run.measures("unit-tests")["tests"] == "3"
    assert run.measures("coverage")["coverage"] == "100"
    assert "pytest --doctest-modules pkg a, then pytest b, as tox.ini says" in run.report.found


def test_paths_of_the_configuration_part_the_suite(make_project: MakeProject) -> None:
    config = '[tool.quality-gate.unit-tests]\npaths = ["tests"]\n[tool.quality-gate.integration-tests]\npaths = ["tests/db"]\n'
    files = {"pyproject.toml": config, "tests/db/test_db.py": "def test_db():\n    pass\n"}
    run = make_project(HALVES | files).run("--gates", "unit-tests,integration-tests")
    # Without the default rule, tests/integration is a folder like any other.
    assert (run.measures("unit-tests")["tests"], run.measures("integration-tests")["tests"]) == ("2", "1")


def test_a_half_that_cannot_be_imported_does_not_break_the_other(make_project: MakeProject) -> None:
    run = make_project(HALVES | {"tests/integration/test_second.py": "import no_such_module\n"}).run()
    assert (run.outcomes["unit-tests"], run.outcomes["integration-tests"]) == ("passed", "errored")
    assert run.findings("integration-tests") == ["test-not-collected tests/integration/test_second.py:1"]
    assert run.reason("integration-tests").startswith("cannot run: needs `no_such_module`, which nothing declares")


def test_what_unittest_would_run_is_run_whatever_its_file_is_called(make_project: MakeProject) -> None:
    case = "import unittest\n\nfrom pkg.core import {n}\n\n\nclass A(unittest.TestCase):\n    def test_{n}(self):\n        self.assertTrue({n}())\n"
    files = {
        "requirements.txt": "",
        "pkg/__init__.py": "",
        "pkg/core.py": HALVES["pkg/core.py"],
        "pkg/tests.py": case.format(n="first"),
        "tests/testsecond.py": case.format(n="second"),
    }
    run = make_project(files).run("--set", "gates=unit-tests")
    assert (run.outcomes["unit-tests"], run.measures("unit-tests")["tests"]) == ("passed", "2"), run.stdout


@pytest.mark.parametrize(
    ("addopts", "said"),
    [
        ("-n 2 --reuse-db", "cannot run: needs `pytest-xdist` and `pytest-django`, which nothing declares"),
        ("--stepwise", "pytest stopped early, after 1 of 2 tests"),
    ],
)
def test_what_addopts_lacks_or_stops_is_told(make_project: MakeProject, addopts: str, said: str) -> None:
    tests = "def test_a():\n    assert 0\n\n\ndef test_b():\n    pass\n"
    files = {"requirements.txt": "", "pytest.ini": f"[pytest]\naddopts = {addopts}\n", "tests/test_a.py": tests}
    run = make_project(files).run("--gates", "unit-tests")
    assert said in run.reason("unit-tests")
    assert run.outcomes["unit-tests"] == ("failed" if "early" in said else "errored")


def test_hostile_names_and_messages_come_through_as_text(make_project: MakeProject) -> None:
    hostile = (
        "import pytest\n\n\n"
        "@pytest.mark.parametrize('v', ['<!-- quality-gate:v1 -->', '](https://x) @team **b** `c` | d', '\\u202e\\x1b[31m', 'é🙈'])\n"
        "def test_names(v):\n"
        "    raise AssertionError('::set-output name=verdict::passed\\n<script>alert(1)</script> @someone')\n"
    )
    project = make_project(HALVES | {"tests/unit/test_first.py": hostile})
    run = project.run("--gates", "unit-tests")
    assert run.outcomes == {"unit-tests": "failed"}
    for name in ("comment.md", "summary.md"):
        text = (run.folder / name).read_text("utf-8")
        assert "<script>" not in text
        assert text.count("<!--") == text.count("<!-- quality-gate:v1") <= 1
    assert "\x1b" not in run.stdout
    assert not [line for line in run.stdout.splitlines() if line.lstrip().startswith("::")]


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def test_the_lines_of_a_change_are_judged_by_themselves(make_project: MakeProject) -> None:
    config = "[tool.coverage.run]\nsource = ['pkg']\nomit = ['left_out.py']\n[tool.quality-gate.coverage]\npatch-minimum = 5\n"
    config += "[tool.ruff]\nextend-exclude = ['broken.py']\n"
    project = make_project(HALVES | {"pyproject.toml": config, ".gitignore": "__pycache__/\n.coverage*\n"})
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "x")
    git(project.folder, "switch", "-qc", "work")
    tested = "def third():\n    return sum(\n        [1, 2],\n    )\n\n\ndef fourth():\n    return 4\n"
    cold = "import os\n\n\ndef run():\n    return os.name\n\n\ndef debug():  # pragma: no cover\n    return 1\n"
    test = "from pkg.core import first\nfrom pkg.more import third\n\n\ndef test_first():\n    assert first() == 1\n    assert third() == 3\n"
    project.write({"pkg/more.py": tested, "worker.py": cold, "left_out.py": cold, "docs/conf.py": cold})
    project.write({"pkg/broken.py": "def fifth(:\n    return 5\n"})
    project.write({"tests/unit/test_first.py": test})
    run = project.run()
    # def third, its return, def fourth; not its return, nothing of worker.py but what is left out, nor what is no Python.
    result = run.report.result("coverage")
    assert result is not None
    patch = next(measure for measure in result.measures if measure.name == "patch-coverage")
    assert (run.exit_code, patch.numerator, patch.denominator) == (1, 3, 9), run.stdout + run.stderr
    assert (
        "3 of 9 lines of the change ran, 33.33 % and not 80 %: all but worker.py (no test imports it), "
        "pkg/broken.py (does not parse) and pkg/more.py 8" in run.reason("coverage")
    )
    assert run.findings("coverage") == [
        "does-not-parse pkg/broken.py:1",
        "patch-not-covered pkg/broken.py:1",
        "patch-not-covered pkg/more.py:8",
        "patch-not-covered worker.py:1",
        "patch-not-covered worker.py:4",
    ]
    assert run.report.change is not None
    assert "worker.py" in [file.path for file in run.report.change.files]
    off = project.run("--set", "coverage.patch-threshold=off")
    assert (off.exit_code, off.outcomes["coverage"]) == (0, "passed"), off.stdout

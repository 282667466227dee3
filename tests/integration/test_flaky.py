"""Tests that pass only when they are tried again, by the gate or by a plug-in of the project's own."""

import pytest

from gate.domain.exhibit import TestCase
from gate.render.exhibited import cases_of
from tests.integration.conftest import MakeProject, Run

pytestmark = pytest.mark.integration

# Fails as often as its argument says: what it has written outlasts the process.
COUNTED = (
    "from pathlib import Path\n\nimport pytest\n\n\n"
    "def fail_at_first(name, times):\n"
    "    with Path(f'{name}.tries').open('a+') as tries:\n"
    "        tries.write('x')\n"
    "        assert tries.tell() > times, 'too early'\n\n\n"
)
SUITE = COUNTED + (
    "@pytest.mark.parametrize('name', ['a/b', 'c::d', 'é'])\n"
    "def test_once(name):\n    fail_at_first(f'once-{len(name)}{name[0]}', 1)\n\n\n"
    "@pytest.fixture\n"
    "def fickle():\n    yield\n    fail_at_first('fickle', 2)\n\n\n"
    "def test_teardown(fickle):\n    fail_at_first('body', 1)\n\n\n"
    "def test_good():\n    pass\n"
)
ALWAYS = "\n\ndef test_always():\n    raise RuntimeError('always')\n"


def cases(run: Run) -> dict[str, TestCase]:
    result = run.report.result("unit-tests")
    assert result is not None
    return {case.name.partition("::")[2]: case for case in cases_of(result)}


def told(run: Run) -> dict[str, tuple[str, int]]:
    return {name: (str(case.outcome), case.retried) for name, case in cases(run).items()}


def test_failed_tests_are_tried_again_alone_and_one_that_always_fails_is_red(make_project: MakeProject) -> None:
    project = make_project({
        "requirements.txt": "pytest-xdist\n",
        "pytest.ini": "[pytest]\naddopts = -n 2\n",
        "pkg/__init__.py": "def late():\n    return 1\n",
        "tests/test_a.py": SUITE.replace("    pass\n", "    fail_at_first('late', 1)\n    from pkg import late\n    late()\n")
        + ALWAYS,
    })  # fmt: skip
    run = project.run("--gates", "unit-tests,coverage", "--set", "unit-tests.retries=2")
    assert run.outcomes == {"unit-tests": "failed", "coverage": "passed"}, run.stdout
    assert told(run) == {
        "test_once[a/b]": ("passed", 1),
        "test_once[c::d]": ("passed", 1),
        "test_once[\\xe9]": ("passed", 1),
        "test_teardown": ("passed", 2),
        "test_good": ("passed", 1),
        "test_always": ("failed", 2),
    }
    assert (run.measures("unit-tests")["failures"], run.measures("unit-tests")["flaky"]) == ("1", "5")
    # What ran when a test was tried again counts as covered.
    assert run.measures("coverage")["coverage"] == "100"


def test_a_flaky_test_is_told_with_its_failure_and_red_where_the_policy_says_so(make_project: MakeProject) -> None:
    project = make_project({"requirements.txt": "pytest-xdist\n", "tests/test_a.py": SUITE})
    settings = ("--set", "unit-tests.retries=3", "--set", "unit-tests.flaky=fail")
    run = project.run("--gates", "unit-tests", *settings)
    assert run.outcomes == {"unit-tests": "failed"}, run.stdout
    assert run.reason("unit-tests") == "4 tests passed only when tried again"
    assert set(run.findings("unit-tests")) == {"test-flaky tests/test_a.py:9"}
    assert cases(run)["test_once[a/b]"].message == "AssertionError: too early"


@pytest.mark.parametrize(
    ("plug_in", "options"),
    [
        ("pytest-rerunfailures", "--reruns 3 -n 2"),
        ("pytest-retry", "--retries 3"),
        ("flaky", "--force-flaky --max-runs=4"),
    ],
)
def test_what_a_plug_in_of_the_project_tries_again_is_seen(
    make_project: MakeProject, plug_in: str, options: str
) -> None:
    suite = COUNTED + "def test_a():\n    fail_at_first('a', 2)\n\n\ndef test_good():\n    pass\n" + ALWAYS
    project = make_project({
        "requirements.txt": f"pytest-xdist\n{plug_in}\n",
        "pytest.ini": f"[pytest]\naddopts = {options}\n",
        "tests/test_a.py": suite,
    })  # fmt: skip
    run = project.run("--gates", "unit-tests")
    assert told(run) == {"test_a": ("passed", 2), "test_good": ("passed", 0), "test_always": ("failed", 3)}, run.stdout
    assert run.measures("unit-tests") == {"failures": "1", "tests": "3", "skipped": "0", "flaky": "1"}

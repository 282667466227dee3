import pytest

from gate.formats.named_pythons import named_pythons
from gate.formats.wanted_python import WantedPython

_WORKFLOW = """
on: push
jobs:
  docs:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-python@v5
        with: {python-version: "3.14"}
      - run: sphinx-build docs out
  tests:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python-version: [3.9, "3.10", "3.13-dev", pypy-3.9]
        include:
          - {python-version: "3.12.4", os: macos-latest}
    steps:
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python-version }}
      - run: python -m pytest
"""


def test_the_job_that_runs_the_tests_is_more_telling_than_others_and_the_newest_stands_first() -> None:
    assert named_pythons({".github/workflows/ci.yml": _WORKFLOW}) == (("3.12", "3.10", "3.9", "3.14"),)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/ci.yml", "jobs: {a: {steps: [{run: uv python install 3.11}, {run: pytest}]}}"),
        (
            ".github/workflows/ci.yml",
            "env: {PY: '3.11'}\njobs: {a: {steps: [{uses: astral-sh/setup-uv@v6, "
            "with: {python-version: '${{ env.PY }}'}}, {run: pytest}]}}",
        ),
        ("Dockerfile", "FROM --platform=linux/amd64 docker.io/library/python:3.11.4-slim AS base\n"),
        ("runtime.txt", "python-3.11.9\n"),
        (".tool-versions", "nodejs 20.1.0\npython 3.11.2\n"),
        ("Pipfile", '[requires]\npython_version = "3.11"\n'),
        ("pyproject.toml", '[project]\nname = "a"\nclassifiers = ["Programming Language :: Python :: 3.11"]\n'),
        ("setup.py", "setup(classifiers=['Programming Language :: Python :: 3.11'])"),
    ],
)
def test_each_file_that_names_a_python_is_read(path: str, text: str) -> None:
    assert named_pythons({path: text}) == (("3.11",),)


@pytest.mark.parametrize(
    "text", ["", "- [", "jobs: {a: {steps: [{with: {python-version: [1]}}]}}", "jobs: {a: {strategy: 1, steps: 2}}"]
)
def test_a_workflow_that_is_not_as_it_should_be_names_none(text: str) -> None:
    assert named_pythons({".github/workflows/a.yml": text, "Pipfile": "= =", "pyproject.toml": "x"}) == ()


def test_a_python_too_old_for_todays_tools_is_not_named() -> None:
    classified = "classifiers=['Programming Language :: Python :: 3.5', 'Programming Language :: Python :: 3.6']"
    assert named_pythons({"setup.py": f"setup({classified})"}) == ()
    assert named_pythons({".tool-versions": "python 3.6.15", "Dockerfile": "FROM python:3.7"}) == (("3.7",),)


@pytest.mark.parametrize(
    ("request_", "version", "admitted"),
    [
        (">=3.9", "3.9", True),
        (">=3.9,<4", "3.13.0", True),
        (">=3.10", "3.9.18", False),
        ("<3.12", "3.12", False),
        ("<3.12", "3.11.7", True),
        (">=3.11.4", "3.11", True),
        (">=3.11.4", "3.11.2", False),
        ("==3.11.*", "3.11.7", True),
        ("==3.14.0", "3.14", True),
        ("==3.14.0", "3.13", False),
        ("~=3.9", "3.13.1", True),
        ("~=3.9.2", "3.10.0", False),
        ("!=3.10.*,>=3.9", "3.10.1", False),
        ("!=3.9.1,>=3.9", "3.9", True),
        ("<=3.11", "3.11.7", False),
        (">3.9", "3.9.5", True),
        ("3.12", "3.12.4", True),
        ("3.12", "3.1", False),
        ("what?", "3.12", True),
    ],
)
def test_a_range_of_pythons_admits_what_the_installer_will(request_: str, version: str, admitted: bool) -> None:
    assert WantedPython(request=request_, origin="pyproject.toml").admits(version) is admitted


def test_the_wheels_of_a_lock_name_pythons_where_no_other_file_does() -> None:
    lock = '[[package]]\nname = "a"\nversion = "1"\nfiles = [{file = "a-1-cp311-cp311-manylinux1_x86_64.whl"}]\n'
    files = {"pyproject.toml": "[tool.poetry]\nname = 'x'", "poetry.lock": lock}
    assert named_pythons(files) == (("3.11",),)
    assert named_pythons({**files, ".tool-versions": "python 3.12.1"}) == (("3.12",), ("3.11",))
    assert named_pythons({**files, "pyproject.toml": "["}) == ()

"""An environment that the user has made is used, and stays as it was."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.integration.environment.place import BUILT, PROJECT, SIX, SOURCES, Place, snapshot

pytestmark = pytest.mark.integration


def test_a_project_environment_without_test_tools_is_left_as_it_is(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT + BUILT, **SOURCES})
    user = place.venv(place.root / ".venv", "pytest<9", SIX, "-e", ".")
    before = snapshot(place.root)

    environment = place.ready()

    assert snapshot(place.root) == before
    assert environment.source == ".venv as it is, with pytest-cov beside it"
    assert environment.packages["pytest"].startswith("8.")
    assert {"demo", "six", "pytest-cov", "coverage"} <= environment.packages.keys()
    overlay = environment.path[0].parent
    assert environment.path[1] == user / "bin"
    beside = {path.name.partition("-")[0] for path in overlay.glob("lib/*/site-packages/*.dist-info")}
    assert beside == {"pytest_cov", "coverage"}
    assert "1 passed" in place.tests_pass(environment)
    assert place.runs(environment, "python", "-c", "import sys; print(sys.prefix)").strip() == str(overlay)
    assert place.runs(environment, "pytest", "--version")


def test_what_a_gate_needs_besides_lies_beside_the_environment_and_is_had_once(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT + BUILT, **SOURCES})
    place.venv(place.root / ".venv", "pytest", "pytest-cov", SIX, "-e", ".")
    before = snapshot(place.root)
    environments = place.environments()

    ready = asyncio.run(environments.with_packages("six"))
    assert ready == asyncio.run(environments.ready())
    more = asyncio.run(environments.with_packages("six", "iniconfig", "sqlparse"))

    assert snapshot(place.root) == before
    assert more.source == ".venv as it is, with sqlparse beside it"
    assert more.path[1:] == ready.path
    assert place.runs(more, "python", "-c", "import sqlparse, demo, six; print(demo.ANSWER)").strip() == "42"
    installed = place.processes.times("uv pip install")
    again = place.environments()
    assert asyncio.run(again.with_packages("sqlparse")) == more
    assert place.processes.times("uv pip install") == installed


def test_packages_from_a_folder_need_no_index_for_their_version(place: Place) -> None:
    """A pytest of the user's own has a version that no index knows."""
    place.write(
        {
            "own/pyproject.toml": '[project]\nname = "coverage"\nversion = "7.99"\n' + BUILT,
            "own/src/coverage/__init__.py": "",
        }
    )
    place.venv(place.root / ".venv", "./own", "pytest")

    environment = place.ready()

    assert environment.packages["coverage"] == "7.99"
    assert "pytest-cov" in environment.packages


def test_an_active_environment_goes_before_that_of_the_project(place: Place, tmp_path: Path) -> None:
    place.venv(place.root / ".venv", "pytest", "pytest-cov")
    active = place.venv(tmp_path / "active é", "pytest", "pytest-cov", SIX)
    place.environment["VIRTUAL_ENV"] = str(active)

    environment = place.ready()

    assert environment.source == "the active environment as it is"
    assert environment.python == active / "bin" / "python"
    assert environment.variables == {"VIRTUAL_ENV": str(active)}
    assert place.ready("none").source == f"{active / 'bin' / 'python'} as it is"


def test_with_install_none_the_machines_python_is_used_and_never_ours(place: Place) -> None:
    place.environment |= {"VIRTUAL_ENV": sys.prefix, "PYTHONNOUSERSITE": "1"}

    environment = place.ready("none")

    assert "as it is" in environment.source
    assert "quality-gate" not in environment.packages
    base = "import sys; print(sys.base_prefix)"
    assert place.runs(environment, "python3", "-c", base).strip() == sys.base_prefix
    assert {"pytest", "pytest-cov"} <= environment.packages.keys()
    assert "needs Python 3.1," in place.fails("none", "3.1").reason

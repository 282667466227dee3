"""The project is installed by its own files, with the real uv."""

import sys
from pathlib import Path

import pytest

from tests.integration.environment.place import BUILT, PROJECT, SIX, SIX_HASH, SOURCES, THIS_PYTHON, Place, snapshot

pytestmark = pytest.mark.integration


def test_a_lock_is_followed_and_the_checkout_stays_as_it_was(place: Place) -> None:
    tables = f'dependencies = ["{SIX}"]\n[dependency-groups]\nDev = ["pytest"]\nlint = ["mypy"]\n'
    extras = '[project.optional-dependencies]\ntest = ["pytest-cov"]\nother = ["hypothesis"]\n'
    place.write({"pyproject.toml": PROJECT + tables + extras + BUILT, **SOURCES})
    place.uv("lock")
    (place.root / "wrong").mkdir()
    before = snapshot(place.root)
    place.environment |= {"UV_PROJECT_ENVIRONMENT": str(place.root / "wrong"), "UV_NO_DEV": "1", "UV_FROZEN": "0"}

    environment = place.ready()

    assert environment.source == "uv.lock, group dev, extra test"
    assert snapshot(place.root) == before
    assert {"six", "pytest", "pytest-cov", "coverage", "demo"} <= environment.packages.keys()
    assert environment.packages.keys().isdisjoint({"mypy", "hypothesis", "ruff", "quality-gate"})
    assert environment.packages["six"] == "1.17.0"
    assert environment.python_version.startswith(f"3.{sys.version_info.minor}.")
    assert environment.variables["VIRTUAL_ENV"] == str(environment.path[0].parent)
    assert "1 passed" in place.tests_pass(environment)
    assert "$ uv sync --frozen --group dev --extra test" in place.log.read_text()


def test_a_member_of_a_workspace_is_installed_from_the_lock_above(place: Place) -> None:
    place.write({"pyproject.toml": '[tool.uv.workspace]\nmembers = ["services/*"]\n'})
    member = PROJECT.replace("demo", "api") + 'dependencies = ["lib"]\n[tool.uv.sources]\nlib = { workspace = true }\n'
    place.write(
        {"services/api/pyproject.toml": member, "services/api/tests/test_a.py": "import lib\ndef test(): ...\n"}
    )
    place.write({"services/lib/pyproject.toml": PROJECT.replace("demo", "lib") + BUILT})
    place.write({"services/lib/src/lib/__init__.py": ""})
    place.uv("lock")
    place.folder = place.root / "services" / "api"
    before = snapshot(place.root)

    environment = place.ready()

    assert environment.source == "uv.lock; pytest and pytest-cov added"
    assert snapshot(place.root) == before
    assert "1 passed" in place.tests_pass(environment)


def test_hashed_requirements_and_the_package_itself(place: Place) -> None:
    place.write(
        {
            "requirements.txt": f"--require-hashes\n{SIX} --hash={SIX_HASH}\n",
            "requirements-dev.txt": "pytest<9\n",
            "pyproject.toml": PROJECT + 'dependencies = ["a-package-that-nobody-has"]\n' + BUILT,
            **SOURCES,
        }
    )
    before = snapshot(place.root)

    environment = place.ready()

    assert environment.source == "requirements.txt, requirements-dev.txt; pytest-cov added"
    assert environment.packages["pytest"].startswith("8.")
    assert snapshot(place.root) == before
    assert "1 passed" in place.tests_pass(environment)


def test_requirements_that_do_not_go_with_the_package_stand_alone_and_it_is_said(place: Place) -> None:
    package = PROJECT + 'dependencies = ["six<1.17"]\n' + BUILT
    place.write({"requirements.txt": f"{SIX}\n", "pyproject.toml": package, **SOURCES})

    environment = place.ready()

    said = "what the project itself depends on cannot be had beside these requirements: it is installed without"
    assert environment.source == f"requirements.txt; {said}; pytest and pytest-cov added"
    assert environment.packages["six"] == "1.17.0"
    assert "1 passed" in place.tests_pass(environment)


def test_groups_and_extras_without_a_lock(place: Place) -> None:
    tables = f'dependencies = ["{SIX}"]\n[project.optional-dependencies]\ntests = ["pytest"]\n'
    groups = '[dependency-groups]\ntest = ["pluggy", {include-group = "more"}]\nmore = ["iniconfig"]\nlint = ["mypy"]\n'
    place.write({"pyproject.toml": PROJECT + tables + groups, **SOURCES})

    environment = place.ready()

    assert environment.source == "pyproject.toml, group test, extra tests; pytest-cov added"
    assert {"six", "pytest", "iniconfig", "demo"} <= environment.packages.keys()
    assert "mypy" not in environment.packages
    assert "1 passed" in place.tests_pass(environment)
    assert not (place.root / "uv.lock").exists()


def test_nothing_that_tells_dependencies_gives_the_test_tools(place: Place) -> None:
    place.write({"pyproject.toml": "[tool.ruff]\n", "test_x.py": "def test(): ...\n"})

    environment = place.ready()

    assert "test tools only" in environment.source
    assert "1 passed" in place.runs(environment, "pytest", "-p", "no:cacheprovider")


def test_a_command_installs_into_an_environment_of_ours(place: Place) -> None:
    place.write({"deps.txt": f"{SIX}\n"})
    command = 'pip install -q -r deps.txt && echo "$VIRTUAL_ENV" > where.txt'

    environment = place.ready(command)

    assert environment.source == f"install: {command}; pytest and pytest-cov added"
    assert (place.root / "where.txt").read_text().strip() == environment.variables["VIRTUAL_ENV"]
    assert environment.packages["six"] == "1.17.0"
    place.write({"deps.txt": "six==1.16.0\n"})
    again = place.ready(command)
    assert again.python == environment.python
    assert again.packages["six"] == "1.16.0"
    assert again.source == environment.source


def test_a_python_of_the_tool_cache_goes_first(place: Place, tmp_path: Path) -> None:
    minor = f"3.{sys.version_info.minor}"
    cached = tmp_path / "cache" / "Python" / f"{minor}.99"
    for architecture in ("x64", "arm64"):
        (cached / architecture / "bin").mkdir(parents=True)
        (cached / architecture / "bin" / "python").symlink_to(THIS_PYTHON)
    place.environment["RUNNER_TOOL_CACHE"] = str(tmp_path / "cache")
    place.environment["PATH"] = "/nowhere"
    place.write({"requirements.txt": SIX})

    assert place.ready(python=minor).python_version.startswith(f"{minor}.")
    assert place.processes.times("python find") == 0


def test_an_editable_build_by_setuptools_leaves_its_egg_info_and_nothing_else(place: Place) -> None:
    setuptools = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    place.write({"pyproject.toml": PROJECT + f'dependencies = ["{SIX}"]\n' + setuptools, **SOURCES})
    before = snapshot(place.root)

    environment = place.ready()

    after = snapshot(place.root)
    assert {path.split(".egg-info")[0] for path in after.keys() - before.keys()} == {"src/demo"}
    assert {path: after[path] for path in before} == before
    assert "1 passed" in place.tests_pass(environment)


def test_an_editable_package_moves_with_its_source(place: Place) -> None:
    place.write({"pyproject.toml": PROJECT + BUILT, **SOURCES, "src/demo/__init__.py": "ANSWER = 41\n"})
    first = place.ready()
    place.write({"src/demo/__init__.py": "ANSWER = 42\n"})

    again = place.ready()

    assert again == first
    assert "1 passed" in place.tests_pass(again)


def test_what_the_project_puts_on_its_path_does_not_disturb(place: Place) -> None:
    place.write({"requirements.txt": SIX, "sitecustomize.py": "print('hello')", "gate/__init__.py": "raise SystemExit"})
    place.environment["PYTHONPATH"] = str(place.root)
    before = snapshot(place.root)

    assert place.ready().packages["six"] == "1.17.0"
    assert snapshot(place.root) == before

"""Projects of Poetry, Django and others, with the real uv and without these tools."""

import dataclasses
import subprocess

import pytest

from tests.integration.environment.place import PROJECT, SIX, SOURCES, THIS_PYTHON, Place, snapshot

pytestmark = pytest.mark.integration

POETRY = (
    "[tool.poetry]\nname = 'demo'\nversion = '1.0'\ndescription = ''\nauthors = []\npackages = [{include = 'demo', from = 'src'}]\n"
    "[tool.poetry.dependencies]\npython = '>=3.11'\nsix = '*'\n[tool.poetry.group.dev.dependencies]\niniconfig = '^2'\n"
    "[build-system]\nrequires = ['poetry-core']\nbuild-backend = 'poetry.core.masonry.api'\n"
)
LOCK = (
    '[[package]]\nname = "six"\nversion = "1.16.0"\n[[package]]\nname = "iniconfig"\nversion = "2.0.0"\n'
    '[metadata]\npython-versions = ">=3.11"\n'
)


def test_a_poetry_lock_is_followed_without_poetry(place: Place) -> None:
    place.write({"pyproject.toml": POETRY, "poetry.lock": LOCK, **SOURCES})
    before = snapshot(place.root)

    environment = place.ready()

    assert environment.source == "poetry.lock, group dev; pytest and pytest-cov added"
    assert (environment.packages["six"], environment.packages["iniconfig"]) == ("1.16.0", "2.0.0")
    assert snapshot(place.root) == before
    assert "1 passed" in place.tests_pass(environment)
    place.write({"pyproject.toml": POETRY.replace("six = '*'", "six = '^1.17'")})
    assert "poetry.lock is older than pyproject.toml" in str(place.fails())


def test_a_version_from_git_is_pretended_where_git_has_no_tag(place: Place) -> None:
    built = '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\nbuild-backend = "setuptools.build_meta"\n'
    project = PROJECT.replace('version = "1.0"', 'dynamic = ["version"]') + built + "[tool.setuptools_scm]\n"
    place.write({"pyproject.toml": project, **SOURCES})

    environment = place.ready()

    assert environment.packages["demo"] == "999.0.0"
    assert "version 999.0.0 pretended: git has no tag" in environment.source
    subprocess.run(
        "git init -q && git add . && git -c user.name=a -c user.email=a@e.org commit -qm x && git tag v2.5",
        shell=True,
        check=True,
        cwd=place.root,
    )
    assert place.ready().packages["demo"].startswith("2.")


def test_django_with_a_manage_py_gets_the_plug_in_that_runs_its_tests(place: Place) -> None:
    place.write({"requirements.txt": "django\n", "manage.py": ""})
    environments = place.environments()
    environments._project = dataclasses.replace(environments._project, files=("manage.py", "requirements.txt"))

    assert environments._tools({"django": "5"}) == ("pytest", "pytest-cov", "pytest-django")
    assert environments._tools({"flask": "3"}) == ("pytest", "pytest-cov")


def test_an_active_environment_of_conda_is_used_but_not_its_base(place: Place) -> None:
    """The prefix is made by uv here: nothing of conda is needed to see that it is used."""
    prefix = place.venv(place.root.parent / "conda" / "envs" / "mine", "pytest", "pytest-cov", SIX)
    place.write({"requirements.txt": SIX})
    place.environment |= {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": "mine"}

    assert place.ready().source == "the active environment as it is"
    place.environment |= {"CONDA_DEFAULT_ENV": "base", "PATH": f"{THIS_PYTHON.parent}:{place.environment['PATH']}"}
    assert place.ready().source.startswith("requirements.txt")

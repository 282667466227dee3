"""How the project runs its own tests, where its files agree about it."""

import pytest

from gate.discovery.sources import ProjectSources
from gate.discovery.suite_commands import suite_commands

FILES = ("app/a.py", "src/shop/a.py", "tests/test_a.py", "unit/test_b.py")


def line(**texts: str) -> str:
    names = {"tox": "tox.ini", "nox": "noxfile.py", "ci": ".github/workflows/ci.yml"}
    return suite_commands(ProjectSources(files=FILES, texts={names[name]: text for name, text in texts.items()})).line


def tox(*commands: str) -> str:
    return "[testenv]\ncommands =\n" + "".join(f"    {command}\n" for command in commands)


def workflow(*jobs: str) -> str:
    steps = "".join(f"  job{at}:\n    steps:\n      - run: {job}\n" for at, job in enumerate(jobs))
    return f"jobs:\n{steps}"


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (("pytest --doctest-modules {env_site_packages_dir}/app tests",), "pytest --doctest-modules app tests, as tox.ini says"),
        (("pytest shop",), "pytest src/shop, as tox.ini says"),
        (("pytest", "pytest -m alone"), "pytest, then pytest -m alone, as tox.ini says"),
        (("pytest unit", "pytest tests"), "pytest unit, then pytest tests, as tox.ini says"),
        (("pytest -v {posargs}",), ""),
        (("pytest gone",), ""),
        (("pytest tests", "pytest --frobnicate"), ""),
        (tuple(f"pytest -k {at}" for at in range(9)), ""),
    ],
)  # fmt: skip
def test_what_tox_says(commands: tuple[str, ...], said: str) -> None:
    assert line(tox=tox(*commands)) == said


def test_tox_comes_before_nox_and_the_workflows() -> None:
    nox = "@nox.session\ndef tests(session):\n    session.run('pytest', 'unit')\n"
    assert line(tox=tox("pytest tests"), nox=nox, ci=workflow("pytest app")) == "pytest tests, as tox.ini says"
    assert line(tox=tox("make"), nox=nox, ci=workflow("pytest app")) == "pytest unit, as noxfile.py says"
    assert line(ci=workflow("pytest app")) == "pytest app, as .github/workflows/ci.yml says"


def test_jobs_that_disagree_decide_nothing() -> None:
    assert line(ci=workflow("pytest app", "uv run pytest --cov app")) == ""
    assert line(ci=workflow("pytest -v app", "uv run pytest app")) == "pytest app, as .github/workflows/ci.yml says"


def test_a_step_in_another_folder_decides_nothing() -> None:
    assert line(tox=tox("pytest app") + "changedir = web\n") == ""
    assert line(ci=workflow("cd web && pytest app")) == ""

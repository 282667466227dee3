"""What of the project's own commands decides what is tested, and that nothing half understood is taken over."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats.nox_file import parse_nox_commands
from gate.formats.pytest_command import PytestCommand, is_pytest, parse_pytest_command
from gate.formats.tox_file import parse_tox_commands


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("pytest", PytestCommand()),
        ("pytest -v -x --maxfail=2 -n auto -n4 -rA --tb short --durations 5 --cov-report xml", PytestCommand()),
        ("pytest --doctest-modules app tests", PytestCommand(options=("--doctest-modules",), paths=("app", "tests"))),
        ("pytest -m 'not slow' --ignore=a -k x", PytestCommand(options=("-m", "not slow", "--ignore=a", "-k", "x"))),
        ("pytest -xv -vvs -qx --cov=app t/unit", PytestCommand(paths=("t/unit",), scope=("--cov=app",))),
        ("pytest -xz tests", None),
        ("pytest -mslow -pno:logging", PytestCommand(options=("-mslow", "-pno:logging"))),
        ("pytest --cov=app --cov tests --cov-branch", PytestCommand(scope=("--cov=app",))),
        ("pytest --cov --cov-report=xml . --cov=.", PytestCommand(paths=(".",))),
        ("pytest -m 'not integration' tests", PytestCommand(paths=("tests",))),
        ("pytest -minteg tests -m=integration", PytestCommand(options=("-minteg",), paths=("tests",))),
        ("bin/pytest --ds=a.settings", PytestCommand(options=("--ds=a.settings",))),
        # An option of the project's own, or what only a shell can fill in.
        ("pytest --run-slow tests", None),
        ("pytest $TESTS", None),
        ("pytest tests/*", None),
        ("pytest --benchmark-json=x", None),
    ],
)  # fmt: skip
def test_the_arguments_that_decide_what_is_tested(command: str, told: PytestCommand | None) -> None:
    assert parse_pytest_command(shlex.split(command)) == told


@given(
    st.lists(st.sampled_from(["-m", "-k", "--cov", "--ignore", "-n", "a", "-x", "--", "", "-", "--doctest-modules"]))
)
def test_no_words_break_it(words: list[str]) -> None:
    parse_pytest_command(["pytest", *words])


def test_what_runs_pytest() -> None:
    assert is_pytest(("venv/bin/pytest", "x"))
    assert not is_pytest(("python", "manage.py"))
    assert not is_pytest(())


TOX = """
[flags]
plain = -b

[testenv]
commands =
    coverage: coverage erase
    {envpython} \\
      {[flags]plain} \\
      -m pytest {tty:--color=yes} --doctest-modules {env_site_packages_dir}/app {toxinidir}/tests {posargs}
    - pytest {posargs:more} {env:X:y}

[testenv:docs]
commands = pytest docs
"""


def test_the_commands_of_toxs_environments_for_tests() -> None:
    assert parse_tox_commands(TOX) == (
        (
            ("coverage", "erase"),
            ("pytest", "--doctest-modules", "./app", "./tests"),
            ("pytest", "more", "$TOX"),
        ),
    )
    assert parse_tox_commands("no ini\x00") == ()
    parse_tox_commands("[testenv]\ncommands = pytest " + "{" * 100_000)


def test_the_commands_of_noxs_sessions_for_tests() -> None:
    text = """
import nox

@nox.session
def tests(session):
    session.install("pytest")
    session.run("python", "-m", "pytest", "tests/unit", *session.posargs)
    session.run("pytest", place)

@nox.session
def docs(session):
    session.run("pytest", "docs")
"""
    assert parse_nox_commands(text) == ((("pytest", "tests/unit"), ("pytest", "$NOX")),)
    assert parse_nox_commands("def (") == ()

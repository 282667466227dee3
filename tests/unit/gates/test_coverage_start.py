"""Where coverage begins before pytest, and with which scope."""

import pytest

from gate.gates.coverage_start import arguments_of, imports_too_early

FILES = ("jwt/__init__.py", "src/shop/__init__.py", "tests/test_a.py", "single.py")


@pytest.mark.parametrize(
    ("words", "filters", "manifests", "early"),
    [
        ([], ["error", "ignore::jwt.warnings.ShortKey"], {}, True),
        ([], ["ignore:a message:shop.Gone:x"], {}, True),
        (["-W", "ignore::jwt.warnings.ShortKey"], [], {}, True),
        (["-p", "jwt.testing"], [], {}, True),
        ([], ["ignore::single.Gone"], {}, True),
        (["-pjwt.testing"], [], {}, True),
        ([], [], {"setup.py": "setup(entry_points={'pytest11': ['x = jwt.testing']})"}, True),
        ([], ["ignore::DeprecationWarning", "ignore::pytest.PytestWarning", "error"], {}, False),
        (["-p", "no:cacheprovider", "-W"], ["ignore::sqlalchemy.exc.SAWarning"], {"setup.py": "setup()"}, False),
    ],
)
def test_pytest_imports_the_project_before_pytest_cov_begins(
    words: list[str], filters: list[str], manifests: dict[str, str], early: bool
) -> None:
    assert imports_too_early(words, filters, FILES, manifests) is early


@pytest.mark.parametrize(
    ("files", "early"),
    [
        (("src/packaging/__init__.py", "src/packaging/version.py"), True),
        (("iniconfig.py",), True),
        (("packaging/build.py", "app/__init__.py"), False),
        (("app/packaging/__init__.py",), False),
    ],
)
def test_pytest_is_made_of_some_projects_itself(files: tuple[str, ...], early: bool) -> None:
    assert imports_too_early([], [], files, {}) is early


@pytest.mark.parametrize(
    ("words", "sources", "said"),
    [
        ([], ["app", "worker"], ["--source=app,worker"]),
        ([], [], []),
        (["--cov", "--cov-branch"], [], ["--branch"]),
        (
            ["--cov=app", "--cov", "worker", "--cov-config=ci/.coveragerc", "-q"],
            [],
            ["--source=app,worker", "--rcfile=ci/.coveragerc"],
        ),
    ],
)
def test_the_scope_is_that_of_pytest_cov(words: list[str], sources: list[str], said: list[str]) -> None:
    assert arguments_of(words, sources) == ["-m", "coverage", "run", *said]


@pytest.mark.parametrize("words", [["-n", "auto"], ["-n4"], ["-nauto"], ["--numprocesses=2"], ["--cov-context=test"]])
def test_pytest_cov_measures_where_tests_run_in_several_processes(words: list[str]) -> None:
    assert arguments_of(words, ["app"]) == []

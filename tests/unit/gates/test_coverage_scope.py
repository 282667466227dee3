import pytest

from gate.gates.coverage_scope import has_source, sources


@pytest.mark.parametrize(
    ("files", "measured"),
    [
        (("src/shop/__init__.py", "tests/test_a.py", "setup.py"), ["src"]),
        (("app/main.py", "app/db.py", "tests/test_main.py", "docs/conf.py"), ["app"]),
        (("app/main.py", "worker/main.py", "migrations/env.py", ".github/x.py", "_old/x.py"), ["app", "worker"]),
        (("main.py", "models.py", "test_main.py", "conftest.py", "setup.py", "noxfile.py"), ["main", "models"]),
        (("README.md",), ["."]),
        (("tests/test_a.py",), ["."]),
    ],
)
def test_the_packages_are_measured_and_the_tests_are_not(files: tuple[str, ...], measured: list[str]) -> None:
    assert sources(files) == measured


@pytest.mark.parametrize(
    ("files", "there"),
    [
        (("tests/test_a.py", "conftest.py", "tests/deep/helper.py", "README.md"), False),
        (("test_a.py",), False),
        (("scripts/run.py", "tests/test_a.py"), True),
        (("app.py",), True),
    ],
)
def test_whether_there_is_anything_to_measure(files: tuple[str, ...], there: bool) -> None:
    assert has_source(files) is there

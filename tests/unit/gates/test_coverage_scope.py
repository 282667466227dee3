from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gate.formats.pytest_settings import PytestSettings
from gate.gates.coverage_scope import has_source, sources, uses_faster_core
from gate.ports import ProjectEnvironment

NO_FILES: Any = SimpleNamespace(project_texts=lambda *names: {})


@pytest.mark.parametrize(
    ("python", "coverage", "faster"),
    [
        ("3.11.9", "7.10.1", False),
        ("3.12.1", "7.10.1", True),
        ("3.13.0", "7.9", True),
        ("3.13.0", "8.0", True),
        ("3.13.0", "7.8.2", False),
        ("3.13.0", "", False),
        ("3.14.0", "7.10.1", False),  # there coverage.py chooses it itself
    ],
)
def test_where_the_faster_core_is_asked_for(python: str, coverage: str, faster: bool) -> None:
    environment = ProjectEnvironment(
        python=Path("/p"),
        path=(),
        source="",
        python_version=python,
        packages={"coverage": coverage} if coverage else {},
    )
    assert uses_faster_core(NO_FILES, PytestSettings(), environment) is faster


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

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from coverage.files import GlobMatcher, prep_patterns

from gate.domain.exhibit import FileCoverage
from gate.formats.pytest_settings import PytestSettings
from gate.gates.coverage_scope import has_source, is_test, left_out_beside, sources, uses_faster_core, words_of_tests
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
        (("app/__init__.py", "app/a.py", "misc/bench.py", "documentation/conf.py", "tools/x.py"), ["app"]),
        (("app/__init__.py", "work/a.py"), ["app"]),
        (("app/a.py", "gunicorn.conf.py", "__init__.py"), ["app"]),
        (("app/__init__.py", "lab_tests/__init__.py", "lab_tests/models.py"), ["app", "lab_tests"]),
        (("app/__init__.py", "load_tests/play.py", "examples/__init__.py"), ["app"]),
        (("README.md",), ["."]),
        (("tests/test_a.py",), ["."]),
    ],
)
def test_the_packages_are_measured_and_the_tests_are_not(files: tuple[str, ...], measured: list[str]) -> None:
    assert sources(files, {}) == measured


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


def test_the_folder_of_the_application_is_source_without_being_a_package() -> None:
    files = ("lib1/__init__.py", "service/main.py", "notes/a.py")
    assert sources(files, {}, "service/main.py") == ["lib1", "service"]


@pytest.mark.parametrize(
    ("files", "manifests", "measured"),
    [
        # One is shipped, and others lie beside it.
        (("six.py", "documentation/conf.py", "other.py"), {"setup.py": "setup(name='x', py_modules=['six'])"}, ["six"]),
        (("boltons/__init__.py", "addons/__init__.py"), {"pyproject.toml": "project.name = 'Boltons'"}, ["boltons"]),
        (("a_b/__init__.py", "z.py"), {"pyproject.toml": "[tool.poetry]\nname = 'a-b'"}, ["a_b"]),
        # Two are shipped.
        (("a/__init__.py", "b/x.py", "c/__init__.py"), {"setup.py": "setup(packages=['a', 'a.deep', 'b'])"}, ["a", "b"]),
        (
            ("a/__init__.py", "b/__init__.py", "c/__init__.py", "tests/__init__.py"),
            {"setup.py": "setup(name='a', packages=find_packages(exclude=['c*']))"},
            ["a", "b"],
        ),
        (("a/__init__.py", "b/__init__.py"), {"setup.cfg": "[options]\npackages = find:\n"}, ["a", "b"]),
        # Where the build names the folder.
        (("src/py/app/a.py", "src/js/x.py"), {"pyproject.toml": "[tool.hatch.build.targets.wheel]\npackages = ['src/py/app']"}, ["src/py/app"]),
        (("lib/a/__init__.py", "b/a.py"), {"pyproject.toml": "[tool.poetry]\npackages = [{include = 'a', from = 'lib'}]"}, ["lib/a"]),
        (("a/__init__.py", "b/a.py"), {"pyproject.toml": "[tool.setuptools.packages.find]\ninclude = ['a*']"}, ["a"]),
        (("a/__init__.py", "b/a.py"), {"pyproject.toml": "[tool.flit.module]\nname = 'a'"}, ["a"]),
        # What is named and not there, and what cannot be read, tells nothing.
        (("a/__init__.py", "b/__init__.py"), {"setup.py": "setup(packages=['gone'])"}, ["a", "b"]),
        (("a/__init__.py", "b/__init__.py"), {"setup.py": "(((", "pyproject.toml": "=", "setup.cfg": "%"}, ["a", "b"]),
    ],
)  # fmt: skip
def test_what_is_shipped_is_measured(files: tuple[str, ...], manifests: dict[str, str], measured: list[str]) -> None:
    assert sources(files, manifests) == measured


@pytest.mark.parametrize(
    "manifest",
    [
        "project = 3\ntool.setuptools = 'x'",
        "tool.setuptools.packages = 'a'\ntool.poetry = []",
        "[tool.poetry]\npackages = ['a', {include = 3}]\n[tool.flit]\nmodule = 1",
        "[tool.uv.build-backend]\nmodule-name = {a = 1}\n[tool.hatch.build]\ntargets = []",
        "[project]\nname = '../../etc'",
        "a = " + "[" * 100_000,
    ],
)
def test_a_manifest_of_wrong_types_tells_nothing(manifest: str) -> None:
    texts = {"pyproject.toml": manifest, "setup.cfg": "[metadata]\nname\n[options]\npackages\n"}
    assert sources(("a/__init__.py", "b/__init__.py"), texts) == ["a", "b"]


@pytest.mark.parametrize(
    ("measured", "left_out", "counted"),
    [
        (["us"], ["tests/test_a.py", "conftest.py"], ["us/tests/test_us.py"]),
        (["src"], ["tests/test_a.py", "src/tests/test_a.py", "src/conftest.py"], ["src/us/tests/test_us.py"]),
        (["."], ["tests/test_a.py", "deep/tests/a.py", "deep/a_test.py"], ["deep/a.py"]),
    ],
)
def test_tests_within_a_measured_package_count_and_those_beside_it_do_not(
    measured: list[str], left_out: list[str], counted: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    matcher = GlobMatcher(prep_patterns(left_out_beside(measured)), "omit")
    assert [path for path in left_out if not matcher.match(str(tmp_path / path))] == []
    assert [path for path in counted if matcher.match(str(tmp_path / path))] == []


def test_the_figure_without_the_tests_that_count_is_said() -> None:
    def measured(path: str, covered: int, total: int) -> FileCoverage:
        return FileCoverage(path=path, covered=covered, total=total, missing_lines=(), missing_branches=())

    files = [measured("us/states.py", 3, 4), measured("us/tests/test_us.py", 6, 6), measured("us/b/test_b.py", 1, 1)]
    tests = [file for file in files if is_test(file.path)]
    assert words_of_tests(files, tests) == "tests in us/b and us/tests counted; without them 75 %"
    assert words_of_tests(files[:1], []) == ""
    assert not is_test("/venv/tests/test_a.py")

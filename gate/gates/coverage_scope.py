"""What coverage measures: what the project configures, else what it ships, without the tests."""

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from gate.context import Context
from gate.domain.exhibit import FileCoverage
from gate.domain.measure import floored
from gate.domain.wording import enumerated
from gate.formats.pytest_settings import COVERAGE_FILES, PytestSettings, has_faster_core, names_coverage_scope
from gate.formats.shipped_packages import (
    MANIFESTS,
    found_by_build,
    named_like_project,
    parse_shipped,
    shipped_sources,
)
from gate.ports import ProjectEnvironment

# What pytest-cov and coverage say of being used is no fault of the tests, not even under `filterwarnings = error`.
_NO_WARNINGS = tuple(
    part
    for message in (
        *("Detected dynamic_context", "Coverage disabled via --no-cov", "Failed to generate report"),
        *("Can't use core=", "No data was collected"),
    )
    for part in ("-W", f"ignore:{message}")
)
# The first version of coverage.py that chose this core by itself where it could.
_FASTER_CORE_IS_SOUND = (7, 9)

# Patterns of files that are tests, for projects that configure no scope.
# A bare name would match in any folder.
_TESTS_HERE = ("./tests/**", "./test/**", "./test_*.py", "./*_test.py", "./conftest.py")
_TESTS_ANYWHERE = (*_TESTS_HERE, *(f"**/{pattern[2:]}" for pattern in _TESTS_HERE))
# Folders that hold packages and are none themselves.
_AROUND_PACKAGES = ("src", "lib")
_NO_SOURCE = {
    *("tests", "test", "testing", "docs", "doc", "documentation", "examples", "example", "samples", "demo", "demos"),
    *("scripts", "script", "tools", "misc", "bin", "ci", "contrib", "benchmarks", "benchmark", "bench", "notebooks"),
    *("build", "dist", "packaging", "deploy", "infra", "requirements", "migrations", "alembic", "venv", "node_modules"),
    "releasenotes",
}
# What folders of whatever kind of them are called at last: `typing-examples`, `load_tests`.
_NO_SOURCE_OF_ANY_KIND = ("tests", "docs", "examples", "samples", "benchmarks")
# Folders that hold no source wherever they lie.
_MIGRATIONS = {"migrations", "alembic"}
_MODULE = re.compile(r"[A-Za-z]\w*\.py")
_MOST_NAMES = 3
_NO_MODULE = {"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py"}


def pytest_arguments(ctx: Context, settings: PytestSettings) -> list[str]:
    """Return pytest-cov's arguments: measure, write no report, and let no half be red for the whole's threshold."""
    scope: list[str] = []
    if not is_configured(ctx, settings):
        scope = [f"--cov={source}" for source in sources_of(ctx)]
    elif not settings.names_coverage_source:
        # Without a value it measures what the configuration names; a path that followed it would be taken for one.
        scope = ["--cov"]
    return [*scope, "--cov-report=", "--cov-fail-under=0", *_NO_WARNINGS]


def pytest_arguments_without(settings: PytestSettings) -> list[str]:
    """Return the arguments under which a project that always measures does not, and its threshold is not asked."""
    return switched_off() if settings.names_coverage_source else []


def switched_off() -> list[str]:
    """Return the arguments under which pytest-cov does nothing."""
    return ["--no-cov", *_NO_WARNINGS]


def is_configured(ctx: Context, settings: PytestSettings) -> bool:
    """Tell whether the project says itself what is measured."""
    texts = _coverage_texts(ctx, settings)
    return settings.names_coverage_source or names_coverage_scope(texts, settings.coverage_config)


def uses_faster_core(ctx: Context, settings: PytestSettings, environment: ProjectEnvironment) -> bool:
    """Tell whether coverage's faster core can be asked for: it is there, and measures the same."""
    if not re.match(r"3\.1[23]\.", environment.python_version):
        return False
    found = re.match(r"(\d+)\.(\d+)", environment.packages.get("coverage", ""))
    if found is None or (int(found[1]), int(found[2])) < _FASTER_CORE_IS_SOUND:
        return False
    return has_faster_core(settings, _coverage_texts(ctx, settings))


def _coverage_texts(ctx: Context, settings: PytestSettings) -> dict[str, str]:
    own = settings.coverage_config
    return ctx.project_texts(*COVERAGE_FILES, *((own,) if own else ()))


def has_source(files: tuple[str, ...]) -> bool:
    """Tell whether there is a Python file that is no test."""
    return any(path.endswith(".py") and not _is_test(PurePosixPath(path)) for path in files)


def tests_to_leave_out(ctx: Context) -> tuple[str, ...]:
    """Return patterns of the tests that a project without a configured scope is judged without."""
    return left_out_beside(sources_of(ctx))


def left_out_beside(measured: Sequence[str]) -> tuple[str, ...]:
    """Return patterns of the tests that lie beside the measured packages; those within one count, as for pytest-cov."""
    if "." in measured:
        return _TESTS_ANYWHERE
    around = [folder for folder in measured if folder in _AROUND_PACKAGES]
    return (*_TESTS_HERE, *(f"{folder}/{pattern[2:]}" for folder in around for pattern in _TESTS_HERE))


def is_test(path: str) -> bool:
    """Tell whether a file of the project, by its path in it, is one of its tests."""
    return not path.startswith("/") and _is_test(PurePosixPath(path))


def lies_beside_source(path: str, files: Collection[str]) -> bool:
    """Tell whether a file of the project lies where no source lies: among documents, tools or migrations, or hidden.

    Templates of other projects are none either. `files` are all of the project.
    """
    parts = PurePosixPath(path).parts
    beside = len(parts) > 1 and _holds_no_source(parts[0], files)
    hidden = any(part.startswith(".") for part in parts)
    no_source = beside or hidden or parts[-1] in _NO_MODULE or not _MIGRATIONS.isdisjoint(parts[:-1])
    return no_source or is_template(path)


def _holds_no_source(folder: str, files: Collection[str]) -> bool:
    name = folder.lower()
    is_of_a_kind = re.split("[-_]", name)[-1] in _NO_SOURCE_OF_ANY_KIND
    # A package that is called so by chance, as `lab_tests`, is source.
    return name in _NO_SOURCE or (is_of_a_kind and f"{folder}/__init__.py" not in files)


def is_template(path: str) -> bool:
    """Tell a file out of which a generator of projects makes Python, by its path: `{{cookiecutter.name}}/app.py`."""
    return "{{" in path or "{%" in path


def words_of_tests(files: Sequence[FileCoverage], tests: Sequence[FileCoverage]) -> str:
    """Say which tests count, being parts of what is measured, and what the figure would be without them."""
    paths = [PurePosixPath(file.path) for file in tests if file.total]
    total = sum(file.total for file in files) - sum(file.total for file in tests)
    if not paths or not total:
        return ""
    covered = sum(file.covered for file in files) - sum(file.covered for file in tests)
    places = enumerated(sorted({_place_of_tests(path) for path in paths}), _MOST_NAMES)
    return f"tests in {places} counted; without them {floored(Fraction(100 * covered, total))} %"


def _place_of_tests(path: PurePosixPath) -> str:
    at = next((at for at, part in enumerate(path.parts[:-1]) if part in ("tests", "test")), None)
    return str(path.parent) if at is None else "/".join(path.parts[: at + 1])


def _is_test(path: PurePosixPath) -> bool:
    in_folder = {"tests", "test"}.intersection(path.parts[:-1])
    return bool(in_folder) or path.name.startswith("test_") or path.stem.endswith("_test") or path.stem == "conftest"


def sources_of(ctx: Context) -> list[str]:
    """Return what is measured of a project that configures no scope."""
    application = ctx.discovery.application.rpartition(" in ")[2]
    return sources(ctx.project.files, ctx.project_texts(*MANIFESTS), application)


def sources(files: Sequence[str], manifests: Mapping[str, str], application: str = "") -> list[str]:
    """Choose what to measure: what is shipped, else what looks like the source. Tests are left out of it later.

    `application` is the file in which the web application is made, "" where that is not known.
    """
    shipped = parse_shipped(manifests)
    if named := shipped_sources(shipped, files):
        return list(named)
    if any(path.startswith("src/") and path.endswith(".py") for path in files):
        return ["src"]
    packages = _packages(files, application)
    if found := found_by_build(shipped, [name for name in packages if f"{name}/__init__.py" in files]):
        return found
    if like := named_like_project(shipped, files):
        return [like]
    modules = sorted(
        path.removesuffix(".py")
        for path in files
        if _MODULE.fullmatch(path) and path not in _NO_MODULE and not path.startswith("test")
    )
    return [*packages, *modules] or ["."]


def _packages(files: Sequence[str], application: str) -> list[str]:
    """Return the folders at the root that may be source: packages and that of the application, else all."""
    folders = {path.partition("/")[0] for path in files if "/" in path and path.endswith(".py")}
    may_be = sorted(name for name in folders if not _holds_no_source(name, files) and not name.startswith((".", "_")))
    own = application.partition("/")[0] if "/" in application else ""
    packages = [name for name in may_be if f"{name}/__init__.py" in files or name == own]
    return packages or may_be


def scope_words(files: Sequence[FileCoverage]) -> str:
    """Say what was measured, by the folders at the root of the repository: `measured app, worker and 2 more`."""
    inside = (PurePosixPath(file.path) for file in files if file.total)
    names = sorted({path.parts[0] for path in inside if not path.is_absolute()})
    return f"measured {enumerated(names, _MOST_NAMES)}" if names else ""


def outside_words(files: Sequence[FileCoverage]) -> str:
    """Say which measured files are none of the repository's, and what the figure would be without them."""
    outside = sum(PurePosixPath(file.path).is_absolute() for file in files)
    if not outside:
        return ""
    count = "1 measured file lies" if outside == 1 else f"{outside} measured files lie"
    covered = percent_inside(files)
    if covered is None:
        return f"{count} outside the repository, and none in it"
    return f"{count} outside the repository: without {'it' if outside == 1 else 'them'}, {floored(covered)} %"


def percent_inside(files: Sequence[FileCoverage]) -> Fraction | None:
    """Return the percentage over the repository's own files, None where none of them was measured."""
    inside = [file for file in files if not PurePosixPath(file.path).is_absolute()]
    total = sum(file.total for file in inside)
    return Fraction(100 * sum(file.covered for file in inside), total) if total else None

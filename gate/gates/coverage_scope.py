"""What coverage measures: what the project configures, else its packages without the tests."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import PurePosixPath

from gate.context import Context
from gate.domain.exhibit import FileCoverage
from gate.domain.measure import floored
from gate.formats.pytest_settings import COVERAGE_FILES, PytestSettings, has_faster_core, names_coverage_scope
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
TEST_FILES = (
    *("tests/**", "test/**", "**/tests/**", "**/test/**"),
    *("test_*.py", "*_test.py", "conftest.py", "**/test_*.py", "**/*_test.py", "**/conftest.py"),
)
_NO_SOURCE = {
    *("tests", "test", "docs", "doc", "examples", "example", "scripts", "tools", "benchmarks", "build", "dist"),
    *("migrations", "alembic", "venv", "node_modules"),
}
_MOST_NAMES = 3
_NO_MODULE = {"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py"}


def pytest_arguments(ctx: Context, settings: PytestSettings) -> list[str]:
    """Return pytest-cov's arguments: measure, write no report, and let no half be red for the whole's threshold."""
    scope: list[str] = []
    if not is_configured(ctx, settings):
        scope = [f"--cov={source}" for source in sources(ctx.project.files)]
    elif not settings.names_coverage_source:
        # Without a value it measures what the configuration names; a path that followed it would be taken for one.
        scope = ["--cov"]
    return [*scope, "--cov-report=", "--cov-fail-under=0", *_NO_WARNINGS]


def pytest_arguments_without(settings: PytestSettings) -> list[str]:
    """Return the arguments under which a project that always measures does not, and its threshold is not asked."""
    return ["--no-cov", *_NO_WARNINGS] if settings.names_coverage_source else []


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


def _is_test(path: PurePosixPath) -> bool:
    in_folder = {"tests", "test"}.intersection(path.parts[:-1])
    return bool(in_folder) or path.name.startswith("test_") or path.stem.endswith("_test") or path.stem == "conftest"


def sources(files: tuple[str, ...]) -> list[str]:
    """Choose what to measure: `src`, else the packages and modules at the root, tests left out."""
    python = [PurePosixPath(path) for path in files if path.endswith(".py")]
    if any(path.parts[0] == "src" and len(path.parts) > 1 for path in python):
        return ["src"]
    folders = sorted({path.parts[0] for path in python if len(path.parts) > 1})
    packages = [name for name in folders if name.lower() not in _NO_SOURCE and not name.startswith((".", "_"))]
    modules = sorted(
        path.stem
        for path in python
        if len(path.parts) == 1 and path.name not in _NO_MODULE and not path.name.startswith("test")
    )
    return [*packages, *modules] or ["."]


def scope_words(files: Sequence[FileCoverage]) -> str:
    """Say what was measured, by the folders at the root of the repository: `measured app, worker and 2 more`."""
    inside = (PurePosixPath(file.path) for file in files if file.total)
    names = sorted({path.parts[0] for path in inside if not path.is_absolute()})
    if len(names) > _MOST_NAMES + 1:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]
    return f"measured {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}" if names else ""


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

"""What coverage measures: what the project configures, else its packages without the tests."""

from pathlib import PurePosixPath

from gate.context import Context
from gate.formats.pytest_settings import COVERAGE_FILES, PYTEST_FILES, names_coverage_scope, parse_pytest_settings

# Patterns of files that are tests, for projects that configure no scope.
TEST_FILES = (
    *("tests/**", "test/**", "**/tests/**", "**/test/**"),
    *("test_*.py", "*_test.py", "conftest.py", "**/test_*.py", "**/*_test.py", "**/conftest.py"),
)
_NO_SOURCE = {
    *("tests", "test", "docs", "doc", "examples", "example", "scripts", "tools", "benchmarks", "build", "dist"),
    *("migrations", "alembic", "venv", "node_modules"),
}
_NO_MODULE = {"setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "manage.py"}


def pytest_arguments(ctx: Context) -> list[str]:
    """Return pytest-cov's arguments: measure, write no report, and let no half be red for the whole's threshold."""
    scope: list[str] = []
    if not is_configured(ctx):
        scope = [f"--cov={source}" for source in sources(ctx.project.files)]
    elif not parse_pytest_settings(ctx.project_texts(*PYTEST_FILES)).names_coverage_source:
        # Without a value it measures what the configuration names; a path that followed it would be taken for one.
        scope = ["--cov"]
    return [*scope, "--cov-report=", "--cov-fail-under=0"]


def is_configured(ctx: Context) -> bool:
    """Tell whether the project says itself what is measured."""
    settings = parse_pytest_settings(ctx.project_texts(*PYTEST_FILES))
    own = settings.coverage_config
    texts = ctx.project_texts(*COVERAGE_FILES, *((own,) if own else ()))
    return settings.names_coverage_source or names_coverage_scope(texts, own)


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

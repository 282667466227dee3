"""How one suite of pytest is parted into unit and integration tests, and how its plug-in is spoken to.

The plug-in itself runs in the project's interpreter: `gate/probes/pytest_plugin/`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import gate.probes
from gate.context import Context
from gate.formats.manage_file import parse_settings_module
from gate.formats.pytest_command import PytestCommand
from gate.formats.pytest_settings import PYTEST_FILES, PytestSettings, parse_pytest_settings

PLUGIN = "quality_gate_selection"
PLUGIN_FOLDER = Path(gate.probes.__file__).parent / "pytest_plugin"
PLUGIN_VARIABLE = "QUALITY_GATE_PYTEST"
# What unittest and Django's runner find that pytest by itself would not.
UNITTEST_FILES = "test*.py tests.py *_test.py *_tests.py"
_TEST_CASE = re.compile(r"\bTestCase\b")
_PYTEST = re.compile(r"^\s*(?:import|from) pytest\b", re.MULTILINE)
_LOAD_TESTS = re.compile(r"^(?:async )?def load_tests\(", re.MULTILINE)
# What zope.testrunner and setuptools' old runner ask a module for; most return what pytest finds anyway.
_TEST_SUITE = re.compile(r"^def (?:test_suite|additional_tests)\(", re.MULTILINE)
_DOCTEST_SUITE = re.compile(r"\bDoc(?:Test|File)Suite\(")
# Tests in a file whose name tells nothing; measuring speed is no test.
_OWN_CASES = re.compile(r"^class \w{1,100}\([^)\n]{0,200}TestCase\):", re.MULTILINE)
_METHOD = re.compile(r"^\s{1,8}(?:async )?def test", re.MULTILINE)
_SPEED = ("perf", "bench")
_MARKER = re.compile(r"\bmark\.integration\b|add_marker\([^)\n]*integration")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the plug-in noted last: pytest's root, how many tests it set out to run, and one that was running.

    `left_out` are tests of the same kind that pytest's options or a conftest.py took away. In a shard, `collected` are
    the tests of all shards and `parting` is the digest on which they must agree.
    """

    root: Path | None = None
    selected: int | None = None
    left_out: int = 0
    collected: int | None = None
    parting: str = ""
    running: str = ""


def parse_progress(content: str | None) -> Progress:
    """Read the plug-in's note. The project's tests could have written it too: nothing in it is trusted."""
    try:
        state = json.loads(content or "{}")
    except (ValueError, RecursionError):
        return Progress()
    if not isinstance(state, dict):
        return Progress()
    root, selected, running = state.get("rootdir"), state.get("selected"), state.get("running")
    left_out, collected, parting = state.get("left_out"), state.get("collected"), state.get("parting")
    names = [name for name in running if isinstance(name, str)] if isinstance(running, list) else []
    return Progress(
        root=Path(root) if isinstance(root, str) and root and "\0" not in root else None,
        selected=selected if isinstance(selected, int) else None,
        left_out=left_out if isinstance(left_out, int) else 0,
        collected=collected if isinstance(collected, int) else None,
        parting=parting if isinstance(parting, str) else "",
        running=names[0] if names else "",
    )


def read_pytest_settings(ctx: Context, pytest_version: str = "") -> PytestSettings:
    """Read what the project's files say to pytest, the options that its own commands add to `addopts` with them."""
    settings = parse_pytest_settings(ctx.project_texts(*PYTEST_FILES), pytest_version=pytest_version)
    sessions = ctx.discovery.suite.sessions
    added = [word for session in sessions for word in (*session.options, *session.scope)]
    # Of several sessions each has a `-m` of its own.
    return replace(settings, addopts=(*settings.addopts, *(added if len(sessions) == 1 else _scopes(sessions))))


def _scopes(sessions: Sequence[PytestCommand]) -> list[str]:
    return [word for session in sessions for word in session.scope]


def files_of_tests(files: Sequence[str], settings: PytestSettings) -> tuple[str, ...]:
    """Return the files in which pytest or unittest would look for tests."""
    return tuple(path for path in files if _may_hold_tests(path, settings))


def other_files_of_tests(ctx: Context, settings: PytestSettings) -> tuple[str, ...]:
    """Return files in a folder of tests that hold unittest's classes, where no file at all has a usual name."""
    if files_of_tests(ctx.project.files, settings):
        return ()
    inside = [path for path in ctx.project.files if {"tests", "test"}.intersection(path.split("/")[:-1])]
    python = [path for path in inside if path.endswith(".py") and not path.rpartition("/")[2].startswith(_SPEED)]
    texts = ctx.project_texts(*python)
    return tuple(path for path, text in texts.items() if _OWN_CASES.search(text) and _METHOD.search(text))


def has_integration_path(ctx: Context, settings: PytestSettings) -> bool:
    """Tell whether `integration` stands in the path of any file of tests."""
    return any("integration" in path.lower() for path in files_of_tests(ctx.project.files, settings))


def is_unittest_style(ctx: Context, settings: PytestSettings) -> bool:
    """Tell whether the tests were written for unittest's or Django's own runner, and pytest is nothing to them."""
    files = files_of_tests(ctx.project.files, settings)
    if settings.file or any(path.rpartition("/")[2] == "conftest.py" for path in ctx.project.files):
        return False
    texts = ctx.project_texts(*files).values()
    return any(_TEST_CASE.search(text) for text in texts) and not any(_PYTEST.search(text) for text in texts)


def unread_by_pytest(ctx: Context, settings: PytestSettings) -> tuple[str, ...]:
    """Return the files of tests with `load_tests`, or a suite of doctests, which tell other runners what to run."""
    texts = ctx.project_texts(*files_of_tests(ctx.project.files, settings))
    return tuple(path for path, text in texts.items() if _is_unread(text))


def _is_unread(text: str) -> bool:
    return bool(_LOAD_TESTS.search(text) or (_TEST_SUITE.search(text) and _DOCTEST_SUITE.search(text)))


def django_settings(ctx: Context) -> str:
    """Return the settings that the project's manage.py names, "" for none."""
    return parse_settings_module(ctx.project_texts("manage.py").get("manage.py", ""))


def is_djangos_own(ctx: Context, settings: PytestSettings) -> bool:
    """Tell whether the tests are those of Django's own runner: `manage.py test`, and nothing of pytest's."""
    return bool(django_settings(ctx)) and is_unittest_style(ctx, settings)


def uses_marker(ctx: Context) -> bool:
    """Tell whether any file of tests uses the marker `integration`; if none does, half of them need not be imported."""
    settings = PytestSettings()
    python = [path for path in ctx.project.files if _may_hold_tests(path, settings) or path.endswith("conftest.py")]
    return any(_MARKER.search(content) for content in ctx.project_texts(*python).values())


def _may_hold_tests(path: str, settings: PytestSettings) -> bool:
    name = path.rpartition("/")[2]
    if settings.runs_doctests and name.endswith((".py", ".rst", ".txt", ".md")):
        return True
    # pytest matches a pattern with a slash against the whole path.
    if any(fnmatchcase(f"/{path}" if "/" in pattern else name, pattern) for pattern in settings.python_files):
        return True
    return name.endswith(".py") and (name.startswith("test") or name.endswith(("_test.py", "tests.py")))

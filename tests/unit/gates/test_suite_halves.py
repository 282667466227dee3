import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.formats.pytest_settings import PytestSettings
from gate.gates.suite_halves import (
    Progress,
    django_settings,
    files_of_tests,
    has_integration_path,
    is_djangos_own,
    is_unittest_style,
    other_files_of_tests,
    parse_progress,
    unread_by_pytest,
)


def project(files: Mapping[str, str]) -> Any:
    """Stand in for a context: its files and their texts are all that is asked for."""
    return SimpleNamespace(
        project=SimpleNamespace(files=tuple(sorted(files))),
        project_texts=lambda *names: {name: files[name] for name in names if name in files},
    )


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        (PytestSettings(), ("app/tests.py", "tests/test_a.py")),
        (PytestSettings(python_files=("spec_*.py",)), ("app/tests.py", "spec/spec_a.py", "tests/test_a.py")),
        (PytestSettings(python_files=("*/checks/*.py",)), ("app/tests.py", "checks/one.py", "tests/test_a.py")),
        (PytestSettings(addopts=("--doctest-modules",)), ("app/main.py", "app/tests.py", "checks/one.py", "spec/spec_a.py", "tests/test_a.py")),
    ],
)  # fmt: skip
def test_where_tests_may_be(settings: PytestSettings, found: tuple[str, ...]) -> None:
    files = ("app/main.py", "app/tests.py", "checks/one.py", "spec/spec_a.py", "tests/test_a.py", "setup.cfg")
    assert files_of_tests(files, settings) == found


def test_a_package_of_the_source_named_integrations_holds_no_integration_tests() -> None:
    assert not has_integration_path(project({"app/integrations/slack.py": ""}), PytestSettings())
    assert has_integration_path(project({"tests/integration/test_slack.py": ""}), PytestSettings())


CASES = "import unittest\n\n\nclass A(unittest.TestCase):\n    pass\n"


@pytest.mark.parametrize(
    ("files", "settings", "unittest"),
    [
        ({"app/tests.py": CASES}, PytestSettings(), True),
        ({"app/tests.py": CASES, "conftest.py": ""}, PytestSettings(), False),
        ({"app/tests.py": CASES}, PytestSettings(file="pytest.ini"), False),
        ({"app/tests.py": CASES, "app/test_b.py": "import pytest\n"}, PytestSettings(), False),
        ({"test_a.py": "def test_a():\n    pass\n"}, PytestSettings(), False),
    ],
)
def test_whether_the_tests_were_written_for_unittest(
    files: dict[str, str], settings: PytestSettings, unittest: bool
) -> None:
    assert is_unittest_style(project(files), settings) is unittest


def test_what_only_unittest_would_read() -> None:
    files = {"tests/test_a.py": "def load_tests(loader, tests, pattern):\n    return tests\n", "tests/test_b.py": CASES}
    assert unread_by_pytest(project(files), PytestSettings()) == ("tests/test_a.py",)


@pytest.mark.parametrize(("suite", "unread"), [("doctest.DocTestSuite('a')", True), ("loader.load(__name__)", False)])
def test_a_suite_of_doctests_is_what_pytest_would_miss(suite: str, unread: bool) -> None:
    files = {"tests/test_a.py": f"{CASES}\ndef test_suite():\n    return {suite}\n"}
    assert bool(unread_by_pytest(project(files), PytestSettings())) is unread


def test_classes_of_unittest_in_a_folder_of_tests_are_found_where_no_file_has_a_usual_name() -> None:
    cases = CASES.replace("    pass", "    async def test_a(self):\n        pass")
    files = {"app/tests/smoke.py": cases, "app/tests/perf.py": cases, "app/tests/base.py": CASES, "app/main.py": cases}
    assert other_files_of_tests(project(files), PytestSettings()) == ("app/tests/smoke.py",)
    assert other_files_of_tests(project({**files, "app/tests/test_a.py": ""}), PytestSettings()) == ()


@pytest.mark.parametrize(
    ("manage", "module"),
    [
        ('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.dev")', "shop.settings.dev"),
        ("os.environ.setdefault('DJANGO_SETTINGS_MODULE',\n    'shop.settings')", "shop.settings"),
        ("os.environ.setdefault('DJANGO_SETTINGS_MODULE', choose())", ""),
    ],
)
def test_the_settings_that_manage_py_names(manage: str, module: str) -> None:
    assert django_settings(project({"manage.py": manage})) == module
    assert django_settings(project({})) == ""


def test_what_the_plugin_notes() -> None:
    note = json.dumps({"rootdir": "/p", "selected": 3, "left_out": 2, "running": ["a::b", "a::c"]})
    assert parse_progress(note) == Progress(root=Path("/p"), selected=3, left_out=2, running="a::b")


@pytest.mark.parametrize(
    "note",
    [
        None,
        "",
        "[]",
        "not json",
        '{"rootdir": 3, "selected": "x", "left_out": [], "running": {}}',
        '{"rootdir": "a\\u0000b"}',
    ],
)
def test_what_is_no_note_tells_nothing(note: str | None) -> None:
    assert parse_progress(note) == Progress()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: (
            st.dictionaries(st.sampled_from(["rootdir", "selected", "left_out", "running"]), inner) | st.lists(inner)
        ),
    )
)
def test_a_note_that_tests_have_tampered_with_breaks_nothing(note: object) -> None:
    parse_progress(json.dumps(note))


MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")'


def test_whose_suite_begins_with_djangos_system_checks() -> None:
    assert is_djangos_own(project({"manage.py": MANAGE, "app/tests.py": CASES}), PytestSettings())
    assert not is_djangos_own(project({"app/tests.py": CASES}), PytestSettings())
    assert not is_djangos_own(
        project({"manage.py": MANAGE, "app/tests.py": CASES, "conftest.py": ""}), PytestSettings()
    )

"""The plug-in's rules, without a session of pytest: that it works in one is proven by tests/integration."""

import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

SOURCE = Path(__file__).parents[3] / "gate" / "probes" / "pytest_plugin" / "quality_gate_selection.py"
sys.path.insert(0, str(SOURCE.parent))  # as PYTHONPATH would
spec = importlib.util.spec_from_file_location("quality_gate_selection", SOURCE)
assert spec
assert spec.loader
plugin: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def selection(select: str = "unit", paths: tuple[str, ...] = (), *, markers: bool = False) -> Any:
    return plugin.Selection({"select": select, "integration_paths": paths, "markers": markers, "progress": ""})


def item(path: str, *, marked: bool = False) -> Any:
    return SimpleNamespace(path=Path(path), get_closest_marker=lambda name: name if marked else None)


def _collector(into: list[Any]) -> Any:
    def collect(items: list[Any]) -> None:
        into.extend(items)

    return collect


@pytest.mark.parametrize(
    ("path", "integration"),
    [
        ("tests/integration/test_a.py", True),
        ("tests/test_Integration_db.py", True),
        ("tests/unit/test_a.py", False),
        ("../integration/test_outside.py", False),
    ],
)
def test_the_path_below_the_project_decides(path: str, integration: bool, project: Path) -> None:
    inside = project / "integration-service"
    inside.mkdir()
    assert selection().is_integration_path(Path(path)) is integration
    assert selection().wants(item(path)) is not integration
    assert selection("integration").wants(item(path)) is integration


def test_paths_that_are_given_replace_the_rule() -> None:
    chosen = selection("integration", ("tests/db",), markers=True)
    assert chosen.wants(item("tests/db/test_a.py"))
    assert chosen.wants(item("tests/db"))
    assert not chosen.wants(item("tests/integration/test_a.py", marked=True))


def test_a_marker_makes_an_integration_test_wherever_it_is() -> None:
    assert selection("integration", markers=True).wants(item("tests/test_a.py", marked=True))
    assert not selection("unit", markers=True).wants(item("tests/test_a.py", marked=True))


@pytest.mark.parametrize(
    ("select", "markers", "path", "left_out"),
    [
        ("unit", False, "tests/integration/test_a.py", True),
        ("unit", False, "tests/test_a.py", False),
        ("integration", False, "tests/test_a.py", True),
        ("integration", True, "tests/test_a.py", False),
        ("integration", False, "tests/notes.txt", False),
    ],
)
def test_a_file_without_a_test_of_the_gate_is_not_imported(
    select: str, markers: bool, path: str, left_out: bool
) -> None:
    chosen = selection(select, markers=markers)
    assert chosen.leaves_out_file(path) is left_out
    assert plugin.ForPytest7(chosen, None).pytest_ignore_collect(collection_path=path) is (True if left_out else None)
    assert plugin.ForPytest6(chosen, None).pytest_ignore_collect(path=path) is (True if left_out else None)


def test_it_notes_what_was_selected_and_what_runs(project: Path) -> None:
    note = project / "progress.json"
    progress = plugin.Progress(str(note), "/root")
    hooks = plugin.Plugin(selection(), progress)
    dropped: list[Any] = []
    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=_collector(dropped)))
    items = [item("tests/test_a.py"), item("tests/integration/test_b.py")]
    for each in (*items, item("tests/test_deselected.py"), item("tests/integration/test_deselected.py")):
        hooks.pytest_itemcollected(each)
    hooks.pytest_collection_modifyitems(config, items)
    assert (len(items), len(dropped)) == (1, 1)
    hooks.pytest_runtest_logstart("a::b")
    assert json.loads(note.read_text()) == {
        "rootdir": "/root",
        "selected": 1,
        "left_out": 1,
        "collected": None,
        "parting": "",
        "running": ["a::b"],
    }
    hooks.pytest_runtest_logfinish("a::b")
    hooks.pytest_runtest_logfinish("never::started")
    assert json.loads(note.read_text())["running"] == []


def test_a_worker_of_xdist_tells_its_controller_what_it_selected(project: Path) -> None:
    config = SimpleNamespace(workeroutput={})
    worker = plugin.Plugin(selection(), None)
    worker.pytest_itemcollected(item("tests/test_deselected.py"))
    worker.pytest_collection_modifyitems(config, [item("tests/test_a.py"), item("tests/test_b.py")])
    note = project / "progress.json"
    controller = plugin.Plugin(selection(), plugin.Progress(str(note), "/root"))
    controller.pytest_testnodedown(SimpleNamespace())  # crashed: it told nothing
    assert json.loads(note.read_text())["selected"] is None
    controller.pytest_testnodedown(config)
    assert json.loads(note.read_text())["selected"] == 2


@pytest.mark.parametrize("option", ["collectonly", "setuponly", "setupplan"])
def test_options_under_which_no_test_runs_are_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    config = SimpleNamespace(rootpath=project, getoption=lambda name, default: name == option or default)
    monkeypatch.setenv(plugin.VARIABLE, json.dumps({"progress": str(project / "p.json")}))
    with pytest.raises(pytest.UsageError, match="no test would run"):
        plugin.pytest_configure(config)


def test_it_joins_a_pytest_so_old_that_it_knows_no_rootpath(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[Any] = []
    config = SimpleNamespace(
        rootdir=project,
        pluginmanager=SimpleNamespace(register=lambda each, name: joined.append(each)),
        getoption=lambda name, default: default,
    )
    instructions = {"select": "unit", "integration_paths": [], "markers": False, "progress": str(project / "p.json")}
    monkeypatch.setenv(plugin.VARIABLE, json.dumps(instructions))
    monkeypatch.setattr(pytest, "__version__", "5.3.5")
    plugin.pytest_configure(config)
    assert isinstance(joined[0], plugin.ForPytest6)
    assert json.loads((project / "p.json").read_text())["rootdir"] == str(project)


@pytest.mark.parametrize("worker", [True, False])
def test_it_joins_only_when_it_is_told_to(project: Path, monkeypatch: pytest.MonkeyPatch, worker: bool) -> None:
    joined: list[Any] = []
    config = SimpleNamespace(
        rootpath=project,
        pluginmanager=SimpleNamespace(register=lambda each, name: joined.append(each)),
        getoption=lambda name, default: default,
    )
    if worker:
        config.workerinput = {}
    monkeypatch.delenv(plugin.VARIABLE, raising=False)
    plugin.pytest_configure(config)
    assert joined == []
    instructions = {"select": "unit", "integration_paths": [], "markers": False, "progress": str(project / "p.json")}
    monkeypatch.setenv(plugin.VARIABLE, json.dumps(instructions))
    plugin.pytest_configure(config)
    assert (joined[0].progress is None) is worker


DJANGO = {
    "__init__.py": "",
    "apps.py": "class apps:\n    ready = True\n",
    "conf.py": "class settings:\n    DEBUG = True\n",
    "core/__init__.py": "",
    "core/management.py": (
        "from django.conf import settings\n"
        "calls = []\n"
        "def call_command(name, **streams):\n"
        "    calls.append((name, settings.DEBUG))\n"
        "    raise SystemExit(1)\n"
    ),
}


def test_djangos_system_checks_run_as_under_its_own_runner_and_decide_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in DJANGO.items():
        path = project / "django" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(project))
    for name in [name for name in sys.modules if name.partition(".")[0] == "django"]:
        monkeypatch.delitem(sys.modules, name)

    plugin.Plugin(selection(), None).pytest_collection_finish()
    management = importlib.import_module("django.core.management")
    assert management.calls == []

    plugin.Plugin(selection(), None, django_checks=True).pytest_collection_finish()
    assert management.calls == [("check", False)]
    assert importlib.import_module("django.conf").settings.DEBUG is True
    for name in [name for name in sys.modules if name.partition(".")[0] == "django"]:
        sys.modules.pop(name)


def test_without_django_there_are_no_checks_to_run() -> None:
    plugin.Plugin(selection(), None, django_checks=True).pytest_collection_finish()


def test_of_the_session_before_only_what_failed_is_run(project: Path) -> None:
    (project / "attempts.json").write_text('{"failed": ["tests/test_a.py::test_b"], "retried": {}}')
    told = {"select": "unit", "integration_paths": (), "markers": False, "only": str(project / "attempts.json")}
    chosen = plugin.Selection(told)
    red, green = item("tests/test_a.py"), item("tests/test_a.py")
    red.nodeid, green.nodeid = "tests/test_a.py::test_b", "tests/test_a.py::test_c"
    assert chosen.wants(red)
    assert not chosen.wants(green)


def attempts(path: Path, output: dict[str, Any] | None = None) -> Any:
    return plugin.Attempts(str(path / "attempts.json"), output)


def try_all(counting: Any, *failed: bool) -> None:
    """Try one test, as plug-ins do that stay within its protocol."""
    protocol = counting.pytest_runtest_protocol(SimpleNamespace(nodeid="a"))
    next(protocol)
    for each in failed:
        counting.pytest_runtest_setup()
        report = counting.pytest_runtest_makereport()
        next(report)
        outcome = SimpleNamespace(get_result=lambda each=each: SimpleNamespace(failed=each))
        with pytest.raises(StopIteration):
            report.send(outcome)
    with pytest.raises(StopIteration):
        next(protocol)


@pytest.mark.parametrize(
    ("failed", "retried"),
    [
        ((False,), {}),
        ((True,), {}),
        ((True, True, False), {"a": 2}),
        ((True, True), {"a": 1}),
        ((False, False), {}),  # one that must pass twice, and does, is not flaky
    ],
)
def test_a_test_was_tried_again_if_a_try_failed_and_another_followed(
    failed: tuple[bool, ...], retried: dict[str, int], project: Path
) -> None:
    counting = attempts(project)
    try_all(counting, *failed)
    counting.pytest_sessionfinish()
    assert json.loads((project / "attempts.json").read_text())["retried"] == retried


def test_a_worker_of_xdist_hands_on_what_it_counts_and_writes_nothing(project: Path) -> None:
    output: dict[str, Any] = {}
    worker = attempts(project, output)
    try_all(worker, True, False)
    worker.pytest_sessionfinish()
    assert not (project / "attempts.json").exists()
    leading = attempts(project)
    leading.pytest_testnodedown(SimpleNamespace(workeroutput=output))
    leading.pytest_testnodedown(SimpleNamespace())
    leading.pytest_runtest_logreport(SimpleNamespace(failed=True, nodeid="b"))
    leading.pytest_sessionfinish()
    assert json.loads((project / "attempts.json").read_text()) == {"failed": ["b"], "retried": {"a": 1}}

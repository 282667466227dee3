"""The script that runs in the project's interpreter, run here in ours."""

import json
import os
from pathlib import Path
from typing import Any

import coverage
import pytest

from gate.probes import coverage_reports
from gate.probes.coverage_reports import write_reports


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text("def a():\n    return 1\n\n\ndef b():\n    return 2\n")
    (tmp_path / "test_app.py").write_text("x = 1\n")
    for number, lines in enumerate(({1, 2, 5}, {1, 5, 6})):
        recorded = coverage.CoverageData(f".coverage.{number}")
        recorded.add_lines({str(tmp_path / "app.py"): lines, str(tmp_path / "test_app.py"): {1}})
        recorded.write()
    (tmp_path / "out").mkdir()
    return {
        "files": [".coverage.0", ".coverage.1"],
        "folder": str(tmp_path / "out"),
        "combined": str(tmp_path / "combined"),
        "for_merge": False,
        "folders": None,
        "changed": None,
        "root": str(tmp_path),
        "config_file": None,
        "leave_out": [],
    }


def test_the_halves_are_combined_and_every_report_is_written(order: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[report]\nfail_under = 91\nprecision = 1\n")
    said = write_reports(order)
    assert (said["fail_under"], said["precision"]) == (91.0, 1)
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {"coverage.json", "coverage.xml", "coverage.txt", "html/index.html"} <= names
    assert "100.0%" in (tmp_path / "out" / "coverage.txt").read_text()
    assert (tmp_path / ".coverage.0").exists()


@pytest.mark.parametrize("for_merge", [True, False])
def test_of_what_no_data_mentions_the_lines_that_can_run_are_told(
    order: dict[str, Any], tmp_path: Path, for_merge: bool
) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\nomit = left_out.py\n[report]\nexclude_also = if DEBUG\n")
    source = '"""Words."""\n\nX = f(\n    1\n)\nif DEBUG:\n    X = 2\n'
    for name in ("cold.py", "left_out.py"):
        (tmp_path / name).write_text(source)
    asked, told = tmp_path / "changed.json", tmp_path / "told.json"
    asked.write_text(json.dumps(["cold.py", "left_out.py", "gone.py", "app.py"]))
    write_reports(order | {"changed": str(asked), "told": str(told), "for_merge": for_merge})
    assert json.loads(told.read_text()) == {"unmeasured": {"cold.py": [3]}, "unparsed": {}}
    # It adds nothing to the reports.
    assert "cold.py" not in (tmp_path / "out" / "coverage.json").read_text()
    asked.write_text('["left_out.py"]')
    (tmp_path / "combined").unlink()
    write_reports(order | {"changed": str(asked), "told": str(told)})
    assert json.loads(told.read_text()) == {"unmeasured": {}, "unparsed": {}}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("for_merge", [True, False])
def test_files_that_do_not_parse_are_told_though_no_report_has_them(
    order: dict[str, Any], tmp_path: Path, for_merge: bool
) -> None:
    # What a project may have set to hear nothing of it.
    (tmp_path / ".coveragerc").write_text("[run]\nomit = left_out.py\ndisable_warnings = couldnt-parse\n")
    broken = {
        "cold.py": b"X = 1\nif X\n",
        "it's 'odd' (couldnt-parse).py": b"(((",
        "hot.py": b"def f(:\n",
        "nul.py": b"\0",
        "byte.py": b"# \xff\n",
    }
    for name, source in {**broken, "left_out.py": b"(((", "also.py": b"((("}.items():
        (tmp_path / name).write_bytes(source)
    (tmp_path / "sound.py").write_bytes(b'X = "\\d"\n')
    # Python refuses it, but what of it could run can be told.
    (tmp_path / "latin.py").write_bytes(b'\n\nX = "\xff"\n')
    recorded = coverage.CoverageData(".coverage.2")
    recorded.add_lines({str(tmp_path / name): {1} for name in ("hot.py", "removed.py")})
    recorded.write()
    asked, told = tmp_path / "changed.json", tmp_path / "told.json"
    asked.write_text(
        json.dumps([name for name in (*broken, "left_out.py", "sound.py", "latin.py") if name != "hot.py"])
    )
    files = [*order["files"], ".coverage.2"]
    write_reports(order | {"files": files, "changed": str(asked), "told": str(told), "for_merge": for_merge})
    found = json.loads(told.read_text())
    assert found["unmeasured"] == {"sound.py": [1], "latin.py": [3]}
    assert {path: line for path, (line, _) in found["unparsed"].items()} == {
        "cold.py": 2,
        "it's 'odd' (couldnt-parse).py": 1,
        "hot.py": 1,
        "nul.py": 0,
        "byte.py": 0,
    }
    assert found["unparsed"]["nul.py"][1] == "source code string cannot contain null bytes"


def test_tests_are_left_out_where_asked_for(order: dict[str, Any], tmp_path: Path) -> None:
    write_reports(order | {"leave_out": ["test_*.py", "*/test_*.py"]})
    assert "test_app" not in (tmp_path / "out" / "coverage.json").read_text()


def test_the_gates_own_plug_in_is_never_counted(order: dict[str, Any], tmp_path: Path) -> None:
    plugin = Path(coverage_reports.__file__).parent / "pytest_plugin" / "quality_gate_selection.py"
    recorded = coverage.CoverageData(".coverage.2")
    recorded.add_lines({str(plugin): {1}})
    recorded.write()
    write_reports(order | {"files": [*order["files"], ".coverage.2"]})
    written = (tmp_path / "out" / "coverage.json").read_text()
    assert plugin.name not in written
    assert "app.py" in written


def test_over_what_shards_left_the_configuration_reads_writes_and_imports_nothing_else(
    order: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hunter2")
    (tmp_path / ".coveragerc").write_text(
        f"[run]\nplugins = no_such_module\ndebug = config\ndebug_file = {tmp_path / 'debug'}\n"
        f"[html]\nextra_css = {tmp_path / 'secret'}\n"
    )
    write_reports(order | {"folders": []})
    assert (tmp_path / "out" / "html" / "index.html").exists()
    assert not (tmp_path / "debug").exists()
    assert not (tmp_path / "out" / "html" / "secret").exists()


def test_over_what_shards_left_no_file_outside_the_repository_is_shown(order: dict[str, Any], tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "svc").mkdir(parents=True)
    os.chdir(repository / "svc")
    secret, link, shared = tmp_path / "secret.json", repository / "svc" / "link.py", repository / "shared.py"
    secret.write_text('{"key": "hunter2"}\n')
    link.symlink_to(secret)
    shared.write_text("x = 1\n")
    recorded = coverage.CoverageData("data")
    recorded.add_lines({str(path): {1} for path in (secret, link, shared)})
    recorded.write()
    write_reports(order | {"files": ["data"], "folders": [], "root": str(repository)})
    shown = "".join(path.read_text("utf-8") for path in (tmp_path / "out" / "html").glob("*.html"))
    assert "shared.py" in shown
    assert "hunter2" not in shown


@pytest.mark.filterwarnings("ignore:Couldn't use data file")
def test_data_of_another_program_is_an_error_of_coverage(order: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "broken").write_text("not a database")
    with pytest.raises(coverage.exceptions.CoverageException):
        write_reports(order | {"files": ["broken"]})

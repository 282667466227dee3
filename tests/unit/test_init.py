"""The verb `init`, and where `run` says that it cannot choose."""

import json
from pathlib import Path

import pytest

from gate.cli import main
from gate.discovery.model import Discovery
from gate.discovery.standing import Standing
from gate.discovery.starter import WITH_A_SERVICE, pyproject_table, yaml_file
from gate.gates import GATES


def service(folder: Path) -> None:
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "test_a.py").touch()
    (folder / "requirements.txt").write_text("fastapi\n")
    (folder / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")


def test_init_writes_down_what_is_found_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service(tmp_path / "backend")
    assert main(["init", "--no-run", str(tmp_path), "--dry-run"]) == 0
    assert 'working-directory: "backend"' in capsys.readouterr().out
    assert not (tmp_path / ".github").exists()
    assert main(["init", "--no-run", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "wrote .github/workflows/quality-gate.yml" in printed
    assert "wrote .github/workflows/quality-gate-publish.yml" in printed
    assert "app in main.py" in (tmp_path / "backend" / "quality-gate.yml").read_text()
    assert main(["init", "--no-run", str(tmp_path)]) == 2
    assert "there already" in capsys.readouterr().err


def test_init_says_what_it_cannot_choose_and_what_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service(tmp_path / "a")
    service(tmp_path / "b")
    assert main(["init", "--no-run", str(tmp_path)]) == 2
    assert "quality-gate init a" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "none")]) == 2
    assert not (tmp_path / ".github").exists()


def test_init_that_is_interrupted_says_that_nothing_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service(tmp_path)
    monkeypatch.setattr("gate.init.run", lambda *_: 130)
    assert main(["init", str(tmp_path)]) == 130
    assert "interrupted: nothing was written" in capsys.readouterr().err
    assert not (tmp_path / ".github").exists()


def test_a_run_that_may_gate_several_folders_is_misconfigured(tmp_path: Path) -> None:
    service(tmp_path / "a")
    service(tmp_path / "b")
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "report")]) == 2
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["problems"][0]["message"] == "several folders may be the service: a, b"


def test_for_a_service_the_gates_on_it_are_proposed_and_not_switched_on() -> None:
    discovery = Discovery(import_path="app.main:app")

    for written in (pyproject_table(discovery, Standing()), yaml_file(discovery, Standing())):
        assert "quality-gate access-review --init" in written
        assert ', "access-review", "latency"' in written
        assert all(line.startswith(("#", "[", "{")) for line in written.splitlines())
    assert tuple(GATES) == WITH_A_SERVICE


def test_a_run_that_is_interrupted_before_its_gates_says_so_and_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    service(tmp_path)
    monkeypatch.setattr("gate.compose.discover", interrupted)
    assert main(["run", str(tmp_path), "--out", str(tmp_path / "report")]) == 130
    printed = capsys.readouterr()
    assert printed.err.splitlines()[-1] == "quality-gate: run was interrupted: nothing was decided"
    assert printed.out == ""
    assert not (tmp_path / "report").exists()


def test_init_says_that_nothing_had_to_be_let_pass_where_no_gate_is_red(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service(tmp_path)
    monkeypatch.setattr("gate.init._standing", lambda *_: Standing())
    assert main(["init", str(tmp_path), "--dry-run"]) == 0
    assert "How it stands today: no gate is red" in capsys.readouterr().out
    assert main(["init", "--no-run", str(tmp_path), "--dry-run"]) == 0
    assert "How it stands today" not in capsys.readouterr().out, "what nobody looked at is not told"

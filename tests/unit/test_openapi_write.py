"""The verb `openapi --write`: the generated document goes over the committed one, and nowhere else."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gate import openapi_write
from gate.cli import main
from gate.compose import RunArguments
from gate.gates.openapi.judging import GENERATED_PATH

GENERATED: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "2"},
    "paths": {"/a": {"get": {"responses": {}}}},
}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    folder = tmp_path / "service"
    folder.mkdir()
    (folder / "main.py").write_text("app = None\n")
    (folder / "requirements.txt").write_text("fastapi\n")
    return folder


@pytest.fixture(autouse=True)
def generating(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Put a run in the place of `run` that leaves this document: a real one is proven by the integration tests."""
    how: dict[str, Any] = {"status": 0, "asked": [], "document": GENERATED}

    def run(arguments: RunArguments, environment: Mapping[str, str], registry: Mapping[str, object]) -> int:
        del environment
        how["asked"].append((arguments, type(registry["openapi"]).__name__))
        print("why it failed\nreport: a/report.json")
        if how["document"] is not None and arguments.out is not None:
            (arguments.out / GENERATED_PATH).parent.mkdir(parents=True)
            (arguments.out / GENERATED_PATH).write_text(json.dumps(how["document"]))
        return int(how["status"])

    monkeypatch.setattr(openapi_write, "run", run)
    return how


def write(service: Path, *more: str) -> int:
    return main(["openapi", "--write", str(service), *more])


def test_the_first_document_is_a_new_openapi_json(
    service: Path, capsys: pytest.CaptureFixture[str], generating: dict[str, Any]
) -> None:
    assert write(service) == 0
    assert (service / "openapi.json").read_text() == json.dumps(GENERATED, indent=2) + "\n"
    assert capsys.readouterr().out == "wrote openapi.json: commit it\n"
    [(arguments, gate)] = generating["asked"]
    assert (arguments.assignments, gate) == (("gates=openapi",), "GenerationGate")
    assert not arguments.out.exists()


def test_the_document_that_is_there_is_written_over_in_its_form(service: Path) -> None:
    (service / "docs").mkdir()
    (service / "docs" / "openapi.yaml").write_text("openapi: 3.1.0\ninfo:\n  title: T\n  version: '1'\npaths: {}\n")
    (service / "docs" / "openapi.yaml").chmod(0o600)
    assert write(service) == 0
    written = service / "docs" / "openapi.yaml"
    assert written.read_text() == (
        "openapi: 3.1.0\ninfo:\n  title: T\n  version: '2'\npaths:\n  /a:\n    get:\n      responses: {}\n"
    )
    assert written.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in service.rglob("*open*")) == ["openapi.yaml"]


def test_who_loses_comments_is_told(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (service / "openapi.yml").write_text("# ours\nopenapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n")
    assert write(service) == 0
    assert capsys.readouterr().out == "wrote openapi.yml: commit it; its comments are lost\n"


def test_what_cannot_be_read_is_written_anew_and_what_is_no_document_is_left_alone(service: Path) -> None:
    (service / "docs").mkdir()
    (service / "docs" / "openapi.json").write_text("<<<<<<< HEAD\n{")
    (service / "client-openapi.yaml").write_text("input: docs/openapi.json\n")
    assert write(service) == 0
    assert json.loads((service / "docs" / "openapi.json").read_text()) == GENERATED
    assert (service / "client-openapi.yaml").read_text() == "input: docs/openapi.json\n"


def test_the_option_names_the_file(service: Path) -> None:
    (service / "openapi.json").write_text("{}")
    assert write(service, "--set", "openapi.document=api/v1.json") == 0
    assert json.loads((service / "api" / "v1.json").read_text()) == GENERATED
    assert (service / "openapi.json").read_text() == "{}"


def test_a_file_that_says_the_same_stays_as_it_is(service: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = json.dumps(GENERATED, indent=7, sort_keys=True)
    (service / "openapi.json").write_text(odd)
    assert write(service) == 0
    assert (service / "openapi.json").read_text() == odd
    assert "up to date" in capsys.readouterr().out


def test_nothing_is_written_where_nothing_was_generated(
    service: Path, capsys: pytest.CaptureFixture[str], generating: dict[str, Any]
) -> None:
    generating |= {"status": 3, "document": None}
    assert write(service) == 3
    assert not (service / "openapi.json").exists()
    told = capsys.readouterr()
    assert "why it failed" in told.err
    assert "nothing is written" in told.err
    assert "report:" not in told.err
    assert told.out == ""


def test_a_link_out_of_the_repository_is_not_written_through(service: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text("{}")
    (service / "openapi.json").symlink_to(tmp_path / "outside.json")
    assert write(service, "--set", "openapi.document=openapi.json") == 2
    assert (tmp_path / "outside.json").read_text() == "{}"
    (service / "openapi.json").unlink()
    (service / "openapi.json").mkdir()
    assert write(service, "--set", "openapi.document=openapi.json") == 2


def test_a_link_within_the_repository_is_followed(service: Path) -> None:
    (service / "real.json").write_text("{}")
    (service / "openapi.json").symlink_to("real.json")
    assert write(service, "--set", "openapi.document=openapi.json") == 0
    assert (service / "openapi.json").is_symlink()
    assert json.loads((service / "real.json").read_text()) == GENERATED

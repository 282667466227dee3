"""How many workers a suite gets, and what a worker of xdist does with its own variables."""

import importlib.util
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gate.gates.suite_workers import own_number, workers_of

PLUG_IN = Path(__file__).parents[3] / "gate" / "probes" / "pytest_plugin"


def asked(workers: object, *words: str) -> Any:
    ctx: Any = SimpleNamespace(config=SimpleNamespace(workers=workers), processors=6)
    return workers_of(ctx, words)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        (["-q"], None),
        (["-n", "4"], "4"),
        (["-n4"], "4"),
        (["-nauto"], "auto"),
        (["-n=2"], "2"),
        (["--numprocesses=logical"], "logical"),
        (["--numprocesses", "3"], "3"),
        (["-n", "4", "-n", "0"], "0"),
        (["-n"], None),
        (["--no-cov", "-noisy.txt"], None),
    ],
)
def test_the_number_of_the_project_is_read_from_its_options(words: list[str], number: str | None) -> None:
    assert own_number(words) == number


def test_nobody_asked_and_nothing_changes() -> None:
    assert asked(None, "-n", "4") is None


def test_the_processors_are_counted_or_the_number_is_taken() -> None:
    assert (asked("auto").count, asked("auto").arguments) == (6, ("-n", "6"))
    assert (asked(3).count, asked(3).arguments) == (3, ("-n", "3"))


def test_a_number_of_the_projects_own_stays() -> None:
    assert (asked(3, "-n", "2").count, asked(3, "-n", "2").arguments) == (2, ())
    auto = asked(3, "-n", "auto")
    assert (auto.count, auto.arguments, auto.variables) == (6, (), {"PYTEST_XDIST_AUTO_NUM_WORKERS": "6"})


@pytest.mark.parametrize("number", ["²", "9" * 5000, "100000"])
def test_a_number_that_is_none_or_absurd_makes_no_more_databases_than_there_are_processors(number: str) -> None:
    assert asked(3, "-n", number).count == 6


@pytest.mark.parametrize(("worker", "name"), [("gw0", "zero"), ("gw1", "one"), ("gw2", "shared"), ("master", "shared")])
def test_a_worker_takes_its_own_variables_when_the_plug_in_is_imported(
    worker: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "workers.json"
    file.write_text(json.dumps([{"APP_DB": "zero"}, {"APP_DB": "one"}]))
    monkeypatch.syspath_prepend(PLUG_IN)
    monkeypatch.setenv("QUALITY_GATE_PYTEST", json.dumps({"workers": str(file)}))
    monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
    monkeypatch.setenv("APP_DB", "shared")
    spec = importlib.util.spec_from_file_location("selection_of_a_worker", PLUG_IN / "quality_gate_selection.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert os.environ["APP_DB"] == name

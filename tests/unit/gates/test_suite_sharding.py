"""What the plug-in of a shard is told, and what is left for the merge."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gate.domain.shard import Shard
from gate.formats.pytest_command import PytestCommand
from gate.gates.suite_ending import SuiteEvidence
from gate.gates.suite_sharding import instructions, leave_note
from gate.ports import CannotRun


class Place:
    """A context with folders of its own, and no programs."""

    def __init__(self, folder: Path, shard: Shard | None, durations: str | None = None) -> None:
        self.folder = folder
        self.project = SimpleNamespace(folder=folder)
        self.config = SimpleNamespace(shard=shard, durations=durations)

    def scratch_folder(self, name: str) -> Path:
        return self.evidence_folder(f"scratch/{name}")

    def evidence_folder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def read_text(self, path: Path) -> str | None:
        return path.read_text("utf-8") if path.exists() else None

    def write_text(self, path: Path, text: str) -> None:
        path.write_text(text, "utf-8")


SECOND = Shard(index=2, total=8)


def told(place: Place) -> dict[str, Any]:
    ctx: Any = place
    return instructions(ctx, "unit-tests", [PytestCommand()])


def test_without_a_shard_nothing_is_told(tmp_path: Path) -> None:
    assert told(Place(tmp_path, None)) == {}


def test_before_the_first_merge_there_are_no_durations(tmp_path: Path) -> None:
    assert told(Place(tmp_path, SECOND))["shard"] == {"index": 2, "total": 8, "durations": None}
    assert told(Place(tmp_path, SECOND, "not-there.json"))["shard"]["durations"] is None


@pytest.mark.parametrize("name", [".quality-gate-durations.json", ".test_durations"])
def test_durations_are_found(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"a": 1.5, "b": "nonsense"}')
    read = told(Place(tmp_path, SECOND))["shard"]["durations"]
    assert json.loads(Path(read).read_text()) == {"a": 1.5}


def test_configured_durations_come_before_those_that_are_found(tmp_path: Path) -> None:
    (tmp_path / ".test_durations").write_text('{"a": 1}')
    (tmp_path / "own.json").write_text('{"a": 2}')
    read = told(Place(tmp_path, SECOND, "own.json"))["shard"]["durations"]
    assert json.loads(Path(read).read_text()) == {"a": 2}


def test_sessions_that_share_tests_are_parted_by_name_alone(tmp_path: Path) -> None:
    (tmp_path / ".test_durations").write_text('{"a": 1.5}')
    ctx: Any = Place(tmp_path, SECOND)
    apart = [PytestCommand(paths=("tests/unit",)), PytestCommand(paths=("tests/unit2", "tests/api/test_a.py::test_b"))]
    assert instructions(ctx, "unit-tests", apart)["shard"]["durations"] is not None
    for other in ((), (".",), ("tests",), ("./tests/unit/test_a.py::test_b",), ("tests/unit/",)):
        shared = [apart[0], PytestCommand(paths=other)]
        assert instructions(ctx, "unit-tests", shared)["shard"]["durations"] is None


def test_a_file_of_durations_that_is_none_is_errored_by_its_name(tmp_path: Path) -> None:
    (tmp_path / ".test_durations").write_text("[1]")
    with pytest.raises(CannotRun, match="^.test_durations is not an object"):
        told(Place(tmp_path, SECOND))


def test_the_note_has_the_durations_of_all_sessions(tmp_path: Path) -> None:
    place: Any = Place(tmp_path, SECOND)
    for name, took in (("unit-tests", '{"a": 1}'), ("unit-tests-2", "broken")):
        (place.scratch_folder(name) / "took.json").write_text(took)
    evidence = SuiteEvidence(named=False, shard=SECOND, collected=9, parting="x")
    leave_note(place, "unit-tests", evidence, ["unit-tests", "unit-tests-2"])
    note = json.loads((tmp_path / "shard" / "unit-tests.json").read_text())
    assert (note["collected"], note["durations"]) == (9, {"a": 1.0})


def test_a_suite_that_was_never_collected_leaves_no_note(tmp_path: Path) -> None:
    place: Any = Place(tmp_path, SECOND)
    leave_note(place, "unit-tests", SuiteEvidence(named=False, shard=SECOND), [])
    assert not (tmp_path / "shard").exists()

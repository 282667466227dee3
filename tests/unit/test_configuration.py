from pathlib import Path

import pytest

from gate.config.resolve import ConfigurationError
from gate.configuration import Sources, read_configuration
from gate.gates import GATES


def sources(folder: Path, **more: object) -> Sources:
    given: dict[str, object] = {"folder": folder, "file": None, "assignments": (), "environment": {}}
    kinds = {gate.id: gate.options for gate in GATES.values()}
    return Sources(gates=kinds, **(given | more))  # type: ignore[arg-type]


def message(given: Sources) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(given)
    return str(caught.value)


def test_a_folder_without_a_file_gives_the_defaults(tmp_path: Path) -> None:
    assert read_configuration(sources(tmp_path)).timeout == 1800


@pytest.mark.parametrize("name", ["quality-gate.yml", "quality-gate.yaml"])
def test_a_yaml_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("timeout: 7\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'a'\n")
    assert read_configuration(sources(tmp_path)).timeout == 7


@pytest.mark.parametrize(
    ("name", "text"), [("my.toml", "[tool.quality-gate]\ntimeout = 8\n"), ("my.yml", "timeout: 8\n")]
)
def test_a_file_that_is_named_stands_in_for_the_projects_own(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "quality-gate.yml").write_text("timeout: 7\n")
    (tmp_path / name).write_text(text)
    assert read_configuration(sources(tmp_path, file=tmp_path / name)).timeout == 8


def test_the_input_set_takes_a_line_an_option(tmp_path: Path) -> None:
    environment = {"QUALITY_GATE_SET": "timeout=9\n\ncoverage.threshold=50\n", "QUALITY_GATE_FAIL_FAST": "true"}
    config = read_configuration(sources(tmp_path, environment=environment))
    assert (config.timeout, config.fail_fast, int(config.options["coverage"].threshold)) == (9, True, 50)


def test_mistakes_of_all_layers_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("timeout: soon\n")
    told = message(sources(tmp_path, assignments=("oops",), environment={"QUALITY_GATE_SET": "nonsense=1"}))
    assert all(words in told for words in ("gate.option=value", "not a number of seconds", "not an option"))


def test_files_that_cannot_be_taken(tmp_path: Path) -> None:
    assert "there is no such file" in message(sources(tmp_path, file=tmp_path / "absent.yml"))
    (tmp_path / "empty.toml").write_text("")
    assert "has no table [tool.quality-gate]" in message(sources(tmp_path, file=tmp_path / "empty.toml"))
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")
    assert "cannot be read" in message(sources(tmp_path))


def test_two_places_at_once_are_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "quality-gate.yml").write_text("timeout: 7\n")
    (tmp_path / "pyproject.toml").write_text("[tool.quality-gate]\n")
    assert "more than one place" in message(sources(tmp_path))

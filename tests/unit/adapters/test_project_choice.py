from pathlib import Path

import pytest

from gate.adapters.project_choice import choose_project
from gate.adapters.project_sources import read_sources
from gate.config.resolve import ConfigurationError


def service(folder: Path) -> Path:
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "test_a.py").touch()
    (folder / "requirements.txt").touch()
    return folder


def test_the_only_service_of_a_repository_is_taken_and_paths_stay_those_of_the_repository(tmp_path: Path) -> None:
    service(tmp_path / "backend")
    project = choose_project(tmp_path, {}, configured=False)
    assert (project.place, project.files) == ("backend", ("requirements.txt", "tests/test_a.py"))


def test_of_several_none_is_taken_and_the_line_to_write_is_said(tmp_path: Path) -> None:
    service(tmp_path / "a")
    service(tmp_path / "b")
    with pytest.raises(ConfigurationError) as raised:
        choose_project(tmp_path, {}, configured=False)
    assert raised.value.problems[0].instead == (
        "`working-directory: a` under `with:` in the workflow, or `quality-gate run a`"
    )


@pytest.mark.parametrize("decided", ["option", "input", "yaml", "pyproject", "broken pyproject"])
def test_nothing_is_searched_for_where_the_user_decided(decided: str, tmp_path: Path) -> None:
    service(tmp_path / "a")
    environment = {"QUALITY_GATE_WORKING_DIRECTORY": "x"} if decided == "input" else {}
    match decided:
        case "yaml":
            (tmp_path / "quality-gate.yml").touch()
        case "pyproject":
            (tmp_path / "pyproject.toml").write_text("[tool.quality-gate]\n")
        case "broken pyproject":
            (tmp_path / "pyproject.toml").write_text("[")
    assert choose_project(tmp_path, environment, configured=decided == "option").place == "."


def test_links_large_files_and_what_tells_nothing_are_not_read(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (tmp_path / "outside").write_text("A=1")
    (root / ".env.example").symlink_to(tmp_path / "outside")
    (root / "tox.ini").write_bytes(b"x" * (1024 * 1024))
    (root / "plain.py").write_text("x = 1")
    (root / "config.py").write_text("import os\nos.environ['A']")
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / ".github" / "workflows" / "ci.yml").write_bytes(b"\xff")
    texts = read_sources(choose_project(root, {}, configured=False)).texts
    assert texts.keys() == {"config.py", ".github/workflows/ci.yml"}


@pytest.mark.parametrize(("manage", "place"), [("from django.core import management", "app"), ("FlaskGroup()", ".")])
def test_a_manage_py_makes_a_service_of_its_folder_where_it_is_djangos(manage: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "app" / "tests").mkdir(parents=True)
    (tmp_path / "app" / "tests" / "test_a.py").touch()
    (tmp_path / "app" / "manage.py").write_text(manage)
    assert choose_project(tmp_path, {}, configured=False).place == place


def test_scripts_that_a_workflow_may_run_are_read(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("start.sh", "scripts/test", "scripts/notes.md", "test"):
        (tmp_path / name).write_text("pytest")
    assert sorted(read_sources(choose_project(tmp_path, {}, configured=False)).texts) == ["scripts/test", "start.sh"]

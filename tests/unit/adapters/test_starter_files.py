import tomllib
from pathlib import Path

import pytest
import yaml

from gate.adapters.starter_files import InTheWay, starter_files, write_starter_files
from gate.config.files import parse_pyproject, parse_yaml
from gate.config.model import PostgresVariable
from gate.config.resolve import resolve
from gate.discovery.model import Discovery, Migration
from gate.discovery.starter import PUBLISHER, workflow
from gate.discovery.variables import MADE_UP
from gate.domain.project import Project
from gate.gates import GATES

FOUND = Discovery(
    postgres=(PostgresVariable(name="DB_HOST", part="host"), PostgresVariable(name="DB_URL")),
    variables={"APP_ENV": 'te"st\\', "DB_HOST": "database.invalid", "SECRET_KEY": MADE_UP},
    migration=Migration(command="cd 'a b' && alembic upgrade head", origin="alembic.ini"),
    lines=("two\nlines \u202e",),
)
OPTIONS = {gate.id: gate.options for gate in GATES.values()}


def project(root: Path, place: str = ".") -> Project:
    (root / place).mkdir(exist_ok=True)
    return Project(root=root, folder=root / place, files=())


def test_the_workflow_is_the_example_and_names_the_folder_of_the_service() -> None:
    assert workflow(".") == (Path(__file__).parents[3] / "examples" / "minimal.yml").read_text("utf-8")
    steps = yaml.safe_load(workflow("back end"))["jobs"]["quality-gate"]["steps"]
    assert steps[-1]["with"] == {"working-directory": "back end"}


def test_the_publisher_is_the_example_and_waits_for_the_workflow_that_is_written_beside_it() -> None:
    root = Path(__file__).parents[3]
    for copied in (root / "examples" / "forks-publish.yml", root / ".github" / "workflows" / "publish.yml"):
        assert copied.read_text("utf-8") == PUBLISHER
    # YAML reads the key `on` as true.
    trigger = yaml.safe_load(PUBLISHER)[True]["workflow_run"]
    assert trigger == {"workflows": [yaml.safe_load(workflow("."))["name"]], "types": ["completed"]}


@pytest.mark.parametrize("before", ['[project] # kept\nname = "x"\n', "[a]", "a = 1\r\n", ""])
def test_what_was_found_is_appended_to_pyproject_and_reads_back_as_it_was_found(before: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(before.encode())
    write_starter_files(starter_files(project(tmp_path), FOUND))
    text = (tmp_path / "pyproject.toml").read_bytes().decode()
    assert text.startswith(before)
    assert {**tomllib.loads(before), "tool": 1}.keys() == tomllib.loads(text).keys()
    config = resolve([parse_pyproject(text, "p") or []], OPTIONS)
    assert config.postgres_env == FOUND.postgres
    assert config.env == (("APP_ENV", 'te"st\\'),)
    assert config.options["integration-tests"].migrate == "cd 'a b' && alembic upgrade head"
    assert "remove it if they make their schema themselves" in text


def test_without_a_pyproject_a_yaml_file_says_the_same(tmp_path: Path) -> None:
    write_starter_files(starter_files(project(tmp_path, "api"), FOUND))
    config = resolve([parse_yaml((tmp_path / "api" / "quality-gate.yml").read_text(), "q")], OPTIONS)
    assert (config.postgres_env, config.env) == (FOUND.postgres, (("APP_ENV", 'te"st\\'),))
    written = {path.name for path in (tmp_path / ".github" / "workflows").iterdir()}
    assert written == {"quality-gate.yml", "quality-gate-publish.yml"}


def test_files_of_sql_are_written_down_and_a_scheme_that_was_guessed_is_not(tmp_path: Path) -> None:
    found = Discovery(
        postgres=(
            PostgresVariable(name="A_URL"),
            PostgresVariable(name="B_URLS", scheme="postgresql|postgresql+asyncpg"),
        ),
        guessed=frozenset({"A_URL"}),
        migration=Migration(sql_files=("db/a.sql", "db/b.sql"), origin="ci.yml"),
    )
    for folder, text in (("toml", "[project]\n"), ("yaml", "")):
        (tmp_path / folder).mkdir()
        if text:
            (tmp_path / folder / "pyproject.toml").write_text(text)
        (*_, written) = starter_files(project(tmp_path / folder), found)
        parse = parse_pyproject if text else parse_yaml
        config = resolve([parse(written.text, "p") or []], OPTIONS)
        assert config.postgres_env == found.postgres[1:]
        assert config.options["integration-tests"].schema == ("db/a.sql", "db/b.sql")


def test_where_nothing_was_found_the_files_are_good_all_the_same(tmp_path: Path) -> None:
    write_starter_files(starter_files(project(tmp_path), Discovery()))
    assert parse_yaml((tmp_path / "quality-gate.yml").read_text(), "q") == []


@pytest.mark.parametrize("there", ["workflow", "publisher", "yaml", "table", "not UTF-8", "link"])
def test_nothing_is_written_over_what_is_there(there: str, tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    match there:
        case "workflow" | "publisher":
            name = "quality-gate.yml" if there == "workflow" else "quality-gate-publish.yml"
            (tmp_path / ".github" / "workflows").mkdir(parents=True)
            (tmp_path / ".github" / "workflows" / name).write_text("mine")
        case "yaml":
            (tmp_path / "quality-gate.yaml").write_text("")
        case "table":
            pyproject.write_text("[tool.quality-gate]")
        case "not UTF-8":
            pyproject.write_bytes(b"\xff")
        case "link":
            pyproject.symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InTheWay):
        starter_files(project(tmp_path), FOUND)
    assert sorted(tmp_path.rglob("*")) == before


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("a = 1\n")
    files = starter_files(project(tmp_path), FOUND)
    (tmp_path / ".github").write_text("a file in the way of the folder")
    with pytest.raises(InTheWay):
        write_starter_files(files[::-1])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "pyproject.toml": "a = 1\n",
        ".github": "a file in the way of the folder",
    }

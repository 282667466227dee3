"""What a gate reads of files that a program of the change may have put there, and what the tests are told."""

import os
from pathlib import Path
from typing import Any, cast

import pytest

from gate.config.model import Config, PostgresVariable
from gate.context import Context
from gate.discovery.model import Discovery
from gate.domain.connection import Database
from gate.ports import CannotRun
from gate.project_variables import project_variables


def _read(path: Path) -> bytes | None:
    # Of all its ports, reading uses none.
    return Context.read_bytes(cast("Any", None), path)


def test_a_file_is_read_and_one_that_is_not_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff")
    assert _read(tmp_path / "a") == b"\xff"
    assert _read(tmp_path / "none") is None
    assert _read(tmp_path / "a" / "b") is None


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "loop"])
def test_what_is_no_file_is_told_and_holds_nothing_up(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "results.xml"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path)
    with pytest.raises(CannotRun, match=r"results\.xml"):
        _read(path)


DATABASE = Database(
    host="127.0.0.1", port=5433, user="u", password="p", name="fresh", server_version="16", provider="local"
)
FOUND = Discovery(
    postgres=(
        PostgresVariable(name="DB_HOST", part="host"),
        PostgresVariable(name="DB_PORT", part="port"),
        PostgresVariable(name="DB_URI", scheme="postgresql+asyncpg"),
    ),
    scheme="postgresql+psycopg",
    variables={"APP_ENV": "test", "DB_HOST": "database.invalid"},
)


def told(caller: dict[str, str], config: Config, database: Database | None, found: Discovery = FOUND) -> dict[str, str]:
    return project_variables(caller, config, None, database, found)


def test_every_variable_that_was_found_carries_the_fresh_database() -> None:
    variables = told({"DB_HOST": "prod", "PGHOST": "prod"}, Config(), DATABASE)
    assert (
        variables.items()
        >= {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": "5433",
            "DB_URI": "postgresql+asyncpg://u:p@127.0.0.1:5433/fresh",
            "DATABASE_URL": "postgresql+psycopg://u:p@127.0.0.1:5433/fresh",
            "PGHOST": "127.0.0.1",
            "APP_ENV": "test",
        }.items()
    )


def test_without_a_database_the_caller_is_obeyed_and_the_rest_leads_nowhere() -> None:
    assert told({"DB_HOST": "mine", "APP_ENV": "x"}, Config(), None) == {"DB_HOST": "mine", "APP_ENV": "x"}
    assert told({}, Config(), None)["DB_HOST"] == "database.invalid"


def test_the_configuration_comes_before_the_caller_and_what_was_found() -> None:
    config = Config(
        env=(("APP_ENV", "ci"), ("DB_PORT", "1")),
        postgres_env=(PostgresVariable(name="DB_URI", scheme="postgres"),),
        drop_env=("DB_HOST",),
    )
    variables = told({"APP_ENV": "x"}, config, None)
    assert (variables["APP_ENV"], "DB_HOST" in variables) == ("ci", False)
    variables = told({}, config, DATABASE)
    assert (variables["DB_URI"], variables["DB_PORT"]) == ("postgres://u:p@127.0.0.1:5433/fresh", "1")


def test_a_url_of_another_database_is_left_alone_unless_the_caller_says_postgresql() -> None:
    found = Discovery(left_alone=frozenset({"DATABASE_URL"}), variables={"DATABASE_URL": "sqlite://"})
    assert "DATABASE_URL" not in told({}, Config(), DATABASE, found)
    given = told({"DATABASE_URL": "postgres://prod"}, Config(), DATABASE, found)
    assert given["DATABASE_URL"] == "postgres://u:p@127.0.0.1:5433/fresh"

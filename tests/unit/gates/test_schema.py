from pathlib import Path

import pytest

from gate.discovery.model import Migration
from gate.domain.project import Project
from gate.gates.schema import choose_schema
from gate.gates.suite_options import IntegrationTestsOptions


def project(*files: str) -> Project:
    return Project(root=Path("/p"), folder=Path("/p"), files=files)


@pytest.mark.parametrize(
    ("files", "sql", "command"),
    [
        (("schema.sql",), ("schema.sql",), None),
        (("db/schema.sql",), ("db/schema.sql",), None),
        (("sql/01.sql", "sql/02.sql", "sql/readme.md"), ("sql/01.sql", "sql/02.sql"), None),
        (("app/main.py",), (), None),
    ],
)
def test_the_schema_is_found(files: tuple[str, ...], sql: tuple[str, ...], command: str | None) -> None:
    schema = choose_schema(IntegrationTestsOptions(), project(*files))
    assert (schema.sql_files, schema.command) == (tuple(Path("/p") / path for path in sql), command)
    assert schema.origin


def test_migrations_that_were_found_come_before_files_of_sql() -> None:
    found = Migration(command="alembic upgrade head", origin="alembic.ini")
    schema = choose_schema(IntegrationTestsOptions(), project("schema.sql"), found)
    assert (schema.sql_files, schema.command, schema.configured) == ((), "alembic upgrade head", False)


def test_no_schema_is_made_where_the_tests_make_their_own() -> None:
    schema = choose_schema(IntegrationTestsOptions(), project("schema.sql"), Migration(origin="the tests make it"))
    assert schema.is_nothing


def test_what_is_configured_comes_before_what_is_found() -> None:
    options = IntegrationTestsOptions(schema=("a.sql", "b.sql"), migrate="make db")
    schema = choose_schema(options, project(), Migration(command="alembic upgrade head"))
    assert schema.configured
    assert (schema.sql_files, schema.command) == ((Path("/p/a.sql"), Path("/p/b.sql")), "make db")

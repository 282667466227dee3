"""What a gate reads of files that a program of the change may have put there, and what the tests are told."""

import asyncio
import os
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gate.config.model import Config, PostgresVariable
from gate.context import Context
from gate.discovery.model import Discovery
from gate.domain.connection import Database
from gate.domain.project import Project
from gate.ports import CannotRun, Command, Completed, Databases, Processes, ProjectEnvironment
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


class OneServer(Databases):
    """Gives the same database to everybody."""

    async def database(self, purpose: str) -> Database:
        return DATABASE

    async def close(self) -> None:
        """Nothing was started."""


@pytest.mark.parametrize(("names", "given"), [((), None), ((PostgresVariable(name="DB_URL"),), DATABASE)])
def test_naming_a_variable_in_postgres_env_brings_a_database_though_the_tests_seem_to_use_another(
    names: tuple[PostgresVariable, ...], given: Database | None
) -> None:
    context = Context(
        gate="integration-tests",
        named=False,
        planned=frozenset(),
        results={},
        project=cast("Any", None),
        config=Config(postgres_env=names),
        folder=Path(),
        scratch=Path(),
        caller_environment={},
        processes=cast("Any", None),
        environments=cast("Any", None),
        databases=OneServer(),
        setting_up=lambda _: nullcontext(),
        used=lambda *_: None,
        discovery=Discovery(other_database="sqlite, the default in the code"),
    )
    environment = cast("Any", SimpleNamespace(packages={"psycopg": "3.2"}))
    assert asyncio.run(context.database(environment)) == given


def test_a_report_shows_no_secret_that_the_tests_were_given_in_what_they_printed(tmp_path: Path) -> None:
    context = Context(
        gate="unit-tests",
        named=False,
        planned=frozenset(),
        results={},
        project=cast("Any", None),
        config=Config(pass_env=("STRIPE_TEST_KEY", "PRIVATE_KEY", "APP_TOKEN")),
        folder=tmp_path,
        scratch=tmp_path,
        caller_environment={
            "STRIPE_TEST_KEY": "sk_test_4eC39Hq",
            "PRIVATE_KEY": "-----BEGIN KEY-----\nMIIEvQIBADAN\n",
            "APP_TOKEN": "test",
            "OTHER": "plain-value",
        },
        processes=cast("Any", None),
        environments=cast("Any", None),
        databases=None,
        setting_up=lambda _: nullcontext(),
        used=lambda *_: None,
        given_secrets=frozenset({"hunter-2"}),
    )
    context.log.parent.mkdir()
    context.log.write_text("assert 'sk_test_4eC39Hq' == 'plain-value'\nMIIEvQIBADAN in a test of hunter-2\n")
    assert context.tail().text == "assert '***' == 'plain-value'\n*** in a test of ***\n"


def test_what_only_the_address_of_an_index_names_does_not_reach_the_tests() -> None:
    environment = ProjectEnvironment(
        python=Path("/p"), path=(), source="", python_version="3.12.1", withheld=("INDEX_TOKEN", "ALSO_FOR_TESTS")
    )
    caller = {"INDEX_TOKEN": "secret", "ALSO_FOR_TESTS": "x", "OTHER": "y"}

    variables = project_variables(caller, Config(pass_env=("ALSO_FOR_TESTS",)), environment, None, Discovery())

    assert "INDEX_TOKEN" not in variables
    assert (variables["ALSO_FOR_TESTS"], variables["OTHER"]) == ("x", "y")


class WatchedProcesses(Processes):
    """Notes how many programs run at once."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    async def run(self, command: Command) -> Completed:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        return Completed(returncode=0, log=command.log)


@pytest.mark.parametrize(("makes", "database", "at_once"), [(True, DATABASE, 1), (False, DATABASE, 2), (True, None, 2)])
def test_suites_that_make_databases_of_the_same_names_run_one_after_the_other(
    makes: bool, database: Database | None, at_once: int
) -> None:
    processes = WatchedProcesses()
    turns = asyncio.Lock()

    def of(gate: str) -> Context:
        return Context(
            gate=gate,
            named=False,
            planned=frozenset(),
            results={},
            project=Project(root=Path(), folder=Path(), files=()),
            config=Config(),
            folder=Path(),
            scratch=Path(),
            caller_environment={},
            processes=processes,
            environments=cast("Any", None),
            databases=None,
            setting_up=lambda _: nullcontext(),
            used=lambda *_: None,
            discovery=Discovery(makes_databases=makes),
            turns=turns,
        )

    async def both() -> None:
        await asyncio.gather(*(of(gate).run_tests("pytest", env={}, database=database) for gate in ("unit", "int")))

    asyncio.run(both())
    assert processes.most == at_once


def test_a_url_whose_scheme_no_file_tells_has_the_driver_that_is_installed() -> None:
    found = Discovery(
        postgres=(PostgresVariable(name="DB_URL"), PostgresVariable(name="DB_URLS", scheme="postgres|postgresql")),
        guessed=frozenset({"DB_URL", "DATABASE_URL"}),
    )
    environment = ProjectEnvironment(
        python=Path("/p"), path=(), source="", python_version="3.12", packages={"sqlalchemy": "2.0", "asyncpg": "0.30"}
    )
    variables = project_variables({}, Config(), environment, DATABASE, found)
    place = "://u:p@127.0.0.1:5433/fresh"
    assert variables["DATABASE_URL"] == variables["DB_URL"] == f"postgresql+asyncpg{place}"
    assert variables["DB_URLS"] == f"postgres{place},postgresql{place}"
    assert (
        project_variables({"DATABASE_URL": "postgres://h/d"}, Config(), environment, DATABASE, found)["DATABASE_URL"]
        == f"postgres{place}"
    )

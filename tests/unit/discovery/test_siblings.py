"""Databases that the tests expect beside the one they are told of."""

import pytest

from gate.config.model import PostgresVariable
from gate.discovery.siblings import find_endings, find_named, makes_databases
from gate.discovery.sources import ProjectSources
from gate.discovery.test_jobs import PlacedCommand, TestJob
from gate.formats.shell_lines import ShellCommand


def endings(text: str, path: str = "tests/conftest.py") -> tuple[str, ...]:
    return find_endings(ProjectSources(files=(path,), texts={path: text}))


@pytest.mark.parametrize(
    "text",
    [
        'db_uri = f"{db_uri}_test"',
        "url = settings.DATABASE_URL + '_test'",
        'db_uri = db_uri.replace("?", "_test?")\nurl = f"{settings.db_url}_test?x=1"',
        'name = f"{settings.POSTGRES_DB}_test"',
    ],
)
def test_an_ending_that_tests_put_behind_the_address_is_found(text: str) -> None:
    assert endings(text) == ("_test",)


@pytest.mark.parametrize(
    "text",
    [
        'name = f"{module}_test"',
        'url = "/users_test"',
        'url = f"{db_url}_test"\ncreate_database(url)',
        'url = f"{db_url}_test"\nconnection.execute("CREATE DATABASE x")',
    ],
)
def test_no_database_is_made_that_nobody_names_or_that_the_tests_make(text: str) -> None:
    assert endings(text) == ()


def test_what_the_developers_run_is_not_asked() -> None:
    assert endings('url = f"{db_url}_test"', "scripts/reset.py") == ()


def test_a_single_test_decides_nothing() -> None:
    assert endings('url = f"{db_url}_test"', "tests/test_url.py") == ()
    assert endings('url = f"{db_url}_test"', "tests/database.py") == ("_test",)


NAME = (PostgresVariable(name="DB_NAME", part="name"),)
HOST = (PostgresVariable(name="DB_HOST", part="host"),)
DJANGO = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'a.settings')"
OWN_NAME = "DATABASES = {'default': {'NAME': os.environ['DB_NAME'], 'TEST': {'NAME': 'fixed'}}}"


@pytest.mark.parametrize(
    ("texts", "postgres", "expected"),
    [
        ({"tests/conftest.py": "execute('CREATE DATABASE shop_test')"}, NAME, True),
        ({"tests/db.py": "create_database(url)"}, HOST, True),
        ({"app/admin.py": "execute('CREATE DATABASE shop')"}, NAME, False),
        ({"tests/conftest.py": "connect(url)  # Create database tables"}, NAME, False),
        # Django's is named after ours, if the settings leave it to Django and take the name from us.
        ({"manage.py": DJANGO, "tests/a.py": "create_database()"}, NAME, False),
        ({"manage.py": DJANGO}, HOST, True),
        ({"manage.py": DJANGO, "a/settings.py": OWN_NAME}, NAME, True),
    ],
)
def test_databases_of_names_of_their_own_are_told(
    texts: dict[str, str], postgres: tuple[PostgresVariable, ...], expected: bool
) -> None:
    sources = ProjectSources(files=tuple(sorted(texts)), texts=texts)
    assert makes_databases(sources, postgres) is expected


PORT = PostgresVariable(name="DB_PORT", part="port")
JOB = TestJob(
    file="ci.yml",
    name="t",
    tests=PlacedCommand(command=ShellCommand(argv=("pytest",)), folder="."),
    database_env={"POSTGRES_DB": "test-shop"},
)
COMPOSE = "services: {db: {image: 'postgres:17', environment: {POSTGRES_DB: shop}}}"


@pytest.mark.parametrize(
    ("texts", "job", "carried", "expected"),
    [
        ({}, JOB, (*HOST, PORT), ("test-shop",)),
        ({"compose.yml": COMPOSE}, JOB, HOST, ("test-shop",)),
        ({"compose.yml": COMPOSE}, None, HOST, ("shop",)),
        ({"compose.yml": COMPOSE.replace("shop", "postgres")}, None, HOST, ()),
        ({"compose.yml": COMPOSE.replace("shop", '"a b;"')}, None, HOST, ()),
        ({"tests/conftest.py": "execute('CREATE DATABASE shop')"}, JOB, HOST, ()),
        ({}, JOB, (*HOST, *NAME), ()),
        ({}, JOB, (PostgresVariable(name="DATABASE_URL"),), ()),
        ({}, JOB, (), ()),
        ({}, None, HOST, ()),
    ],
)
def test_a_database_whose_name_no_variable_carries_is_told_by_the_server_that_the_project_starts(
    texts: dict[str, str], job: TestJob | None, carried: tuple[PostgresVariable, ...], expected: tuple[str, ...]
) -> None:
    assert find_named(ProjectSources(files=tuple(texts), texts=texts), job, carried) == expected

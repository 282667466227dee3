"""The scheme of a URL, where only what is installed tells it."""

import pytest

from gate.config.model import PostgresVariable
from gate.discovery.drivers import with_drivers
from gate.discovery.model import Discovery


@pytest.mark.parametrize(
    ("packages", "scheme"),
    [
        ({"sqlalchemy": "2.0.1", "asyncpg": "0.30"}, "postgresql+asyncpg"),
        ({"sqlalchemy": "2.0.1", "psycopg": "3.2"}, "postgresql+psycopg"),
        ({"sqlalchemy": "2.0.1", "psycopg": "3.2", "asyncpg": "0.30"}, "postgresql+psycopg"),
        ({"sqlalchemy": "1.4.54", "psycopg": "3.2", "asyncpg": "0.30"}, "postgresql+asyncpg"),
        ({"sqlalchemy": "2.0.1", "psycopg2-binary": "2.9", "asyncpg": "0.30"}, "postgresql"),
        ({"sqlalchemy": "2.1.0b1", "pg8000": "1.31"}, "postgresql+pg8000"),
        ({"sqlalchemy": "1.4", "asyncpg": "0.30", "databases": "0.9"}, "postgresql"),
        ({"tortoise-orm": "0.25", "asyncpg": "0.30"}, "postgres"),
        ({"asyncpg": "0.30"}, "postgresql"),
        ({"sqlalchemy": "unknown", "psycopg": "3.2"}, "postgresql+psycopg"),
    ],
)
def test_the_driver_that_is_installed_decides(packages: dict[str, str], scheme: str) -> None:
    found = Discovery(
        postgres=(PostgresVariable(name="DB_URL"), PostgresVariable(name="TOLD", scheme="postgres")),
        other_postgres=(PostgresVariable(name="TEST_URL"),),
        guessed=frozenset({"DATABASE_URL", "DB_URL", "TEST_URL"}),
    )
    fitted = with_drivers(found, packages)
    assert [one.scheme for one in (*fitted.postgres, *fitted.other_postgres)] == [scheme, "postgres", scheme]
    assert fitted.scheme == scheme


def test_what_a_file_tells_stays() -> None:
    found = Discovery(scheme="postgresql", guessed=frozenset())
    assert with_drivers(found, {"sqlalchemy": "2.0", "asyncpg": "1"}) is found

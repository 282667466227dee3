import pytest

from gate.discovery.database_names import is_for_tests, part_of

NAMES = {
    "url": "DATABASE_URL DATABASE_URI TEST_DATABASE_URL DATABASE_TEST_URL SQLALCHEMY_DATABASE_URI POSTGRES_DSN DB_URI "
    "DATABASE_URL_ASYNC APP_DB__URL DATABASE_CONNECTION_STRING database_url",
    "host": "POSTGRES_SERVER POSTGRES_HOST DB_HOST DATABASE__HOSTNAME APP_POSTGRES_HOST",
    "port": "POSTGRES_PORT DB_PORT",
    "user": "POSTGRES_USER DB_USERNAME",
    "password": "POSTGRES_PASSWORD DB_PASS DATABASE_PWD",
    "name": "POSTGRES_DB DB_NAME SQL_DATABASE POSTGRES_TEST_DB DB_NAME_TEST",
    None: "DATABASE DB TEST_DB REDIS_URL REDIS_DB MONGO_DB_URL DB_ECHO DB_POOL_SIZE SERVER_HOST MYSQL_DATABASE PGADMIN_URL "
    "CACHE_DB_URL SECRET_KEY SQLITE_DB_NAME DATABASE_SCHEMA",
}


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, names in NAMES.items() for name in names.split()])
def test_a_name_tells_which_part_of_the_address_it_carries(part: str | None, name: str) -> None:
    assert part_of(name) == part


def test_a_name_tells_that_it_is_for_tests() -> None:
    assert is_for_tests("TEST_DATABASE_URL")
    assert not is_for_tests("LATEST_DATABASE_URL")

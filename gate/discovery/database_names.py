"""Names of environment variables -> which part of a database's address they carry. Knows names, never values."""

import re
from typing import Literal

Part = Literal["url", "host", "port", "user", "password", "name"]

_OF_DATABASE = {"DB", "DATABASE", "DATABASES", "POSTGRES", "POSTGRESQL", "PG", "PSQL", "SQL", "SQLALCHEMY"}
# A word that says that the name is about something else, whatever other words it has.
_OF_OTHERS = {
    *("REDIS", "MONGO", "MONGODB", "MYSQL", "MARIADB", "MSSQL", "ORACLE", "SQLITE", "CELERY", "BROKER", "RABBITMQ"),
    *("AMQP", "CACHE", "ELASTIC", "ELASTICSEARCH", "CLICKHOUSE", "NEO4J", "INFLUXDB", "VECTOR", "QDRANT", "KAFKA"),
    *("SNOWFLAKE", "BIGQUERY", "DUCKDB", "DYNAMODB", "COSMOS", "ARANGO", "CASSANDRA", "CHROMA", "GEOIP", "PGADMIN"),
}
_PART_OF_WORD: dict[str, Part] = {
    **dict.fromkeys(("URL", "URI", "DSN", "URLS", "URIS", "DSNS"), "url"),
    **dict.fromkeys(("HOST", "HOSTNAME", "SERVER"), "host"),
    "PORT": "port",
    **dict.fromkeys(("USER", "USERNAME"), "user"),
    **dict.fromkeys(("PASSWORD", "PASS", "PASSWD", "PWD"), "password"),
    **dict.fromkeys(("NAME", "DBNAME", "DATABASE", "DB"), "name"),
}
_TEST = {"TEST", "TESTS", "TESTING", "UNITTEST", "PYTEST"}
# Words behind the one that says the part: `DATABASE_URL_ASYNC`.
_BEHIND = _TEST | {"ASYNC", "SYNC", "ASYNCPG", "LOCAL"}


def part_of(name: str) -> Part | None:
    """Return what part of a PostgreSQL's address a variable of this name carries, or None if that is not clear."""
    words = _words(name)
    if name.upper() in ("DATABASE_CONNECTION_STRING", "DB_CONNECTION_STRING", "POSTGRES_CONNECTION_STRING"):
        return "url"
    while len(words) > 1 and words[-1] in _BEHIND:
        words.pop()
    if len(words) < 2 or _OF_OTHERS & {*words} or not _OF_DATABASE & {*words[:-1]}:
        # `TEST_DB`, `DB_TEST` and `DATABASE` may be anything: a name, an address, a switch.
        return None
    return _PART_OF_WORD.get(words[-1])


def is_list(name: str) -> bool:
    """Tell whether the name says that it carries several addresses, with commas between them."""
    return name.upper().endswith(("_URLS", "_URIS", "_DSNS"))


def is_for_tests(name: str) -> bool:
    """Tell whether the name says that its database is for tests."""
    return bool(_TEST & {*_words(name)})


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[_\W]+", name[:200].upper()) if word]

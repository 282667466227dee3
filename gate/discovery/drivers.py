"""Which scheme a URL needs where no file tells: by the drivers that are installed. Imports none of them."""

from collections.abc import Mapping
from dataclasses import replace

from gate.discovery.model import Discovery

_PLAIN = "postgresql"
# What SQLAlchemy takes for a plain `postgresql://`: https://docs.sqlalchemy.org/en/20/dialects/postgresql.html
_BY_DEFAULT = ("psycopg2", "psycopg2-binary", "psycopg2cffi")
# The first that is installed, with the version of SQLAlchemy that has learnt it.
_OTHERS = (("psycopg", "psycopg", (2, 0)), ("asyncpg", "asyncpg", (1, 4)), ("pg8000", "pg8000", (1, 0)))


def with_drivers(discovery: Discovery, packages: Mapping[str, str]) -> Discovery:
    """Return what was found with the schemes that were guessed by what is installed, by normalised name and version."""
    scheme = _scheme(packages)
    if not discovery.guessed or scheme == _PLAIN:
        return discovery
    first, second = (
        tuple(replace(one, scheme=scheme) if one.name in discovery.guessed else one for one in variables)
        for variables in (discovery.postgres, discovery.other_postgres)
    )
    url = scheme if "DATABASE_URL" in discovery.guessed else discovery.scheme
    return replace(discovery, postgres=first, other_postgres=second, scheme=url)


def _scheme(packages: Mapping[str, str]) -> str:
    if "tortoise-orm" in packages:
        # https://tortoise.github.io/databases.html#db-url
        return "postgres"
    # `databases` takes the plain scheme for asyncpg's, and looks for the others by their drivers.
    if "sqlalchemy" not in packages or "databases" in packages or any(name in packages for name in _BY_DEFAULT):
        return _PLAIN
    known = _release(packages["sqlalchemy"])
    found = (driver for name, driver, since in _OTHERS if name in packages and known >= since)
    driver = next(found, "")
    return f"{_PLAIN}+{driver}" if driver else _PLAIN


def _release(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else (2, 0)

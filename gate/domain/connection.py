"""A database of PostgreSQL and the two ways in which a client is told of it. Connects to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database of PostgreSQL that one gate has to itself. `host` may be the folder of a socket.

    `variables` are further environment variables that its clients need (such as `PGOPTIONS`), `parameters`
    what else stood in the URL of a server that was given (such as `sslmode`).
    """

    host: str
    port: int
    user: str
    password: str
    name: str
    server_version: str
    provider: str
    variables: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def connection_url(database: Database, scheme: str = "postgresql") -> str:
    """Return the URL of a database, as libpq, SQLAlchemy, asyncpg and Django read it.

    Everything in it is percent-encoded. The folder of a socket stands in the query, because it cannot be an
    authority: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    password = f":{_encoded(database.password)}" if database.password else ""
    parameters = dict(database.parameters)
    if database.host.startswith("/"):
        authority = ""
        parameters = {"host": database.host, "port": str(database.port), **parameters}
    else:
        # A colon is only in the address of IPv6; its zone (`%eth0`) is encoded as RFC 6874 has it.
        host = f"[{_encoded(database.host, ':')}]" if ":" in database.host else _encoded(database.host)
        authority = f"{host}:{database.port}"
    query = "&".join(f"{_encoded(name)}={_encoded(value, '/')}" for name, value in parameters.items())
    url = f"{scheme}://{_encoded(database.user)}{password}@{authority}/{_encoded(database.name)}"
    return f"{url}?{query}" if query else url


def connection_variables(database: Database) -> dict[str, str]:
    """Return the variables from which libpq and most drivers take what a program does not say itself.

    https://www.postgresql.org/docs/current/libpq-envars.html
    """
    return {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGUSER": database.user,
        "PGPASSWORD": database.password,
        "PGDATABASE": database.name,
    }


def _encoded(text: str, safe: str = "") -> str:
    return quote(text, safe=safe)

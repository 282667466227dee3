"""The URL of a server -> where it is and who connects. Pure: resolves no name, connects to nothing.

No message holds the URL itself: it may carry a password.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import unquote

from gate.domain.connection import Database

# As libpq takes a URL apart, which is more lenient than RFC 3986 (a password may hold `#` or `?`):
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
_URL = re.compile(
    r"(?P<scheme>postgres(?:ql)?(?:\+\w+)?)://"
    r"(?:(?P<user>[^:@/]*)(?::(?P<password>[^@/]*))?@)?"
    r"(?P<host>\[[^\]]*\]|[^:/?\[\]]*)(?::(?P<port>[^/?]*))?"
    r"(?:/(?P<name>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL | re.IGNORECASE,
)
# What of a connection a client may say in the URL, and where libpq looks for it otherwise:
# https://www.postgresql.org/docs/current/libpq-envars.html
_VARIABLES = {
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "options": "PGOPTIONS",
    "passfile": "PGPASSFILE",
    "require_auth": "PGREQUIREAUTH",
    "sslcert": "PGSSLCERT",
    "sslcrl": "PGSSLCRL",
    "sslkey": "PGSSLKEY",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
_DEFAULT_PORT = "5432"
_LAST_PORT = 65_535


class BadUrlError(ValueError):
    """A text that is not the URL of one PostgreSQL server; the message says why and holds no password."""


def is_postgres_url(text: str) -> bool:
    """Tell whether `text` is meant as a URL of PostgreSQL, with or without the name of a driver."""
    return re.match(r"postgres(ql)?(\+\w+)?://", text, re.IGNORECASE) is not None


def parse_server_url(text: str, provider: str, environment: Mapping[str, str]) -> Database:
    """Return the database that a URL names; `environment` gives what the URL leaves out, as with libpq.

    The host is empty where neither names one: then it is the server on this machine's usual socket.

    Raises:
        BadUrlError: it is not the URL of one server.
    """
    match = _URL.fullmatch(text)
    if match is None:
        raise BadUrlError("not of the form postgresql://user:password@host:port/name")
    query = _parse_query(match["query"] or "")

    def part(name: str, variable: str, default: str) -> str:
        in_query = query.pop("dbname" if name == "name" else name, "")
        return in_query or _decoded(match[name] or "") or environment.get(variable, "") or default

    host = part("host", "PGHOST", "")
    user = part("user", "PGUSER", environment.get("USER") or environment.get("LOGNAME") or "postgres")
    variables = {name: environment[name] for name in _VARIABLES.values() if environment.get(name)}
    database = Database(
        host=host[1:-1] if host.startswith("[") else host,
        port=_parse_port(part("port", "PGPORT", _DEFAULT_PORT)),
        user=user,
        password=part("password", "PGPASSWORD", ""),
        name=part("name", "PGDATABASE", user),
        server_version="",
        provider=provider,
        variables=variables | _variables_of(query),
        parameters=query,
    )
    if "," in database.host:
        raise BadUrlError("it names several hosts")
    if any("\0" in value for value in (database.host, database.user, database.password, database.name)):
        raise BadUrlError("it has a NUL character")
    return database


def libpq_options(database: Database) -> dict[str, str]:
    """Return what of `database.variables` a libpq client says as options of its connection."""
    said = database.variables
    return {name: said[variable] for name, variable in _VARIABLES.items() if variable in said}


def is_near(host: str) -> bool:
    """Tell whether a host is this machine: a socket, or a loopback address."""
    if not host or host.startswith(("/", "@")):
        return True
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def place_of(database: Database) -> str:
    """Say where a server is: `localhost:5432`."""
    if database.host.startswith(("/", "@")):
        return f"the socket {database.host}/.s.PGSQL.{database.port}"
    host = f"[{database.host}]" if ":" in database.host else database.host or "localhost"
    return f"{host}:{database.port}"


def with_options(database: Database, options: str) -> Database:
    """Return `database` with settings for its sessions, after those that it has."""
    own = database.variables.get("PGOPTIONS", "")
    parameters = {name: value for name, value in database.parameters.items() if name != "options"}
    variables = {**database.variables, "PGOPTIONS": f"{own} {options}".strip()}
    return replace(database, variables=variables, parameters=parameters)


def _parse_query(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return {_decoded(name): _decoded(value) for name, _, value in pairs}


def _parse_port(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,4}", text) or int(text) > _LAST_PORT:
        # Not shown: in a URL that is not well-formed it may be the password.
        raise BadUrlError("its port is not a number from 1 to 65535")
    return int(text)


def _variables_of(query: Mapping[str, str]) -> dict[str, str]:
    found = {_VARIABLES[name]: value for name, value in query.items() if name in _VARIABLES}
    # asyncpg's name for sslmode: https://magicstack.github.io/asyncpg/current/api/index.html#connection
    if query.get("ssl") in _SSL_MODES:
        found.setdefault("PGSSLMODE", query["ssl"])
    return found


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise BadUrlError("it has percent-encoded bytes that are not UTF-8") from None

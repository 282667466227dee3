"""Which environment variables the project's own code runs with. Asks for none itself."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from gate.config.child_environment import for_tests
from gate.config.model import Config, PostgresVariable
from gate.discovery.drivers import with_drivers
from gate.discovery.model import Discovery
from gate.domain.connection import Database, connection_url, connection_variables
from gate.ports import ProjectEnvironment


def project_variables(
    caller: Mapping[str, str],
    config: Config,
    environment: ProjectEnvironment | None,
    database: Database | None,
    discovery: Discovery,
) -> dict[str, str]:
    """Return the variables that the project's own code runs with: scrubbed, its environment first on PATH.

    What the caller has set stays, but for the address of a database that the gate has in its stead; what the
    configuration says comes before what was found.
    """
    withheld = set(environment.withheld) - set(config.pass_env) if environment is not None else ()
    drop = (*config.drop_env, *withheld, *(() if database is None else _DATABASE_VARIABLES))
    found = {name: value for name, value in discovery.variables.items() if name not in caller}
    variables = for_tests(found | dict(caller), pass_env=config.pass_env, drop_env=drop) | dict(config.env)
    if environment is not None:
        discovery = with_drivers(discovery, environment.packages)
        variables |= environment.variables
        folders = [str(folder) for folder in environment.path]
        variables["PATH"] = ":".join([*folders, variables.get("PATH", "/usr/bin:/bin")])
    if database is not None:
        configured = {name for name, _ in config.env}
        given = caller.get("DATABASE_URL", "")
        variables |= connection_variables(database)
        if is_postgres(given) or "DATABASE_URL" not in discovery.left_alone | configured:
            variables["DATABASE_URL"] = connection_url(database, _scheme_in_use(given, discovery.scheme))
        # DATABASE_URL keeps the driver that the caller's own names.
        found_here = [one for one in discovery.postgres if one.name not in configured | {"DATABASE_URL"}]
        variables |= postgres_values(database, found_here) | dict(database.variables)
        variables |= postgres_values(database, config.postgres_env)
    return variables


def postgres_values(database: Database, variables: Iterable[PostgresVariable]) -> dict[str, str]:
    """Return what each variable is set to: the URL of the database, or the part that it carries."""
    parts = {
        "host": database.host,
        "port": str(database.port),
        "user": database.user,
        "password": database.password,
        "name": database.name,
    }
    return {one.name: parts.get(one.part) or _urls(database, one.scheme) for one in variables}


def _urls(database: Database, schemes: str) -> str:
    return ",".join(connection_url(database, scheme) for scheme in schemes.split("|"))


def is_postgres(url: str) -> bool:
    """Tell the URL of a PostgreSQL."""
    return url.startswith("postgres")


def speaks_postgres(
    caller: Mapping[str, str], config: Config, environment: ProjectEnvironment, discovery: Discovery
) -> bool:
    """Tell whether the tests use PostgreSQL: a client of it is there, and the user says so or no file otherwise."""
    said = is_postgres(caller.get("DATABASE_URL", "")) or bool(config.postgres_env)
    return (said or not discovery.other_database) and not _CLIENTS.isdisjoint(environment.packages)


def _scheme_in_use(given: str, found: str) -> str:
    """Keep the driver that the caller's own DATABASE_URL names: the tests are written for it."""
    return urlsplit(given).scheme if is_postgres(given) else found


# Distributions through which Python speaks to PostgreSQL.
_CLIENTS = frozenset({"psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000", "aiopg"})

# What the caller's shell says of a database must not reach tests that were given another one:
# https://www.postgresql.org/docs/current/libpq-envars.html
_DATABASE_VARIABLES = (
    "DATABASE_URL",
    *(
        f"PG{name}"
        for name in (
            *("HOST", "HOSTADDR", "PORT", "DATABASE", "USER", "PASSWORD", "PASSFILE", "SERVICE", "SERVICEFILE"),
            *("OPTIONS", "APPNAME", "REQUIREAUTH", "CHANNELBINDING", "GSSENCMODE", "TARGETSESSIONATTRS"),
            *(
                "SSLMODE",
                "SSLCERT",
                "SSLKEY",
                "SSLROOTCERT",
                "SSLCRL",
                "SSLCRLDIR",
                "SSLNEGOTIATION",
                "LOADBALANCEHOSTS",
            ),
        )
    ),
)

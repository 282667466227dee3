"""All that the project's files tell, put together, with the lines that say it."""

from collections.abc import Iterator

from gate.discovery.application import find_application
from gate.discovery.databases import DatabaseVariables, find_databases
from gate.discovery.migrations import Migration, find_extensions, find_migration
from gate.discovery.model import Discovery
from gate.discovery.sources import ProjectSources
from gate.discovery.test_jobs import TestJob, test_job
from gate.discovery.variables import (
    MADE_UP,
    Asked,
    asked_by_code,
    committed,
    configures_django,
    django_settings,
    hints_of,
    variables_for_tests,
)

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml")
_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt")
_MOST_NAMES = 8
# https://datatracker.ietf.org/doc/html/rfc6761#section-6.4
_NOWHERE = {"host": "database.invalid", "port": "5432", "user": "nobody", "password": "nobody", "name": "none"}


def discover(sources: ProjectSources) -> Discovery:
    """Return what `sources` tell. Raises nothing: what cannot be read tells nothing."""
    job = test_job(sources)
    asked = asked_by_code(sources)
    hints = hints_of(sources, job)
    databases = find_databases(sources, job, asked, hints)
    variables = variables_for_tests(hints, asked, committed(sources))
    for one in (*databases.postgres, *databases.other_postgres):
        if one.name in variables:
            # Where no database is given, code that only wants the name starts, and nothing real is reached.
            variables[one.name] = _NOWHERE.get(one.part, f"{one.scheme}://nobody@database.invalid/none")
    settings = django_settings(sources, job)
    if settings and not configures_django(sources):
        variables.setdefault("DJANGO_SETTINGS_MODULE", settings)
    migration = find_migration(sources, job)
    extensions = find_extensions(sources)
    application = find_application(sources)
    return Discovery(
        postgres=databases.postgres,
        other_postgres=databases.other_postgres,
        scheme=databases.scheme,
        left_alone=databases.left_alone,
        other_database=databases.other_database,
        variables=variables,
        migration=migration,
        extensions=extensions,
        application=application,
        lines=tuple(
            line
            for line in (
                _first_line(sources, migration, application),
                *_database_lines(databases, asked),
                *_variable_lines(variables, databases, job),
                f"extensions of PostgreSQL: {', '.join(extensions)}" if extensions else "",
            )
            if line
        ),
    )


def _first_line(sources: ProjectSources, migration: Migration | None, application: str) -> str:
    parts = [f"the service in {sources.place}/"] if sources.place != "." else []
    parts.append(next((name for name in (*_LOCKS, *_MANIFESTS) if sources.rooted(name) in _known(sources)), ""))
    parts.append(f"Django by {sources.rooted('manage.py')}" if sources.text("manage.py") else "")
    if migration is not None:
        parts.append(f"`{migration.command}` ({migration.origin})" if migration.command else migration.origin)
    parts.append(application)
    return ", ".join(part for part in parts if part)


def _known(sources: ProjectSources) -> set[str]:
    return {sources.rooted(path) for path in sources.files if "/" not in path}


def _database_lines(databases: DatabaseVariables, asked: Asked) -> Iterator[str]:
    if databases.other_database:
        yield f"the tests use {databases.other_database}: no PostgreSQL is given to them"
        return
    for what, variables in (("the database", databases.postgres), ("a second database", databases.other_postgres)):
        names = [variable.name for variable in variables]
        if names:
            files = dict.fromkeys(asked.variables[name][1] for name in names if name in asked.variables)
            told = f" (asked for in {_listed([*files])})" if files else ""
            yield f"{what} in {_listed(names)}{told}"


def _variable_lines(variables: dict[str, str], databases: DatabaseVariables, job: TestJob | None) -> Iterator[str]:
    carried = {variable.name for variable in (*databases.postgres, *databases.other_postgres)}
    made_up = [name for name, value in variables.items() if value == MADE_UP]
    given = [name for name in variables if name not in carried and name not in made_up]
    if given:
        where = f" (as {job.file} runs the tests, and from other files)" if job else ""
        yield f"set for the tests: {_listed(given)}{where}"
    if made_up:
        yield f"made up, because the code demands it and no file has a value: {_listed(made_up)}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")

"""All that the project's files tell, put together, with the lines that say it."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gate.discovery.application import find_application, find_import_path
from gate.discovery.asked import Asked, asked_by_code
from gate.discovery.databases import DatabaseVariables, find_databases
from gate.discovery.extensions import find_extensions
from gate.discovery.migrations import find_migration
from gate.discovery.model import Discovery, Migration
from gate.discovery.siblings import find_endings, find_named, makes_databases
from gate.discovery.sources import ProjectSources
from gate.discovery.suite_commands import suite_commands
from gate.discovery.test_jobs import TestJob, test_job
from gate.discovery.variables import (
    MADE_UP,
    Hint,
    committed,
    configures_django,
    django_settings,
    engines,
    hints_of,
    is_made_up,
    own_secrets,
    variables_for_tests,
)
from gate.formats import UnreadableError
from gate.formats.describing_files import told_by

_MOST_NAMES = 8
# `flask db upgrade` finds its application by the variable FLASK_APP alone, unless it is in app.py or wsgi.py.
_OF_FLASK = re.compile(r"\bflask\b")
# https://datatracker.ietf.org/doc/html/rfc6761#section-6.4
_NOWHERE = {"host": "database.invalid", "port": "5432", "user": "nobody", "password": "nobody", "name": "none"}


def discover(sources: ProjectSources) -> Discovery:
    """Return what `sources` tell. Raises nothing: what cannot be read tells nothing."""
    job = test_job(sources)
    asked = asked_by_code(sources)
    hints = hints_of(sources, job)
    databases = find_databases(sources, job, asked, hints)
    migration = find_migration(sources, job)
    if migration is not None and _OF_FLASK.search(migration.command):
        asked = replace(asked, wanted=asked.wanted | {"FLASK_APP"})
    variables = _variables(sources, job, asked, hints, databases)
    extensions = find_extensions(sources)
    application = find_application(sources)
    suite = suite_commands(sources)
    endings = find_endings(sources) if databases.postgres and not databases.other_database else ()
    carried = (*databases.postgres, *databases.other_postgres)
    named = find_named(sources, job, carried) if not databases.other_database else ()
    return Discovery(
        postgres=databases.postgres,
        other_postgres=databases.other_postgres,
        endings=endings,
        named=named,
        makes_databases=bool(named) or makes_databases(sources, databases.postgres),
        scheme=databases.scheme,
        guessed=databases.guessed,
        left_alone=databases.left_alone,
        other_database=databases.other_database,
        variables=variables,
        migration=migration,
        extensions=extensions,
        application=application,
        import_path=find_import_path(sources),
        own_secrets=own_secrets(asked),
        suite=suite,
        lines=tuple(
            line
            for line in (
                _first_line(sources, migration, application),
                _passed_over_line(sources),
                suite.line,
                *_database_lines(databases, asked),
                f"another database, of the same name with {_listed([*endings])} behind it" if endings else "",
                f"another database, named {_listed([*named])}: no variable carries its name" if named else "",
                *_variable_lines(variables, {hint.name for hint in hints if hint.value}, databases, job),
                f"extensions of PostgreSQL: {', '.join(extensions)}" if extensions else "",
            )
            if line
        ),
    )


def _variables(
    sources: ProjectSources, job: TestJob | None, asked: Asked, hints: tuple[Hint, ...], databases: DatabaseVariables
) -> dict[str, str]:
    """Return the variables that the tests are given, those of a database as if there were none."""
    variables = variables_for_tests(hints, asked, committed(sources))
    for one in (*databases.postgres, *databases.other_postgres):
        if one.name in variables:
            # Where no database is given, code that only wants the name starts, and nothing real is reached.
            variables[one.name] = _NOWHERE.get(
                one.part, f"{one.scheme.partition('|')[0]}://nobody@database.invalid/none"
            )
    if databases.postgres and not databases.other_database:
        variables = {**engines(hints, asked), **variables}
    settings = django_settings(sources, job)
    if settings and not configures_django(sources):
        variables.setdefault("DJANGO_SETTINGS_MODULE", settings)
    return variables


def _first_line(sources: ProjectSources, migration: Migration | None, application: str) -> str:
    parts = [f"the service in {sources.place}/"] if sources.place != "." else []
    parts.append(_told_by(sources))
    django = "DJANGO_SETTINGS_MODULE" in sources.text("manage.py")
    parts.append(f"Django by {sources.rooted('manage.py')}" if django else "")
    if migration is not None:
        parts.append(f"{migration.words} ({migration.origin})" if migration.words else migration.origin)
    parts.append(application)
    return ", ".join(part for part in parts if part)


def _passed_over_line(sources: ProjectSources) -> str:
    folders = [f"{folder}/" for folder in sources.passed_over]
    return f"not judged, lint included: {_listed(folders)} (no tests there)" if folders else ""


def _told_by(sources: ProjectSources) -> str:
    """Name what the environment will be made from."""
    files = dict.fromkeys(map(sources.rooted, sources.files), "") | dict(sources.texts)
    try:
        return told_by(files, sources.place)
    except UnreadableError:
        return sources.rooted("pyproject.toml")


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


def _variable_lines(
    variables: dict[str, str], told: set[str], databases: DatabaseVariables, job: TestJob | None
) -> Iterator[str]:
    """Say which variables are set: those that files of the project told a value of, and the others."""
    carried = {variable.name for variable in (*databases.postgres, *databases.other_postgres)}
    made_up = [name for name, value in variables.items() if value == MADE_UP or is_made_up(name, value, told)]
    given = [name for name in variables if name not in carried and name not in made_up]
    if given:
        where = f" (as {job.file} runs the tests, and from other files)" if job else ""
        yield f"set for the tests: {_listed(given)}{where}"
    if made_up:
        yield f"made up, because the code demands it and no file has a value: {_listed(made_up)}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")

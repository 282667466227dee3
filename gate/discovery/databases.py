"""Which variables carry the address of the database that the tests use, and whether it is PostgreSQL at all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gate.config.model import PostgresVariable
from gate.discovery.asked import ASIDE, Asked
from gate.discovery.database_names import is_for_tests, is_list, part_of
from gate.discovery.sources import ProjectSources, is_test_file
from gate.discovery.test_jobs import TestJob
from gate.discovery.variables import Hint
from gate.formats.settings_class import Variable

_SCHEME = re.compile(r"(postgres(?:ql)?(?:\+\w+)?)://")
# A word alone may be a host or a user: a driver makes it clear, or that `URL.create` or `PostgresDsn.build` takes it.
_IN_TEXT = re.compile(
    r"[\"'](postgres(?:ql)?(?:\+\w+)?)://|[\"'](postgres(?:ql)?\+\w+)[\"']"
    r"|(?:\b(?:scheme|drivername)\s*=|\bURL\.create\()\s*[\"'](postgres(?:ql)?)[\"']"
)
_OTHER = re.compile(r"(sqlite|mysql|mariadb|mssql|oracle|mongodb|cockroachdb|duckdb)(?:\+\w+)?:")
_OTHER_IN_TESTS = re.compile(r"[\"']sqlite(?:\+\w+)?://|django\.db\.backends\.sqlite3|[\"']:memory:[\"']")
_POSTGRES_IN_TESTS = re.compile(r"postgres|psycopg|asyncpg|testing\.postgresql|pg8000", re.IGNORECASE)
_PATH = re.compile(r"://[^/]*/(\w+)")
_PLAIN = "postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseVariables:
    """See `gate.discovery.model.Discovery`."""

    postgres: tuple[PostgresVariable, ...] = ()
    other_postgres: tuple[PostgresVariable, ...] = ()
    scheme: str = _PLAIN
    guessed: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()
    other_database: str = ""


def find_databases(
    sources: ProjectSources, job: TestJob | None, asked: Asked, hints: Iterable[Hint]
) -> DatabaseVariables:
    """Return the variables of the database, told by their names and by the values that files give them."""
    values: dict[str, list[Hint]] = {}
    for hint in hints:
        values.setdefault(hint.name, []).append(hint)
    names = [name for name in dict.fromkeys([*asked.variables, *values]) if part_of(name)]
    usual = _usual_scheme(sources)
    schemes: dict[str, str] = {}
    guessed = set() if usual else {"DATABASE_URL"}
    left_alone: dict[str, str] = {}
    for name in names:
        if part_of(name) == "url" and name in asked.variables and _is_partial(asked.variables[name][0]):
            continue
        known = [hint.value for hint in values.get(name, ())]
        known += [asked.variables[name][0].default] if name in asked.variables else []
        kind = _kinds(known) if is_list(name) else next((kind for value in known if (kind := _kind(value))), "")
        if kind and not kind.startswith("postgres"):
            left_alone[name] = kind
        else:
            schemes[name] = kind or usual or _PLAIN
            if kind:
                guessed.discard(name)
            elif not usual:
                guessed.add(name)
    other = _other_database(sources, job, {name: values.get(name, []) for name in names}, left_alone)
    if not other and "DATABASE_URL" in left_alone and not _told_by_tests(values, "DATABASE_URL"):
        # PostgreSQL is what the tests want, and the default in the code is only for who has none.
        del left_alone["DATABASE_URL"]
        schemes["DATABASE_URL"] = usual or _PLAIN
    variables = [
        PostgresVariable(name=name, scheme=scheme, part=part)
        for name, scheme in schemes.items()
        if (part := part_of(name))
    ]
    second = _second(variables, values)
    return DatabaseVariables(
        postgres=tuple(variable for variable in variables if variable not in second),
        other_postgres=tuple(second),
        scheme=schemes.get("DATABASE_URL", usual or _PLAIN),
        guessed=frozenset(guessed),
        left_alone=frozenset(left_alone),
        other_database=other,
    )


def _kind(value: str) -> str:
    """Return the scheme of PostgreSQL that a value has, the kind of another database, or "" where it tells nothing."""
    if match := _SCHEME.match(value):
        return match[1]
    return match[1] if (match := _OTHER.match(value)) else ""


def _kinds(values: Iterable[str]) -> str:
    """Return the schemes of PostgreSQL in lists of addresses, with commas between them."""
    kinds = dict.fromkeys(_kind(url.strip()) for value in values for url in value.split(","))
    return "|".join(kind for kind in kinds if kind.startswith("postgres"))


def _is_partial(variable: Variable) -> bool:
    """Tell an address that the code builds without its scheme: what it puts before is not to be told."""
    return variable.built and not _kind(variable.default)


def _told_by_tests(values: Mapping[str, list[Hint]], name: str) -> bool:
    return any(hint.of_tests for hint in values.get(name, ()))


def _usual_scheme(sources: ProjectSources) -> str:
    """Return the scheme that the application's own code writes, the plain one where it writes several, "" if none."""
    found: set[str] = set()
    asynchronous = False
    for path, text in sources.python():
        if not is_test_file(path) and not path.startswith(ASIDE):
            found |= {scheme for match in _IN_TEXT.findall(text) for scheme in match if scheme}
            asynchronous = asynchronous or "create_async_engine(" in text or "async_engine_from_config(" in text
    if found:
        return found.pop() if len(found) == 1 else _PLAIN
    return "postgresql+asyncpg" if asynchronous else ""


def _other_database(
    sources: ProjectSources, job: TestJob | None, values: Mapping[str, list[Hint]], left_alone: Mapping[str, str]
) -> str:
    """Say what the tests use in PostgreSQL's stead, "" where anything says that they want PostgreSQL."""
    told = [hint.value for hints in values.values() for hint in hints if hint.of_tests]
    tests = [text for path, text in sources.python() if is_test_file(path)]
    if (
        (job is not None and job.has_postgres)
        or any(_kind(value).startswith("postgres") for value in told)
        or any(_POSTGRES_IN_TESTS.search(text) for text in tests)
    ):
        return ""
    if other := next((match[1] for value in told if (match := _OTHER.match(value))), ""):
        return other
    if any(_OTHER_IN_TESTS.search(text) for text in tests):
        return "sqlite"
    urls = [name for name in values if part_of(name) == "url"]
    parts = [name for name in values if part_of(name) in ("host", "name")]
    only_default = urls and not parts and left_alone.keys() >= {*urls} and not any(values[name] for name in urls)
    return f"{left_alone[urls[0]]}, the default in the code" if only_default else ""


def _second(variables: list[PostgresVariable], values: Mapping[str, list[Hint]]) -> list[PostgresVariable]:
    """Return the variables of a second database: where those for tests and the others name different ones."""
    of_tests = [variable for variable in variables if is_for_tests(variable.name)]
    others = [variable for variable in variables if not is_for_tests(variable.name)]
    names = [
        {name for variable in group for hint in values.get(variable.name, ()) if (name := _database(variable, hint))}
        for group in (of_tests, others)
    ]
    return of_tests if names[0] and names[1] and names[0].isdisjoint(names[1]) else []


def _database(variable: PostgresVariable, hint: Hint) -> str:
    if variable.part == "name":
        return hint.value
    match = _PATH.search(hint.value) if variable.part == "url" else None
    return match[1] if match else ""

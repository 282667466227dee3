"""Databases that the tests expect, or make, beside the one they are told of. Makes none."""

import re
from collections.abc import Iterable
from itertools import islice

from gate.config.model import PostgresVariable
from gate.discovery.asked import ASIDE
from gate.discovery.sources import COMPOSE, ProjectSources, is_test_file
from gate.discovery.test_jobs import TestJob
from gate.formats.compose_file import parse_compose

# `f"{settings.DATABASE_URI}_test"`, `db_url + "_test"`: the ending, and what stands before it.
_ENDING = re.compile(r"_tests?(?=[\"'?])")
_ADDRESS = re.compile(r"(?:ur[il]|dsn|db|database|db_?name)(?:\}|\s{0,9}\+\s{0,9}[\"'])\Z", re.IGNORECASE)
_BEFORE = 40
_MOST_ENDINGS = 200
# As SQL is written, not as comments speak of it.
_MAKES_IT = re.compile(
    r"\bCREATE\s+DATABASE\b|[\"']create\s+database\b|\bcreate_database\(|\bcreatedb\b|testing\.postgresql"
    r"|pytest_postgresql|DatabaseJanitor"
)
_NAMED_BY_DJANGO = re.compile(r"[\"']TEST[\"']\s*:\s*(?:\{|dict\()[^{}()]{0,300}\bNAME\b")
_NAME = re.compile(r"[\w-]{1,63}\Z", re.ASCII)
# What every server has.
_THERE = {"postgres", "template0", "template1"}
_OF_TESTS = re.compile(r"tests?[_.].*|.*_tests?\.py")


def makes_databases(sources: ProjectSources, postgres: Iterable[PostgresVariable]) -> bool:
    """Tell whether the tests make databases whose names do not depend on the one that they are told of.

    Two suites at once on one server would be in each other's way. Django's `test_...` is named after ours, unless its
    settings give it another name.
    """
    if "DJANGO_SETTINGS_MODULE" in sources.text("manage.py"):
        named = any(_NAMED_BY_DJANGO.search(text) for path, text in sources.python() if not is_test_file(path))
        return named or not any(one.part in ("url", "name") for one in postgres)
    return any(_MAKES_IT.search(text) for path, text in sources.python() if is_test_file(path))


def find_endings(sources: ProjectSources) -> tuple[str, ...]:
    """Return the endings, such as `_test`, where code puts them behind an address and nothing makes that database."""
    if "DJANGO_SETTINGS_MODULE" in sources.text("manage.py"):
        return ()
    found: set[str] = set()
    for path, text in sources.python():
        if path.startswith(ASIDE) or "/migrations/" in path:
            continue
        if _MAKES_IT.search(text):
            return ()
        # A test may write what it likes: what all of them share decides.
        if "_test" in text and not _OF_TESTS.fullmatch(path.rpartition("/")[2]):
            said = islice(_ENDING.finditer(text), _MOST_ENDINGS)
            found |= {one[0] for one in said if _ADDRESS.search(text[max(0, one.start() - _BEFORE) : one.start()])}
    return tuple(sorted(found))


def find_named(sources: ProjectSources, job: TestJob | None, carried: Iterable[PostgresVariable]) -> tuple[str, ...]:
    """Return the database whose name the code knows itself: some variables carry the address, but none the name.

    It is the one that the workflow's server has beside the tests, else the one of the Compose files.
    """
    parts = {one.part for one in carried}
    if not parts or parts & {"url", "name"} or "DJANGO_SETTINGS_MODULE" in sources.text("manage.py"):
        return ()
    if any(_MAKES_IT.search(text) for path, text in sources.python() if is_test_file(path)):
        return ()
    composed = (service for _, text in sources.named(*COMPOSE) for service in parse_compose(text))
    told = [job.database_env] if job is not None and job.database_env else []
    told += [service.env for service in composed if service.is_postgres]
    name = next((env["POSTGRES_DB"] for env in told if env.get("POSTGRES_DB")), "")
    return (name,) if _NAME.match(name) and name not in _THERE else ()

"""Databases that the tests expect, or make, beside the one they are told of. Makes none."""

import re
from collections.abc import Iterable
from itertools import islice

from gate.config.model import PostgresVariable
from gate.discovery.asked import ASIDE
from gate.discovery.sources import ProjectSources, is_test_file

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

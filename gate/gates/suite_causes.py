"""Which tests could not run, and what they need: told apart from those that failed. Decides no outcome."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from gate.context import Context
from gate.domain.exhibit import CaseOutcome, Table, TestCase
from gate.formats.causes import Cause, Kind, ProjectFacts, parse_cause
from gate.formats.settings_class import Inherited
from gate.formats.settings_source import parse_module
from gate.ports import Database, ProjectEnvironment

_MANIFEST = re.compile(
    r"(?:[\w.-]+/)?(?:pyproject\.toml|setup\.(?:py|cfg)|Pipfile|tox\.(?:ini|toml)|noxfile\.py|environment\.ya?ml"
    r"|[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in))"
)
_SUBMODULE = re.compile(
    r"^[ \t]{0,20}path[ \t]{0,20}=[ \t]{0,20}(?P<path>[^\s\"][^\n\"]{0,400}?)[ \t\r]{0,20}$", re.MULTILINE
)
_ASYNC_MARK = re.compile(r"\bmark\.asyncio\b|^asyncio_mode", re.MULTILINE)
# What PostgreSQL, and SQLite in its stead, say of a schema that is not there.
_OF_SCHEMA = re.compile(
    r"(?:relation|table|type|schema|function) \"?[\w.]{1,200}(?:\([^)\n]{0,200}\))?\"? does not exist"
    r"|column \"?[\w.]{1,200}\"?(?: of relation \"[\w.]{1,200}\")? does not exist"
    r"|no such (?:table|column): [\w.]{1,200}|\bUndefined(?:Table|Column|Object|Function)(?:Error)?\b"
)
MISSING_SCHEMA = "the schema, which could not be made"
_MOST_NEEDS = 3
_MOST_SUBMODULES = 100
# Characters of tracebacks: some ten thousand red tests.
_MOST_TO_READ = 50_000_000


def read_facts(
    ctx: Context,
    environment: ProjectEnvironment,
    database: Database | None,
    *,
    has_schema: bool,
    no_database: str = "",
) -> ProjectFacts:
    """Gather what must be known of the project to tell a test that cannot run from one that fails."""
    python = [PurePosixPath(path) for path in ctx.project.files if path.endswith(".py")]
    modules = {part for path in python for part in (*path.parts[:-1], path.stem)}
    manifests = ctx.project_texts(*(path for path in ctx.project.files if _MANIFEST.fullmatch(path)))
    tests = [str(path) for path in python if "test" in path.name]
    settings = ctx.project_texts("pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini", "pytest.toml")
    return ProjectFacts(
        modules=frozenset(modules),
        manifests=manifests,
        packages=environment.packages,
        python_version=environment.python_version,
        database=f"{database.host}:{database.port}" if database else "",
        no_database=no_database,
        has_schema=has_schema,
        async_marks=any(_ASYNC_MARK.search(text) for text in (*settings.values(), *ctx.project_texts(*tests).values())),
        folder=str(ctx.project.folder),
        settings=_settings(ctx, [str(path) for path in python]),
        submodules=_empty_submodules(ctx),
    )


def _settings(ctx: Context, paths: Sequence[str]) -> dict[str, Inherited]:
    """Return how the settings classes name their variables; none of two classes of one name that differ in it."""
    found: dict[str, set[Inherited]] = {}
    for path in paths:
        text = ctx.project_texts(path).get(path, "")
        for name, settings in (parse_module(text).settings if "BaseSettings" in text else {}).items():
            found.setdefault(name, set()).add(settings)
    return {name: next(iter(ways)) for name, ways in found.items() if len(ways) == 1}


def _empty_submodules(ctx: Context) -> tuple[str, ...]:
    """Return the folders that .gitmodules names and that hold no file."""
    text = ctx.project_texts(".gitmodules").get(".gitmodules", "")
    named = list(dict.fromkeys(found["path"].strip("/") for found in _SUBMODULE.finditer(text)))[:_MOST_SUBMODULES]
    return tuple(path for path in named if not any(file.startswith(f"{path}/") for file in ctx.project.files))


def find_causes(cases: Iterable[TestCase], facts: ProjectFacts) -> dict[TestCase, Cause]:
    """Return those of the red test cases that could not run, and why. What is beyond the bound is taken for failed."""
    found: dict[TestCase, Cause] = {}
    left = _MOST_TO_READ
    for case in cases:
        left -= len(case.details)
        if left < 0:
            break
        cause = parse_cause(case.details, facts, at_setup=case.outcome is CaseOutcome.ERRORED)
        if cause is not None:
            found[case] = cause
    return found


def of_missing_schema(cases: Iterable[TestCase], trouble: str) -> dict[TestCase, Cause]:
    """Return those of the red test cases that want what a schema would have made; `trouble` says why it was not."""
    left = _MOST_TO_READ
    found: dict[TestCase, Cause] = {}
    for case in cases:
        left -= len(case.details)
        shown = _OF_SCHEMA.search(case.details) if left >= 0 else None
        if shown is not None:
            needs = f"{MISSING_SCHEMA}: {trouble.removeprefix('the schema could not be made: ')}"
            found[case] = Cause(kind=Kind.TABLE, needs=needs, proof=shown[0])
    return found


def with_needs(cases: Iterable[TestCase], causes: Mapping[TestCase, Cause]) -> tuple[TestCase, ...]:
    """Return the cases, those that could not run with a message that says what they need."""
    if not causes:
        return tuple(cases)
    return tuple(
        replace(case, message=f"could not run: needs {causes[case].needs}") if case in causes else case
        for case in cases
    )


def needs_words(causes: Iterable[Cause]) -> str:
    """Write what is needed, the most wanted first: `Docker (12 tests), the network (3 tests)`."""
    counts = Counter(cause.needs for cause in causes).most_common()
    words = [f"{needs} ({_tests(count)})" for needs, count in counts[:_MOST_NEEDS]]
    if len(counts) > _MOST_NEEDS:
        words.append(f"{len(counts) - _MOST_NEEDS} more")
    return counts[0][0] if len(counts) == 1 else ", ".join(words)


def cannot_run(causes: Sequence[Cause]) -> str:
    """Say why nothing could be decided, and what helps for what is wanted most."""
    needs, _ = Counter(cause.needs for cause in causes).most_common(1)[0]
    advice = next(cause.advice for cause in causes if cause.needs == needs)
    return f"cannot run: needs {needs_words(causes)}" + (f". {advice.removesuffix('.')}" if advice else "")


def needs_table(causes: Sequence[Cause]) -> Table:
    """Show each need with the first line that proves it."""
    first: dict[str, Cause] = {}
    for cause in causes:
        first.setdefault(cause.needs, cause)
    counts = Counter(cause.needs for cause in causes).most_common()
    return Table(
        title="what the tests need",
        columns=("needs", "tests", "shown by", "what to do"),
        rows=tuple((needs, str(count), first[needs].proof, first[needs].advice) for needs, count in counts),
    )


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"

"""The configuration of a run, typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from gate.config.options import BadValue, did_you_mean, flag, one_of, option, paths, seconds, text, texts
from gate.config.weaker import along, becomes, changed, fewer, tools_told
from gate.domain.shard import MAX_SHARDS, Shard
from gate.domain.weakening import Policy

POSTGRES_WORDS = ("auto", "off", "local", "embedded", "docker")
MAX_WORKERS = 64
# A module, which is no file, and in it what makes or is the application.
_APPLICATION = re.compile(
    r"(?!.*\.py:)(?!.*\.\./)(?:[\w.-]{1,100}/){0,8}[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*(\(\))?\Z"
)
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}\Z")
# What switches things on or off elsewhere, and is no folder's name.
_SWITCHES = ("on", "true", "false", "yes", "no", "none", "null", "0", "1", "enabled", "disabled", "default")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def postgres(value: object) -> str:
    """Take a provider's word, or the URL of a server."""
    word = text(value)
    if word in POSTGRES_WORDS or re.match(r"postgres(ql)?(\+\w+)?://", word):
        return word
    raise BadValue(
        "neither a provider nor a URL", did_you_mean(word, POSTGRES_WORDS) + ", or postgresql://user:password@host/name"
    )


def policy(value: object) -> Policy:
    """Take the name of a policy."""
    return Policy(one_of(*(choice.value for choice in Policy))(value))


def postgres_version(value: object) -> str:
    """Take a major version of PostgreSQL, as text or number."""
    word = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[1-9][0-9]", word):
        return word
    raise BadValue("not a major version of PostgreSQL", 'a number in quotes, such as "16"')


def python_version(value: object) -> str:
    """Take a version of Python, major and minor at least."""
    word = value.strip() if isinstance(value, str) else ""
    if re.fullmatch(r"3\.[0-9]{1,2}(\.[0-9]{1,3})?", word):
        return word
    raise BadValue("not a version of Python", 'a version in quotes, such as "3.12"')


def shard(value: object) -> Shard:
    """Take `index/total`, as 2/8."""
    index, slash, total = (value.strip() if isinstance(value, str) else "").partition("/")
    numbers = [int(part) for part in (index, total) if re.fullmatch(r"[0-9]{1,3}", part, re.ASCII)]
    if not slash or len(numbers) != 2:
        raise BadValue("not a shard", 'which of how many in quotes, such as "2/8"')
    if not 1 <= numbers[0] <= numbers[1] <= MAX_SHARDS:
        raise BadValue(f"there is no shard {numbers[0]} of {numbers[1]}", f"1/N to N/N, with N at most {MAX_SHARDS}")
    return Shard(index=numbers[0], total=numbers[1])


def workers(value: object) -> int | Literal["auto"]:
    """Take `auto`, or a number of processes."""
    word = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if word == "auto":
        return "auto"
    if re.fullmatch(r"[0-9]{1,3}", word, re.ASCII) and 1 <= int(word) <= MAX_WORKERS:
        return int(word)
    raise BadValue(f"neither auto nor a number from 1 to {MAX_WORKERS}", "auto, or a number, such as 4")


def application(value: object) -> str:
    """Take the import path of a web application, `module:attribute`, or of what makes it, `module:factory()`.

    Before it may stand the folder that it is imported from: `folder/module:attribute`.
    """
    word = value.strip() if isinstance(value, str) else ""
    if _APPLICATION.match(word):
        return word
    raise BadValue("not the import path of an application", '"module:attribute", such as "app.main:app"')


def file_path(value: object) -> str:
    """Take the path of one file inside the project, relative to its folder."""
    found = paths(value)
    if len(found) != 1:
        raise BadValue("not one path", 'the path of a file, such as "durations.json"')
    return found[0]


def branch(value: object) -> str:
    """Take the name of a branch, of letters, digits, dots, dashes and slashes."""
    name = text(value)
    if _BRANCH.match(name) and not name.endswith((".lock", ".", "/")) and ".." not in name and "//" not in name:
        return name
    raise BadValue("not the name of a branch", 'a name, such as "quality-gate-reports"')


def baseline(value: object) -> str:
    """Take `auto`, `off`, or the path of a report or of its folder; a word that only looks like a switch is neither."""
    word = "" if isinstance(value, bool) else text(value)
    if word in ("auto", "off") or (word and word.lower() not in _SWITCHES and not _is_nearly(word, ("auto", "off"))):
        return word
    raise BadValue("neither auto nor off nor a path", '"auto", "off", or a path with a slash, such as "./base"')


def _is_nearly(word: str, choices: Sequence[str]) -> bool:
    return "/" not in word and "." not in word and bool(get_close_matches(word.lower(), choices, n=1))


def environment_names(value: object) -> tuple[str, ...]:
    """Take names of environment variables."""
    names = texts(value)
    for name in names:
        if not _ENVIRONMENT_NAME.match(name):
            raise BadValue(f"{name!r} is not the name of a variable", 'names, such as ["STRIPE_TEST_KEY"]')
    return names


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresVariable:
    """A variable under which the tests look for the database: its URL, with a scheme, or another part of it.

    Several schemes, with `|` between them, are as many URLs, with commas between them.
    """

    name: str
    scheme: str = "postgresql"
    part: str = "url"


_SCHEMES = r"(postgres(ql)?(\+\w+)?(\|postgres(ql)?(\+\w+)?){0,9})?"
_PARTS = ("url", "host", "port", "user", "password", "name")


def postgres_variables(value: object) -> tuple[PostgresVariable, ...]:
    """Take `NAME`, `NAME=postgresql+driver`, or `NAME=host` for a part of the address."""
    variables = []
    for entry in texts(value):
        name, _, said = entry.partition("=")
        is_part = said in _PARTS
        if not _ENVIRONMENT_NAME.match(name) or not (is_part or re.fullmatch(_SCHEMES, said)):
            raise BadValue(
                f"{entry!r} is neither NAME nor NAME=scheme nor NAME=part",
                f'["DATABASE_URL"], ["DB_URI=postgresql+asyncpg"], or a part: ["DB_HOST=host"], of {", ".join(_PARTS)}',
            )
        variables.append(
            PostgresVariable(name=name, part=said)
            if is_part
            else PostgresVariable(name=name, scheme=said or "postgresql")
        )
    return tuple(variables)


def assignments(value: object) -> tuple[tuple[str, str], ...]:
    """Take variables and their values, `NAME=value`; as one text, a line each."""
    entries = value.splitlines() if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not all(isinstance(entry, str) for entry in entries):
        raise BadValue("not a list of variables", 'a list, such as ["APP_ENV=test"]')
    pairs = []
    for entry in entries:
        name, equals, given = entry.strip().partition("=")
        if not entry.strip():
            continue
        if not equals or not _ENVIRONMENT_NAME.match(name) or "\0" in given:
            # What stands there may be a secret: only the name is told.
            raise BadValue(f"{name[:80]!r} is not of the form NAME=value", 'such as ["APP_ENV=test"]')
        pairs.append((name, given))
    return tuple(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a run is to do. `gates` is None where they are chosen automatically."""

    gates: tuple[str, ...] | None = option(texts, None, "the gates to run; default: chosen automatically", weaker=fewer)
    policy: Policy = option(
        policy,
        Policy.HEAD,
        "whose configuration judges a change: head, base; or strict: whatever weakens the gate is red",
        weaker=along(*Policy),
    )
    fail_on: str = option(
        one_of("all", "new"),
        "all",
        "what a gate is red for: all that it finds, or only what is new in the change",
        weaker=along("new", "all"),
    )
    fail_fast: bool = option(flag, False, "stop the other gates at the first that fails")
    timeout: int = option(seconds, 1800, "seconds a gate may take, set-up not counted")
    install: str = option(text, "auto", "how to install the project: auto, none, or a command", weaker=changed)
    python_version: str | None = option(python_version, None, "the Python to test with")
    app: str | None = option(
        application,
        None,
        "the web application, such as app.main:app or app.main:create_app(); default: found",
        weaker=changed,
    )
    postgres: str = option(
        postgres, "auto", "auto, off, local, embedded, docker, or the URL of a server", weaker=becomes("off")
    )
    postgres_version: str | None = option(postgres_version, None, "the major version PostgreSQL must have")
    postgres_env: tuple[PostgresVariable, ...] = option(
        postgres_variables, (), "more variables under which the tests look for the database"
    )
    env: tuple[tuple[str, str], ...] = option(
        assignments, (), "variables that the tests get, such as APP_ENV=test", weaker=tools_told
    )
    pass_env: tuple[str, ...] = option(environment_names, (), "variables that the tests get although they look secret")
    drop_env: tuple[str, ...] = option(environment_names, (), "variables that the tests do not get")
    shard: Shard | None = option(shard, None, "which part of the tests to run, such as 2/8; default: all of them")
    durations: str | None = option(
        file_path, None, "the file of how long tests take, by which shards are balanced; default: found"
    )
    workers: int | Literal["auto"] | None = option(
        workers,
        None,
        "processes that share a suite, each with a database: auto or a number",
    )
    baseline: str = option(
        baseline,
        "auto",
        "the report that a run is compared with: auto, off, or the path of a report.json or its folder",
        weaker=changed,
    )
    data_branch: str | None = option(
        branch, None, "the branch of this repository that keeps reports and badges; default: none", weaker=changed
    )
    options: Mapping[str, Any] = field(default_factory=dict)

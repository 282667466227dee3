"""Which environment variables the tests need, told by code and by the places where a project writes its values."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.discovery.asked import Asked
from gate.discovery.runner_settings import nox_env, pytest_env, tox_env
from gate.discovery.sources import COMPOSE, DOCKERFILES, DOTENV, OF_EXAMPLES, ProjectSources
from gate.discovery.test_jobs import TestJob
from gate.formats.compose_file import parse_compose
from gate.formats.dockerfile import parse_dockerfile
from gate.formats.dotenv_file import parse_dotenv
from gate.formats.manage_file import parse_settings_module

# What belongs to the runner, to tools or to the machine: never taken from a project's file.
_NOT_THEIRS = re.compile(
    r"(PATH|HOME|USER|SHELL|TERM|TMPDIR|TEMP|TMP|CI|VIRTUAL_ENV|PYTHONHOME|PYTHONSTARTUP|FORCE_COLOR|NO_COLOR|PS1"
    r"|PREFIX|PYTEST_ADDOPTS|PYTEST_PLUGINS|PYTHON_VERSION|PYTHONUSERBASE|PYTHON)\Z"
    r"|(LD|DYLD|GITHUB|RUNNER|ACTIONS|INPUT|QUALITY_GATE|UV|PIP|POETRY|PDM|HATCH|COVERAGE|COV_CORE|CODECOV|TOX|NOX"
    r"|DOCKER|COMPOSE|GIT|SSH|XDG|PRE_COMMIT|RUFF|MYPY|TWINE|NPM|NODE|PG|PYTHONWARNINGS)(_|\Z)"
)
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_PG = re.compile(r"PG[A-Z]+\Z")
# What a service signs its own sessions with: any text will do. Keys of other services are no such thing.
_OWN_SECRET = re.compile(
    r"((APP|DJANGO|FLASK|FASTAPI|AUTH|JWT|SESSION|SERVER|SECURITY|USERS?)_+)*"
    r"(SECRET|SECRET_?KEY|JWT_SECRET|JWT_KEY|SIGNING_KEY|SESSION_SECRET|TOKEN_SECRET|SALT)\Z",
    re.IGNORECASE,
)
# https://docs.djangoproject.com/en/stable/ref/settings/#engine
_ENGINE = re.compile(r"django\.(?:contrib\.gis\.)?db\.backends\.(?:postgresql(?:_psycopg2)?|postgis)")
# How the service's own tokens are made: https://www.rfc-editor.org/rfc/rfc7518#section-3.2, and for how long they last,
# in whatever unit.
_OF_TOKENS = (
    (re.compile(r"((APP|AUTH|JWT|TOKEN|SECURITY|ACCESS|HASH)_+)*ALGORITHM\Z", re.IGNORECASE), "HS256"),
    (
        re.compile(
            r"(\w+_)?(TOKEN|JWT|SESSION)(_\w+)?_(EXPIRE|EXPIRES|EXPIRY|EXPIRATION|LIFETIME|TTL)(_IN)?"
            r"(_TIME)?(_(MINUTES?|MINS?|SECONDS?|HOURS?|DAYS?))?\Z",
            re.IGNORECASE,
        ),
        "3600",
    ),
)
MADE_UP = "quality-gate-made-this-up-0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A value that a file of the project gives a variable. `of_tests`: it is what its tests run with."""

    name: str
    value: str
    place: str
    of_tests: bool = False


def hints_of(sources: ProjectSources, job: TestJob | None) -> tuple[Hint, ...]:
    """Return the values that the project's files give, what its tests run with first."""
    return (*_of_tests(sources, job), *_of_service(sources))


def _of_tests(sources: ProjectSources, job: TestJob | None) -> Iterator[Hint]:
    if job is not None:
        for name, value in {**job.computed, **job.env}.items():
            yield Hint(name=name, value=value, place=job.file, of_tests=True)
    runners = (("pytest's settings", pytest_env), ("tox's settings", tox_env), ("noxfile.py", nox_env))
    for place, env in ((place, read(sources)) for place, read in runners):
        for name, value in env.items():
            yield Hint(name=name, value=value, place=place, of_tests=True)


def _of_service(sources: ProjectSources) -> Iterator[Hint]:
    for path, text in sources.named(*DOTENV):
        of_tests = "test" in PurePosixPath(path).name or path.endswith(".ci")
        for name, value in parse_dotenv(text).items():
            yield Hint(name=name, value=value, place=path, of_tests=of_tests)
    beside: list[str] = []
    composed = [(path, service) for path, text in sources.named(*COMPOSE) for service in parse_compose(text)]
    # The service that runs the tests says more of them than those that they are tests of.
    for path, service in sorted(composed, key=lambda one: not one[1].runs_tests):
        for name, value in () if service.is_postgres else service.env.items():
            yield Hint(name=name, value=value, place=path, of_tests=service.runs_tests)
        beside += [posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) for file in service.env_files]
    yield from _of_samples(sources, beside)
    for path, text in sources.named(*DOCKERFILES):
        for name, value in parse_dockerfile(text).items():
            yield Hint(name=name, value=value, place=path)


def _of_samples(sources: ProjectSources, files: list[str]) -> Iterator[Hint]:
    """Return what the samples of files say that are made before Compose can start: `.env.dev-sample` of `.env.dev`."""
    wanted = {_words(file) for file in files}
    for path, text in sources.texts.items() if wanted else ():
        folder, words = _words(path)
        said = tuple(word for word in words if word not in OF_EXAMPLES)
        if said != words and (folder, said) in wanted:
            for variable, value in parse_dotenv(text).items():
                yield Hint(name=variable, value=value, place=path)


def _words(path: str) -> tuple[str, tuple[str, ...]]:
    folder, name = posixpath.split(path)
    return folder, tuple(word for word in re.split(r"[-._]", name.lower()) if word)


def committed(sources: ProjectSources) -> Mapping[str, str]:
    """Return what a committed `.env` sets: settings classes read it themselves."""
    return parse_dotenv(sources.text(".env"))


def variables_for_tests(hints: tuple[Hint, ...], asked: Asked, committed_env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to set: what the tests run with in the project's own files, and what code demands.

    What is demanded takes the value that an example gives, as does what code asks for later without a default; the
    secret of a service's own that nothing gives a value is `MADE_UP`.
    """
    plain = [hint for hint in hints if _can_be_set(hint)]
    found: dict[str, str] = {}
    for hint in plain:
        # A workflow that sets what its runner sets anyway says that the code looks for it.
        if hint.of_tests and (hint.name == "CI" or not _is_not_theirs(hint.name)):
            found.setdefault(hint.name, hint.value)
    wanted = asked.wanted - found.keys() - committed_env.keys()
    for hint in plain:
        # The version is nothing that the machine needs: code that asks for it shows it.
        if hint.name in wanted and hint.value and (hint.name == "PYTHON_VERSION" or not _is_not_theirs(hint.name)):
            found.setdefault(hint.name, hint.value)
    for name in sorted(asked.demanded & wanted - found.keys()):
        if _OWN_SECRET.match(name) and asked.variables[name][0].plain:
            found[name] = MADE_UP
        elif value := next((value for pattern, value in _OF_TOKENS if pattern.match(name)), ""):
            found[name] = value
    return found


def is_made_up(name: str, value: str, told: Collection[str]) -> bool:
    """Tell a value of the service's own tokens that none of the files gave: `told` are the names that they speak of."""
    return name not in told and any(pattern.match(name) and value == given for pattern, given in _OF_TOKENS)


def own_secrets(asked: Asked) -> tuple[str, ...]:
    """Return the variables from which the service takes a secret to sign with, whether it must have one or not."""
    return tuple(
        sorted(name for name, (variable, _) in asked.variables.items() if _OWN_SECRET.match(name) and variable.plain)
    )


def _can_be_set(hint: Hint) -> bool:
    """Tell a plain value under the name of a variable from an expression and from what no system takes."""
    return bool(_NAME.match(hint.name)) and "${{" not in hint.value and "\0" not in hint.value


def _is_not_theirs(name: str) -> bool:
    return bool(_NOT_THEIRS.match(name) or _PG.match(name))


def engines(hints: Iterable[Hint], asked: Asked) -> dict[str, str]:
    """Return the variables that choose Django's engine for PostgreSQL: code may have another by default."""
    return {
        hint.name: hint.value
        for hint in hints
        if hint.name in asked.variables and _can_be_set(hint) and _ENGINE.fullmatch(hint.value)
    }


def django_settings(sources: ProjectSources, job: TestJob | None) -> str:
    """Return the module of Django's settings that `manage.py` or the workflow's test command names, "" if none."""
    words = job.tests.command.argv if job is not None else ()
    named = [word.partition("=")[2] for word in words if word.startswith("--settings=")]
    if named:
        return named[0]
    return parse_settings_module(sources.text("manage.py"))


def configures_django(sources: ProjectSources) -> bool:
    """Tell whether pytest-django is told its settings by pytest's own configuration."""
    files = ("pytest.ini", ".pytest.ini", "pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg")
    return any(
        re.search(r"^[ \t]*\"?DJANGO_SETTINGS_MODULE\"?\s*=|--ds[= ]", sources.text(name), re.MULTILINE)
        for name in files
    )

"""Which environment variables the tests need, told by code and by the places where a project writes its values."""

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from gate.discovery.sources import COMPOSE, DOTENV, ProjectSources, is_test_file
from gate.discovery.test_jobs import TestJob
from gate.formats.compose_file import parse_compose
from gate.formats.dotenv_file import parse_dotenv
from gate.formats.settings_class import Variable
from gate.formats.settings_source import parse_names, parse_settings

# What belongs to the runner, to tools or to the machine: never taken from a project's file.
_NOT_THEIRS = re.compile(
    r"(PATH|HOME|USER|SHELL|TERM|TMPDIR|TEMP|TMP|CI|VIRTUAL_ENV|PYTHONHOME|PYTHONSTARTUP|FORCE_COLOR|NO_COLOR|PS1"
    r"|PYTEST_ADDOPTS|PYTEST_PLUGINS|PYTHON_VERSION|PYTHONUSERBASE|PYTHON)\Z"
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
_SETS_DJANGO = re.compile(r"setdefault\(\s*[\"']DJANGO_SETTINGS_MODULE[\"'],\s*[\"']([\w.]+)[\"']")
_NAMES_DJANGO = re.compile(r"^[ \t]*\"?DJANGO_SETTINGS_MODULE\"?[ \t]*=|--ds[= ]", re.MULTILINE)
MADE_UP = "quality-gate-made-this-up-0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A value that a file of the project gives a variable. `of_tests`: it is what its tests run with."""

    name: str
    value: str
    place: str
    of_tests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The variables that code asks for, by name, each with the file that does."""

    variables: Mapping[str, tuple[Variable, str]] = field(default_factory=dict)
    demanded: frozenset[str] = frozenset()


def asked_by_code(sources: ProjectSources) -> Asked:
    """Return what the project's code asks for. Only what runs when the service starts is demanded."""
    found: dict[str, tuple[Variable, str]] = {}
    demanded: set[str] = set()
    for path, text in sources.python():
        of_service = not is_test_file(path) and not path.startswith(("docs/", "examples/", "scripts/", "benchmarks/"))
        starts = of_service or PurePosixPath(path).name == "conftest.py"
        for variable in parse_settings(text) if starts else [Variable(name=name) for name in parse_names(text)]:
            known = found.get(variable.name)
            if known is None or (variable.default and not known[0].default):
                found[variable.name] = (variable, path)
            if variable.required and starts:
                demanded.add(variable.name)
    return Asked(variables=found, demanded=frozenset(demanded))


def hints_of(sources: ProjectSources, job: TestJob | None) -> tuple[Hint, ...]:
    """Return the values that the project's files give, what its tests run with first."""
    return (*_of_tests(sources, job), *_of_service(sources))


def _of_tests(sources: ProjectSources, job: TestJob | None) -> Iterator[Hint]:
    if job is not None:
        for name, value in {**job.computed, **job.env}.items():
            yield Hint(name=name, value=value, place=job.file, of_tests=True)
    for place, env in (("pytest's settings", _pytest_env(sources)), ("tox.ini", _tox_env(sources))):
        for name, value in env.items():
            yield Hint(name=name, value=value, place=place, of_tests=True)


def _of_service(sources: ProjectSources) -> Iterator[Hint]:
    for path, text in sources.named(*DOTENV):
        of_tests = "test" in PurePosixPath(path).name or path.endswith(".ci")
        for name, value in parse_dotenv(text).items():
            yield Hint(name=name, value=value, place=path, of_tests=of_tests)
    for path, text in sources.named(*COMPOSE):
        for service in parse_compose(text):
            for name, value in () if service.is_postgres else service.env.items():
                yield Hint(name=name, value=value, place=path)


def committed(sources: ProjectSources) -> Mapping[str, str]:
    """Return what a committed `.env` sets: settings classes read it themselves."""
    return parse_dotenv(sources.text(".env"))


def variables_for_tests(hints: tuple[Hint, ...], asked: Asked, committed_env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables to set: what the tests run with in the project's own files, and what code demands.

    What is demanded takes the value that an example gives; the secret of a service's own that nothing gives a value
    is `MADE_UP`.
    """
    plain = [hint for hint in hints if _can_be_set(hint) and not _is_not_theirs(hint.name)]
    found: dict[str, str] = {}
    for hint in plain:
        if hint.of_tests:
            found.setdefault(hint.name, hint.value)
    wanted = asked.demanded - found.keys() - committed_env.keys()
    for hint in plain:
        if hint.name in wanted and hint.value:
            found.setdefault(hint.name, hint.value)
    for name in sorted(wanted - found.keys()):
        if _OWN_SECRET.match(name) and asked.variables[name][0].plain:
            found[name] = MADE_UP
    return found


def _can_be_set(hint: Hint) -> bool:
    """Tell a plain value under the name of a variable from an expression and from what no system takes."""
    return bool(_NAME.match(hint.name)) and "${{" not in hint.value and "\0" not in hint.value


def _is_not_theirs(name: str) -> bool:
    return bool(_NOT_THEIRS.match(name) or _PG.match(name))


def django_settings(sources: ProjectSources, job: TestJob | None) -> str:
    """Return the module of Django's settings that `manage.py` or the workflow's test command names, "" if none."""
    words = job.tests.command.argv if job is not None else ()
    named = [word.partition("=")[2] for word in words if word.startswith("--settings=")]
    if named:
        return named[0]
    match = re.search(
        r"setdefault\(\s*[\"']DJANGO_SETTINGS_MODULE[\"'],\s*[\"']([\w.]+)[\"']", sources.text("manage.py")
    )
    return match[1] if match else ""


def configures_django(sources: ProjectSources) -> bool:
    """Tell whether pytest-django is told its settings by pytest's own configuration."""
    files = ("pytest.ini", ".pytest.ini", "pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg")
    return any(
        re.search(r"^[ \t]*\"?DJANGO_SETTINGS_MODULE\"?\s*=|--ds[= ]", sources.text(name), re.MULTILINE)
        for name in files
    )


def _pytest_env(sources: ProjectSources) -> dict[str, str]:
    """Return what pytest-env sets: https://github.com/pytest-dev/pytest-env."""
    lines: list[str] = []
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        lines += _option(sources.text(name), section, "env").splitlines()
    tool = _toml(sources.text("pyproject.toml")).get("tool")
    tool = tool if isinstance(tool, dict) else {}
    pytest = tool.get("pytest")
    options = pytest.get("ini_options", pytest) if isinstance(pytest, dict) else {}
    written = options.get("env") if isinstance(options, dict) else None
    lines += [line for line in written if isinstance(line, str)] if isinstance(written, list) else []
    found = _assignments(re.sub(r"^([DR]:)+", "", line.strip()) for line in lines)
    native = tool.get("pytest_env")
    for name, value in native.items() if isinstance(native, dict) else ():
        given = value.get("value") if isinstance(value, dict) else value
        if isinstance(given, str | int):
            found[name] = str(given)
    return {name: value for name, value in found.items() if "{" not in value}


def _tox_env(sources: ProjectSources) -> dict[str, str]:
    lines = (
        _option(sources.text("tox.ini"), "testenv", "setenv")
        + "\n"
        + _option(sources.text("tox.ini"), "testenv", "set_env")
    )
    return {name: value for name, value in _assignments(lines.splitlines()).items() if "{" not in value}


def _assignments(lines: Iterator[str] | list[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs if re.fullmatch(r"\w+", name.strip())}


def _option(text: str, section: str, name: str) -> str:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
        return parser.get(section, name, fallback="") or ""
    except configparser.Error:
        return ""


def _toml(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}

"""What makes the schema of the project's database, as its files tell. Runs nothing."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping

from gate.discovery.alembic import find_alembic, heads_at
from gate.discovery.model import Migration
from gate.discovery.sources import ProjectSources, is_test_file
from gate.discovery.test_jobs import TestJob
from gate.formats.toml_document import readable_toml, table

_OWN_SCHEMA = re.compile(
    r"\.create_all\b|\bcommand\.upgrade\(|\balembic_upgrade\b|\brun_migrations\(|[\"']upgrade[\"'],\s*[\"']heads?[\"']"
    r"|alembic\s+upgrade|\bflask_migrate\b|call_command\([\"']migrate|\bgenerate_schemas\b|\binitializer\("
)
_SAYS_SO = re.compile(
    r"(?:(?:db|database)[-_:])?(?:migrate|migrations|upgrade)(?:[-_:](?:db|database))?"
    r"|(?:init|create|setup|prepare|make)[-_:]?(?:all[-_:])?(?:db|database|tables|schema)"
    r"|(?:db|database|schema)[-_:](?:init|create|setup)",
    re.IGNORECASE,
)
_PYTHON = re.compile(r"python[\d.]*")
_OTHER_DATABASE = re.compile(r"mysql|mariadb|sqlite|oracle|mssql|mongo", re.IGNORECASE)
# https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate
_DJANGOS = "python manage.py migrate --noinput"
# pg_dump's own `\\restrict` is understood: see `gate.adapters.postgres.sql_script`.
_OF_PSQL = re.compile(r"^\\(?!(?:un)?restrict\b)|\bFROM\s+stdin\b", re.MULTILINE | re.IGNORECASE)


def find_migration(sources: ProjectSources, job: TestJob | None) -> Migration | None:
    """Return what makes the schema before the tests, or None where no file tells of anything."""
    if job is not None:
        step, files = _step(sources, job), _sql_files(sources, job)
        if step or files:
            return Migration(command=step, origin=job.file, sql_files=files)
    told = _alembic(sources) or _of_others(sources)
    django = "DJANGO_SETTINGS_MODULE" in sources.text("manage.py")
    if told is None and not django:
        return None
    for path in _of_all_tests(sources):
        if match := _OWN_SCHEMA.search(sources.text(path)):
            what = " ".join(match[0].strip("(.").split())
            own = _DJANGOS if told is None else told.command
            return Migration(origin=f"the tests make the schema themselves ({path}: {what})", of_service=own)
    if told is None or django:
        return Migration(origin="Django makes the tables of its test database itself", of_service=_DJANGOS)
    return told


def _of_all_tests(sources: ProjectSources) -> Iterator[str]:
    """Yield the files `conftest.py` above all tests; any that lies deeper speaks for its own folder only."""
    names = {"conftest.py", "__init__.py"}
    tests = [path for path in sources.files if is_test_file(path) and posixpath.basename(path) not in names]
    for path in sources.files:
        folder, name = posixpath.split(path)
        usual = folder in ("", "tests", "test")
        if name == "conftest.py" and (usual or (tests and all(test.startswith(f"{folder}/") for test in tests))):
            yield path


def _step(sources: ProjectSources, job: TestJob) -> str:
    """Return the migration commands that the project's own workflow runs before the tests."""
    commands = []
    for placed in job.before:
        program = placed.command.program
        folder = "/" if placed.folder.startswith("/") else posixpath.relpath(placed.folder, sources.place)
        if folder.startswith(("..", "/")) or any("$" in word or "`" in word for word in program):
            continue
        if not _migrates(program) and not _is_own_migration(sources, program, folder):
            continue
        assigned = [f"{name}={shlex.quote(value)}" for name, value in placed.command.env.items() if "$" not in value]
        line = " ".join([*assigned, shlex.join(_runnable(program))])
        commands.append(line if folder == "." else f"(cd {shlex.quote(folder)} && {line})")
    return " && ".join(dict.fromkeys(commands))


def _sql_files(sources: ProjectSources, job: TestJob) -> tuple[str, ...]:
    """Return the files that the workflow gives to psql before the tests, where they are SQL and nothing of psql's."""
    found: dict[str, None] = {}
    for placed in job.before:
        words = placed.command.program
        if words[:1] != ("psql",) or placed.folder.startswith("/"):
            continue
        names = [placed.command.stdin]
        for word, after in zip(words[1:], (*words[2:], ""), strict=True):
            names.append(after if word in ("-f", "--file") else word.partition("--file=")[2])
        for name in filter(None, names):
            path = posixpath.relpath(posixpath.join(placed.folder, name), sources.place)
            if path in sources.files and (text := sources.text(path)) and not _OF_PSQL.search(text):
                found[path] = None
    return tuple(found)


def _migrates(program: tuple[str, ...]) -> bool:
    words = program[:1] + tuple(word for word in program[1:] if not word.startswith("-"))
    match words:
        case ("alembic", *rest):
            return "upgrade" in rest
        case ("flask", *rest):
            return rest[-2:] == ["db", "upgrade"] or rest[:2] == ["db", "upgrade"]
        case ("aerich", "upgrade", *_) | ("yoyo", "apply", *_) | ("dbmate", "up" | "migrate", *_):
            return True
        case ("litestar", *_, "database", "upgrade") | ("piccolo", "migrations", "forwards", *_):
            return True
        case _:
            return False


def _runnable(program: tuple[str, ...]) -> tuple[str, ...]:
    """Write a command as the project's environment has it: its own `python`, before a module of the project's too."""
    if _PYTHON.fullmatch(program[0]):
        return ("python", *program[1:])
    return ("python", "-m", *program) if "." in program[0] and "/" not in program[0] else program


def _is_own_migration(sources: ProjectSources, program: tuple[str, ...], folder: str) -> bool:
    """Tell a command of the project's own that makes the schema by its name: `python db.py migrate`, `flask init-db`.

    Django's `manage.py` is none: its test runner makes the tables of a database of its own.
    """
    words = [word for word in program if not word.startswith("-")]
    if not words or any(_OTHER_DATABASE.search(word) for word in program):
        return False
    if {"db", "migrate"} <= {*words}:
        return False  # Flask-Migrate writes a new migration then
    script, rest = (words[1:2] or [""])[0], words[2:]
    if words[0] == "flask":
        return any(map(_SAYS_SO.fullmatch, words[1:]))
    if _PYTHON.fullmatch(words[0]):
        path = posixpath.normpath(posixpath.join(folder, script))
        if path not in sources.files or "DJANGO_SETTINGS_MODULE" in sources.text(path):
            return False
        return any(map(_SAYS_SO.fullmatch, (posixpath.basename(script).removesuffix(".py"), *rest)))
    module = posixpath.normpath(posixpath.join(folder, words[0].replace(".", "/") + ".py"))
    return (
        "." in words[0]
        and not {module, f"src/{module}"}.isdisjoint(sources.files)
        and any(map(_SAYS_SO.fullmatch, (words[0].rpartition(".")[2], *words[1:])))
    )


def _alembic(sources: ProjectSources) -> Migration | None:
    found = find_alembic(sources)
    if found is not None:
        return Migration(command=found.command, origin=found.why or found.told_by)
    configured = _tool(sources, "alembic").get("script_location")
    if isinstance(configured, str):
        location = posixpath.normpath(configured.replace("%(here)s", "."))
        return Migration(
            command=f"alembic upgrade {heads_at(sources, location)}", origin="pyproject.toml [tool.alembic]"
        )
    return None


def _of_others(sources: ProjectSources) -> Migration | None:
    if _tool(sources, "aerich"):
        return Migration(command="aerich upgrade", origin="pyproject.toml [tool.aerich]")
    if "yoyo.ini" in sources.files:
        return Migration(command="yoyo apply --batch", origin="yoyo.ini")
    return None


def _tool(sources: ProjectSources, name: str) -> Mapping[str, object]:
    return table(table(readable_toml(sources.text("pyproject.toml")).get("tool")).get(name))

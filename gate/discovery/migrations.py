"""What makes the schema of the project's database, as its files tell. Runs nothing."""

import configparser
import posixpath
import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.discovery.sources import ProjectSources, is_test_file
from gate.discovery.test_jobs import TestJob

_OWN_SCHEMA = re.compile(
    r"\.create_all\b|\bcommand\.upgrade\(|\balembic_upgrade\b|\brun_migrations\(|[\"']upgrade[\"'],\s*[\"']heads?[\"']"
    r"|alembic\s+upgrade|\bflask_migrate\b|call_command\([\"']migrate|\bgenerate_schemas\b|\binitializer\("
)
_EXTENSION = re.compile(
    r"CREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"'\\]{0,3}([a-z][\w-]{0,62})"
    r"(?=[\"'\\]|\s*(?:[;)]|$|WITH\b|SCHEMA\b|VERSION\b|CASCADE\b))",
    re.IGNORECASE | re.MULTILINE,
)
# Source: https://docs.djangoproject.com/en/5.2/ref/contrib/postgres/operations/
_DJANGO_EXTENSIONS = {
    "BloomExtension": "bloom",
    "BtreeGinExtension": "btree_gin",
    "BtreeGistExtension": "btree_gist",
    "CITextExtension": "citext",
    "CryptoExtension": "pgcrypto",
    "HStoreExtension": "hstore",
    "TrigramExtension": "pg_trgm",
    "UnaccentExtension": "unaccent",
    "VectorExtension": "vector",
}
_REVISION = re.compile(r"^revision\s*(?::[^=\n]*)?=\s*[\"'](\w+)", re.MULTILINE)
_DOWN = re.compile(r"^down_revision\s*(?::[^=\n]*)?=\s*([^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """`command` makes the schema, run by a shell in the project's folder; "" where none is to be run.

    `origin` says what it was told by, or why none is run.
    """

    command: str = ""
    origin: str = ""


def find_migration(sources: ProjectSources, job: TestJob | None) -> Migration | None:
    """Return what makes the schema before the tests, or None where no file tells of anything."""
    if job is not None and (step := _step(sources, job)):
        return Migration(command=step, origin=job.file)
    told = _alembic(sources) or _of_others(sources)
    django = "DJANGO_SETTINGS_MODULE" in sources.text("manage.py")
    if told is None and not django:
        return None
    for path in ("conftest.py", "tests/conftest.py", "test/conftest.py"):
        # One that lies deeper speaks for its own folder only.
        if match := _OWN_SCHEMA.search(sources.text(path)):
            what = " ".join(match[0].strip("(.").split())
            return Migration(origin=f"the tests make the schema themselves ({path}: {what})")
    if told is None or django:
        return Migration(origin="Django makes the tables of its test database itself")
    return told


def find_extensions(sources: ProjectSources) -> tuple[str, ...]:
    """Return the extensions of PostgreSQL that the project's SQL and migrations create, sorted."""
    found: set[str] = set()
    for path in sources.files:
        if not path.endswith((".sql", ".py", ".sh")) or not (text := sources.text(path)):
            continue
        if "xtension" in text or "EXTENSION" in text:
            found |= {name.lower() for name in _EXTENSION.findall(text) if name.upper() not in ("IF", "IS")}
            if not is_test_file(path) and "migrations" in path:
                found |= {name for call, name in _DJANGO_EXTENSIONS.items() if f"{call}(" in text}
    return tuple(sorted(found - {"plpgsql"}))


def _step(sources: ProjectSources, job: TestJob) -> str:
    """Return the migration commands that the project's own workflow runs before the tests."""
    commands = []
    for placed in job.before:
        program = placed.command.program
        if not _migrates(program) or any("$" in word or "`" in word for word in program):
            continue
        folder = "/" if placed.folder.startswith("/") else posixpath.relpath(placed.folder, sources.place)
        if folder.startswith(("..", "/")):
            continue
        assigned = [f"{name}={shlex.quote(value)}" for name, value in placed.command.env.items() if "$" not in value]
        line = " ".join([*assigned, shlex.join(program)])
        commands.append(line if folder == "." else f"(cd {shlex.quote(folder)} && {line})")
    return " && ".join(dict.fromkeys(commands))


def _migrates(program: tuple[str, ...]) -> bool:
    words = program[:1] + tuple(word for word in program[1:] if not word.startswith("-"))
    match words:
        case ("alembic", *rest):
            return "upgrade" in rest
        case ("flask", *rest):
            return rest[-2:] == ["db", "upgrade"] or rest[:2] == ["db", "upgrade"]
        case ("aerich", "upgrade", *_) | ("yoyo", "apply", *_) | ("dbmate", "up" | "migrate", *_):
            return True
        case _:
            return False


def _alembic(sources: ProjectSources) -> Migration | None:
    inis = [path for path in sources.files if PurePosixPath(path).name == "alembic.ini" and not is_test_file(path)]
    for path in sorted(inis, key=lambda path: (path.count("/"), path)):
        folder = posixpath.dirname(path)
        if folder and _is_of_another(sources, folder):
            continue
        location = _script_location(sources.text(path)).replace("%(here)s", folder or ".")
        if _is_flask(sources, folder):
            return Migration(command="flask db upgrade", origin=path)
        heads = _heads(sources, folder, location)
        if not folder:
            return Migration(command=f"alembic upgrade {heads}", origin=path)
        if f"{posixpath.normpath(location)}/env.py" in sources.files:
            return Migration(command=f"alembic -c {shlex.quote(path)} upgrade {heads}", origin=path)
        return Migration(command=f"cd {shlex.quote(folder)} && alembic upgrade {heads}", origin=path)
    configured = _tool(sources, "alembic").get("script_location")
    if isinstance(configured, str):
        return Migration(
            command=f"alembic upgrade {_heads(sources, '', configured.replace('%(here)s', '.'))}",
            origin="pyproject.toml [tool.alembic]",
        )
    return None


def _is_of_another(sources: ProjectSources, folder: str) -> bool:
    """Tell whether the folder is a project of its own, with its own tests."""
    return f"{folder}/pyproject.toml" in sources.files and any(
        path.startswith((f"{folder}/tests/", f"{folder}/test/")) for path in sources.files
    )


def _is_flask(sources: ProjectSources, folder: str) -> bool:
    return "current_app" in sources.text(posixpath.join(folder, "env.py"))


def _of_others(sources: ProjectSources) -> Migration | None:
    if _tool(sources, "aerich"):
        return Migration(command="aerich upgrade", origin="pyproject.toml [tool.aerich]")
    if "yoyo.ini" in sources.files:
        return Migration(command="yoyo apply --batch", origin="yoyo.ini")
    return None


def _heads(sources: ProjectSources, folder: str, location: str) -> str:
    """Return `heads` where more than one migration has no other behind it."""
    starts = tuple(posixpath.normpath(posixpath.join(base, location)) + "/" for base in {"", folder})
    revisions: set[str] = set()
    behind: set[str] = set()
    for path, text in sources.python():
        if path.startswith(starts) and (revision := _REVISION.search(text)):
            revisions.add(revision[1])
            down = _DOWN.search(text)
            behind |= set(re.findall(r"[\"'](\w+)[\"']", down[1])) if down else set()
    return "heads" if len(revisions - behind) > 1 else "head"


def _script_location(text: str) -> str:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
        return parser.get("alembic", "script_location", fallback="alembic")
    except configparser.Error:
        return "alembic"


def _tool(sources: ProjectSources, name: str) -> dict[str, object]:
    try:
        table = tomllib.loads(sources.text("pyproject.toml")).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return {}
    value = table.get(name) if isinstance(table, dict) else None
    return value if isinstance(value, dict) else {}

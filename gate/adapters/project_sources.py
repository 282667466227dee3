"""Reads what discovery looks at: those of a project's files that can tell something, each bounded. Writes nothing."""

import os
import re
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase, translate
from pathlib import Path

from gate.discovery.sources import COMPOSE, DOCKERFILES, DOTENV, OTHERS, SAMPLES, WORKFLOWS, ProjectSources
from gate.discovery.where import Place, could_describe, find_place
from gate.domain.project import Project
from gate.formats.project_table import describes_project

_MOST_BYTES = 512 * 1024
_MOST_PYTHON = 256 * 1024
_MOST_FILES = 4_000
_MOST_OF_ALL = 32 * 1024 * 1024
_NAMED = (*COMPOSE, *DOTENV, *SAMPLES, *DOCKERFILES, *OTHERS, "alembic.ini", "*.sql")
_IS_NAMED = re.compile("|".join(translate(pattern) for pattern in _NAMED))
# What workflows call: `scripts/test`, `ci/test.sh`.
_IS_SCRIPT = re.compile(r"\.sh\Z|(?:\A|/)(?:scripts?|bin|ci)/[\w-]+\Z")
# What makes a Python file worth looking at; the others are read once, and forgotten.
_TELLING = tuple(
    word.encode()
    for word in (
        *("environ", "getenv", "env_", "_env", "env(", "env.", "Settings", "Config(", "config("),
        *("dj_database_url", "postgres", "sqlite"),
        *("psycopg", "asyncpg", "xtension", "EXTENSION", "create_all", "upgrade", "down_revision", "FastAPI("),
        *("Flask(", "Litestar(", "Starlette(", "create_app", "_application(", "Quart(", "Sanic("),
        *("get_app", "uvicorn"),
        *("create_async_engine", "generate_schemas", "initializer"),
    )
)
_SKIPPED = ("docs/", "node_modules/", "site-packages/", ".venv/", "venv/")


def find_project(repository: Project) -> Place:
    """Return where in a repository the service is; `repository` is the project at its root."""
    files = repository.files
    reader = _Reader(repository.folder)
    describing = {path for path in files if could_describe(path) and _describes(path, reader.text(path, _MOST_BYTES))}
    return find_place(files, describing)


def _describes(path: str, text: str) -> bool:
    return "django" in text.lower() if path.endswith("manage.py") else describes_project(path, text)


def read_sources(project: Project) -> ProjectSources:
    """Read what discovery looks at: of the project, and of the root of its repository."""
    reader = _Reader(project.root)
    place = project.place
    texts: dict[str, str] = {}
    for path in _wanted(project):
        text = reader.python(path) if path.endswith(".py") else reader.text(path, _MOST_BYTES)
        if text:
            texts[path] = text
    return ProjectSources(place=place, files=project.files, texts=texts, passed_over=project.passed_over)


def _wanted(project: Project) -> Iterator[str]:
    place = project.place
    root = sorted(entry.name for entry in os.scandir(project.root) if entry.is_file(follow_symlinks=False))
    workflows = project.root / ".github" / "workflows"
    names = [f".github/workflows/{path.name}" for path in sorted(workflows.iterdir())] if workflows.is_dir() else []
    yield from (name for name in names[:100] if any(fnmatchcase(name, pattern) for pattern in WORKFLOWS))
    if place != ".":
        yield from (name for name in root if _is_named(name))
    for path in project.files:
        if path.startswith(_SKIPPED):
            continue
        if path.endswith(".py") or _is_named(path.rpartition("/")[2]) or _IS_SCRIPT.search(path):
            yield path if place == "." else f"{place}/{path}"


def _is_named(name: str) -> bool:
    return bool(_IS_NAMED.match(name))


class _Reader:
    """Reads files below `root`, no more than so many and so much in all. Follows no link."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files = _MOST_FILES
        self._bytes = _MOST_OF_ALL

    def text(self, path: str, most: int) -> str:
        """Return a file's text, "" where it cannot be read, is too large, or is a link."""
        return self._content(path, most).decode("utf-8", "replace")

    def python(self, path: str) -> str:
        """Return the text of a Python file that can tell something."""
        content = self._content(path, _MOST_PYTHON)
        return content.decode("utf-8", "replace") if any(word in content for word in _TELLING) else ""

    def _content(self, path: str, most: int) -> bytes:
        if self._files <= 0 or self._bytes <= 0:
            return b""
        self._files -= 1
        try:
            # Not blocking: a pipe in the file's place must not hold the run up.
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        except (OSError, ValueError):
            return b""
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return b""
            content = os.read(descriptor, most)
        except OSError:
            return b""
        finally:
            os.close(descriptor)
        self._bytes -= len(content)
        return content

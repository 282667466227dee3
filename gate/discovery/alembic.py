"""How Alembic is told to make the schema: which of its files is meant, and from where it runs. Runs nothing.

Source: https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file
"""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from gate.discovery.asked import ASIDE
from gate.discovery.sources import ProjectSources, is_test_file
from gate.formats.ini_document import readable_ini

_REVISION = re.compile(r"^revision\s*(?::[^=\n]*)?=\s*[\"'](\w+)", re.MULTILINE)
_DOWN = re.compile(r"^down_revision\s*(?::[^=\n]*)?=\s*([^\n]*(?:\n[ \t]+[^\n]*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlembicRun:
    """`command` brings a database up to date, run in the project's folder; `told_by` is the file that says so.

    Where Alembic is not to be run alone, there is no command, but `why`.
    """

    told_by: str
    command: str = ""
    why: str = ""


def find_alembic(sources: ProjectSources) -> AlembicRun | None:
    """Return how the project's Alembic is run, None where it has none. Of several files, the one that code names."""
    files = [path for path in sources.files if path.rpartition("/")[2] == "alembic.ini" and not is_test_file(path)]
    files = [path for path in files if not path.startswith(ASIDE) and not _is_of_another(sources, path)]
    named = _named_in_code(sources, files) if len(files) > 1 else files
    chosen = min(files, key=lambda path: (path not in named, path.count("/"), path), default=None)
    return None if chosen is None else _run(sources, chosen)


def heads_at(sources: ProjectSources, location: str) -> str:
    """Return `heads` where the folder `location` has more than one migration with no other behind it."""
    start = f"{location}/" if location != "." else ""
    revisions: set[str] = set()
    behind: set[str] = set()
    for path, text in sources.python():
        if path.startswith(start) and (revision := _REVISION.search(text)):
            revisions.add(revision[1])
            down = _DOWN.search(text)
            behind |= set(re.findall(r"[\"'](\w+)[\"']", down[1])) if down else set()
    return "heads" if len(revisions - behind) > 1 else "head"


def _run(sources: ProjectSources, path: str) -> AlembicRun:
    here = posixpath.dirname(path) or "."
    location = _script_location(sources.text(path))
    folder = next((folder for folder in _folders(sources, here, location) if _has_env(sources, folder, location)), here)
    scripts = _inside(folder, location.replace("%(here)s", posixpath.relpath(here, folder)))
    env = sources.text(f"{scripts}/env.py") or sources.text(_inside(here, "env.py"))
    if "current_app" in env:
        return AlembicRun(told_by=path, command="flask db upgrade")
    if "advanced_alchemy" in env:
        return AlembicRun(told_by=path, why=f"{path} is for Advanced Alchemy's own command")
    heads = heads_at(sources, scripts)
    ini = posixpath.relpath(path, folder)
    said = f"alembic upgrade {heads}" if ini == "alembic.ini" else f"alembic -c {shlex.quote(ini)} upgrade {heads}"
    if _needs_path(sources, path, folder, env):
        said = f'PYTHONPATH=".:$PYTHONPATH" {said}'
    return AlembicRun(told_by=path, command=said if folder == "." else f"cd {shlex.quote(folder)} && {said}")


def _needs_path(sources: ProjectSources, ini: str, folder: str, env: str) -> bool:
    """Tell whether the scripts import what lies in the folder, and their file does not say that Python looks there.

    A folder `alembic` that is a package would then hide Alembic itself.
    """
    if readable_ini(sources.text(ini)).has_option("alembic", "prepend_sys_path") or "sys.path" in env:
        return False
    if _inside(folder, "alembic/__init__.py") in sources.files:
        return False
    names = re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", env, re.MULTILINE)
    starts = tuple(_inside(folder, name) + ending for name in names for ending in ("/", ".py"))
    return any(path.startswith(starts) and path.endswith(".py") for path in sources.files)


def _folders(sources: ProjectSources, here: str, location: str) -> Iterator[str]:
    """Return the folders from which the scripts may be meant, the likeliest first."""
    yield "."
    if "%(here)s" not in location and ":" not in location:
        yield here
        folder = posixpath.dirname(here)
        while folder:
            yield folder
            folder = posixpath.dirname(folder)
        yield from (path.removesuffix(f"/{location}/env.py") for path in sources.files if _ends(path, location))


def _ends(path: str, location: str) -> bool:
    return path.endswith(f"/{location}/env.py")


def _has_env(sources: ProjectSources, folder: str, location: str) -> bool:
    return f"{_inside(folder, location)}/env.py" in sources.files


def _inside(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _named_in_code(sources: ProjectSources, files: list[str]) -> set[str]:
    """Return those of the files whose path, or folder, a quoted text of the code ends with; tests' word counts too."""
    texts = [text for path, text in sources.python() if "alembic" in text and not path.endswith("/env.py")]
    endings = {path: f'{path}"' for path in files if "/" in path}
    return {path for path, ending in endings.items() if any(ending in text.replace("'", '"') for text in texts)}


def _is_of_another(sources: ProjectSources, path: str) -> bool:
    """Tell whether the folder is a project of its own, with its own tests."""
    folder = posixpath.dirname(path)
    return f"{folder}/pyproject.toml" in sources.files and any(
        path.startswith((f"{folder}/tests/", f"{folder}/test/")) for path in sources.files
    )


def _script_location(text: str) -> str:
    said = readable_ini(text).get("alembic", "script_location", fallback="alembic")
    # `package:folder` is the folder of a package that can be imported.
    return said.replace(".", "/").replace(":", "/") if re.fullmatch(r"[\w.]+:[\w/]+", said) else said

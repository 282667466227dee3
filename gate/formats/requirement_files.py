"""Which files of requirements a project's tests need, by their usual names, and which files those include."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from gate.formats.project_manifest import TEST_NAMES, normalised

FOLDERS = ("requirements", "reqs", "requires")
# Where a project without a requirements.txt keeps what it needs to run, the first that exists.
_MAIN = (
    "requirements.txt",
    *(
        f"{folder}/{name}.txt"
        for folder in FOLDERS
        for name in ("requirements", "base", "main", "default", "common", "production", "prod")
    ),
)
_INCLUDED = re.compile(r"^[ \t]*(?:-r|--requirement)[ \t=]*([^\s#]+)", re.MULTILINE)
# Of files alone: what a developer installs on the own machine, tests included.
_FOR_TESTS = frozenset({*TEST_NAMES, "local"})


def main_requirements(files: Mapping[str, str], here: PurePosixPath) -> str | None:
    """Return the file, relative to `here`, of what the project needs to run, if there is one."""
    return next((name for name in _MAIN if str(here / name) in files), None)


def requirements_for_tests(files: Iterable[str], here: PurePosixPath) -> list[str]:
    """Return the files, relative to `here`, of what the project's tests need."""
    places = (PurePosixPath(path) for path in sorted(files))
    return [str(place.relative_to(here)) for place in places if place.is_relative_to(here) and _named(place, here)]


def with_included(files: Mapping[str, str], paths: Iterable[str]) -> list[str]:
    """Return `paths` and the files among `files` that they include by `-r`, paths as in `files`, each once."""
    found: dict[str, None] = {}
    waiting = [*paths]
    while waiting:
        path = waiting.pop(0)
        if path in files and path not in found:
            found[path] = None
            folder = posixpath.dirname(path)
            waiting += [posixpath.normpath(posixpath.join(folder, name)) for name in _INCLUDED.findall(files[path])]
    return list(found)


def _named(path: PurePosixPath, here: PurePosixPath) -> bool:
    place = path.relative_to(here)
    if place.suffix != ".txt":
        return False
    words = set(normalised(place.stem).split("-"))
    own = words - {"requirements", "reqs"}
    if len(place.parts) == 1:
        return own != words and bool(own) and own <= _FOR_TESTS
    return len(place.parts) == 2 and place.parts[0] in FOLDERS and not own.isdisjoint(_FOR_TESTS)

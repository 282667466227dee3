"""Which Python a project asks for, by its own files. Knows no machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.formats.install_locks import find_lock
from gate.formats.locked_packages import parse_pipfile_lock, parse_tool_lock, pipfile_python
from gate.formats.project_manifest import parse_manifest
from gate.formats.toml_document import parse_toml

_PINNED_VERSION = re.compile(r"(?:cpython-?)?(3\.[0-9]{1,2}(?:\.[0-9]{1,3})?)\Z")
_LOCKED_PYTHON = re.compile(r'^requires-python = "([^"\n]*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPython:
    """The Python a project asks for: `request` in uv's words (`3.12`, or `>=3.11`), and who says so."""

    request: str
    origin: str


def wanted_python(files: Mapping[str, str], project: str = ".") -> WantedPython | None:
    """Return the Python that `.python-version`, or else the lock, the Pipfile or pyproject.toml, asks for.

    Raises:
        UnreadableError: a pyproject.toml is not TOML, or a lock cannot be read.
    """
    here = PurePosixPath(project)
    for folder in (here, *here.parents):
        path = str(folder / ".python-version")
        lines = [line.strip() for line in files.get(path, "").splitlines()]
        pinned = next((_PINNED_VERSION.match(line) for line in lines if line and not line.startswith("#")), None)
        if pinned:  # a name that only pyenv knows is nobody else's business
            return WantedPython(request=pinned[1], origin=path)
    manifest = parse_manifest(files, here)
    lock = find_lock(files, here, manifest)
    if lock is not None:
        locked = _of_lock(files[lock.path], lock.path, lock.tool)
        if locked:
            return WantedPython(request=locked, origin=lock.path)
    if manifest.requires_python:
        return WantedPython(request=manifest.requires_python, origin=str(here / "pyproject.toml"))
    path = str(here / "Pipfile")
    required = pipfile_python(parse_toml(files.get(path, ""), path))
    return WantedPython(request=required, origin=path) if required else None


def _of_lock(text: str, path: str, tool: str) -> str:
    if tool == "uv":  # the largest of all, of which no more is wanted
        found = _LOCKED_PYTHON.search(text)
        return found[1] if found else ""
    parse = parse_pipfile_lock if tool == "pipenv" else parse_tool_lock
    return parse(text, path).requires_python

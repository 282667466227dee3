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
_CLAUSE = re.compile(r"(>=|<=|~=|===?|!=|>|<)?\s*([0-9]{1,6}(?:\.[0-9]{1,6}){0,2})(\.\*)?")
_LOCKED_PYTHON = re.compile(r'^requires-python = "([^"\n]*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPython:
    """The Python a project asks for: `request` in uv's words (`3.12`, or `>=3.11`), and who says so."""

    request: str
    origin: str

    @property
    def is_exact(self) -> bool:
        """Whether one version is asked for rather than a range of them."""
        return bool(re.fullmatch(r"3(\.[0-9]{1,3}){1,2}", self.request))

    def admits(self, version: str) -> bool:
        """Tell whether Python `version` is asked for; of `3.12` alone, whether some 3.12 may be.

        Source: https://packaging.python.org/en/latest/specifications/version-specifiers/, of which only releases
        matter here; what cannot be read admits all, and the installer is its judge.
        """
        found = tuple(map(int, re.findall(r"[0-9]{1,6}", version)[:3]))
        clauses = [self.request] if self.is_exact else self.request.split(",")
        return all(_admits(clause, found) for clause in clauses)


def _admits(clause: str, found: tuple[int, ...]) -> bool:
    bound = _CLAUSE.match(clause.strip())
    if bound is None or not found:
        return True
    release = tuple(map(int, bound[2].split(".")))
    # Compared as far as both are written: a bound that says more than `found` may be met by a later patch.
    width = min(len(found), len(release))
    ours, theirs = found[:width], release[:width]
    is_open = len(found) < len(release)
    admitted = {
        ">=": ours >= theirs,
        ">": ours > theirs or (ours == theirs and (is_open or len(release) < 3)),
        "<": ours < theirs or (ours == theirs and is_open),
        "<=": ours < theirs or (ours == theirs and (width == 3 or found[width:] in ((), (0,)))),
        "!=": ours != theirs or (not bound[3] and width < 3),
        "~=": ours >= theirs and ours[: len(release) - 1] == theirs[: len(release) - 1],
    }
    return admitted.get(bound[1] or "==", ours == theirs)


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

"""What building the project has left in its checkout, which a kept environment needs there. Removes and makes none."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from gate.domain.project import Project

_NOTE = "quality-gate-built.json"
_NOT_ENTERED = {".git", ".hg", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"}
_COMPILED = (".so", ".pyd", ".dylib")
_COMPILED_FROM = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".pyx", ".pxd", ".rs", ".f", ".f90", ".go", ".zig")
_MOST = 10_000
# File systems write a time of their own clock, a few milliseconds behind.
_SLACK = 1.0


def note_built_files(project: Project, made: Path, began: float) -> None:
    """Note in the environment `made` what folders with source hold since `began`, a time as `time.time()` gives it.

    An editable installation uses it from there: a version file that is generated, extension modules.
    """
    sources = {name.partition("/")[0] for name in project.files if name.endswith(".py")}
    changed = (name for name in _changed_since(project.folder, began - _SLACK) if name.partition("/")[0] in sources)
    names = list(islice(changed, _MOST))
    compiled = any(name.endswith(_COMPILED) for name in names)
    note = {"files": names, "sources": _state(project) if compiled else ""}
    (made / _NOTE).write_text(json.dumps(note), encoding="utf-8")


def built_files_are_there(project: Project, made: Path) -> bool:
    """Tell whether what was built for the environment `made` is still in the checkout, and of the same sources."""
    try:
        note = json.loads((made / _NOTE).read_text(encoding="utf-8"))
        files, sources = note["files"], note["sources"]
        there = all((project.folder / name).is_file() for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return there and sources in ("", _state(project))


def _changed_since(folder: Path, since: float) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_ENTERED]
        for name in names:
            path = Path(parent, name)
            try:
                # Not the time of modification, which a build may set to what it likes.
                changed = path.lstat().st_ctime
            except OSError:
                continue
            if changed >= since:
                yield str(path.relative_to(folder))


def _state(project: Project) -> str:
    """Return a digest of the sources that extension modules are compiled from, by their sizes and times."""
    states: list[Sequence[object]] = []
    for name in project.files:
        if name.endswith(_COMPILED_FROM):
            try:
                status = (project.folder / name).stat()
            except OSError:
                continue
            states.append((name, status.st_size, status.st_mtime_ns))
    return hashlib.sha256(json.dumps(states).encode(errors="surrogatepass")).hexdigest()

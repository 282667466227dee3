"""Reads the files that tell how a project is installed. Follows nothing out of the repository."""

import re
from pathlib import Path, PurePosixPath

from gate.domain.project import Project

_IN_EVERY_FOLDER = ("pyproject.toml", "uv.lock", ".python-version")
_NAMES = ("setup.py", "setup.cfg", *_IN_EVERY_FOLDER)
_PATTERNS = ("*requirements*.txt", "*requirements*.in", "*constraints*.txt", "requirements/*.txt")
_INCLUDED = re.compile(r"^\s*(?:-[rc]|--requirement|--constraint)[ \t=]*([^\s#]+)", re.MULTILINE)
# A uv.lock of a large workspace has some megabytes.
_LARGEST = 32 * 1024 * 1024


def read_install_files(project: Project) -> dict[str, str]:
    """Return the texts by path relative to the repository root, with the files of requirements they include.

    The folder `src` is named with a slash at its end. What cannot be read is left out.
    """
    folder, root = project.folder, project.root
    above = [parent for parent in folder.parents if parent.is_relative_to(root)]
    paths = [folder / name for name in _NAMES] + [parent / name for parent in above for name in _IN_EVERY_FOLDER]
    paths += sorted(path for pattern in _PATTERNS for path in folder.glob(pattern))
    texts: dict[str, str] = {}
    while paths:
        path = paths.pop()
        place = _place(path, root)
        text = _text(path, root) if place and place not in texts else None
        if place is None or text is None:
            continue
        texts[place] = text
        if path.suffix in {".txt", ".in"}:
            paths += [path.parent / included for included in _INCLUDED.findall(text)]
    if (folder / "src").is_dir():
        texts[str(PurePosixPath(project.place) / "src") + "/"] = ""
    return texts


def _place(path: Path, root: Path) -> str | None:
    """Write `path` relative to `root`, None if it lies elsewhere or is no path at all."""
    try:
        folder = path.parent.resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return (folder / path.name).relative_to(root).as_posix() if folder.is_relative_to(root) else None


def _text(path: Path, root: Path) -> str | None:
    try:
        if not path.is_file() or not path.resolve().is_relative_to(root) or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return None

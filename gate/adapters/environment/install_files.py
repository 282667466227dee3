"""Reads the files that tell how a project is installed. Follows nothing out of the repository."""

import re
from pathlib import Path, PurePosixPath

from gate.domain.project import Project
from gate.formats.requirement_files import FOLDERS

# Where a project has none of its own, those of a folder above hold.
_NAMES = (
    *("pyproject.toml", "setup.py", "setup.cfg", "hatch.toml", ".python-version"),
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "tox.ini", "tox.toml", "noxfile.py"),
    *("Dockerfile", ".tool-versions", "runtime.txt"),
)
# A package beside requirements at the root may have its own files in `src`.
_IN_SRC = ("src/pyproject.toml", "src/setup.py", "src/setup.cfg")
_PATTERNS = (
    *("*requirements*.txt", "*requirements*.in", "*reqs*.txt", "*constraints*.txt"),
    *(f"{folder}/*.txt" for folder in FOLDERS),
)
_WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml")
_INCLUDED = re.compile(r"^\s*(?:-[rc]|--requirement|--constraint)[ \t=]*([^\s#]+)", re.MULTILINE)
# Files elsewhere that a command in one of these installs: `-r{toxinidir}/tests/requirements.txt`.
_HOLD_COMMANDS = {"tox.ini", "tox.toml", "pyproject.toml", "setup.cfg", "noxfile.py", "hatch.toml"}
_NAMED = re.compile(
    r"(?:-r|-c|--requirement|--constraint)[\"', \t=]{0,4}(?:\{(?:toxinidir|tox_root)\}/)?"
    r"((?:[\w.-]{1,100}/){0,5}[\w.-]{1,100}\.(?:txt|in|pip))\b"
)
_MOST_NAMED = 20
# A uv.lock of a large workspace has some megabytes.
_LARGEST = 32 * 1024 * 1024


def read_install_files(project: Project) -> dict[str, str]:
    """Return the texts by path relative to the repository root, with the files of requirements they include.

    Folders with Python files are named with a slash at their end, and modules without their text. What cannot be read
    is left out.
    """
    folder, root = project.folder, project.root
    folders = [place for place in (folder, *folder.parents) if place.is_relative_to(root)]
    paths = [place / name for place in folders for name in (*_NAMES, *_IN_SRC)]
    paths += sorted(path for place in folders for pattern in _PATTERNS for path in place.glob(pattern))
    paths += sorted(path for pattern in _WORKFLOWS for path in root.glob(pattern))
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
        if path.name in _HOLD_COMMANDS or path.suffix in {".yml", ".yaml"}:
            above = (path.parent,) if path.name in _HOLD_COMMANDS else (folder, root)
            paths += [base / named for base in above for named in _NAMED.findall(text)[:_MOST_NAMED]]
    return {**_modules(project), **texts}


def _modules(project: Project) -> dict[str, str]:
    """Return the names of what can be imported from the project's folder or its `src`, and of `src` itself."""
    folder, place = project.folder, PurePosixPath(project.place)
    found = [str(place / "src") + "/"] if (folder / "src").is_dir() else []
    for above in ("", "src"):
        for path in sorted((folder / above).glob("*")):
            name = str(place / above / path.name)
            if path.suffix == ".py" and path.name not in _NAMES:
                found.append(name)
            elif path.name.isidentifier() and path.is_dir() and next(path.glob("*.py"), None) is not None:
                found.append(name + "/")
    return dict.fromkeys(found, "")


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

"""Whether it is the base's code that runs beside the change's, and with which packages. Pure.

What is installed editable, or as a copy, leads to the change's checkout wherever it is imported from.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from gate.formats.service_inventory import Inventory

LOCKS = (
    *("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"),
    *("requirements.txt", "requirements.in", "requirements/base.txt", "requirements/prod.txt"),
)
"""The files that decide which packages a service runs with, beside the tables of its `pyproject.toml`."""
MANIFEST = "pyproject.toml"
_SRC = "src"


def import_path(change: Inventory | None, head: Path, base: Path, place: str, given: str) -> str:
    """Return the value of PYTHONPATH by which code is imported from `base` that the change's comes from `head`.

    `place` is the project's folder relative to both, `given` the value that there would be.
    """
    own = [base / place, base / place / _SRC]
    used = [base / inside for inside in _inside(change.import_roots if change is not None else (), head)]
    moved = [_moved(one, head, base) for one in given.split(":") if one]
    return ":".join(dict.fromkeys([*map(str, [*used, *own]), *moved]))


def not_of_base(told: Inventory | None, head: Path, base: Path) -> str:
    """Say why what runs is not the base's code, "" where it is."""
    if told is None or not told.app_file:
        return "it does not tell where its code was imported from"
    if _below(told.app_file, base) is None:
        where = "this change's own checkout" if _below(told.app_file, head) is not None else "an installed package"
        return f"the application was imported from {where}, and not from the base's files"
    if change := next(_inside(told.import_roots, head, but=base), None):
        return f"some of its code was imported from this change's own {change.as_posix()}/"
    for url in told.copied_from:
        copied = _below(unquote(urlsplit(url).path), head)
        if copied is not None:
            return f"some of its code is an installed copy of this change's own {copied.as_posix()}/"
    return ""


def other_packages(head: Mapping[str, bytes | None], base: Mapping[str, bytes | None]) -> tuple[str, ...]:
    """Return which of the files that decide about packages say something else at the base, of those by name."""
    differing = [name for name in LOCKS if head.get(name) != base.get(name)]
    if not differing and _requirements(head.get(MANIFEST)) != _requirements(base.get(MANIFEST)):
        differing.append(MANIFEST)
    return tuple(differing)


def _requirements(content: bytes | None) -> Any:  # noqa: ANN401
    """Return what a manifest requires; that it cannot be read is a difference of its own."""
    try:
        read = tomllib.loads((content or b"").decode("utf-8", "replace"))
        project, poetry = read.get("project", {}), read.get("tool", {}).get("poetry", {})
        tables = (project.get("dependencies"), project.get("optional-dependencies"), poetry.get("dependencies"))
        return tables, poetry.get("group")
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return content


def _inside(roots: Iterable[str], folder: Path, *, but: Path | None = None) -> Iterator[PurePosixPath]:
    """Yield those of the folders that lie in `folder`, relative to it: what is installed there is no code of it."""
    for one in roots:
        inside = _below(one, folder)
        if inside is None or "site-packages" in inside.parts or (but is not None and _below(one, but) is not None):
            continue
        yield inside


def _below(path: str, folder: Path) -> PurePosixPath | None:
    for start in (folder, folder.resolve()):
        if PurePosixPath(path).is_relative_to(start):
            return PurePosixPath(path).relative_to(start)
    return None


def _moved(entry: str, head: Path, base: Path) -> str:
    inside = _below(entry, head)
    return entry if inside is None else str(base / inside)

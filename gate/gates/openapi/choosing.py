"""Which file is a project's OpenAPI document. Reads none of them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from gate.domain.project import Project
from gate.gates.openapi.component_users import operations_of

MOST_CANDIDATES = 20

# Such as openapi.json, openapi3.yml, openapi.v1.json, backend-openapi.yaml, openapi.generated.yml, api-spec.json.
_NAME = re.compile(
    r"(?:.*/)?(?:[\w-]{1,60}[._-])?(?:openapi|swagger|api[._-]?spec)"
    r"(?:[._-]?(?:v?\d[\d.]{0,20}|schema|specs?|generated|docs?))?\.(?:json|ya?ml)\Z",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(r"(?:^|/)(?:tests?|node_modules|site-packages|fixtures|samples|examples|vendor|\.[^/]+)/")


_PLAIN = ("openapi", "swagger")
USUAL = tuple(
    f"{folder}{name}{ending}"
    for folder in ("", "docs/", "api/", "app/", "doc/", "schema/", "frontend/")
    for name in _PLAIN
    for ending in (".json", ".yaml", ".yml")
)


def places(project: Project, named: str) -> tuple[Path, ...]:
    """Return where the document may be: in the project's folder, else in the repository around it."""
    if named:
        around = project.root / named
        return (around if not (project.folder / named).exists() and around.exists() else project.folder / named,)
    if found := candidates(project.files):
        return tuple(project.folder / path for path in found)
    return tuple(path for path in (project.root / name for name in USUAL) if path.is_file())


def is_called_so(path: Path) -> bool:
    """Tell whether a file's name says that it is the document, even where what it holds does not."""
    return path.stem.lower() in _PLAIN


def is_link_outside(project: Project, path: Path) -> bool:
    """Tell whether a path leads out of the repository by a link, or by links in a circle nowhere at all."""
    try:
        return not path.resolve().is_relative_to(project.root.resolve())
    except (OSError, RuntimeError):
        return True


def candidates(files: Sequence[str]) -> tuple[str, ...]:
    """Return the files that may be the document, those nearest to the top first."""
    found = (path for path in files if _NAME.match(path) and not _NOT_OURS.search(path))
    return tuple(sorted(found, key=_rank)[:MOST_CANDIDATES])


def _rank(path: str) -> tuple[int, bool, bool, str]:
    stem = PurePosixPath(path).stem.lower()
    return path.count("/"), "openapi" not in path.lower(), stem not in _PLAIN, path


def nearest(found: Mapping[Path, Mapping[str, Any]], generated: Mapping[str, Any] | None) -> Path:
    """Return the path of the document whose operations are most like those of the application; else the first."""
    if generated is None:
        return next(iter(found))
    wanted = operations_of(generated).keys()

    def likeness(path: Path) -> float:
        own = operations_of(found[path]).keys()
        return len(own & wanted) / (len(own | wanted) or 1)

    return max(found, key=likeness)

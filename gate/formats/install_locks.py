"""Finds the lock that holds for a project. Where there are several, the tool that the project is set up for decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from gate.formats.project_manifest import Manifest, parse_manifest
from gate.formats.toml_document import table

# What the backends of each tool's own projects begin with.
_BACKENDS = {"uv": "uv_build", "poetry": "poetry", "pdm": "pdm"}
_FILES = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
# What brings each into line with the manifest; of its own uv says it itself.
UPDATES = {
    "poetry": "poetry.lock is older than pyproject.toml, or not for this Python: run `poetry lock` and commit it",
    "pdm": "pdm.lock is older than pyproject.toml, or not for this Python: run `pdm lock` and commit it",
    "pipenv": "Pipfile.lock does not fit this Python: set `python-version`, or run `pipenv lock` and commit it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLock:
    """The lock at `path` of `tool`; `set_aside` are locks of other tools beside it, and `why` they are."""

    tool: str
    path: str
    set_aside: tuple[str, ...] = ()
    why: str = ""

    @property
    def folder(self) -> PurePosixPath:
        """The folder that it lies in."""
        return PurePosixPath(self.path).parent


def find_lock(files: Mapping[str, str], here: PurePosixPath, manifest: Manifest) -> FoundLock | None:
    """Return the lock of the project in `here`, whose manifest is `manifest`; uv's may lie at its workspace's root."""
    tables = table(manifest.document.get("tool"))
    root = _uv_root(files, here)
    found = {"uv": str(root / "uv.lock")} if root is not None else {}
    for tool in ("poetry", "pdm", "pipenv"):
        path = str(here / _FILES[tool])
        known = tool == "pipenv" or tool in tables or manifest.backend.startswith(tool)
        if path in files and (known or (tool == "pdm" and manifest.has_table)):
            found[tool] = path
    reasons = {tool: _reason(tool, tables, manifest.backend) for tool in found}
    if "poetry" in found and not manifest.has_table:
        reasons.pop("uv", None)  # uv cannot read such a project
    if not reasons:
        return None
    tool = next((tool for tool, why in reasons.items() if why), next(iter(reasons)))
    others = tuple(_FILES[other] for other in found if other != tool)
    return FoundLock(tool=tool, path=found[tool], set_aside=others, why=reasons[tool] if others else "")


def _reason(tool: str, tables: Mapping[str, object], backend: str) -> str:
    if tool in _BACKENDS and backend.startswith(_BACKENDS[tool]):
        return f"the build backend is {backend.partition('.')[0]}"
    return f"there is [tool.{tool}]" if tool in tables else ""


def _uv_root(files: Mapping[str, str], here: PurePosixPath) -> PurePosixPath | None:
    """Find the folder with the uv.lock that holds for the project: its own, or its workspace's."""
    if str(here / "pyproject.toml") not in files:
        return None
    if str(here / "uv.lock") in files:
        return here
    for root in here.parents:
        if str(root / "uv.lock") in files and parse_manifest(files, root).has_member(here.relative_to(root)):
            return root
    return None

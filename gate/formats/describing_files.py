"""Names the files that tell what a project depends on. Decides nothing about what is installed of them."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from gate.formats.install_locks import find_lock
from gate.formats.project_manifest import Manifest, parse_manifest
from gate.formats.requirement_files import main_requirements, requirements_for_tests


def told_by(files: Mapping[str, str], project: str = ".") -> str:
    """Name the files that tell what the project in the folder `project` depends on, "" where none does.

    Paths are relative to that folder, of files above it to the repository root. Of locks and requirements only the
    paths matter, so that `files` need not hold their texts.

    Raises:
        UnreadableError: a pyproject.toml is not TOML.
    """
    here = PurePosixPath(project)
    for folder in (here, *here.parents):
        manifest = parse_manifest(files, folder)
        lock = find_lock(files, folder, manifest)
        listed = [path for path in (main_requirements(files, folder), *requirements_for_tests(files, folder)) if path]
        if lock is not None:
            listed = [PurePosixPath(lock.path).name] if lock.folder == folder else [lock.path]
        elif not listed and str(folder / "Pipfile") in files:
            listed = ["Pipfile"]
        elif not listed and is_described(manifest):
            listed = [manifest.file]
        if listed:
            return ", ".join(path if folder == here else str(folder / path) for path in listed)
    return ""


def is_described(manifest: Manifest) -> bool:
    """Tell whether a manifest says what its project depends on, or that it is a package."""
    by_tool = manifest.tool_project
    return bool(manifest.installable or manifest.has_table or manifest.groups or by_tool.main or by_tool.groups)

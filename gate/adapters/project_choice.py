"""Which folder of a repository is gated: the one that was given, or the only service in it. Writes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gate.adapters.project_files import read_project
from gate.adapters.project_sources import find_project
from gate.config.files import parse_pyproject
from gate.config.resolve import ConfigurationError
from gate.configuration import PYPROJECT, YAML_NAMES
from gate.domain.project import Project
from gate.domain.report import Problem


def choose_project(folder: Path, environment: Mapping[str, str], *, configured: bool) -> Project:
    """Return the project in `folder`, or in the one folder below it that has a service.

    Nothing is searched for where the user decided: by a configuration (`configured`, or one in the folder), by the
    input `working-directory`, or by the path of a folder inside a repository.

    Raises:
        ConfigurationError: several folders may be it; it says what to write.
    """
    project = read_project(folder)
    decided = environment.get("QUALITY_GATE_WORKING_DIRECTORY", "").strip().strip("/") not in ("", ".")
    if configured or decided or project.place != "." or has_configuration(project.folder):
        return project
    place = find_project(project)
    if place.choices:
        raise ConfigurationError([_undecided(place.choices)])
    if place.folder == ".":
        return project
    found = read_project(project.folder / place.folder)
    return replace(found, root=project.root, passed_over=place.others)


def has_configuration(folder: Path) -> bool:
    """Tell whether a file in `folder` configures Quality Gate."""
    if any((folder / name).is_file() for name in YAML_NAMES):
        return True
    try:
        return parse_pyproject((folder / PYPROJECT).read_text("utf-8"), PYPROJECT) is not None
    except (OSError, UnicodeDecodeError):
        return False
    except ConfigurationError:
        # It will be told where the configuration is read.
        return True


def _undecided(choices: tuple[str, ...]) -> Problem:
    first = choices[0]
    return Problem(
        place="working-directory",
        value="",
        message=f"several folders may be the service: {', '.join(choices[:10])}",
        instead=f"`working-directory: {first}` under `with:` in the workflow, or `quality-gate run {first}`",
    )

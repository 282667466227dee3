"""Writes what `quality-gate init` proposes: new files, and a table at the end of pyproject.toml. Overwrites nothing."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gate.adapters.project_choice import has_configuration
from gate.configuration import PYPROJECT, YAML_NAMES
from gate.discovery.model import Discovery
from gate.discovery.standing import Standing
from gate.discovery.starter import PUBLISHER, PUBLISHER_PATH, WORKFLOW_PATH, pyproject_table, workflow, yaml_file
from gate.domain.project import Project

_NOT_KNOWN = Standing()


class InTheWay(Exception):
    """Something is there already, or cannot be read: what, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterFile:
    """A file to be written: `text` is the whole of it, `added` what is new in it."""

    path: Path
    text: str
    added: str


def starter_files(
    project: Project,
    discovery: Discovery,
    standing: Standing = _NOT_KNOWN,
) -> tuple[StarterFile, ...]:
    """Return what is to be written for a project that stands as it does.

    Raises:
        InTheWay: a workflow or a configuration is there already.
    """
    workflows = {WORKFLOW_PATH: workflow(project.place), PUBLISHER_PATH: PUBLISHER}
    for path in workflows:
        if os.path.lexists(project.root / path):
            raise InTheWay(f"{path} is there already: remove it first, or edit it")
    if has_configuration(project.folder):
        raise InTheWay(f"{project.located('.')} is configured already ({PYPROJECT} or {YAML_NAMES[0]}): edit that")
    files = (StarterFile(path=project.root / path, text=text, added=text) for path, text in workflows.items())
    return (*files, _configuration(project, discovery, standing))


def _configuration(project: Project, discovery: Discovery, standing: Standing) -> StarterFile:
    path = project.folder / PYPROJECT
    if not os.path.lexists(path):
        text = yaml_file(discovery, standing)
        return StarterFile(path=project.folder / YAML_NAMES[0], text=text, added=text)
    table = pyproject_table(discovery, standing)
    try:
        # As bytes: the ends of lines stay what they are.
        before = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InTheWay(f"{project.located(PYPROJECT)} cannot be read: {error}") from None
    if path.is_symlink():
        raise InTheWay(f"{project.located(PYPROJECT)} is a link: it is not written to")
    if "\r\n" in before:
        table = table.replace("\n", "\r\n")
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    return StarterFile(path=path, text=before + gap + table, added=table)


def write_starter_files(files: tuple[StarterFile, ...]) -> None:
    """Write all of them, or none where one cannot be written.

    Raises:
        InTheWay: a file cannot be written.
    """
    written: list[tuple[str, Path]] = []
    try:
        for file in files:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".quality-gate-", dir=file.path.parent)
            written.append((name, file.path))
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(file.text.encode())
            mode = file.path.stat().st_mode & 0o777 if file.path.exists() else 0o644
            os.chmod(name, mode)  # noqa: PTH101 - a name from mkstemp
        for name, path in written:
            os.replace(name, path)  # noqa: PTH105 - as above
    except OSError as error:
        for name, _ in written:
            Path(name).unlink(missing_ok=True)
        raise InTheWay(f"cannot write: {error}") from None

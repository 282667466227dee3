"""How the project itself runs its tests: the arguments of pytest in tox.ini, noxfile.py and workflows. Runs none."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from gate.discovery.model import SuiteCommands
from gate.discovery.sources import ProjectSources
from gate.discovery.test_jobs import placed_commands
from gate.formats.nox_file import parse_nox_commands
from gate.formats.pytest_command import PytestCommand, is_pytest, parse_pytest_command
from gate.formats.tox_file import parse_tox_commands
from gate.formats.workflow_file import parse_workflow

_MOST_SESSIONS = 4
_MOST_COMMANDS = 40

Program = tuple[str, ...]


def suite_commands(sources: ProjectSources) -> SuiteCommands:
    """Return what the first of tox.ini, noxfile.py and the workflows says that runs pytest, where all in it agree."""
    known = _with_folders(sources.files)
    for origin, groups in _origins(sources):
        of_pytest = [[program for program in group if is_pytest(program)] for group in groups]
        found = [_sessions(group, known) for group in of_pytest if group]
        if found:
            first = found[0]
            agreed = first is not None and len(first) <= _MOST_SESSIONS and all(other == first for other in found)
            says_more = any(session != PytestCommand() for session in first or ())
            return SuiteCommands(sessions=first or (), origin=origin) if agreed and says_more else SuiteCommands()
    return SuiteCommands()


def _origins(sources: ProjectSources) -> Iterator[tuple[str, Iterable[tuple[Program, ...]]]]:
    yield "tox.ini", parse_tox_commands(sources.text("tox.ini"))
    yield "noxfile.py", parse_nox_commands(sources.text("noxfile.py"))
    groups: list[tuple[Program, ...]] = []
    first = ""
    for path, text in sources.workflows():
        for job in parse_workflow(path, text):
            placed = (one for step in job.steps for one in placed_commands(step, sources.texts))
            groups.append(tuple(one.command.program for one in placed if one.folder == sources.place))
            first = first or (path if any(map(is_pytest, groups[-1])) else "")
    yield first, groups


def _with_folders(files: Collection[str]) -> Collection[str]:
    known = {*files, "."}
    for file in files:
        while (file := posixpath.dirname(file)) and file not in known:
            known.add(file)
    return known


def _sessions(programs: Sequence[Program], known: Collection[str]) -> tuple[PytestCommand, ...] | None:
    """Return the sessions that the commands of one job make; None where one of them is not wholly understood."""
    if len(programs) > _MOST_COMMANDS:
        return None
    found: list[PytestCommand] = []
    for program in programs:
        command = parse_pytest_command(program)
        placed = _placed(command, known) if command is not None else None
        if placed is None:
            return None
        found.append(placed)
    return tuple(dict.fromkeys(found))


def _placed(command: PytestCommand, known: Collection[str]) -> PytestCommand | None:
    """Write the paths as the project has them, None where one is not there."""
    paths = []
    for path in command.paths:
        written, sep, rest = path.partition("::")
        place = posixpath.normpath(written)
        there = next((one for one in (place, f"src/{place}") if one in known), None)
        if there is None:
            return None
        paths.append(f"{there}{sep}{rest}")
    return replace(command, paths=tuple(paths))

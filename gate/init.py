"""The verb `init`: writes down what is found and how the project stands, for the user to read and change.

Part of the composition root: it runs the gates once, as `run` does.
"""

import io
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from gate.adapters.project_choice import choose_project
from gate.adapters.project_sources import read_sources
from gate.adapters.starter_files import InTheWay, StarterFile, starter_files, write_starter_files
from gate.compose import RunArguments, run
from gate.config.action_inputs import for_the_run
from gate.config.resolve import ConfigurationError
from gate.discovery.discover import discover
from gate.discovery.standing import Standing, standing_of
from gate.domain.project import Project
from gate.domain.report import Verdict
from gate.render.escape import console_line
from gate.report_file import UnreadableReportError, read_report

_INTERRUPTED = 130
_MOST_FAILING = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class InitArguments:
    """The arguments of `init`; without `run_gates` nothing is known of how the project stands."""

    path: Path
    dry_run: bool = False
    run_gates: bool = True


def init(arguments: InitArguments, environment: Mapping[str, str]) -> int:
    """Write the workflows and the configuration, or print them, and return the exit status.

    What is red today is written down so that it is green: old findings, low coverage; never a failing test.
    """
    path = arguments.path
    if not path.is_dir():
        _complain(f"{path} is not a folder: give the folder of the project")
        return Verdict.MISCONFIGURED.exit_code
    try:
        project = choose_project(path, environment, configured=False)
        discovery = discover(read_sources(project))
        # What is in the way is told before the tests have run, not after.
        starter_files(project, discovery)
        standing = _standing(path, environment) if arguments.run_gates else Standing()
        if standing is None:
            _complain("interrupted: nothing was written; --no-run does not run the gates")
            return _INTERRUPTED
        files = starter_files(project, discovery, standing)
        if not arguments.dry_run:
            write_starter_files(files)
    except ConfigurationError as error:
        problem = error.problems[0]
        instead = problem.instead.replace("quality-gate run", "quality-gate init")
        _complain(f"{problem.message}; write {instead}")
        return Verdict.MISCONFIGURED.exit_code
    except (InTheWay, OSError) as error:
        _complain(str(error))
        return Verdict.MISCONFIGURED.exit_code
    _tell(project, files, standing, arguments)
    return 0


def _standing(path: Path, environment: Mapping[str, str]) -> Standing | None:
    """Run the gates on the project as it is, following them as in `run`; None where that was interrupted."""
    with tempfile.TemporaryDirectory(prefix="quality-gate-init-") as folder:
        arguments = RunArguments(
            path=path,
            out=Path(folder),
            config=None,
            assignments=("baseline=off",),
            exit_zero=True,
            in_action=False,
        )
        # What the gates found is counted below; the report itself is gone when this ends.
        with redirect_stdout(io.StringIO()):
            status = run(arguments, for_the_run(environment))
        if status == _INTERRUPTED:
            return None
        try:
            return standing_of(read_report(Path(folder)))
        except UnreadableReportError as error:
            return Standing(undecided=(str(error),))


def _tell(project: Project, files: tuple[StarterFile, ...], standing: Standing, arguments: InitArguments) -> None:
    for file in files:
        place = project.located(str(file.path))
        print(console_line(f"# {place}" if arguments.dry_run else f"wrote {place}:"))
        print("\n".join(console_line(line) for line in file.added.splitlines()) + "\n")
    if arguments.run_gates and not standing.lines and not standing.failing:
        print("How it stands today: no gate is red, so that nothing had to be let pass.\n")
    if standing.lines:
        print("How it stands today:")
        print("\n".join(console_line(f"  {line}") for line in standing.lines) + "\n")
    if (standing.number or standing.coverage is not None) and not os.path.lexists(project.root / ".git"):
        print("What is new is told by git: as long as this is no repository, every finding counts, and the limits for")
        print("what a change does to coverage cannot be judged.\n")
    if failing := standing.failing:
        one = len(failing) == 1
        print("1 test fails today; mend it first:" if one else f"{len(failing)} tests fail today; mend them first:")
        print("\n".join(console_line(f"  {name}") for name in failing[:_MOST_FAILING]))
        print(f"  … and {len(failing) - _MOST_FAILING} more\n" if len(failing) > _MOST_FAILING else "")
    if not arguments.dry_run:
        print("Next: put the owner of the action in the place of OWNER, read what was found, commit all three, and")
        print("open a pull request. On this machine: quality-gate run")


def _complain(words: str) -> None:
    print(console_line(f"quality-gate: {words}"), file=sys.stderr)

"""The verb `init`: writes down what is found, for the user to read and change. Part of the composition root."""

import sys
from collections.abc import Mapping
from pathlib import Path

from gate.adapters.project_choice import choose_project
from gate.adapters.project_sources import read_sources
from gate.adapters.starter_files import InTheWay, starter_files, write_starter_files
from gate.config.resolve import ConfigurationError
from gate.discovery.discover import discover
from gate.domain.report import Verdict
from gate.render.escape import console_line


def init(path: Path, *, dry_run: bool, environment: Mapping[str, str]) -> int:
    """Write the workflows and the configuration that was found, or print them, and return the exit status."""
    if not path.is_dir():
        print(console_line(f"quality-gate: {path} is not a folder: give the folder of the project"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    try:
        project = choose_project(path, environment, configured=False)
        files = starter_files(project, discover(read_sources(project)))
        if not dry_run:
            write_starter_files(files)
    except ConfigurationError as error:
        problem = error.problems[0]
        instead = problem.instead.replace("quality-gate run", "quality-gate init")
        print(console_line(f"quality-gate: {problem.message}; write {instead}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    except (InTheWay, OSError) as error:
        print(console_line(f"quality-gate: {error}"), file=sys.stderr)
        return Verdict.MISCONFIGURED.exit_code
    for file in files:
        place = project.located(str(file.path))
        print(console_line(f"# {place}" if dry_run else f"wrote {place}:"))
        print("\n".join(console_line(line) for line in file.added.splitlines()) + "\n")
    if not dry_run:
        print("Next: put the owner of the action in the place of OWNER, read what was found, commit all three, and")
        print("open a pull request. On this machine: quality-gate run")
    return 0

"""What the job that runs a project's tests installs before, by its workflow files. Runs nothing of them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from gate.formats.install_hints import InstallHints, joined, parse_install_command
from gate.formats.shell_lines import ShellCommand, parse_commands
from gate.formats.workflow_file import WorkflowJob, parse_workflow

_FOLDER = PurePosixPath(".github/workflows")
_RUNS_TESTS = frozenset({"pytest", "py.test", "unittest"})
_HAS_TARGETS = frozenset({"make", "just", "task"})
_TARGET_OF_TESTS = re.compile(r"(?:[\w.-]{0,80}[-_:.])?(?:tests?|unittests?|pytest)(?:[-_:.][\w.:-]{0,80})?")
# Jobs whose extras say nothing of tests.
_OTHER_JOB = re.compile(r"doc|lint|format|style|typ(?:e|ing)|mypy|publish|release|deploy|bench", re.IGNORECASE)


def parse_workflow_installs(files: Mapping[str, str], here: PurePosixPath) -> tuple[InstallHints, ...]:
    """Return what each job that runs tests in the folder `here` installs, of all workflow files among `files`.

    Where no job is known to run them, the extras that the jobs install whose names tell of no other purpose.
    """
    found, others = [], []
    for path in sorted(files):
        place = PurePosixPath(path)
        if place.parent == _FOLDER and place.suffix in {".yml", ".yaml"}:
            for job in parse_workflow(path, files[path]):
                commands = list(_commands(job, here))
                hints = joined((parse_install_command(command.argv) for command in commands), path)
                if any(map(_is_of_tests, commands)):
                    found.append(hints)
                elif not runs_tests(job) and not _OTHER_JOB.search(f"{job.name} {place.stem}"):
                    others.append(InstallHints(origin=path, extras=hints.extras, all_extras=hints.all_extras))
    return tuple(filter(None, found or others))


def _commands(job: WorkflowJob, here: PurePosixPath) -> Iterator[ShellCommand]:
    for step in job.steps:
        folder = PurePosixPath(step.working_directory or ".")
        for command in parse_commands(step.run):
            if command.argv[:1] == ("cd",) and len(command.argv) == 2:
                folder /= command.argv[1]
            elif folder == here:
                yield command


def runs_tests(job: WorkflowJob) -> bool:
    """Tell whether a job runs tests, in any folder."""
    return any(_is_of_tests(command) for step in job.steps for command in parse_commands(step.run))


def _is_of_tests(command: ShellCommand) -> bool:
    words = command.program
    if words[0] in _HAS_TARGETS:
        return any(_TARGET_OF_TESTS.fullmatch(word) for word in words[1:])
    return words[0] in _RUNS_TESTS or (words[0] == "python" and "manage.py" in str(words[1:2]) and "test" in words[2:3])

"""What the project's own workflow does before and while it runs the tests. Runs none of it."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gate.discovery.sources import ProjectSources
from gate.formats.compose_file import is_postgres_image
from gate.formats.shell_lines import ShellCommand, parse_commands
from gate.formats.step_variables import exported, written_to_env
from gate.formats.workflow_file import WorkflowJob, WorkflowStep, parse_workflow

_RUNNERS = {"pytest", "py.test", "unittest", "tox", "nox"}
_NAMES_OF_SCRIPTS = ("test", "tests", "test-cov", "coverage", "cov", "pytest", "test-unit", "unit-tests")
# `make test-docker`, `task test:unit`, `just unit-test`.
_TARGET = re.compile(r"(.{1,60}[-_:])?tests?([-_:].{1,60})?\Z")
_PREPARING = re.compile(r"install|setup|deps|requirements|build|lint|clean|image|format|env\b")
_WITH_TARGETS = ("make", "just", "task")
_SCRIPTED = (*_WITH_TARGETS, "bash", "sh", "hatch", "inv", "poe")
_MOST_SCRIPTS = 20
# What a script is given: `$@`; and where it has its programs from: `${PREFIX}coverage run`.
_GIVEN = re.compile(r"\"?\$(?:@|\*|\{@\})\"?")
_PREFIX = re.compile(r"^[ \t]*\$\{?\w{1,40}\}?(?=[a-z])", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCommand:
    """A command and the folder that it runs in, relative to the repository root."""

    command: ShellCommand
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestJob:
    """A job that runs the tests. `env` are the literal variables that they see, `computed` those with expressions.

    `before` are the commands that run before the tests, `tests` the first that runs them. `services` are the
    images of the services beside it.
    """

    __test__ = False

    file: str
    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    database_env: Mapping[str, str] = field(default_factory=dict)
    before: tuple[PlacedCommand, ...] = ()
    tests: PlacedCommand

    @property
    def has_postgres(self) -> bool:
        """Whether a PostgreSQL runs beside it."""
        return any(map(is_postgres_image, self.services))


def test_job(sources: ProjectSources) -> TestJob | None:
    """Return the job that runs the tests of this project: the first that names their runner, in its folder."""
    found = [
        job
        for path, text in sources.workflows()
        for described in parse_workflow(path, text)
        if (job := _test_job(described, sources.texts))
    ]
    here = [job for job in found if _is_here(job, sources.place)]
    # A job with services says more than one that only runs the linters and the quick tests.
    return max(here, key=lambda job: (job.has_postgres, _is_runner(job.tests.command)), default=None)


test_job.__test__ = False  # type: ignore[attr-defined]


def _is_here(job: TestJob, place: str) -> bool:
    """Tell whether the tests run in the project's folder, or at the root of a repository that is the project."""
    folder = job.tests.folder
    return folder == place or (
        place != "."
        and folder == "."
        and any(word == place or word.startswith(f"{place}/") for word in job.tests.command.argv)
    )


def _test_job(job: WorkflowJob, texts: Mapping[str, str]) -> TestJob | None:
    before: list[PlacedCommand] = []
    of_job = dict(job.env)
    for step in job.steps:
        # What a step exports dies with its shell; what it writes into a file is for the steps behind it.
        of_step, handed_on = {**of_job, **step.env}, dict[str, str]()
        for command in placed_commands(step, texts):
            of_step |= exported(command.command)
            handed_on |= written_to_env(command.command)
            if _runs_tests(command.command):
                return TestJob(
                    file=job.file,
                    name=job.name,
                    env={**of_step, **command.command.env},
                    computed={**job.computed, **step.computed},
                    services=tuple(service.image for service in job.services.values()),
                    database_env=_database_env(job),
                    before=tuple(before),
                    tests=command,
                )
            before.append(command)
        of_job |= handed_on
    return None


def _database_env(job: WorkflowJob) -> Mapping[str, str]:
    return next((service.env for service in job.services.values() if is_postgres_image(service.image)), {})


def placed_commands(step: WorkflowStep, texts: Mapping[str, str]) -> Iterator[PlacedCommand]:
    """Yield the commands of a step, each with the folder that it runs in.

    Before a script of the project's own, whose text is among `texts`, stand its commands; the script itself is left
    out where they run the tests.
    """
    yield from _placed(step.run, posixpath.normpath(step.working_directory or "."), texts, set())


def _placed(run: str, folder: str, texts: Mapping[str, str], read: set[str]) -> Iterator[PlacedCommand]:
    """`read` are the scripts that were read already: each is once, whoever calls it."""
    for command in parse_commands(run):
        if command.argv[0] == "cd" and len(command.argv) == 2 and "$" not in command.argv[1]:
            folder = posixpath.normpath(posixpath.join(folder, command.argv[1]))
            continue
        inside = [*_of_script(command, folder, texts, read)]
        if any(_runs_tests(one.command) for one in inside):
            yield from inside
            continue
        # What it exports ends with it.
        yield from (one for one in inside if not exported(one.command))
        yield PlacedCommand(command=command, folder=folder)


def _of_script(command: ShellCommand, folder: str, texts: Mapping[str, str], read: set[str]) -> Iterator[PlacedCommand]:
    program = command.program
    words = program[1:] if program[:1] in (("bash",), ("sh",)) else program
    path = posixpath.normpath(posixpath.join(folder, words[0])) if words else ""
    if path in read or path.endswith(".py") or len(read) >= _MOST_SCRIPTS or not (text := texts.get(path, "")):
        return
    read.add(path)
    given = shlex.join(words[1:])
    yield from _placed(_PREFIX.sub("", _GIVEN.sub(lambda _: given, text, count=_MOST_SCRIPTS)), folder, texts, read)


def _is_runner(command: ShellCommand) -> bool:
    program = command.program
    return bool(program) and (
        program[0].rpartition("/")[2] in _RUNNERS
        or (len(program) > 2 and program[1].endswith("manage.py") and program[2] == "test")
    )


def _runs_tests(command: ShellCommand) -> bool:
    """Tell a command that runs tests; one by a script or a target is told by its name."""
    if _is_runner(command):
        return True
    program = command.program
    scripts = program[1:3] if program[:1] and program[0] in _SCRIPTED else [word for word in program[:1] if "/" in word]
    names = [word.rpartition("/")[2].removesuffix(".sh") for word in scripts]
    if program[:1] and program[0] in _WITH_TARGETS and any(map(_is_target, names)):
        return True
    return any(name in _NAMES_OF_SCRIPTS for name in names)


def _is_target(name: str) -> bool:
    return bool(_TARGET.match(name)) and not _PREPARING.search(name)

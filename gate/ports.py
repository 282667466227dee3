"""What gates and verbs ask of the outside world. `gate.adapters` answers; tests answer with fakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gate.domain.connection import Database as Database
from gate.domain.exhibit import Exhibit


class CannotRun(Exception):
    """Something that a gate needs could not be had: the gate is errored with this reason and its proof."""

    def __init__(self, reason: str, *exhibits: Exhibit) -> None:
        super().__init__(reason)
        self.reason = reason
        self.exhibits = exhibits


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A program to run: `env` is its whole environment, `log` receives all that it prints."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """How a program ended: its exit status, or minus the number of the signal that killed it."""

    returncode: int
    log: Path

    @property
    def ended(self) -> str:
        """Say how it ended, for a sentence: `exited with status 2` or `was killed by SIGKILL`."""
        if self.returncode >= 0:
            return f"exited with status {self.returncode}"
        return f"was killed by signal {-self.returncode}{_SIGNALS.get(-self.returncode, '')}"


_SIGNALS = {2: " (SIGINT)", 6: " (SIGABRT)", 9: " (SIGKILL)", 11: " (SIGSEGV)", 15: " (SIGTERM)"}


class Processes(Protocol):
    """Runs programs, each in a process group of its own."""

    async def run(self, command: Command) -> Completed:
        """Run to the end. If cancelled, the whole process group is killed and reaped before this returns.

        Raises:
            CannotRun: the program cannot be started at all.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectEnvironment:
    """The interpreter that the project's tests run with.

    `path` are the folders that go first on `PATH`; `variables` what else its programs need (such as
    `VIRTUAL_ENV`); `packages` the distributions that can be imported there, by normalised name; `withheld` the
    variables of the caller that only the installer may see.
    """

    python: Path
    path: tuple[Path, ...]
    source: str
    python_version: str
    variables: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()


class Environments(Protocol):
    """Makes the project's environment ready, once, however many gates ask."""

    async def ready(self) -> ProjectEnvironment:
        """Return the environment, installing first where that is needed.

        Raises:
            CannotRun: it cannot be made; the same reason is given to everybody who asks.
        """
        ...

    async def with_packages(self, *names: str) -> ProjectEnvironment:
        """Return the environment with these distributions in it: beside it, where it has them not.

        Raises:
            CannotRun: as `ready`, or there are none that go with what it has.
        """
        raise CannotRun(f"{' and '.join(names)} cannot be had beside the project's environment")

    async def tool(self, name: str, version: str | None) -> Path:
        """Return a program of the distribution `name`, apart from the project's environment.

        Without a version: the one that Quality Gate itself is locked to.

        Raises:
            CannotRun: it cannot be installed.
        """
        ...

    async def locked_tool(self, name: str, requirements: str) -> Path:
        """Return the program `name` from an environment of exactly what `requirements` lists, each with its hashes.

        Raises:
            CannotRun: it cannot be installed.
        """
        del requirements
        raise CannotRun(f"{name} cannot be had")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """How the schema is made in an empty database: by files of SQL in their order, then by a command.

    The command runs by a shell in the project's folder and environment. `origin` says why it was chosen;
    `configured` that the user did.
    """

    sql_files: tuple[Path, ...] = ()
    command: str | None = None
    origin: str = ""
    configured: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to make."""
        return not self.sql_files and self.command is None


class Databases(Protocol):
    """Gives each gate a fresh database with the project's schema, from one server for all."""

    @property
    def schema_trouble(self) -> str:
        """Why the databases are empty although a schema was found: it could not be made. "" where all is well."""
        return ""

    async def database(self, purpose: str) -> Database:
        """Return a fresh database for `purpose` (a gate's id).

        Raises:
            CannotRun: no server can be had, or the schema cannot be made.
        """
        ...

    async def close(self) -> None:
        """Drop what was made, and stop and remove the server if it was started here."""
        ...


class Terminal(Protocol):
    """Where a person, or the log of a CI job, follows the run."""

    def gate_started(self, gate: str, title: str) -> None:
        """Say that a gate is running now."""
        ...

    def gate_doing(self, gate: str, what: str) -> None:
        """Say what a gate waits for or does, such as `waiting for PostgreSQL on 127.0.0.1:5432`."""
        ...

    def gate_ended(self, gate: str, summary: str, mark: str, log: Path | None) -> None:
        """Say how a gate ended, in one line, and show its log where that is of use."""
        ...

    def notice(self, text: str) -> None:
        """Say something about the run as a whole."""
        ...

    def close(self) -> None:
        """Stop drawing."""
        ...


class ReportingTrouble(Exception):
    """Something could not be published; `str()` is one sentence for the log, and never has the token in it."""


class Refused(ReportingTrouble):
    """The token may not do this. `accepted` names the permissions that would do, as GitHub gave them."""

    def __init__(self, sentence: str, accepted: str = "") -> None:
        super().__init__(sentence)
        self.accepted = accepted


class LookAgain(ReportingTrouble):
    """A write was not carried out, or nobody knows: after the due wait, look at what is there now."""


class Runtime(Protocol):
    """The runner's side of publishing. The first two raise `ReportingTrouble`."""

    def set_outputs(self, outputs: Mapping[str, str]) -> None:
        """Set outputs of this step."""
        ...

    def append_summary(self, markdown: str) -> None:
        """Append to the job summary of this step."""
        ...

    def say(self, line: str) -> None:
        """Print a line that is escaped already: to the log, or as a workflow command."""
        ...

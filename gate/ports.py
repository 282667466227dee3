"""What gates and verbs ask of the outside world. `gate.adapters` answers; tests answer with fakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gate.domain.change import Change
from gate.domain.connection import Database as Database
from gate.domain.exhibit import Exhibit
from gate.domain.report import Report, Subject


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on a pull request, as the API gives it."""

    comment_id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestState:
    """A pull request as it is now."""

    is_open: bool
    head_sha: str


class PullRequests(Protocol):
    """The pull requests of one repository. Every method raises `ReportingTrouble`."""

    def own_logins(self) -> frozenset[str]:
        """Return the logins under which the token's comments appear."""
        ...

    def state(self, number: int) -> PullRequestState:
        """Return the pull request as it is now."""
        ...

    def changed_files(self, number: int) -> tuple[str, ...]:
        """Return the paths that the pull request changes, the first 3000 of them."""
        ...

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return every comment, from all pages."""
        ...

    def create_comment(self, number: int, body: str) -> Comment:
        """Write a new comment, once. Raises `LookAgain` where it may have been written or may be tried again."""
        ...

    def update_comment(self, comment_id: int, body: str) -> Comment:
        """Write over a comment, once. Raises `LookAgain` as above, and where it is gone."""
        ...

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; one that is gone already is well. Raises `LookAgain` as above."""
        ...

    def settle(self) -> None:
        """Wait until a write that another run had under way has landed."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The commit that the change is compared with; `origin` says how it was chosen: `the merge's first parent`."""

    commit: str
    origin: str


class BaseNotHere(CannotRun):
    """The clone does not have the commit to compare with; `base` says which one it is."""

    def __init__(self, reason: str, base: Base) -> None:
        super().__init__(reason)
        self.base = base


class Revisions(Protocol):
    """The repository's commits, as git has them in the checkout. Runs nothing that the repository configures."""

    async def base(self) -> Base:
        """Return the commit that this change is compared with.

        Raises:
            BaseNotHere: a shallow clone does not have it; says what to do.
            CannotRun: there is none; says what to do.
        """
        ...

    async def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit, `path` relative to the repository's root; None where the commit has none.

        Raises:
            CannotRun: the commit cannot be read, or the file is too large.
        """
        ...

    async def files_at(self, commit: str, paths: Sequence[str]) -> Mapping[str, bytes | None]:
        """Return several files of a commit, as `file_at` does one.

        Raises:
            CannotRun: as `file_at`.
        """
        return {path: await self.file_at(commit, path) for path in paths}

    async def export(self, commit: str, folder: Path) -> None:
        """Write all files of a commit into an empty folder, following no link out of it.

        Raises:
            CannotRun: it cannot be had.
        """
        ...

    async def change(self) -> Change:
        """Return what was done to the files since `base`: to those of the checkout as they lie there now.

        Raises:
            CannotRun: there is no base, or it cannot be compared with; says what to do.
        """
        raise CannotRun("what was changed cannot be told")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReport:
    """The report of an earlier run, verified to be of the commit that was asked for; `source` says where it lay."""

    report: Report
    source: str


class Baselines(Protocol):
    """Reports of earlier runs."""

    def report_of(self, commit: str, subject: Subject) -> FoundReport:
        """Return the report of a commit, of the same repository, project and name as `subject`.

        Raises:
            CannotRun: there is none, or none that can be believed; says where one was looked for.
        """
        ...

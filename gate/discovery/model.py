"""What was found of a project and decided for it. Finds none of it: so whoever uses it need not load how."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.config.model import PostgresVariable
from gate.formats.pytest_command import PytestCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """`command` makes the schema, run by a shell in the project's folder; "" where none is to be run.

    `sql_files` come before it, relative to that folder. `origin` says what it was told by, or why none is run.
    `of_service` makes it for the service itself, where `command` is "" because tests make their own.
    """

    command: str = ""
    origin: str = ""
    sql_files: tuple[str, ...] = ()
    of_service: str = ""

    @property
    def words(self) -> str:
        """What is done, for a reader; "" for nothing."""
        return " and ".join(filter(None, (", ".join(self.sql_files), f"`{self.command}`" if self.command else "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteCommands:
    """The sessions of pytest that make the whole suite, in their order, and the file that says so.

    No session at all: nothing says more than plain `pytest`, or it cannot be told.
    """

    sessions: tuple[PytestCommand, ...] = ()
    origin: str = ""

    @property
    def line(self) -> str:
        """Say it: `pytest --doctest-modules app tests, as tox.ini says`."""
        words = [" ".join(("pytest", *session.arguments, *session.scope)) for session in self.sessions]
        return f"{', then '.join(words)}, as {self.origin} says" if words else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What the project's files tell.

    `postgres` are the variables under which the code looks for the gate's database, `other_postgres` those of a
    second one. `endings` are what tests put behind the database's name to have another.
    `named` are databases that they look for under fixed names.
    `makes_databases`: the tests use some of names that two suites at once would both use. `scheme` is that of
    DATABASE_URL; no file tells the schemes of the URLs in `guessed`: the drivers that are installed may.
    `left_alone` are variables that name a database of another kind. `other_database` says which kind the tests use
    in PostgreSQL's stead, "" where they do not. `variables` are set for the tests where the caller has not set them.
    `application` says where its web application is made, `import_path` is its import path, "" where none was found.
    `own_secrets` are the variables from which the service takes a secret to sign with.
    `suite` is how the project itself runs its tests. `lines` say all this to a reader.
    """

    postgres: tuple[PostgresVariable, ...] = ()
    other_postgres: tuple[PostgresVariable, ...] = ()
    endings: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    makes_databases: bool = False
    scheme: str = "postgresql"
    guessed: frozenset[str] = frozenset()
    left_alone: frozenset[str] = frozenset()
    other_database: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    migration: Migration | None = None
    extensions: tuple[str, ...] = ()
    application: str = ""
    import_path: str = ""
    own_secrets: tuple[str, ...] = ()
    suite: SuiteCommands = field(default_factory=SuiteCommands)
    lines: tuple[str, ...] = ()

"""What was found of a project and decided for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gate.config.model import PostgresVariable
from gate.discovery.migrations import Migration


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What the project's files tell.

    `postgres` are the variables under which the code looks for the gate's database, `other_postgres` those of a
    second one. `scheme` is that of DATABASE_URL. `left_alone` are variables that name a database of another kind.
    `other_database` says which kind the tests use in PostgreSQL's stead, "" where they do not. `variables` are
    set for the tests where the caller has not set them. `lines` say all this to a reader.
    """

    postgres: tuple[PostgresVariable, ...] = ()
    other_postgres: tuple[PostgresVariable, ...] = ()
    scheme: str = "postgresql"
    left_alone: frozenset[str] = frozenset()
    other_database: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    migration: Migration | None = None
    extensions: tuple[str, ...] = ()
    application: str = ""
    lines: tuple[str, ...] = ()

"""The service's tables as the server's catalogue describes them. Reads no row but to count.

https://www.postgresql.org/docs/current/catalogs.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from gate.adapters.postgres.insight_statements import OWN_SCHEMA
from gate.adapters.postgres.session import Connection

_COUNT_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column. `kind` is the name of its type, of the type below where that is a domain; `longest`: characters.

    `written` is its type as SQL writes it. `is_made`: the server makes its value, and another for each row. `is_bound`:
    a constraint looks at its value. `labels`: its type is an enumeration.
    """

    name: str
    kind: str
    written: str
    longest: int | None = None
    is_nullable: bool = True
    is_made: bool = False
    is_bound: bool = False
    labels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Uniqueness:
    """Columns of which no two rows may have the same values, where the condition `only` is true, "" for all rows."""

    name: str
    columns: tuple[str, ...]
    only: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key: `columns` are those of `theirs` in a row of the table `to`, a schema and a name."""

    columns: tuple[str, ...]
    to: tuple[str, str]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the service."""

    schema: str
    name: str
    is_partitioned: bool = False
    columns: tuple[Column, ...] = ()
    unique: tuple[Uniqueness, ...] = ()
    references: tuple[Reference, ...] = ()

    @property
    def place(self) -> Identifier:
        """Its name as SQL writes it."""
        return Identifier(self.schema, self.name)

    @property
    def shown(self) -> str:
        """Its name as people write it."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    def column(self, name: str) -> Column:
        """Return one of its columns."""
        return next(column for column in self.columns if column.name == name)


# Not those of extensions, nor the parts of others. A role that may make no databases has a schema in one that has other
# owners' tables, too: who has a schema of its own first in its path is asked for that alone.
_TABLES = SQL(
    "SELECT c.oid, n.nspname, c.relname, c.relkind = 'p' FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' "
    "AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND n.nspname <> {own} "
    "AND (pg_catalog.current_schema() !~ '^quality_gate_' OR n.nspname = pg_catalog.current_schema()) "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass "
    "AND d.objid = c.oid AND d.deptype = 'e') "
    "ORDER BY n.nspname <> 'public', n.nspname, c.relname"
).format(own=Literal(OWN_SCHEMA))

_COLUMNS = """
SELECT a.attname, base.typname, pg_catalog.format_type(a.atttypid, a.atttypmod),
    CASE WHEN base.typname IN ('varchar', 'bpchar') AND base.mod > 4 THEN base.mod - 4 END,
    NOT a.attnotnull,
    a.attgenerated <> '' OR a.attidentity <> ''
        OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') ~* 'nextval\\(|uuid',
    EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype IN ('c', 'x')
        AND a.attnum = ANY (k.conkey)) OR t.typtype = 'd',
    base.typtype = 'e'
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
CROSS JOIN LATERAL (
    WITH RECURSIVE below AS (
        SELECT t.typname, t.typtype, t.typbasetype, t.typtypmod, a.atttypmod AS mod
        UNION ALL
        SELECT u.typname, u.typtype, u.typbasetype, u.typtypmod, below.typtypmod
        FROM below JOIN pg_catalog.pg_type u ON u.oid = below.typbasetype
    ) SELECT * FROM below WHERE typtype <> 'd' LIMIT 1
) base
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""

# The columns that an expression is made of are known by what the index depends on.
_UNIQUE = """
SELECT c.relname, pg_catalog.array_agg(DISTINCT a.attname::text),
    coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '')
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND (
    a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
    OR 0 = ANY (i.indkey::int2[]) AND EXISTS (
        SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
        AND d.objid = i.indexrelid AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum
    )
)
WHERE i.indrelid = %s AND i.indisunique AND i.indislive AND a.attnum > 0
GROUP BY i.indexrelid, c.relname, i.indpred, i.indrelid ORDER BY c.relname
"""

_REFERENCES = """
SELECT n.nspname, c.relname,
    ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(num, at)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY u.at),
    ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(num, at)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY u.at)
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.confrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.conrelid = %s AND k.contype = 'f' AND {own} ORDER BY k.conname
"""


def read_tables(connection: Connection) -> tuple[Table, ...]:
    """Return the service's tables by name, their columns and constraints left out."""
    return tuple(table for _, table in _known(connection))


def described(connection: Connection, table: Table) -> Table:
    """Return a table with its columns and constraints."""
    oid = next(one for one, known in _known(connection) if (known.schema, known.name) == (table.schema, table.name))

    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement.encode(), [oid]).fetchall()

    columns = tuple(
        Column(
            name=name,
            kind=kind,
            written=written,
            longest=longest,
            is_nullable=nullable,
            is_made=made,
            is_bound=bound,
            labels=labels,
        )
        for name, kind, written, longest, nullable, made, bound, labels in rows(_COLUMNS)
    )
    unique = tuple(Uniqueness(name=name, columns=tuple(found), only=only) for name, found, only in rows(_UNIQUE))
    # A partitioned table that is referred to has a constraint for each of its parts, too.
    references = tuple(
        Reference(columns=tuple(ours), to=(schema, name), theirs=tuple(theirs))
        for schema, name, ours, theirs in rows(_REFERENCES.format(own="k.conparentid = 0"))
    )
    return Table(
        schema=table.schema,
        name=table.name,
        is_partitioned=table.is_partitioned,
        columns=columns,
        unique=unique,
        references=references,
    )


def count_rows(connection: Connection) -> Mapping[str, int]:
    """Return how many rows each table has; where counting takes long, how many the planner believes in."""
    return {table.shown: _count(connection, table) for table in read_tables(connection)}


def _count(connection: Connection, table: Table) -> int:
    connection.execute(SQL("SET statement_timeout = {}").format(Literal(f"{_COUNT_SECONDS}s")))
    try:
        counting = SQL("SELECT count(*) FROM {}").format(table.place)
        row = connection.execute(counting).fetchone()
    except psycopg.errors.QueryCanceled:
        believed = SQL("SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class WHERE oid = {}::regclass")
        row = connection.execute(believed.format(Literal(table.place.as_string(connection)))).fetchone()
    finally:
        connection.execute("RESET statement_timeout")
    return int(row[0]) if row else 0


def _known(connection: Connection) -> list[tuple[int, Table]]:
    return [
        (oid, Table(schema=schema, name=name, is_partitioned=partitioned))
        for oid, schema, name, partitioned in connection.execute(_TABLES)
    ]

"""Tables grown by copies of rows that they have: what must differ is made to differ, and references are spread.

All in one statement a table, so that a hundred thousand rows take seconds. Triggers and constraints are as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import chain
from math import prod

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from gate.adapters.postgres.insight_copies import Copies, Spread, distinct_column, server_text
from gate.adapters.postgres.insight_tables import Reference, Table, described, read_tables
from gate.adapters.postgres.session import Connection, first_line
from gate.ports import CannotRun

_STATEMENT_SECONDS = 300
_MOST_TARGETS = 100_000
# The name that was asked for, the table, and how many rows it shall have.
Wanted = tuple[str, Table, int]
_ADVICE = 'fill it by a command of your own: fill = "<command>"'


def fill_tables(connection: Connection, rows: Mapping[str, int]) -> Mapping[str, int]:
    """Bring each of these tables to so many rows; return how many each has then.

    Raises:
        CannotRun: there is no such table, it has no row to copy, or a constraint cannot be kept.
    """
    tables = read_tables(connection)
    wanted = [(name, described(connection, _named(tables, name)), number) for name, number in rows.items()]
    connection.execute(SQL("SET statement_timeout = {}").format(Literal(f"{_STATEMENT_SECONDS}s")))
    found = {}
    for name, table, number in _parents_first(wanted):
        found[name] = _filled(connection, table, number)
    return {name: found[name] for name in rows}


def _named(tables: Iterable[Table], name: str) -> Table:
    by_name: dict[str, Table] = {}
    for table in tables:
        by_name.setdefault(table.name, table)
    by_name |= {f"{table.schema}.{table.name}": table for table in tables}
    if name in by_name:
        return by_name[name]
    near = get_close_matches(name, by_name, n=1)
    shown = ", ".join(table.shown for table in tables)
    hint = f"did you mean {near[0]}?" if near else f"there are: {shown[:1000] or 'none'}"
    raise CannotRun(f"rows: there is no table {name}; {hint}")


def _parents_first(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Sort tables behind those that they refer to; of a circle, the first that was named comes first."""
    left, found = list(wanted), []
    while left:
        waiting = {(table.schema, table.name) for _, table, _ in left}

        def is_free(one: Wanted, waiting: set[tuple[str, str]] = waiting) -> bool:
            table = one[1]
            return waiting.isdisjoint({reference.to for reference in table.references} - {(table.schema, table.name)})

        chosen = next((one for one in left if is_free(one)), left[0])
        left.remove(chosen)
        found.append(chosen)
    return found


def _filled(connection: Connection, table: Table, number: int) -> int:
    try:
        with connection.transaction():
            there = _number(connection, table.place)
            if there < number:
                if not there:
                    raise CannotRun(f"rows: the table {table.shown} has no row to copy; {_ADVICE}")
                _level_sequences(connection, table)
                connection.execute(_copying(connection, table, there, number - there))
                _level_sequences(connection, table)
        # Also what autovacuum and the first readers would else do while the load is on.
        connection.execute(SQL("VACUUM (ANALYZE) {}").format(table.place))
        return _number(connection, table.place)
    except psycopg.Error as error:
        kept = error.diag.constraint_name
        by = f" (constraint {kept})" if kept and kept not in first_line(error) else ""
        raise CannotRun(
            f"rows: the table {table.shown} cannot be filled: {first_line(error)}{by}; {_ADVICE}"
        ) from error


def _copying(connection: Connection, table: Table, there: int, more: int) -> Composed:
    spreads = _spreads(connection, table)
    numbered: dict[str, bool] = {}
    crossed: tuple[Spread, ...] = ()
    avoided: list[str] = []
    for unique in table.unique:
        if any(table.column(name).is_made for name in unique.columns):
            continue
        if name := distinct_column(table, unique):
            numbered[name] = numbered.get(name, True) and len(unique.columns) > 1
        elif unique.only and _has_outside(connection, table, unique.only):
            avoided.append(unique.only)
        else:
            crossed = crossed or tuple(one for one in spreads if {*one.columns} <= {*unique.columns})
    room = prod(spread.size for spread in crossed)
    if crossed and room < there + more:
        together = ", ".join(name for spread in crossed for name in spread.columns)
        raise CannotRun(
            f"rows: the table {table.shown} has room for {room:,} rows, since {together} must differ; "
            f"ask for fewer, or for more of what it refers to, or {_ADVICE}"
        )
    return Copies(
        table=table,
        there=there,
        more=more,
        spreads=tuple(one for one in spreads if one in crossed or not one.is_choice),
        crossed=crossed,
        avoided=tuple(avoided),
        numbered=numbered,
    ).statement()


def _has_outside(connection: Connection, table: Table, condition: str) -> bool:
    """Tell whether a row is there for which a condition, in the server's own words, is not true."""
    asked = SQL("SELECT FROM {} AS t WHERE ({}) IS NOT TRUE LIMIT 1").format(table.place, server_text(condition))
    return connection.execute(asked).fetchone() is not None


def _spreads(connection: Connection, table: Table) -> tuple[Spread, ...]:
    """Return what the columns are spread over: rows that are referred to, and for want of other values, labels."""
    found = [Spread(columns=one.columns, rows=_targets(one)) for one in _apart(table.references)]
    taken = {name for spread in found for name in spread.columns}
    for column in table.columns:
        if column.name not in taken and not column.is_made and (column.labels or column.kind == "bool"):
            values = f"enum_range(NULL::{column.written})" if column.labels else "ARRAY[false, true]"
            listed = SQL("SELECT v AS c0 FROM unnest({}) v").format(server_text(values))
            found.append(Spread(columns=(column.name,), rows=listed, is_choice=True))
    return tuple(
        Spread(columns=one.columns, rows=one.rows, is_choice=one.is_choice, size=size)
        for one in found
        if (size := _number(connection, SQL("({}) AS counted").format(one.rows)))
    )


def _apart(references: Iterable[Reference]) -> list[Reference]:
    """Return the references that share no column: what shares one is copied, and so true as it was."""
    references = list(references)
    columns = list(chain.from_iterable({*reference.columns} for reference in references))
    return [one for one in references if all(columns.count(name) == 1 for name in one.columns)]


def _targets(reference: Reference) -> Composed:
    named = SQL(", ").join(
        SQL("{} AS c{}").format(Identifier(name), SQL(str(at))) for at, name in enumerate(reference.theirs)
    )
    return SQL("SELECT {} FROM {} LIMIT {}").format(named, Identifier(*reference.to), Literal(_MOST_TARGETS))


def _level_sequences(connection: Connection, table: Table) -> None:
    """Let the table's sequences go on behind the greatest number: fixtures and we do not ask them for ours."""
    place = table.place.as_string(connection)
    for column in table.columns:
        if column.kind not in {"int2", "int4", "int8"}:
            continue
        guessed = Identifier(table.schema, f"{table.name}_{column.name}_seq"[:63]).as_string(connection)
        connection.execute(
            SQL(
                "SELECT setval(s.oid::regclass, m.most) FROM (SELECT max({column}) AS most FROM {table}) m "
                "JOIN pg_catalog.pg_class s ON s.relkind = 'S' AND s.oid = coalesce("
                "pg_get_serial_sequence({place}, {name})::regclass, to_regclass({guessed})) "
                "JOIN pg_catalog.pg_sequences q ON format('%I.%I', q.schemaname, q.sequencename)::regclass = s.oid "
                "WHERE m.most > coalesce(q.last_value, 0) AND m.most BETWEEN q.min_value AND q.max_value"
            ).format(
                column=Identifier(column.name),
                table=table.place,
                place=Literal(place),
                name=Literal(column.name),
                guessed=Literal(guessed),
            )
        )


def _number(connection: Connection, rows: Composable) -> int:
    row = connection.execute(SQL("SELECT count(*) FROM {}").format(rows)).fetchone()
    return int(row[0]) if row else 0

"""The statement that copies rows of a table. Every name goes through `psycopg.sql`; nothing is executed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from gate.adapters.postgres.insight_tables import Column, Table, Uniqueness
from gate.ports import CannotRun

# By how well a reader, and the service, takes a value that is made up.
_DISTINCT = ("uuid", "int8", "int4", "text", "varchar", "citext", "bpchar", "numeric", "int2", "float8", "float4")
_DISTINCT_TIMES = ("timestamptz", "timestamp", "date", "bytea")
_TEXTS = frozenset({"text", "varchar", "citext", "bpchar"})
_TIMES = {"timestamptz": "* interval '1 second'", "timestamp": "* interval '1 second'", "date": "/ 86400"}
_MOST_SOURCES = 1_000
_DIGITS = 9
# A service that numbers from what it has counted must not meet our numbers.
_GAP = {"int4": 1_000_000, "int8": 1_000_000}
_NINETY_DAYS = 90 * 86_400
_STRIDE = 4_805_833  # has no divisor in common with the seconds: neighbours lie far apart, and all come up
# Of version 4 by its looks: some services look.
_RANDOM = "md5(random()::text || ':' || g.n::text)"
_UUID = f"overlay(overlay({_RANDOM} placing '4' from 13 for 1) placing 'a' from 17 for 1)::uuid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What `columns` take turns with: `rows`, a query whose columns are c0, c1 …, of `size` rows.

    `is_choice`: they stand for nothing elsewhere, and are used only where values must differ.
    """

    columns: tuple[str, ...]
    rows: Composable
    size: int = 0
    is_choice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """`more` copies of rows of a table that has `there` rows.

    Of `crossed`, some of `spreads`, each combination is used once. Rows for which one of the conditions `avoided` is
    true are not copied. `numbered` are columns that are made to differ, by whether they need to only with others.
    """

    table: Table
    there: int
    more: int
    spreads: tuple[Spread, ...] = ()
    crossed: tuple[Spread, ...] = ()
    avoided: tuple[str, ...] = ()
    numbered: Mapping[str, bool]

    def statement(self) -> Composed:
        """Return the INSERT.

        Raises:
            CannotRun: a column has no room for so many different values.
        """
        columns = [column for column in self.table.columns if not column.is_made]
        names = [SQL("s{}").format(SQL(str(at))) for at in range(len(self.spreads))]
        made = [
            SQL("{} AS MATERIALIZED (SELECT row_number() OVER () - 1 AS k, r.* FROM ({}) r)").format(name, spread.rows)
            for name, spread in zip(names, self.spreads, strict=True)
        ]
        joins = [
            SQL(" LEFT JOIN {name} ON {name}.k = {at}").format(name=name, at=self._turn(at))
            for at, name in enumerate(names)
        ]
        return SQL(
            "WITH src AS MATERIALIZED (SELECT row_number() OVER () - 1 AS k, t AS whole FROM {place} AS t {where} "
            "LIMIT {most}){made} "
            "INSERT INTO {place} ({columns}) SELECT {values} FROM ({numbers}) AS g "
            "JOIN src ON src.k = g.n % (SELECT count(*) FROM src){joins} ORDER BY g.n"
        ).format(
            place=self.table.place,
            where=self._where(),
            most=Literal(_MOST_SOURCES),
            made=SQL("").join(SQL(", {}").format(one) for one in made),
            columns=SQL(", ").join(Identifier(column.name) for column in columns),
            values=SQL(", ").join(self._value(column) for column in columns),
            numbers=self._numbers(),
            joins=SQL("").join(joins),
        )

    def _where(self) -> Composable:
        outside = [SQL("({}) IS NOT TRUE").format(server_text(condition)) for condition in self.avoided]
        return SQL("WHERE {}").format(SQL(" AND ").join(outside)) if outside else SQL("")

    def _numbers(self) -> Composed:
        """Return the query of the new rows' numbers, and of their turns where combinations must not come twice."""
        if not self.crossed:
            return SQL("SELECT n FROM generate_series({}::bigint, {}) AS n").format(
                Literal(self.there + 1), Literal(self.there + self.more)
            )
        places = [self.spreads.index(spread) for spread in self.crossed]
        turns, joins, same = [], [], []
        for digit, at in enumerate(places):
            turn = _turn_of(SQL("x"), [spread.size for spread in self.crossed], digit)
            name = SQL("s{}").format(SQL(str(at)))
            turns.append(SQL("{} AS i{}").format(turn, SQL(str(at))))
            joins.append(SQL("JOIN {name} ON {name}.k = x.i{at}").format(name=name, at=SQL(str(at))))
            same += [
                SQL("e.{} = {}.c{}").format(Identifier(column), name, SQL(str(part)))
                for part, column in enumerate(self.spreads[at].columns)
            ]
        room = min(prod(spread.size for spread in self.crossed), self.there + self.more)
        return SQL(
            "SELECT {there} + row_number() OVER () AS n, x.* "
            "FROM (SELECT {turns} FROM generate_series(0::bigint, {last}) x) x {joins} "
            "WHERE NOT EXISTS (SELECT FROM {place} e WHERE {same}) LIMIT {more}"
        ).format(
            there=Literal(self.there),
            turns=SQL(", ").join(turns),
            last=Literal(room - 1),
            joins=SQL(" ").join(joins),
            place=self.table.place,
            same=SQL(" AND ").join(same),
            more=Literal(self.more),
        )

    def _turn(self, at: int) -> Composable:
        if self.spreads[at] in self.crossed:
            return SQL("g.i{}").format(SQL(str(at)))
        return _turn_of(SQL("g.n"), [spread.size for spread in self.spreads], at)

    def _value(self, column: Column) -> Composable:
        copied = SQL("(src.whole).{}").format(Identifier(column.name))
        for at, spread in enumerate(self.spreads):
            if column.name in spread.columns:
                part = SQL("s{}.c{}").format(SQL(str(at)), SQL(str(spread.columns.index(column.name))))
                return part if spread in self.crossed or not column.is_nullable else _unless_null(copied, part)
        if column.name in self.numbered:
            return _unless_null(copied, self._different(column, copied))
        if column.kind in _TIMES and not column.is_bound and not self.table.is_partitioned:
            ago = SQL("(g.n * {} % {})").format(Literal(_STRIDE), Literal(_NINETY_DAYS))
            days = SQL("::int") if column.kind == "date" else SQL("")
            return SQL("({} - ({} {}){})").format(copied, ago, SQL(_TIMES[column.kind]), days)
        return copied

    def _different(self, column: Column, copied: Composable) -> Composable:
        if column.kind == "uuid":
            return server_text(_UUID)
        if column.kind == "bytea":
            return server_text(f"decode({_RANDOM}, 'hex')")
        if column.kind in _TEXTS:
            return self._different_text(column, copied)
        most = SQL("(SELECT max({}) FROM {})").format(Identifier(column.name), self.table.place)
        if column.kind == "date":
            return SQL("({} + g.n::int)").format(most)
        if column.kind in _TIMES:
            return SQL("({} + g.n * interval '1 second')").format(most)
        gap = _GAP.get(column.kind, 0) if self.numbered[column.name] else 0
        return SQL("({} + {} + g.n)::{}").format(most, Literal(gap), server_text(column.written))

    def _different_text(self, column: Column, copied: Composable) -> Composable:
        """Return the text with a number behind, of as many digits as all others; in `a@b.c` it is before."""
        digits = min(_DIGITS, column.longest or _DIGITS)
        if 10**digits <= self.there + self.more:
            raise CannotRun(f"rows: {self.table.shown}.{column.name} is too short for {self.more:,} different values")
        number = SQL("lpad(g.n::text, {}, '0')").format(Literal(digits))
        before, behind = SQL("{} || {}::text").format(number, copied), SQL("{}::text").format(copied)
        if column.longest is not None:
            before = SQL("left({}, {})").format(before, Literal(column.longest))
            behind = SQL("left({}, {})").format(behind, Literal(column.longest - digits))
        return SQL("(CASE WHEN strpos({}::text, '@') > 0 THEN {} ELSE {} || {} END)::{}").format(
            copied, before, behind, number, server_text(column.written)
        )


def distinct_column(table: Table, unique: Uniqueness) -> str:
    """Return the column of a uniqueness that can take any value, and so a different one in each row; "" for none."""
    referring = {name for reference in table.references for name in reference.columns}
    free = [table.column(name) for name in unique.columns if name not in referring]
    usable = [column for column in free if column.kind in (*_DISTINCT, *_DISTINCT_TIMES) and not column.labels]
    order = (*_DISTINCT, *_DISTINCT_TIMES)
    return min(usable, key=lambda column: order.index(column.kind)).name if usable else ""


def _turn_of(number: Composable, sizes: Sequence[int], at: int) -> Composable:
    """Return whose turn it is: one after the other, and each combination with those before comes once in all rounds."""
    size, rounds = sizes[at], prod(sizes[:at])
    if rounds == 1:
        return SQL("{} % {}").format(number, Literal(size))
    first = sizes[0]
    return SQL("({n} / {rounds} + {n} % {first}) % {size}").format(
        n=number, rounds=Literal(rounds), first=Literal(first), size=Literal(size)
    )


def _unless_null(copied: Composable, value: Composable) -> Composed:
    return SQL("CASE WHEN {} IS NOT NULL THEN {} END").format(copied, value)


def server_text(text: str) -> SQL:
    """Take what the server itself has written as SQL: the name of a type, a condition."""
    return SQL(text)

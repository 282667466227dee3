"""Tables that a statement reads whole for want of an index, by the plan that the server would make. Executes nothing.

A plan without the parameters' values is asked for, since statements are known without: from PostgreSQL 16 on by
`EXPLAIN (GENERIC_PLAN)`, before by a prepared statement (https://www.postgresql.org/docs/current/sql-explain.html).

That a whole table is read is told only where an index would spare most of it: of many rows a condition, or a join,
leaves few, or all are sorted to keep the first. To count all rows, or to return them, all must be read.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.sql import SQL

from gate.adapters.postgres.session import Connection
from gate.adapters.postgres.sql_script import statement_lines
from gate.database_ports import TableScan

Node = Mapping[str, Any]

_MANY_ROWS = 1_000
# With more than this left, the server itself would rather read the whole table than go by an index.
_FEW = 0.25
_WHOLE = frozenset({"Seq Scan", "Index Scan", "Index Only Scan"})
_JOINS = {"Hash Join": "Hash Cond", "Merge Join": "Merge Cond", "Nested Loop": "Join Filter"}
_NEEDS_ALL = frozenset({"Aggregate", "Group", "WindowAgg", "Unique", "SetOp", "ModifyTable", "Recursive Union"})
_EXPLAINABLE = re.compile(
    r"\s*(?:(?:--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)\s*)*(?:SELECT|WITH|INSERT|UPDATE|DELETE|VALUES)\b", re.IGNORECASE
)
_PARAMETER = re.compile(r"\$(\d{1,5})")
_GENERIC_PLAN_SINCE = 160_000
_SETTINGS = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL statement_timeout = '5s'",
    "SET LOCAL lock_timeout = '1s'",
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL plan_cache_mode = force_generic_plan",
    # The service may have another path than we have.
    "SELECT set_config('search_path', concat_ws(', ', nullif(current_setting('search_path'), ''), "
    "string_agg(quote_ident(nspname), ', ' ORDER BY nspname)), true) FROM pg_catalog.pg_namespace "
    "WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
)
_ROWS = SQL(
    "SELECT n.nspname, c.relname, c.reltuples::bigint FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND c.reltuples >= {}"
).format(_MANY_ROWS)


def read_scans(connection: Connection, text: str) -> tuple[TableScan, ...]:
    """Return the large tables that a statement reads whole; () where it has no plan that can be told."""
    if not _EXPLAINABLE.match(text) or len(statement_lines(text)) != 1:
        return ()
    with suppress(psycopg.Error), connection.transaction(force_rollback=True):
        for setting in _SETTINGS:
            connection.execute(setting)
        large = {(schema, table): rows for schema, table, rows in connection.execute(_ROWS)}
        found = whole_reads(_plan(connection, text), large)
        if found:
            # What is read whole only because that costs less than an index that is there wants no other.
            connection.execute("SET LOCAL enable_seqscan = off")
            forced = {scan.table for scan in whole_reads(_plan(connection, text), large)}
            return tuple(scan for scan in found if scan.table in forced)
    return ()


def _plan(connection: Connection, text: str) -> Node:
    statement = text.rstrip().rstrip(";")
    if connection.info.server_version >= _GENERIC_PLAN_SINCE:
        asked = f"EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) {statement}"
    else:
        count = max((int(match[1]) for match in _PARAMETER.finditer(statement)), default=0)
        nulls = f"({', '.join(['NULL'] * count)})" if count else ""
        connection.execute("DEALLOCATE ALL")
        connection.execute(f"PREPARE quality_gate_plan AS {statement}".encode())
        asked = f"EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE quality_gate_plan{nulls}"
    # As bytes, which psycopg sends as they are, not looking for parameters of its own.
    row = connection.execute(asked.encode()).fetchone()
    plan: Node = row[0][0]["Plan"] if row else {}
    return plan


def whole_reads(plan: Node, large: Mapping[tuple[str, str], int]) -> tuple[TableScan, ...]:
    """Return the tables among `large`, by schema and name, that a plan reads whole to use few of their rows."""
    found: dict[str, TableScan] = {}
    for node, above in _nodes(plan, ()):
        rows = large.get((node.get("Schema", ""), node.get("Relation Name", "")), 0)
        if rows and node.get("Node Type") in _WHOLE and "Index Cond" not in node:
            scan = _wasteful(node, above, rows)
            if scan is not None:
                found.setdefault(scan.table, scan)
    return tuple(found.values())


def _nodes(node: Node, above: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    yield node, above
    for below in node.get("Plans", ()):
        yield from _nodes(below, (node, *above))


def _wasteful(node: Node, above: tuple[Node, ...], rows: int) -> TableScan | None:
    """Return the scan if few of its rows are of use; `above` are the nodes that its rows go to, the nearest first."""
    schema, table, alias = node["Schema"], node["Relation Name"], f"{node.get('Alias', '')}."
    name = table if schema == "public" else f"{schema}.{table}"
    if "Filter" in node and node["Plan Rows"] <= rows * _FEW:
        return TableScan(table=name, rows=rows, filter=_condition(node["Filter"], alias))
    sorted_by: list[str] = []
    for one in above:
        kind = one["Node Type"]
        condition = one.get(_JOINS.get(kind, ""), "")
        if condition and one["Plan Rows"] <= rows * _FEW:
            return TableScan(table=name, rows=rows, filter=_condition(condition, ""))
        if kind in _NEEDS_ALL:
            return None
        if kind == "Sort" and node["Node Type"] == "Seq Scan":
            sorted_by = one["Sort Key"]
        if kind == "Limit" and sorted_by and all(alias in key for key in sorted_by):
            return TableScan(table=name, rows=rows, order=_condition(", ".join(sorted_by), alias))
    return None


def _condition(text: str, alias: str) -> str:
    """Return a condition as a reader has it: `(comments.task_id = $1)` is `task_id = $1`."""
    plain = text.replace(alias, "") if alias else text
    enclosed = plain.startswith("(") and plain.endswith(")") and _closing(plain) == len(plain) - 1
    return plain[1:-1] if enclosed else plain


def _closing(text: str) -> int:
    depth = 0
    for at, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return at
    return -1

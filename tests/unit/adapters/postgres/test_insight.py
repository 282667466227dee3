"""The parts of an insight that ask no server: differences of counts, what a plan wastes, who waits for whom."""

from typing import Any

import pytest

from gate.adapters.postgres.insight_locks import LockLooks, without_constants
from gate.adapters.postgres.insight_plans import whole_reads
from gate.adapters.postgres.insight_statements import MARK, statements_since
from gate.adapters.postgres.server_settings import telling_statements
from gate.database_ports import LockWait, Statement, TableScan
from tests.unit.growth import STEEP, growth

LARGE = {("public", "comments"): 100_000, ("shop", "orders"): 5_000}


def test_statements_are_what_has_grown_by_text_and_without_our_own() -> None:
    before = {(10, 1, True): (5, 1.0, 50, 500), (10, 2, True): (9, 9.0, 9, 9), (10, 3, True): (7, 1.0, 1, 1)}
    rows = [
        (10, 1, True, "SELECT a", 8, 1.5, 80, 800),
        (11, 1, True, "SELECT a", 1, 0.1, 1, 2),
        (10, 2, True, "SELECT forgotten, and come again", 2, 2.0, 3, 4),
        (10, 3, True, "SELECT nothing new", 7, 1.0, 1, 1),
        (10, 4, True, f"SELECT {MARK} ours", 1, 1.0, 1, 1),
        (10, 5, True, None, 1, 1.0, 1, 1),
    ]
    assert statements_since(before, rows) == (
        Statement(text="SELECT forgotten, and come again", calls=2, seconds=2.0, rows=3, blocks=4),
        Statement(text="SELECT a", calls=4, seconds=0.6, rows=31, blocks=302),
    )


def scan(table: str = "comments", kept: int = 100_000, **more: Any) -> dict[str, Any]:
    return {
        "Node Type": "Seq Scan",
        "Schema": "public",
        "Relation Name": table,
        "Alias": table,
        "Plan Rows": kept,
        **more,
    }


def above(kind: str, *below: dict[str, Any], rows: int = 100_000, **more: Any) -> dict[str, Any]:
    return {"Node Type": kind, "Plan Rows": rows, "Plans": list(below), **more}


FILTERED = scan(kept=500, Filter="(comments.task_id = $1)")
SORTED = above("Sort", scan(), **{"Sort Key": ["comments.made DESC", "lower(comments.name)"]})
JOINED = above("Hash", scan())


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (FILTERED, TableScan(table="comments", rows=100_000, filter="task_id = $1")),
        (
            above("Limit", above("Sort", FILTERED, **{"Sort Key": ["comments.id"]}), rows=20),
            TableScan(table="comments", rows=100_000, filter="task_id = $1"),
        ),
        (above("Aggregate", FILTERED, rows=1), TableScan(table="comments", rows=100_000, filter="task_id = $1")),
        (
            above("Limit", SORTED, rows=20),
            TableScan(table="comments", rows=100_000, order="made DESC, lower(name)"),
        ),
        (
            above("Hash Join", above("Seq Scan"), JOINED, rows=50, **{"Hash Cond": "(t.id = comments.task_id)"}),
            TableScan(table="comments", rows=100_000, filter="t.id = comments.task_id"),
        ),
        (
            {**scan("orders", kept=1, Filter="((orders.a = $1) AND (orders.b = $2))"), "Schema": "shop"},
            TableScan(table="shop.orders", rows=5_000, filter="(a = $1) AND (b = $2)"),
        ),
    ],
)
def test_a_scan_is_told_that_uses_few_of_its_rows(plan: dict[str, Any], found: TableScan) -> None:
    assert whole_reads(plan, LARGE) == (found,)


@pytest.mark.parametrize(
    "plan",
    [
        {},
        scan(),
        scan("tasks", kept=1, Filter="(tasks.id = $1)"),
        scan(kept=50_000, Filter="(comments.is_done = $1)"),
        {**FILTERED, "Node Type": "Index Scan", "Index Cond": "(comments.id > $2)"},
        above("Limit", scan(), rows=20),
        above("Aggregate", scan(), rows=1),
        above("Limit", above("Aggregate", scan()), rows=20),
        SORTED,
        above("Limit", above("Sort", scan(), **{"Sort Key": ["tasks.made"]}), rows=20),
        above("Hash Join", scan(), rows=100_000, **{"Hash Cond": "(t.id = comments.task_id)"}),
        above("ModifyTable", scan()),
    ],
)
def test_a_scan_that_an_index_would_not_spare_is_not(plan: dict[str, Any]) -> None:
    assert whole_reads(plan, LARGE) == ()


def test_who_stands_in_a_queue_waits_for_who_holds_the_lock() -> None:
    looks = LockLooks()
    looks.note([])
    looks.note(
        [
            (2, 22, "UPDATE a SET b = 2", 1, 11, "SELECT 'x'", "idle in transaction"),
            (3, 22, "UPDATE a SET b = 3", 2, 22, "UPDATE a SET b = 2", "active"),
            (4, 0, "DELETE FROM a WHERE b = 'it''s 4'", 3, 22, "UPDATE a SET b = 3", "active"),
        ]
    )
    looks.note([(3, 22, "UPDATE a SET b = 3", 1, 11, "SELECT 'x'", "idle in transaction")])
    looks.name({22: "UPDATE a SET b = $1", 99: "SELECT somebody else's"})
    holder = {"blocked_by": "SELECT ?", "holder": "idle in transaction"}
    assert looks.waits == (
        LockWait(statement="UPDATE a SET b = $1", share=2 / 3, sessions=2, **holder),
        LockWait(statement="DELETE FROM a WHERE b = ?", share=1 / 3, sessions=1, **holder),
    )


def test_a_wait_for_a_session_that_has_gone_is_told_without_it() -> None:
    looks = LockLooks()
    looks.note([(2, 0, "UPDATE a", None, 0, "", "")])
    looks.note([(2, 0, "UPDATE a", 5, 0, "", "")])
    assert looks.waits == (LockWait(statement="UPDATE a", blocked_by="", holder="", share=1.0, sessions=1),)


def test_constants_are_left_out_of_texts_in_time() -> None:
    assert without_constants("SELECT a1, 2.5, $3 FROM t4 WHERE x = 'a''b' AND y=-7") == (
        "SELECT a1, ?, $3 FROM t4 WHERE x = ? AND y=-?"
    )
    assert growth(lambda size: without_constants("'" * (size + 1)), 100_000) < STEEP
    assert growth(lambda size: without_constants("1" * size), 100_000) < STEEP


@pytest.mark.parametrize("place", ["lib", "lib/postgresql", "lib64/pgsql"])
def test_the_library_is_loaded_where_it_lies(place: str, tmp_path: Any) -> None:
    (tmp_path / "bin").mkdir()
    assert telling_statements(tmp_path / "bin") == {}
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "pg_stat_statements.so").touch()
    assert telling_statements(tmp_path / "bin")["shared_preload_libraries"] == "pg_stat_statements"

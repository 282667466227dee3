"""What an operation costs: counted without what no request is to blame for, N+1 told from a fixed list of questions."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from gate.database_ports import Insight, LockWatch, OperationCost, Statement, TableScan
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.gates.latency.costs import operation_costs, statements_at_rest
from gate.service_ports import HttpClient, Unanswered

USER = "SELECT * FROM users WHERE id = $1"
LIST = "SELECT * FROM tasks WHERE owner_id = $1 LIMIT $2"
EACH = "SELECT * FROM comments WHERE task_id = $1"


class Server(Insight):
    """A server that counts what a service sends: each call returns so many rows."""

    def __init__(self, untold: str = "", scans: Mapping[str, tuple[TableScan, ...]] | None = None) -> None:
        self._untold = untold
        self._scans = scans or {}
        self.sent: Counter[str] = Counter()
        self.returned: Counter[str] = Counter()
        self.explained: list[str] = []

    def send(self, text: str, times: int = 1, rows: int = 1) -> None:
        self.sent[text] += times
        self.returned[text] += times * rows

    @property
    def untold(self) -> str:
        return self._untold

    async def reset(self) -> None:
        self.sent.clear()
        self.returned.clear()

    async def statements(self) -> tuple[Statement, ...]:
        found = [
            Statement(text=text, calls=calls, seconds=calls / 1000, rows=self.returned[text])
            for text, calls in self.sent.items()
        ]
        return tuple(sorted(found, key=lambda one: -one.seconds))

    async def scans(self, statement: Statement) -> tuple[TableScan, ...]:
        self.explained.append(statement.text)
        return self._scans.get(statement.text, ())

    async def fill(self, rows: Mapping[str, int]) -> Mapping[str, int]:
        raise AssertionError("nothing is filled here")

    async def row_counts(self) -> Mapping[str, int]:
        raise AssertionError("nothing is counted here")

    def watching(self) -> AbstractAsyncContextManager[LockWatch]:
        raise AssertionError("nobody looks here")


class Service(HttpClient):
    """A service that does its `work` for each request, and something all the time, `often` a second."""

    def __init__(
        self, server: Server, work: Callable[[], HttpAnswer], at_all_times: str = "", often: float = 0.0
    ) -> None:
        self.server = server
        self.work = work
        self.at_all_times = at_all_times
        self.often = often

    async def send(self, request: HttpRequest) -> HttpAnswer:
        answer = self.work()
        await self.pause(answer.seconds)
        return answer

    async def pause(self, seconds: float) -> None:
        if self.at_all_times:
            self.server.send(self.at_all_times, round(seconds * self.often))


def answer(items: int = 0, status: int = 200, seconds: float = 0.01) -> HttpAnswer:
    body = json.dumps({"items": [{"id": number} for number in range(items)], "tags": ["a"] * 100})
    return HttpAnswer(status=status, body=body.encode(), seconds=seconds)


def costs(service: Service, requests: int = 5) -> tuple[OperationCost, ...]:
    async def ask() -> tuple[OperationCost, ...]:
        at_rest = await statements_at_rest(service, service.server)
        asked = {"GET /tasks": (HttpRequest(method="GET", target="/tasks"),) * requests}
        return await operation_costs(service, service.server, asked, at_rest)

    return asyncio.run(ask())


def cost(work: Callable[[Server], HttpAnswer], requests: int = 5) -> OperationCost:
    server = Server()
    (one,) = costs(Service(server, lambda: work(server)), requests)
    return one


def test_queries_are_counted_without_those_of_transactions_settings_and_drivers() -> None:
    def work(server: Server) -> HttpAnswer:
        for text in (
            "BEGIN ISOLATION LEVEL READ COMMITTED",
            "BEGIN;",
            "COMMIT",
            "/* traced */ ROLLBACK",
            "-- a\nSET x = 1",
            "SHOW standard_conforming_strings",
            "SELECT $1",
            "select pg_catalog.version()",
            "SELECT t.oid, typarray FROM pg_type t WHERE t.oid = to_regtype($1)",
            ";",
            "SAVEPOINT a",
        ):
            server.send(text, times=3)
        server.send(USER)
        server.send(LIST)
        server.send("SELECT setting_id FROM settings")
        return answer()

    found = cost(work)
    assert (found.operation, found.requests, found.queries) == ("GET /tasks", 4, 3.0)
    assert {statement.text for statement in found.statements} == {USER, LIST, "SELECT setting_id FROM settings"}
    assert found.repeated == ()


def test_a_statement_for_each_row_of_another_is_repeated() -> None:
    def work(server: Server) -> HttpAnswer:
        server.send(USER)
        server.send(LIST, rows=21)
        server.send(EACH, times=20, rows=0)
        return answer(20)

    ((statement, times),) = cost(work).repeated
    assert (statement.text, times) == (EACH, 20.0)


def test_a_statement_for_each_object_of_the_answer_is_repeated() -> None:
    def work(server: Server) -> HttpAnswer:
        server.send(EACH, times=6, rows=0)
        return answer(6)

    assert [times for _, times in cost(work).repeated] == [6.0]


@pytest.mark.parametrize(
    ("text", "times", "rows_of_list"),
    [
        ("SELECT value FROM settings WHERE key = $1", 6, 1),
        (EACH, 4, 4),
        ("INSERT INTO audit VALUES ($1)", 30, 30),
        (LIST, 1, 100),
    ],
)
def test_what_does_not_grow_is_not_repeated(text: str, times: int, rows_of_list: int) -> None:
    def work(server: Server) -> HttpAnswer:
        server.send(USER, rows=rows_of_list)
        server.send(text, times)
        return answer()

    assert cost(work).repeated == ()


def test_what_only_the_first_request_does_is_not_counted() -> None:
    first = [True]

    def work(server: Server) -> HttpAnswer:
        server.send(EACH, times=50 if first else 1)
        first.clear()
        return answer(50)

    assert cost(work).queries == 1.0
    assert cost(work, requests=1).requests == 1


def test_what_the_service_does_at_all_times_is_no_cost_of_a_request() -> None:
    server = Server()

    def work() -> HttpAnswer:
        server.send(USER)
        return answer(20, seconds=1.0)

    (one,) = costs(Service(server, work, at_all_times="SELECT * FROM jobs WHERE done = $1", often=100))
    assert (one.queries, one.repeated) == (1.0, ())
    (one,) = costs(Service(server, work, at_all_times=USER, often=100))
    assert replace(one.statements[0], seconds=0.0) == Statement(text=USER, calls=4, seconds=0.0, rows=4)


def test_tables_that_are_read_whole_are_told_with_their_statement_and_asked_for_once() -> None:
    scan = TableScan(table="tasks", rows=100_000, filter="owner_id = $1")
    server = Server(scans={LIST: (scan,)})

    def work() -> HttpAnswer:
        server.send(LIST)
        return answer()

    async def ask() -> tuple[OperationCost, ...]:
        requests = {name: (HttpRequest(method="GET", target="/"),) for name in ("GET /a", "GET /b")}
        return await operation_costs(Service(server, work), server, requests, {})

    found = asyncio.run(ask())
    assert [[(one, statement.text) for one, statement in cost.scans] for cost in found] == [[(scan, LIST)]] * 2
    assert server.explained == [LIST]


def test_refusals_and_silence_tell_nothing() -> None:
    server = Server()

    def silent() -> HttpAnswer:
        raise Unanswered("no answer in 10 s")

    assert costs(Service(server, lambda: answer(status=404))) == ()
    assert costs(Service(server, silent)) == ()


def test_nothing_is_sent_where_statements_cannot_be_told() -> None:
    server = Server(untold="the server has not loaded pg_stat_statements")

    def work() -> HttpAnswer:
        raise AssertionError("sent")

    assert costs(Service(server, work)) == ()


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"[1e999, NaN]", b'{"a": 1' + b" " * 100])
def test_any_answer_is_borne(body: bytes) -> None:
    server = Server()

    def work() -> HttpAnswer:
        server.send("/*" * 10_000)
        server.send(EACH, times=6)
        return HttpAnswer(status=200, body=body)

    (one,) = costs(Service(server, work))
    assert one.queries == 7.0

"""What probably makes an operation slow, by what it costs the database and by who waited for locks. Pure.

What every request costs explains why all are slow. Where most are fast and some are slow, it explains nothing: those
wait for something.
"""

from collections.abc import Iterable, Sequence

from gate.database_ports import LockWait, OperationCost, Statement, TableScan
from gate.domain.wording import counted
from gate.gates.latency.evidence import LatencyEvidence
from gate.gates.latency.operations import Operation
from gate.gates.latency.wording import statement_words, time_words

# How many times longer than the median the slow ones take, where only some are slow.
_SOME = 4.0
# What a statement costs beside its own time, in seconds: the way there and back, and the objects made of its rows.
_ROUND_TRIP = 0.0005
_MOST_CAUSES = 2
OFTEN = 0.05
"""The share of the looks from which on somebody who waits for a lock is worth telling."""
# The share of an operation's median time from which on the database is named as what it goes to.
_MUCH = 0.3


def likely_cause(operation: Operation, evidence: LatencyEvidence) -> str:
    """Say in a clause what probably makes the operation slow."""
    cost = cost_of(operation.name, evidence.costs)
    waits = [wait for wait in _waits_of(operation.name, evidence) if wait.share >= OFTEN]
    if waits:
        return wait_words(waits[0])
    if operation.p95 is None:
        return ""
    median = operation.timings.quantile(0.5)
    constant = _constant(cost, median)
    if operation.p95.value > _SOME * median and operation.limit is not None:
        slow = operation.share_over(operation.limit)
        over = f"most take {time_words(median)} and {100 * slow:.1f} % are over the limit"
        told = f"{over}: look for what only some of them do or wait for"
        if constant or cost is None:
            return f"{told}{constant and f'; each of them {constant}'}"
        return f"{told} ({_not_the_database(cost)})"
    if constant or cost is None:
        return constant
    dear = [one.operation for one in evidence.costs if one.operation != operation.name and (one.repeated or one.scans)]
    behind = f"; it may wait behind {dear[0]}" if dear else ""
    return f"not its own use of the database ({_not_the_database(cost)}){behind}"


def cost_of(name: str, costs: Iterable[OperationCost]) -> OperationCost | None:
    """Return what an operation costs, None where it was not measured."""
    return next((cost for cost in costs if cost.operation == name and cost.requests > 0), None)


def repeated_words(statement: Statement, times: float) -> str:
    """Say that a request sends a statement many times."""
    return f"sends one statement {times:,.0f} times a request: {statement_words(statement.text)}"


def scan_words(scan: TableScan, statement: Statement) -> str:
    """Say that a statement reads a whole table."""
    for_what = f" by {scan.filter}" if scan.filter else f" in the order of {scan.order}" if scan.order else ""
    told = f"reads all {scan.rows:,} rows of {scan.table} for want of an index{for_what}"
    return f"{statement_words(told)}: {statement_words(statement.text)}"


def wait_words(wait: LockWait) -> str:
    """Say who waited for whose lock."""
    who = f" {wait.holder}" if wait.holder else ""
    last = f", whose last statement is {statement_words(wait.blocked_by)}" if wait.blocked_by else ""
    what = f": {statement_words(wait.statement)}" if wait.statement else ""
    often = f"in {100 * wait.share:.0f} % of the looks, {counted(wait.sessions, 'session')} at once at most"
    return f"waits for a lock of a session{who}{last} ({often}){what}"


def _waits_of(name: str, evidence: LatencyEvidence) -> Sequence[LockWait]:
    """Return the waits of an operation's statements, and those that no operation is known to send."""
    senders: dict[str, set[str]] = {}
    for cost in evidence.costs:
        for statement in cost.statements:
            senders.setdefault(_plain(statement.text), set()).add(cost.operation)
    return [wait for wait in evidence.lock_waits if name in senders.get(_plain(wait.statement), {name})]


def _plain(statement: str) -> str:
    return " ".join(statement.split()).rstrip("; ")


def _constant(cost: OperationCost | None, median: float) -> str:
    """Say what each request costs the database too much; "" where that is nothing."""
    if cost is None:
        return ""
    wasteful = [
        *(
            (statement.seconds + times * cost.requests * _ROUND_TRIP, repeated_words(statement, times))
            for statement, times in cost.repeated
        ),
        *((statement.seconds, scan_words(scan, statement)) for scan, statement in cost.scans),
    ]
    if wasteful:
        dearest = sorted(wasteful, key=lambda pair: -pair[0])
        return "; ".join(words for _, words in dearest[:_MOST_CAUSES])
    slowest = max(cost.statements, key=lambda statement: statement.seconds, default=None)
    if slowest is None or _database_time(cost) < _MUCH * median:
        return ""
    whole, most = time_words(_database_time(cost)), time_words(slowest.seconds / cost.requests)
    return f"spends {whole} of a request in the database, {most} of it in {statement_words(slowest.text)}"


def _not_the_database(cost: OperationCost) -> str:
    if not cost.queries:
        return "no statement a request"
    return f"{counted(round(cost.queries) or 1, 'statement')} a request, {time_words(_database_time(cost))} in all"


def _database_time(cost: OperationCost) -> float:
    return sum(statement.seconds for statement in cost.statements) / cost.requests

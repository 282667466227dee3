"""What each operation costs the database: some requests one after another, and the statements that came of them.

Judges nothing: that a statement is repeated or that a table is read whole is told, not found fault with.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gate.database_ports import Insight, OperationCost, Statement, TableScan
from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.service_ports import HttpClient, Unanswered

_REST_SECONDS = 0.5
_MOST_STATEMENTS = 50
# A page asks for the user, the right and the object. The same question five times is asked of each of many objects...
_MANY_TIMES = 5.0
# ...if so many were there, of which some may have been known already; else it is asked of a fixed list, which does not
# grow, unless it is as long as this.
_OF_EACH = 0.5
_VERY_MANY_TIMES = 20.0
_REFUSED = 400

_COMMENTS = re.compile(r"\s*(?:(?:--[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*\*/)\s*)*")
_ASIDE = re.compile(
    r"(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET|SHOW|RESET|DISCARD|DEALLOCATE|PREPARE"
    r"|LISTEN|UNLISTEN|CLOSE)\b|\s*;?\s*\Z",
    re.IGNORECASE,
)
# What a driver asks as it connects, and a pool to know that the server is there.
_OF_DRIVERS = re.compile(
    r"\bpg_(?:catalog|type|range|class|attribute|namespace|enum|proc|settings|database)\b|\binformation_schema\b"
    r"|\ASELECT\s+(?:\$\d+|\d+|version\(\)|current_(?:schema|database|user)(?:\(\))?)\s*;?\s*\Z",
    re.IGNORECASE,
)
_READS = re.compile(r"(?:SELECT|WITH)\b", re.IGNORECASE)


async def statements_at_rest(http: HttpClient, insight: Insight) -> Mapping[str, float]:
    """Return what the service does while it is left alone, such as looking for work: calls a second by statement.

    Raises:
        CannotRun: the database does not answer any more.
    """
    if insight.untold:
        return {}
    await insight.reset()
    await http.pause(_REST_SECONDS)
    return {statement.text: statement.calls / _REST_SECONDS for statement in await insight.statements()}


async def operation_costs(
    http: HttpClient,
    insight: Insight,
    requests: Mapping[str, tuple[HttpRequest, ...]],
    at_rest: Mapping[str, float],
) -> tuple[OperationCost, ...]:
    """Measure what each operation costs, by sending its `requests` while nobody else does.

    What the service does `at_rest`, no request is to blame for.

    The first of several is not counted: it may fill a cache. Operations that give no answer, or only refusals (4xx,
    5xx), are left out; all are where statements cannot be told.

    Raises:
        CannotRun: the database does not answer any more.
    """
    if insight.untold:
        return ()
    scans: dict[str, tuple[TableScan, ...]] = {}
    found = []
    for operation, several in requests.items():
        await _answers(http, several[: len(several) > 1])
        await insight.reset()
        answers = await _answers(http, several[len(several) > 1 :])
        if any(answer.status < _REFUSED for answer in answers):
            seconds = sum(answer.seconds for answer in answers)
            statements = _without_rest(_of_service(await insight.statements()), at_rest, seconds)
            for statement in statements[:_MOST_STATEMENTS]:
                if statement.text not in scans:
                    scans[statement.text] = await insight.scans(statement)
            found.append(_cost(operation, answers, statements, scans))
    return tuple(found)


async def _answers(http: HttpClient, requests: Sequence[HttpRequest]) -> list[HttpAnswer]:
    found = []
    for request in requests:
        try:
            found.append(await http.send(request))
        except Unanswered:
            continue
    return found


def _cost(
    operation: str,
    answers: Sequence[HttpAnswer],
    statements: Sequence[Statement],
    scans: Mapping[str, tuple[TableScan, ...]],
) -> OperationCost:
    number = len(answers)
    listed = sum(_longest_list(answer) for answer in answers) / number
    return OperationCost(
        operation=operation,
        requests=number,
        queries=sum(statement.calls for statement in statements) / number,
        statements=tuple(statements[:_MOST_STATEMENTS]),
        repeated=tuple(
            (statement, statement.calls / number)
            for statement in statements
            if _is_asked_of_each(statement, statements, number, listed)
        ),
        scans=tuple((scan, statement) for statement in statements for scan in scans.get(statement.text, ())),
    )


def _is_asked_of_each(statement: Statement, others: Sequence[Statement], requests: int, listed: float) -> bool:
    """Tell whether a request sends this statement for each of many rows, which another returned or the answer lists."""
    times = statement.calls / requests
    if times < _MANY_TIMES or not _READS.match(_begun(statement.text)):
        return False
    most = max((other.rows / requests for other in others if other.text != statement.text), default=0.0)
    return times >= _VERY_MANY_TIMES or max(most, listed) >= times * _OF_EACH


def _of_service(statements: Sequence[Statement]) -> list[Statement]:
    """Return the statements without those of transactions, settings and drivers."""
    begun = [(statement, _begun(statement.text)) for statement in statements]
    return [statement for statement, text in begun if not _ASIDE.match(text) and not _OF_DRIVERS.search(text)]


def _begun(text: str) -> str:
    """Return a statement without the comments before it."""
    comments = _COMMENTS.match(text)
    return text[comments.end() :] if comments else text


def _without_rest(statements: Sequence[Statement], at_rest: Mapping[str, float], seconds: float) -> list[Statement]:
    """Return the statements without the calls that would have come in these seconds anyway."""
    found = []
    for statement in statements:
        anyway = min(1.0, at_rest.get(statement.text, 0.0) * seconds / statement.calls)
        calls = round(statement.calls * (1 - anyway))
        if calls:
            share = calls / statement.calls
            rows, blocks = round(statement.rows * share), round(statement.blocks * share)
            found.append(replace(statement, calls=calls, seconds=statement.seconds * share, rows=rows, blocks=blocks))
    return found


def _longest_list(answer: HttpAnswer) -> int:
    """Return how many objects the longest list of an answer holds; 0 where it is no JSON."""
    try:
        left = [json.loads(answer.body)]
    except (ValueError, RecursionError):
        return 0
    longest = 0
    while left:
        value = left.pop()
        if isinstance(value, list):
            longest = max(longest, sum(isinstance(one, dict) for one in value))
        left.extend(value if isinstance(value, list) else value.values() if isinstance(value, dict) else ())
    return longest

"""Asks an operation whether its input is safe and bounded: over-long, of a wrong type, empty, with a NUL byte.

No payload could run a command. What the document itself says must be refused is a flaw where it is taken; a fault of
the service (5xx) always is one.
"""

from collections.abc import Iterable
from dataclasses import replace

from gate.domain.finding import Severity
from gate.formats.schema_bounds import unbounded
from gate.formats.schema_spoiling import Spoilt, spoilt_bodies, spoilt_parameters
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_access import status_of
from gate.gates.access_review.caller import Call
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule

_MOST_NAMED = 8
_OF_NUMBERS = ("too-large", "negative")


async def ask_input(panel: Panel, subject: Subject, sheet: Sheet, who: Identity, arranged: Arranged) -> None:
    """Send what must be refused, in the name of somebody whose plain request succeeds."""
    sent = 0
    limited = 0
    faults: dict[str, Exchange] = {}
    numbers: dict[str, Exchange] = {}
    taken: dict[str, Exchange] = {}
    is_used = False
    for spoilt, call in _calls(panel, subject, arranged):
        exchange = await panel.caller.call(who.name, f"sends {spoilt.kind} at {spoilt.place}", call, who.credentials)
        sent += 1
        limited += status_of(exchange) == "429"
        named = f"{spoilt.place} ({spoilt.kind})"
        if is_used and _is_failing(exchange):
            # What was taken before may be there twice now, or be gone: this alone could be why it failed.
            exchange = await _afresh(panel, subject, who, spoilt) or exchange
        if _is_failing(exchange):
            (numbers if spoilt.kind in _OF_NUMBERS and not spoilt.must_refuse else faults)[named] = exchange
        elif spoilt.must_refuse and is_success(exchange.answer):
            taken[named] = exchange
        is_used = is_used or (subject.is_unsafe and is_success(exchange.answer))
    _conclude(sheet, sent, faults, taken)
    if sent and limited == sent:
        sheet.note(Question.INPUT, Cell.NOT_EXERCISED, "every request was answered 429")
    if numbers and not faults:
        # A number without a bound that no column holds: what a missing bound weighs, this weighs.
        message = (
            f"is answered {status_of(next(iter(numbers.values())))} to a number without a bound: {_named(numbers)}"
        )
        sheet.flaw(Question.INPUT, Rule.SERVER_ERROR, message, *list(numbers.values())[:3], severity=panel.unbounded)
    ask_bounds(panel, subject, sheet)


def _conclude(sheet: Sheet, sent: int, faults: dict[str, Exchange], taken: dict[str, Exchange]) -> None:
    if faults:
        first = next(iter(faults.values()))
        sheet.flaw(
            Question.INPUT,
            Rule.SERVER_ERROR,
            f"is answered {status_of(first)}, where the input should be refused: {_named(faults)}",
            *list(faults.values())[:3],
        )
    if taken:
        sheet.flaw(
            Question.INPUT,
            Rule.BOUND_NOT_KEPT,
            f"takes what its document says must be refused: {_named(taken)}",
            *list(taken.values())[:3],
        )
    if not faults and not taken:
        sheet.note(Question.INPUT, Cell.PASSED if sent else Cell.NOT_ASKED, "" if sent else "takes no input")


def ask_bounds(panel: Panel, subject: Subject, sheet: Sheet) -> None:
    """Look in the document for what a caller may send without a bound."""
    open_ended = [one for one in unbounded(panel.document, subject.operation) if one.kind != "number"]
    if open_ended:
        names = [f"{one.place} ({one.kind})" for one in open_ended]
        sheet.flaw(
            Question.INPUT,
            Rule.INPUT_UNBOUNDED,
            f"the document gives no bound for {_named(names)}",
            severity=panel.unbounded,
        )
        if panel.unbounded is Severity.ERROR:
            sheet.note(Question.INPUT, Cell.FAILED, "input without a bound")


def _named(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _calls(panel: Panel, subject: Subject, arranged: Arranged) -> Iterable[tuple[Spoilt, Call]]:
    call = arranged.call
    if call.body is not None:
        for spoilt in spoilt_bodies(panel.document, subject.operation, call.body):
            yield spoilt, replace(call, body=spoilt.whole)
    values = {**call.path, **call.query}
    for spoilt in spoilt_parameters(panel.document, subject.operation, values):
        path = {name: spoilt.whole[name] for name in call.path}
        query = {name: value for name, value in spoilt.whole.items() if name not in call.path}
        yield spoilt, replace(call, path=path, query=query)


def _is_failing(exchange: Exchange) -> bool:
    """Tell an answer that says that the service itself failed."""
    return exchange.answer is not None and exchange.answer.status >= 500


async def _afresh(panel: Panel, subject: Subject, who: Identity, spoilt: Spoilt) -> Exchange | None:
    """Send the same on fresh objects; None where they cannot be had."""
    try:
        arranged = await panel.workshop.arrange(subject, who)
    except NotArranged:
        return None
    for again, call in _calls(panel, subject, arranged):
        if (again.place, again.kind) == (spoilt.place, spoilt.kind):
            purpose = f"sends {spoilt.kind} at {spoilt.place} once more"
            return await panel.caller.call(who.name, purpose, call, who.credentials)
    return None

"""Asks whether an ordinary user can do what takes a role."""

from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_access import Fresh, status_of
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.questions import Cell, Question, Rule

_TOO_MANY_REQUESTS = 429


async def ask_role(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, role: str, *, is_stated: bool) -> Fresh:
    """Ask whether an ordinary user can do what takes a role; `role` is "" where an ordinary user was let in.

    `is_stated`: the policy says for whom it is. Returns a call on untouched objects.
    """
    if not role:
        is_odd = subject.names_a_role and not is_stated and not start.who.role
        return await _ask_by_name(panel, subject, sheet, start) if is_odd else start
    ordinary = panel.owner
    exchange = await panel.caller.call(
        ordinary.name, f"tries it without the role {role}", start.arranged.call, ordinary.credentials
    )
    done = await panel.looking.difference(start.before, start.arranged, start.who, start.arranged.marker)
    if is_success(exchange.answer) or done.is_any:
        message = f"an ordinary user does what takes the role {role} ({status_of(exchange)})"
        sheet.flaw(Question.ROLE, Rule.ROLE_NOT_REQUIRED, message, exchange, *done.proof)
        return await start.renew() if subject.is_unsafe else start
    if exchange.answer is None or exchange.answer.status >= 500 or exchange.answer.status == _TOO_MANY_REQUESTS:
        sheet.note(Question.ROLE, Cell.NOT_EXERCISED, f"an ordinary user was answered {status_of(exchange)}")
    else:
        sheet.note(Question.ROLE, Cell.PASSED)
    return start


async def _ask_by_name(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh) -> Fresh:
    """Ask an operation that only its path says takes a role."""
    exchange = await panel.caller.call(
        start.who.name, "does it as an ordinary user", start.arranged.call, start.who.credentials
    )
    if not is_success(exchange.answer):
        return start
    message = f"its path names `{subject.names_a_role}`, and an ordinary user is let in"
    sheet.flaw(Question.ROLE, Rule.ROLE_NOT_REQUIRED, message, exchange)
    return await start.renew() if subject.is_unsafe else start

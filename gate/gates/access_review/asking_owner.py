"""Asks whether another user can do to an object what only its owner may, and reads back whether it was done."""

from dataclasses import replace

from gate.gates.access_review.answers import is_success, json_of, shows_nothing
from gate.gates.access_review.asking_access import Fresh, is_fault, status_of, told
from gate.gates.access_review.asking_accounts import ask_password
from gate.gates.access_review.denials import is_denial
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.filling import differing
from gate.gates.access_review.identities import NoIdentity
from gate.gates.access_review.looking import Difference
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.shown import (
    is_shown,
    owned_by_name,
    secrets_in,
    sees_it_anyway,
    shows_object,
    shows_private,
)

_UNCLEAR = (400, 405, 415, 422)
"""What says that a request is wrong, more likely than that it is refused."""


async def ask_other(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, *, is_stated: bool) -> Fresh:
    """Ask whether somebody else can do to the owner's object what only the owner may.

    `is_stated`: the policy says that it is for its owner. Returns a call on untouched objects.
    """
    other = panel.other
    if other is None:
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, "there is no second user")
        return start
    attempt = start.arranged
    if subject.operation.body is not None:
        attempt = await panel.workshop.refilled(subject, start.who, start.arranged)
        if start.before is not None and start.before.is_there:
            body = differing(panel.document, subject.operation, attempt.call.body, start.before.value)
            attempt = replace(attempt, call=replace(attempt.call, body=body))
    exchange = await panel.caller.call(other.name, "tries it on the owner's object", attempt.call, other.credentials)
    if is_fault(exchange.answer) or status_of(exchange) == "429":
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, f"another user was answered {status_of(exchange)}")
        return start
    if not subject.is_unsafe:
        await _ask_reading(panel, sheet, start, exchange, is_stated=is_stated)
        return start
    return await _ask_changing(panel, subject, sheet, start, attempt, exchange, is_stated=is_stated)


async def _ask_changing(
    panel: Panel,
    subject: Subject,
    sheet: Sheet,
    start: Fresh,
    attempt: Arranged,
    exchange: Exchange,
    *,
    is_stated: bool,
) -> Fresh:
    """Conclude from what another user was answered to `attempt`, and from what the owner reads afterwards."""
    done = await panel.looking.difference(start.before, start.arranged, start.who, attempt.marker)
    if done.is_any:
        if not is_stated and await sees_it_anyway(panel, start.arranged) and not owned_by_name(start):
            sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
        else:
            _note_done(subject, sheet, exchange, done)
        return await start.renew()
    if _went_through(exchange) and await ask_password(panel, subject, sheet, start, exchange, attempt.call.body):
        return await start.renew()
    if is_success(exchange.answer) and start.arranged.owned and shows_object(exchange, start):
        sheet.flaw(
            Question.OWNER,
            Rule.OTHER_READS,
            f"another user is shown the owner's object ({status_of(exchange)})",
            exchange,
        )
        return start
    if exchange.answer is not None and exchange.answer.status in _UNCLEAR:
        return await _ask_the_same(panel, sheet, start, attempt, exchange)
    if done.is_unknown:
        reason = "what was the owner's could not be read back after another user tried"
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, reason)
        return start
    sheet.note(Question.OWNER, Cell.PASSED, _effect(exchange))
    return _unseen(sheet, start, exchange) if _went_through(exchange) else start


async def _ask_the_same(panel: Panel, sheet: Sheet, start: Fresh, attempt: Arranged, denial: Exchange) -> Fresh:
    """Send as the owner what another user was told is a bad request: only where it is none, that was a refusal."""
    own = await panel.caller.call(start.who.name, "sends the very same", attempt.call, start.who.credentials)
    if _went_through(own):
        sheet.note(Question.OWNER, Cell.PASSED)
        return await start.renew()
    reason = f"another user was answered {status_of(denial)}, and the owner {status_of(own)} to the same"
    sheet.note(Question.OWNER, Cell.NOT_EXERCISED, reason)
    return start


def _went_through(exchange: Exchange) -> bool:
    """Tell a success, or the redirect to another page with which a form's sender is told of one."""
    answer = exchange.answer
    return is_success(answer) or (answer is not None and answer.status in (302, 303) and not is_denial(answer))


def _unseen(sheet: Sheet, start: Fresh, exchange: Exchange) -> Fresh:
    """After a success without a visible effect: where nothing shows effects at all, nothing was proven."""
    if start.before is None or not start.before.is_there:
        sheet.asked.pop(Question.OWNER, None)
        sheet.unseen = exchange
        sheet.note(
            Question.OWNER,
            Cell.NOT_EXERCISED,
            f"another user was answered {status_of(exchange)}, and no operation shows whether anything was done",
        )
    return start


def _effect(exchange: Exchange) -> str:
    return "" if not is_success(exchange.answer) else f"answered {status_of(exchange)}, and changed nothing"


def _note_done(subject: Subject, sheet: Sheet, exchange: Exchange, done: Difference) -> None:
    proof = (done.proof[0], exchange, *done.proof[1:])
    if not _went_through(exchange):
        message = f"another user was refused with {status_of(exchange)}, and it was done all the same: {told(done)}"
        sheet.flaw(Question.OWNER, Rule.DENIED_BUT_DONE, message, *proof)
    elif subject.method == "DELETE" or (done.gone and subject.method == "POST"):
        sheet.flaw(Question.OWNER, Rule.OTHER_DELETES, f"another user deletes it: {told(done)}", *proof)
    elif subject.method == "POST" and not subject.path.rstrip("/").endswith("}") and done.has_canary:
        sheet.flaw(Question.OWNER, Rule.OTHER_ADDS, f"another user adds to the owner's: {told(done)}", *proof)
    else:
        sheet.flaw(Question.OWNER, Rule.OTHER_CHANGES, f"another user changes it: {told(done)}", *proof)


async def _ask_refusal(panel: Panel, sheet: Sheet, start: Fresh, exchange: Exchange, *, is_stated: bool) -> None:
    told_all = [one for one in start.arranged.owned if not one.is_identity and is_shown(exchange, one)]
    if told_all and (is_stated or not await sees_it_anyway(panel, start.arranged)):
        message = f"another user is refused with {status_of(exchange)}, and shown the owner's object all the same"
        sheet.flaw(Question.OWNER, Rule.OTHER_READS, message, exchange)
        return
    # What is refused to its owner, too, was not there, or is closed to all: no refusal of others.
    own = await panel.caller.call(start.who.name, "reads its own", start.arranged.call, start.who.credentials)
    if _went_through(own):
        sheet.note(Question.OWNER, Cell.PASSED)
    else:
        reason = f"the owner's own request was answered {status_of(own)} after another user's"
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, reason)


async def _ask_reading(panel: Panel, sheet: Sheet, start: Fresh, exchange: Exchange, *, is_stated: bool) -> None:
    if not is_success(exchange.answer):
        await _ask_refusal(panel, sheet, start, exchange, is_stated=is_stated)
        return
    of_user = start.arranged.owned[-1].is_identity
    is_private = of_user and await shows_private(panel, start, exchange)
    if not shows_object(exchange, start) and not is_private:
        own = await panel.caller.call(start.who.name, "reads its own", start.arranged.call, start.who.credentials)
        same = json_of(own.answer) is not None and json_of(own.answer) == json_of(exchange.answer)
        if same and shows_nothing(json_of(own.answer)):
            sheet.note(Question.OWNER, Cell.NOT_EXERCISED, "nothing of the owner's was there to be shown")
        elif not same:
            sheet.note(Question.OWNER, Cell.PASSED, "another user is shown nothing of the owner's")
        elif of_user:
            sheet.note(Question.OWNER, Cell.PASSED, "what is shown of a user is nothing private")
        elif not is_stated and not secrets_in(exchange) and await sees_it_anyway(panel, start.arranged):
            sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
        else:
            sheet.flaw(
                Question.OWNER, Rule.OTHER_READS, "another user is answered the same as the owner", own, exchange
            )
        return
    if not is_stated and of_user and not is_private:
        sheet.note(Question.OWNER, Cell.PASSED, "what is shown of a user is nothing private")
    elif not is_stated and not secrets_in(exchange) and await sees_it_anyway(panel, start.arranged):
        sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
    else:
        sheet.flaw(
            Question.OWNER,
            Rule.OTHER_READS,
            f"another user reads the owner's object ({status_of(exchange)})",
            exchange,
        )


async def ask_crossed(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh) -> Fresh:
    """Ask whether another user reaches the owner's object below an object of its own: `/tasks/OWN/comments/OWNERS`.

    Of a list below an object, whether it shows what lies below another's.
    """
    other, made = panel.other, start.arranged.made
    owned = [one for one in made if one.owned and not one.is_identity]
    if other is None or not owned or sheet.asked[Question.OWNER].cell is Cell.FAILED:
        return start
    children = [one for one in start.arranged.referred if one.value is None and one.marker]
    if len(owned) < 2 and not (children and not subject.is_unsafe):
        return start
    try:
        own = await panel.workshop.arrange(subject, other)
    except (NotArranged, NoIdentity):
        return start
    if children and not subject.is_unsafe:
        await _ask_list_below(panel, subject, sheet, start, own)
        return start
    last = made[-1]
    call = replace(start.arranged.call, path={**own.call.path, last.place.parameter: last.value})
    exchange = await panel.caller.call(other.name, "tries it below an object of its own", call, other.credentials)
    if subject.is_unsafe:
        done = await panel.looking.difference(start.before, start.arranged, start.who, start.arranged.marker)
        if done.is_any:
            _note_done(subject, sheet, exchange, done)
            return await start.renew()
    elif is_success(exchange.answer) and is_shown(exchange, last) and not await sees_it_anyway(panel, start.arranged):
        message = f"another user reads the owner's object below an object of its own ({status_of(exchange)})"
        sheet.flaw(Question.OWNER, Rule.OTHER_READS, message, exchange)
    return start


async def _ask_list_below(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, own: Arranged) -> None:
    other = panel.other
    assert other is not None
    call = panel.workshop.lists.call(subject, own.call.path)
    exchange = await panel.caller.call(other.name, "lists what lies below its own", call, other.credentials)
    child = next(one for one in start.arranged.referred if one.value is None and one.marker)
    if is_success(exchange.answer) and is_shown(exchange, child) and not await sees_it_anyway(panel, start.arranged):
        message = f"the list below another user's own object shows what is the owner's ({status_of(exchange)})"
        sheet.flaw(Question.OWNER, Rule.LIST_LEAKS, message, exchange)

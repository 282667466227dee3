"""Asks whether another user can do to an object what only its owner may, and reads back whether it was done."""

from dataclasses import replace

from gate.gates.access_review.answers import is_success, json_of, nodes, shows
from gate.gates.access_review.asking_access import Fresh, is_fault, status_of, told
from gate.gates.access_review.evidence import Cell, Exchange, Question, Rule
from gate.gates.access_review.filling import differing
from gate.gates.access_review.identities import NoIdentity
from gate.gates.access_review.looking import Difference
from gate.gates.access_review.objects import Arranged, Made, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.words import OWNERS, plain_name


async def ask_other(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, *, is_shared: bool | None) -> Fresh:
    """Ask whether somebody else can do to the owner's object what only the owner may.

    `is_shared` is what the policy says; None where nobody said. Returns a call on untouched objects.
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
    if is_fault(exchange.answer):
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, f"another user was answered {status_of(exchange)}")
        return start
    if not subject.is_unsafe:
        await _ask_reading(panel, sheet, start, exchange, is_shared=is_shared)
        return start
    done = await panel.looking.difference(start.before, subject, start.arranged, start.who, attempt.marker)
    if done.is_any:
        if is_shared or (
            is_shared is None and await sees_it_anyway(panel, start.arranged) and not owned_by_name(start)
        ):
            sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
        else:
            _note_done(subject, sheet, exchange, done)
        return await start.renew()
    if is_success(exchange.answer) and start.arranged.owned and _shows_object(exchange, start):
        sheet.flaw(
            Question.OWNER,
            Rule.OTHER_READS,
            f"another user is shown the owner's object ({status_of(exchange)})",
            exchange,
        )
        return start
    sheet.note(Question.OWNER, Cell.PASSED, _effect(exchange))
    return replace(start) if not is_success(exchange.answer) else _unseen(sheet, start, exchange)


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
    if not is_success(exchange.answer):
        message = f"another user was refused with {status_of(exchange)}, and it was done all the same: {told(done)}"
        sheet.flaw(Question.OWNER, Rule.DENIED_BUT_DONE, message, *proof)
    elif subject.method == "DELETE" or (done.gone and subject.method == "POST"):
        sheet.flaw(Question.OWNER, Rule.OTHER_DELETES, f"another user deletes it: {told(done)}", *proof)
    elif subject.method == "POST" and not subject.path.rstrip("/").endswith("}") and done.has_canary:
        sheet.flaw(Question.OWNER, Rule.OTHER_ADDS, f"another user adds to the owner's: {told(done)}", *proof)
    else:
        sheet.flaw(Question.OWNER, Rule.OTHER_CHANGES, f"another user changes it: {told(done)}", *proof)


async def _ask_reading(panel: Panel, sheet: Sheet, start: Fresh, exchange: Exchange, *, is_shared: bool | None) -> None:
    if not is_success(exchange.answer):
        told_all = [one for one in start.arranged.owned if not one.is_identity and _is_shown(exchange, one)]
        if told_all and not is_shared and not await sees_it_anyway(panel, start.arranged):
            message = f"another user is refused with {status_of(exchange)}, and shown the owner's object all the same"
            sheet.flaw(Question.OWNER, Rule.OTHER_READS, message, exchange)
            return
        sheet.note(Question.OWNER, Cell.PASSED)
        return
    if is_shared:
        sheet.note(Question.OWNER, Cell.PASSED, "every user may read it")
        return
    if not _shows_object(exchange, start):
        own = await panel.caller.call(start.who.name, "reads its own", start.arranged.call, start.who.credentials)
        same = json_of(own.answer) is not None and json_of(own.answer) == json_of(exchange.answer)
        if same and not json_of(own.answer):
            sheet.note(Question.OWNER, Cell.NOT_EXERCISED, "nothing of the owner's was there to be shown")
        elif not same or start.arranged.owned[-1].is_identity:
            sheet.note(Question.OWNER, Cell.PASSED, "another user is shown nothing of the owner's")
        elif await sees_it_anyway(panel, start.arranged):
            sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
        else:
            sheet.flaw(
                Question.OWNER, Rule.OTHER_READS, "another user is answered the same as the owner", own, exchange
            )
        return
    if is_shared is None and start.arranged.owned[-1].is_identity and not _shows_private(exchange, start.who):
        sheet.note(Question.OWNER, Cell.PASSED, "what is shown of a user is nothing private")
    elif is_shared is None and await sees_it_anyway(panel, start.arranged):
        sheet.note(Question.OWNER, Cell.PASSED, "every user may: it is in the other user's own list")
    else:
        sheet.flaw(
            Question.OWNER,
            Rule.OTHER_READS,
            f"another user reads the owner's object ({status_of(exchange)})",
            exchange,
        )


def _shows_object(exchange: Exchange, start: Fresh) -> bool:
    """Tell whether an answer shows an object of the owner: by a text that only it has."""
    return any(_is_shown(exchange, one) for one in start.arranged.owned)


def _is_shown(exchange: Exchange, made: Made) -> bool:
    """Tell whether an answer shows an object; what was asked with is no news."""
    asked = f"{exchange.request.target}{(exchange.request.body or b'').decode('utf-8', 'replace')}"
    return len(made.marker) >= 6 and made.marker not in asked and shows(exchange.answer, made.marker)


def _shows_private(exchange: Exchange, who: Identity) -> bool:
    email = str(who.facts.get("email", ""))
    return bool(email) and shows(exchange.answer, email)


async def sees_it_anyway(panel: Panel, arranged: Arranged) -> bool:
    """Tell whether the outermost object stands in the other user's own list: then it is shared with every user."""
    outermost = next((one for one in (*arranged.made, *arranged.referred) if one.owned), None)
    if outermost is None or outermost.is_identity or panel.other is None or not outermost.marker:
        return False
    answer = await panel.workshop.listed(outermost.place, {}, panel.other)
    return is_success(answer) and shows(answer, outermost.marker)


def owned_by_name(start: Fresh) -> bool:
    """Tell whether the object itself names its owner: an `author` or `owner_id` that is the one who made it."""
    value = start.before.value if start.before is not None else None
    names = {str(fact) for key, fact in start.who.facts.items() if key in {"id", "username", "email"}}
    for path, inner in nodes(value):
        if any(plain_name(part) in OWNERS for part in path) and isinstance(inner, str | int) and str(inner) in names:
            return True
    return False


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
        done = await panel.looking.difference(start.before, subject, start.arranged, start.who, start.arranged.marker)
        if done.is_any:
            _note_done(subject, sheet, exchange, done)
            return await start.renew()
    elif is_success(exchange.answer) and _is_shown(exchange, last) and not await sees_it_anyway(panel, start.arranged):
        message = f"another user reads the owner's object below an object of its own ({status_of(exchange)})"
        sheet.flaw(Question.OWNER, Rule.OTHER_READS, message, exchange)
    return start


async def _ask_list_below(panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, own: Arranged) -> None:
    other = panel.other
    assert other is not None
    call = panel.workshop.list_call(subject, own.call.path)
    exchange = await panel.caller.call(other.name, "lists what lies below its own", call, other.credentials)
    child = next(one for one in start.arranged.referred if one.value is None and one.marker)
    if is_success(exchange.answer) and _is_shown(exchange, child) and not await sees_it_anyway(panel, start.arranged):
        message = f"the list below another user's own object shows what is the owner's ({status_of(exchange)})"
        sheet.flaw(Question.OWNER, Rule.LIST_LEAKS, message, exchange)

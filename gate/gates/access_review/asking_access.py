"""Asks an operation who is let in: without credentials, with forged ones, as another user, as one without the role.

Every denial counts only beside a request of the same kind that succeeds: the positive control.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from gate.domain.finding import Severity
from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import is_success, shows
from gate.gates.access_review.denials import is_denial, is_log_in_page, names_credential
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.filling import differing
from gate.gates.access_review.forgeries import Forgery, forgeries
from gate.gates.access_review.looking import Difference, Look
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule

_UNCLEAR = (400, 405, 409, 415, 422)
_GONE = (404, 410)


def status_of(exchange: Exchange) -> str:
    """Say how a request was answered: `403`, or why there was no answer."""
    return str(exchange.answer.status) if exchange.answer is not None else exchange.trouble


def is_page(exchange: Exchange) -> bool:
    """Tell a page for people: a view without parameters, mostly, that no document lists."""
    return exchange.answer is not None and "html" in exchange.answer.header("Content-Type").lower()


def shows_address(exchange: Exchange, who: Identity) -> bool:
    """Tell whether an answer shows the address with which a user signed up, and who asked did not name."""
    address = str(who.facts.get("email", ""))
    asked = f"{unquote(exchange.request.target)}{(exchange.request.body or b'').decode('utf-8', 'replace')}"
    return "@" in address and address not in asked and shows(exchange.answer, address)


def is_fault(answer: HttpAnswer | None) -> bool:
    """Tell an answer that says that the service itself failed."""
    return answer is None or answer.status >= 500


@dataclass(slots=True, kw_only=True)
class Working:
    """A call that works for whoever may make it: who that is, and the exchange that shows it."""

    who: Identity
    arranged: Arranged
    control: Exchange


class NotWorking(Exception):
    """Nobody's request succeeds: `str()` says why; `denied` that an ordinary user was refused with 403."""

    def __init__(self, why: str, *, denied: bool = False, exchange: Exchange | None = None) -> None:
        super().__init__(why)
        self.denied = denied
        self.exchange = exchange


async def working(
    panel: Panel, subject: Subject, who: Identity, victim: Identity | None = None, *, asker: Identity | None = None
) -> Working:
    """Find a call of an operation that succeeds for somebody; `asker` is who sends it, on objects that `who` made.

    Raises:
        NotWorking: there is none.
    """
    asker = asker or who
    last: Exchange | None = None
    for full in (None, True, False):
        try:
            arranged = await panel.workshop.arrange(subject, who, victim=victim, full=full)
        except NotArranged as trouble:
            raise NotWorking(str(trouble)) from None
        last = await panel.caller.call(asker.name, "does what it may", arranged.call, asker.credentials)
        if is_success(last.answer) or (last.answer is not None and last.answer.status in (302, 303, 304)):
            return Working(who=asker, arranged=arranged, control=last)
        if last.answer is None or last.answer.status not in _UNCLEAR or subject.operation.body is None:
            break
    missed = last is not None and last.answer is not None and last.answer.status not in (401, 403)
    if missed and panel.workshop.names_account(subject):
        # It is about the account that its body names, and a made-up name is nobody's.
        return await working(panel, subject, who, victim, asker=asker)
    assert last is not None
    told = status_of(last)
    denied = last.answer is not None and last.answer.status in (401, 403)
    raise NotWorking(f"{asker.name}'s own request was answered {told}", denied=denied, exchange=last)


@dataclass(slots=True, kw_only=True)
class Fresh:
    """A call on fresh objects, with what they looked like before anybody tried anything.

    `renew` arranges the same on other objects, and for another user where this one may be gone.
    """

    who: Identity
    arranged: Arranged
    before: Look | None
    renew: Callable[[], Awaitable["Fresh"]]


async def tells_apart(panel: Panel, refused: Exchange | None) -> bool:
    """Tell whether an operation that refuses an ordinary user with 403 asks everybody else for a log-in."""
    if refused is None or status_of(refused) != "403":
        return False
    shown = {name.lower() for name, _ in panel.owner.credentials.headers}
    plain = tuple(one for one in refused.request.headers if one[0].lower() not in shown)
    statuses = set()
    for forgery in forged_for(panel, panel.owner):
        request = replace(refused.request, headers=(*plain, *forgery.credentials.headers))
        exchange = await panel.caller.send("nobody", f"tries {forgery.name}", request)
        statuses.add(status_of(exchange) if is_denial(exchange.answer) else "")
    return bool(statuses) and "" not in statuses and "403" not in statuses


async def fresh(
    panel: Panel,
    subject: Subject,
    who: Identity,
    victim: Identity | None,
    renew: Callable[[], Awaitable[Fresh]],
) -> Fresh:
    """Arrange a call and look at what it is about; raises NotArranged."""
    arranged = await panel.workshop.arrange(subject, who, victim=victim)
    if not subject.is_unsafe and arranged.made and not subject.path.rstrip("/").endswith("}"):
        # A list of nothing shows nothing: something is put on it.
        arranged = await panel.workshop.with_child(subject, who, arranged)
    before = await panel.looking.look(subject, arranged, who) if subject.is_unsafe else None
    if before is not None and before.is_there and arranged.call.body is not None and not before.is_whole_list:
        body = differing(panel.document, subject.operation, arranged.call.body, before.value)
        arranged = replace(arranged, call=replace(arranged.call, body=body))
    return Fresh(who=who, arranged=arranged, before=before, renew=renew)


async def refused(
    panel: Panel, subject: Subject, sheet: Sheet, start: Fresh, forged: tuple[Forgery, ...], control: Exchange
) -> tuple[list[tuple[Forgery, Exchange]], Fresh]:
    """Try every forgery; return those that were let in, and a call whose objects nobody has touched.

    Notes what came of the question whether one must be logged in, but for those that were let in. `control` is a
    request of who may.
    """
    has_own_form = is_log_in_page(control.answer)
    let_in: list[tuple[Forgery, Exchange]] = []
    denied: list[Exchange] = []
    unclear: list[str] = []
    for forgery in forged:
        exchange = await panel.caller.call("nobody", f"tries {forgery.name}", start.arranged.call, forgery.credentials)
        if is_log_in_page(exchange.answer) and not has_own_form:
            denied.append(exchange)
        elif is_success(exchange.answer):
            let_in.append((forgery, exchange))
            if subject.is_unsafe:
                start = await start.renew()
        elif denied and exchange.answer is not None and exchange.answer.status >= 500:
            # What it cannot even read it does not let in, where who brings nothing is refused.
            message = f"is answered {status_of(exchange)} to {forgery.name}, where it should be refused"
            sheet.flaw(Question.LOGGED_IN, Rule.SERVER_ERROR, message, exchange, severity=Severity.WARNING)
        elif _is_refusal(exchange.answer, forgery, start.who):
            denied.append(exchange)
        else:
            unclear.append(f"{forgery.name} was answered {status_of(exchange)}")
    if denied and not let_in and subject.is_unsafe:
        start = await _ask_done(panel, sheet, start, denied[0])
    sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED if unclear else Cell.PASSED, next(iter(unclear), ""))
    return let_in, start


async def _ask_done(panel: Panel, sheet: Sheet, start: Fresh, denial: Exchange) -> Fresh:
    """Ask whether what was refused was done all the same."""
    done = await panel.looking.difference(start.before, start.arranged, start.who, start.arranged.marker)
    if not done.is_any:
        return start
    message = f"was refused with {status_of(denial)}, and done all the same: {told(done)}"
    sheet.flaw(Question.LOGGED_IN, Rule.DENIED_BUT_DONE, message, denial, *done.proof)
    return await start.renew()


def _is_refusal(answer: HttpAnswer | None, forgery: Forgery, who: Identity) -> bool:
    if answer is None:
        return False
    if is_denial(answer) or answer.status in _GONE:
        return True
    if answer.status == 422:
        return names_credential(answer, who)
    # A token that cannot be read is a bad request to some.
    return answer.status == 400 and forgery.rule is not Rule.LOGIN_NOT_REQUIRED


def told(done: Difference) -> str:
    """Say what is different."""
    if done.gone:
        return "it is gone"
    return "what was sent is there" if done.has_canary else f"{', '.join(done.fields[:5])} changed"


def forged_for(panel: Panel, who: Identity) -> tuple[Forgery, ...]:
    """Return the credentials that must be refused in place of somebody's."""
    found = forgeries(who.credentials, panel.keys)
    if panel.expired is not None and not any(one.rule is Rule.EXPIRED_TOKEN for one in found):
        found = (*found, Forgery(name="an expired token", credentials=panel.expired, rule=Rule.EXPIRED_TOKEN))
    return found

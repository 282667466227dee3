"""Asks whether a caller can set what it must not: its own role, or whose an object is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import Json, is_success, json_of, plain_members, shows, without_echo
from gate.gates.access_review.asking_access import status_of
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.filling import with_more
from gate.gates.access_review.forbidden_fields import documented_fields, fields_to_try
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.resources import readers_of
from gate.gates.access_review.words import plain_name

_NOBODYS = "quality_gate_field"


Asker = Callable[[], Awaitable[Identity]]
"""Gives who asks: somebody new each time where a request may end who sends it."""


async def ask_fields(panel: Panel, subject: Subject, sheet: Sheet, asker: Asker) -> None:
    """Send fields that only the service may set, one request each kind, and look whether they took effect."""
    who = await asker()
    try:
        arranged = await panel.workshop.arrange(subject, who)
    except NotArranged as trouble:
        sheet.note(Question.MASS_ASSIGNMENT, Cell.NOT_EXERCISED, str(trouble))
        return
    if not isinstance(arranged.call.body, Mapping):
        sheet.note(Question.MASS_ASSIGNMENT, Cell.NOT_ASKED, "takes no fields")
        return
    plain = await panel.caller.call(who.name, "sends plain fields", arranged.call, who.credentials)
    if not is_success(plain.answer):
        reason = f"{who.name}'s own request was answered {status_of(plain)}"
        sheet.note(Question.MASS_ASSIGNMENT, Cell.NOT_EXERCISED, reason)
        return
    shown = plain_members(json_of(plain.answer))
    look = await panel.looking.look(subject, arranged, who)
    if look is not None and look.is_there:
        shown = {**plain_members(look.value), **shown}
    sheet.note(Question.MASS_ASSIGNMENT, Cell.PASSED)
    for extra, is_identity in fields_to_try(panel, subject, who, shown):
        await _try(panel, subject, sheet, await asker(), extra, is_identity=is_identity)
    await _ask_parent(panel, subject, sheet, who)


async def _ask_parent(panel: Panel, subject: Subject, sheet: Sheet, who: Identity) -> None:
    """Ask whether a field of the body goes before the path: `POST /tasks/OWN/comments` with the task of another."""
    documented = documented_fields(panel, subject)
    named = [name for name in subject.parameters if plain_name(name) in documented]
    if panel.other is None or not named or subject.ends_identity:
        return
    try:
        arranged = await panel.workshop.arrange(subject, who)
        theirs = await panel.workshop.arrange(subject, panel.other)
    except NotArranged:
        return
    extra = {documented[plain_name(name)]: theirs.call.path[name] for name in named}
    call = replace(arranged.call, body=with_more(arranged.call.body, extra))
    exchange = await panel.caller.call(who.name, "names another's object in the body", call, who.credentials)
    if not is_success(exchange.answer) or not arranged.marker:
        return
    for reader, _ in readers_of(subject.path, panel.subjects):
        if set(reader.parameters) <= set(theirs.call.path):
            call = panel.workshop.lists.call(reader, theirs.call.path)
            look = await panel.caller.call(panel.other.name, "reads its own", call, panel.other.credentials)
            if is_success(look.answer) and shows(look.answer, arranged.marker):
                message = f"takes from the body what it is about: `{next(iter(extra))}` was another user's"
                sheet.flaw(Question.OWNER, Rule.IDENTITY_IN_BODY, message, exchange, look)
                return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A request with fields that the caller must not set, and what it was about."""

    who: Identity
    arranged: Arranged
    exchange: Exchange
    was: Mapping[str, Any]


async def _try(
    panel: Panel, subject: Subject, sheet: Sheet, who: Identity, extra: dict[str, Any], *, is_identity: bool
) -> None:
    try:
        arranged = await panel.workshop.arrange(subject, who)
    except NotArranged:
        return
    was = await _seen(panel, subject, who, arranged)
    call = replace(arranged.call, body=with_more(arranged.call.body, extra))
    exchange = await panel.caller.call(who.name, f"also sends {', '.join(extra)}", call, who.credentials)
    if not is_success(exchange.answer):
        return
    attempt = _Attempt(who=who, arranged=arranged, exchange=exchange, was=was)
    handed = await _handed_over(panel, subject, attempt) if is_identity else None
    for name, value in extra.items():
        proof = await _effect(panel, subject, attempt, name, value) or handed
        if proof is None:
            continue
        if is_identity and plain_name(name) in documented_fields(panel, subject):
            message = f"takes from the body whose it is: `{name}` was set to another user's"
            sheet.flaw(Question.OWNER, Rule.IDENTITY_IN_BODY, message, *proof)
        message = f"the caller sets `{name}`, which only the service may: it became {str(value)[:40]!r}"
        sheet.flaw(Question.MASS_ASSIGNMENT, Rule.MASS_ASSIGNMENT, message, *proof)


async def _seen(panel: Panel, subject: Subject, who: Identity, arranged: Arranged) -> Mapping[str, Any]:
    """Return what is shown of what a request is about, and of who sends it where it is about an account."""
    if subject.parameters:
        look = await panel.looking.look(subject, arranged, who)
        return plain_members(look.value) if look is not None and look.is_there and not look.is_whole_list else {}
    return plain_members(json_of(await _account(panel, subject, who)))


async def _account(panel: Panel, subject: Subject, who: Identity) -> HttpAnswer | None:
    """Return what the service shows of who asks, for an operation that is about that."""
    reader = next((one for one in panel.subjects if one.shows_asker), None)
    if reader is None or not subject.ends_identity or who.credentials.are_none:
        return None
    call = panel.workshop.lists.call(reader, {})
    return (await panel.caller.call(who.name, "reads its account", call, who.credentials)).answer


async def _handed_over(panel: Panel, subject: Subject, attempt: _Attempt) -> tuple[Exchange, ...] | None:
    """Return what proves that an object became the other user's: the other is shown it, its maker no more."""
    other, marker = panel.other, attempt.arranged.marker
    if other is None or not marker or attempt.who.credentials.are_none:
        return None
    path = attempt.arranged.call.path
    for reader, _ in readers_of(subject.path, panel.subjects):
        if not set(reader.parameters) <= set(path):
            continue
        call = panel.workshop.lists.call(reader, path)
        theirs = await panel.caller.call(other.name, "looks for it", call, other.credentials)
        if not is_success(theirs.answer) or not shows(theirs.answer, marker):
            continue
        own = await panel.caller.call(attempt.who.name, "looks for it", call, attempt.who.credentials)
        return None if shows(own.answer, marker) else (attempt.exchange, theirs, own)
    return None


async def _effect(
    panel: Panel,
    subject: Subject,
    attempt: _Attempt,
    name: str,
    value: Json,
) -> tuple[Exchange, ...] | None:
    """Return what proves that a field took effect: read back where that can be, else as the answer says."""
    exchange = attempt.exchange
    answered = without_echo(json_of(exchange.answer), attempt.exchange.request.body)
    echoed = _is_set(plain_members(answered), name, value, attempt.was)
    if subject.parameters:
        look = await panel.looking.look(subject, attempt.arranged, attempt.who)
        if look is not None and look.is_there and not look.is_whole_list:
            is_set = _is_set(plain_members(look.value), name, value, attempt.was)
            return (exchange, look.exchange) if is_set else None
    elif _is_set(plain_members(json_of(await _account(panel, subject, attempt.who))), name, value, attempt.was):
        return (exchange,)
    return (exchange,) if echoed and not await _is_echo(panel, subject, attempt) else None


async def _is_echo(panel: Panel, subject: Subject, attempt: _Attempt) -> bool:
    """Tell whether an operation sends back whatever it is sent, also a field that no service has."""
    try:
        arranged = await panel.workshop.arrange(subject, attempt.who)
    except NotArranged:
        return False
    call = replace(arranged.call, body=with_more(arranged.call.body, {_NOBODYS: _NOBODYS}))
    exchange = await panel.caller.call(attempt.who.name, "also sends a made-up field", call, attempt.who.credentials)
    shown = without_echo(json_of(exchange.answer), exchange.request.body) if is_success(exchange.answer) else None
    return plain_members(shown).get(_NOBODYS) == _NOBODYS


def _is_set(shown: Mapping[str, Any], name: str, value: Json, was: Mapping[str, Any]) -> bool:
    wanted = plain_name(name)
    for one, inner in shown.items():
        if plain_name(one) == wanted and (inner == value or (type(inner) is not bool and str(inner) == str(value))):
            return bool(was.get(one) != inner)
    return False

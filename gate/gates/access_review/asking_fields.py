"""Asks whether a caller can set what it must not: its own role, or whose an object is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import Json, is_success, json_of, nodes, shows, without_echo
from gate.gates.access_review.asking_access import status_of
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.filling import with_more
from gate.gates.access_review.made import Arranged, NotArranged
from gate.gates.access_review.operations import Subject, fields_of
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.resources import readers_of
from gate.gates.access_review.words import OWNERS, PRIVILEGES, plain_name, words_of

_NOBODYS = "quality_gate_field"
_ALWAYS = ("owner_id", "user_id", "author_id", "created_by")
_MOST_SILENT = 20
_MOST_FIELDS = 500
_LARGEST = 10**15
_USUAL = ("is_admin", "is_superuser", "admin", "role")


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
    shown = _flat(json_of(plain.answer))
    look = await panel.looking.look(subject, arranged, who)
    if look is not None and look.is_there:
        shown = {**_flat(look.value), **shown}
    sheet.note(Question.MASS_ASSIGNMENT, Cell.PASSED)
    for extra, is_identity in _extras(panel, subject, who, shown):
        await _try(panel, subject, sheet, await asker(), extra, is_identity=is_identity)
    await _ask_parent(panel, subject, sheet, who)


async def _ask_parent(panel: Panel, subject: Subject, sheet: Sheet, who: Identity) -> None:
    """Ask whether a field of the body goes before the path: `POST /tasks/OWN/comments` with the task of another."""
    documented = _documented(panel, subject)
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
            call = panel.workshop.list_call(reader, theirs.call.path)
            look = await panel.caller.call(panel.other.name, "reads its own", call, panel.other.credentials)
            if is_success(look.answer) and shows(look.answer, arranged.marker):
                message = f"takes from the body what it is about: `{next(iter(extra))}` was another user's"
                sheet.flaw(Question.OWNER, Rule.IDENTITY_IN_BODY, message, exchange, look)
                return


def _extras(
    panel: Panel, subject: Subject, who: Identity, shown: Mapping[str, Any]
) -> list[tuple[dict[str, Any], bool]]:
    """Return the fields to send, those by which another user is named apart.

    What the answers show and what the body documents is tried one by one, what is only usual elsewhere at once: an
    answer of 422 to one must not hide another.
    """
    documented = _documented(panel, subject)
    names = {plain_name(name): name for name in (*_USUAL, *_ALWAYS)}
    names |= {plain_name(name): name for name in shown} | documented
    privileges = {
        names[plain_name(name)]: value
        for name, value in PRIVILEGES
        if plain_name(name) in names and _is_of_kind(shown.get(names[plain_name(name)]), value)
    }
    foreign: dict[str, Any] = {}
    own = {str(fact) for fact in who.facts.values()}
    for plain, name in names.items():
        if plain in OWNERS and panel.other is not None and (name not in shown or str(shown[name]) in own):
            value = _of_other(name, panel.other, shown.get(name))
            if value is not None and str(value) not in own:
                foreign[name] = value
    found: list[tuple[dict[str, Any], bool]] = []
    for fields, is_identity in ((privileges, False), (foreign, True)):
        known = {name: value for name, value in fields.items() if name in shown or plain_name(name) in documented}
        found.extend(({name: value}, is_identity) for name, value in known.items())
        if usual := {name: value for name, value in fields.items() if name not in known}:
            found.append((usual, is_identity))
    silent = {name: _other_value(value) for name, value in shown.items() if _is_silent(name, value, documented, own)}
    if silent := {
        name: value for name, value in silent.items() if value is not None and name not in privileges | foreign
    }:
        # Each is read back by itself.
        found.append((dict(list(silent.items())[:_MOST_SILENT]), False))
    return found[:8]


def _documented(panel: Panel, subject: Subject) -> dict[str, str]:
    """Return the fields of the body that the document names, by their plain names."""
    names = [name.rpartition(".")[2] for name in fields_of(panel.document, subject.operation)]
    return {plain_name(name): name for name in names}


def _is_silent(name: str, value: Json, documented: Mapping[str, str], own: set[str]) -> bool:
    """Tell a field that the service shows, and does not say that it takes: its own to set, but for names and times."""
    plain = plain_name(name)
    if plain in documented or plain in OWNERS or str(value) in own or not isinstance(value, bool | int | float | str):
        return False
    words = words_of(name)
    return not {"id", "at", "date", "time", "slug", "url", "href", "type", "token", "key", "uuid", "message"} & set(
        words
    )


def _other_value(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 987_654 if abs(value) < _LARGEST else None
    return "quality-gate" if isinstance(value, str) and value.isidentifier() else None


def _is_of_kind(shown: Json, value: object) -> bool:
    """Tell whether a value could stand where another is shown: a role is a text, not a number."""
    return shown is None or type(shown) is type(value)


def _of_other(name: str, other: Identity, shown: Json) -> Json:
    """Return what names the other user in a field."""
    plain = plain_name(name)
    number = other.facts.get("id")
    if plain in {"owner", "user", "author", "creator", "createdby"} and isinstance(shown, str):
        candidates = [other.facts.get("username"), other.facts.get("email"), number]
        return next((one for one in candidates if isinstance(one, str)), None)
    if shown is not None and type(shown) is not type(number):
        return None
    return number


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
        if is_identity and plain_name(name) in _documented(panel, subject):
            message = f"takes from the body whose it is: `{name}` was set to another user's"
            sheet.flaw(Question.OWNER, Rule.IDENTITY_IN_BODY, message, *proof)
        message = f"the caller sets `{name}`, which only the service may: it became {str(value)[:40]!r}"
        sheet.flaw(Question.MASS_ASSIGNMENT, Rule.MASS_ASSIGNMENT, message, *proof)


async def _seen(panel: Panel, subject: Subject, who: Identity, arranged: Arranged) -> Mapping[str, Any]:
    """Return what is shown of what a request is about, and of who sends it where it is about an account."""
    if subject.parameters:
        look = await panel.looking.look(subject, arranged, who)
        return _flat(look.value) if look is not None and look.is_there and not look.is_whole_list else {}
    return _flat(json_of(await _account(panel, subject, who)))


async def _account(panel: Panel, subject: Subject, who: Identity) -> HttpAnswer | None:
    """Return what the service shows of who asks, for an operation that is about that."""
    reader = next((one for one in panel.subjects if one.shows_asker), None)
    if reader is None or not subject.ends_identity or who.credentials.are_none:
        return None
    call = panel.workshop.list_call(reader, {})
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
        call = panel.workshop.list_call(reader, path)
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
    echoed = _is_set(_flat(answered), name, value, attempt.was)
    if subject.parameters:
        look = await panel.looking.look(subject, attempt.arranged, attempt.who)
        if look is not None and look.is_there and not look.is_whole_list:
            is_set = _is_set(_flat(look.value), name, value, attempt.was)
            return (exchange, look.exchange) if is_set else None
    elif _is_set(_flat(json_of(await _account(panel, subject, attempt.who))), name, value, attempt.was):
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
    return _flat(shown).get(_NOBODYS) == _NOBODYS


def _is_set(shown: Mapping[str, Any], name: str, value: Json, was: Mapping[str, Any]) -> bool:
    wanted = plain_name(name)
    for one, inner in shown.items():
        if plain_name(one) == wanted and (inner == value or (type(inner) is not bool and str(inner) == str(value))):
            return bool(was.get(one) != inner)
    return False


def _flat(value: Json) -> dict[str, Any]:
    """Return the plain members of an answer, those nearest to its top first, but of no list."""
    found: dict[str, Any] = {}
    for path, inner in nodes(value):
        if path and not any(part.isdigit() for part in path) and not isinstance(inner, Mapping):
            found.setdefault(path[-1], inner)
            if len(found) >= _MOST_FIELDS:
                break
    return found

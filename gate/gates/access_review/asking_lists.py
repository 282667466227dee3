"""Asks a list whether it shows what belongs to somebody else."""

from dataclasses import replace

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import is_success, json_of, nodes
from gate.gates.access_review.asking_access import is_fault, status_of
from gate.gates.access_review.caller import Call
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.made import MAKES, Made, NotArranged, shows_made
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.resources import Place, places_of, shape
from gate.gates.access_review.words import MYSELF, OWNERS, PASSWORDS, any_of, plain_name

_MASKED = ("*", "•", "x" * 6)


def place_listed_by(panel: Panel, subject: Subject) -> Place | None:
    """Return the place whose objects a list shows, None where none of the service's paths tells."""
    for one in panel.subjects:
        for place in places_of(one.path):
            if shape(place.collection) == shape(subject.path):
                return place
    return None


async def ask_list(panel: Panel, subject: Subject, sheet: Sheet, *, stated: str) -> None:
    """Ask whether a list shows another user what the owner made, and that it shows it to the owner."""
    other, who = panel.other, panel.owner
    if other is None:
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, "there is no second user")
        return
    made = await _made_for(panel, subject, who)
    if isinstance(made, str):
        sheet.note(Question.OWNER, Cell.NOT_ASKED, made)
        return
    parents: dict[str, object] = {}
    own = await _listed(panel, subject, parents, who, "lists its own")
    if not shows_made(own.answer, made):
        reason = "the owner's own list does not show what it made"
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED if is_success(own.answer) else Cell.NOT_ASKED, reason)
        return
    exchange = await _listed(panel, subject, parents, other, "lists")
    if is_fault(exchange.answer) or status_of(exchange) == "429":
        sheet.note(Question.OWNER, Cell.NOT_EXERCISED, f"another user was answered {status_of(exchange)}")
        return
    if not is_success(exchange.answer) or not shows_made(exchange.answer, made):
        sheet.note(Question.OWNER, Cell.PASSED)
        await _ask_named(panel, subject, sheet, made, own, stated=stated)
        return
    if stated in ("shared", "public"):
        sheet.note(Question.OWNER, Cell.PASSED, "every user sees them all")
    elif stated == "owner" or any_of(subject.words, MYSELF) or await _item_is_private(panel, made):
        sheet.flaw(
            Question.OWNER,
            Rule.LIST_LEAKS,
            f"the list shows another user what the owner made ({status_of(exchange)})",
            own,
            exchange,
        )
    else:
        sheet.note(Question.OWNER, Cell.PASSED, "deduced: every user sees them all, one by one, too")


async def _ask_named(panel: Panel, subject: Subject, sheet: Sheet, made: Made, own: Exchange, *, stated: str) -> None:
    """Ask whether a list shows another user's to who names that user in the query: `?owner_id=1`."""
    other, number = panel.other, panel.owner.facts.get("id")
    names = [one.name for one in subject.operation.parameters if one.location == "query"]
    for name in names:
        if plain_name(name) not in OWNERS or number is None or other is None or stated in ("shared", "public"):
            continue
        call = panel.workshop.lists.call(subject, {})
        call = replace(call, query={**call.query, name: number})
        exchange = await panel.caller.call(other.name, f"lists with the owner's {name}", call, other.credentials)
        if is_success(exchange.answer) and shows_made(exchange.answer, made):
            message = f"the list shows another user what is the owner's, where the query says so (`{name}`)"
            sheet.flaw(Question.OWNER, Rule.LIST_LEAKS, message, own, exchange)


async def _made_for(panel: Panel, subject: Subject, who: Identity) -> Made | str:
    """Make an object that a list should show; a reason where that cannot be."""
    place = place_listed_by(panel, subject)
    if place is None:
        maker = next(
            (one for one in panel.subjects if one.method == "POST" and shape(one.path) == shape(subject.path)), None
        )
        if maker is None or maker in (panel.accounts.sign_up, panel.accounts.log_in):
            return "nothing that the service makes is listed here"
        return await _made_by(panel, maker, who)
    pointed = next((one for one in panel.subjects if place in places_of(one.path)), None)
    if pointed is None:
        return "nothing that the service makes is listed here"
    try:
        arranged = await panel.workshop.arrange(pointed, who)
    except NotArranged as trouble:
        return str(trouble)
    made = next((one for one in arranged.made if one.place == place), None)
    if made is None or not made.owned or not made.marker or made.is_identity:
        return "what is listed belongs to no user"
    return made


async def _made_by(panel: Panel, maker: Subject, who: Identity) -> Made | str:
    try:
        arranged = await panel.workshop.arrange(maker, who)
    except NotArranged as trouble:
        return str(trouble)
    exchange = await panel.caller.call(who.name, MAKES, arranged.call, who.credentials)
    if not is_success(exchange.answer) or not arranged.marker:
        return f"{maker.key} was answered {status_of(exchange)}"
    return Made(place=Place(parameter="", collection=maker.path), value=None, owned=True, marker=arranged.marker)


async def _listed(panel: Panel, subject: Subject, parents: dict[str, object], who: Identity, purpose: str) -> Exchange:
    call: Call = panel.workshop.lists.call(subject, parents)
    return await panel.caller.call(who.name, purpose, call, who.credentials)


async def _item_is_private(panel: Panel, made: Made) -> bool:
    """Tell whether the service refuses another user the very object that its list shows."""
    reader = next(
        (
            one
            for one in panel.subjects
            if one.method == "GET" and places_of(one.path) == (made.place,) and one.path.rstrip("/").endswith("}")
        ),
        None,
    )
    if reader is None or panel.other is None or not made.place.parameter:
        return False
    call = panel.workshop.lists.call(reader, {made.place.parameter: made.value})
    exchange = await panel.caller.call(panel.other.name, "reads one of the list", call, panel.other.credentials)
    return exchange.answer is not None and 400 <= exchange.answer.status < 500


def exposed_secret(answer: HttpAnswer | None) -> str:
    """Return the name of a field that shows a password or its hash, "" where there is none."""
    for path, inner in nodes(json_of(answer)):
        name = path[-1] if path else ""
        if not isinstance(inner, str) or len(inner) < 6 or inner.startswith((*_MASKED, "/")):
            continue
        if (PASSWORDS.search(name) and "secret" not in name.lower()) or "password_hash" in name or "hashed" in name:
            return name
    return ""

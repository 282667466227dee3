"""Tells what another user is shown of an owner's object, and whether every user is meant to see it."""

from gate.gates.access_review.answers import is_success, json_of, nodes, shows
from gate.gates.access_review.asking_access import Fresh, shows_address
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.made import Arranged, Made, shows_made
from gate.gates.access_review.panel import Panel
from gate.gates.access_review.words import OWNERS, PRIVATE, any_of, plain_name, words_of


def shows_object(exchange: Exchange, start: Fresh) -> bool:
    """Tell whether an answer shows an object of the owner: by a text that only it has."""
    return any(is_shown(exchange, one) for one in start.arranged.owned)


def is_shown(exchange: Exchange, made: Made) -> bool:
    """Tell whether an answer shows an object; what was asked with is no news."""
    asked = f"{exchange.request.target}{(exchange.request.body or b'').decode('utf-8', 'replace')}"
    return len(made.marker) >= 6 and made.marker not in asked and shows(exchange.answer, made.marker)


def secrets_in(exchange: Exchange) -> list[str]:
    """Return the fields whose names say that they are for their owner, though a list may show the rest."""
    members = [(path[-1], inner) for path, inner in nodes(json_of(exchange.answer)) if path]
    return [name for name, inner in members if isinstance(inner, str) and inner and any_of(words_of(name), PRIVATE)]


async def shows_private(panel: Panel, start: Fresh, exchange: Exchange) -> bool:
    """Tell whether a user's address is shown that the list of all users does not show to everybody."""
    if panel.other is None or not shows_address(exchange, start.who):
        return False
    listed = await panel.workshop.lists.of(start.arranged.owned[-1].place, {}, panel.other)
    return not is_success(listed) or not shows(listed, str(start.who.facts.get("email", "")))


async def sees_it_anyway(panel: Panel, arranged: Arranged) -> bool:
    """Tell whether the outermost object stands in the other user's own list: then it is shared with every user."""
    outermost = next((one for one in (*arranged.made, *arranged.referred) if one.owned), None)
    if outermost is None or outermost.is_identity or panel.other is None or not outermost.marker:
        return False
    answer = await panel.workshop.lists.of(outermost.place, {}, panel.other)
    return is_success(answer) and shows_made(answer, outermost)


def owned_by_name(start: Fresh) -> bool:
    """Tell whether the object itself names its owner: an `author` or `owner_id` that is the one who made it."""
    value = start.before.value if start.before is not None else None
    names = {str(fact) for key, fact in start.who.facts.items() if key in {"id", "username", "email"}}
    for path, inner in nodes(value):
        if any(plain_name(part) in OWNERS for part in path) and isinstance(inner, str | int) and str(inner) in names:
            return True
    return False

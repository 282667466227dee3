"""An object that a service made or showed, and a call that is arranged on such objects. Makes none itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import Json, json_of, nodes, shows
from gate.gates.access_review.caller import Call
from gate.gates.access_review.identifiers import identifier_names
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import Place
from gate.gates.access_review.words import plain_name

MAKES = "makes an object"
"""The purpose of a request that does."""
DEEPEST = 4
"""How many objects below each other are made for one call."""
# Letters of a text that stands in no answer by chance.
_TELLING = 6


class NotArranged(Exception):
    """What a request needs cannot be had: `str()` says what, and what to write where that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An object. `owned`: its identity made it, or is it; else it was only found. `marker` is a text only it has.

    `made_by` is the operation that made it, `made_below` the values of that operation's path.
    """

    place: Place
    value: Json
    owned: bool
    marker: str = ""
    is_identity: bool = False
    answer: Json = None
    made_by: Subject | None = None
    made_below: Mapping[str, Any] = field(default_factory=dict)


def account_of(whom: Identity, place: Place, value: Json, *, owned: bool) -> Made:
    """Return somebody's account as an object, `value` being what identifies it at its place."""
    name = str(whom.facts.get("username", ""))
    return Made(place=place, value=value, owned=owned, is_identity=True, marker=name)


def shows_made(answer: HttpAnswer | None, made: Made) -> bool:
    """Tell whether an answer shows an object: by a text that only it has, else by an element with its identifier.

    A short one, such as the number 1, stands in many answers that do not show it.
    """
    if len(made.marker) >= _TELLING:
        return shows(answer, made.marker)
    names = {plain_name(name) for name in identifier_names(made.place)}
    wanted = str(made.value)
    return made.value is not None and any(
        len(path) > 1 and path[-2].isdigit() and plain_name(path[-1]) in names and str(inner) == wanted
        for path, inner in nodes(json_of(answer))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """A call that should succeed, the objects in its path, and the objects to which its body or its query refers.

    `marker` is a text that stands in what it sends, "" where there is no room for one.
    """

    call: Call
    made: tuple[Made, ...] = ()
    referred: tuple[Made, ...] = ()
    marker: str = ""

    @property
    def owned(self) -> tuple[Made, ...]:
        """The objects that belong to whoever it was arranged for."""
        return tuple(one for one in (*self.made, *self.referred) if one.owned)

"""Puts objects of who asks where a body or a query refers to some. Makes them in the workshop."""

from collections.abc import Mapping
from typing import Any, Protocol

from gate.formats.openapi_document import Parameter
from gate.gates.access_review.answers import Json
from gate.gates.access_review.filling import mapped
from gate.gates.access_review.identifiers import with_one_each
from gate.gates.access_review.made import DEEPEST, Made, NotArranged
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import Place, makers_of, places_of, reference_noun, same_noun
from gate.gates.access_review.words import OWNERS, plain_name

_MOST_REFERENCES = 6


class Making(Protocol):
    """What makes objects, one below the other."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The operations of the service."""
        ...

    async def object_at(
        self, subject: Subject, place: Place, who: Identity, whom: Identity, parents: Mapping[str, Any], depth: int
    ) -> Made:
        """Make or find what a place identifies; raises NotArranged."""
        ...

    async def made_by(
        self,
        maker: Subject,
        place: Place,
        schema: Parameter | None,
        who: Identity,
        parents: Mapping[str, Any],
        depth: int,
    ) -> Made | str:
        """Make an object by an operation; say why it could not be made otherwise."""
        ...


async def with_references(
    workshop: Making,
    subject: Subject,
    who: Identity,
    body: Json,
    query: dict[str, Any],
    referred: list[Made],
    depth: int,
) -> tuple[Any, dict[str, Any]]:
    """Put objects of who asks where the body or the query refers to some."""
    wanted: dict[tuple[str, ...], Any] = {}
    body = with_one_each(body, subject.path)

    def note(path: tuple[str, ...], old: Json) -> Json:
        wanted[path] = old
        return old

    mapped(body, note)
    mapped(query, lambda path, old: note(("?", *path), old))
    known: dict[str, Any] = {}
    replaced: dict[tuple[str, ...], Any] = {}
    for path, old in list(wanted.items())[:200]:
        name = next((part for part in reversed(path) if not part.isdigit()), "")
        if plain_name(name) in OWNERS:
            own = who.facts.get("id")
            if own is not None and type(own) is type(old):
                replaced[path] = own
            continue
        noun = reference_noun(name, subject.path)
        if not noun or depth >= DEEPEST - 1 or len(known) >= _MOST_REFERENCES:
            continue
        if noun not in known:
            known[noun] = await _referred(workshop, subject, noun, who, depth)
        if isinstance(known[noun], Made):
            replaced[path] = known[noun].value
            referred.append(known[noun])
    body = mapped(body, replaced.get)
    return body, mapped(query, lambda path, old: replaced.get(("?", *path), old))


async def _referred(workshop: Making, subject: Subject, noun: str, who: Identity, depth: int) -> Made | None:
    """Make an object of a noun, by whatever operation makes such objects."""
    for place in _places(workshop.subjects):
        if same_noun(noun, place.noun) or same_noun(noun, place.collection_noun):
            pointed = next((one for one in workshop.subjects if place in places_of(one.path)), subject)
            try:
                return await workshop.object_at(pointed, place, who, who, {}, depth + 1)
            except NotArranged:
                continue
    # Objects that no path identifies: `POST /orders` is there, `/orders/{id}` is not.
    place = Place(parameter=f"{noun}_id", collection="")
    for maker in makers_of(place, workshop.subjects, [subject]):
        made = await workshop.made_by(maker, place, None, who, {}, depth + 1)
        if isinstance(made, Made):
            return made
    return None


def _places(subjects: tuple[Subject, ...]) -> list[Place]:
    return list(dict.fromkeys(places_of(one.path)[0] for one in subjects if places_of(one.path)))

"""Reads back, as the owner, what an operation is about: an answer of 2xx proves no flaw, and one of 403 no safety."""

from dataclasses import dataclass, replace

from gate.gates.access_review.answers import Json, changed_fields, element_with, is_success, json_of, shows
from gate.gates.access_review.caller import Call, Caller
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.made import Arranged, Made
from gate.gates.access_review.objects import Workshop
from gate.gates.access_review.operations import Subject, parameters_of
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import places_of, readers_of, reference_noun, same_noun


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen: the object (an element of a list where only a list shows it), None where it was not there.

    `wanted` is the object that a list was searched for, None where all of the answer is looked at.
    """

    exchange: Exchange
    value: Json
    wanted: Made | None = None

    @property
    def is_there(self) -> bool:
        """Whether the object was shown."""
        return is_success(self.exchange.answer) and self.value is not None

    @property
    def is_whole_list(self) -> bool:
        """Whether a list as such was looked at."""
        return self.wanted is None and isinstance(self.value, list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is different after an attempt. `fields` are names, `has_canary`: the text that the attempt sent is there.

    `is_unknown`: what was there before could not be read again.
    """

    gone: bool = False
    is_unknown: bool = False
    has_canary: bool = False
    fields: tuple[str, ...] = ()
    proof: tuple[Exchange, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything is."""
        return self.gone or self.has_canary or bool(self.fields)


NO_DIFFERENCE = Difference()
_SHORTEST_MARKER = 6


@dataclass(slots=True, kw_only=True)
class Looking:
    """Looks at objects."""

    caller: Caller
    workshop: Workshop
    subjects: tuple[Subject, ...]

    async def look(self, subject: Subject, arranged: Arranged, who: Identity) -> Look | None:
        """Look at what a call is about, as somebody sees it; None where no operation shows it."""
        for call, wanted in self._calls(subject, arranged):
            exchange = await self.caller.call(who.name, "reads back", call, who.credentials)
            look = Look(exchange=exchange, value=_value_of(exchange, arranged, wanted), wanted=wanted)
            is_gone = exchange.answer is not None and exchange.answer.status in (404, 410)
            if look.is_there or (is_gone and wanted is None):
                return look
        return None

    async def again(self, look: Look, arranged: Arranged, who: Identity) -> Look:
        """Look at the same thing once more."""
        exchange = await self.caller.send(who.name, "reads back", look.exchange.request)
        return replace(look, exchange=exchange, value=_value_of(exchange, arranged, look.wanted))

    async def difference(self, before: Look | None, arranged: Arranged, who: Identity, canary: str) -> Difference:
        """Tell what has changed since `before`, leaving aside what changes by itself."""
        if before is None or not before.is_there:
            return NO_DIFFERENCE
        after = await self.again(before, arranged, who)
        proof = (before.exchange, after.exchange)
        answer = after.exchange.answer
        if answer is not None and answer.status in (401, 403) and any(one.is_identity for one in arranged.made):
            return Difference(gone=True, proof=proof)
        if answer is not None and answer.status in (401, 403) and await self.workshop.accounts.still_works(who):
            # Its owner is somebody else now.
            return Difference(gone=True, proof=proof)
        if answer is None or answer.status in (401, 403, 429) or answer.status >= 500:
            return Difference(is_unknown=True)
        if not after.is_there:
            return Difference(gone=True, proof=proof)
        canary_shown = shows(after.exchange.answer, canary) and not shows(before.exchange.answer, canary)
        fields = changed_fields(before.value, after.value)
        if fields and not canary_shown:
            # What changes again while nobody does anything says nothing.
            once_more = await self.again(before, arranged, who)
            restless = set(changed_fields(after.value, once_more.value))
            fields = tuple(name for name in fields if name not in restless)
        return Difference(has_canary=canary_shown, fields=fields, proof=proof)

    def _calls(self, subject: Subject, arranged: Arranged) -> list[tuple[Call, Made | None]]:
        """Return the calls that show what a call is about, and which element of the list it is."""
        values = dict(arranged.call.path)
        found: list[tuple[Call, Made | None]] = []
        by_name = {one.place.parameter: one for one in arranged.made}
        for reader, is_list in readers_of(subject.path, self.subjects):
            if not set(parameters_of(reader.path)) <= set(values):
                continue
            call = _referring(self.workshop.lists.call(reader, values), arranged)
            if not is_list:
                found.append((call, None))
                continue
            element = next(
                (
                    by_name[place.parameter]
                    for place in places_of(subject.path)
                    if place.collection.rstrip("/") == reader.path.rstrip("/") and place.parameter in by_name
                ),
                None,
            )
            if element is not None or reader.path.rstrip("/") == subject.path.rstrip("/"):
                found.append((call, element))
        for one in arranged.referred:
            found.extend(self._of_referred(one))
        for one in (*arranged.made, *arranged.referred):
            found.extend(self._of_maker(one))
        if any(one.is_identity for one in (*arranged.made, *arranged.referred)):
            found.extend((self.workshop.lists.call(one, {}), None) for one in self.subjects if one.shows_asker)
        return found

    def _of_maker(self, made: Made) -> list[tuple[Call, Made | None]]:
        """Return the list that an object was put on: `/posts/1/comments` shows what is changed at `/comments/2`."""
        if made.made_by is None or made.is_identity:
            return []
        lists = [one for one in self.subjects if one.method == "GET" and one.path == made.made_by.path]
        return [(self.workshop.lists.call(one, made.made_below), made) for one in lists]

    def item_calls(self, made: Made) -> list[Call]:
        """Return the calls that show one object by itself."""
        return [call for call, element in self._of_referred(made) if element is None]

    def _of_referred(self, made: Made) -> list[tuple[Call, Made | None]]:
        found: list[tuple[Call, Made | None]] = []
        for subject in self.subjects:
            places = places_of(subject.path)
            if subject.method != "GET":
                continue
            if len(places) == 1 and places[0] == made.place and subject.path.rstrip("/").endswith("}"):
                found.insert(0, (self.workshop.lists.call(subject, {made.place.parameter: made.value}), None))
            elif places:
                continue
            elif made.place.collection and subject.path.rstrip("/") == made.place.collection.rstrip("/"):
                found.append((self.workshop.lists.call(subject, {}), made))
            elif name := _identifying_query(subject, made):
                call = self.workshop.lists.call(subject, {})
                found.append((replace(call, query={**call.query, name: made.value}), None))
        return found


def _value_of(exchange: Exchange, arranged: Arranged, wanted: Made | None) -> Json:
    """Return what a successful answer shows: its JSON, of a list the wanted element; of a page the text only it has."""
    if not is_success(exchange.answer):
        return None
    value = json_of(exchange.answer)
    if value is not None:
        return value if wanted is None else element_with(value, wanted.value)
    asked = exchange.request.target
    return next(
        (
            one.marker
            for one in arranged.owned
            if len(one.marker) >= _SHORTEST_MARKER and one.marker not in asked and shows(exchange.answer, one.marker)
        ),
        None,
    )


def _identifying_query(subject: Subject, made: Made) -> str:
    """Return the parameter of the query by which an operation shows one object: `GET /document?id=1`."""
    for one in subject.operation.parameters:
        if (
            one.location == "query"
            and one.required
            and same_noun(reference_noun(one.name, subject.path), made.place.noun)
        ):
            return one.name
    return ""


def _referring(call: Call, arranged: Arranged) -> Call:
    """Return the call of a list with the objects that its query refers to: `GET /reviews?order_id=1`."""
    query = dict(call.query)
    for name in query:
        noun = reference_noun(name, call.operation.path)
        for one in (*arranged.referred, *arranged.made):
            if noun and one.value is not None and same_noun(noun, one.place.noun):
                query[name] = one.value
    return replace(call, query=query)

"""Makes the objects that requests are about: parents before children, each by the service's own operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gate.formats.openapi_document import Document, Parameter
from gate.formats.schema_values import value_for
from gate.gates.access_review.answers import is_success, json_of
from gate.gates.access_review.caller import Call, Caller
from gate.gates.access_review.filling import (
    body_for,
    is_account_name,
    mapped,
    parameters_for,
    with_account,
    with_new_password,
)
from gate.gates.access_review.identifiers import (
    fact_of,
    fits,
    holds,
    identifier_listed,
    identifier_told,
    references,
    says_its_values,
    told,
)
from gate.gates.access_review.identities import Accounts
from gate.gates.access_review.lists import Lists
from gate.gates.access_review.made import DEEPEST, MAKES, Arranged, Made, NotArranged, account_of
from gate.gates.access_review.operations import Subject, fields_of
from gate.gates.access_review.people import Identity
from gate.gates.access_review.referring import with_references
from gate.gates.access_review.resources import Place, makers_of, places_of

_TRY_OTHERWISE = (400, 409, 415, 422)


@dataclass(slots=True, kw_only=True)
class Workshop:
    """Arranges calls. What made an object once is taken first the next time, and what never did is left alone.

    `lists` are the service's lists, where what was made is to be found again.
    """

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    accounts: Accounts
    examples: Mapping[str, Any] = field(default_factory=dict)
    lists: Lists = field(init=False)
    _good: dict[str, Subject] = field(default_factory=dict)
    _bad: dict[str, str] = field(default_factory=dict)
    _bodies: dict[str, bool] = field(default_factory=dict)
    _naming: set[str] = field(default_factory=set)
    _undone: dict[str, Subject] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lists = Lists(caller=self.caller, document=self.document, subjects=self.subjects, examples=self.examples)

    async def arrange(
        self,
        subject: Subject,
        who: Identity,
        *,
        victim: Identity | None = None,
        full: bool | None = None,
        depth: int = 0,
    ) -> Arranged:
        """Arrange a call of an operation for somebody, on fresh objects.

        `victim` is whom a path that speaks of a user means, where it is not the one who asks.

        Raises:
            NotArranged: an object that the path speaks of cannot be made or found.
        """
        whom = victim or who
        made: list[Made] = []
        parents: dict[str, Any] = {}
        for place in places_of(subject.path):
            made.append(await self.object_at(subject, place, who, whom, parents, depth))
            parents[place.parameter] = made[-1].value
        if first := self._undone.get(subject.key):
            doing = await self._filled(first, who, whom, tuple(made), full=None, depth=DEEPEST - 1)
            await self.caller.call(who.name, "does what this undoes", doing.call, who.credentials)
        return await self._filled(subject, who, whom, tuple(made), full=full, depth=depth)

    def undoes(self, subject: Subject) -> bool:
        """Take note that an operation undoes what another of the same path does; tell whether there is such a one."""
        done = [one for one in self.subjects if one.method in ("POST", "PUT") and one.path == subject.path]
        if subject.method == "DELETE" and done:
            self._undone[subject.key] = done[0]
        return subject.key in self._undone

    def names_account(self, subject: Subject) -> bool:
        """Take note that a body names the account that it is about; tell whether it has a field for that."""
        fields = fields_of(self.document, subject.operation)
        if subject.key in self._naming or not subject.ends_identity or not any(map(is_account_name, fields)):
            return False
        self._naming.add(subject.key)
        return True

    def forget(self, subject: Subject) -> None:
        """Arrange an operation as if it undid nothing."""
        self._undone.pop(subject.key, None)

    async def refilled(
        self, subject: Subject, who: Identity, arranged: Arranged, *, full: bool | None = None
    ) -> Arranged:
        """Return a call on the same objects with a fresh body."""
        again = await self._filled(subject, who, who, arranged.made, full=full, depth=DEEPEST)
        kept = references(arranged.call.body)
        body = mapped(again.call.body, kept.get)
        return replace(
            again, call=replace(again.call, body=body, query=arranged.call.query), referred=arranged.referred
        )

    async def with_child(self, subject: Subject, who: Identity, arranged: Arranged) -> Arranged:
        """Put something on the list that a call reads, where an operation of the same path adds to it."""
        maker = next((one for one in self.subjects if one.method == "POST" and one.path == subject.path), None)
        if maker is None or maker.key in self._bad:
            return arranged
        adding = await self._filled(maker, who, who, arranged.made, full=None, depth=DEEPEST - 1)
        exchange = await self.caller.call(who.name, "puts something on the list", adding.call, who.credentials)
        if not is_success(exchange.answer) or not adding.marker:
            return arranged
        child = Made(place=Place(parameter="", collection=subject.path), value=None, owned=True, marker=adding.marker)
        return replace(arranged, referred=(*arranged.referred, child))

    async def _filled(
        self, subject: Subject, who: Identity, whom: Identity, made: tuple[Made, ...], *, full: bool | None, depth: int
    ) -> Arranged:
        unique = self.accounts.unique()
        operation = subject.operation
        wants_full = self._bodies.get(subject.key, False) if full is None else full
        body = body_for(self.document, operation, unique, full=wants_full, example=self.examples.get(subject.key))
        names_account = subject.key in self._naming
        if full is None and not wants_full and body is not None and (names_account or not holds(body, unique)):
            # A body without a text of its own cannot be recognised: with all its fields it may have one.
            fuller = body_for(self.document, operation, unique, full=True, example=self.examples.get(subject.key))
            body = fuller if holds(fuller, unique) else body
        query, headers, cookies = parameters_for(self.document, operation, unique, self.examples)
        if subject.ends_identity or "refresh" in subject.words:
            # One's own password is to be known afterwards; a new name must be a new one.
            given = (body, query, headers, cookies)
            body, query, headers, cookies = (with_new_password(one, whom.facts, f"Qg2!{unique}aA") for one in given)
        referred: list[Made] = []
        if names_account:
            body = with_account(body, whom.facts)
            place = Place(parameter="username", collection="")
            referred.append(account_of(whom, place, str(whom.facts.get("username", "")), owned=True))
        body, query = await with_references(self, subject, who, body, query, referred, depth)
        call = Call(
            operation=operation,
            path={one.place.parameter: one.value for one in made},
            query=query,
            headers=headers,
            cookies=cookies,
            body=body,
        )
        marker = unique if holds(body, unique) else ""
        return Arranged(call=call, made=made, referred=tuple(referred), marker=marker)

    async def object_at(
        self, subject: Subject, place: Place, who: Identity, whom: Identity, parents: Mapping[str, Any], depth: int
    ) -> Made:
        """Make or find what a parameter identifies."""
        schema = next((one for one in subject.operation.parameters if one.name == place.parameter), None)
        if place.parameter in self.examples:
            return Made(place=place, value=self.examples[place.parameter], owned=False)
        fact = fact_of(place, whom)
        if fact is not None and fits(fact, schema, self.document):
            return account_of(whom, place, fact, owned=whom is who)
        why = ""
        if depth < DEEPEST:
            for maker in self._makers(place, subject):
                made = await self.made_by(maker, place, schema, who, parents, depth)
                if isinstance(made, Made):
                    self._good[place.collection] = maker
                    return made
                why = made
        found = await self.lists.found(place, schema, who, parents)
        if found is not None:
            return found
        if schema is not None and says_its_values(self.document.schema(schema.schema), schema):
            value = value_for(self.document, schema.schema, name=place.parameter, unique="1")
            return Made(place=place, value=schema.example if schema.example is not None else value, owned=False)
        raise NotArranged(
            why or f"no operation makes or lists what {{{place.parameter}}} of {place.collection or '/'} identifies"
        )

    def _makers(self, place: Place, subject: Subject) -> tuple[Subject, ...]:
        barred = [one for one in (self.accounts.sign_up, self.accounts.log_in, subject) if one is not None]
        makers = [one for one in makers_of(place, self.subjects, barred) if one.key not in self._bad]
        good = self._good.get(place.collection)
        return tuple(makers) if good is None else (good, *(one for one in makers if one.key != good.key))

    async def made_by(
        self,
        maker: Subject,
        place: Place,
        schema: Parameter | None,
        who: Identity,
        parents: Mapping[str, Any],
        depth: int,
    ) -> Made | str:
        """Make an object; say why it could not be made otherwise."""
        why = ""
        for full in (None, True, False):
            try:
                arranged = await self._arranged_maker(maker, who, parents, full=full, depth=depth + 1)
            except NotArranged as trouble:
                self._bad[maker.key] = str(trouble)
                return str(trouble)
            exchange = await self.caller.call(who.name, MAKES, arranged.call, who.credentials)
            answer = exchange.answer
            if answer is not None and (is_success(answer) or answer.status in (302, 303)):
                if full is not None:
                    self._bodies[maker.key] = full
                value = identifier_told(answer, arranged.call.body, place, schema, self.document)
                if value is None:
                    listed = await self.lists.of(place, arranged.call.path, who)
                    value = identifier_listed(listed, arranged.marker, place, schema, self.document)
                if value is None:
                    return f"{maker.key} does not tell what it made"
                return Made(
                    place=place,
                    value=value,
                    owned=True,
                    marker=arranged.marker or str(value),
                    answer=json_of(answer),
                    made_by=maker,
                    made_below=arranged.call.path,
                )
            why = f"{maker.key} was answered {answer.status if answer else exchange.trouble}{told(answer)}"
            if answer is None or answer.status not in _TRY_OTHERWISE:
                break
        if depth == 0 or why:
            self._bad.setdefault(maker.key, why)
        return why

    async def _arranged_maker(
        self, maker: Subject, who: Identity, parents: Mapping[str, Any], *, full: bool | None, depth: int
    ) -> Arranged:
        """Arrange the call that makes an object, below the same parents as the object is wanted."""
        if any(one.parameter not in parents for one in places_of(maker.path)):
            return await self.arrange(maker, who, full=full, depth=depth)
        made = tuple(Made(place=one, value=parents[one.parameter], owned=False) for one in places_of(maker.path))
        return await self._filled(maker, who, who, made, full=full, depth=depth)

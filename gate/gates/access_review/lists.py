"""Reads the lists of a service, and finds in them what is there already. Makes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Document, Parameter
from gate.gates.access_review.answers import element_with, json_of
from gate.gates.access_review.caller import Call, Caller
from gate.gates.access_review.filling import parameters_for
from gate.gates.access_review.identifiers import identifier_in
from gate.gates.access_review.made import Made
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.access_review.resources import Place
from gate.gates.access_review.words import PAGE_SIZES


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of a service; `examples` are values that the configuration gives, by the names of parameters."""

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    examples: Mapping[str, Any]

    async def of(self, place: Place, parents: Mapping[str, Any], who: Identity) -> HttpAnswer | None:
        """Return the list of a place's collection as somebody sees it; None where there is none."""
        for subject in self.subjects:
            if subject.method != "GET" or subject.path.rstrip("/") != place.collection.rstrip("/"):
                continue
            call = self.call(subject, parents)
            return (await self.caller.call(who.name, "lists", call, who.credentials)).answer
        return None

    def call(self, subject: Subject, parents: Mapping[str, Any]) -> Call:
        """Return the call of a list, with the longest page that the document allows."""
        query, headers, cookies = parameters_for(self.document, subject.operation, "1", self.examples)
        for one in subject.operation.parameters:
            if one.location == "query" and one.name in PAGE_SIZES:
                largest = self.document.schema(one.schema).get("maximum")
                query[one.name] = int(largest) if isinstance(largest, int | float) and 0 < largest <= 1000 else 100
        path = {name: parents[name] for name in subject.parameters if name in parents}
        return Call(operation=subject.operation, path=path, query=query, headers=headers, cookies=cookies)

    async def found(
        self, place: Place, schema: Parameter | None, who: Identity, parents: Mapping[str, Any]
    ) -> Made | None:
        """Take an object that is there already: nobody's of ours, so that nothing is learned of owners from it."""
        value = json_of(await self.of(place, parents, who))
        found = identifier_in(value, place, schema, self.document, deepest=4)
        return None if found is None else Made(place=place, value=found, owned=False, answer=element_with(value, found))

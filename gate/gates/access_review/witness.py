"""Tells whether credentials are let in: by a call that is refused to who has none. Makes nobody."""

from collections.abc import Collection
from dataclasses import dataclass

from gate.formats.openapi_document import Document
from gate.formats.schema_values import value_for
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.caller import NOTHING, Call, Caller
from gate.gates.access_review.denials import is_denial, misses_credential
from gate.gates.access_review.filling import required_query
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.people import Identity
from gate.gates.access_review.words import MYSELF, any_of

_MOST_CANDIDATES = 12


@dataclass(slots=True, kw_only=True)
class Witness:
    """Tells who is known to the service: `_call` works for them alone, and was answered `_usual` the first time."""

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    _call: Call | None = None
    _usual: int = 200

    async def knows(self, identity: Identity, entrances: Collection[Subject | None]) -> bool:
        """Tell whether the credentials of an identity are let in. `entrances` let in everybody: they tell nothing."""
        if self._call is not None:
            return await self.still_knows(identity)
        weak: tuple[Call, int] | None = None
        for call in self._candidates(entrances):
            without = await self.caller.call("nobody", "is refused", call, NOTHING)
            is_named = without.answer is not None and misses_credential(without.answer, identity)
            if not is_denial(without.answer) and not is_named:
                continue
            answer = (await self.caller.call(identity.name, "is let in", call, identity.credentials)).answer
            if is_named and answer is not None and misses_credential(answer, identity):
                continue
            if is_success(answer):
                self._call, identity.witnessed = call, answer.status if answer is not None else 0
                return True
            if answer is not None and not is_denial(answer) and answer.status < 500 and weak is None:
                weak = call, answer.status
        if weak is None:
            return False
        self._call, self._usual = weak
        identity.witnessed = self._usual
        return True

    async def still_knows(self, identity: Identity) -> bool:
        """Tell whether an identity is still who it was."""
        if self._call is None:
            return identity.proven
        exchange = await self.caller.call(
            identity.name, "proves that it is logged in", self._call, identity.credentials
        )
        answer = exchange.answer
        if answer is None or is_denial(answer) or answer.status >= 500:
            return False
        # Who was shown something and is told `400 inactive user` now is let in no more, nor who is told that at once.
        expected = (identity.witnessed,) if identity.witnessed else (self._usual, 404, 422)
        works = is_success(answer) or answer.status in expected
        identity.witnessed = identity.witnessed or (answer.status if works else 0)
        return works

    def _candidates(self, entrances: Collection[Subject | None]) -> list[Call]:
        """Return calls that are likely to need credentials and change nothing, the likeliest first."""
        ranked = [
            ((subject.method != "GET", bool(subject.parameters), not any_of(subject.words, MYSELF),
              subject.login is not Login.REQUIRED, at), subject)
            for at, subject in enumerate(self.subjects)
            if not subject.ends_identity and not any(subject is one for one in entrances)
            and (subject.method == "GET" or subject.login is Login.REQUIRED)
            and subject.method != "DELETE"
        ]  # fmt: skip
        ranked.sort(key=lambda one: one[0])
        return [on_nothing(self.document, subject) for _, subject in ranked[:_MOST_CANDIDATES]]


def on_nothing(document: Document, subject: Subject) -> Call:
    """Return a call of an operation on nothing that exists: who is let in is told 404 or 422."""
    path = {
        one.name: value_for(document, one.schema, name=one.name, unique="0")
        for one in subject.operation.parameters
        if one.location == "path"
    }
    query = required_query(document, subject.operation, "x")
    return Call(operation=subject.operation, path=path, query=query, body={} if subject.operation.body else None)

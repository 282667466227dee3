"""Those who ask during a review, and what all questions share. Asks nothing itself."""

import re
from dataclasses import dataclass, field, replace

from gate.domain.finding import Severity
from gate.formats.openapi_document import Document
from gate.gates.access_review.caller import Caller, Credentials
from gate.gates.access_review.evidence import Asked, Exchange, Flaw
from gate.gates.access_review.identities import Accounts, NoIdentity
from gate.gates.access_review.looking import Looking
from gate.gates.access_review.objects import Workshop
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule

_SHORTEST_KEY = 8
_WORD = re.compile(r"[A-Za-z]{1,11}|[0-9]{1,7}")
_MOST_OF_AN_ANSWER = 16_384


@dataclass(slots=True, kw_only=True)
class Panel:
    """The identities of a review and the means to ask.

    `keys` are texts with which the service may sign its tokens. `without_login`: the service knows no identities.
    """

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    accounts: Accounts
    workshop: Workshop
    looking: Looking
    owner: Identity
    other: Identity | None = None
    roles: dict[str, Identity] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    expired: Credentials | None = None
    without_login: bool = False
    unbounded: Severity = Severity.WARNING
    notices: list[str] = field(default_factory=list)
    former: list[Identity] = field(default_factory=list)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The texts of all credentials and passwords, which no report may show."""
        people = [self.owner, self.other, *self.roles.values(), *self.former]
        found = [secret for one in people if one is not None for secret in one.credentials.secrets]
        found += [str(one.facts["password"]) for one in people if one is not None and "password" in one.facts]
        found += [*self.accounts.given, *filter(_is_telling, self.keys)]
        return tuple(dict.fromkeys(secret for secret in found if len(secret) >= 4))

    async def restored(self) -> bool:
        """Tell whether owner and other still are who they were; make new ones where they are not."""
        well = True
        for name in ("owner", "other"):
            identity: Identity | None = getattr(self, name)
            if identity is None or self.without_login or await self.accounts.still_works(identity):
                continue
            well = False
            self.former.append(identity)
            setattr(self, name, await self._anew(identity))
        return well

    async def _anew(self, identity: Identity) -> Identity:
        try:
            return await self.accounts.again(identity)
        except NoIdentity:
            return await self.accounts.make(identity.name, identity.role)


def _is_telling(key: str) -> bool:
    """Tell a key that is no word: a report without the word `development` could not be read."""
    return len(key) >= _SHORTEST_KEY and not _WORD.fullmatch(key)


@dataclass(slots=True, kw_only=True)
class Sheet:
    """What is noted while one operation is reviewed.

    `unseen` is a success of another user of which nothing shows the effect.
    """

    subject: Subject
    asked: dict[Question, Asked] = field(default_factory=dict)
    unseen: Exchange | None = None
    flaws: list[Flaw] = field(default_factory=list)

    def note(self, question: Question, cell: Cell, reason: str = "") -> None:
        """Note how a question ended; a flaw is not written over."""
        if self.asked.get(question, Asked(question=question, cell=cell)).cell is not Cell.FAILED:
            self.asked[question] = Asked(question=question, cell=cell, reason=reason)

    def flaw(
        self, question: Question, rule: Rule, message: str, *proof: Exchange, severity: Severity | None = None
    ) -> None:
        """Note a flaw, once for each rule; one that is only a warning leaves the question's cell as it is."""
        if severity in (None, Severity.ERROR):
            self.asked[question] = Asked(question=question, cell=Cell.FAILED, reason=message)
        if not any(one.rule is rule and one.question is question for one in self.flaws):
            self.flaws.append(
                Flaw(
                    operation=self.subject.key,
                    question=question,
                    rule=rule,
                    message=message,
                    proof=tuple(map(bounded, proof)),
                    severity=severity,
                )
            )


def bounded(exchange: Exchange) -> Exchange:
    """Return an exchange with as much of its answer as a proof may show."""
    answer = exchange.answer
    if answer is None or len(answer.body) <= _MOST_OF_AN_ANSWER:
        return exchange
    return replace(exchange, answer=replace(answer, body=answer.body[:_MOST_OF_AN_ANSWER], cut=True))

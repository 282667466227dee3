"""Reviews the operations of a service one after another: arranges, asks every question, concludes who is let in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gate.domain.finding import Severity
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_access import (
    NotWorking,
    Working,
    status_of,
    working,
)
from gate.gates.access_review.asking_accounts import ask_new_account
from gate.gates.access_review.asking_fields import ask_fields
from gate.gates.access_review.asking_input import ask_bounds, ask_input
from gate.gates.access_review.caller import NOTHING
from gate.gates.access_review.casting import Casting
from gate.gates.access_review.evidence import Asked, Exchange, Flaw, Reviewed
from gate.gates.access_review.filling import takes_refresh_token
from gate.gates.access_review.guarded import Access, Guarded
from gate.gates.access_review.hygiene import ask_debug, ask_hygiene
from gate.gates.access_review.identities import NoIdentity
from gate.gates.access_review.made import MAKES, Arranged, NotArranged
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.panel import Panel, Sheet, bounded
from gate.gates.access_review.people import Identity
from gate.gates.access_review.policy import Policy
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.siblings import without_their_role

_ORDER = {"GET": 0, "POST": 2, "PUT": 3, "PATCH": 3, "DELETE": 4}
# The answers to who may do this to others, but not to itself, or not now.
_NOT_SO = (400, 404, 409, 422)
_OF_NO_OWNER = ("every user", "deduced", "answered", "what is shown")
_TOO_MANY_REQUESTS = 429
_VOID = "the identity stopped working in the middle, so that its denials prove nothing"


@dataclass(slots=True, kw_only=True)
class Review:
    """A review in progress."""

    panel: Panel
    policy: Policy | None
    guarded: Guarded = field(init=False)
    _open: Working | None = None

    def __post_init__(self) -> None:
        self.guarded = Guarded(panel=self.panel, casting=Casting(panel=self.panel), policy_path=self._path())

    @property
    def control(self) -> Working | None:
        """The first call that worked for an ordinary user, or for everybody."""
        return self.guarded.control or self._open

    async def operations(self) -> tuple[Reviewed, ...]:
        """Review every operation: what reads before what changes, what deletes after that, what ends a user last."""
        found = {subject.key: await self._reviewed(subject) for subject in sorted(self.panel.subjects, key=self._stage)}
        reviewed = tuple(found[subject.key] for subject in self.panel.subjects)
        return without_their_role(reviewed, self.panel.subjects, self.guarded.refused, self.guarded.done)

    def _stage(self, subject: Subject) -> tuple[int, int]:
        if self._is_entrance(subject):
            return 6, 0
        if subject.makes_tables:
            return 7, 0
        if subject.ends_identity:
            return 5, len(subject.parameters)
        stage = _ORDER.get(subject.method, 2)
        return (1 if stage == 0 and subject.parameters else stage), len(subject.parameters)

    def _is_entrance(self, subject: Subject) -> bool:
        return subject in (self.panel.accounts.sign_up, self.panel.accounts.log_in)

    def stated(self, subject: Subject) -> str:
        """Return what the policy file says of an operation, "" where it says nothing."""
        intent = self.policy.operations.get(subject.key) if self.policy is not None else None
        return intent.who if intent is not None else ""

    async def _reviewed(self, subject: Subject) -> Reviewed:
        sheet, access, exchanges = Sheet(subject=subject), Access(who="", origin=""), []
        for attempt in (1, 2):
            sheet, start = Sheet(subject=subject), len(self.panel.caller.exchanges)
            try:
                access = await self._asked(subject, sheet)
            except NoIdentity as trouble:
                access = Access(who=self.stated(subject) or "unknown", origin="")
                sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED, str(trouble))
            except NotArranged as trouble:
                access = Access(who=self.stated(subject) or "unknown", origin="")
                sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED, str(trouble))
            exchanges = self.panel.caller.exchanges[start:]
            if await self._is_well():
                break
            if attempt == 2:
                _void(sheet)
        ask_hygiene(sheet, exchanges)
        sheet.flaws = [_with_making(flaw, exchanges, len(subject.parameters)) for flaw in sheet.flaws]
        self.panel.caller.forget()
        return self._noted(subject, sheet, access)

    async def _is_well(self) -> bool:
        try:
            return await self.panel.restored()
        except NoIdentity as trouble:
            self.panel.notices.append(str(trouble))
            return False

    def _noted(self, subject: Subject, sheet: Sheet, access: Access) -> Reviewed:
        route = subject.route
        return Reviewed(
            operation=subject.key,
            access=access.who,
            origin=access.origin,
            asked=tuple(
                sheet.asked.get(question, Asked(question=question, cell=Cell.NOT_ASKED)) for question in Question
            ),
            flaws=tuple(sheet.flaws),
            path=route.file if route else "",
            line=route.line if route else None,
            function=route.function if route else "",
            hidden=subject.is_hidden,
        )

    async def _asked(self, subject: Subject, sheet: Sheet) -> Access:
        stated = self.stated(subject)
        if self._is_entrance(subject):
            return await self._ask_entrance(subject, sheet, stated)
        if stated in ("", "public") and (access := await self._ask_renewal(subject, sheet, stated)) is not None:
            return access
        if self.panel.without_login or stated == "public":
            return await self._ask_public(subject, sheet, stated)
        return await self.guarded.ask(subject, sheet, stated)

    async def _ask_entrance(self, subject: Subject, sheet: Sheet, stated: str) -> Access:
        """Ask a sign-up or a log-in, which is public by what it does."""
        signs_up = subject is self.panel.accounts.sign_up
        sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "it is where one comes in")
        nobody = Identity(name="nobody", credentials=NOTHING, facts=dict(self.panel.owner.facts))
        if signs_up:
            arranged = await self.panel.workshop.arrange(subject, nobody)
            await self._ask_sign_up(sheet, arranged, stated)
            await ask_input(self.panel, subject, sheet, nobody, arranged)

            async def asker() -> Identity:
                return nobody

            await ask_fields(self.panel, subject, sheet, asker)
            await ask_new_account(self.panel, subject, sheet)
        else:
            arranged = await self.panel.workshop.arrange(subject, nobody)
            await ask_input(self.panel, subject, sheet, nobody, arranged)
        what = "makes an account" if signs_up else "gives credentials"
        return Access(who=stated or "public", origin=self._origin(stated, what))

    async def _ask_renewal(self, subject: Subject, sheet: Sheet, stated: str) -> Access | None:
        """Ask what gives new credentials for a token of its own; None where it does not do that."""
        panel = self.panel
        fits = "refresh" in subject.words and "refresh" in panel.owner.facts and subject.login is not Login.REQUIRED
        if not fits or not panel.accounts.can_make or not takes_refresh_token(panel.document, subject.operation):
            return None
        renewed = await panel.accounts.make("throw-away")
        nobody = Identity(name="nobody", credentials=NOTHING, facts=renewed.facts)
        arranged = await panel.workshop.arrange(subject, nobody)
        exchange = await panel.caller.call("nobody", "asks for new credentials", arranged.call, NOTHING)
        if not is_success(exchange.answer):
            return None
        sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "it is where one comes in")
        await ask_input(panel, subject, sheet, nobody, arranged)
        return Access(who=stated or "public", origin=self._origin(stated, "gives credentials for a token of its own"))

    async def _ask_sign_up(self, sheet: Sheet, arranged: Arranged, stated: str) -> None:
        """Ask whether anybody makes an account where the policy says that not everybody may."""
        if stated in ("", "public"):
            return
        exchange = await self.panel.caller.call("nobody", "signs up", arranged.call, NOTHING)
        if is_success(exchange.answer):
            message = f"lets in who is not logged in ({status_of(exchange)}); {self._path()} says `{stated}`"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, exchange)
        else:
            sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED, f"anybody was answered {status_of(exchange)}")

    async def _ask_public(self, subject: Subject, sheet: Sheet, stated: str) -> Access:
        """Ask an operation that is meant for everybody: it works for them, and its input is bounded."""
        nobody = Identity(name="nobody", credentials=NOTHING, facts=dict(self.panel.owner.facts))
        try:
            found = await working(self.panel, subject, self.panel.owner, asker=nobody)
        except NotWorking as trouble:
            sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED, str(trouble).replace("nobody's own", "anybody's"))
            ask_bounds(self.panel, subject, sheet)
            return Access(who=stated or "public", origin=self._origin(stated, "the service knows no users"))
        sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "everybody may")
        self._open = self._open or found
        if stated not in ("", "public"):
            message = f"lets in who is not logged in ({status_of(found.control)}); {self._path()} says `{stated}`"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, found.control)
        if not stated and not subject.looks_public:
            message = "answers whoever asks, and nobody listed it as public"
            severity = Severity.ERROR if subject.is_unsafe else Severity.WARNING
            sheet.flaw(Question.LOGGED_IN, Rule.PUBLIC_UNLISTED, message, found.control, severity=severity)
        ask_debug(sheet, subject, found.control, is_stated=bool(stated))
        arranged = await self.panel.workshop.arrange(subject, self.panel.owner)
        await ask_input(self.panel, subject, sheet, nobody, arranged)
        return Access(who=stated or "public", origin=self._origin(stated, "the service knows no users"))

    def _origin(self, stated: str, deduced: str) -> str:
        return self._path() if stated else f"deduced: {deduced}" if deduced else ""

    def _path(self) -> str:
        return self.policy.path if self.policy is not None else ""


def _with_making(flaw: Flaw, exchanges: Sequence[Exchange], most: int) -> Flaw:
    """Put before a proof the requests that made what it is about, parents before children: so it can be done again."""
    if not flaw.proof or not most:
        return flaw
    first = next((at for at, one in enumerate(exchanges) if one.request is flaw.proof[0].request), 0)
    making = [one for one in exchanges[:first] if one.purpose == MAKES][-most:]
    return replace(flaw, proof=(*(bounded(one) for one in making), *flaw.proof))


def _void(sheet: Sheet) -> None:
    for question, asked in list(sheet.asked.items()):
        if asked.cell is Cell.PASSED and question in (Question.LOGGED_IN, Question.OWNER, Question.ROLE):
            sheet.asked[question] = replace(asked, cell=Cell.NOT_EXERCISED, reason=_VOID)


def stated_roles(policy: Policy | None) -> tuple[str, ...]:
    """Return the roles that a policy names, in its order."""
    words: Mapping[str, None] = dict.fromkeys(
        intent.who.removeprefix("role ")
        for intent in (policy.operations.values() if policy is not None else ())
        if intent.who.startswith("role ")
    )
    return tuple(words)

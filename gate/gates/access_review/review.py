"""Reviews the operations of a service one after another: arranges, asks every question, concludes who is let in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gate.domain.finding import Severity
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_access import (
    Fresh,
    NotWorking,
    Working,
    forged_for,
    fresh,
    is_page,
    refused,
    shows_address,
    status_of,
    tells_apart,
    working,
)
from gate.gates.access_review.asking_accounts import ask_new_account
from gate.gates.access_review.asking_fields import ask_fields
from gate.gates.access_review.asking_input import ask_bounds, ask_input
from gate.gates.access_review.asking_lists import ask_list
from gate.gates.access_review.asking_owner import ask_crossed, ask_other
from gate.gates.access_review.caller import NOTHING
from gate.gates.access_review.evidence import Asked, Cell, Exchange, Question, Reviewed, Rule
from gate.gates.access_review.filling import takes_refresh_token
from gate.gates.access_review.hygiene import ask_debug, ask_hygiene
from gate.gates.access_review.identities import NoIdentity, is_log_in_page
from gate.gates.access_review.objects import Arranged, NotArranged
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.policy import Policy
from gate.gates.access_review.resources import shape
from gate.gates.access_review.siblings import without_their_role

_ORDER = {"GET": 0, "POST": 2, "PUT": 3, "PATCH": 3, "DELETE": 4}
# The answers to who may do this to others, but not to itself, or not now.
_NOT_SO = (400, 404, 409, 422)
_OF_NO_OWNER = ("every user", "deduced", "answered", "what is shown")
_TOO_MANY_REQUESTS = 429
_VOID = "the identity stopped working in the middle, so that its denials prove nothing"


@dataclass(slots=True, kw_only=True)
class Access:
    """Who an operation is for, as stated or as found out, and who says so."""

    who: str
    origin: str


@dataclass(slots=True, kw_only=True)
class Review:
    """A review in progress."""

    panel: Panel
    policy: Policy | None
    control: Working | None = None
    _guarded: set[str] = field(default_factory=set)
    _refused: dict[str, Exchange] = field(default_factory=dict)
    _done: dict[str, Exchange] = field(default_factory=dict)
    _towards: set[str] = field(default_factory=set)

    async def operations(self) -> tuple[Reviewed, ...]:
        """Review every operation: what reads before what changes, what deletes after that, what ends a user last."""
        found = {subject.key: await self._reviewed(subject) for subject in sorted(self.panel.subjects, key=self._stage)}
        reviewed = tuple(found[subject.key] for subject in self.panel.subjects)
        return without_their_role(reviewed, self.panel.subjects, self._refused, self._done)

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
        return await self._ask_guarded(subject, sheet, stated)

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
        self.control = self.control or found
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

    async def _ask_guarded(self, subject: Subject, sheet: Sheet, stated: str) -> Access:
        role = stated.removeprefix("role ") if stated.startswith("role ") else ""
        try:
            found, role = await self._working(subject, role)
        except NotWorking as trouble:
            return await self._ask_anyway(subject, sheet, stated, trouble)
        if not subject.ends_identity and not role:
            self.control = self.control or found
        of_nobody = subject.is_unsafe and not found.arranged.owned and is_success(found.control.answer)
        if of_nobody and not role and not stated:
            self._done[subject.key] = found.control
        start = await self._fresh(subject, found.who)
        forged = forged_for(self.panel, start.who)
        let_in, start = await refused(self.panel, subject, sheet, start, forged, found.control)
        without = next((exchange for forgery, exchange in let_in if forgery.rule is Rule.LOGIN_NOT_REQUIRED), None)
        if without is not None:
            access = self._public_in_fact(subject, sheet, stated, without)
        else:
            self._guarded.add(subject.key)
            # Who logs out with credentials that are no good is logged out.
            for forgery, exchange in () if subject.ends_session else let_in:
                sheet.flaw(
                    Question.LOGGED_IN, forgery.rule, f"lets in {forgery.name} ({status_of(exchange)})", exchange
                )
            access = Access(who=stated, origin=self._origin(stated, ""))
        if access.who != "public":
            start = await self._ask_role(subject, sheet, start, role, stated=stated)
            start = await self._ask_owner(subject, sheet, start, stated=stated, role=role)
            await self._ask_control(subject, sheet, start)
        await self._ask_rest(subject, sheet, found)
        if access.who:
            return access
        return _deduced(sheet, role)

    async def _working(self, subject: Subject, role: str) -> tuple[Working, str]:
        """Find out for whom an operation works: for an ordinary user, else for one with a role."""
        panel = self.panel
        if role:
            who = panel.roles.get(role)
            if who is None:
                raise NotWorking(f"there is no identity with the role {role}: add it to `identities`", denied=True)
            return await working(panel, subject, who, victim=await self._throw_away(subject)), role
        who = await self._asker(subject)
        try:
            return await working(panel, subject, who), ""
        except NotWorking as trouble:
            if (found_otherwise := await self._working_otherwise(subject, who, trouble)) is not None:
                return found_otherwise, ""
            if not trouble.denied:
                raise
            for name, identity in panel.roles.items():
                try:
                    found = await working(panel, subject, identity, victim=await self._throw_away(subject))
                except NotWorking:
                    continue
                return found, name
            raise

    async def _working_otherwise(self, subject: Subject, who: Identity, trouble: NotWorking) -> Working | None:
        """Try again what nobody does to oneself, such as to follow, and what undoes what was never done."""
        told = trouble.exchange.answer if trouble.exchange is not None else None
        if told is None or told.status not in _NOT_SO or not subject.is_unsafe or subject.ends_identity:
            return None
        last = subject.path.rstrip("/").rpartition("/")[2]
        ways = [self._towards.add] if "{" not in last and self.panel.accounts.can_make and subject.parameters else []
        if self.panel.workshop.undoes(subject):
            ways.insert(0, lambda _: None)
        for way in ways:
            way(subject.key)
            try:
                return await working(self.panel, subject, who, victim=await self._throw_away(subject))
            except NotWorking:
                continue
        self._towards.discard(subject.key)
        self.panel.workshop.forget(subject)
        return None

    async def _asker(self, subject: Subject) -> Identity:
        """Return who asks: somebody to be thrown away where the operation may end who asks."""
        if subject.ends_identity:
            if not self.panel.accounts.can_make:
                raise NotWorking("it may end the user who asks, and no further user can be made")
            return await self.panel.accounts.make("throw-away")
        return self.panel.owner

    async def _throw_away(self, subject: Subject) -> Identity | None:
        """Return somebody whom an operation on users may end, or whom it is only good for."""
        if (subject.ends_identity or subject.key in self._towards) and self.panel.accounts.can_make:
            return await self.panel.accounts.make("throw-away")
        return None

    async def _fresh(self, subject: Subject, who: Identity) -> Fresh:
        if subject.ends_identity and not who.role:
            who = await self._asker(subject)
        victim = await self._throw_away(subject) if who.role or subject.key in self._towards else None
        return await fresh(self.panel, subject, who, victim, lambda: self._fresh(subject, who))

    def _public_in_fact(self, subject: Subject, sheet: Sheet, stated: str, exchange: Exchange) -> Access:
        """Conclude from an operation that lets in whoever brings nothing."""
        sheet.asked.pop(Question.LOGGED_IN, None)
        ask_debug(sheet, subject, exchange, is_stated=bool(stated))
        if stated:
            message = f"lets in who is not logged in ({status_of(exchange)}); {self._path()} says `{stated}`"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, exchange)
            return Access(who=stated, origin=self._path())
        if subject.login is Login.REQUIRED:
            message = f"lets in who is not logged in ({status_of(exchange)}), where its own description asks for it"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, exchange)
            return Access(who="owner", origin="deduced: the service's own description asks for credentials")
        shown = shows_address(exchange, self.panel.owner)
        if subject.looks_public and (not subject.is_hidden or subject.is_usual_page) and not shown:
            sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "everybody may")
            return Access(who="public", origin="deduced: by its name, and it lets in everybody")
        if subject.login is Login.OPTIONAL and not subject.is_unsafe and not shown:
            sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "credentials are optional")
            return Access(who="public", origin="deduced: credentials are optional")
        if self._guarded_sibling(subject):
            message = f"lets in who is not logged in ({status_of(exchange)}), where others that read the same do not"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, exchange)
            return Access(who="owner", origin="deduced: what else reads the same asks for a login")
        is_hidden = subject.is_hidden and not is_page(exchange)
        odd = subject.is_unsafe or is_hidden or bool(subject.names_a_role) or shown
        what = ", and shows a user's e-mail address" if shown else ""
        message = f"lets in who is not logged in ({status_of(exchange)}){what}, and nobody listed it as public"
        severity = Severity.ERROR if odd else Severity.WARNING
        sheet.flaw(Question.LOGGED_IN, Rule.PUBLIC_UNLISTED, message, exchange, severity=severity)
        if not odd:
            sheet.note(Question.LOGGED_IN, Cell.NOT_ASKED, "everybody may, though nobody listed it as public")
        return Access(who="public", origin="deduced: it lets in everybody")

    def _guarded_sibling(self, subject: Subject) -> bool:
        """Tell whether another reading operation of the same objects asks for credentials."""
        own = shape(subject.path)
        collection = own.removesuffix("/{}")
        for one in self.panel.subjects:
            other = shape(one.path)
            if one.method != "GET" or other == own or other.removesuffix("/{}") != collection:
                continue
            if one.login is Login.REQUIRED or one.key in self._guarded:
                return True
        return False

    async def _ask_role(self, subject: Subject, sheet: Sheet, start: Fresh, role: str, *, stated: str) -> Fresh:
        """Ask whether an ordinary user can do what takes a role."""
        if not role:
            if subject.names_a_role and not stated and not start.who.role:
                message = f"its path names `{subject.names_a_role}`, and an ordinary user is let in"
                control = await self.panel.caller.call(
                    start.who.name, "does it as an ordinary user", start.arranged.call, start.who.credentials
                )
                if is_success(control.answer):
                    sheet.flaw(Question.ROLE, Rule.ROLE_NOT_REQUIRED, message, control)
                    return await start.renew() if subject.is_unsafe else start
            return start
        ordinary = self.panel.owner
        exchange = await self.panel.caller.call(
            ordinary.name, f"tries it without the role {role}", start.arranged.call, ordinary.credentials
        )
        done = await self.panel.looking.difference(start.before, start.arranged, start.who, start.arranged.marker)
        if is_success(exchange.answer) or done.is_any:
            message = f"an ordinary user does what takes the role {role} ({status_of(exchange)})"
            sheet.flaw(Question.ROLE, Rule.ROLE_NOT_REQUIRED, message, exchange, *done.proof)
            return await start.renew() if subject.is_unsafe else start
        if exchange.answer is None or exchange.answer.status >= 500 or exchange.answer.status == _TOO_MANY_REQUESTS:
            sheet.note(Question.ROLE, Cell.NOT_EXERCISED, f"an ordinary user was answered {status_of(exchange)}")
        else:
            sheet.note(Question.ROLE, Cell.PASSED)
        return start

    async def _ask_owner(self, subject: Subject, sheet: Sheet, start: Fresh, *, stated: str, role: str) -> Fresh:
        if role or stated == "shared":
            sheet.note(Question.OWNER, Cell.NOT_ASKED, "not for one owner")
            return start
        if start.arranged.owned and await self._is_owned(subject, start, stated):
            start = await ask_other(self.panel, subject, sheet, start, is_stated=stated == "owner")
            return await ask_crossed(self.panel, subject, sheet, start)
        if subject.method == "GET":
            await ask_list(self.panel, subject, sheet, stated=stated)
        else:
            sheet.note(Question.OWNER, Cell.NOT_ASKED, "concerns no object of a user")
        return start

    async def _is_owned(self, subject: Subject, start: Fresh, stated: str) -> bool:
        """Tell whether what a call is about belongs to one user.

        What only its body refers to may be everybody's, as a post is that others comment on: it is where nobody said
        otherwise, and another user can read it.
        """
        if subject.method != "POST" or start.arranged.made or stated == "owner":
            return True
        panel = self.panel
        for one in start.arranged.referred:
            for call in panel.looking.item_calls(one):
                if panel.other is None:
                    return False
                exchange = await panel.caller.call(panel.other.name, "reads it", call, panel.other.credentials)
                if exchange.answer is not None and exchange.answer.status in (401, 403, 404):
                    return True
        return False

    async def _ask_control(self, subject: Subject, sheet: Sheet, start: Fresh) -> None:
        """Do what was denied to all others as the one who may: else their denials prove nothing."""
        if not subject.is_unsafe:
            return
        exchange = await self.panel.caller.call(
            start.who.name, "does what it may, after all others tried", start.arranged.call, start.who.credentials
        )
        if is_success(exchange.answer) or (exchange.answer is not None and exchange.answer.status in (302, 303)):
            return
        reason = f"{start.who.name}'s own request was answered {status_of(exchange)} afterwards"
        if sheet.unseen is not None and exchange.answer is not None and exchange.answer.status in (401, 404, 410):
            message = f"another user deletes it: it was not there for its owner afterwards ({status_of(exchange)})"
            sheet.flaw(Question.OWNER, Rule.OTHER_DELETES, message, sheet.unseen, exchange)
        for question in (Question.LOGGED_IN, Question.OWNER, Question.ROLE):
            asked = sheet.asked.get(question)
            if asked is not None and asked.cell is Cell.PASSED:
                sheet.note(question, Cell.NOT_EXERCISED, reason)

    async def _ask_rest(self, subject: Subject, sheet: Sheet, found: Working) -> None:
        """Ask for input and for fields, in the name of whoever may."""
        start = await self._fresh(subject, found.who)
        await ask_input(self.panel, subject, sheet, start.who, start.arranged)
        if subject.method in {"POST", "PUT", "PATCH"} and subject.operation.body is not None:
            who = start.who

            async def asker() -> Identity:
                return who if who.role or not subject.ends_identity else await self._asker(subject)

            await ask_fields(self.panel, subject, sheet, asker)

    async def _ask_anyway(self, subject: Subject, sheet: Sheet, stated: str, trouble: NotWorking) -> Access:
        """Where nobody's request succeeds: at least ask without credentials, and say what could not be asked."""
        sheet.note(Question.LOGGED_IN, Cell.NOT_EXERCISED, str(trouble))
        if (
            trouble.exchange is not None
            and trouble.exchange.answer is not None
            and trouble.exchange.answer.status >= 500
        ):
            message = f"is answered {status_of(trouble.exchange)} to a request that fits its document"
            sheet.flaw(Question.INPUT, Rule.SERVER_ERROR, message, trouble.exchange, severity=Severity.WARNING)
        needs_role = trouble.denied and (trouble.exchange is None or status_of(trouble.exchange) != "401")
        if needs_role and trouble.exchange is not None:
            self._refused[subject.key] = trouble.exchange
        if needs_role:
            sheet.note(Question.ROLE, Cell.NOT_EXERCISED, f"{trouble}: an identity with its role is needed")
            if not stated.startswith("role ") and await tells_apart(self.panel, trouble.exchange):
                # Who is logged in is told something else than who is not: the service knows both, and refuses both.
                sheet.note(Question.LOGGED_IN, Cell.PASSED)
                sheet.note(Question.ROLE, Cell.PASSED, "an ordinary user is refused; nobody with the role was there")
        call = self.panel.accounts.dummy(subject)
        exchange = await self.panel.caller.call("nobody", "asks without credentials", call, NOTHING)
        ask_bounds(self.panel, subject, sheet)
        if is_success(exchange.answer) and not is_log_in_page(exchange.answer):
            return self._public_in_fact(subject, sheet, stated, exchange)
        return Access(who=stated or ("role" if needs_role else "unknown"), origin=self._origin(stated, ""))

    def _origin(self, stated: str, deduced: str) -> str:
        return self._path() if stated else f"deduced: {deduced}" if deduced else ""

    def _path(self) -> str:
        return self.policy.path if self.policy is not None else ""


def _deduced(sheet: Sheet, role: str) -> Access:
    if role:
        return Access(who=f"role {role}", origin="deduced: an ordinary user is refused, and one with the role is not")
    owner = sheet.asked.get(Question.OWNER)
    if owner is not None and owner.cell is Cell.PASSED and not owner.reason.startswith(_OF_NO_OWNER):
        return Access(who="owner", origin="deduced: another user is refused")
    if owner is not None and owner.cell is Cell.FAILED:
        return Access(who="owner", origin="deduced: it is about what a user made")
    return Access(who="shared", origin="deduced: it asks for a login and is about nobody's own")


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

"""Asks an operation that may be for some only: who is let in, and, where nobody says so, for whom it is."""

from dataclasses import dataclass, field

from gate.domain.finding import Severity
from gate.gates.access_review.answers import is_success
from gate.gates.access_review.asking_access import (
    Fresh,
    NotWorking,
    Working,
    forged_for,
    is_page,
    refused,
    shows_address,
    status_of,
    tells_apart,
)
from gate.gates.access_review.asking_fields import ask_fields
from gate.gates.access_review.asking_input import ask_bounds, ask_input
from gate.gates.access_review.asking_lists import ask_list
from gate.gates.access_review.asking_owner import ask_crossed, ask_other
from gate.gates.access_review.asking_role import ask_role
from gate.gates.access_review.caller import NOTHING
from gate.gates.access_review.casting import Casting
from gate.gates.access_review.denials import is_log_in_page
from gate.gates.access_review.evidence import Exchange
from gate.gates.access_review.hygiene import ask_debug
from gate.gates.access_review.operations import Login, Subject
from gate.gates.access_review.panel import Panel, Sheet
from gate.gates.access_review.people import Identity
from gate.gates.access_review.questions import Cell, Question, Rule
from gate.gates.access_review.resources import shape
from gate.gates.access_review.witness import on_nothing

_OF_NO_OWNER = ("every user", "deduced", "answered", "what is shown")


@dataclass(slots=True, kw_only=True)
class Access:
    """Who an operation is for, as stated or as found out, and who says so."""

    who: str
    origin: str


@dataclass(slots=True, kw_only=True)
class Guarded:
    """Asks operations that are not public by what is said of them.

    `control` is the first call that worked for an ordinary user. `refused` are the refusals of ordinary users, `done`
    what they did that concerns no object of theirs, by operation. `_asks` are operations that ask for a log-in.
    """

    panel: Panel
    casting: Casting
    policy_path: str
    control: Working | None = None
    refused: dict[str, Exchange] = field(default_factory=dict)
    done: dict[str, Exchange] = field(default_factory=dict)
    _asks: set[str] = field(default_factory=set)

    async def ask(self, subject: Subject, sheet: Sheet, stated: str) -> Access:
        """Ask whether it lets in only whom it should, and return who that is."""
        role = stated.removeprefix("role ") if stated.startswith("role ") else ""
        try:
            found, role = await self.casting.working(subject, role)
        except NotWorking as trouble:
            return await self._ask_anyway(subject, sheet, stated, trouble)
        if not subject.ends_identity and not role:
            self.control = self.control or found
        of_nobody = subject.is_unsafe and not found.arranged.owned and is_success(found.control.answer)
        if of_nobody and not role and not stated:
            self.done[subject.key] = found.control
        start = await self.casting.fresh(subject, found.who)
        forged = forged_for(self.panel, start.who)
        let_in, start = await refused(self.panel, subject, sheet, start, forged, found.control)
        without = next((exchange for forgery, exchange in let_in if forgery.rule is Rule.LOGIN_NOT_REQUIRED), None)
        if without is not None:
            access = self._public_in_fact(subject, sheet, stated, without)
        else:
            self._asks.add(subject.key)
            # Who logs out with credentials that are no good is logged out.
            for forgery, exchange in () if subject.ends_session else let_in:
                sheet.flaw(
                    Question.LOGGED_IN, forgery.rule, f"lets in {forgery.name} ({status_of(exchange)})", exchange
                )
            access = Access(who=stated, origin=self._origin(stated))
        if access.who != "public":
            start = await ask_role(self.panel, subject, sheet, start, role, is_stated=bool(stated))
            start = await self._ask_owner(subject, sheet, start, stated=stated, role=role)
            await self._ask_control(subject, sheet, start)
        await self._ask_rest(subject, sheet, found)
        if access.who:
            return access
        return _deduced(sheet, role)

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
        start = await self.casting.fresh(subject, found.who)
        await ask_input(self.panel, subject, sheet, start.who, start.arranged)
        if subject.method in {"POST", "PUT", "PATCH"} and subject.operation.body is not None:
            who = start.who

            async def asker() -> Identity:
                return who if who.role or not subject.ends_identity else await self.casting.asker(subject)

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
            self.refused[subject.key] = trouble.exchange
        if needs_role:
            sheet.note(Question.ROLE, Cell.NOT_EXERCISED, f"{trouble}: an identity with its role is needed")
            if not stated.startswith("role ") and await tells_apart(self.panel, trouble.exchange):
                # Who is logged in is told something else than who is not: the service knows both, and refuses both.
                sheet.note(Question.LOGGED_IN, Cell.PASSED)
                sheet.note(Question.ROLE, Cell.PASSED, "an ordinary user is refused; nobody with the role was there")
        call = on_nothing(self.panel.document, subject)
        exchange = await self.panel.caller.call("nobody", "asks without credentials", call, NOTHING)
        ask_bounds(self.panel, subject, sheet)
        if is_success(exchange.answer) and not is_log_in_page(exchange.answer):
            return self._public_in_fact(subject, sheet, stated, exchange)
        return Access(who=stated or ("role" if needs_role else "unknown"), origin=self._origin(stated))

    def _public_in_fact(self, subject: Subject, sheet: Sheet, stated: str, exchange: Exchange) -> Access:
        """Conclude from an operation that lets in whoever brings nothing."""
        sheet.asked.pop(Question.LOGGED_IN, None)
        ask_debug(sheet, subject, exchange, is_stated=bool(stated))
        if stated:
            message = f"lets in who is not logged in ({status_of(exchange)}); {self.policy_path} says `{stated}`"
            sheet.flaw(Question.LOGGED_IN, Rule.LOGIN_NOT_REQUIRED, message, exchange)
            return Access(who=stated, origin=self.policy_path)
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
            if one.login is Login.REQUIRED or one.key in self._asks:
                return True
        return False

    def _origin(self, stated: str) -> str:
        return self.policy_path if stated else ""


def _deduced(sheet: Sheet, role: str) -> Access:
    if role:
        return Access(who=f"role {role}", origin="deduced: an ordinary user is refused, and one with the role is not")
    owner = sheet.asked.get(Question.OWNER)
    if owner is not None and owner.cell is Cell.PASSED and not owner.reason.startswith(_OF_NO_OWNER):
        return Access(who="owner", origin="deduced: another user is refused")
    if owner is not None and owner.cell is Cell.FAILED:
        return Access(who="owner", origin="deduced: it is about what a user made")
    return Access(who="shared", origin="deduced: it asks for a login and is about nobody's own")

"""Brings those who ask together, and lets them: two users, those with roles, and credentials that have expired."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from gate.context import Context
from gate.domain.finding import Severity
from gate.formats.masked_credentials import masked, secrets_in
from gate.formats.openapi_document import Document
from gate.gates.access_review.caller import NOTHING, Credentials
from gate.gates.access_review.curl import rendered_exchanges
from gate.gates.access_review.evidence import Flaw, Reviewed, ReviewEvidence
from gate.gates.access_review.hooks import Hooks
from gate.gates.access_review.hygiene import ask_cors
from gate.gates.access_review.identities import Accounts, NoIdentity, roles_of
from gate.gates.access_review.looking import Looking
from gate.gates.access_review.making import knows_users, making
from gate.gates.access_review.masking import Mask
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.options import AccessReviewOptions
from gate.gates.access_review.panel import Panel
from gate.gates.access_review.people import Identity, is_same_user, jwt_parts
from gate.gates.access_review.policy import Policy
from gate.gates.access_review.review import Review, stated_roles
from gate.ports import CannotRun
from gate.service_ports import HttpClient

# Seconds: who has tokens of this lifetime sees one expire.
_LONGEST_LIFETIME = 5
_LAST_SECOND = 10**12
# The last line of a traceback.
_ERROR = re.compile(r"(?:[A-Za-z_]\w{0,60}\.){0,10}[A-Z]\w{0,60}(?:Error|Exception|Failure|Refused|Timeout)\b")
_SIGNS = re.compile(r"SECRET|KEY|JWT|TOKEN|SIGN|SALT", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Convening:
    """A service whose operations are known, and all that it takes to review them. `env` are the service's variables."""

    ctx: Context
    options: AccessReviewOptions
    http: HttpClient
    document: Document
    subjects: tuple[Subject, ...]
    policy: Policy | None
    hooks: Hooks
    env: Mapping[str, str]
    today: date
    _panel: Panel | None = None

    async def evidence(self) -> ReviewEvidence:
        """Review every operation.

        Raises:
            CannotRun: nobody can be made who may ask, or the service answers nothing any more.
        """
        panel = self._panel = self._new_panel()
        try:
            await self._fill(panel)
            review = Review(panel=panel, policy=self.policy)
            operations = await review.operations()
            flaw: Flaw | None = None
            if review.control is not None:
                flaw = await ask_cors(panel, review.control.who, review.control.arranged)
        except CannotRun as failure:
            # Its reason may quote what the service answered.
            raise CannotRun(Mask(panel.secrets)(failure.reason), *failure.exhibits) from None
        finally:
            self._log(panel)
        return ReviewEvidence(
            framework="",
            today=self.today,
            operations=tuple(self._located(one) for one in operations),
            flaws=() if flaw is None else (flaw,),
            notices=tuple(dict.fromkeys(panel.notices)),
            requests=panel.caller.sent,
            policy=self.policy,
            secrets=panel.secrets,
        )

    async def credentials(self) -> Credentials:
        """Return the credentials of a user who has asked nothing yet; none where the service knows no users."""
        if self._panel is None or self._panel.without_login:
            return NOTHING
        try:
            return (await self._panel.accounts.make("deep")).credentials
        except NoIdentity as trouble:
            raise CannotRun(f"the deep stage has nobody to ask: {trouble}") from None

    def _new_panel(self) -> Panel:
        made_by = making(
            self.http,
            self.document,
            self.subjects,
            self.hooks,
            identities=self.options.identities,
            examples=self.options.examples,
        )
        caller, workshop = made_by.caller, made_by.workshop
        return Panel(
            caller=caller,
            document=self.document,
            subjects=self.subjects,
            accounts=made_by.accounts,
            workshop=workshop,
            looking=Looking(caller=caller, workshop=workshop, subjects=self.subjects),
            owner=Identity(name="nobody", credentials=NOTHING),
            keys=tuple(value for name, value in self.env.items() if value and _SIGNS.search(name)),
            unbounded=Severity(self.options.unbounded),
        )

    async def _fill(self, panel: Panel) -> None:
        accounts = panel.accounts
        if not knows_users(accounts):
            panel.without_login = True
            panel.notices.append("the service asks nobody who they are: every operation is taken for public")
            return
        try:
            panel.owner = await accounts.make("owner")
            panel.expired = await self._waited_out(accounts, panel.owner)
        except NoIdentity as trouble:
            how = "say how a user is made: [tool.quality-gate.access-review.identities.user]"
            printed = self.ctx.tail(self.ctx.service_log)
            said = [line.strip()[:300] for line in printed.text.splitlines() if _ERROR.match(line)][-1:]
            last = f" (the service printed: {masked(said[0], secrets_in(self.env))})" if said else ""
            raise CannotRun(f"{trouble}{last}; {how}", printed) from None
        try:
            panel.other = await accounts.make("other")
        except NoIdentity as trouble:
            panel.notices.append(f"there is no second user: {trouble}")
        if panel.other is not None and is_same_user(panel.owner, panel.other):
            panel.other = None
            panel.notices.append("there is no second user, but the first one again: say how `identities.other` is made")
        for role in roles_of(accounts.hooks, stated_roles(self.policy)):
            try:
                panel.roles[role] = await accounts.make(role, role)
            except NoIdentity as trouble:
                panel.notices.append(f"there is no identity with the role {role}: {trouble}")

    async def _waited_out(self, accounts: Accounts, owner: Identity) -> Credentials | None:
        """Return credentials that were good and have expired, where their lifetime is short enough to wait for."""
        for secret in owner.credentials.secrets:
            parts = jwt_parts(secret)
            ends = parts[1].get("exp") if parts is not None else None
            if not isinstance(ends, int | float) or isinstance(ends, bool):
                continue
            if not 0 <= ends < _LAST_SECOND:
                continue
            left = ends - datetime.now(UTC).timestamp()
            if 0 <= left <= _LONGEST_LIFETIME:
                kept = await accounts.make("expired")
                await self.http.pause(left + 2)
                return kept.credentials
        return None

    def _located(self, reviewed: Reviewed) -> Reviewed:
        return replace(reviewed, path=self.ctx.project.located(reviewed.path)) if reviewed.path else reviewed

    def _log(self, panel: Panel) -> None:
        """Write what was sent and how it was answered, without bodies and credentials: a line for each request."""
        self.ctx.write_text(self.ctx.log, rendered_exchanges(panel.caller.exchanges, Mask(panel.secrets)))

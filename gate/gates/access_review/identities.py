"""Makes those who ask: through the service's own sign-up and log-in, by a hook, or from given headers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Document
from gate.gates.access_review.answers import first_named, is_success, json_of
from gate.gates.access_review.caller import NOTHING, Call, Caller, Credentials
from gate.gates.access_review.credential_forms import basic, credentials_in, given_credentials
from gate.gates.access_review.entrances import log_ins, secret_fields, sign_ups
from gate.gates.access_review.filling import (
    account_facts,
    body_for,
    required_query,
    with_account,
    with_more,
    within_bounds,
)
from gate.gates.access_review.operations import Subject
from gate.gates.access_review.options import IdentityHook
from gate.gates.access_review.people import ID_NAMES, Identity, jwt_parts, learn, learn_from_token
from gate.gates.access_review.witness import Witness, on_nothing

# Names under which `identities` has ordinary users.
_USERS = ("user", "owner", "other")
_MOST_SHOWING = 3


class NoIdentity(Exception):
    """An identity cannot be made: `str()` says why, and what to write."""


RunHook = Callable[[str, IdentityHook, Mapping[str, str]], Awaitable[Mapping[str, Any]]]


def _is_taken(answer: HttpAnswer | None) -> bool:
    """Tell an answer to a sign-up or a log-in that went well: those of forms send the browser to another page."""
    return is_success(answer) or (answer is not None and answer.status in (302, 303))


@dataclass(slots=True, kw_only=True)
class Accounts:
    """Makes identities, and proves that they are who they are.

    `given` are texts of credentials that the project gave, to be masked; tokens of JSON are masked wherever they stand.
    """

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    hooks: Mapping[str, IdentityHook]
    run_hook: RunHook
    examples: Mapping[str, Any] = field(default_factory=dict)
    sign_up: Subject | None = None
    log_in: Subject | None = None
    given: dict[str, None] = field(default_factory=dict)
    _witness: Witness = field(init=False)
    _unique: str = field(default_factory=lambda: f"q{token_hex(3)}")
    _count: int = 0
    _has_made_tables: bool = False

    def __post_init__(self) -> None:
        self._witness = Witness(caller=self.caller, document=self.document, subjects=self.subjects)

    def unique(self) -> str:
        """Return a text that nothing else in this run has: letters and digits only."""
        self._count += 1
        return f"{self._unique}{self._count:03d}x"

    @property
    def can_make(self) -> bool:
        """Whether further ordinary users can be made at any time."""
        hook = self.hooks.get("user")
        # Given headers are always the same user's.
        return not hook.headers if hook is not None else self.sign_up is not None

    async def make(self, name: str, role: str = "", *, extra: Mapping[str, Any] | None = None) -> Identity:
        """Make an identity and prove it; `extra` are fields that its sign-up sends, too.

        Raises:
            NoIdentity: it cannot be made, or what was made does not work.
        """
        hook = self.hooks.get(role or name) or self.hooks.get("" if role else "user")
        if hook is not None and hook.headers:
            identity = Identity(
                name=name,
                role=role,
                credentials=Credentials(headers=hook.headers, secrets=tuple(value for _, value in hook.headers)),
            )
            return await self._proven(identity)
        unique = self.unique()
        facts: dict[str, Any] = {
            "username": f"qg{unique}",
            "email": f"qg-{unique}@example.com",
            "password": f"Qg1!{unique}aA",
        }
        answer: HttpAnswer | None = None
        if self.sign_up is not None or (hook is None and role == ""):
            answer = await self._signed_up(name, facts, unique, extra or {})
        if hook is not None:
            told = await self.run_hook(role or name, hook, {key: str(value) for key, value in facts.items()})
            facts.update({key: told[key] for key in ("username", "email", "password", "id") if key in told})
            if given := given_credentials(told):
                return await self._proven(Identity(name=name, role=role, credentials=given, facts=facts))
        new = Identity(name=name, role=role, credentials=NOTHING, facts=facts, answer=json_of(answer))
        return await self._logged_in(new, answer)

    async def again(self, identity: Identity) -> Identity:
        """Log somebody in again; raises NoIdentity."""
        return await self._logged_in(replace(identity, credentials=NOTHING), None)

    async def still_works(self, identity: Identity) -> bool:
        """Tell whether an identity is still who it was."""
        return await self._witness.still_knows(identity)

    async def _signed_up(
        self, name: str, facts: dict[str, Any], unique: str, extra: Mapping[str, Any]
    ) -> HttpAnswer | None:
        candidates = [self.sign_up] if self.sign_up is not None else list(sign_ups(self.subjects, self.document)[:3])
        why = "its document shows no operation that makes an account"
        for subject in candidates:
            for full in (False, True):
                example = self.examples.get(subject.key)
                body = body_for(self.document, subject.operation, unique, full=full, example=example)
                if body == {} and not full and secret_fields(self.document, subject.operation):
                    continue
                within_bounds(self.document, subject.operation, facts, unique)
                body = with_more(with_account(body, facts), extra) if extra else with_account(body, facts)
                query = required_query(self.document, subject.operation, unique)
                call = Call(operation=subject.operation, body=body, query=with_account(query, facts))
                exchange = await self.caller.call(name, "signs up", call, NOTHING)
                if _is_taken(exchange.answer):
                    self.sign_up = subject
                    facts.update(account_facts({**query, "body": body} if query else body))
                    identifier = first_named(json_of(exchange.answer), ID_NAMES)
                    if identifier is not None:
                        facts["id"] = identifier
                    return exchange.answer
                told = exchange.answer.status if exchange.answer else exchange.trouble
                why = f"{subject.key} was answered {told}"
                if exchange.answer is not None and exchange.answer.status >= 500 and await self._made_tables():
                    return await self._signed_up(name, facts, unique, extra)
                if exchange.answer is None or exchange.answer.status not in (400, 409, 422):
                    break
        raise NoIdentity(f"no account could be made: {why}")

    async def _made_tables(self) -> bool:
        """Call what makes the tables of a service that has none yet, once."""
        makers = [one for one in self.subjects if one.makes_tables and not self._has_made_tables]
        self._has_made_tables = True
        for subject in makers[:1]:
            exchange = await self.caller.call("nobody", "makes the tables", on_nothing(self.document, subject), NOTHING)
            return is_success(exchange.answer)
        return False

    async def _logged_in(self, identity: Identity, signed_up: HttpAnswer | None) -> Identity:
        answers, why = await self._log_in_answers(identity)
        if signed_up is not None:
            answers.append(signed_up)
        schemes = self.document.schemes.values()
        shown = [credentials for answer in answers for credentials in credentials_in(answer, schemes)]
        if by_password := basic(schemes, identity.facts):
            shown.append(by_password)
        for credentials in shown:
            tried = replace(identity, credentials=credentials)
            if await self._witness.knows(tried, (self.sign_up, self.log_in)):
                tried.proven = True
                await self._find_identifier(tried, answers)
                learn_from_token(tried)
                return tried
        if why:
            raise NoIdentity(f"nobody could log in: {why}")
        raise NoIdentity("who logged in is not let in: none of what the log-in answered works as credentials")

    async def _find_identifier(self, identity: Identity, answers: Iterable[HttpAnswer]) -> None:
        """Note the identifier of an account, where its sign-up did not tell it: from wherever the account is shown."""
        learn(identity, *answers)
        shown = [one for one in self.subjects if one.shows_asker or (one.lists_users and not one.names_a_role)]
        for subject in shown[:_MOST_SHOWING]:
            if "id" in identity.facts:
                break
            call = on_nothing(self.document, subject)
            exchange = await self.caller.call(identity.name, "looks for itself", call, identity.credentials)
            learn(identity, exchange.answer)

    async def _log_in_answers(self, identity: Identity) -> tuple[list[HttpAnswer], str]:
        """Log in by whatever operation takes the name or the address; return its answer, or why there is none."""
        why = "no operation gives credentials"
        for subject in [self.log_in] if self.log_in is not None else log_ins(self.subjects, self.document)[:3]:
            for named_by in ("username", "email"):
                answer = await self._log_in_once(identity, subject, named_by)
                if answer is not None and _is_taken(answer):
                    refresh = first_named(json_of(answer), ("refresh_token", "refreshToken", "refresh"), deepest=4)
                    if isinstance(refresh, str):
                        identity.facts["refresh"] = refresh
                    self.log_in = subject
                    return [answer], ""
                why = f"{subject.key} was answered {answer.status if answer else 'nothing'}"
        return [], why

    async def lets_in(self, identity: Identity, password: str) -> bool:
        """Tell whether somebody gets credentials for a password."""
        if self.log_in is None:
            return False
        trying = replace(identity, credentials=NOTHING, facts={**identity.facts, "password": password})
        schemes = self.document.schemes.values()
        for named_by in ("username", "email"):
            answer = await self._log_in_once(trying, self.log_in, named_by)
            if answer is not None and _is_taken(answer) and any(credentials_in(answer, schemes)):
                return True
        return False

    async def _log_in_once(self, identity: Identity, subject: Subject, named_by: str) -> HttpAnswer | None:
        example, unique = self.examples.get(subject.key), self.unique()
        body = body_for(self.document, subject.operation, unique, full=False, example=example)
        if body == {} and secret_fields(self.document, subject.operation):
            # Nobody logs in with nothing, whatever the document calls optional.
            body = body_for(self.document, subject.operation, unique, full=True, example=example)
        if isinstance(body, dict) and "grant_type" in body:
            body["grant_type"] = "password"
        body = with_account(body, identity.facts, named_by=named_by)
        query = with_account(required_query(self.document, subject.operation, "x"), identity.facts, named_by=named_by)
        call = Call(operation=subject.operation, body=body, query=query)
        return (await self.caller.call(identity.name, "logs in", call, NOTHING)).answer

    async def _proven(self, identity: Identity) -> Identity:
        # Told or not: what the project gave is as secret where it does not work.
        self.given.update(dict.fromkeys(one for one in identity.credentials.secrets if jwt_parts(one) is None))
        if not await self._witness.knows(identity, (self.sign_up, self.log_in)):
            raise NoIdentity(f"the credentials of {identity.name} are not let in")
        identity.proven = True
        return identity


def roles_of(hooks: Mapping[str, IdentityHook], named: Sequence[str]) -> tuple[str, ...]:
    """Return the roles for which identities can be made: those with a hook that is no ordinary user's."""
    return tuple(dict.fromkeys(one for one in (*named, *hooks) if one in hooks and one not in _USERS))

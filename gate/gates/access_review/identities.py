"""Makes those who ask: through the service's own sign-up and log-in, by a hook, or from given headers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import token_hex
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Document
from gate.formats.schema_values import value_for
from gate.gates.access_review.answers import element_with, first_named, is_success, json_of
from gate.gates.access_review.caller import NOTHING, Call, Caller, Credentials
from gate.gates.access_review.credential_forms import basic, cookies, forms, given_credentials
from gate.gates.access_review.denials import is_denial, misses_credential
from gate.gates.access_review.filling import account_facts, body_for, with_account, with_more, within_bounds
from gate.gates.access_review.operations import Login, Subject, log_ins, secret_fields, sign_ups
from gate.gates.access_review.people import Identity, jwt_parts
from gate.gates.access_review.words import MYSELF, TOKENS, any_of

_MOST_WITNESSES = 12
# Names under which `identities` has ordinary users.
_USERS = ("user", "owner", "other")
_MOST_SHOWING = 3
_USER_ID_NAMES = ("user_id", "userId", "account_id", "accountId")
_ID_NAMES = ("id", "user_id", "userId", "uuid", "uid", "_id", "pk", "account_id", "sub")


class NoIdentity(Exception):
    """An identity cannot be made: `str()` says why, and what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityHook:
    """How the configuration says that an identity is made: a command, a function of Python, or headers as given."""

    command: str = ""
    function: str = ""
    headers: tuple[tuple[str, str], ...] = ()


RunHook = Callable[[str, IdentityHook, Mapping[str, str]], Awaitable[Mapping[str, Any]]]


def _is_taken(answer: HttpAnswer | None) -> bool:
    """Tell an answer to a sign-up or a log-in that went well: those of forms send the browser to another page."""
    return is_success(answer) or (answer is not None and answer.status in (302, 303))


@dataclass(slots=True, kw_only=True)
class Accounts:
    """Makes identities, and proves that they are who they are.

    `witness` is a call that only they can make. `given` are texts of credentials that the project gave, to be masked;
    tokens of JSON are masked wherever they stand.
    """

    caller: Caller
    document: Document
    subjects: tuple[Subject, ...]
    hooks: Mapping[str, IdentityHook]
    run_hook: RunHook
    examples: Mapping[str, Any] = field(default_factory=dict)
    witness: Call | None = None
    sign_up: Subject | None = None
    log_in: Subject | None = None
    given: dict[str, None] = field(default_factory=dict)
    _witnessed: int = 200
    _unique: str = field(default_factory=lambda: f"q{token_hex(3)}")
    _count: int = 0
    _has_made_tables: bool = False

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
        said: dict[str, Any] = {"answer": None, "exchange": None}
        if self.sign_up is not None or (hook is None and role == ""):
            said = await self._signed_up(name, facts, unique, extra or {})
        if hook is not None:
            told = await self.run_hook(role or name, hook, {key: str(value) for key, value in facts.items()})
            facts.update({key: told[key] for key in ("username", "email", "password", "id") if key in told})
            if given := given_credentials(told):
                return await self._proven(Identity(name=name, role=role, credentials=given, facts=facts))
        return await self._logged_in(Identity(name=name, role=role, credentials=NOTHING, facts=facts), said)

    async def again(self, identity: Identity) -> Identity:
        """Log somebody in again; raises NoIdentity."""
        return await self._logged_in(replace(identity, credentials=NOTHING), {"answer": identity.answer})

    async def still_works(self, identity: Identity) -> bool:
        """Tell whether an identity is still who it was."""
        if self.witness is None:
            return identity.proven
        exchange = await self.caller.call(
            identity.name, "proves that it is logged in", self.witness, identity.credentials
        )
        answer = exchange.answer
        if answer is None or is_denial(answer) or answer.status >= 500:
            return False
        # Who was shown something and is told `400 inactive user` now is let in no more, nor who is told that at once.
        expected = (identity.witnessed,) if identity.witnessed else (self._witnessed, 404, 422)
        works = is_success(answer) or answer.status in expected
        identity.witnessed = identity.witnessed or (answer.status if works else 0)
        return works

    async def _signed_up(
        self, name: str, facts: dict[str, Any], unique: str, extra: Mapping[str, Any]
    ) -> dict[str, Any]:
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
                query = _required_query(self.document, subject, unique)
                call = Call(operation=subject.operation, body=body, query=with_account(query, facts))
                exchange = await self.caller.call(name, "signs up", call, NOTHING)
                if _is_taken(exchange.answer):
                    self.sign_up = subject
                    facts.update(account_facts({**query, "body": body} if query else body))
                    answer = json_of(exchange.answer)
                    identifier = first_named(answer, _ID_NAMES)
                    if identifier is not None:
                        facts["id"] = identifier
                    return {"answer": answer, "exchange": exchange.answer}
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
            exchange = await self.caller.call("nobody", "makes the tables", self.dummy(subject), NOTHING)
            return is_success(exchange.answer)
        return False

    async def _logged_in(self, identity: Identity, said: Mapping[str, Any]) -> Identity:
        answers, why = await self._log_in_answers(identity)
        if isinstance(said.get("exchange"), HttpAnswer):
            answers.append(said["exchange"])
        identity.answer = said.get("answer")
        shown = [credentials for answer in answers for credentials in self._candidates(answer)]
        if by_password := basic(self.document.schemes.values(), identity.facts):
            shown.append(by_password)
        for credentials in shown:
            tried = replace(identity, credentials=credentials)
            if await self._proves(tried):
                tried.proven = True
                return _with_subject(await self._with_identifier(tried, answers))
        if why:
            raise NoIdentity(f"nobody could log in: {why}")
        raise NoIdentity("who logged in is not let in: none of what the log-in answered works as credentials")

    async def _with_identifier(self, identity: Identity, answers: Iterable[HttpAnswer]) -> Identity:
        """Note the identifier of an account, where its sign-up did not tell it: from wherever the account is shown."""
        _learn(identity, *answers)
        shown = [one for one in self.subjects if one.shows_asker or (one.lists_users and not one.names_a_role)]
        for subject in shown[:_MOST_SHOWING]:
            if "id" in identity.facts:
                break
            call = self.dummy(subject)
            exchange = await self.caller.call(identity.name, "looks for itself", call, identity.credentials)
            _learn(identity, exchange.answer)
        return identity

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
        for named_by in ("username", "email"):
            answer = await self._log_in_once(trying, self.log_in, named_by)
            if answer is not None and _is_taken(answer) and any(True for _ in self._candidates(answer)):
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
        query = with_account(_required_query(self.document, subject, "x"), identity.facts, named_by=named_by)
        call = Call(operation=subject.operation, body=body, query=query)
        return (await self.caller.call(identity.name, "logs in", call, NOTHING)).answer

    def _candidates(self, answer: HttpAnswer) -> Iterable[Credentials]:
        value = json_of(answer)
        tokens = [found for name in TOKENS if (found := first_named(value, (name,), deepest=4)) is not None]
        if isinstance(value, str) and 8 <= len(value) <= 4096 and " " not in value:
            tokens.append(value)
        words = [str(token) for token in dict.fromkeys(map(str, tokens)) if len(str(token)) >= 6]
        if not words and (header := answer.header("Authorization")):
            yield Credentials(headers=(("Authorization", header),), secrets=(header,))
        pairs = cookies(answer)
        for token in words[:3]:
            yield from forms(token, self.document.schemes.values(), value)
        if pairs:
            secrets = tuple(pair.partition("=")[2] for pair in pairs)
            yield Credentials(headers=(("Cookie", "; ".join(pairs)),), secrets=secrets)

    async def _proven(self, identity: Identity) -> Identity:
        # Told or not: what the project gave is as secret where it does not work.
        self.given.update(dict.fromkeys(one for one in identity.credentials.secrets if jwt_parts(one) is None))
        if not await self._proves(identity):
            raise NoIdentity(f"the credentials of {identity.name} are not let in")
        identity.proven = True
        return identity

    async def _proves(self, identity: Identity) -> bool:
        if self.witness is not None:
            return await self.still_works(identity)
        weak: tuple[Call, int] | None = None
        for call in self._witnesses():
            without = await self.caller.call("nobody", "is refused", call, NOTHING)
            is_named = without.answer is not None and misses_credential(without.answer, identity)
            if not is_denial(without.answer) and not is_named:
                continue
            answer = (await self.caller.call(identity.name, "is let in", call, identity.credentials)).answer
            if is_named and answer is not None and misses_credential(answer, identity):
                continue
            if is_success(answer):
                self.witness, identity.witnessed = call, answer.status if answer is not None else 0
                return True
            if answer is not None and not is_denial(answer) and answer.status < 500 and weak is None:
                weak = call, answer.status
        if weak is None:
            return False
        self.witness, self._witnessed = weak
        identity.witnessed = self._witnessed
        return True

    def _witnesses(self) -> list[Call]:
        """Return calls that are likely to need credentials and change nothing, the likeliest first."""
        ranked = [
            ((subject.method != "GET", bool(subject.parameters), not any_of(subject.words, MYSELF),
              subject.login is not Login.REQUIRED, at), subject)
            for at, subject in enumerate(self.subjects)
            if not subject.ends_identity and subject is not self.sign_up and subject is not self.log_in
            and (subject.method == "GET" or subject.login is Login.REQUIRED)
            and subject.method != "DELETE"
        ]  # fmt: skip
        ranked.sort(key=lambda one: one[0])
        return [self.dummy(subject) for _, subject in ranked[:_MOST_WITNESSES]]

    def dummy(self, subject: Subject) -> Call:
        """Return a call of an operation on nothing that exists: who is let in is told 404 or 422."""
        path = {
            one.name: value_for(self.document, one.schema, name=one.name, unique="0")
            for one in subject.operation.parameters
            if one.location == "path"
        }
        query = _required_query(self.document, subject, "x")
        return Call(operation=subject.operation, path=path, query=query, body={} if subject.operation.body else None)


def _required_query(document: Document, subject: Subject, unique: str) -> dict[str, Any]:
    return {
        one.name: value_for(document, one.schema, name=one.name, unique=unique)
        for one in subject.operation.parameters
        if one.location == "query" and one.required
    }


def _learn(identity: Identity, *answers: HttpAnswer | None) -> None:
    """Note the identifier that an answer gives beside somebody's name or address, or as that of a user."""
    for answer in answers:
        value = json_of(answer) if is_success(answer) else None
        found = first_named(value, _USER_ID_NAMES) if not isinstance(value, list) else None
        for fact in ("username", "email"):
            if found is None and fact in identity.facts:
                found = first_named(element_with(value, identity.facts[fact]), _ID_NAMES, deepest=1)
        if found is not None:
            identity.facts.setdefault("id", found)


def _with_subject(identity: Identity) -> Identity:
    """Note the identifier that the token itself names, where the service told none."""
    if "id" not in identity.facts:
        for secret in identity.credentials.secrets:
            parts = jwt_parts(secret)
            for name in ("user_id", "uid", "id", "sub"):
                if parts is not None and isinstance(parts[1].get(name), str | int):
                    identity.facts.setdefault("id", parts[1][name])
    return identity


def roles_of(hooks: Mapping[str, IdentityHook], named: Sequence[str]) -> tuple[str, ...]:
    """Return the roles for which identities can be made: those with a hook that is no ordinary user's."""
    return tuple(dict.fromkeys(one for one in (*named, *hooks) if one in hooks and one not in _USERS))

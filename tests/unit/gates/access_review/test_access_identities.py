"""Those who ask: how they sign up and log in, in the ways services have, and how it is proven who they are."""

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import pytest

from gate.domain.http_message import HttpAnswer, HttpRequest
from gate.formats.openapi_document import parse_document
from gate.gates.access_review.caller import Caller
from gate.gates.access_review.denials import is_denial
from gate.gates.access_review.identities import Accounts, NoIdentity, roles_of
from gate.gates.access_review.operations import subjects_of
from gate.gates.access_review.options import IdentityHook
from gate.gates.access_review.people import Identity, encoded
from gate.service_ports import HttpClient

TEXT = {"type": "string"}
FORM = "application/x-www-form-urlencoded"
Handler = Callable[[HttpRequest, dict[str, Any]], HttpAnswer]


def taking(*fields: str, media_type: str = "application/json", optional: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict.fromkeys((*fields, *optional), TEXT), "required": list(fields)}
    return {"requestBody": {"content": {media_type: {"schema": schema}}}}


def answer(status: int, value: Any = None, **headers: str) -> HttpAnswer:
    pairs = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return HttpAnswer(status=status, headers=pairs, body=b"" if value is None else json.dumps(value).encode())


class Door(HttpClient):
    """A service with a sign-up, and `GET /me` for whoever shows what `is_good` takes."""

    def __init__(self, is_good: Callable[[Mapping[str, str], str], bool]) -> None:
        self.is_good = is_good
        self.accounts: list[dict[str, Any]] = []
        self.handlers: dict[str, Handler] = {"POST /signup": self.signs_up, "GET /me": self.shows}
        self.operations: dict[str, Any] = {
            "POST /signup": taking("email", "username", "password"),
            "GET /me": {"security": [{"s": []}]},
        }
        self.schemes: dict[str, Any] = {"s": {"type": "http", "scheme": "bearer"}}
        self.asked: list[str] = []
        self.me: Any = {"ok": True}

    def with_log_in(self, handler: Handler, operation: dict[str, Any] | None = None) -> "Door":
        self.handlers["POST /login"] = handler
        self.operations["POST /login"] = operation or taking("username", "password")
        return self

    def signs_up(self, request: HttpRequest, body: dict[str, Any]) -> HttpAnswer:
        self.accounts.append(body)
        return answer(201, {"account": {"id": 41}})

    def shows(self, request: HttpRequest, body: dict[str, Any]) -> HttpAnswer:
        is_good = self.is_good(dict(request.headers), request.target.partition("?")[2])
        return answer(200, self.me) if is_good else answer(401)

    def knows(self, body: dict[str, Any], by: str = "username") -> bool:
        wanted = (body.get("username"), body.get("password"))
        return any((one.get(by), one["password"]) == wanted for one in self.accounts)

    async def send(self, request: HttpRequest) -> HttpAnswer:
        key = f"{request.method} {request.target.partition('?')[0]}"
        self.asked.append(key)
        text = (request.body or b"").decode()
        is_form = any(value.startswith(FORM) for _, value in request.headers)
        body = {name: one[0] for name, one in parse_qs(text).items()} if is_form else json.loads(text or "{}")
        handler = self.handlers.get(key)
        return handler(request, body) if handler else answer(404)

    async def pause(self, seconds: float) -> None:
        raise AssertionError(seconds)


def accounts_of(door: Door, hooks: Mapping[str, IdentityHook] | None = None, told: Any = None) -> Accounts:
    paths: dict[str, Any] = {}
    for key, operation in door.operations.items():
        method, _, path = key.partition(" ")
        paths.setdefault(path, {})[method.lower()] = operation
    document = parse_document(
        json.dumps({"openapi": "3.1.0", "paths": paths, "components": {"securitySchemes": door.schemes}})
    )

    async def run_hook(name: str, hook: IdentityHook, facts: Mapping[str, str]) -> Mapping[str, Any]:
        return dict(told(name, facts)) if callable(told) else dict(told or {})

    return Accounts(
        caller=Caller(door), document=document, subjects=subjects_of(document, None), hooks=hooks or {}, run_hook=run_hook
    )  # fmt: skip


def made(door: Door, **more: Any) -> Identity:
    return asyncio.run(accounts_of(door, **more).make("owner"))


def by_bearer(token: str, word: str = "Bearer") -> Callable[[Mapping[str, str], str], bool]:
    return lambda headers, _: headers.get("Authorization") == f"{word} {token}"


def test_the_password_flow_takes_a_form_and_a_name_or_an_address() -> None:
    for named_by in ("username", "email"):
        door = Door(by_bearer("token-1"))

        def log_in(_: HttpRequest, body: dict[str, Any], door: Door = door, by: str = named_by) -> HttpAnswer:
            is_right = body["grant_type"] == "password" and door.knows(body, by)
            return answer(200, {"access_token": "token-1"}) if is_right else answer(400)

        door.with_log_in(log_in, taking("username", "password", "grant_type", media_type=FORM))
        identity = made(door)
        assert identity.proven
        assert identity.credentials.headers == (("Authorization", "Bearer token-1"),)
        assert identity.facts["username"] == door.accounts[0]["username"]
        assert identity.facts["id"] == 41


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"data": {"attributes": {"token": "abcdef1"}}}, "Token abcdef1"),
        ({"accessToken": "abcdef1", "type": "x"}, "Bearer abcdef1"),
        ("abcdef1234", "Bearer abcdef1234"),
        ({"jwt": "abcdef1", "token_type": "jwt"}, "JWT abcdef1"),
        ({"key": "abcdef1"}, "abcdef1"),
    ],
)
def test_a_token_is_found_wherever_the_log_in_puts_it_and_shown_in_the_form_that_works(said: Any, shown: str) -> None:
    door = Door(lambda headers, _: headers.get("Authorization") == shown).with_log_in(lambda *_: answer(200, said))
    assert made(door).credentials.headers == (("Authorization", shown),)


def test_a_token_may_come_in_a_header() -> None:
    door = Door(by_bearer("in-header")).with_log_in(lambda *_: answer(200, {}, Authorization="Bearer in-header"))
    assert made(door).credentials.headers == (("Authorization", "Bearer in-header"),)


def test_a_session_is_a_cookie_also_where_the_browser_is_sent_on() -> None:
    door = Door(lambda headers, _: "sid=xyz" in headers.get("Cookie", ""))
    door.with_log_in(lambda *_: answer(303, None, Set_Cookie="sid=xyz; HttpOnly", Location="/"))
    identity = made(door)
    assert identity.credentials.headers == (("Cookie", "sid=xyz"),)
    assert identity.credentials.secrets == ("xyz",)


def test_a_key_that_the_sign_up_gives_is_enough() -> None:
    door = Door(lambda _, query: query == "key=abcdef1")
    door.schemes = {"s": {"type": "apiKey", "in": "query", "name": "key"}}
    door.handlers["POST /signup"] = lambda *_: answer(201, {"user": 1, "api_key": "abcdef1"})
    assert made(door).credentials.query == (("key", "abcdef1"),)


def test_name_and_password_are_shown_with_each_request_where_the_document_says_so() -> None:
    door = Door(lambda headers, _: ":Qg1!" in b64decode(headers.get("Authorization", "")[6:]).decode())
    door.schemes = {"s": {"type": "http", "scheme": "basic"}}
    assert made(door).credentials.headers[0][1].startswith("Basic ")


def test_a_sign_up_that_wants_more_gets_all_it_may_have() -> None:
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))
    door.operations["POST /signup"] = taking("password", optional=("username", "email"))

    def sign_up(request: HttpRequest, body: dict[str, Any]) -> HttpAnswer:
        return door.signs_up(request, body) if "email" in body else answer(422)

    door.handlers["POST /signup"] = sign_up
    assert made(door).facts["email"] == door.accounts[0]["email"]
    assert door.asked.count("POST /signup") == 2


def test_a_sign_up_may_take_its_facts_from_the_query() -> None:
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))
    names = ("username", "password")
    door.operations["POST /signup"] = {
        "parameters": [{"name": name, "in": "query", "required": True, "schema": TEXT} for name in names]
    }
    targets: list[str] = []

    def sign_up(request: HttpRequest, _: dict[str, Any]) -> HttpAnswer:
        targets.append(request.target)
        return answer(200, {})

    door.handlers["POST /signup"] = sign_up
    facts = made(door).facts
    assert parse_qs(targets[0].partition("?")[2]) == {name: [facts[name]] for name in names}


def test_two_identities_have_nothing_in_common() -> None:
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))
    accounts = accounts_of(door)

    async def two() -> tuple[Identity, Identity]:
        return await accounts.make("owner"), await accounts.make("other")

    one, other = asyncio.run(two())
    assert all(one.facts[name] != other.facts[name] for name in ("username", "email", "password"))
    assert accounts.can_make


def test_the_identifier_of_an_account_is_learned_from_its_token_or_from_what_shows_it() -> None:
    token = f"{encoded({'alg': 'HS256'})}.{encoded({'sub': '77'})}.c2ln"
    door = Door(by_bearer(token)).with_log_in(lambda *_: answer(200, {"token": token}))
    door.handlers["POST /signup"] = lambda *_: answer(201)
    assert made(door).facts["id"] == "77"
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))

    def sign_up(request: HttpRequest, body: dict[str, Any]) -> HttpAnswer:
        door.me = {"number": 3, "user": {"id": 78, "email": body["email"]}}
        return answer(201)

    door.handlers["POST /signup"] = sign_up
    assert made(door).facts["id"] == 78


@pytest.mark.parametrize(
    ("told", "value"),
    [({"token": "token-1"}, "Bearer token-1"), ({"headers": {"Authorization": "Bearer token-1"}}, "Bearer token-1")],
)
def test_a_hook_tells_the_credentials(told: Any, value: str) -> None:
    door = Door(by_bearer("token-1"))
    identity = made(door, hooks={"user": IdentityHook(command="x")}, told=told)
    assert identity.credentials.headers == (("Authorization", value),)
    assert "POST /signup" not in door.asked


def test_a_hook_that_only_makes_the_account_leaves_the_log_in_to_the_service() -> None:
    door = Door(by_bearer("token-1"))
    door.with_log_in(lambda _, body: answer(200, {"token": "token-1"}) if body["username"] == "seeded" else answer(401))
    identity = made(door, hooks={"user": IdentityHook(command="x")}, told={"username": "seeded", "id": 5})
    assert (identity.facts["username"], identity.facts["id"]) == ("seeded", 5)


def test_given_headers_are_shown_as_they_are_and_make_one_user_only() -> None:
    hooks = {"user": IdentityHook(headers=(("Authorization", "Bearer token-1"),))}
    accounts = accounts_of(Door(by_bearer("token-1")), hooks)
    identity = asyncio.run(accounts.make("owner"))
    assert identity.credentials.secrets == ("Bearer token-1",)
    assert not accounts.can_make
    with pytest.raises(NoIdentity, match="the credentials of owner are not let in"):
        asyncio.run(accounts_of(Door(by_bearer("another")), hooks).make("owner"))


def test_a_role_is_appointed_by_its_own_hook() -> None:
    door = Door(lambda headers, _: headers.get("Authorization", "").startswith("Bearer token-"))
    hooks = {"user": IdentityHook(command="x"), "admin": IdentityHook(command="y")}
    accounts = accounts_of(door, hooks, lambda name, _: {"token": f"token-{name}"})
    assert asyncio.run(accounts.make("admin", "admin")).credentials.secrets == ("token-admin",)
    assert roles_of(hooks, ("auditor", "admin")) == ("admin",)


def refusing(status: int) -> Handler:
    return lambda *_: answer(status)


def test_why_nobody_can_be_made_is_told() -> None:
    door = Door(by_bearer("x"))
    door.handlers["POST /signup"] = refusing(403)
    with pytest.raises(NoIdentity, match="no account could be made: POST /signup was answered 403"):
        made(door)
    with pytest.raises(NoIdentity, match="nobody could log in: no operation gives credentials"):
        made(Door(by_bearer("x")))
    with pytest.raises(NoIdentity, match="nobody could log in: POST /login was answered 401"):
        made(Door(by_bearer("x")).with_log_in(refusing(401)))
    with pytest.raises(NoIdentity, match="none of what the log-in answered works"):
        made(Door(by_bearer("x")).with_log_in(lambda *_: answer(200, {"token": "no-good"})))


def test_who_is_let_in_and_then_told_422_is_let_in() -> None:
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))
    del door.operations["GET /me"]
    door.operations["POST /tasks"] = taking("title") | {"security": [{"s": []}]}
    door.handlers["POST /tasks"] = lambda request, _: (
        answer(422) if door.is_good(dict(request.headers), "") else answer(401)
    )
    assert made(door).proven


def test_an_identity_is_asked_again_whether_it_works() -> None:
    door = Door(by_bearer("token-1")).with_log_in(lambda *_: answer(200, {"token": "token-1"}))
    accounts = accounts_of(door)

    async def works() -> list[bool]:
        identity = await accounts.make("owner")
        found = [await accounts.still_works(identity)]
        door.is_good = lambda *_: False
        found.append(await accounts.still_works(identity))
        door.is_good = by_bearer("token-1")
        found.append((await accounts.again(identity)).proven)
        door.handlers["GET /me"] = refusing(500)
        found.append(await accounts.still_works(identity))
        return found

    assert asyncio.run(works()) == [True, False, True, False]


@pytest.mark.parametrize(
    ("status", "location", "denied"),
    [(401, "", True), (403, "", True), (302, "/auth/login?next=/", True), (302, "/authors/1", False), (404, "", False),
     (200, "/login", False)],
)  # fmt: skip
def test_a_denial_asks_for_credentials(status: int, location: str, denied: bool) -> None:
    assert is_denial(answer(status, None, Location=location)) is denied
    assert not is_denial(None)

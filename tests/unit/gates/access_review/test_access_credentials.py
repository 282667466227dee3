"""Credentials: the forms in which they are shown, and those that must not be good."""

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Scheme
from gate.gates.access_review.caller import NOTHING, Credentials
from gate.gates.access_review.credential_forms import basic, cookies, forms, given_credentials
from gate.gates.access_review.forgeries import Forgery, forgeries
from gate.gates.access_review.people import encoded, jwt_parts
from gate.gates.access_review.questions import Rule

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
CLAIMS = st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers() | st.none(), max_size=4)


def signed(claims: dict[str, Any], key: str, algorithm: str = "HS256") -> str:
    text = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}"
    digest = hmac.new(key.encode(), text.encode(), HASHES.get(algorithm, hashlib.sha256)).digest()
    return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def bearer(token: str) -> Credentials:
    return Credentials(headers=(("Authorization", f"Bearer {token}"),), secrets=(token,))


def named(found: tuple[Forgery, ...]) -> list[str]:
    return [one.name for one in found]


def token_in(forgery: Forgery) -> str:
    return forgery.credentials.headers[0][1].removeprefix("Bearer ")


@st.composite
def credentials(draw: st.DrawFn) -> Credentials:
    kind = draw(st.sampled_from(["bearer", "raw", "cookie", "query", "basic"]))
    is_signed = draw(st.booleans())
    opaque = draw(st.text("abcdefXYZ0189-_", min_size=6, max_size=60))
    token = (
        signed(draw(CLAIMS), draw(st.text(max_size=9)), draw(st.sampled_from(sorted(HASHES)))) if is_signed else opaque
    )
    if kind == "query":
        return Credentials(query=(("api_key", token),), secrets=(token,))
    value = {"bearer": f"Bearer {token}", "cookie": f"session={token}", "basic": f"Basic {token}"}.get(kind, token)
    return Credentials(headers=(("Cookie" if kind == "cookie" else "Authorization", value),), secrets=(token,))


@given(credentials(), st.lists(st.text(max_size=9), max_size=3))
def test_no_forgery_is_the_good_credentials_and_each_keeps_their_form(good: Credentials, keys: list[str]) -> None:
    found = forgeries(good, keys)
    assert found[0] == Forgery(name="no credentials", credentials=NOTHING, rule=Rule.LOGIN_NOT_REQUIRED)
    assert len({one.credentials for one in found}) == len(found) >= 2
    for one in found[1:]:
        assert one.rule in (Rule.FORGED_TOKEN, Rule.EXPIRED_TOKEN)
        assert (one.credentials.headers, one.credentials.query) != (good.headers, good.query)
        assert [name for name, _ in one.credentials.headers] == [name for name, _ in good.headers]
        assert [name for name, _ in one.credentials.query] == [name for name, _ in good.query]
        for (_, old), (_, new) in zip(good.headers, one.credentials.headers, strict=True):
            assert re.findall(r"^(Bearer |Basic |session=)", new) == re.findall(r"^(Bearer |Basic |session=)", old)


@given(CLAIMS, st.text(max_size=20), st.sampled_from(sorted(HASHES)), st.booleans())
def test_an_expired_token_is_signed_as_the_service_signs(
    claims: dict[str, Any], key: str, algorithm: str, has_begin: bool
) -> None:
    claims = {**claims, "exp": 4_000_000_000} | ({"iat": 3_900_000_000} if has_begin else {})
    found = forgeries(bearer(signed(claims, key, algorithm)), ["another key", key])
    expired = next(one for one in found if one.rule is Rule.EXPIRED_TOKEN)
    parts = jwt_parts(token_in(expired))
    assert parts is not None
    assert parts[1]["exp"] < 1_000_000_000
    assert parts[1] == {**claims, "exp": parts[1]["exp"]} | ({"iat": parts[1]["exp"] - 60} if has_begin else {})
    assert token_in(expired) == signed(parts[1], key, algorithm)


def test_a_token_without_a_known_key_or_end_cannot_be_made_to_expire() -> None:
    assert named(forgeries(bearer(signed({"exp": 1}, "k")), ["other"])) == named(
        forgeries(bearer(signed({}, "k")), ["k"])
    )
    assert "an expired token" not in named(forgeries(bearer(signed({"exp": 1}, "k", "RS256")), ["k"]))


def test_a_forged_token_has_the_claims_of_the_good_one() -> None:
    token = signed({"sub": "7"}, "k")
    _, _, tampered, unsigned = forgeries(bearer(token), [])
    assert token_in(tampered).rpartition(".")[0] == token.rpartition(".")[0]
    assert len(token_in(tampered)) == len(token)
    parts = jwt_parts(token_in(unsigned))
    assert parts == ({"alg": "none", "typ": "JWT"}, {"sub": "7"})
    assert token_in(unsigned).endswith(".")
    unfinished = token.rpartition(".")[0] + "."
    assert token_in(forgeries(bearer(unfinished), [])[2]) == f"{unfinished}AAAA"


def test_a_signed_text_of_a_services_own_form_is_tampered_with_too() -> None:
    text = "eyJpZCI6MX0.aBcDeF.0123456789abcdef0123"
    good = Credentials(headers=(("Cookie", f"session={text}"),), secrets=(text,))
    assert named(forgeries(good, ["k"])) == ["no credentials", "garbage", "a token with another signature"]
    [(_, value)] = forgeries(good, [])[2].credentials.headers
    assert value.rpartition(".")[0] == f"session={text.rpartition('.')[0]}"


def test_where_nothing_is_shown_only_nothing_can_be_tried() -> None:
    assert named(forgeries(NOTHING, ["k"])) == ["no credentials"]


@given(st.text(max_size=60) | st.sampled_from(["a.b.c", f"{'W' * 40}.e30.x", "W10.W10.x"]))
def test_whatever_is_no_token_is_taken_for_none(text: str) -> None:
    parts = jwt_parts(text)
    assert parts is None or all(isinstance(part, dict) for part in parts)


def test_cookies_are_taken_without_their_attributes_and_not_where_they_are_deleted() -> None:
    values = ("a=1; HttpOnly; Path=/", 'gone=""; Max-Age=0', "odd", "b = 2")
    answer = HttpAnswer(status=200, headers=tuple(("set-cookie", value) for value in values))
    assert cookies(answer) == ("a=1", "b = 2")


def shown(*schemes: Scheme, answer: Any = None) -> list[tuple[str, str]]:
    found = forms("TOKEN", schemes, answer)
    return [pair for one in found for pair in (*one.headers, *one.query)]


@pytest.mark.parametrize(
    ("scheme", "first"),
    [
        (Scheme(name="s", kind="oauth2"), ("Authorization", "Bearer TOKEN")),
        (Scheme(name="s", kind="http-bearer"), ("Authorization", "Bearer TOKEN")),
        (Scheme(name="s", kind="api-key-header", credential="X-Key"), ("X-Key", "TOKEN")),
        (Scheme(name="s", kind="api-key-header", credential="Authorization"), ("Authorization", "TOKEN")),
        (Scheme(name="s", kind="api-key-cookie", credential="sid"), ("Cookie", "sid=TOKEN")),
        (Scheme(name="s", kind="api-key-query", credential="key"), ("key", "TOKEN")),
    ],
)
def test_a_token_is_shown_first_as_the_document_says(scheme: Scheme, first: tuple[str, str]) -> None:
    found = shown(scheme)
    assert found[0] == first
    assert ("X-API-Key", "TOKEN") in found
    assert len(found) == len(set(found))


def test_a_token_is_shown_as_the_log_in_called_it() -> None:
    assert shown(answer={"token_type": "mac"})[0] == ("Authorization", "Mac TOKEN")
    assert shown(answer={"token_type": "not a word"})[0] == ("Authorization", "Bearer TOKEN")


def test_name_and_password_are_shown_themselves_where_the_document_says_so() -> None:
    facts = {"username": "u", "password": "p"}
    assert basic([Scheme(name="s", kind="http-bearer")], facts) is None
    found = basic([Scheme(name="s", kind="http-basic")], facts)
    assert found == Credentials(headers=(("Authorization", "Basic dTpw"),), secrets=("dTpw",))


def test_a_hook_tells_headers_or_a_token() -> None:
    assert given_credentials({"headers": {"X": 1}}) == Credentials(headers=(("X", "1"),), secrets=("1",))
    assert given_credentials({"token": "t"}) == Credentials(headers=(("Authorization", "Bearer t"),), secrets=("t",))
    assert given_credentials(json.loads('{"token": 1, "username": "u"}')) is None

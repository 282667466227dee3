"""The forms in which credentials may be shown, by what a log-in answered and what the document says. Pure."""

from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.formats.openapi_document import Scheme
from gate.gates.access_review.answers import Json, first_named, json_of
from gate.gates.access_review.caller import Credentials
from gate.gates.access_review.words import TOKENS


def cookies(answer: HttpAnswer) -> tuple[str, ...]:
    """Return the cookies that an answer sets: `name=value`."""
    pairs = [value.partition(";")[0].strip() for value in answer.all_of("Set-Cookie")]
    return tuple(pair for pair in pairs if "=" in pair and pair.partition("=")[2].strip('"'))


def forms(token: str, schemes: Iterable[Scheme], answer: Json) -> Iterable[Credentials]:
    """Return the forms in which a token may be shown: as the document says, then as is usual."""
    secrets = (token,)

    def header(name: str, value: str) -> Credentials:
        return Credentials(headers=((name, value),), secrets=secrets)

    found: list[Credentials] = []
    for scheme in schemes:
        if scheme.kind == "api-key-header":
            prefixes = ("", "Bearer ", "Token ") if scheme.credential.lower() == "authorization" else ("",)
            found += [header(scheme.credential, f"{prefix}{token}") for prefix in prefixes]
        elif scheme.kind == "api-key-cookie":
            found.append(header("Cookie", f"{scheme.credential}={token}"))
        elif scheme.kind == "api-key-query":
            found.append(Credentials(query=((scheme.credential, token),), secrets=secrets))
        elif scheme.kind in ("oauth2", "http-bearer", "openid-connect"):
            found.append(header("Authorization", f"Bearer {token}"))
    said = first_named(answer, ("token_type", "tokenType"))
    words = [said.capitalize()] if isinstance(said, str) and said.isalpha() else []
    found += [
        header("Authorization", f"{prefix} {token}") for prefix in dict.fromkeys([*words, "Bearer", "Token", "JWT"])
    ]
    found += [header("X-API-Key", token), header("Authorization", token)]
    return dict.fromkeys(found)


def credentials_in(answer: HttpAnswer, schemes: Collection[Scheme]) -> Iterable[Credentials]:
    """Yield what an answer may have given as credentials, in the forms in which they may be shown."""
    value = json_of(answer)
    tokens = [found for name in TOKENS if (found := first_named(value, (name,), deepest=4)) is not None]
    if isinstance(value, str) and 8 <= len(value) <= 4096 and " " not in value:
        tokens.append(value)
    words = [str(token) for token in dict.fromkeys(map(str, tokens)) if len(str(token)) >= 6]
    if not words and (header := answer.header("Authorization")):
        yield Credentials(headers=(("Authorization", header),), secrets=(header,))
    pairs = cookies(answer)
    for token in words[:3]:
        yield from forms(token, schemes, value)
    if pairs:
        secrets = tuple(pair.partition("=")[2] for pair in pairs)
        yield Credentials(headers=(("Cookie", "; ".join(pairs)),), secrets=secrets)


def basic(schemes: Iterable[Scheme], facts: Mapping[str, Any]) -> Credentials | None:
    """Return name and password themselves, where the service takes them with each request."""
    if not any(scheme.kind == "http-basic" for scheme in schemes):
        return None
    pair = b64encode(f"{facts.get('username')}:{facts.get('password')}".encode()).decode()
    return Credentials(headers=(("Authorization", f"Basic {pair}"),), secrets=(pair,))


def given_credentials(told: Mapping[str, Any]) -> Credentials | None:
    """Return the credentials that a hook of the project told: headers, or a bearer token."""
    headers = told.get("headers")
    if isinstance(headers, Mapping):
        pairs = tuple((str(name), str(value)) for name, value in headers.items())
        return Credentials(headers=pairs, secrets=tuple(value for _, value in pairs))
    if isinstance(told.get("token"), str):
        return Credentials(headers=(("Authorization", f"Bearer {told['token']}"),), secrets=(told["token"],))
    return None

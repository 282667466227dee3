"""Credentials that must not be good: none, garbage, tampered, unsigned, expired. Pure.

What a token is made of: https://www.rfc-editor.org/rfc/rfc7519; why `alg: none` is tried:
https://www.rfc-editor.org/rfc/rfc8725#section-3.1.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from gate.gates.access_review.caller import NOTHING, Credentials
from gate.gates.access_review.people import encoded, jwt_parts
from gate.gates.access_review.questions import Rule

_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
_LONG_AGO = 946_684_800  # the year 2000, in seconds since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """Credentials that must be refused, what they are in words, and the rule that is broken where they are not."""

    name: str
    credentials: Credentials
    rule: Rule


def forgeries(credentials: Credentials, keys: Iterable[str]) -> tuple[Forgery, ...]:
    """Return what must be refused in place of good credentials.

    `keys` are texts with which the service may sign its tokens: where one of them did, an expired token can be made.
    """
    found = [Forgery(name="no credentials", credentials=NOTHING, rule=Rule.LOGIN_NOT_REQUIRED)]
    if credentials.are_none:
        return tuple(found)
    found.append(
        Forgery(name="garbage", credentials=_replaced(credentials, _garbage), rule=Rule.FORGED_TOKEN),
    )
    token = _token_of(credentials)
    parts = jwt_parts(token)
    if parts is None:
        if opaque := _signed_text(credentials):
            value = f"{opaque.rpartition('.')[0]}.{_other(opaque.rpartition('.')[2])}"
            found.append(_forgery(credentials, opaque, value, "a token with another signature", Rule.FORGED_TOKEN))
        return tuple(found)
    header, claims = parts
    head, body, signature = token.split(".")
    tampered = f"{head}.{body}.{_other(signature)}"
    found.append(_forgery(credentials, token, tampered, "a token with another signature", Rule.FORGED_TOKEN))
    unsigned = f"{encoded({**header, 'alg': 'none'})}.{body}."
    found.append(_forgery(credentials, token, unsigned, "an unsigned token (alg: none)", Rule.FORGED_TOKEN))
    key = _key_of(token, header, keys)
    if key is not None and "exp" in claims:
        old = {**claims, "exp": _LONG_AGO} | ({"iat": _LONG_AGO - 60} if "iat" in claims else {})
        expired = _signed(head, encoded(old), str(header.get("alg")), key)
        found.append(_forgery(credentials, token, expired, "an expired token", Rule.EXPIRED_TOKEN))
    return tuple(found)


def _forgery(credentials: Credentials, token: str, forged: str, name: str, rule: Rule) -> Forgery:
    return Forgery(name=name, credentials=_replaced(credentials, lambda text: text.replace(token, forged)), rule=rule)


def _replaced(credentials: Credentials, change: object) -> Credentials:
    assert callable(change)
    return Credentials(
        headers=tuple((name, str(change(value))) for name, value in credentials.headers),
        query=tuple((name, str(change(value))) for name, value in credentials.query),
        secrets=credentials.secrets,
    )


def _garbage(text: str) -> str:
    """Return garbage of the same form: `Bearer x` stays a bearer, `session=x` a cookie."""
    for divider in (" ", "="):
        before, found, _ = text.partition(divider)
        if found and "=" not in before:
            return f"{before}{divider}quality-gate-garbage"
    return "quality-gate-garbage"


def _token_of(credentials: Credentials) -> str:
    for _, value in (*credentials.headers, *credentials.query):
        for word in value.replace("=", " ").replace(";", " ").replace('"', " ").split():
            if jwt_parts(word) is not None:
                return word
    return ""


def _signed_text(credentials: Credentials) -> str:
    """Return a token that may be signed in a form of its own, as itsdangerous and Django do: parts with dots."""
    for secret in credentials.secrets:
        if "." in secret and len(secret.rpartition(".")[2]) >= 16:
            return secret
    return ""


def _other(signature: str) -> str:
    """Return another signature of the same length. The last character may carry no bits, so an earlier one changes."""
    if not signature:
        return "AAAA"
    at = len(signature) // 2
    other = "A" if signature[at] != "A" else "B"
    return signature[:at] + other + signature[at + 1 :]


def _signed(head: str, body: str, algorithm: str, key: str) -> str:
    digest = hmac.new(key.encode("utf-8", "surrogateescape"), f"{head}.{body}".encode(), _HASHES[algorithm]).digest()
    return f"{head}.{body}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def _key_of(token: str, header: dict[str, object], keys: Iterable[str]) -> str | None:
    algorithm = str(header.get("alg"))
    if algorithm not in _HASHES:
        return None
    head, body, _ = token.split(".")
    for key in keys:
        if hmac.compare_digest(_signed(head, body, algorithm, key), token):
            return key
    return None

"""Who asks: an identity, its credentials, and what is known of it. Sends nothing."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.answers import Json, element_with, first_named, is_success, json_of
from gate.gates.access_review.caller import Credentials

ID_NAMES = ("id", "user_id", "userId", "uuid", "uid", "_id", "pk", "account_id", "sub")
"""The names under which an account's identifier stands where it is told, the likeliest first."""
_USER_ID_NAMES = ("user_id", "userId", "account_id", "accountId")


@dataclass(slots=True, kw_only=True)
class Identity:
    """Somebody the service knows.

    `facts` are what is known of the account, by plain name: `id`, `username`, `email`, `password`. `answer` is what
    the service said of it when it was made. `role` is "" for an ordinary user. `witnessed` is the status by which it
    was proven, 0 before.
    """

    name: str
    credentials: Credentials
    facts: dict[str, Any] = field(default_factory=dict)
    answer: Json = None
    role: str = ""
    proven: bool = False
    witnessed: int = 0


def is_same_user(one: Identity, other: Identity) -> bool:
    """Tell whether two identities are one account: what one may not, the other could not prove."""
    shown = [(each.credentials.headers, each.credentials.query) for each in (one, other)]
    same = [fact for fact in ("id", "username", "email") if one.facts.get(fact, other) == other.facts.get(fact)]
    return "email" in same or same == ["id", "username"] or (shown[0] == shown[1] and not one.credentials.are_none)


def jwt_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the header and the claims of a JSON Web Token, None for what is none.

    Format: https://www.rfc-editor.org/rfc/rfc7519.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    decoded = [_decoded(part) for part in parts[:2]]
    if not all(isinstance(part, dict) for part in decoded):
        return None
    return decoded[0], decoded[1]


def _decoded(part: str) -> Json:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None


def encoded(part: Mapping[str, Any]) -> str:
    """Write a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=")


def learn(identity: Identity, *answers: HttpAnswer | None) -> None:
    """Note the identifier that an answer gives beside somebody's name or address, or as that of a user."""
    for answer in answers:
        value = json_of(answer) if is_success(answer) else None
        found = first_named(value, _USER_ID_NAMES) if not isinstance(value, list) else None
        for fact in ("username", "email"):
            if found is None and fact in identity.facts:
                found = first_named(element_with(value, identity.facts[fact]), ID_NAMES, deepest=1)
        if found is not None:
            identity.facts.setdefault("id", found)


def learn_from_token(identity: Identity) -> None:
    """Note the identifier that the token itself names, where the service told none."""
    if "id" not in identity.facts:
        for secret in identity.credentials.secrets:
            parts = jwt_parts(secret)
            for name in ("user_id", "uid", "id", "sub"):
                if parts is not None and isinstance(parts[1].get(name), str | int):
                    identity.facts.setdefault("id", parts[1][name])

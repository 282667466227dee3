"""Who asks: an identity, its credentials, and what is known of it. Sends nothing."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.gates.access_review.answers import Json
from gate.gates.access_review.caller import Credentials


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

"""What an answer of GitHub's API means: its document, its reason, how long to wait. Sends nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

TRY_AGAIN = (408, 409, 500, 502, 503, 504)
# "Otherwise, wait for at least one minute before retrying": GitHub on its secondary limits.
_UNTOLD_WAIT = 60.0
_LIMITED = ("secondary rate limit", "api rate limit exceeded", "abuse detection")
_MAX_REASON = 200


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer. `headers` are looked up without regard to case; `next_url` is the next page, if any."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    next_url: str | None = None

    @cached_property
    def document(self) -> Any:  # noqa: ANN401 - JSON, for the caller to look into
        """The JSON document, or None where the body is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def reason_of(answer: Answer, *, secret: str | None = None) -> str:
    """Return GitHub's own message without `secret`, in one bounded line; empty where it gave none."""
    document = answer.document
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, str):
        return ""
    return clean(message.replace(secret, "***") if secret else message)


def clean(text: str) -> str:
    """Keep the printable characters of the first 200, on one line."""
    return "".join(character if character.isprintable() else " " for character in text[:_MAX_REASON]).strip()


def wait_of(answer: Answer, now: float) -> float | None:
    """Return for how many seconds GitHub asks to be left alone, or None where it does not.

    `now` is the time of day, in seconds since the epoch.
    """
    limited = answer.status == 429 or (
        answer.status == 403
        and (
            "retry-after" in answer.headers
            or answer.headers.get("x-ratelimit-remaining") == "0"
            or any(words in reason_of(answer).lower() for words in _LIMITED)
        )
    )
    if "retry-after" in answer.headers and (limited or answer.status in TRY_AGAIN):
        return _retry_after(answer.headers["retry-after"], now)
    if not limited:
        return None
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, int(reset[:12]) - now) + 1.0
    return _UNTOLD_WAIT


def _retry_after(text: str, now: float) -> float:
    """Read seconds or a date, as RFC 9110, section 10.2.3, has them."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return _UNTOLD_WAIT

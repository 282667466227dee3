"""Takes what is secret out of text that a report shows: what the review logged in with, what a service gave away."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, quote_plus

from gate.formats.masked_credentials import MASK, masked
from gate.gates.access_review.evidence import Flaw, Reviewed, ReviewEvidence

# Shorter values are in every text; masking them would hide the text and not the secret.
_SHORTEST_SECRET = 4
_SHORTEST_PART = 8
_LONGEST_TEXT = 2_000
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(\.[\w-]*)?", re.ASCII)
# Members of JSON, and fields of forms, that are named like a secret.
_MEMBER = re.compile(
    r'("[\w-]{0,40}(?:password|passwd|token|secret|api_?key|hash)[\w-]{0,40}"\s{0,9}:\s{0,9}")((?:[^"\\]|\\.){1,4096})',
    re.IGNORECASE | re.ASCII,
)
_FIELD = re.compile(r"(\b\w{0,40}(?:password|passwd|token|secret)\w{0,40}=)[^&\s\"']{1,4096}", re.IGNORECASE | re.ASCII)


def _in_base64(secret: str) -> tuple[str, ...]:
    """Return how a secret looks within what is written in base64, wherever in it the secret begins."""
    if len(secret) < _SHORTEST_PART:
        return ()
    found = []
    for before in range(3):
        content = b" " * before + secret.encode("utf-8", "replace")
        # What stands before and behind it changes the first and the last characters.
        written = b64encode(content).decode()[(0, 2, 3)[before] : len(content) * 8 // 6]
        found += [written, written.translate({ord("+"): "-", ord("/"): "_"})]
    return tuple(found)


class Mask:
    """Puts `***` in the place of every secret, as it is and as it is encoded in addresses and JSON."""

    def __init__(self, secrets: Iterable[str]) -> None:
        whole = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
        # `Bearer …` as it was given: without its first word it is as secret.
        parts = [part for secret in whole if len(part := secret.rpartition(" ")[2]) >= _SHORTEST_PART]
        self._forms = {
            form
            for secret in (*whole, *parts)
            for form in (
                secret,
                quote(secret, errors="replace"),
                quote(secret, safe="", errors="replace"),
                quote_plus(secret, errors="replace"),
                json.dumps(secret)[1:-1],
                *_in_base64(secret),
            )
        }

    def __call__(self, text: str) -> str:
        """Return the text without any secret."""
        text = _JWT.sub(MASK, masked(text, self._forms))
        return _FIELD.sub(rf"\g<1>{MASK}", _MEMBER.sub(rf"\g<1>{MASK}", text))

    def hides(self, text: str) -> bool:
        """Tell whether one of the secrets themselves is in the text."""
        return any(form in text for form in self._forms)


def without_secrets(evidence: ReviewEvidence) -> ReviewEvidence:
    """Return the evidence with every sentence in it masked; requests and answers are masked where they are written."""
    mask = Mask(evidence.secrets)

    def said(text: str) -> str:
        # What is cut off beforehand may have been the end of a secret.
        return mask(text[: 2 * _LONGEST_TEXT])[:_LONGEST_TEXT]

    def flaw(one: Flaw) -> Flaw:
        return replace(one, message=said(one.message))

    def reviewed(one: Reviewed) -> Reviewed:
        asked = tuple(replace(each, reason=said(each.reason)) for each in one.asked)
        return replace(one, origin=said(one.origin), asked=asked, flaws=tuple(map(flaw, one.flaws)))

    return replace(
        evidence,
        operations=tuple(map(reviewed, evidence.operations)),
        flaws=tuple(map(flaw, evidence.flaws)),
        notices=tuple(map(said, evidence.notices)),
    )

"""Answers that let nobody in, in the many ways in which services say so. Pure."""

import re

from gate.domain.http_message import HttpAnswer
from gate.gates.access_review.people import Identity
from gate.gates.access_review.words import any_of, static_words

DENIALS = (401, 403)
_REDIRECTS = (301, 302, 303, 307, 308)
_WHERE_ONE_LOGS_IN = frozenset({"login", "signin", "auth", "oauth", "authorize", "authenticate", "sso"})
_PASSWORD_FIELD = re.compile(rb"""<input\b[^>]{0,500}\btype\s*=\s*["']?password\b""", re.IGNORECASE)
_MOST_OF_A_PAGE = 256 * 1024


def is_log_in_page(answer: HttpAnswer | None) -> bool:
    """Tell a page with a form that asks for a password."""
    is_page = answer is not None and "html" in answer.header("Content-Type").lower()
    return is_page and answer is not None and _PASSWORD_FIELD.search(answer.body[:_MOST_OF_A_PAGE]) is not None


def is_denial(answer: HttpAnswer | None) -> bool:
    """Tell an answer that asks for credentials: 401, 403, or a redirect to where one logs in."""
    if answer is None:
        return False
    if answer.status in DENIALS:
        return True
    # The words of its path alone: `/authors/1` is where an author is, not where one logs in.
    where = static_words(answer.header("Location").partition("?")[0])
    return answer.status in _REDIRECTS and any_of(where, _WHERE_ONE_LOGS_IN)


def names_credential(answer: HttpAnswer, who: Identity) -> bool:
    """Tell a 422 that says that the credential's own header, cookie or parameter is missing."""
    said = answer.body[:4000].decode("utf-8", "replace").lower()
    names = [name for name, _ in (*who.credentials.headers, *who.credentials.query)]
    return any(f'"{name.lower()}"' in said for name in names)


def misses_credential(answer: HttpAnswer, who: Identity) -> bool:
    """Tell a refusal that says that a credential is missing."""
    return answer.status in (400, 422) and names_credential(answer, who)

"""The payload of the event that started a job -> what we need of it. Opens no file; believes no text in it.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads. The payload has text from the pull
request (title, body, branch names): none of it is taken.
"""

import json
import re
from collections.abc import Mapping

from gate.domain.job import Event, PullRequest
from gate.formats import UnreadableError

# GitHub caps payloads at 25 MB.
MAX_CHARACTERS = 25 * 1024 * 1024
_MAX_NUMBER = 2**53
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_ON_PULL_REQUESTS = ("pull_request", "pull_request_review", "pull_request_review_comment")


def parse_event(text: str, event_name: str) -> Event:
    """Return the event with its pull request, or with the reason why it has none.

    Raises:
        UnreadableError: an event on a pull request whose payload is not what GitHub documents.
    """
    if event_name == "pull_request_target":
        return Event(
            name=event_name,
            absence="pull_request_target judges the base branch, not the change: use pull_request for the gate",
        )
    if event_name not in _ON_PULL_REQUESTS:
        return Event(name=event_name, absence=f"the event {event_name!r} is not about a pull request")
    pull_request = _table(_document(text), "pull_request")
    head = _table(pull_request, "head")
    return Event(
        name=event_name,
        pull_request=PullRequest(
            number=_number(pull_request.get("number")),
            head_sha=_sha(head.get("sha")),
            from_fork=_is_from_fork(head, pull_request.get("base")),
        ),
    )


def _document(text: str) -> Mapping[str, object]:
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"the event is longer than {MAX_CHARACTERS} characters")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableError("the event is not JSON") from None
    if not isinstance(document, dict):
        raise UnreadableError("the event is not a JSON object")
    return document


def _table(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    if not isinstance(value, dict):
        raise UnreadableError(f"the event has no {key}")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MAX_NUMBER:
        raise UnreadableError("the event's pull request has no number")
    return value


def _sha(value: object) -> str:
    if not isinstance(value, str) or not _SHA.match(value):
        raise UnreadableError("the event's pull request has no head commit")
    return value


def _is_from_fork(head: Mapping[str, object], base: object) -> bool:
    """Tell whether the two sides are different repositories; the head's is null once the fork is deleted."""
    theirs = head.get("repo")
    ours = base.get("repo") if isinstance(base, dict) else None
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return "repo" in head and theirs is None
    return any(theirs.get(key) != ours.get(key) for key in ("id", "full_name"))

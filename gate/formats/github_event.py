"""The payload of the event that started a job -> what we need of it. Opens no file; believes no text in it.

Source: https://docs.github.com/en/webhooks/webhook-events-and-payloads. The payload has text from the pull
request (title, body, branch names): none of it is taken.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gate.domain.finished_run import FinishedRun
from gate.domain.job import Event, PullRequest
from gate.formats import UnreadableError

# GitHub caps payloads at 25 MB.
MAX_CHARACTERS = 25 * 1024 * 1024
_MAX_NUMBER = 2**53
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?\Z")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}\Z")
_WORD = re.compile(r"[a-z_]{1,40}\Z")
_MAX_BRANCH = 1024
_GROUPS_BRANCH = re.compile(r"refs/heads/((?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._/+@#-]{0,199})\Z")
ON_PULL_REQUESTS = ("pull_request", "pull_request_review", "pull_request_review_comment")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """The commit that a change starts from, and the one that it leads to; "" where an event tells none.

    `branch` is what a merge group goes to.
    """

    base: str = ""
    head: str = ""
    branch: str = ""


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
    if event_name not in ON_PULL_REQUESTS:
        absence = f"the event {event_name!r} is not about a pull request"
        return Event(name=event_name, absence=absence, is_default_branch=_is_default_branch(text, event_name))
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


def parse_event_base(text: str, event_name: str) -> EventBase:
    """Return the commits between which a change lies, as far as the event tells them.

    Raises:
        UnreadableError: the payload is no JSON object.
    """
    document = _document(text)
    if event_name == "merge_group":
        group = document.get("merge_group")
        told = group if isinstance(group, dict) else {}
        branch = _GROUPS_BRANCH.match(ref) if isinstance(ref := told.get("base_ref"), str) else None
        return EventBase(
            base=_sha_or_none(told.get("base_sha")),
            head=_sha_or_none(told.get("head_sha")),
            branch=branch[1] if branch else "",
        )
    if event_name == "push":
        return EventBase(base=_sha_or_none(document.get("before")), head=_sha_or_none(document.get("after")))
    pull_request = document.get("pull_request")
    told = pull_request if isinstance(pull_request, dict) else {}
    base, head = told.get("base"), told.get("head")
    return EventBase(
        base=_sha_or_none(base.get("sha") if isinstance(base, dict) else None),
        head=_sha_or_none(head.get("sha") if isinstance(head, dict) else None),
    )


def parse_finished_run(text: str) -> FinishedRun:
    """Return the run that an event `workflow_run` is about.

    Raises:
        UnreadableError: the payload is not what GitHub documents, or the run has not ended.
    """
    run = _table(_document(text), "workflow_run")
    fork = run.get("head_repository")
    repository = fork.get("full_name") if isinstance(fork, dict) else None
    owner = fork.get("owner") if isinstance(fork, dict) else None
    login = owner.get("login") if isinstance(owner, dict) else None
    if run.get("conclusion") is None:
        raise UnreadableError("the run has not ended: use `types: [completed]`")
    return FinishedRun(
        run_id=_number(run.get("id"), "run has no id"),
        attempt=_number(run.get("run_attempt"), "run has no attempt"),
        event=_word(run.get("event"), _WORD, "event"),
        conclusion=_word(run.get("conclusion"), _WORD, "conclusion"),
        head_sha=_sha(run.get("head_sha"), "run has no head commit"),
        head_branch=_branch(run.get("head_branch")),
        head_owner="" if login is None else _word(login, _OWNER, "head's owner"),
        head_repository="" if repository is None else _word(repository, _REPOSITORY, "head's repository"),
    )


def _is_default_branch(text: str, event_name: str) -> bool:
    """Tell whether the event is a push to the default branch; what cannot be read is none."""
    if event_name != "push":
        return False
    try:
        document = _document(text)
    except UnreadableError:
        return False
    repository = document.get("repository")
    branch = repository.get("default_branch") if isinstance(repository, dict) else None
    return isinstance(branch, str) and bool(branch) and document.get("ref") == f"refs/heads/{branch}"


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


def _number(value: object, missing: str = "pull request has no number") -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MAX_NUMBER:
        raise UnreadableError(f"the event's {missing}")
    return value


def _sha_or_none(value: object) -> str:
    # All zeros: there is none, as before the first push of a branch.
    return value if isinstance(value, str) and _SHA.match(value) and value.strip("0") else ""


def _sha(value: object, missing: str = "pull request has no head commit") -> str:
    if not isinstance(value, str) or not _SHA.match(value):
        raise UnreadableError(f"the event's {missing}")
    return value


def _word(value: object, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise UnreadableError(f"the event's run has no {what} as GitHub writes it")
    return value


def _branch(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _MAX_BRANCH or any("\ud800" <= char <= "\udfff" for char in value):
        raise UnreadableError("the event's run has no branch that git would allow")
    return value


def _is_from_fork(head: Mapping[str, object], base: object) -> bool:
    """Tell whether the two sides are different repositories; the head's is null once the fork is deleted."""
    theirs = head.get("repo")
    ours = base.get("repo") if isinstance(base, dict) else None
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return "repo" in head and theirs is None
    return any(theirs.get(key) != ours.get(key) for key in ("id", "full_name"))

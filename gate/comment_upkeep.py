"""Keeps the one comment of a name on a pull request: look, decide, act, and look again.

The rules are in `gate.domain.sticky_comment`. Prints nothing, and knows no HTTP.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gate.domain.sticky_comment import CommentMode, Copy, Draft, Plan, decide
from gate.github_ports import Comment, PullRequests
from gate.ports import LookAgain, ReportingTrouble
from gate.render.marker import Marker, parse_marker

_ROUNDS = 10
_FOOTER = re.compile(r"<sub>[^\n]*</sub>\Z")
_ADDRESS = re.compile(r' href="[^"]*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedComment:
    """The comment that this run wants to be seen, its marker in the first line."""

    number: int
    mode: CommentMode
    marker: Marker
    body: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptComment:
    """How it ended: where the comment is (empty: there is none), and why it was left alone, if it was."""

    url: str = ""
    reason: str = ""
    written: bool = False


def keep_comment(pull_requests: PullRequests, wanted: WantedComment) -> KeptComment:
    """Bring the comment to what it should be, and come back when it is so.

    Raises:
        ReportingTrouble: it could not be done.
    """
    state = pull_requests.state(wanted.number)
    draft = Draft(
        run=_run(wanted.marker),
        content=lasting_content(wanted.body),
        passed=wanted.passed,
        is_open=state.is_open,
        is_head=state.head_sha == wanted.marker.sha,
    )
    logins = {login.lower() for login in pull_requests.own_logins()}
    written: set[int] = set()
    trouble = "other runs kept changing it"
    for _ in range(_ROUNDS):
        own = _own(pull_requests.comments(wanted.number), wanted.marker.name, logins)
        # A write whose answer was lost shows here.
        written |= {comment.comment_id for _, comment in own if comment.body.strip() == wanted.body.strip()}
        plan = decide(wanted.mode, [copy for copy, _ in own], draft, written)
        if plan.is_settled:
            url = own[0][1].url if own else ""
            return KeptComment(url=url, reason=plan.reason, written=bool(written))
        try:
            comment = _carry_out(plan, pull_requests, wanted)
        except LookAgain as again:
            trouble = str(again)
        else:
            if comment is not None:
                written.add(comment.comment_id)
                # The answer to a write tells who we are, also where GraphQL did not.
                logins.add(comment.author.lower())
        if plan.is_write:
            pull_requests.settle()
    raise ReportingTrouble(f"the comment did not come to rest in {_ROUNDS} attempts: {trouble}")


def lasting_content(body: str) -> str:
    """Return what a comment says about the change, without what differs from run to run.

    Left out are the marker, the footer (commit, run, duration), and the addresses of links, which name the
    commit and the artifacts; their texts, with file and line, stay.
    """
    text = body.replace("\r\n", "\n").strip()
    if parse_marker(text) is not None:
        text = text.partition("\n")[2]
    return _ADDRESS.sub("", _FOOTER.sub("", text)).strip()


def _own(comments: Iterable[Comment], name: str, logins: set[str]) -> list[tuple[Copy, Comment]]:
    """Return our comments of this name, the oldest first. A marker alone is not enough: anybody can write one."""
    own = []
    for comment in comments:
        marker = parse_marker(comment.body)
        if marker is not None and marker.name == name and comment.author.lower() in logins:
            copy = Copy(comment_id=comment.comment_id, run=_run(marker), content=lasting_content(comment.body))
            own.append((copy, comment))
    return sorted(own, key=lambda pair: pair[0].comment_id)


def _carry_out(plan: Plan, pull_requests: PullRequests, wanted: WantedComment) -> Comment | None:
    """Write first and delete last, so that no text is lost on the way."""
    comment = None
    if plan.create:
        comment = pull_requests.create_comment(wanted.number, wanted.body)
    elif plan.update is not None:
        comment = pull_requests.update_comment(plan.update, wanted.body)
    for comment_id in plan.delete:
        pull_requests.delete_comment(comment_id)
    return comment


def _run(marker: Marker) -> tuple[int, int]:
    return marker.run, marker.attempt

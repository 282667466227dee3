"""Pull requests in memory, held to the same contract as GitHub's API (tests/contract/test_github_api.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gate.github_ports import Comment, PullRequests, PullRequestState
from gate.ports import LookAgain, ReportingTrouble

BOT = "github-actions[bot]"


@dataclass
class Conversation:
    """One pull request and its comments, shared by everybody who looks at it."""

    is_open: bool = True
    head_sha: str = "a" * 40
    files: tuple[str, ...] = ()
    comments: list[Comment] = field(default_factory=list)
    next_id: int = 100

    def add(self, author: str, body: str) -> Comment:
        self.next_id += 1
        comment = Comment(
            comment_id=self.next_id, author=author, body=body, url=f"https://github.invalid/c/{self.next_id}"
        )
        self.comments.append(comment)
        return comment

    def find(self, comment_id: int) -> Comment | None:
        return next((comment for comment in self.comments if comment.comment_id == comment_id), None)


class FakePullRequests(PullRequests):
    """The pull requests as one publisher sees them. `before` is called ahead of each call, and may raise."""

    def __init__(
        self,
        conversation: Conversation,
        *,
        login: str = BOT,
        believes: frozenset[str] | None = None,
        before: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.conversation = conversation
        self.login = login
        self.believes = believes or frozenset({login})
        self.calls: list[str] = []
        self._before = before

    def own_logins(self) -> frozenset[str]:
        self._called("own_logins")
        return self.believes

    def state(self, _number: int) -> PullRequestState:
        self._called("state")
        return PullRequestState(is_open=self.conversation.is_open, head_sha=self.conversation.head_sha)

    def changed_files(self, _number: int) -> tuple[str, ...]:
        self._called("changed_files")
        return self.conversation.files

    def comments(self, _number: int) -> tuple[Comment, ...]:
        self._called("comments")
        return tuple(self.conversation.comments)

    def create_comment(self, _number: int, body: str) -> Comment:
        self._called("create_comment")
        return self.conversation.add(self.login, body)

    def update_comment(self, comment_id: int, body: str) -> Comment:
        self._called("update_comment")
        old = self.conversation.find(comment_id)
        if old is None:
            raise LookAgain("the comment is gone")
        new = replace(old, body=body)
        self.conversation.comments[self.conversation.comments.index(old)] = new
        return new

    def delete_comment(self, comment_id: int) -> None:
        self._called("delete_comment")
        old = self.conversation.find(comment_id)
        if old is not None:
            self.conversation.comments.remove(old)

    def settle(self) -> None:
        self._called("settle")

    def _called(self, call: str) -> None:
        self.calls.append(call)
        self._before(call)


def trouble_at(call: str, trouble: ReportingTrouble, times: int = 1_000) -> Callable[[str], None]:
    """Make `before` raise `trouble` the first `times` that `call` is made."""
    left = [times]

    def before(made: str) -> None:
        if made == call and left[0]:
            left[0] -= 1
            raise trouble

    return before

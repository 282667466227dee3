"""What to do about the one comment of a name, given the copies that are there. Talks to nobody.

GitHub has no compare-and-swap for comments, so two runs may create one each, or write one after the other. The
rules make every publisher, looking at the same copies, come to the same end:

- the copy with the lowest id stays (it is never deleted); the others go, unless a newer run wrote them just
  now and will take them away itself;
- the newest run's text wins: a run never writes over the text of a newer one;
- whoever wrote or deleted looks again, until there is nothing left to do.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

RunOrder = tuple[int, int]


class CommentMode(StrEnum):
    """When a comment is wanted, as the user's input `comment` says."""

    ALWAYS = "always"
    ON_FAILURE = "on-failure"
    ON_CHANGE = "on-change"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A comment of ours with this name. `run` is (run id, attempt) of who wrote it; `content` tells two apart.

    `content` is equal for two texts that say the same about the change, whichever run wrote them.
    """

    comment_id: int
    run: RunOrder
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The comment that this run wants to be seen, and what it knows of the pull request."""

    run: RunOrder
    content: str
    passed: bool
    is_open: bool = True
    is_head: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do next. Nothing to do at all means that the comment is as it should be: `reason` says why."""

    create: bool = False
    update: int | None = None
    delete: tuple[int, ...] = ()
    reason: str = ""

    @property
    def is_write(self) -> bool:
        """Whether this run's text is to be written."""
        return self.create or self.update is not None

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do."""
        return not self.is_write and not self.delete


def decide(mode: CommentMode, copies: Sequence[Copy], draft: Draft, written: Collection[int] = ()) -> Plan:
    """Return what to do, given every copy that is there and the ids that this run wrote already."""
    if mode is CommentMode.NEVER:
        return Plan(reason="comments are switched off")
    if not copies:
        return _without_copies(mode, draft)
    oldest = min(copies, key=lambda copy: copy.comment_id)
    newest = max(copy.run for copy in copies)
    if newest > draft.run:
        superseded = tuple(
            copy.comment_id for copy in copies if copy is not oldest and (oldest.run == newest or copy.run < newest)
        )
        return Plan(delete=superseded, reason=f"a newer run, {newest[0]}, has commented already")
    extra = tuple(copy.comment_id for copy in copies if copy is not oldest)
    reason = _why_not_written(mode, oldest, draft, written)
    return Plan(update=None if reason else oldest.comment_id, delete=extra, reason=reason)


def _without_copies(mode: CommentMode, draft: Draft) -> Plan:
    if mode is CommentMode.ON_FAILURE and draft.passed:
        return Plan(reason="the gate passed, and comments are wanted on failure only")
    if not draft.is_open:
        return Plan(reason="the pull request is closed")
    return Plan(create=True)


def _why_not_written(mode: CommentMode, oldest: Copy, draft: Draft, written: Collection[int]) -> str:
    # GitHub may store a text otherwise than it was sent: what this run wrote is not compared again. What another
    # publisher of the same run wrote (the job itself, and the workflow that publishes for it) is.
    if oldest.run == draft.run and (oldest.comment_id in written or oldest.content == draft.content):
        return "the comment is up to date"
    if mode is CommentMode.ON_CHANGE and oldest.content == draft.content:
        return "nothing changed since the last comment"
    if mode is CommentMode.ON_CHANGE and not draft.is_head:
        # A newer run may have left the comment as it is because nothing had changed: its word counts.
        return "the pull request has newer commits than this run judged"
    return ""

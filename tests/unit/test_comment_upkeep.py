"""The one comment: found, written, kept single, and never set back, in whatever order runs get their turns."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gate.comment_upkeep import KeptComment, WantedComment, keep_comment, lasting_content
from gate.domain.sticky_comment import CommentMode
from gate.github_ports import Comment
from gate.ports import LookAgain, Refused, ReportingTrouble
from gate.render.marker import Marker, parse_marker, render_marker
from tests.fakes.pull_requests import BOT, Conversation, FakePullRequests, trouble_at
from tests.fakes.turns import play

SHA = "a" * 40


def marker(run: int = 7, attempt: int = 1, name: str = "", sha: str = SHA) -> Marker:
    return Marker(name=name, run=run, attempt=attempt, sha=sha)


def body(marker: Marker, text: str = "❌ failed") -> str:
    href = f"https://github.invalid/o/r/blob/{marker.sha}/app.py#L1"
    return (
        f'{render_marker(marker)}\n### {text}\n\n<a href="{href}">app.py:1</a>\n\n'
        f"<sub>commit {marker.sha[:7]} · run {marker.run} attempt {marker.attempt} · 3{marker.run} s</sub>\n"
    )


def wanted(
    run: int = 7,
    mode: CommentMode = CommentMode.ALWAYS,
    text: str = "❌ failed",
    *,
    attempt: int = 1,
    name: str = "",
    sha: str = SHA,
    passed: bool = False,
) -> WantedComment:
    mine = marker(run, attempt, name, sha)
    return WantedComment(number=1, mode=mode, marker=mine, body=body(mine, text), passed=passed)


def test_a_first_comment_is_written_and_its_address_known() -> None:
    talk = Conversation()
    kept = keep_comment(FakePullRequests(talk), wanted())
    assert [comment.body for comment in talk.comments] == [wanted().body]
    assert kept == KeptComment(url=talk.comments[0].url, reason="the comment is up to date", written=True)


def test_a_second_run_updates_the_comment_in_place() -> None:
    talk = Conversation()
    keep_comment(FakePullRequests(talk), wanted(7))
    first = talk.comments[0]
    talk.add("octocat", "nice")
    keep_comment(FakePullRequests(talk), wanted(8, text="✅ passed", passed=True))
    assert len(talk.comments) == 2
    assert talk.comments[0].comment_id == first.comment_id
    assert talk.comments[0].body == body(marker(8), "✅ passed")


def test_a_comment_of_somebody_else_with_our_marker_is_not_ours() -> None:
    talk = Conversation()
    talk.add("mallory", body(marker(10**9)))
    talk.add("github-actions", body(marker(10**9)))
    keep_comment(FakePullRequests(talk), wanted())
    assert [comment.author for comment in talk.comments] == ["mallory", "github-actions", BOT]


def test_a_marker_inside_a_comment_of_ours_is_not_its_marker() -> None:
    talk = Conversation()
    talk.add(BOT, "quoting:\n" + body(marker(10**9)))
    keep_comment(FakePullRequests(talk), wanted())
    assert len(talk.comments) == 2


def test_names_have_a_comment_each() -> None:
    talk = Conversation()
    for name in ("api", "worker", "api"):
        keep_comment(FakePullRequests(talk), wanted(name=name))
    assert [parse_marker(comment.body) for comment in talk.comments] == [marker(name="api"), marker(name="worker")]


def test_logins_are_told_apart_without_regard_to_case() -> None:
    talk = Conversation()
    talk.add("Octo-App[bot]", body(marker(3)))
    keep_comment(FakePullRequests(talk, login="octo-app[bot]"), wanted())
    assert len(talk.comments) == 1


def test_who_we_are_is_learnt_from_the_answer_where_graphql_does_not_tell() -> None:
    talk = Conversation()
    app = FakePullRequests(talk, login="our-app[bot]", believes=frozenset({BOT}))
    keep_comment(app, wanted(7))
    keep_comment(app, wanted(8))
    assert [comment.body for comment in talk.comments] == [wanted(8).body]


def test_an_older_run_that_ends_last_leaves_the_newer_ones_comment() -> None:
    talk = Conversation()
    keep_comment(FakePullRequests(talk), wanted(8))
    kept = keep_comment(FakePullRequests(talk), wanted(7))
    assert talk.comments[0].body == wanted(8).body
    assert not kept.written
    assert "newer run, 8" in kept.reason
    assert kept.url == talk.comments[0].url


def test_on_change_writes_only_what_says_something_else() -> None:
    talk = Conversation()
    keep = FakePullRequests(talk)
    keep_comment(keep, wanted(7, CommentMode.ON_CHANGE))
    again = keep_comment(keep, wanted(8, CommentMode.ON_CHANGE))
    assert again.reason == "nothing changed since the last comment"
    assert parse_marker(talk.comments[0].body) == marker(7)
    keep_comment(keep, wanted(9, CommentMode.ON_CHANGE, "❌ otherwise"))
    assert parse_marker(talk.comments[0].body) == marker(9)


def test_on_change_a_late_run_of_an_old_commit_does_not_overrule_the_head() -> None:
    talk = Conversation(head_sha="b" * 40)
    keep = FakePullRequests(talk)
    keep_comment(keep, wanted(6, CommentMode.ON_CHANGE, "✅ passed", passed=True))
    keep_comment(keep, wanted(8, CommentMode.ON_CHANGE, "✅ passed", passed=True, sha="b" * 40))
    late = keep_comment(keep, wanted(7, CommentMode.ON_CHANGE, "❌ failed"))
    assert not late.written
    assert "✅ passed" in talk.comments[0].body


def test_lasting_content_is_blind_to_runs_commits_and_line_endings() -> None:
    one = body(marker(7))
    other = body(marker(8, attempt=2, sha="b" * 40)).replace("\n", "\r\n").rstrip()
    assert lasting_content(one) == lasting_content(other)
    assert lasting_content(one) != lasting_content(body(marker(7), "✅ passed"))
    assert "app.py:1" in lasting_content(one)
    assert lasting_content("no marker") == "no marker"


def test_a_comment_deleted_by_a_person_meanwhile_is_written_anew() -> None:
    talk = Conversation()
    keep_comment(FakePullRequests(talk), wanted(7))

    def person(call: str) -> None:
        if call == "update_comment":
            talk.comments.clear()

    keep_comment(FakePullRequests(talk, before=person), wanted(8))
    assert [comment.body for comment in talk.comments] == [wanted(8).body]


def test_a_write_that_may_have_failed_is_not_repeated_blindly() -> None:
    talk = Conversation()

    class LosesAnswers(FakePullRequests):
        def create_comment(self, number: int, body: str) -> Comment:
            super().create_comment(number, body)
            raise LookAgain("the connection broke")

    keep_comment(LosesAnswers(talk), wanted())
    assert len(talk.comments) == 1


def test_it_gives_up_in_the_end_and_says_at_what() -> None:
    publisher = FakePullRequests(Conversation(), before=trouble_at("create_comment", LookAgain("GitHub is down")))
    with pytest.raises(ReportingTrouble, match="did not come to rest in 10 attempts: GitHub is down"):
        keep_comment(publisher, wanted())


def test_a_refusal_ends_it_at_once() -> None:
    publisher = FakePullRequests(Conversation(), before=trouble_at("create_comment", Refused("read only")))
    with pytest.raises(Refused, match="read only"):
        keep_comment(publisher, wanted())
    assert publisher.calls.count("create_comment") == 1


@dataclass(frozen=True)
class Story:
    """What was there, who publishes, in which order they get their turns, and which writes lose their answer."""

    existing: tuple[int, ...]
    runs: tuple[int, ...]
    turns: tuple[int, ...]
    lost: frozenset[int]


stories = st.builds(
    Story,
    existing=st.lists(st.integers(1, 9), max_size=2).map(tuple),
    runs=st.lists(st.integers(1, 9), min_size=2, max_size=3).map(tuple),
    turns=st.lists(st.integers(0, 5), min_size=5, max_size=40).map(tuple),
    lost=st.frozensets(st.integers(0, 8), max_size=2),
)
# Copies that a newer run left behind when it was killed are cleared away by the next newer run, not by older ones.
stories = stories.filter(lambda story: len(story.existing) < 2 or max(story.existing) <= max(story.runs))


def tell(story: Story, *, settling: bool) -> Conversation:
    talk = Conversation()
    for run in story.existing:
        talk.add(BOT, body(marker(run)))
    writes = itertools.count()

    class LosesAnswers(FakePullRequests):
        def create_comment(self, number: int, body: str) -> Comment:
            return self._or_lost(super().create_comment(number, body))

        def update_comment(self, comment_id: int, body: str) -> Comment:
            return self._or_lost(super().update_comment(comment_id, body))

        def _or_lost(self, comment: Comment) -> Comment:
            if next(writes) in story.lost:
                raise LookAgain("the connection broke")
            return comment

    def work(run: int) -> Callable[[Callable[[str], None]], None]:
        return lambda before: void(keep_comment(LosesAnswers(talk, before=before), wanted(run)))

    play([work(run) for run in story.runs], itertools.chain(story.turns, itertools.repeat(0)), settling=settling)
    return talk


def void(_: object) -> None:
    return None


# The older run has looked, then the newer one looks and writes, and only then the older one writes.
@example(Story(existing=(1,), runs=(7, 8), turns=(0, 0, 0, 1, 1, 1, 1, 1), lost=frozenset()))
@given(stories)
def test_in_every_order_of_turns_one_comment_is_left_and_it_is_the_newest_runs(story: Story) -> None:
    comments = tell(story, settling=True).comments
    assert len(comments) == 1
    left = parse_marker(comments[0].body)
    assert left is not None
    assert left.run == max(story.existing + story.runs)


@given(stories)
def test_even_when_a_write_takes_longer_than_others_wait_there_is_one_comment(story: Story) -> None:
    assert len(tell(story, settling=False).comments) == 1

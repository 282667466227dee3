"""The rules of the one comment, as decisions over what is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.sticky_comment import CommentMode, Copy, Draft, Plan, decide

ALWAYS, ON_FAILURE, ON_CHANGE, NEVER = CommentMode


def copy(comment_id: int, run: int = 5, content: str = "old", attempt: int = 1) -> Copy:
    return Copy(comment_id=comment_id, run=(run, attempt), content=content)


def draft(run: int = 7, content: str = "new", attempt: int = 1, *, passed: bool = False, **more: bool) -> Draft:
    return Draft(run=(run, attempt), content=content, passed=passed, **more)


@pytest.mark.parametrize("mode", [ALWAYS, ON_FAILURE, ON_CHANGE])
def test_a_first_failure_is_commented(mode: CommentMode) -> None:
    assert decide(mode, [], draft()) == Plan(create=True)


@pytest.mark.parametrize("mode", [ALWAYS, ON_CHANGE])
def test_a_first_success_is_commented_unless_comments_are_for_failures(mode: CommentMode) -> None:
    assert decide(mode, [], draft(passed=True)).create
    assert decide(ON_FAILURE, [], draft(passed=True)).is_settled


def test_a_red_comment_turns_green_also_when_comments_are_for_failures() -> None:
    assert decide(ON_FAILURE, [copy(1)], draft(passed=True)) == Plan(update=1)


def test_never_touches_nothing() -> None:
    plan = decide(NEVER, [copy(1), copy(2)], draft())
    assert plan.is_settled
    assert "switched off" in plan.reason


def test_a_closed_pull_request_gets_no_new_comment_but_its_comment_is_kept_true() -> None:
    assert decide(ALWAYS, [], draft(is_open=False)).reason == "the pull request is closed"
    assert decide(ALWAYS, [copy(1)], draft(is_open=False)) == Plan(update=1)


@pytest.mark.parametrize("existing", [copy(1, run=8), copy(1, run=7, attempt=2)])
def test_an_older_run_or_attempt_leaves_the_newer_ones_comment(existing: Copy) -> None:
    plan = decide(ALWAYS, [existing], draft(run=7))
    assert plan.is_settled
    assert "newer run" in plan.reason


def test_a_rerun_writes_over_its_first_attempt() -> None:
    assert decide(ALWAYS, [copy(1, run=7)], draft(run=7, attempt=2)) == Plan(update=1)


def test_what_this_run_wrote_is_not_written_again_even_if_stored_otherwise() -> None:
    assert decide(ALWAYS, [copy(1, run=7, content="trimmed by GitHub")], draft(run=7), written={1}).is_settled


@pytest.mark.parametrize("mode", [ALWAYS, ON_FAILURE, ON_CHANGE])
def test_what_another_publisher_of_the_same_run_wrote_is_left_if_it_says_the_same(mode: CommentMode) -> None:
    plan = decide(mode, [copy(1, run=7, content="new")], draft(run=7))
    assert (plan.is_settled, plan.reason) == (True, "the comment is up to date")
    assert decide(mode, [copy(1, run=7, content="not what the report says")], draft(run=7)) == Plan(update=1)
    assert decide(ALWAYS, [copy(1, run=7, content="new")], draft(run=7, attempt=2)) == Plan(update=1)


def test_of_several_copies_the_oldest_is_written_and_the_others_go() -> None:
    assert decide(ALWAYS, [copy(9), copy(3), copy(4)], draft()) == Plan(update=3, delete=(9, 4))


def test_an_older_run_takes_its_own_extra_copy_away() -> None:
    assert decide(ALWAYS, [copy(1, run=9), copy(2, run=7)], draft(run=7), written={2}).delete == (2,)


def test_an_older_run_does_not_delete_the_only_copy_of_a_newer_runs_text() -> None:
    plan = decide(ALWAYS, [copy(1, run=7), copy(2, run=8), copy(3, run=9)], draft(run=7), written={1})
    assert plan.delete == (2,)
    assert plan.update is None


def test_on_change_leaves_a_comment_that_says_the_same() -> None:
    plan = decide(ON_CHANGE, [copy(1, content="same"), copy(2)], draft(content="same"))
    assert plan.update is None
    assert plan.delete == (2,)
    assert decide(ON_CHANGE, [copy(1, content="other")], draft(content="same")).update == 1


def test_on_change_a_run_behind_the_head_does_not_overrule_a_silent_newer_run() -> None:
    plan = decide(ON_CHANGE, [copy(1, content="other")], draft(is_head=False))
    assert plan.is_settled
    assert "newer commits" in plan.reason


copies = st.lists(
    st.builds(
        copy,
        comment_id=st.integers(1, 20),
        run=st.integers(1, 9),
        attempt=st.integers(1, 2),
        content=st.sampled_from("ab"),
    ),
    unique_by=lambda one: one.comment_id,
    max_size=5,
)
drafts = st.builds(
    draft,
    run=st.integers(1, 9),
    content=st.sampled_from("ab"),
    passed=st.booleans(),
    is_open=st.booleans(),
    is_head=st.booleans(),
)


@given(mode=st.sampled_from(CommentMode), copies=copies, wanted=drafts)
def test_no_plan_loses_the_place_or_the_newest_text(mode: CommentMode, copies: list[Copy], wanted: Draft) -> None:
    plan = decide(mode, copies, wanted)
    if not copies:
        assert plan.update is None
        assert not plan.delete
        return
    oldest = min(copies, key=lambda one: one.comment_id)
    newest = max(one.run for one in copies)
    assert not plan.create
    assert plan.update in (None, oldest.comment_id)
    assert oldest.comment_id not in plan.delete
    left = [one for one in copies if one.comment_id not in plan.delete]
    if newest > wanted.run:
        assert plan.update is None
        assert newest in [one.run for one in left]
    elif mode is not NEVER:
        assert left == [oldest]


@given(mode=st.sampled_from(CommentMode), copies=copies, wanted=drafts)
def test_looking_again_after_acting_finds_nothing_left_to_do(
    mode: CommentMode, copies: list[Copy], wanted: Draft
) -> None:
    plan = decide(mode, copies, wanted)
    left = [one for one in copies if one.comment_id not in plan.delete]
    written = set()
    if plan.create:
        left, written = [Copy(comment_id=21, run=wanted.run, content=wanted.content)], {21}
    elif plan.update is not None:
        left = [Copy(comment_id=plan.update, run=wanted.run, content=wanted.content)]
        written = {plan.update}
    assert decide(mode, left, wanted, written).is_settled

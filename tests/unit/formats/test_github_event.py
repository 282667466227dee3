"""Event payloads: what is taken, what is refused, and what the log says when there is no pull request."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.finished_run import FinishedRun
from gate.domain.job import Event, Job, PullRequest
from gate.formats import UnreadableError
from gate.formats.github_event import MAX_CHARACTERS, parse_event, parse_finished_run
from tests.testbed.events import pull_request_payload, push_payload, workflow_run_payload

HEAD = "3f2c1ab" + "0" * 33


def payload(**changes: Any) -> dict[str, Any]:
    return pull_request_payload(head_sha=HEAD, base_sha="b" * 40, **changes)


def test_a_pull_request_has_its_number_and_the_pushed_commit() -> None:
    event = parse_event(json.dumps(payload(number=42)), "pull_request")
    assert event == Event(name="pull_request", pull_request=PullRequest(number=42, head_sha=HEAD))
    assert Job(event=event, commit="c" * 40).judged_commit == HEAD


@pytest.mark.parametrize("name", ["pull_request_review", "pull_request_review_comment"])
def test_reviews_are_about_a_pull_request(name: str) -> None:
    assert parse_event(json.dumps(payload()), name).pull_request is not None


def test_a_fork_is_known_by_its_repository() -> None:
    event = parse_event(json.dumps(payload(fork="stranger/service")), "pull_request")
    assert event.pull_request is not None
    assert event.pull_request.from_fork
    assert Job(event=event).is_from_fork


def test_a_deleted_fork_is_a_fork() -> None:
    document = payload()
    document["pull_request"]["head"]["repo"] = None
    event = parse_event(json.dumps(document), "pull_request")
    assert event.pull_request is not None
    assert event.pull_request.from_fork


def test_a_payload_without_repositories_is_taken_for_the_repositorys_own() -> None:
    document = {"pull_request": {"number": 1, "head": {"sha": HEAD}}}
    event = parse_event(json.dumps(document), "pull_request")
    assert event.pull_request == PullRequest(number=1, head_sha=HEAD)


@pytest.mark.parametrize("name", ["push", "merge_group", "schedule", "workflow_dispatch", "workflow_run", ""])
def test_other_events_say_that_there_is_no_pull_request(name: str) -> None:
    event = parse_event(json.dumps(push_payload(after=HEAD)), name)
    assert event.pull_request is None
    assert f"{name!r} is not about a pull request" in event.absence
    assert Job(event=event, commit="c" * 40).judged_commit == "c" * 40
    assert not Job(event=event).is_from_fork


def test_pull_request_target_is_not_commented_because_it_judges_the_base() -> None:
    event = parse_event(json.dumps(payload()), "pull_request_target")
    assert event.pull_request is None
    assert "judges the base branch" in event.absence


def _with(path: str, value: object) -> str:
    document = payload()
    target = document
    *folders, last = path.split(".")
    for key in folders:
        target = target[key]
    target[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "no pull_request"),
        (_with("pull_request", "x"), "no pull_request"),
        (_with("pull_request.head", None), "no head"),
        *[(_with("pull_request.number", value), "no number") for value in (0, -1, True, "7", 1.5, 2**53, None)],
        *[
            (_with("pull_request.head.sha", value), "no head commit")
            for value in ("", "A" * 40, "a" * 39, "a" * 40 + "\n", "-->" + "a" * 37, None)
        ],
        (" " * (MAX_CHARACTERS + 1), "longer than"),
    ],
)
def test_a_payload_that_is_none_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        parse_event(text, "pull_request")


json_values = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
sides = st.dictionaries(st.sampled_from(["sha", "repo"]), json_values)


@given(st.dictionaries(st.sampled_from(["number", "head", "base"]), json_values | sides))
def test_whatever_the_payload_holds_it_is_an_event_or_refused(pull_request: dict[str, object]) -> None:
    try:
        event = parse_event(json.dumps({"pull_request": pull_request}), "pull_request")
    except UnreadableError:
        return
    assert event.pull_request is not None


def test_a_finished_run_says_which_branch_of_which_fork_it_judged() -> None:
    payload = workflow_run_payload(head_sha=HEAD, run_id=812, run_attempt=2, conclusion="failure")
    assert parse_finished_run(json.dumps(payload)) == FinishedRun(
        run_id=812,
        attempt=2,
        event="pull_request",
        conclusion="failure",
        head_sha=HEAD,
        head_branch="feature",
        head_owner="stranger",
        head_repository="stranger/service",
    )


def test_of_a_fork_that_is_gone_the_run_is_left() -> None:
    run = parse_finished_run(json.dumps(workflow_run_payload(head_sha=HEAD, head_repository=None, head_branch=None)))
    assert (run.run_id, run.head_owner, run.head_branch) == (1, "", "")


@pytest.mark.parametrize("branch", ["a&state=all#x", "renovate/ünï", "x:y", "'; rm -rf ~", "$(x)", "-->"])
def test_a_branch_may_be_called_whatever_git_allows(branch: str) -> None:
    assert parse_finished_run(json.dumps(workflow_run_payload(head_sha=HEAD, head_branch=branch))).head_branch == branch


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *[("id", value, "no id") for value in (0, -1, True, "7", 1.5, 2**53, None)],
        ("run_attempt", "1", "no attempt"),
        *[("event", value, "no event") for value in ("", "pull request", "x\n", 7, None)],
        ("conclusion", None, "has not ended"),
        *[("conclusion", value, "no conclusion") for value in ("Success!", "success\n", 7, "<b>")],
        *[("head_sha", value, "no head commit") for value in ("", "a" * 39, "a" * 40 + "\n", None)],
        *[("head_branch", value, "no branch") for value in (7, "x" * 1025, "\ud800")],
        ("head_repository", {"owner": {"login": "a/b"}, "full_name": "a/b"}, "head's owner"),
        ("head_repository", {"owner": {"login": "a"}, "full_name": "a/b/../c"}, "head's repository"),
    ],
)
def test_a_finished_run_that_is_none_is_refused(name: str, value: object, words: str) -> None:
    payload = workflow_run_payload(head_sha=HEAD)
    payload["workflow_run"][name] = value
    with pytest.raises(UnreadableError, match=words):
        parse_finished_run(json.dumps(payload))


@given(st.dictionaries(st.sampled_from([*workflow_run_payload(head_sha=HEAD)["workflow_run"]]), json_values))
def test_whatever_a_run_holds_it_is_a_finished_run_or_refused(changes: dict[str, object]) -> None:
    payload = workflow_run_payload(head_sha=HEAD)
    payload["workflow_run"] |= changes
    try:
        parse_finished_run(json.dumps(payload))
    except UnreadableError:
        return

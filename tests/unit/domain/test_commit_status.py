"""Which statuses a run sends, given those that are there: newer runs stand, and nothing old stays green."""

from __future__ import annotations

import pytest

from gate.domain.commit_status import NOT_JUDGED, CommitStatus, DueStatuses, State, due_statuses

RUNS = "https://github.com/acme/service/actions/runs"


def status(
    gate: str = "lint", state: State = State.SUCCESS, description: str = "ok", run: tuple[int, int] | None = (5, 1)
) -> CommitStatus:
    url = f"{RUNS}/{run[0]}/attempts/{run[1]}" if run else ""
    return CommitStatus(context=f"quality-gate/{gate}", state=state, description=description, target_url=url)


def due(wanted: list[CommitStatus], there: list[CommitStatus], sent: tuple[str, ...] = ()) -> DueStatuses:
    return due_statuses(wanted, there, (5, 1), prefix="quality-gate/", target_url=f"{RUNS}/5/attempts/1", sent=sent)


@pytest.mark.parametrize(
    ("url", "run"),
    [
        (f"{RUNS}/812/attempts/2", (812, 2)),
        (f"{RUNS}/812", None),
        (f"{RUNS}/0/attempts/1", None),
        (f"{RUNS}/812/attempts/2?x", None),
        ("https://ci.example.com/812", None),
        ("", None),
    ],
)
def test_the_address_of_a_status_tells_the_run_that_sent_it(url: str, run: tuple[int, int] | None) -> None:
    assert CommitStatus(context="x", state=State.SUCCESS, description="", target_url=url).run == run


def test_what_is_not_there_is_sent() -> None:
    assert due([status()], []).send == (status(),)


@pytest.mark.parametrize("run", [(4, 9), (3, 1), None])
def test_an_older_run_and_a_status_of_nobody_we_know_give_way(run: tuple[int, int] | None) -> None:
    assert due([status()], [status(run=run)]).send == (status(),)


@pytest.mark.parametrize("run", [(6, 1), (5, 2)])
def test_a_newer_run_stands_for_all_gates_of_its_name(run: tuple[int, int]) -> None:
    found = due([status("lint"), status("coverage")], [status("lint", State.FAILURE, run=run)])
    assert found == DueStatuses(newer=run)


def test_a_newer_run_of_another_name_is_nothing_to_us() -> None:
    other = CommitStatus(
        context="quality-gate (api)/lint", state=State.SUCCESS, description="", target_url=f"{RUNS}/9/attempts/1"
    )
    assert due([status()], [other]).send == (status(),)


def test_the_same_run_says_the_same_only_once() -> None:
    assert due([status()], [status()]) == DueStatuses()
    assert due([status()], [status(description="other")]).send == (status(),)
    assert due([status()], [status(state=State.ERROR)]).send == (status(),)


def test_contexts_are_compared_without_regard_to_case() -> None:
    there = CommitStatus(
        context="Quality-Gate/LINT", state=State.SUCCESS, description="ok", target_url=status().target_url
    )
    assert due([status()], [there]) == DueStatuses()


def test_what_was_sent_is_not_sent_again_because_github_changed_its_text() -> None:
    assert due([status()], [status(description="o k")], sent=("quality-gate/lint",)) == DueStatuses()
    assert due([status()], [status(run=(4, 1))], sent=("quality-gate/lint",)).send == (status(),)


def test_a_gate_that_this_run_did_not_judge_does_not_stay_green() -> None:
    there = [status("lint", run=(4, 1)), status("coverage", run=(4, 1)), status("latency", State.ERROR, run=(4, 1))]
    [lint, coverage] = due([status("lint")], there).send
    assert lint == status("lint")
    assert (coverage.context, coverage.state) == ("quality-gate/coverage", State.ERROR)
    assert (coverage.description, coverage.run) == (NOT_JUDGED, (5, 1))


def test_statuses_of_others_are_left_alone() -> None:
    there = [
        CommitStatus(context="ci/build", state=State.SUCCESS, description="", target_url=f"{RUNS}/4/attempts/1"),
        status("by-hand", run=None),
        status("other-job", run=(5, 1)),
    ]
    assert due([status("lint")], [*there, status("lint")]) == DueStatuses()

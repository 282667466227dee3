"""Statuses over several runs: each is sent once, an older run gives way, and trouble ends."""

from __future__ import annotations

import pytest

from gate.domain.commit_status import CommitStatus, State
from gate.ports import LookAgain, Refused, ReportingTrouble
from gate.status_upkeep import KeptStatuses, WantedStatuses, keep_statuses
from tests.fakes.commit_statuses import FakeStatuses
from tests.fakes.pull_requests import trouble_at

HEAD = "a" * 40


def wanted(run: int, **states: State) -> WantedStatuses:
    url = f"https://github.com/acme/service/actions/runs/{run}/attempts/1"
    statuses = [
        CommitStatus(context=f"quality-gate/{gate}", state=state, description=f"{gate}: x", target_url=url)
        for gate, state in states.items()
    ]
    return WantedStatuses(commit=HEAD, run=(run, 1), prefix="quality-gate/", run_url=url, statuses=statuses)


GREEN = {"lint": State.SUCCESS, "coverage": State.SUCCESS}
RED = {"lint": State.FAILURE, "coverage": State.ERROR}


def test_each_gate_is_sent_once_and_a_second_look_sends_nothing() -> None:
    api = FakeStatuses()
    assert keep_statuses(api, wanted(5, **GREEN)) == KeptStatuses(sent=2)
    assert keep_statuses(api, wanted(5, **GREEN)) == KeptStatuses(sent=0)
    assert len(api.sent) == 2


def test_an_older_run_that_ends_last_leaves_the_newer_ones_word() -> None:
    api = FakeStatuses()
    keep_statuses(api, wanted(6, **RED))
    assert keep_statuses(api, wanted(5, **GREEN)) == KeptStatuses(newer=(6, 1))
    assert api.shown(HEAD) == {"quality-gate/lint": "failure", "quality-gate/coverage": "error"}


def test_an_older_run_that_writes_meanwhile_is_overwritten() -> None:
    late = wanted(5, **GREEN)
    once = [True]

    def overtaken(call: str) -> None:
        if call == "settle" and once:
            once.clear()
            api.sent += [(HEAD, status) for status in late.statuses]

    api = FakeStatuses(before=overtaken)
    keep_statuses(api, wanted(6, **RED))
    assert once == []
    assert api.shown(HEAD) == {"quality-gate/lint": "failure", "quality-gate/coverage": "error"}


def test_a_lost_answer_is_looked_for_before_anything_is_sent_again() -> None:
    api = FakeStatuses()

    def lost(call: str) -> None:
        if call == "send_status" and not api.sent:
            api.sent.append((HEAD, wanted(5, **GREEN).statuses[0]))
            raise LookAgain("the answer was lost")

    api._before = lost
    keep_statuses(api, wanted(5, **GREEN))
    assert len(api.sent) == 2


def test_trouble_without_end_ends() -> None:
    api = FakeStatuses(before=trouble_at("send_status", LookAgain("GitHub is down")))
    with pytest.raises(ReportingTrouble, match="did not come to rest in 5 attempts: GitHub is down"):
        keep_statuses(api, wanted(5, **GREEN))


def test_a_refusal_is_the_callers_to_explain() -> None:
    with pytest.raises(Refused):
        keep_statuses(FakeStatuses(before=trouble_at("send_status", Refused("no"))), wanted(5, **GREEN))

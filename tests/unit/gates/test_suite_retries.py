"""Which red tests are tried again, and what the later tries change."""

import asyncio
from typing import Any

import pytest

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.formats.pytest_command import PytestCommand
from gate.gates.suite_ending import SuiteEvidence, remarks
from gate.gates.suite_retries import MOST_TRIED_AGAIN, not_worth_trying, tried_again, with_retry
from gate.gates.suite_sessions import together
from gate.ports import CannotRun

PASSED, FAILED, ERRORED, SKIPPED = CaseOutcome


def ran(outcomes: dict[str, CaseOutcome], returncode: int | None = None, **more: Any) -> SuiteEvidence:
    cases = tuple(TestCase(name=name[0], outcome=outcomes[name], seconds=1, message=name) for name in outcomes)
    status = int(any(case.outcome in (FAILED, ERRORED) for case in cases)) if returncode is None else returncode
    given: dict[str, Any] = {
        "returncode": status,
        "cases": cases,
        "selected": len(outcomes),
        "ended": f"ended {status}",
    }
    return SuiteEvidence(named=False, **(given | more))


def ends(evidence: SuiteEvidence) -> list[tuple[str, CaseOutcome, int]]:
    return [(case.name, case.outcome, case.retried) for case in evidence.cases]


def test_one_that_passes_then_has_passed_and_keeps_the_message_of_the_failure() -> None:
    after = with_retry(ran({"a": FAILED, "b": PASSED}), ran({"a": PASSED}))
    assert ends(after) == [("a", PASSED, 1), ("b", PASSED, 0)]
    assert (after.returncode, after.cases[0].message) == (0, "a")
    assert remarks(after) == "1 test passed only when tried again"


@pytest.mark.parametrize("then", [FAILED, ERRORED, SKIPPED])
def test_one_that_does_not_pass_then_stays_as_red_as_it_was(then: CaseOutcome) -> None:
    after = with_retry(ran({"a": FAILED, "b": ERRORED}), ran({"a": then, "b": PASSED}))
    assert ends(after) == [("a", FAILED, 1), ("b", PASSED, 1)]
    assert after.returncode == 1


def test_one_that_is_not_there_any_more_has_not_been_tried() -> None:
    after = with_retry(ran({"a": FAILED}), ran({"z": PASSED}))
    assert (ends(after), after.returncode) == ([("a", FAILED, 0)], 1)


def test_a_later_try_cannot_touch_what_was_green() -> None:
    after = with_retry(ran({"a": FAILED, "b": PASSED, "c": SKIPPED}), ran({"a": PASSED, "b": FAILED, "c": PASSED}))
    assert ends(after) == [("a", PASSED, 1), ("b", PASSED, 0), ("c", SKIPPED, 0)]
    # And pytest's own word for it is not lost.
    assert after.returncode == 1


def test_a_test_that_failed_in_its_body_and_its_teardown_is_one_once_it_passes() -> None:
    both = ran({"a, its body": FAILED, "a, its teardown": ERRORED})
    assert ends(with_retry(both, ran({"a": PASSED}))) == [("a", PASSED, 1)]
    assert ends(with_retry(both, ran({"a": FAILED}))) == [("a", FAILED, 1), ("a", ERRORED, 1)]
    assert ends(with_retry(both, ran({"a, its body": PASSED, "a, its teardown": ERRORED})))[0] == ("a", FAILED, 1)


@pytest.mark.parametrize(
    "broken", [{"returncode": -11}, {"returncode": 3}, {"unreadable": "no XML"}, {"not_collected": (TestCase,)}]
)
def test_a_pytest_that_did_not_run_to_its_end_mends_nothing(broken: dict[str, Any]) -> None:
    after = with_retry(ran({"a": FAILED}), ran({"a": PASSED}, **broken))
    assert ends(after) == [("a", FAILED, 0)]
    assert "came to nothing" in remarks(after)


@pytest.mark.parametrize(
    ("evidence", "because"),
    [
        (ran({"a": FAILED}), ""),
        (ran({f"{chr(200 + at)}": FAILED for at in range(MOST_TRIED_AGAIN)}), ""),
        (ran({f"{chr(200 + at)}": FAILED for at in range(MOST_TRIED_AGAIN + 1)}), "no flakiness"),
        (ran({"a": FAILED}, selected=2), "stopped at a red test"),
        (ran({"a": FAILED}, returncode=3), "not run to its end"),
    ],
)
def test_tests_are_tried_again_where_that_can_tell_something(evidence: SuiteEvidence, because: str) -> None:
    assert because in not_worth_trying(evidence)
    assert bool(because) is bool(not_worth_trying(evidence))


class Pytest:
    """Runs what it is told to, one end after another."""

    def __init__(self, *ends: SuiteEvidence | CannotRun) -> None:
        self.ends = list(ends)
        self.calls: list[tuple[str, str]] = []
        self.ctx = self
        self.doings: list[str] = []

    def doing(self, what: str) -> None:
        self.doings.append(what)

    async def run(self, session: PytestCommand, name: str, database: None, *, failed_in: str) -> SuiteEvidence:
        self.calls.append((name, failed_in))
        end = self.ends.pop(0)
        if isinstance(end, CannotRun):
            raise end
        return end


def retry(runner: Any, first: SuiteEvidence, most: int) -> SuiteEvidence:
    async def no_database() -> None:
        return None

    return asyncio.run(tried_again(runner, PytestCommand(), "unit-tests", first, most, no_database))


def test_each_time_only_what_failed_the_time_before_is_tried_and_no_longer_than_something_is_red() -> None:
    runner = Pytest(ran({"a": FAILED, "b": PASSED}), ran({"a": PASSED}))
    after = retry(runner, ran({"a": FAILED, "b": FAILED, "c": PASSED}), 9)
    assert ends(after) == [("a", PASSED, 2), ("b", PASSED, 1), ("c", PASSED, 0)]
    assert runner.calls == [("unit-tests-retry-1", "unit-tests"), ("unit-tests-retry-2", "unit-tests-retry-1")]
    assert runner.doings == ["trying 2 failed tests again", "trying 1 failed test again", ""]


def test_nothing_is_tried_where_nothing_is_red_or_nobody_asked() -> None:
    assert retry(Pytest(), ran({"a": PASSED}), 3) == ran({"a": PASSED})
    assert retry(Pytest(), ran({"a": FAILED}), 0) == ran({"a": FAILED})


def test_a_test_that_always_fails_is_tried_no_more_often_than_was_asked_for() -> None:
    after = retry(Pytest(ran({"a": FAILED}), ran({"a": FAILED})), ran({"a": FAILED}), 2)
    assert ends(after) == [("a", FAILED, 2)]


def test_trouble_in_trying_again_leaves_the_first_try_as_it_is() -> None:
    after = retry(Pytest(CannotRun("no server")), ran({"a": FAILED}), 2)
    assert (ends(after), remarks(after)) == (
        [("a", FAILED, 0)],
        "trying the red tests again came to nothing: no server",
    )


def test_a_test_of_two_sessions_is_flaky_where_it_was_in_one() -> None:
    flaky = with_retry(ran({"a": FAILED}), ran({"a": PASSED}))
    for parts in ([flaky, ran({"a": PASSED})], [ran({"a": PASSED}), flaky]):
        assert ends(together(parts)) == [("a", PASSED, 1)]

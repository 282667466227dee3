"""How often tests were tried again, from a file that the project's tests could have written."""

import pytest

from gate.domain.exhibit import CaseOutcome, TestCase
from gate.formats.attempts_file import parse_attempts, with_attempts


def case(name: str, outcome: CaseOutcome = CaseOutcome.PASSED, seconds: float = 0.1) -> TestCase:
    return TestCase(name=name, outcome=outcome, seconds=seconds)


def test_what_was_tried_again_is_read() -> None:
    assert parse_attempts('{"failed": ["b"], "retried": {"a": 2, "b": 1}}') == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "[]", "{", "[" * 100_000, '{"retried": [1]}', '{"retried": {"a": "1", "b": true, "c": 1.5}}'),
        *('{"retried": {"a": 0, "b": -1, "c": 1e999, "d": 99999999999999999999}}', '{"retried": null}'),
    ],
)
def test_what_is_no_such_file_tells_nothing(text: str | None) -> None:
    assert parse_attempts(text) == {}


def test_of_the_tries_that_a_plug_in_leaves_behind_only_the_last_is_a_test() -> None:
    tries = (case("a", seconds=1), case("b"), case("a", seconds=3))
    one, other = with_attempts(tries, {"a": 1})
    assert (one.name, one.seconds, one.retried) == ("a", 3, 1)
    assert (other.name, other.retried) == ("b", 0)


def test_what_failed_in_the_end_is_kept_and_no_try_hides_it() -> None:
    failed, torn_down = case("a", CaseOutcome.FAILED), case("a", CaseOutcome.ERRORED)
    kept = with_attempts((case("a"), failed, torn_down, case("a")), {"a": 3})
    assert [(one.outcome, one.retried) for one in kept] == [(CaseOutcome.FAILED, 3), (CaseOutcome.ERRORED, 3)]

"""Turns of two services: how long, how many, and what of them can be compared."""

from dataclasses import replace
from fractions import Fraction

import pytest

from gate.gates.latency.base_operations import comparable, names_at_base, renamed, unanswered, with_only
from gate.gates.latency.base_turns import is_first, turns_of
from gate.gates.latency.evidence import BaseComparison
from gate.load_ports import LoadPlan, LoadStep, LoadUser
from tests.unit.gates.latency.made_loads import measured

ONE, OTHER = "GET /tasks", "GET /tasks/{task_id}"


def plan(**more: object) -> LoadPlan:
    plain = {"origin": "", "users": (), "think_time": 0.2, "samples": 3000, "longest": 100.0}
    return LoadPlan(**{**plain, **more})  # type: ignore[arg-type]


def user(*operations: str) -> LoadUser:
    return LoadUser(steps=tuple(LoadStep(operation=name, method="GET", target="/") for name in operations))


def test_a_minute_is_divided_into_turns_of_seconds_of_which_each_service_begins_half() -> None:
    turns = turns_of(plan(), 60.0)
    assert (turns.pairs, turns.length) == (12, 5.0)
    assert [is_first(number) for number in range(4)] == [True, False, True, False]
    assert turns.seconds == 2 * (2 + 12 * (5 + 1 + 1))


@pytest.mark.parametrize(("window", "pairs", "length"), [(0.1, 6, 1.0), (12, 6, 2.0), (900, 16, 56.25)])
def test_few_turns_are_long_enough_and_long_ones_are_not_many(window: float, pairs: int, length: float) -> None:
    turns = turns_of(plan(), window)
    assert (turns.pairs, turns.length) == (pairs, length)


def test_a_turn_is_longer_than_users_think_and_only_the_first_warms_up_the_service() -> None:
    turns = turns_of(plan(think_time=2.0), 1.0)
    assert turns.length == 6.0
    assert (turns.turn(0).warm_up, turns.turn(0).duration) == (3.0, 6.0)
    assert (turns.turn(1).warm_up, turns.turn(1).duration) == (2.0, 6.0)


def test_the_first_turn_tells_how_long_the_others_must_be() -> None:
    # Of two operations, one twice as often: the end of the session is not reached by many yet.
    first = replace(measured(), samples=(*measured(ONE, number=299).samples, *measured(OTHER, number=1).samples))
    session = plan(users=(user(ONE, ONE, OTHER),))
    turns = turns_of(session, 900.0).after(first)
    assert turns.pairs * turns.length == pytest.approx(first.window * 30)
    assert turns_of(replace(session, duration=30.0), 30.0).after(first).length == 5.0
    assert turns_of(session, 60.0).after(replace(first, samples=())).length == 5.0


def test_a_few_more_turns_are_played_where_samples_are_lacking() -> None:
    turns = turns_of(plan(), 6.0)
    assert not turns.is_done([measured(ONE, number=500)] * 5)
    assert turns.is_done([measured(ONE, number=500)] * 6)
    assert not turns.is_done([measured(ONE, number=400)] * 6)
    assert turns.is_done([measured(ONE, number=100)] * 10)


def test_an_operation_is_the_same_whatever_its_parameter_is_called() -> None:
    found = names_at_base(["GET /a/{id}", "GET /b", "GET /new"], ["GET /a/{a_id}", "GET /b", "GET /old"])
    assert found == {"GET /a/{id}": "GET /a/{a_id}", "GET /b": "GET /b"}
    (one,) = with_only(renamed([user("GET /a/{a_id}", "GET /old"), user("GET /old")], {"GET /a/{a_id}": ONE}), [ONE])
    assert [step.operation for step in one.steps] == [ONE]


def test_what_fails_on_one_side_is_not_compared() -> None:
    well, failing = measured(ONE, OTHER), measured(OTHER, statuses=(200, 500))
    mixed = replace(well, samples=(*measured(ONE).samples, *failing.samples))
    both = BaseComparison(commit="c", base=(mixed,), head=(well,))
    sound, told = comparable(both, Fraction(1), {})
    assert told == (f"{OTHER} is not compared with the base: too many requests to the base failed",)
    assert [one.operation for one in (*sound.base[0].samples, *sound.head[0].samples)] == [ONE, ONE]
    assert comparable(both, Fraction(1), {OTHER: (500,)})[1] == ()


def test_a_service_that_answers_nothing_is_gone() -> None:
    assert unanswered(measured(ONE)) == ""
    silent = replace(measured(ONE, statuses=(0,), number=10), unanswered=(("nobody listens there", 10),))
    assert unanswered(silent) == "10 of 10 requests had no answer: nobody listens there"
    assert unanswered(replace(silent, samples=(), trouble="no user could begin"))

"""How long a load takes, as it is told before it begins, and when it is given up."""

import pytest

from gate.gates.latency.duration import again, expected, longest, spoken
from gate.gates.latency.options import LatencyOptions


def test_the_defaults_take_about_a_minute_an_operation() -> None:
    assert expected(LatencyOptions(), 5, 0.01) == pytest.approx(306, abs=1)


def test_who_does_not_think_waits_for_the_service_alone() -> None:
    options = LatencyOptions(think_time=0.0, samples=1000, warm_up=0.0)
    assert expected(options, 2, 0.01) == pytest.approx(20)


def test_a_duration_and_a_rate_say_it_themselves() -> None:
    assert expected(LatencyOptions(duration=60.0), 5, 9.0) == 63
    assert expected(LatencyOptions(rate=100.0), 2, 9.0) == 63


def test_a_service_far_over_the_limit_is_given_the_time_to_show_it_within_the_gates_own() -> None:
    quick = LatencyOptions(think_time=0.1, samples=1000)
    assert longest(quick, 2, 0.01, 1800) > 1000 * 2 * 2.0 / 50
    assert longest(LatencyOptions(), 30, 0.01, 1800) == 1080
    assert longest(LatencyOptions(longest=20.0), 30, 0.01, 1800) == 20


def test_it_is_measured_once_more_only_where_time_is_left_for_it() -> None:
    assert again(LatencyOptions(), 300.0, 1800.0) == 1320
    assert again(LatencyOptions(), 1500.0, 1800.0) is None
    assert again(LatencyOptions(longest=90.0), 90.0, 1800.0) == 90


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 s"), (61, "61 s"), (306, "5 min")])
def test_it_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert spoken(seconds) == said

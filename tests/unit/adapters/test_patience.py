"""How long a failing service is tried: bounded in failures and in time, and obedient to what it asks."""

from __future__ import annotations

import pytest

from gate.adapters.patience import Clock, Patience
from gate.ports import ReportingTrouble


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)


def patience(time: Time, seconds: float = 60) -> Patience:
    patience = Patience(seconds, time.clock())
    patience.begin()
    return patience


def test_it_waits_longer_after_each_failure_and_gives_up_after_five() -> None:
    time = Time()
    patient = patience(time)
    for _ in range(4):
        patient.wait("no answer", None)
    with pytest.raises(ReportingTrouble, match="no answer; given up after 5 attempts"):
        patient.wait("no answer", None)
    assert time.slept == [1, 2, 4, 8]


def test_a_success_starts_the_count_anew() -> None:
    time = Time()
    patient = patience(time)
    for _ in range(3):
        patient.wait("no answer", None)
        patient.succeeded()
    assert time.slept == [1, 1, 1]


def test_it_waits_as_long_as_it_is_asked_to() -> None:
    time = Time()
    patience(time).wait("too many requests", 17.0)
    assert time.slept == [17]


def test_it_does_not_wait_at_all_for_what_would_take_too_long() -> None:
    time = Time()
    patient = patience(time)
    patient.wait("slow down", 40.0)
    with pytest.raises(ReportingTrouble, match=r"in 30 s, and there are 20 s of 60 s left"):
        patient.wait("slow down", 30.0)
    assert time.slept == [40]


def test_time_is_counted_from_the_first_request_and_not_before() -> None:
    time = Time()
    patient = Patience(10, time.clock())
    time.now += 1_000
    patient.begin()
    patient.begin()
    patient.wait("no answer", 5.0)
    assert time.slept == [5]


def test_no_request_begins_after_the_end_however_well_they_all_went() -> None:
    time = Time()
    patient = patience(time, 60)
    time.now += 59
    patient.begin()
    time.now += 1
    with pytest.raises(ReportingTrouble, match="too slow: 60 s are over"):
        patient.begin()


def test_a_pause_ends_with_patience() -> None:
    time = Time()
    patient = patience(time, 10)
    patient.pause(1)
    time.now += 8.5
    patient.pause(1)
    time.now += 100
    patient.pause(1)
    assert time.slept == [1, 0.5, 0]
    fresh = Time()
    Patience(10, fresh.clock()).pause(3)
    assert fresh.slept == [3]

"""The interval of a quantile holds what it says, also where samples that follow each other are alike."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.made_latencies import PROCESSES, lognormal, starts_of, truth_of
from gate.gates.latency.statistics import Timings, ratio
from tests.unit.growth import STEEP, growth

P95 = 0.95


def timings(process: str, number: int, seed: int) -> Timings:
    chance = random.Random(seed)
    starts = starts_of(number, chance)
    return Timings(starts, PROCESSES[process](starts, chance))


@pytest.mark.parametrize("process", PROCESSES)
def test_the_interval_of_three_thousand_samples_misses_the_truth_no_more_often_than_it_says(process: str) -> None:
    truth = truth_of(PROCESSES[process])
    found = [timings(process, 3_000, seed).interval(P95) for seed in range(20)]
    # 2.5 % of twenty are one or none; four would be as rare as one time in a thousand. The benchmark takes many more.
    assert sum(one.low > truth for one in found) < 4
    assert sum(one.high < truth for one in found) < 4


@pytest.mark.parametrize(("true", "passes"), [(0.46, True), (0.54, False)])
def test_what_is_a_little_under_or_over_a_limit_is_known_by_three_thousand_samples(true: float, passes: bool) -> None:
    right = wrong = 0
    for seed in range(40):
        chance = random.Random(seed)
        starts = starts_of(3_000, chance)
        found = Timings(starts, lognormal(true)(starts, chance)).interval(P95)
        passed, failed = found.high <= 0.5, found.low > 0.5
        right, wrong = right + (passed if passes else failed), wrong + (failed if passes else passed)
    assert wrong == 0
    assert right >= 36


def test_what_comes_and_goes_makes_the_interval_wider_than_as_many_independent_samples() -> None:
    waves = timings("in waves", 3_000, 3)
    shuffled = list(waves.pairs())
    random.Random(1).shuffle(shuffled)
    alone = Timings([start for start, _ in waves.pairs()], [seconds for _, seconds in shuffled])
    one, other = waves.interval(P95), alone.interval(P95)
    assert one.value == other.value
    assert one.high - one.low > 1.5 * (other.high - other.low)


def test_what_makes_many_a_little_slower_for_a_while_leaves_no_doubt_about_a_limit_that_none_exceeds() -> None:
    chance = random.Random(7)
    starts = starts_of(2_000, chance)
    # Somebody else uses the machine for two thirds of the first half: what took 40 ms takes up to 400.
    busy = [3 < start < 16 for start in starts]
    found = Timings(starts, [0.04 + 0.36 * chance.random() * slow for slow in busy]).interval(P95)
    assert found.value < found.high < 0.41


def test_a_single_stall_is_one_event_however_many_requests_wait_in_it() -> None:
    starts = [at / 50 for at in range(3_000)]
    stall = [10.0 <= start < 14.0 for start in starts]
    found = Timings(starts, [0.7 if waits else 0.02 for waits in stall]).interval(P95)
    assert found.value == 0.7
    assert found.low == 0.02, "nobody knows whether it comes again"


def test_a_steady_share_of_slow_ones_is_known() -> None:
    chance = random.Random(5)
    starts = starts_of(3_000, chance)
    eight = Timings(starts, [0.6 if chance.random() < 0.08 else 0.02 for _ in starts]).interval(P95)
    assert (eight.low, eight.value, eight.high) == (0.6, 0.6, 0.6)
    three = Timings(starts, [0.6 if chance.random() < 0.03 else 0.02 for _ in starts]).interval(P95)
    assert (three.low, three.value, three.high) == (0.02, 0.02, 0.02)


def test_few_samples_have_no_upper_end_and_the_same_time_has_none_to_speak_of() -> None:
    alone = Timings([0.0], [0.25]).interval(P95)
    assert (alone.low, alone.value, alone.high) == (0.0, 0.25, math.inf)
    few = Timings(range(40), [at / 100 for at in range(40)]).interval(P95)
    assert (few.value, few.high) == (0.37, math.inf)
    same = Timings(range(1_000), [0.25] * 1_000).interval(P95)
    assert (same.low, same.value, same.high) == (0.25, 0.25, 0.25)
    at_once = Timings([0.0] * 1_000, [at / 1_000 for at in range(1_000)]).interval(P95)
    assert 0.93 < at_once.low < at_once.value < at_once.high < 0.97
    with pytest.raises(ValueError, match="nothing was timed"):
        Timings([], []).interval(P95)


def test_one_that_takes_for_ever_changes_nothing_but_itself() -> None:
    chance = random.Random(6)
    starts = starts_of(3_000, chance)
    times = lognormal(0.1)(starts, chance)
    before = Timings(starts, times).interval(P95)
    times[times.index(max(times))] = 1e9
    assert Timings(starts, times).interval(P95) == before


@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e9)), min_size=1, max_size=150),
    st.sampled_from([0.5, P95, 0.99]),
)
def test_an_interval_always_holds_its_estimate_and_times_that_were_measured(
    samples: list[tuple[float, float]], share: float
) -> None:
    seconds = [time for _, time in samples]
    found = Timings([start for start, _ in samples], seconds).interval(share)
    assert found.low <= found.value <= found.high
    assert found.value in seconds
    assert found.low in (0.0, *seconds)
    assert found.high in (math.inf, *seconds)


def test_an_interval_takes_no_more_time_than_its_samples_are_many() -> None:
    starts = starts_of(80_000, random.Random(1))
    seconds = lognormal(0.1)(starts, random.Random(1))
    assert growth(lambda size: Timings(starts[:size], seconds[:size]).interval(P95), 10_000) < STEEP


def test_what_was_measured_in_turn_is_compared_pair_by_pair_so_that_a_busy_machine_slows_both_alike() -> None:
    base = [0.100, 0.200, 0.150, 0.400]
    found = ratio(base, [time * factor for time, factor in zip(base, (1.24, 1.26, 1.25, 1.25), strict=True)])
    assert found is not None
    assert 1.23 < found.low < found.value < found.high < 1.27
    noise = ratio(base, list(reversed(base)))
    assert noise is not None
    assert noise.low < 1 < noise.high


def test_a_single_pair_says_nothing_of_chance() -> None:
    assert ratio([0.1], [0.2]) is None
    assert ratio([0.1, 0.0, 0.1], [0.2, 0.2]) is None
    far = ratio([1e-6, 1e6], [1e6, 1e-6])
    assert far is not None
    assert math.isfinite(far.high)

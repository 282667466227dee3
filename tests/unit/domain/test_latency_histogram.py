"""Counted latencies: as near to the truth as they promise, however they are merged and drawn."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.domain.latency_histogram import LatencyHistogram, histogram_of, merged

LATENCIES = st.lists(st.floats(min_value=1e-6, max_value=3600.0), min_size=1, max_size=200)


@given(LATENCIES, st.floats(min_value=0.0, max_value=1.0))
def test_a_quantile_is_that_of_the_raw_values_to_half_a_thousandth_and_a_microsecond(
    values: list[float], share: float
) -> None:
    true = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    assert histogram_of(values).quantile(share) == pytest.approx(true, rel=0.0005, abs=1.1e-6)


@given(LATENCIES, LATENCIES)
def test_merged_histograms_are_the_histogram_of_all_values(one: list[float], other: list[float]) -> None:
    assert merged([histogram_of(one), histogram_of(other)]) == histogram_of(one + other)


@given(LATENCIES, st.integers(min_value=1, max_value=60))
def test_every_value_is_drawn_once_in_rising_buckets_no_more_than_wanted(values: list[float], most: int) -> None:
    buckets = histogram_of(values).buckets(most)
    assert sum(count for _, count in buckets) == len(values)
    assert len(buckets) <= most
    assert all(low < high for (low, _), (high, _) in pairwise(buckets))
    assert buckets[0][1] > 0
    assert buckets[-1][1] > 0


def test_a_narrow_distribution_is_drawn_with_more_than_a_bar_or_two() -> None:
    chance = random.Random(1)
    values = [chance.gauss(0.016, 0.001) for _ in range(3000)]
    buckets = histogram_of(values).buckets(40)
    assert len(buckets) > 15
    assert buckets[0][0] >= min(values)
    assert buckets[-1][0] >= max(values) * 0.999


def test_two_modes_far_apart_have_empty_buckets_between_them() -> None:
    buckets = histogram_of([0.001] * 90 + [0.6] * 10).buckets(40)
    assert (buckets[0][1], buckets[-1][1]) == (90, 10)
    assert all(count == 0 for _, count in buckets[1:-1])
    assert buckets[-1][0] == pytest.approx(0.6, rel=0.25)


def test_what_is_no_latency_is_counted_at_the_ends() -> None:
    histogram = histogram_of([-1.0, 0.0, 1e9, math.inf])
    assert histogram.count == 4
    assert histogram.quantile(0.0) < 1e-6
    assert histogram.quantile(1.0) == pytest.approx(86_400, rel=0.001)


def test_an_empty_histogram_has_nothing_to_draw_and_no_quantile() -> None:
    empty = LatencyHistogram(counts={})
    assert (empty.count, empty.buckets()) == (0, ())
    with pytest.raises(ValueError, match="empty"):
        empty.quantile(0.5)

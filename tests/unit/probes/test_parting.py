"""Which shard runs which test: complete, disjoint, stable, balanced."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[3] / "gate" / "probes" / "pytest_plugin"))  # as PYTHONPATH would
import quality_gate_parting as parting  # type: ignore[import-not-found]
import quality_gate_selection as selection  # type: ignore[import-not-found]

names = st.text(min_size=1, max_size=20)
units = st.dictionaries(names, st.lists(names, min_size=1, max_size=4), max_size=40)
totals = st.integers(1, 12)
durations = st.dictionaries(names, st.floats(0, 1000), max_size=40)


@given(units, totals, durations)
def test_every_unit_has_one_shard_whoever_asks_in_whatever_order(
    units: dict[str, list[str]], total: int, durations: dict[str, float]
) -> None:
    shards = parting.assign(units, total, durations)
    assert set(shards) == set(units)
    assert set(shards.values()) <= set(range(1, total + 1))
    turned = dict(reversed(units.items()))
    assert parting.assign(turned, total, dict(reversed(durations.items()))) == shards


@given(units, names, totals)
def test_a_test_that_is_added_moves_no_other(units: dict[str, list[str]], new: str, total: int) -> None:
    assume(new not in units)
    before = parting.assign(units, total, {})
    assert before.items() <= parting.assign({**units, new: [new]}, total, {}).items()


@given(units, totals)
def test_a_shard_that_is_added_only_takes(units: dict[str, list[str]], total: int) -> None:
    before, after = (parting.assign(units, count, {}) for count in (total, total + 1))
    assert all(after[unit] in (before[unit], total + 1) for unit in units)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=60), totals)
def test_by_durations_no_shard_has_more_than_its_share_and_one_test(seconds: list[float], total: int) -> None:
    tests = {f"test_{at}": [f"test_{at}"] for at in range(len(seconds))}
    took = {name: seconds[at] for at, name in enumerate(tests)}
    shards = parting.assign(tests, total, took)
    loads = [sum(took[name] for name in tests if shards[name] == shard) for shard in range(1, total + 1)]
    assert max(loads) <= sum(seconds) / total + max(seconds) + 1e-6


def test_many_tests_without_durations_are_spread() -> None:
    tests = {f"tests/test_a.py::test_{at}": [f"test_{at}"] for at in range(4000)}
    shards = list(parting.assign(tests, 8, {}).values())
    assert all(400 < shards.count(shard) < 600 for shard in range(1, 9))


def test_a_test_of_unknown_duration_counts_as_the_mean() -> None:
    known = {"long": ["long"], "short": ["short"], "new": ["new"]}
    shards = parting.assign(known, 2, {"long": 10.0, "short": 2.0})
    assert shards["short"] == shards["new"] != shards["long"]


def test_what_a_new_test_counts_as_hangs_on_no_order() -> None:
    took = {"a": 0.1, "b": 0.2, "c": 0.3}
    tests = {name: [name] for name in (*took, "new")}
    # Added up one by one, their mean is that of `b` in one order and a little more in the other.
    assert parting.assign(tests, 3, took) == parting.assign(dict(reversed(tests.items())), 3, took)


def test_tests_that_take_no_time_are_spread() -> None:
    tests = {f"test_{at}": [f"test_{at}"] for at in range(40)}
    shards = list(parting.assign(tests, 4, dict.fromkeys(tests, 0.0)).values())
    assert all(shards.count(shard) == 10 for shard in range(1, 5))


def test_the_digest_tells_other_tests_and_another_parting_and_no_other_order() -> None:
    one = [("a", 1), ("b", 2)]
    assert parting.digest(one) == parting.digest(reversed(one))
    assert parting.digest(one) != parting.digest([("a", 1), ("b", 1)])
    assert parting.digest(one) != parting.digest([*one, ("c", 1)])


def item(nodeid: str, *, cls: str = "", **marks: Any) -> Any:
    parent = SimpleNamespace(nodeid=nodeid.rpartition("::")[0])
    return SimpleNamespace(nodeid=nodeid, cls=cls or None, parent=parent, get_closest_marker=marks.get)


def part(index: int = 1, total: int = 2, dist: str = "no") -> Any:
    return selection.Part({"index": index, "total": total, "durations": None}, dist)


def test_what_belongs_together_stays_together() -> None:
    group = SimpleNamespace(args=("db",), kwargs={})
    named = SimpleNamespace(args=(), kwargs={"name": "db"})
    unit_of = part().unit_of
    assert unit_of(item("t.py::test_a[1]")) == "t.py::test_a[1]"
    assert unit_of(item("t.py::TestA::test_b[x::y]", cls="TestA")).startswith("t.py::TestA")
    assert unit_of(item("t.py::test_a", xdist_group=group)) == unit_of(item("u.py::test_b", xdist_group=named))
    assert unit_of(item("t.py::test_a", dependency=object())) == "t.py"
    assert part(dist="loadfile").unit_of(item("t.py::test_a")) == "t.py"


def test_the_shards_of_a_collection_are_the_whole_of_it_and_agree() -> None:
    items = [item(f"t.py::test_{at}") for at in range(50)]
    parts = [part(index, 3).parted(items) for index in (1, 2, 3)]
    assert sorted(one.nodeid for own, _, _ in parts for one in own) == sorted(one.nodeid for one in items)
    assert len({digest for _, _, digest in parts}) == 1
    assert all(len(own) + len(others) == 50 for own, others, _ in parts)

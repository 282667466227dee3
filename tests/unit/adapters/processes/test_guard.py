"""Who descends from whom."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.processes.guard import descendants, parse_parent, read_parents


@pytest.mark.parametrize(
    "name",
    ["sh", "a b", "x) S 1", "((", ") R 99 (", "tab\there"],
    ids=["plain", "space", "forged", "open", "both", "tab"],
)
def test_a_process_name_cannot_forge_its_parent(name: str) -> None:
    assert parse_parent(f"42 ({name}) S 7 42 42 0 -1 4194560") == 7


@given(st.dictionaries(st.integers(2, 40), st.integers(1, 40)))
def test_descendants_are_those_whose_ancestry_holds_the_ancestor(parents: dict[int, int]) -> None:
    def ancestry(pid: int) -> set[int]:
        seen: set[int] = set()
        while pid in parents and parents[pid] not in seen:
            pid = parents[pid]
            seen.add(pid)
        return seen

    expected = {pid for pid in parents if 5 in ancestry(pid)} - {5}
    assert descendants(5, parents) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="there is a guard on Linux only")
def test_the_process_table_knows_this_process() -> None:
    assert read_parents()[os.getpid()] == os.getppid()

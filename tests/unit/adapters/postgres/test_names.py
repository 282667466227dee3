"""Names on a server, whatever a purpose or role is called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters.postgres.names import name_for, quoted, rights_to_grant


@given(purpose=st.text(max_size=80), number=st.integers(1, 10_000))
def test_a_name_is_plain_and_short_enough(purpose: str, number: int) -> None:
    name = name_for("1f2e3d4c", purpose, number)
    assert re.fullmatch(r"quality_gate_1f2e3d4c_[a-z0-9_]+", name)
    assert len(name) <= 63


@given(purpose=st.text(max_size=80), numbers=st.sets(st.integers(1, 10_000), min_size=2, max_size=2))
def test_asking_again_gives_another_name(purpose: str, numbers: set[int]) -> None:
    assert len({name_for("1f2e3d4c", purpose, number) for number in numbers}) == 2


@pytest.mark.parametrize(
    ("purpose", "name"), [("unit-tests", "quality_gate_ab_unit_tests"), ("Ä", "quality_gate_ab_gate")]
)
def test_a_name_tells_the_purpose(purpose: str, name: str) -> None:
    assert name_for("ab", purpose) == name


def test_rights_are_quoted() -> None:
    assert quoted('a"; DROP ROLE b; --') == '"a""; DROP ROLE b; --"'
    assert rights_to_grant('o"x', "d b") == (
        'ALTER ROLE "o""x" CREATEDB; or, for drivers that are built on libpq, GRANT CREATE ON DATABASE "d b" TO "o""x";'
    )
